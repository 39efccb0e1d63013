//! Statements, attributes, values, defaults and releases, once, as rows.

mod release;

pub use release::Release;
