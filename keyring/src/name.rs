//! Names of key rings and labels, as policies write them and as files have them.

use std::str::FromStr;

use thiserror::Error;

/// The name of a ring: `owner/ring`, or `ring` of the user that runs the application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RingName {
    pub owner: Option<String>,
    // INVARIANT: both are the name of one directory entry, and not `.` or `..`.
    pub ring: String,
}

/// A name that is no directory here.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RingNameError {
    #[error(
        "`{0}` is a key database of gskkyman, which the engine does not read; put its certificates in a key ring"
    )]
    Database(String),
    #[error("`{0}` is a PKCS #11 token, which the engine does not read")]
    Token(String),
    #[error("`{0}` is not the name of a key ring: `owner/ring` or `ring`")]
    Malformed(String),
}

impl FromStr for RingName {
    type Err = RingNameError;

    fn from_str(text: &str) -> Result<Self, RingNameError> {
        if text.starts_with('/') {
            return Err(RingNameError::Database(text.to_owned()));
        }
        if text.starts_with("*TOKEN*") {
            return Err(RingNameError::Token(text.to_owned()));
        }
        let (owner, ring) = match text.split_once('/') {
            Some((owner, ring)) => (Some(owner), ring),
            None => (None, text),
        };
        let is_entry = |name: &str| {
            !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\0', '*'])
        };
        if !is_entry(ring) || owner.is_some_and(|owner| !is_entry(owner)) {
            return Err(RingNameError::Malformed(text.to_owned()));
        }
        Ok(Self {
            owner: owner.map(str::to_owned),
            ring: ring.to_owned(),
        })
    }
}

/// The label that a file's name means, without its ending.
pub fn label(stem: &str) -> String {
    stem.replace("%2F", "/")
        .replace("%2f", "/")
        .replace("%25", "%")
}
