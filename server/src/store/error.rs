//! What can go wrong in the store, as far as a caller can do something about it.

use api::draft::{Conflict, Lock};
use api::store::Freeze;
use generator::objects::ObjectId;
use thiserror::Error;

/// Why the store refused, or could not answer.
#[derive(Debug, Error)]
pub enum StoreError {
    /// 404.
    #[error("there is no {what}")]
    NotFound { what: String },
    /// 409: another store has the name, perhaps in other letters.
    #[error("the name `{name}` is taken")]
    NameTaken { name: String },
    /// 409.
    #[error("there are {limit} stores, and more are not possible")]
    TooMany { limit: i64 },
    /// 422: the request cannot mean anything.
    #[error("{0}")]
    Invalid(String),
    /// 413.
    #[error("{what} is larger than {limit} bytes")]
    TooLarge { what: String, limit: usize },
    /// 409.
    #[error("the store is archived")]
    Archived,
    /// 409: only an archived store is purged.
    #[error("the store is not archived")]
    NotArchived,
    /// 409.
    #[error("the store is frozen by {}: {}", .0.by, .0.reason)]
    Frozen(Box<Freeze>),
    /// 412: the body that the editor saw is not the newest.
    #[error("the object `{object}` has changed meanwhile")]
    Precondition {
        object: ObjectId,
        /// The etag that counts now; `None` when there is no such object.
        found: Option<String>,
    },
    /// 412: a newer revision than the asker knows.
    #[error("the newest revision is {head}")]
    HeadMoved { head: i64 },
    /// 423: objects that other drafts hold; at least one.
    #[error("{}", held_words(.0))]
    Locked(Vec<Held>),
    /// 409.
    #[error("`{name}` comes with Gatehouse: it can be copied, not changed or deleted")]
    Supplied { name: String },
    /// 409: changed on both sides; nothing was saved.
    #[error("{} changes meet newer ones", .0.len())]
    Conflicts(Vec<Conflict>),
    /// 409.
    #[error("there is nothing to save")]
    NothingToSave,
    /// 409.
    #[error("there is nothing to {0}")]
    NothingTo(&'static str),
    /// 409: files of the install wait for a confirmation.
    #[error(
        "install {install} of {name} waits until {until} to be kept or put back; keep it or put it back first"
    )]
    Waits {
        install: i64,
        name: String,
        until: String,
    },
    /// 422: the file cannot be imported; nothing of it was kept.
    #[error("line {line}: {reason}")]
    Import { line: u64, reason: String },
    /// 500: what was read is not what was written.
    #[error("damaged: {0}")]
    Damaged(Damage),
    /// 507.
    #[error("the disk is full; nothing was stored")]
    DiskFull,
    /// 507: the file system or file cannot be written.
    #[error("the database cannot be written; nothing was stored")]
    ReadOnly,
    /// 503: the disk failed; saving resumes after a check has passed.
    #[error("the disk reported an error; nothing was stored")]
    Io(#[source] sqlx::Error),
    /// 503: after an error of the disk, a fresh connection did not pass its check.
    #[error("the database failed its check; nothing is stored until it passes")]
    Untrusted,
    /// 503.
    #[error("the database is busy; nothing was stored")]
    Busy,
    /// 500.
    #[error("the database answered with an error")]
    Database(#[source] sqlx::Error),
}

/// An object that another draft holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// The object's name, for a sentence.
    pub name: String,
    pub lock: Lock,
}

fn held_words(held: &[Held]) -> String {
    let words = held.iter().map(|held| {
        let Lock { holder, since, .. } = &held.lock;
        format!("`{}` is edited by {holder} since {since}", held.name)
    });
    words.collect::<Vec<_>>().join("; ")
}

/// Which text does not carry the hash it was stored with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    pub store: String,
    pub object: Option<ObjectId>,
    pub revision: Option<i64>,
    /// What was found, as half a sentence.
    pub what: String,
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "store {}", self.store)?;
        if let Some(object) = &self.object {
            write!(f, ", object {object}")?;
        }
        if let Some(revision) = self.revision {
            write!(f, ", revision {revision}")?;
        }
        write!(f, ": {}", self.what)
    }
}

impl StoreError {
    /// Whether a connection that reported this error is not to be used again. One that was opened
    /// while the file system was read-only stays so as long as it lives.
    pub(crate) fn is_suspect(&self) -> bool {
        match self {
            Self::Io(_) | Self::DiskFull | Self::ReadOnly => true,
            // The file itself, not a body in it.
            Self::Damaged(damage) => damage.object.is_none(),
            _ => false,
        }
    }

    pub(crate) fn invalid(what: impl Into<String>) -> Self {
        Self::Invalid(what.into())
    }

    pub(crate) fn no_object(object: &ObjectId) -> Self {
        Self::NotFound {
            what: format!("object `{object}` in this store"),
        }
    }

    pub(crate) fn no_revision(number: i64) -> Self {
        Self::NotFound {
            what: format!("revision {number} of this store"),
        }
    }
}

/// Primary result codes of SQLite, as sqlx reports them: the low byte of the extended code.
mod code {
    pub const BUSY: i64 = 5;
    pub const LOCKED: i64 = 6;
    pub const READONLY: i64 = 8;
    pub const IOERR: i64 = 10;
    pub const CORRUPT: i64 = 11;
    pub const FULL: i64 = 13;
    pub const CANTOPEN: i64 = 14;
    pub const NOTADB: i64 = 26;
}

/// The primary result code of SQLite in an error.
fn primary_code(error: &sqlx::Error) -> Option<i64> {
    let code = error.as_database_error()?.code()?;
    code.parse::<i64>().ok().map(|code| code & 0xff)
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match primary_code(&error) {
            Some(code::FULL) => Self::DiskFull,
            Some(code::READONLY) => Self::ReadOnly,
            Some(code::BUSY | code::LOCKED) => Self::Busy,
            Some(code::IOERR | code::CANTOPEN) => Self::Io(error),
            Some(code::CORRUPT | code::NOTADB) => Self::Damaged(Damage {
                store: "(all)".to_owned(),
                object: None,
                revision: None,
                what: "the database file is malformed".to_owned(),
            }),
            _ => match error {
                sqlx::Error::PoolTimedOut => Self::Busy,
                sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed => Self::Io(error),
                error => Self::Database(error),
            },
        }
    }
}
