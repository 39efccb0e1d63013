//! The pure core of Gatehouse: text and values in; text, values and findings out.
//!
//! No I/O, no clock, no randomness; builds natively and for wasm32.

pub mod adopt;
pub mod analysis;
pub mod check;
pub mod compile;
#[cfg(test)]
mod corpus;
pub mod finding;
pub mod lines;
pub mod objects;
pub mod policy;
pub mod problems;
pub mod report;
pub mod runtime;
pub mod setup;
pub mod sort;
