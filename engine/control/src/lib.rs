//! The control socket: how the engine is seen and steered while it runs.

#[cfg(feature = "client")]
mod client;
mod protocol;

#[cfg(feature = "client")]
pub use client::{Client, ClientError, SOCKETS, sockets};
pub use protocol::{
    AlertCount, AlertInfo, Answer, Ask, CapturedRecord, CertificateInfo, Change, Checked,
    CodeCount, ConnectionInfo, Counts, Diagnosis, End, FailureInfo, FileInfo, FileText, Loaded, Of,
    Outcome, ParameterInfo, Phase, ProbeInfo, RemarkInfo, RuleInfo, SaidInfo, Status, TlsInfo,
    TraceInfo, TrialInfo, TrialState, Which,
};
