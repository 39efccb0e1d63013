//! The URL map.
//!
//! Each room adds its routes with a line in [`api`]. A new route also needs its row in
//! `server/tests/it/matrix.rs`, which says who may use it.

mod account;
mod audit;
mod discovery;
pub mod docs;
mod drafts;
mod engines;
mod health;
mod install;
mod keyrings;
mod locks;
mod member;
mod objects;
mod policy;
mod ports;
mod revisions;
mod session;
mod setup;
mod stack_setup;
mod stores;
mod token;
pub mod transfers;
mod within;

use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;

use crate::app::AppState;
use crate::error::ApiError;

/// The most that may be sent before anybody is known, in bytes: many can send at once.
const SMALL_BODY: usize = 16 * 1024;

/// Where the API lives.
pub const BASE: &str = "/api/v1";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Gatehouse",
        description = "What the page and the command line use, and nothing else is there."
    ),
    modifiers(&Security),
    security(("session" = []), ("token" = []))
)]
struct Document;

/// How clients say who they are.
struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme(
            "session",
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
                "gatehouse",
                "Set by `POST /api/v1/session`; called `__Host-gatehouse` under TLS. What changes \
                 something also needs the header `x-gatehouse`.",
            ))),
        );
        components.add_security_scheme(
            "token",
            SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()),
        );
    }
}

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
            .merge(stores::routes())
            .merge(transfers::routes())
            .merge(revisions::routes())
            .merge(objects::routes())
            .merge(ports::routes())
            .merge(policy::routes())
            .merge(stack_setup::routes())
            .merge(discovery::routes())
            .merge(keyrings::routes())
            .merge(engines::routes())
            .merge(drafts::routes())
            .merge(locks::routes())
            .merge(audit::routes())
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
