//! Axum's extractors with our errors: whatever is wrong with a body, a path or a query becomes a
//! problem document.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::ApiError;

/// A JSON body, in and out.
#[derive(Clone, Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        if !is_json(request.headers()) {
            return Err(ApiError::UnsupportedMediaType);
        }
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(body_error)?;
        from_json(&bytes).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => json_text(body.into()),
            Err(error) => ApiError::internal(error).into_response(),
        }
    }
}

/// A JSON text that is there already.
pub fn json_text(body: Bytes) -> Response {
    let kind = HeaderValue::from_static("application/json; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}

/// Reads a JSON text; what is wrong with it is said by field.
pub fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let at = error.path().to_string();
        json_error(error.inner(), &at)
    })?;
    reader.end().map_err(|error| json_error(&error, "."))?;
    Ok(value)
}

fn json_error(error: &serde_json::Error, at: &str) -> ApiError {
    use serde_json::error::Category;
    let words = plain(&error.to_string());
    match error.classify() {
        Category::Data if at == "." => {
            ApiError::unprocessable(format!("The body is not what belongs here: {words}."))
        }
        Category::Data => ApiError::unprocessable(format!(
            "`{at}` in the body is not what belongs there: {words}."
        )),
        Category::Io | Category::Syntax | Category::Eof => {
            ApiError::bad_request(format!("The body is no JSON text: {words}."))
        }
    }
}

/// Takes the names of our types out of serde's words.
fn plain(words: &str) -> String {
    for kind in ["struct ", "tuple struct ", "enum ", "tuple variant "] {
        if let Some((before, after)) = words.split_once(&format!("expected {kind}")) {
            let rest =
                after.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
            let what = if kind == "enum " {
                "a choice"
            } else {
                "an object"
            };
            return format!("{before}expected {what}{rest}");
        }
    }
    words.to_owned()
}

/// What a body that could not be read means.
pub fn body_error(error: BytesRejection) -> ApiError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_long();
    }
    broken(&error)
}

pub fn too_long() -> ApiError {
    ApiError::TooLarge {
        detail: "The body is longer than the server takes.".into(),
    }
}

/// What it means that a body did not arrive to its end.
pub fn broken(error: &(dyn std::error::Error + 'static)) -> ApiError {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<crate::security::deadline::TooSlow>() {
            return ApiError::RequestTimeout;
        }
        cause = error.source();
    }
    ApiError::bad_request("The body did not arrive whole.")
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(value)) = headers.get(header::CONTENT_TYPE).map(HeaderValue::to_str) else {
        return false;
    };
    let (kind, parameters) = value.split_once(';').unwrap_or((value, ""));
    let charset = parameters.trim().to_ascii_lowercase();
    kind.trim().eq_ignore_ascii_case("application/json")
        && (charset.is_empty() || charset == "charset=utf-8" || charset == "charset=\"utf-8\"")
}

/// Parts of the address; an address that cannot be names nothing.
#[derive(Clone, Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(error) if error.status().is_server_error() => Err(ApiError::internal(error)),
            Err(_) => Err(ApiError::not_found("such address")),
        }
    }
}

/// What stands behind the `?`.
#[derive(Clone, Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match axum::extract::Query::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(error) => Err(ApiError::bad_request(format!(
                "The query is not what belongs here: {}.",
                plain(&cause(&error))
            ))),
        }
    }
}

/// The innermost words of an error, without what axum says around them.
fn cause(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(next) = inner.source() {
        inner = next;
    }
    inner.to_string()
}
