//! Requests that another site makes in a user's name are refused.
//!
//! Whatever changes something must carry a header that a page of another site cannot set, and must
//! not come from another origin. Requests with a token are free of this: a browser adds none by
//! itself. There are no CORS headers, so no other origin reads an answer either.

use api::ANTI_FORGERY_HEADER;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::client::{Client, Peer};
use crate::app::AppState;
use crate::error::ApiError;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Lets a request pass when it reads, has a token, or comes from our own page.
pub async fn guard(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let reads = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    let headers = request.headers();
    if reads || headers.contains_key(header::AUTHORIZATION) {
        return next.run(request).await;
    }
    let trusted = request
        .extensions()
        .get::<Peer>()
        .is_some_and(|peer| state.settings.trusts(peer.address));
    let secure = request
        .extensions()
        .get::<Client>()
        .is_some_and(|client| client.secure);
    match refusal(headers, host(&request, trusted).as_deref(), secure) {
        Some(detail) => ApiError::forbidden(detail).into_response(),
        None => next.run(request).await,
    }
}

/// The host that the browser asked for.
fn host(request: &Request, trusted_proxy: bool) -> Option<String> {
    let headers = request.headers();
    let forwarded = headers
        .get("x-forwarded-host")
        .filter(|_| trusted_proxy)
        .or_else(|| headers.get(header::HOST));
    match forwarded {
        Some(value) => value.to_str().ok().map(str::to_owned),
        None => request.uri().authority().map(ToString::to_string),
    }
}

fn refusal(headers: &HeaderMap, host: Option<&str>, secure: bool) -> Option<String> {
    if !headers.contains_key(ANTI_FORGERY_HEADER) {
        return Some(format!(
            "The header `{ANTI_FORGERY_HEADER}` is missing; a request that changes something \
             needs it."
        ));
    }
    let other = || Some("The request comes from another site.".to_owned());
    let mut origins = headers.get_all(header::ORIGIN).iter();
    if let Some(origin) = origins.next() {
        let scheme = if secure { "https" } else { "http" };
        let ours = host.is_some_and(|host| {
            let ours = format!("{scheme}://{host}");
            origin.as_bytes().eq_ignore_ascii_case(ours.as_bytes())
        });
        if !ours || origins.next().is_some() {
            return other();
        }
    }
    match headers.get(SEC_FETCH_SITE).map(|value| value.as_bytes()) {
        None | Some(b"same-origin" | b"none") => None,
        Some(_) => other(),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn refused(pairs: &[(&str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                value.parse().unwrap(),
            );
        }
        refusal(&headers, Some("gate.example:8070"), false).is_some()
    }

    #[test]
    fn only_our_own_page_passes() {
        let mark = (ANTI_FORGERY_HEADER, "1");
        let origin = |value| ("origin", value);
        let site = |value| ("sec-fetch-site", value);
        assert!(!refused(&[mark]));
        assert!(!refused(&[
            mark,
            origin("http://gate.example:8070"),
            site("same-origin")
        ]));
        assert!(refused(&[]));
        assert!(refused(&[origin("http://gate.example:8070")]));
        for foreign in [
            "null",
            "",
            "http://evil.example",
            "http://gate.example",
            "http://gate.example:8071",
            "https://gate.example:8070",
            "http://gate.example:8070.evil.example",
            "http://evil.example/http://gate.example:8070",
        ] {
            assert!(refused(&[mark, origin(foreign)]), "{foreign}");
        }
        assert!(refused(&[mark, site("cross-site")]));
        assert!(refused(&[mark, site("same-site")]));
        assert!(refused(&[
            mark,
            origin("http://gate.example:8070"),
            origin("http://evil.example")
        ]));
    }
}
