//! The cookie of a session.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::auth::user::cookie_name;

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// Sets the cookie. It lasts no longer than the session can.
pub fn set(id: &str, secure: bool, lasts: Duration) -> HeaderMap {
    let mut headers = HeaderMap::new();
    append(&mut headers, id, secure, lasts.as_secs());
    headers
}

/// Takes the cookie away, and what the browser keeps of our answers.
pub fn clear(secure: bool) -> HeaderMap {
    let mut headers = HeaderMap::new();
    append(&mut headers, "", secure, 0);
    headers.insert(
        CLEAR_SITE_DATA,
        HeaderValue::from_static("\"cache\", \"cookies\""),
    );
    headers
}

fn append(headers: &mut HeaderMap, value: &str, secure: bool, max_age: u64) {
    let name = cookie_name(secure);
    let secure = if secure { "; Secure" } else { "" };
    let text =
        format!("{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Strict{secure}");
    // Names, figures and hex are always a header's value.
    if let Ok(value) = HeaderValue::try_from(text) {
        headers.append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_has_every_protection() {
        let set = |secure| {
            let headers = set("00ff", secure, Duration::from_secs(60));
            headers["set-cookie"].to_str().unwrap().to_owned()
        };
        assert_eq!(
            set(true),
            "__Host-gatehouse=00ff; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure"
        );
        assert_eq!(
            set(false),
            "gatehouse=00ff; Path=/; Max-Age=60; HttpOnly; SameSite=Strict"
        );
    }
}
