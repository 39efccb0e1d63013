//! API, store, sessions, install targets; serves the frontend.
//!
//! `app` is everything that answers a request; `serve` is the loop that brings requests to it.

pub mod app;
pub mod assets;
pub mod auth;
pub mod db;
pub mod deploy;
pub mod discovery;
pub mod engines;
pub mod error;
pub mod extract;
pub mod install;
pub mod keyrings;
pub mod report;
pub mod routes;
pub mod security;
pub mod serve;
pub mod settings;
pub mod store;
pub mod verification;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};

pub use app::{AppState, Clock};
pub use error::{ApiError, ApiResult};
pub use settings::Settings;

/// The version of this server.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Everything that answers a request.
pub fn app(state: AppState) -> Router {
    let (api, document) = routes::api().split_for_parts();
    // The layers that are added last see the request first.
    api.merge(routes::docs::routes(document))
        .route("/api", axum::routing::any(routes::not_found))
        .route("/api/{*rest}", axum::routing::any(routes::not_found))
        .fallback(assets::serve)
        .method_not_allowed_fallback(routes::method_not_allowed)
        .layer(DefaultBodyLimit::max(state.settings.limits.body_bytes))
        .layer(from_fn_with_state(state.clone(), security::forgery::guard))
        .layer(from_fn_with_state(state.clone(), security::deadline::limit))
        .layer(from_fn(security::panics::catch))
        .layer(from_fn_with_state(state.clone(), security::log::record))
        .layer(from_fn(security::headers::add))
        .layer(from_fn_with_state(
            state.clone(),
            security::client::identify,
        ))
        .layer(from_fn(security::request_id::number))
        .with_state(state)
}
