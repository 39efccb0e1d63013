//! The server itself: whether it runs, writes, and trusts what it has stored.

use serde::{Deserialize, Serialize};

/// `GET /api/v1/health`: the server's state in a word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Health {
    pub status: Status,
    pub version: String,
    /// When everything that is stored was checked last, to the end; absent before the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_at: Option<String>,
}

/// How the server and its database are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    #[default]
    Ok,
    /// The disk reported an error: reading goes on, writing waits until the database passes a check.
    NotWriting,
    /// An install that nobody confirmed could not be put back. The log says why, and so does every
    /// page of the store; the server tries again.
    NotPutBack,
    /// The last check could not be done, so that nobody knows whether what is stored is whole.
    /// Administrators see why under `/verification`; the server soon tries again.
    Unchecked,
    /// The last check found what is not as it was written. Administrators see it under
    /// `/verification`; it stands in the log.
    Damaged,
}

impl Status {
    pub fn is_ok(&self) -> bool {
        *self == Self::Ok
    }
}
