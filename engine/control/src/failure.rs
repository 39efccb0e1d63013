//! Connections that failed, and why.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::connection::AlertInfo;

/// A handshake that failed, or a connection that TLS ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineFailure))]
pub struct FailureInfo {
    /// Counts up from 1 since the engine was started.
    pub number: u64,
    /// Unix seconds.
    pub time: u64,
    /// CONNID in messages.
    pub connection: u32,
    pub inbound: bool,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub local: SocketAddr,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub remote: SocketAddr,
    pub job: String,
    pub user: String,
    /// `None`: no rule takes it.
    pub rule: Option<String>,
    /// The actions of the rule: group, environment, connection; empty where it has none.
    pub actions: [String; 3],
    /// The return code of System SSL or AT-TLS.
    pub rc: u16,
    /// The messages that the log has of it.
    #[serde(default)]
    pub messages: Vec<String>,
    /// The handshake was done before.
    pub secured: bool,
    /// What happened, in words, as in the log.
    pub reason: String,
    /// The last alert that was sent or received.
    pub alert: Option<AlertInfo>,
    /// The server name that the client sent.
    pub server_name: Option<String>,
    /// `None`: nothing is known beyond the reason.
    pub diagnosis: Option<Diagnosis>,
}

/// Why a connection failed, and what helps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineDiagnosis))]
pub struct Diagnosis {
    /// Whole sentences.
    pub why: String,
    /// The likeliest first; one of them is enough, unless it says otherwise.
    pub changes: Vec<Change>,
}

/// Something that helps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineChange))]
pub struct Change {
    /// Whole sentences.
    pub text: String,
    /// The attributes of the policy that it is about; none: it is not about the policy.
    pub attributes: Vec<String>,
}
