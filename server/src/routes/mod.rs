//! The URL map.
//!
//! Each room adds its routes with a line in [`api`]. A new route also needs its row in
//! `server/tests/it/matrix.rs`, which says who may use it.

mod account;
pub mod docs;
mod health;
mod install;
mod member;
mod session;
mod setup;
mod store_error;
mod token;

use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::app::AppState;
use crate::error::ApiError;

/// Where the API lives.
pub const BASE: &str = "/api/v1";

#[derive(OpenApi)]
#[openapi(info(
    title = "Gatehouse",
    description = "What the page and the command line use, and nothing else is there."
))]
struct Document;

/// Every route of the API, with its document.
pub fn api() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Document::openapi()).nest(
        BASE,
        OpenApiRouter::new()
            .merge(health::routes())
            .merge(setup::routes())
            .merge(session::routes())
            .merge(account::routes())
            .merge(token::routes())
            .merge(member::routes())
            .merge(install::routes()),
    )
}

/// For an address below `/api` that is none.
pub async fn not_found() -> ApiError {
    ApiError::not_found("such address")
}

/// For a method that the address does not take.
pub async fn method_not_allowed() -> ApiError {
    ApiError::MethodNotAllowed
}
