//! Locks: who edits what, taking over, giving up.

use api::account::Role;
use api::draft::{Lock, TakeOver};
use axum::extract::State;
use axum::http::StatusCode;
use generator::objects::ObjectId;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::within::{actor, store};
use crate::app::AppState;
use crate::auth::User;
use crate::error::ApiResult;
use crate::extract::{Json, Path};
use crate::store::lock;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(take_over))
        .routes(routes!(release))
}

/// The objects that drafts hold, and whose.
#[utoipa::path(get, path = "/stores/{store}/locks", tag = "lock",
    params(("store" = String, Path, description = "Name of the store")),
    responses((status = OK, body = Vec<Lock>), (status = NOT_FOUND, body = api::Problem)))]
async fn list(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
) -> ApiResult<Json<Vec<Lock>>> {
    let (found, _) = store(&state, &user, &name, Role::Viewer).await?;
    Ok(Json(lock::list(&state.db, found.id).await?))
}

/// Moves a lock to my draft. The one who had it keeps the changes, and they meet mine when saved.
#[utoipa::path(post, path = "/stores/{store}/locks/{object}/take-over", tag = "lock",
    request_body = TakeOver,
    params(
        ("store" = String, Path, description = "Name of the store"),
        ("object" = String, Path, description = "Id of the object"),
    ),
    responses(
        (status = OK, body = Lock),
        (status = NOT_FOUND, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
    ))]
async fn take_over(
    State(state): State<AppState>,
    user: User,
    Path((name, object)): Path<(String, String)>,
    Json(body): Json<TakeOver>,
) -> ApiResult<Json<Lock>> {
    let (found, _) = store(&state, &user, &name, Role::Editor).await?;
    let object = ObjectId(object);
    let taken = lock::take_over(&state.db, &found, &object, &actor(&user), &body.reason).await?;
    Ok(Json(taken))
}

/// Gives up a lock of mine that no change of mine needs.
#[utoipa::path(delete, path = "/stores/{store}/locks/{object}", tag = "lock",
    params(
        ("store" = String, Path, description = "Name of the store"),
        ("object" = String, Path, description = "Id of the object"),
    ),
    responses(
        (status = NO_CONTENT),
        (status = NOT_FOUND, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
        (status = LOCKED, body = api::Problem),
    ))]
async fn release(
    State(state): State<AppState>,
    user: User,
    Path((name, object)): Path<(String, String)>,
) -> ApiResult<StatusCode> {
    let (found, _) = store(&state, &user, &name, Role::Editor).await?;
    lock::release(&state.db, &found, &ObjectId(object), &actor(&user)).await?;
    Ok(StatusCode::NO_CONTENT)
}
