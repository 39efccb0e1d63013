//! Backing stores.

use api::account::Role;
use api::store::{DeleteStore, Freeze, NewFreeze, NewStore, StoreChange, StoreSummary};
use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::within::{actor, store};
use crate::app::AppState;
use crate::auth::User;
use crate::auth::access::visible;
use crate::auth::user::{TokenScope, Via};
use crate::error::{ApiError, ApiResult};
use crate::extract::{Json, Path};
use crate::store::stores::{self, Summary};
use crate::store::{StoreRow, copy, freeze};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, change, purge))
        .routes(routes!(set_freeze, lift_freeze))
}

/// The stores that I may see, by name; archived ones too.
#[utoipa::path(get, path = "/stores", tag = "store",
    responses((status = OK, body = Vec<StoreSummary>)))]
async fn list(State(state): State<AppState>, user: User) -> ApiResult<Json<Vec<StoreSummary>>> {
    let visible = visible(&state, &user).await?;
    let mut shown = Vec::new();
    for summary in stores::summaries(&state.db, &state.counts).await? {
        if let Some(role) = visible.role(summary.store.id.0) {
            shown.push(summarised(summary, role));
        }
    }
    Ok(Json(shown))
}

/// Makes a store with the supplied objects, or a copy of another one. Its maker may do everything in it.
#[utoipa::path(post, path = "/stores", tag = "store", request_body = NewStore,
    responses(
        (status = CREATED, body = StoreSummary),
        (status = CONFLICT, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
    ))]
async fn create(
    State(state): State<AppState>,
    user: User,
    Json(body): Json<NewStore>,
) -> ApiResult<(StatusCode, Json<StoreSummary>)> {
    may_create(&user)?;
    let made = match &body.copy_of {
        Some(from) => {
            let (source, _) = store(&state, &user, &from.store, Role::Viewer).await?;
            copy::copy(&state.db, &actor(&user), &body, &source, from.revision).await?
        }
        None => stores::create(&state.db, &actor(&user), &body, &(state.supplied)()).await?,
    };
    Ok((
        StatusCode::CREATED,
        summary(&state, &made, Role::Administrator).await?,
    ))
}

/// A token may make stores when it is for all of its owner's stores and for more than reading.
pub fn may_create(user: &User) -> ApiResult<()> {
    match &user.via {
        Via::Session { .. } => Ok(()),
        Via::Token { role, scope, .. }
            if *role >= Role::Editor && *scope == TokenScope::AllStores =>
        {
            Ok(())
        }
        Via::Token { .. } => Err(ApiError::forbidden("This token may not make stores.")),
    }
}

/// One store.
#[utoipa::path(get, path = "/stores/{store}", tag = "store",
    params(("store" = String, Path, description = "Name of the store")),
    responses((status = OK, body = StoreSummary), (status = NOT_FOUND, body = api::Problem)))]
async fn show(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
) -> ApiResult<Json<StoreSummary>> {
    let (found, role) = store(&state, &user, &name, Role::Viewer).await?;
    summary(&state, &found, role).await
}

/// Renames, describes, archives or brings back a store.
#[utoipa::path(patch, path = "/stores/{store}", tag = "store", request_body = StoreChange,
    params(("store" = String, Path, description = "Name of the store")),
    responses(
        (status = OK, body = StoreSummary),
        (status = NOT_FOUND, body = api::Problem),
        (status = CONFLICT, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
    ))]
async fn change(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
    Json(body): Json<StoreChange>,
) -> ApiResult<Json<StoreSummary>> {
    let (found, role) = store(&state, &user, &name, Role::Administrator).await?;
    let changed = stores::change(&state.db, &found, &actor(&user), &body).await?;
    summary(&state, &changed, role).await
}

/// Removes an archived store for good. Its lines in the audit stay.
#[utoipa::path(delete, path = "/stores/{store}", tag = "store", request_body = DeleteStore,
    params(("store" = String, Path, description = "Name of the store")),
    responses(
        (status = NO_CONTENT),
        (status = NOT_FOUND, body = api::Problem),
        (status = CONFLICT, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
    ))]
async fn purge(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
    Json(body): Json<DeleteStore>,
) -> ApiResult<StatusCode> {
    let (found, _) = store(&state, &user, &name, Role::Administrator).await?;
    stores::purge(&state.db, &found, &actor(&user), &body.confirm_name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Freezes the store: from now on only I save, restore and install.
#[utoipa::path(put, path = "/stores/{store}/freeze", tag = "store", request_body = NewFreeze,
    params(("store" = String, Path, description = "Name of the store")),
    responses(
        (status = OK, body = Freeze),
        (status = NOT_FOUND, body = api::Problem),
        (status = CONFLICT, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
    ))]
async fn set_freeze(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
    Json(body): Json<NewFreeze>,
) -> ApiResult<Json<Freeze>> {
    let (found, _) = store(&state, &user, &name, Role::Administrator).await?;
    Ok(Json(
        freeze::set(&state.db, &found, &actor(&user), &body).await?,
    ))
}

/// Lifts the freeze, also somebody else's.
#[utoipa::path(delete, path = "/stores/{store}/freeze", tag = "store",
    params(("store" = String, Path, description = "Name of the store")),
    responses(
        (status = NO_CONTENT),
        (status = NOT_FOUND, body = api::Problem),
        (status = CONFLICT, body = api::Problem),
    ))]
async fn lift_freeze(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
) -> ApiResult<StatusCode> {
    let (found, _) = store(&state, &user, &name, Role::Administrator).await?;
    freeze::lift(&state.db, &found, &actor(&user), true).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn summary(
    state: &AppState,
    store: &StoreRow,
    role: Role,
) -> ApiResult<Json<StoreSummary>> {
    let found = stores::summary(&state.db, &state.counts, store).await?;
    Ok(Json(summarised(found, role)))
}

fn summarised(found: Summary, role: Role) -> StoreSummary {
    StoreSummary {
        name: found.store.name,
        description: found.store.description,
        archived: found.store.archived,
        revision: found.head.number,
        changed_by: found.head.author,
        changed_at: found.head.at,
        stacks: found.stacks,
        objects: found.objects,
        installed: found.installed,
        frozen: found.frozen,
        role,
    }
}
