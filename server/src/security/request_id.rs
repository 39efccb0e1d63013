//! A number for each request, by which an answer and the log find each other.

use axum::extract::Request;
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;

use crate::auth::secret;

tokio::task_local! {
    static CURRENT: String;
}

/// The number of the request under way; `-` outside of any.
pub fn current() -> String {
    CURRENT
        .try_with(Clone::clone)
        .unwrap_or_else(|_| "-".to_owned())
}

/// Gives the request a number and returns it as `x-request-id`.
pub async fn number(request: Request, next: Next) -> Response {
    // A request without a number of its own can still be answered.
    let id = secret::random_hex(8).unwrap_or_else(|_| "-".to_owned());
    let mut response = CURRENT.scope(id.clone(), next.run(request)).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}
