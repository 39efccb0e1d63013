//! Why a ring cannot be used, or not be changed.

use std::io;
use std::path::PathBuf;

use openssl::error::ErrorStack;
use thiserror::Error;

use crate::name::{LabelError, RingNameError};

/// Why a ring cannot be used.
#[derive(Debug, Error)]
pub enum RingError {
    #[error(transparent)]
    Name(#[from] RingNameError),
    #[error("there is no key ring {0}")]
    Missing(PathBuf),
    #[error("{path}: {source}")]
    Unread { path: PathBuf, source: io::Error },
    #[error(
        "{path}: {words}; on a key ring that others may change or read, nothing can be built: {mend}"
    )]
    Open {
        path: PathBuf,
        words: &'static str,
        mend: String,
    },
    #[error("{path}: holds {words}")]
    Content { path: PathBuf, words: &'static str },
    #[error("{path}: {source}")]
    Broken { path: PathBuf, source: ErrorStack },
    #[error("{path}: the private key does not belong to the certificate")]
    OtherKey { path: PathBuf },
    #[error("{path} names the label `{label}`, which no personal certificate of the ring has")]
    NoDefault { path: PathBuf, label: String },
}

impl RingError {
    /// The return code of System SSL that says it.
    pub fn code(&self) -> u16 {
        match self {
            Self::Name(_) | Self::Missing(_) => 202,
            Self::Unread { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => 416,
            Self::Unread { .. } => 102,
            Self::Open { .. } => 416,
            Self::Content { .. } | Self::Broken { .. } => 103,
            Self::OtherKey { .. } => 428,
            Self::NoDefault { .. } => 7,
        }
    }
}

/// Why a ring is not changed. What was there stays as it was.
#[derive(Debug, Error)]
pub enum WriteError {
    #[error(transparent)]
    Ring(#[from] RingError),
    #[error(transparent)]
    Label(#[from] LabelError),
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("there is a key ring {0} already")]
    Exists(PathBuf),
    #[error("{0} is a symbolic link or no directory; nothing is written through it")]
    NoDirectory(PathBuf),
    #[error("{path}: another program has been writing to this key ring for {seconds} s")]
    Busy { path: PathBuf, seconds: u64 },
    #[error(
        "the key ring has a {what} labelled `{label}` already; choose another label, or replace it with --replace"
    )]
    Taken { what: &'static str, label: String },
    #[error("the key ring has no {what} labelled `{label}`")]
    NoLabel { what: &'static str, label: String },
    #[error("{path} holds `{name}`, which is no part of a key ring; move it away first")]
    Foreign { path: PathBuf, name: String },
    #[error("OpenSSL refuses it: {0}")]
    Library(#[from] ErrorStack),
}
