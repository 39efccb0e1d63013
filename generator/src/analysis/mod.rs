//! What a list of rules does to connections, without any connection.

pub mod coverage;
pub mod difference;
pub mod expectations;
pub mod handshake;
#[cfg(test)]
mod small;
mod space;
pub mod treatment;

pub use coverage::{Coverage, coverage};
pub use difference::{Difference, Differences, differences};
pub use handshake::{Outcome, Peer, Settings, handshake};
pub use treatment::{Protection, Treatment, Treatments};
