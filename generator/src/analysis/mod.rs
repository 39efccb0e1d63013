//! What a list of rules does to connections, without any connection.

pub mod coverage;
pub mod handshake;

pub use coverage::{Coverage, coverage};
pub use handshake::{Outcome, Peer, Settings, handshake};
