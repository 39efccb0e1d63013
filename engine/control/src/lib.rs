//! What is said over the sockets of the engine: the control socket, by which it is seen and steered while it
//! runs, and the one for applications.

pub mod application;
#[cfg(feature = "client")]
mod client;
pub mod metrics;
mod protocol;

#[cfg(feature = "client")]
pub use client::{Client, ClientError, SOCKETS, sockets};
pub use protocol::{
    AlertCount, AlertInfo, Answer, Ask, CapturedRecord, CertificateInfo, Change, Checked,
    CodeCount, ConnectionInfo, Counts, Diagnosis, End, FailureInfo, FileInfo, FileText, Loaded,
    MapType, Of, Outcome, ParameterInfo, Phase, ProbeInfo, RemarkInfo, RuleInfo, SaidInfo, Status,
    TlsInfo, TraceInfo, TrialInfo, TrialState, Which,
};
