//! What the routes below `/stores/{store}` have in common: finding the store and the caller's role
//! in it, windows, etags, and the store's errors as answers.

use api::account::Role;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use generator::objects::Kind;
use serde::{Deserialize, Serialize};

use crate::app::AppState;
use crate::auth::User;
use crate::auth::access::name_of_role;
use crate::error::{ApiError, ApiResult, chain};
use crate::extract::Json;
use crate::report::Format;
use crate::store::{Actor, Held, Page, StoreError, StoreRow, stores};

/// The store, when the user may do in it what `least` may. A store that the user may not see does
/// not exist for them.
pub async fn store(
    state: &AppState,
    user: &User,
    name: &str,
    least: Role,
) -> ApiResult<(StoreRow, Role)> {
    let (row, member) = stores::find(&state.db, name, &user.name).await?;
    let role = user
        .role_in(row.id.0, member)
        .ok_or_else(|| ApiError::Hidden {
            what: format!("store `{name}`"),
        })?;
    if role < least {
        return Err(ApiError::forbidden(format!(
            "This needs the role {}; you are {} of store `{name}`.",
            name_of_role(least),
            name_of_role(role)
        )));
    }
    Ok((row, role))
}

/// Who does it, for the store and its audit.
pub fn actor(user: &User) -> Actor {
    Actor {
        name: user.name.clone(),
        source: user.from.clone(),
    }
}

/// Which part of a list; 100 items from the start when nothing is said.
#[derive(Clone, Copy, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Part {
    /// The position of the first item; 0 is the start.
    pub offset: Option<i64>,
    /// How many items, 1 to 1000.
    pub limit: Option<i64>,
}

impl Part {
    pub fn page(self) -> Page {
        Page::new(self.offset.unwrap_or(0), self.limit.unwrap_or(100))
    }
}

/// Which revision; the newest when nothing is said.
#[derive(Clone, Copy, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AtRevision {
    /// Its number.
    pub revision: Option<i64>,
}

/// The kind with this word.
pub fn kind(word: &str) -> ApiResult<Kind> {
    Kind::from_word(word)
        .ok_or_else(|| ApiError::unprocessable(format!("`{word}` is no kind of object.")))
}

/// The answer to a client that has the body with this etag already.
pub fn unchanged(headers: &HeaderMap, etag: &str) -> Option<Response> {
    let known = headers.get(header::IF_NONE_MATCH)?.to_str().ok()?;
    let same = known.split(',').any(|one| one.trim() == etag);
    same.then(|| with_etag(StatusCode::NOT_MODIFIED.into_response(), etag))
}

/// A body with its etag; without the body when the client has it already.
pub fn tagged<T: Serialize>(headers: &HeaderMap, etag: &str, body: T) -> Response {
    unchanged(headers, etag).unwrap_or_else(|| with_etag(Json(body).into_response(), etag))
}

/// Adds the etag.
pub fn with_etag(mut response: Response, etag: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(etag) {
        response.headers_mut().insert(header::ETAG, value);
    }
    response
}

/// A report; what is no JSON is a file of this name to keep.
pub fn document(bytes: Vec<u8>, format: Format, name: &str) -> Response {
    let kind = HeaderValue::from_static(format.media_type());
    let mut response = ([(header::CONTENT_TYPE, kind)], bytes).into_response();
    // The name of a store has no sign that means anything in a header.
    let file = format!("attachment; filename=\"{name}.{}\"", format.ending());
    if format != Format::Json
        && let Ok(value) = HeaderValue::from_str(&file)
    {
        response
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// The etag that the client saw: of `If-Match`, or `None` for a new object with `If-None-Match: *`.
pub fn seen(headers: &HeaderMap) -> ApiResult<Option<String>> {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    match (text(header::IF_MATCH), text(header::IF_NONE_MATCH)) {
        (Some(etag), None) if etag.trim() != "*" => Ok(Some(etag.to_owned())),
        (None, Some("*")) => Ok(None),
        _ => Err(ApiError::bad_request(
            "Send `If-Match` with the etag that you saw, or `If-None-Match: *` for a new object.",
        )),
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let words = sentence(&error.to_string());
        match error {
            StoreError::NotFound { what } => Self::not_found(what),
            StoreError::NameTaken { .. }
            | StoreError::TooMany { .. }
            | StoreError::Archived
            | StoreError::NotArchived
            | StoreError::Supplied { .. }
            | StoreError::NothingToSave
            | StoreError::NothingTo(_)
            | StoreError::Waits { .. } => Self::conflict(words),
            StoreError::Frozen(_) => Self::Frozen { detail: words },
            StoreError::Invalid(_) => Self::unprocessable(words),
            StoreError::Import { line, reason } => {
                Self::unprocessable(format!("Line {line}: {reason}. Nothing was imported."))
            }
            StoreError::TooLarge { .. } => Self::TooLarge { detail: words },
            StoreError::Precondition { .. } | StoreError::HeadMoved { .. } => {
                Self::precondition(words)
            }
            StoreError::Locked(held) => locked(held),
            StoreError::Conflicts(conflicts) => Self::Conflict {
                detail: "Newer revisions or other drafts changed the same. Nothing was saved."
                    .to_owned(),
                conflicts,
                findings: Vec::new(),
            },
            StoreError::Damaged(damage) => Self::Damaged {
                what: damage.to_string(),
            },
            StoreError::DiskFull => Self::DiskFull,
            StoreError::ReadOnly => Self::unavailable(
                "The server's database cannot be written. Nothing was stored; reading goes on.",
            ),
            StoreError::Io(source) => {
                tracing::error!(error = %chain(&source), "the disk reported an error");
                Self::unavailable(
                    "The server's disk reported an error. Nothing was stored; the log has the particulars.",
                )
            }
            StoreError::Untrusted => Self::unavailable(
                "The server's database failed its check after an error of the disk. Nothing is stored until it passes; reading goes on.",
            ),
            StoreError::Busy => Self::unavailable(
                "The database is busy. Nothing was stored; try again in a few seconds.",
            ),
            StoreError::Database(source) => Self::internal(source),
        }
    }
}

fn locked(held: Vec<Held>) -> ApiError {
    let conflicts = held.into_iter().map(|held| api::draft::Conflict {
        id: held.lock.object.clone(),
        name: held.name,
        lock: Some(held.lock),
        theirs_revision: None,
        theirs_author: None,
        theirs: None,
        mine: None,
        base: None,
        merged: None,
        fields: Vec::new(),
    });
    ApiError::Locked {
        conflicts: conflicts.collect(),
    }
}

pub fn sentence(words: &str) -> String {
    let mut chars = words.chars();
    match chars.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), chars.as_str()),
        None => String::new(),
    }
}
