//! The language of the files: what the statements are, how text is read and how it is written.
//!
//! Knows nothing of objects. Reading never fails: it returns what was read and a list of findings.

pub mod net;
mod release;
pub mod table;

pub use release::{Release, UnknownRelease};
