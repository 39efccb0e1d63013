//! What a handler can answer instead of a result, and the one place that turns it into a response.
//!
//! Answers name no path, SQL, crate or stack: what only the operator may know goes to the log, under
//! the number that the answer carries.

use std::error::Error;
use std::fmt::Write as _;

use api::Problem;
use api::draft::{Conflict, Lock};
use api::finding::Finding;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::auth::secret::NoRandomness;
use crate::auth::session::CreateError;
use crate::security::request_id;

pub type ApiResult<T> = Result<T, ApiError>;

/// Why a request has no result.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The request itself is malformed.
    #[error("bad request: {detail}")]
    BadRequest { detail: String },
    /// Nobody is logged in, or not any more.
    #[error("unauthorized")]
    Unauthorized,
    /// Name or password is wrong, whichever.
    #[error("log-in refused")]
    LogInRefused,
    /// The password was set by somebody else; only changing it is allowed.
    #[error("password change required")]
    PasswordChangeRequired,
    /// The password that was asked for again, of somebody who is logged in.
    #[error("wrong password")]
    WrongPassword,
    #[error("forbidden: {detail}")]
    Forbidden { detail: String },
    /// `what` as in "store `PROD`".
    #[error("no {what}")]
    NotFound { what: String },
    /// There is one, and whoever asks may not know: the answer is that of `NotFound`, and the
    /// audit has the try.
    #[error("no {what} for this account")]
    Hidden { what: String },
    #[error("method not allowed")]
    MethodNotAllowed,
    #[error("request timeout")]
    RequestTimeout,
    /// The state does not allow it, or somebody else changed what it changes.
    #[error("conflict: {detail}")]
    Conflict {
        detail: String,
        conflicts: Vec<Conflict>,
        findings: Vec<Finding>,
    },
    /// An etag or a base that is no longer the newest.
    #[error("precondition failed: {detail}")]
    PreconditionFailed {
        detail: String,
        conflicts: Vec<Conflict>,
    },
    #[error("too large: {detail}")]
    TooLarge { detail: String },
    #[error("unsupported media type")]
    UnsupportedMediaType,
    /// Well-formed, and yet not a value that can be.
    #[error("unprocessable: {detail}")]
    Unprocessable {
        detail: String,
        findings: Vec<Finding>,
    },
    /// Somebody else froze the store.
    #[error("frozen: {detail}")]
    Frozen { detail: String },
    /// Objects that other drafts hold.
    #[error("locked")]
    Locked { conflicts: Vec<Conflict> },
    /// Seconds until another try makes sense.
    #[error("too many requests")]
    TooManyRequests { retry_after: u64 },
    /// The server cannot do it now; `detail` says why and what to do.
    #[error("unavailable: {detail}")]
    Unavailable { detail: String },
    #[error("disk full")]
    DiskFull,
    /// A target of an install has no space left.
    #[error("target full: {detail}")]
    TargetFull { detail: String },
    /// What is stored is not what was written.
    #[error("damaged: {what}")]
    Damaged { what: String },
    /// Logged in full, answered in general words.
    #[error("internal error")]
    Internal(#[source] Box<dyn Error + Send + Sync>),
}

impl ApiError {
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::BadRequest {
            detail: detail.into(),
        }
    }

    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::Forbidden {
            detail: detail.into(),
        }
    }

    pub fn not_found(what: impl Into<String>) -> Self {
        Self::NotFound { what: what.into() }
    }

    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::Conflict {
            detail: detail.into(),
            conflicts: Vec::new(),
            findings: Vec::new(),
        }
    }

    pub fn precondition(detail: impl Into<String>) -> Self {
        Self::PreconditionFailed {
            detail: detail.into(),
            conflicts: Vec::new(),
        }
    }

    pub fn unprocessable(detail: impl Into<String>) -> Self {
        Self::Unprocessable {
            detail: detail.into(),
            findings: Vec::new(),
        }
    }

    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self::Unavailable {
            detail: detail.into(),
        }
    }

    /// One object, called `name`, that another draft holds.
    pub fn locked(name: impl Into<String>, lock: Lock) -> Self {
        Self::Locked {
            conflicts: vec![Conflict {
                id: lock.object.clone(),
                name: name.into(),
                lock: Some(lock),
                theirs_revision: None,
                theirs_author: None,
                theirs: None,
                mine: None,
                base: None,
                merged: None,
                fields: Vec::new(),
            }],
        }
    }

    pub fn internal(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Internal(source.into())
    }

    /// Status, code and title of each variant.
    fn row(&self) -> (StatusCode, &'static str, &'static str) {
        use StatusCode as S;
        match self {
            Self::BadRequest { .. } => (
                S::BAD_REQUEST,
                "bad-request",
                "The request cannot be understood.",
            ),
            Self::Unauthorized => (
                S::UNAUTHORIZED,
                "unauthorized",
                "You are not logged in, or no longer.",
            ),
            Self::LogInRefused => (
                S::UNAUTHORIZED,
                "log-in-refused",
                "Name or password is wrong.",
            ),
            Self::PasswordChangeRequired => (
                S::FORBIDDEN,
                "password-change-required",
                "The password must be changed first.",
            ),
            Self::WrongPassword => (S::FORBIDDEN, "wrong-password", "The password is wrong."),
            Self::Forbidden { .. } => (
                S::FORBIDDEN,
                "forbidden",
                "This is not allowed to this account.",
            ),
            Self::NotFound { .. } | Self::Hidden { .. } => {
                (S::NOT_FOUND, "not-found", "There is no such thing.")
            }
            Self::MethodNotAllowed => (
                S::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "This address does not take this method.",
            ),
            Self::RequestTimeout => (
                S::REQUEST_TIMEOUT,
                "request-timeout",
                "The request took too long to arrive.",
            ),
            Self::Conflict { .. } => (
                S::CONFLICT,
                "conflict",
                "The present state does not allow this.",
            ),
            Self::PreconditionFailed { .. } => (
                S::PRECONDITION_FAILED,
                "precondition-failed",
                "It was changed meanwhile.",
            ),
            Self::TooLarge { .. } => (
                S::PAYLOAD_TOO_LARGE,
                "too-large",
                "The request is too large.",
            ),
            Self::UnsupportedMediaType => (
                S::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "The body must be JSON.",
            ),
            Self::Unprocessable { .. } => (
                S::UNPROCESSABLE_ENTITY,
                "unprocessable",
                "A value is not one that can be.",
            ),
            Self::Frozen { .. } => (S::LOCKED, "frozen", "The store is frozen."),
            Self::Locked { .. } => (S::LOCKED, "locked", "Somebody else is editing this."),
            Self::TooManyRequests { .. } => (
                S::TOO_MANY_REQUESTS,
                "too-many-requests",
                "Too many tries in a short time.",
            ),
            Self::Unavailable { .. } => (
                S::SERVICE_UNAVAILABLE,
                "unavailable",
                "The server cannot do this now.",
            ),
            Self::DiskFull => (
                S::INSUFFICIENT_STORAGE,
                "disk-full",
                "The disk of the server is full.",
            ),
            Self::TargetFull { .. } => (
                S::INSUFFICIENT_STORAGE,
                "target-full",
                "The disk of the target is full.",
            ),
            Self::Damaged { .. } => (
                S::INTERNAL_SERVER_ERROR,
                "damaged",
                "What is stored is damaged.",
            ),
            Self::Internal(_) => (
                S::INTERNAL_SERVER_ERROR,
                "internal",
                "The server made an error.",
            ),
        }
    }

    /// Takes the particulars out into the problem document.
    fn into_problem(self) -> (StatusCode, Problem) {
        let (status, code, title) = self.row();
        let mut problem = Problem {
            kind: format!("urn:gatehouse:problem:{code}"),
            code: code.to_owned(),
            title: title.to_owned(),
            status: status.as_u16(),
            ..Problem::default()
        };
        match self {
            Self::BadRequest { detail }
            | Self::Forbidden { detail }
            | Self::TooLarge { detail }
            | Self::Frozen { detail }
            | Self::TargetFull { detail }
            | Self::Unavailable { detail } => problem.detail = Some(detail),
            Self::NotFound { what } | Self::Hidden { what } => {
                problem.detail = Some(format!("There is no {what}."))
            }
            Self::Conflict {
                detail,
                conflicts,
                findings,
            } => {
                problem.detail = Some(detail);
                problem.conflicts = conflicts;
                problem.findings = findings;
            }
            Self::PreconditionFailed { detail, conflicts } => {
                problem.detail = Some(detail);
                problem.conflicts = conflicts;
            }
            Self::Unprocessable { detail, findings } => {
                problem.detail = Some(detail);
                problem.findings = findings;
            }
            Self::Locked { conflicts } => problem.conflicts = conflicts,
            Self::TooManyRequests { retry_after } => {
                problem.retry_after = Some(retry_after);
                problem.detail = Some(format!("Try again in {retry_after} seconds."));
            }
            Self::DiskFull => {
                problem.detail = Some(
                    "Nothing was changed. Make room on the server's disk and try again.".into(),
                );
            }
            Self::Damaged { what } => {
                let id = request_id::current();
                tracing::error!(%what, "what is stored is damaged");
                problem.detail = Some(format!(
                    "The check of {what} failed; it is not shown. The server's log has the \
                     particulars under {id}."
                ));
            }
            Self::Internal(source) => {
                let id = request_id::current();
                tracing::error!(error = %chain(source.as_ref()), "internal error");
                problem.detail = Some(format!("The server's log has the particulars under {id}."));
            }
            Self::Unauthorized
            | Self::LogInRefused
            | Self::PasswordChangeRequired
            | Self::WrongPassword
            | Self::MethodNotAllowed
            | Self::RequestTimeout
            | Self::UnsupportedMediaType => {}
        }
        (status, problem)
    }
}

/// Marks an answer that refuses access without saying so.
#[derive(Clone, Copy, Debug)]
pub struct Refused;

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let hidden = matches!(self, Self::Hidden { .. });
        let (status, problem) = self.into_problem();
        let retry_after = problem.retry_after;
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json; charset=utf-8"),
        );
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"gatehouse\""),
            );
        }
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if hidden {
            response.extensions_mut().insert(Refused);
        }
        response
    }
}

impl From<sqlx::Error> for ApiError {
    /// Sorts out what the operator can mend from what is our error.
    fn from(error: sqlx::Error) -> Self {
        let primary = match &error {
            sqlx::Error::Database(database) => database
                .code()
                .and_then(|code| code.parse::<i32>().ok())
                .map(|code| code & 0xff),
            sqlx::Error::PoolTimedOut => Some(SQLITE_BUSY),
            _ => None,
        };
        match primary {
            Some(SQLITE_FULL) => Self::DiskFull,
            Some(SQLITE_CORRUPT | SQLITE_NOTADB) => {
                tracing::error!(error = %chain(&error), "the database file is damaged");
                Self::Damaged {
                    what: "the database".into(),
                }
            }
            Some(SQLITE_BUSY | SQLITE_LOCKED) => {
                tracing::warn!(error = %chain(&error), "the database is busy");
                Self::unavailable("The database is busy. Try again in a few seconds.")
            }
            Some(SQLITE_READONLY | SQLITE_IOERR | SQLITE_CANTOPEN) => {
                tracing::error!(error = %chain(&error), "the database cannot be read or written");
                Self::unavailable(
                    "The server cannot read or write its data. Nothing was changed; its log has \
                     the particulars.",
                )
            }
            _ => Self::internal(error),
        }
    }
}

impl From<NoRandomness> for ApiError {
    fn from(error: NoRandomness) -> Self {
        Self::internal(error)
    }
}

impl From<CreateError> for ApiError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::NoRandomness(error) => error.into(),
            CreateError::Database(error) => error.into(),
        }
    }
}

// Result codes of SQLite; extended codes carry them in the low byte.
const SQLITE_BUSY: i32 = 5;
const SQLITE_LOCKED: i32 = 6;
const SQLITE_READONLY: i32 = 8;
const SQLITE_IOERR: i32 = 10;
const SQLITE_CORRUPT: i32 = 11;
const SQLITE_FULL: i32 = 13;
const SQLITE_CANTOPEN: i32 = 14;
const SQLITE_NOTADB: i32 = 26;

/// An error with all its causes, for the log.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        // Writing to a string cannot fail.
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    text
}
