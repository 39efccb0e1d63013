//! One record per request: number, method, path without query, who, status, time.
//!
//! Texts from outside are written escaped, so that each event stays one record. Bodies, cookies,
//! tokens and queries are never written.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use super::client::Client;
use super::request_id;
use crate::app::AppState;
use crate::auth::audit::Event;
use crate::error::Refused;

/// Filled in when the request turns out to be somebody's.
#[derive(Clone, Debug, Default)]
pub struct Actor(Arc<OnceLock<String>>);

impl Actor {
    pub fn set(&self, name: &str) {
        // The first extractor has said it already.
        let _ = self.0.set(name.to_owned());
    }

    fn name(&self) -> &str {
        self.0.get().map_or("-", String::as_str)
    }
}

/// Logs the request, and notes in the audit what somebody who is logged in was refused. Strangers
/// stand in the log only: they must not be able to make the audit long.
pub async fn record(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let actor = Actor::default();
    request.extensions_mut().insert(actor.clone());
    let from = request
        .extensions()
        .get::<Client>()
        .map(|client| client.address.to_string())
        .unwrap_or_default();
    let method = request.method().clone();
    let path: String = request.uri().path().chars().take(200).collect();
    let span = tracing::info_span!(
        "request", id = %request_id::current(), %method, path = ?path
    );
    async move {
        let start = Instant::now();
        let response = next.run(request).await;
        let status = response.status();
        tracing::info!(
            status = status.as_u16(),
            who = ?actor.name(),
            from = %from,
            ms = start.elapsed().as_millis(),
            "answered"
        );
        let hidden = response.extensions().get::<Refused>().is_some();
        if (status == StatusCode::FORBIDDEN || hidden)
            && let Some(who) = actor.0.get()
        {
            let event = Event {
                who: who.clone(),
                from,
                store: None,
                action: "refused",
                what: format!("{method} {path}"),
                details: serde_json::Value::Null,
            };
            state.audit.note(event).await;
        }
        response
    }
    .instrument(span)
    .await
}
