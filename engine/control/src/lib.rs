//! The control socket: how the engine is seen and steered while it runs.

mod client;
mod protocol;

pub use client::{Client, ClientError, SOCKETS, sockets};
pub use protocol::{
    Answer, Ask, CertificateInfo, Checked, ConnectionInfo, Counts, FileInfo, FileText, Loaded,
    Outcome, Phase, ProbeInfo, RemarkInfo, RuleInfo, Status, TlsInfo, TraceInfo, TrialInfo,
    TrialState, Which,
};
