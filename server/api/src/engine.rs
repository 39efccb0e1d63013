//! The engines of the machine that the server runs on. What they say themselves is passed on as they say it.

use generator::objects::ObjectId;
use serde::{Deserialize, Serialize};

pub use control::{
    CapturedRecord as EngineCaptured, ConnectionInfo as EngineConnection,
    FailureInfo as EngineFailure, Loaded as EngineLoaded, ParameterInfo as EngineParameter,
    RuleInfo as EngineRule, Status as EngineStatus, TraceInfo as EngineTrace, Which as EngineWhich,
};

/// The engines that have a control socket: `GET /api/v1/engines`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Engines {
    /// Where control sockets are looked for.
    pub directory: String,
    /// When they were asked, in UTC.
    pub at: String,
    /// By name.
    pub engines: Vec<Engine>,
}

/// One engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Engine {
    /// The name of its socket, without `.sock`.
    pub name: String,
    /// Nothing: it does not answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<EngineStatus>,
    /// Why it does not answer, and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// The stacks of the store that was asked for whose installed files it reads.
    pub stacks: Vec<EngineStack>,
}

/// A stack of a store whose installed files an engine reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EngineStack {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: ObjectId,
    /// Its name when it was installed.
    pub name: String,
    /// The revision that was installed last.
    pub revision: i64,
    /// The files of which the engine has loaded something else than was installed last.
    pub differs: Vec<String>,
}

/// Connections that are open, the newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EngineConnections {
    pub connections: Vec<EngineConnection>,
    /// How many there are of those that were asked for, whatever the limit.
    pub total: usize,
    /// When the engine was asked, in UTC.
    pub at: String,
}

/// What each rule took, in the order in which they are searched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EngineRules {
    pub rules: Vec<EngineRule>,
    /// When the engine was asked, in UTC.
    pub at: String,
}

/// What counts for a rule or a connection, in the order of the attributes in the policy language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EngineParameters {
    pub rule: String,
    pub parameters: Vec<EngineParameter>,
}

/// Handshakes that failed, and connections that TLS ended, as far as the engine keeps them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EngineFailures {
    /// The newest first.
    pub failures: Vec<EngineFailure>,
}

/// What a trace has kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EngineRecords {
    /// The oldest first; as many as one answer may have. More are there after the number of the last.
    pub records: Vec<EngineCaptured>,
    /// Records that were not kept, or are not any more, as there were too many.
    pub dropped: u64,
}

/// Traces that go on, and those that are over and whose records are still there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EngineTraces {
    pub traces: Vec<EngineTrace>,
}

/// A trace to be begun. Something has to be said of its connections.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewEngineTrace {
    #[serde(flatten)]
    pub which: EngineWhich,
    /// The bits of `Trace`, 1 to 15; 15 when nothing is said.
    #[serde(default = "all_messages")]
    pub level: u8,
    /// From now; 600 when nothing is said, at most a day.
    #[serde(default = "ten_minutes")]
    pub seconds: u32,
    /// Keeps what both sides say in the handshakes of connections that begin from now on.
    #[serde(default)]
    pub capture: bool,
    /// Keeps secrets that open what programs say, too, for this reason: of connections whose rule says
    /// `CtraceClearText On`, and for an hour at most.
    #[serde(default)]
    pub clear_text: Option<String>,
}

fn all_messages() -> u8 {
    15
}

fn ten_minutes() -> u32 {
    600
}
