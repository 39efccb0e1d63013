//! What a list of rules does to connections, without any connection.

pub mod coverage;
mod space;

pub use coverage::{Coverage, coverage};
