//! What a list of rules does to connections, without any connection.

pub mod coverage;

pub use coverage::{Coverage, coverage};
