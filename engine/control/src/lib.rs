//! What is said over the sockets of the engine: the control socket, by which it is seen and steered while it
//! runs, and the one for applications.

pub mod application;
mod client;
mod protocol;

pub use client::{Client, ClientError, SOCKETS, sockets};
pub use protocol::{
    Answer, Ask, CertificateInfo, ConnectionInfo, Counts, Loaded, Outcome, Phase, RuleInfo, Status,
    TlsInfo, TraceInfo, Which,
};
