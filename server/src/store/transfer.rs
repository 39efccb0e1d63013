//! The lines of an exported store; `docs/export-format.md` describes them.
//!
//! Each line is one JSON value whose keys stand in a fixed order, so that one content has one text.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Result, StoreError};

/// What the first line says the file is.
pub const WHAT: &str = "store";
/// The format of the file. A reader that knows only lower numbers refuses it.
pub const FORMAT: u32 = 1;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    pub gatehouse: String,
    pub format: u32,
    pub objects: i64,
    pub description: String,
}

/// A revision; `changes` lines with its objects follow.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevisionLine {
    pub revision: i64,
    pub author: String,
    pub at: String,
    pub comment: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restored_from: Option<i64>,
    pub changes: i64,
}

/// An object as the revision has it; without a body the revision deleted it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectLine {
    pub object: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Box<RawValue>>,
}

/// The last line: how many stand before it, and the hash of all their bytes.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndLine {
    pub end: u64,
    pub sha256: String,
}

/// A line with its line feed.
pub fn line<T: Serialize>(value: &T) -> Result<String> {
    let mut text = serde_json::to_string(value)
        .map_err(|error| StoreError::invalid(format!("the line has no JSON: {error}")))?;
    text.push('\n');
    Ok(text)
}
