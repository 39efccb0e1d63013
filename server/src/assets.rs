//! The browser side: files built into the program, or a directory for developers.
//!
//! File names carry no hash, so browsers ask each time and are told by the etag that nothing
//! changed. A page's address that is no file is answered with `index.html`, which finds its way
//! from there; everything else that is no file does not exist.

use std::borrow::Cow;
use std::path::PathBuf;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::app::AppState;
use crate::error::{ApiError, ApiResult};

#[derive(RustEmbed)]
#[folder = "../frontend/dist"]
#[allow_missing = true]
struct Embedded;

const INDEX: &str = "index.html";

/// Answers an address that is none of the API's.
pub async fn serve(
    State(state): State<AppState>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> ApiResult<Response> {
    if method != Method::GET && method != Method::HEAD {
        return Err(ApiError::MethodNotAllowed);
    }
    let path = file_path(uri.path()).ok_or_else(unknown)?;
    let source = Source(state.settings.assets.clone());
    if let Some(found) = source.find(&path, &headers).await? {
        return Ok(answer(&path, found, &headers));
    }
    if path != INDEX && !is_navigation(&headers) {
        return Err(unknown());
    }
    match source.find(INDEX, &headers).await? {
        Some(found) => Ok(answer(INDEX, found, &headers)),
        None => Ok((StatusCode::NOT_FOUND, NO_PAGE).into_response()),
    }
}

const NO_PAGE: &str = "This program was built without its browser side.\n\
    Build that first (`make build`), or name its directory with `--assets`. The API is at /api/v1.\n";

fn unknown() -> ApiError {
    ApiError::not_found("such address")
}

/// The address as a path below the root; `None` for one that tries to leave it, in whatever
/// spelling, and for hidden files.
fn file_path(path: &str) -> Option<String> {
    let mut text = path.strip_prefix('/')?.to_owned();
    // Decoded until nothing is left to decode: what hides behind two layers is looked at too.
    for _ in 0..MOST_LAYERS {
        if !is_plain(&text) {
            return None;
        }
        let decoded = percent_decode_str(&text).decode_utf8().ok()?.into_owned();
        if decoded == text {
            let path = text.trim_end_matches('/');
            return Some(if path.is_empty() { INDEX } else { path }.to_owned());
        }
        text = decoded;
    }
    None
}

const MOST_LAYERS: usize = 4;

fn is_plain(path: &str) -> bool {
    let body = path.strip_suffix('/').unwrap_or(path);
    let segments_fit = body.is_empty()
        || body
            .split('/')
            .all(|segment| !segment.is_empty() && !segment.starts_with('.'));
    segments_fit && !path.contains(['\\', '\0']) && !path.contains(char::is_control)
}

/// A browser that opens a page, not a script that fetches a file.
fn is_navigation(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("text/html"))
}

/// A file in one of its forms.
struct Found {
    bytes: Cow<'static, [u8]>,
    encoding: Option<&'static str>,
    etag: String,
}

/// The directory of the developers, or what is built in.
struct Source(Option<PathBuf>);

impl Source {
    /// The file in the shortest form that the client takes.
    async fn find(&self, path: &str, headers: &HeaderMap) -> ApiResult<Option<Found>> {
        for (suffix, encoding) in [(".br", "br"), (".gz", "gzip")] {
            if accepts(headers, encoding)
                && let Some(mut found) = self.read(&format!("{path}{suffix}")).await?
            {
                found.encoding = Some(encoding);
                return Ok(Some(found));
            }
        }
        self.read(path).await
    }

    async fn read(&self, path: &str) -> ApiResult<Option<Found>> {
        let Some(root) = &self.0 else {
            // The hash was computed when the program was built.
            let file = Embedded::get(path);
            return Ok(file.map(|file| Found::new(file.data, &file.metadata.sha256_hash())));
        };
        let file = root.join(path);
        if !tokio::fs::metadata(&file).await.is_ok_and(|m| m.is_file()) {
            return Ok(None);
        }
        let bytes = tokio::fs::read(&file).await.map_err(ApiError::internal)?;
        let hash = Sha256::digest(&bytes);
        Ok(Some(Found::new(Cow::Owned(bytes), &hash)))
    }
}

impl Found {
    fn new(bytes: Cow<'static, [u8]>, hash: &[u8]) -> Self {
        let short: String = hash.iter().take(12).map(|b| format!("{b:02x}")).collect();
        Self {
            etag: format!("\"{short}\""),
            bytes,
            encoding: None,
        }
    }
}

/// Whether the client names the encoding, and not with the weight 0.
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|part| {
            let (name, weight) = part.split_once(';').unwrap_or((part, ""));
            let weight = weight.trim().trim_start_matches("q=").parse::<f32>();
            name.trim().eq_ignore_ascii_case(encoding) && weight != Ok(0.0)
        })
}

fn answer(path: &str, found: Found, headers: &HeaderMap) -> Response {
    let known = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|tag| tag.trim().trim_start_matches("W/") == found.etag);
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(found.bytes).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(etag) = HeaderValue::try_from(found.etag) {
        headers.insert(header::ETAG, etag);
    }
    if known {
        return response;
    }
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    if let Ok(kind) = HeaderValue::try_from(kind.as_ref()) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    if let Some(encoding) = found.encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_paths_below_the_root() {
        let path = |address| file_path(address).unwrap();
        assert_eq!(path("/"), "index.html");
        assert_eq!(path("/app.js"), "app.js");
        assert_eq!(path("/fonts/plex.woff2"), "fonts/plex.woff2");
        assert_eq!(path("/stores/PROD%20A/"), "stores/PROD A");
    }

    #[test]
    fn no_spelling_leaves_the_root() {
        for address in [
            "/../etc/passwd",
            "/%2e%2e/etc/passwd",
            "/..%2fetc/passwd",
            "/%252e%252e%252fetc/passwd",
            "/....//etc/passwd",
            "//etc/passwd",
            "/fonts/../../etc/passwd",
            "/fonts/..%5c..%5cetc%5cpasswd",
            "/..;/etc/passwd",
            "/app.js%00.html",
            "/%c0%ae%c0%ae/etc/passwd",
            "/.git/config",
            "/.env",
            "/a%0ab",
            "/%25252525252e",
        ] {
            assert_eq!(file_path(address), None, "{address}");
        }
    }

    #[test]
    fn an_encoding_with_weight_zero_is_not_taken() {
        let headers = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, value.parse().unwrap());
            headers
        };
        assert!(accepts(&headers("gzip, deflate, br"), "br"));
        assert!(accepts(&headers("br;q=0.5"), "br"));
        assert!(!accepts(&headers("br;q=0, gzip"), "br"));
        assert!(!accepts(&headers("brotli"), "br"));
    }
}
