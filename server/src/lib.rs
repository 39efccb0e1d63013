//! API, store, sessions, install targets; serves the frontend.
//!
//! `app` is everything that answers a request; `serve` is the loop that brings requests to it.

pub mod app;
pub mod auth;
pub mod db;
pub mod error;
pub mod extract;
pub mod routes;
pub mod security;
pub mod settings;

use axum::Router;

pub use app::{AppState, Clock};
pub use error::{ApiError, ApiResult};
pub use settings::Settings;

/// The version of this server.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Everything that answers a request.
pub fn app(state: AppState) -> Router {
    let (api, document) = routes::api().split_for_parts();
    let _ = document;
    api.fallback(routes::not_found).with_state(state)
}
