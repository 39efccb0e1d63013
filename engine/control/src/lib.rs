//! The control socket: how the engine is seen and steered while it runs.

#[cfg(feature = "client")]
mod client;
mod protocol;

#[cfg(feature = "client")]
pub use client::{Client, ClientError, SOCKETS, sockets};
pub use protocol::{
    AlertCount, AlertInfo, Answer, Ask, CapturedRecord, CertificateInfo, Change, CodeCount,
    ConnectionInfo, Counts, Diagnosis, End, FailureInfo, Loaded, Of, Outcome, ParameterInfo, Phase,
    RuleInfo, SaidInfo, Status, TlsInfo, TraceInfo, Which,
};
