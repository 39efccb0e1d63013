//! The control socket: how the engine is seen and steered while it runs.

mod client;
mod protocol;

pub use client::{Client, ClientError, SOCKETS, sockets};
pub use protocol::{
    AlertCount, AlertInfo, Answer, Ask, CertificateInfo, Change, CodeCount, ConnectionInfo, Counts,
    Diagnosis, FailureInfo, Loaded, Outcome, Phase, RuleInfo, Status, TlsInfo, TraceInfo, Which,
};
