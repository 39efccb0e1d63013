//! Connections that are open.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// An alert of TLS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineAlert))]
pub struct AlertInfo {
    /// By the engine; otherwise by the partner.
    pub sent: bool,
    pub code: u8,
    /// `handshake_failure`
    pub name: String,
}

/// How far a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EnginePhase))]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Nothing passes before the handshake is done.
    Handshake,
    Open,
    /// It failed, and its alert is on its way.
    Ending,
}

/// How a connection came to its rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineMapType))]
#[serde(rename_all = "kebab-case")]
pub enum MapType {
    /// By what the rule asks of it.
    #[default]
    Primary,
    /// Like another one of the same program with the same partner, by `SecondaryMap`.
    Secondary,
}

/// A certificate of one side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineCertificate))]
pub struct CertificateInfo {
    pub subject: String,
    pub issuer: String,
    /// In hexadecimal digits.
    pub serial: String,
    /// The last moment at which it is valid, as OpenSSL writes it.
    pub until: String,
    /// Names and addresses of hosts among its alternative names, as many as 50.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
}

/// What both sides of TLS agreed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineTls))]
pub struct TlsInfo {
    /// `TLSv1.3`.
    pub version: String,
    /// As IANA names it.
    pub suite: String,
    /// The group of the key exchange, as OpenSSL names it; `None`: there was none.
    pub group: Option<String>,
    /// The server name that the client sent.
    pub server_name: Option<String>,
    pub resumed: bool,
    pub own: Option<CertificateInfo>,
    pub partner: Option<CertificateInfo>,
    /// The user to whom the partner's certificate belongs.
    pub user: Option<String>,
}

/// A connection that is open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EngineConnection))]
pub struct ConnectionInfo {
    /// CONNID in messages.
    pub id: u32,
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
    /// Whether it was mapped by itself.
    #[serde(default)]
    pub map_type: MapType,
    /// Its program starts and stops TLS: `ApplicationControlled On`.
    #[serde(default)]
    pub controlled: bool,
    pub phase: Phase,
    /// `None`: it is in the clear, or the handshake is not done.
    pub tls: Option<TlsInfo>,
    /// The last alert that was sent or received.
    #[serde(default)]
    pub last_alert: Option<AlertInfo>,
    /// Plaintext of the partner.
    pub bytes_in: u64,
    /// Plaintext of the program.
    pub bytes_out: u64,
    /// Seconds since it came.
    pub age: u64,
}
