//! What is written about some connections for some time, and kept of them.

use serde::{Deserialize, Serialize};

use crate::protocol::Which;

/// A trace that goes on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineTrace))]
pub struct TraceInfo {
    pub number: u32,
    #[serde(flatten)]
    pub which: Which,
    pub level: u8,
    /// Seconds until it ends by itself.
    pub left: u64,
    /// It keeps what both sides say.
    #[serde(default)]
    pub capture: bool,
    /// Why it keeps secrets that open what programs say; `None`: it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clear_text: Option<String>,
    /// It is over, and what it kept is still there.
    #[serde(default)]
    pub over: bool,
    /// Records that it has kept.
    #[serde(default)]
    pub records: u64,
    /// Records that were not kept, or are not any more, as there were too many.
    #[serde(default)]
    pub dropped: u64,
}

/// Something that one side said, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineCaptured))]
pub struct CapturedRecord {
    /// Counts up from 1 in each trace.
    pub number: u64,
    /// Microseconds since 1970.
    pub time_us: u64,
    /// CONNID in messages.
    pub connection: u32,
    /// Otherwise the engine said it.
    pub from_partner: bool,
    /// `ClientHello`, `Certificate`, `alert`, `application data`.
    pub kind: String,
    /// The gist, in one line.
    pub summary: String,
    /// The rest, a line each; blanks at the beginning say what belongs to what.
    pub details: Vec<String>,
}

/// Why events end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// The engine ends.
    Engine,
    /// Who listens did not keep up, and missed some.
    TooSlow,
}
