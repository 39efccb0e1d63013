//! What came of orders to load, to check, and to try a policy.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::connection::TlsInfo;

/// A file as it would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileText {
    /// Absolute.
    pub path: PathBuf,
    pub text: String,
}

/// What came of an order to load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineLoaded))]
pub struct Loaded {
    pub outcome: Outcome,
    /// Errors and warnings, a line each.
    pub remarks: Vec<String>,
    pub rules: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineOutcome))]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// New connections meet the new policy.
    Replaced,
    /// Nothing changed since it was loaded.
    Unchanged,
    /// There are errors; the policy that was loaded before stays in effect.
    Kept,
}

/// What a policy would be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineChecked))]
pub struct Checked {
    /// The engine would load it.
    pub accepted: bool,
    pub remarks: Vec<RemarkInfo>,
    /// Warnings of `gatehouse check`, which are not among the remarks.
    pub warnings: usize,
    /// 0 when it is not accepted.
    pub rules: usize,
    /// What it would be read from; empty when it is not accepted.
    pub files: Vec<FileInfo>,
}

/// A sentence about a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineRemark))]
pub struct RemarkInfo {
    /// The policy is not loaded.
    pub error: bool,
    /// With file and line, where there are any, as the log has it.
    pub text: String,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineFile))]
pub struct FileInfo {
    /// Absolute, without links.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub path: PathBuf,
    /// Of its bytes, in lower-case hexadecimal digits.
    pub sha256: String,
}

/// A policy that is or was on trial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineTrial))]
pub struct TrialInfo {
    /// 0: of an engine that ran before this one.
    pub number: u32,
    pub state: TrialState,
    /// When its time is over, in Unix seconds; of one that is over, when it ended.
    pub until: u64,
    /// Seconds until then; 0 when it is over.
    pub left: u64,
    /// How it came to that; empty while it goes on.
    pub why: String,
}

/// How a trial stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineTrialState))]
#[serde(rename_all = "kebab-case")]
pub enum TrialState {
    Running,
    Confirmed,
    /// The policy from before is in use again. The files of the trial are not loaded by themselves.
    Back,
}

/// What a handshake came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineProbe))]
pub struct ProbeInfo {
    /// The first rule with the environment, or the address.
    pub rule: String,
    /// How many rules share the environment.
    pub rules: usize,
    /// The engine is the client there: there is a hello, and authorities to trust; no server was asked.
    pub client: bool,
    pub good: bool,
    /// The return code of AT-TLS that says what is wrong.
    pub rc: Option<u16>,
    /// What is wrong, or worth knowing; empty when there is nothing.
    pub words: String,
    /// Of a handshake that was done; `own` is what the policy presents, `partner` what an address does.
    pub tls: Option<TlsInfo>,
}
