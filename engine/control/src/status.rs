//! What an engine says of itself: its state, its rules, and what it counted.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::connection::AlertInfo;
use crate::trial::{FileInfo, TrialInfo};

/// The engine at a glance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineStatus))]
pub struct Status {
    pub version: String,
    /// The library that does TLS.
    pub library: String,
    /// The stack whose policy counts; empty: the policy is of none.
    pub stack: String,
    /// The configuration file that it was started with.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub config: PathBuf,
    /// What the policy that counts was read from.
    #[serde(default)]
    pub files: Vec<FileInfo>,
    /// What is on trial, or what the engine went back from when nothing was loaded since.
    #[serde(default)]
    pub trial: Option<TrialInfo>,
    pub rules: usize,
    /// Unix seconds.
    pub started: u64,
    /// When the policy that counts was loaded, in Unix seconds.
    pub loaded: u64,
    pub open: usize,
    /// The most that may be open at a time.
    pub most: usize,
    pub fail_closed: bool,
    /// No new connections are taken.
    pub ending: bool,
    /// Where it listens, and the table that catches connections.
    pub ways: Vec<String>,
    /// Of all connections that no rule takes.
    pub unmapped: Counts,
    /// What failed since the engine was started, by return code.
    #[serde(default)]
    pub failed_by_code: Vec<CodeCount>,
    /// The alerts with which it failed.
    #[serde(default)]
    pub failed_by_alert: Vec<AlertCount>,
}

/// How often a return code came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineCodeCount))]
pub struct CodeCount {
    pub rc: u16,
    pub count: u64,
}

/// How often an alert came or went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineAlertCount))]
pub struct AlertCount {
    #[serde(flatten)]
    pub alert: AlertInfo,
    pub count: u64,
}

/// What was counted since `since`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineCounts))]
pub struct Counts {
    /// Unix seconds.
    pub since: u64,
    pub connections: u64,
    pub open: u64,
    /// Handshakes that were done.
    pub handshakes: u64,
    /// Of those, sessions that went on.
    pub resumed: u64,
    /// Handshakes that failed, and connections that TLS ended.
    pub failed: u64,
    /// Plaintext of the partner.
    pub bytes_in: u64,
    /// Plaintext of the program.
    pub bytes_out: u64,
    /// When a connection came last, in Unix seconds; `None`: none since then.
    pub last: Option<u64>,
}

/// A rule with its counters. They go on over a reload for a rule of the same name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineRule))]
pub struct RuleInfo {
    pub name: String,
    pub protects: bool,
    #[serde(flatten)]
    pub counts: Counts,
}

/// What counts for a rule of one attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineParameter))]
pub struct ParameterInfo {
    /// The keyword of the attribute.
    pub name: String,
    pub value: String,
    /// Where the value is coded; `None`: it is the default.
    pub said: Option<SaidInfo>,
    /// It is coded, and not what would hold anyway.
    pub own: bool,
    /// What is coded and does not count, the narrowest action first.
    pub beaten: Vec<SaidInfo>,
}

/// What is coded of an attribute in one action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineSaid))]
pub struct SaidInfo {
    /// `connection`, `environment` or `group`.
    pub scope: String,
    /// The name of the action.
    pub action: String,
    /// Values of several lines stand behind each other; passwords are stars.
    pub value: String,
    /// File and line.
    pub place: String,
}
