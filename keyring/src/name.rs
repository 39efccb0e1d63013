//! Names of key rings and labels, as policies write them and as files have them.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Bytes that the name of a file may have on any file system of Linux.
const LONGEST: usize = 255;

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

impl fmt::Display for RingName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(owner) = &self.owner {
            write!(f, "{owner}/")?;
        }
        f.write_str(&self.ring)
    }
}

/// The label of a certificate, for a new file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label(String); // INVARIANT: with its ending it is a name that a file can have.

/// A text that no new certificate can have as its label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LabelError {
    #[error("a label has at least one character")]
    Empty,
    #[error("a label has no control characters")]
    Control,
    #[error("a label begins and ends with something else than a blank")]
    Blank,
    #[error("the label is too long for the name of a file")]
    TooLong,
}

impl FromStr for Label {
    type Err = LabelError;

    fn from_str(text: &str) -> Result<Self, LabelError> {
        let label = Self(text.to_owned());
        match text {
            "" => Err(LabelError::Empty),
            text if text.chars().any(char::is_control) => Err(LabelError::Control),
            text if text.trim() != text => Err(LabelError::Blank),
            _ if label.file().len() > LONGEST => Err(LabelError::TooLong),
            _ => Ok(label),
        }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Label {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of its file.
    pub fn file(&self) -> String {
        let stem = self.0.replace('%', "%25").replace('/', "%2F");
        format!("{stem}.pem")
    }
}

/// The label that a file's name means, without its ending.
pub fn label(stem: &str) -> String {
    stem.replace("%2F", "/")
        .replace("%2f", "/")
        .replace("%25", "%")
}
