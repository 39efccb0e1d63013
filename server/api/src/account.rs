//! People, sessions, tokens and roles.

use serde::{Deserialize, Serialize};

/// What a person may do in a store; each role may do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads everything of the store.
    Viewer,
    /// Edits drafts and saves revisions.
    Editor,
    /// Installs, and returns to the previous file.
    Installer,
    /// Freezes, archives, names members, sets targets.
    Administrator,
}

/// Whether the first administrator exists: `GET /api/v1/setup`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetupState {
    pub needed: bool,
}

/// Creates the first administrator: `POST /api/v1/setup`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// From the one-time link that the server printed at its first start.
    pub secret: String,
    pub name: String,
    pub password: String,
}

/// `POST /api/v1/session`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LogIn {
    pub name: String,
    pub password: String,
}

/// Who is asking: `GET /api/v1/session`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    pub name: String,
    /// May manage accounts, and everything in every store.
    pub administrator: bool,
    /// The password was set by somebody else and must be changed first.
    pub must_change_password: bool,
    /// The server's version.
    pub version: String,
    /// Where installs may write.
    pub install_roots: Vec<String>,
}

/// One of my sessions: `GET /api/v1/sessions`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionInfo {
    /// A handle for ending it; no secret.
    pub handle: String,
    pub since: String,
    pub last_active: String,
    pub from: String,
    pub current: bool,
}

/// `PUT /api/v1/account/password`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    pub old: String,
    pub new: String,
}

/// An account as administrators see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    pub name: String,
    pub administrator: bool,
    pub disabled: bool,
    pub created: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_log_in: Option<String>,
}

/// `POST /api/v1/accounts`; the answer is [`NewPassword`].
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    pub name: String,
    #[serde(default)]
    pub administrator: bool,
    /// That of whoever asks.
    pub password: String,
}

/// `POST /api/v1/accounts/{name}/password`; the answer is [`NewPassword`].
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordReset {
    /// That of whoever asks.
    pub password: String,
}

/// A random first password, shown once; it must be changed within three days.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewPassword {
    pub name: String,
    pub password: String,
}

/// `PATCH /api/v1/accounts/{name}`; what is absent stays.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AccountChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub administrator: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
    /// That of whoever asks; needed for `administrator`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// A token of mine; its secret is not kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Token {
    pub id: i64,
    pub label: String,
    /// The most that it may do, whatever its owner may.
    pub role: Role,
    /// The stores it is for; empty for all of its owner's.
    pub stores: Vec<String>,
    pub created: String,
    pub expires: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used: Option<String>,
}

/// `POST /api/v1/tokens`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    pub label: String,
    pub role: Role,
    #[serde(default)]
    pub stores: Vec<String>,
    /// 1 to 365.
    pub days: u16,
    /// That of whoever asks.
    pub password: String,
}

/// The secret of a new token, shown once.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenSecret {
    pub token: Token,
    pub secret: String,
}

/// A member of a store: `GET` and `PUT /api/v1/stores/{store}/members`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Member {
    pub name: String,
    pub role: Role,
}

/// One line of the audit: `GET /api/v1/audit`, `GET /api/v1/stores/{store}/audit`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    pub number: i64,
    pub at: String,
    pub who: String,
    pub from: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<String>,
    /// `save`, `install`, `take-over`, `log-in` ….
    pub action: String,
    /// In words.
    pub what: String,
    /// Before and after, where there is such.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub details: serde_json::Value,
    /// Chained: over this line and the hash of the line before.
    pub hash: String,
}
