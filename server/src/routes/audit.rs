//! The audit, and the check of everything that is stored.

use api::Window;
use api::account::{AuditEntry, Role};
use api::store::Verification;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::within::{Part, store};
use crate::app::AppState;
use crate::auth::User;
use crate::error::{ApiError, ApiResult};
use crate::extract::{Json, Path, Query};
use crate::store::audit;
use crate::store::verify::Pace;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(all))
        .routes(routes!(of_store))
        .routes(routes!(verification, verify))
}

/// The whole audit, newest first; for administrators of the server.
#[utoipa::path(get, path = "/audit", tag = "audit", params(Part),
    responses((status = OK, body = Window<AuditEntry>), (status = FORBIDDEN, body = api::Problem)))]
async fn all(
    State(state): State<AppState>,
    user: User,
    Query(part): Query<Part>,
) -> ApiResult<Json<Window<AuditEntry>>> {
    user.require_administrator()?;
    Ok(Json(audit::list(&state.db, None, part.page()).await?))
}

/// The audit of one store, newest first.
#[utoipa::path(get, path = "/stores/{store}/audit", tag = "audit",
    params(("store" = String, Path, description = "Name of the store"), Part),
    responses((status = OK, body = Window<AuditEntry>), (status = NOT_FOUND, body = api::Problem)))]
async fn of_store(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
    Query(part): Query<Part>,
) -> ApiResult<Json<Window<AuditEntry>>> {
    let (found, _) = store(&state, &user, &name, Role::Viewer).await?;
    Ok(Json(
        audit::list(&state.db, Some(found.id), part.page()).await?,
    ))
}

/// Reads everything that is stored and checks it: pages, hashes, the chain of the audit.
#[utoipa::path(post, path = "/verification", tag = "audit",
    responses((status = OK, body = Verification), (status = FORBIDDEN, body = api::Problem)))]
async fn verify(State(state): State<AppState>, user: User) -> ApiResult<Json<Verification>> {
    user.require_administrator()?;
    let found = state.verifications.run(&state.db, Pace::Quick).await;
    Ok(Json(found.map_err(|unread| unread.source)?))
}

/// What the last check found: the server makes one after its start and one each day. A check that
/// could not be done stands beside the one before it; when there was none before, it is the answer.
#[utoipa::path(get, path = "/verification", tag = "audit",
    responses(
        (status = OK, body = Verification),
        (status = FORBIDDEN, body = api::Problem),
        (status = NOT_FOUND, body = api::Problem),
        (status = SERVICE_UNAVAILABLE, body = api::Problem),
    ))]
async fn verification(State(state): State<AppState>, user: User) -> ApiResult<Json<Verification>> {
    user.require_administrator()?;
    let last = state.verifications.last();
    match (last.done, last.failure) {
        (Some(done), failure) => Ok(Json(Verification { failure, ..done })),
        (None, Some(failure)) => Err(ApiError::unavailable(format!(
            "What is stored could not be checked at {}: {}.",
            failure.at, failure.reason
        ))),
        (None, None) => Err(ApiError::not_found("check yet")),
    }
}
