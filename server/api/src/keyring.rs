//! The key rings of the machine that the server runs on.

use generator::finding::Severity;
use serde::{Deserialize, Serialize};

/// What the rings hold: `GET /api/v1/keyrings`. No key is ever among it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyRings {
    /// Whether the server was told where rings are. If not, there are none.
    pub configured: bool,
    /// When they were read, in UTC.
    pub at: String,
    /// By owner and name.
    pub rings: Vec<KeyRing>,
}

/// One ring.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyRing {
    /// `OWNER/RING`.
    pub name: String,
    /// Those with keys first, then the authorities, each by label.
    pub certificates: Vec<KeyRingCertificate>,
    /// The labels of keys that wait for their certificates.
    pub requests: Vec<String>,
    /// What is wrong with it.
    pub remarks: Vec<KeyRingRemark>,
}

/// A certificate of a ring.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyRingCertificate {
    pub label: String,
    pub usage: KeyRingUsage,
    /// It is presented when no label is coded.
    pub default: bool,
    /// As RFC 4514 writes names.
    pub subject: String,
    pub issuer: String,
    /// Hexadecimal digits.
    pub serial: String,
    pub not_before: String,
    pub not_after: String,
    /// Whole days until it ends; below zero: it has ended.
    pub days_left: i64,
    /// How near its end is; nothing: more than 30 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<KeyRingExpiry>,
    pub key: KeyRingKey,
    /// The algorithm that it is signed with.
    pub signature: String,
    /// The DNS names and addresses that it is for.
    pub names: Vec<String>,
    /// The fingerprint, hexadecimal digits.
    pub sha256: String,
    /// It may issue others.
    pub is_authority: bool,
    /// The subjects of its issuers, nearest first, as far as the ring has them.
    pub chain: Vec<String>,
    /// The chain ends in a root.
    pub chain_complete: bool,
}

/// What a certificate is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum KeyRingUsage {
    /// It has its key, and can be presented.
    Personal,
    /// It is trusted.
    Authority,
}

/// How near the end of a certificate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum KeyRingExpiry {
    Ended,
    /// Within 1 day.
    Day,
    /// Within 7 days.
    Week,
    /// Within 30 days.
    Month,
}

/// The kind and size of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyRingKey {
    pub kind: KeyRingKeyKind,
    pub bits: u32,
    /// Such as `P-256`; empty where there is none.
    pub curve: String,
}

/// The kind of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum KeyRingKeyKind {
    Rsa,
    Ec,
    Ed25519,
    Other,
}

/// Something that is wrong with a ring, or that a policy wants of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyRingRemark {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub severity: Severity,
    /// The certificate; nothing: the whole ring.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    pub message: String,
}
