//! An object's text: canonical JSON, and the hash that says whether it is still what was written.

use generator::objects::{Kind, Object, ObjectId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::text::MAX_BODY;
use super::{Damage, Result, StoreError};

/// An object's canonical JSON and its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    pub text: String,
    pub hash: String,
}

impl Body {
    /// Writes an object down.
    pub fn of(object: &Object) -> Result<Self> {
        let text = serde_json::to_string(object)
            .map_err(|error| StoreError::invalid(format!("the object has no JSON: {error}")))?;
        if text.len() > MAX_BODY {
            return Err(StoreError::TooLarge {
                what: format!("the object `{}`", object.name()),
                limit: MAX_BODY,
            });
        }
        let hash = hash(object.kind().word(), &text);
        Ok(Self { text, hash })
    }
}

/// The hash of a body: sha-256 in hex over the kind's word, a line feed and the JSON.
pub fn hash(kind: &str, text: &str) -> String {
    sha256(&[kind.as_bytes(), b"\n", text.as_bytes()])
}

/// sha-256 in hex over the parts.
pub fn sha256(parts: &[&[u8]]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
    }
    hex(&digest.finalize())
}

/// Bytes in hex.
pub fn hex(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            hex.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
    }
    hex
}

/// Where a body stands, for the message about a damaged one.
pub struct Place<'a> {
    pub store: &'a str,
    pub object: &'a ObjectId,
    pub revision: Option<i64>,
}

impl Place<'_> {
    pub fn damage(&self, what: impl Into<String>) -> StoreError {
        StoreError::Damaged(Damage {
            store: self.store.to_owned(),
            object: Some(self.object.clone()),
            revision: self.revision,
            what: what.into(),
        })
    }
}

/// Reads a stored body; anything but what was written is an error.
pub fn read(place: &Place<'_>, kind: &str, text: &str, stored: &str) -> Result<Object> {
    verify(place, kind, text, stored)?;
    let object: Object = serde_json::from_str(text).map_err(|error| unreadable(place, &error))?;
    if object.kind().word() != kind {
        return Err(place.damage("the text is of another kind"));
    }
    Ok(object)
}

/// A stored body as the JSON that it is, verified and not read: for passing it on.
pub fn raw(place: &Place<'_>, kind: &str, text: String, stored: &str) -> Result<Box<RawValue>> {
    verify(place, kind, &text, stored)?;
    RawValue::from_string(text).map_err(|error| unreadable(place, &error))
}

fn verify(place: &Place<'_>, kind: &str, text: &str, stored: &str) -> Result<()> {
    let found = hash(kind, text);
    match found == stored {
        true => Ok(()),
        false => Err(place.damage(format!("the text has the hash {found} instead of {stored}"))),
    }
}

fn unreadable(place: &Place<'_>, error: &serde_json::Error) -> StoreError {
    place.damage(format!("this version cannot read the text: {error}"))
}

/// The kind with this word.
pub fn kind(place: &Place<'_>, word: &str) -> Result<Kind> {
    Kind::from_word(word).ok_or_else(|| place.damage(format!("`{word}` is no kind of object")))
}

/// The etag of a deletion.
pub const DELETED: &str = "deleted";

/// As in the `ETag` header.
pub fn etag(hash: &str) -> String {
    format!("\"{hash}\"")
}

/// The hash in an etag, also when a client left the quotes away.
pub fn unquoted(etag: &str) -> &str {
    let etag = etag.trim();
    etag.strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(etag)
}
