//! What is said over the sockets of the engine: the control socket, by which it is seen and steered while it
//! runs, and the one for applications.

pub mod application;
#[cfg(feature = "client")]
mod client;
mod connection;
mod failure;
pub mod metrics;
mod protocol;
mod status;
mod trace;
mod trial;

#[cfg(feature = "client")]
pub use client::{Client, ClientError, SOCKETS, sockets};
pub use connection::{AlertInfo, CertificateInfo, ConnectionInfo, MapType, Phase, TlsInfo};
pub use failure::{Change, Diagnosis, FailureInfo};
pub use protocol::{Answer, Ask, Of, Which};
pub use status::{AlertCount, CodeCount, Counts, ParameterInfo, RuleInfo, SaidInfo, Status};
pub use trace::{CapturedRecord, End, TraceInfo};
pub use trial::{
    Checked, FileInfo, FileText, Loaded, Outcome, ProbeInfo, RemarkInfo, TrialInfo, TrialState,
};
