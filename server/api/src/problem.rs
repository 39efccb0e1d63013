//! Problem documents (RFC 9457).

use serde::{Deserialize, Serialize};

use crate::draft::Conflict;
use crate::finding::Finding;

/// What went wrong, in the form of RFC 9457, media type `application/problem+json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// `urn:gatehouse:problem:<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// A stable word for programs: `locked`, `conflict`, `not-found` ….
    pub code: String,
    /// What is, as a sentence.
    pub title: String,
    pub status: u16,
    /// The particulars of this case, and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Findings that stopped it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// Objects that somebody else changed or holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Conflict>,
    /// Seconds after which another try makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}
