//! Traffic descriptors: *which ports*.

use super::super::settings::Settings;
use super::super::values::{CertificateLabel, FileName, Keyring, NameMask, Ports};
use super::super::{Entry, ObjectName};
use super::security::{ClientAuthentication, SecurityLevel};

/// A reusable, named list of traffic rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct TrafficDescriptor {
    pub name: Entry<ObjectName>,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "String::is_empty"))]
    pub description: String,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub tags: Vec<String>,
    /// Comes with Gatehouse: can be copied, not changed or deleted.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "std::ops::Not::not"))]
    pub supplied: bool,
    /// Order counts: each row becomes a rule.
    pub rows: Vec<TrafficRow>,
}

/// One kind of connection: ports, direction, job, user, role, and what belongs to it alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct TrafficRow {
    pub local_port: Entry<Ports>,
    pub remote_port: Entry<Ports>,
    pub direction: Direction,
    pub jobname: Entry<NameMask>,
    pub userid: Entry<NameMask>,
    /// `None` follows the direction: server for inbound, client for outbound, server for either.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub role: Option<HandshakeRole>,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "std::ops::Not::not"))]
    pub application_controlled: bool,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "std::ops::Not::not"))]
    pub secondary_map: bool,
    /// Empty for the stack's or image's key ring.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "is_empty_entry"))]
    pub keyring: Entry<Keyring>,
    /// The stash file, when the key ring is a key database.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "is_empty_entry"))]
    pub keyring_stash_file: Entry<FileName>,
    /// Empty for the ring's default certificate.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "is_empty_entry"))]
    pub certificate_label: Entry<CertificateLabel>,
    /// Up to 8, the first one preferred; for instance one RSA and one ECDSA.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub server_certificate_labels: Vec<Entry<CertificateLabel>>,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Settings::is_empty"))]
    pub settings: Settings,
}

impl TrafficRow {
    /// The role that counts.
    pub fn effective_role(&self) -> HandshakeRole {
        self.role.unwrap_or(match self.direction {
            Direction::Inbound | Direction::Either => HandshakeRole::Server,
            Direction::Outbound => HandshakeRole::Client,
        })
    }

    /// The role that is written for this row at this level: a server that asks clients for
    /// certificates says so.
    pub fn role_at(&self, level: &SecurityLevel) -> HandshakeRole {
        match self.effective_role() {
            HandshakeRole::Server if level.client_authentication != ClientAuthentication::Off => {
                HandshakeRole::ServerWithClientAuth
            }
            role => role,
        }
    }
}

/// Which end opens the connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "lowercase")
)]
pub enum Direction {
    Inbound,
    Outbound,
    #[default]
    Either,
}

impl Direction {
    /// The word of `TTLSRule Direction`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Inbound => "Inbound",
            Self::Outbound => "Outbound",
            Self::Either => "Both",
        }
    }
}

/// Which end of the handshake AT-TLS plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case")
)]
pub enum HandshakeRole {
    Server,
    Client,
    ServerWithClientAuth,
}

impl HandshakeRole {
    /// The word of `HandshakeRole`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Server => "Server",
            Self::Client => "Client",
            Self::ServerWithClientAuth => "ServerWithClientAuth",
        }
    }
}

#[cfg(feature = "serde")]
fn is_empty_entry<T: std::fmt::Display>(entry: &Entry<T>) -> bool {
    entry.to_string().is_empty()
}
