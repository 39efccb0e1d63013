//! My draft of a store: edits, undo, saving; and what an open page asks every few seconds.

use api::account::Role;
use api::draft::{Discard, Draft, Edit, EditChange, Save, State as StoreState};
use api::store::{Revision, StoredObject};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use generator::objects::{Object, ObjectId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::within::{actor, seen, store, tagged};
use crate::app::AppState;
use crate::auth::User;
use crate::deploy;
use crate::error::{ApiError, ApiResult};
use crate::extract::{Json, Path};
use crate::store::{self, StoreRow, draft, object};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(page_state))
        .routes(routes!(show))
        .routes(routes!(edit))
        .routes(routes!(undo))
        .routes(routes!(redo))
        .routes(routes!(discard))
        .routes(routes!(save))
        .routes(routes!(show_object, put_object, delete_object))
}

/// The newest revision, locks, others' drafts: what an open page shows beside its own work.
#[utoipa::path(get, path = "/stores/{store}/state", tag = "draft",
    params(("store" = String, Path, description = "Name of the store")),
    responses((status = OK, body = StoreState), (status = NOT_FOUND, body = api::Problem)))]
async fn page_state(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
) -> ApiResult<Json<StoreState>> {
    let (found, _) = store(&state, &user, &name, Role::Viewer).await?;
    let now = store::state::find(&state.db, &found, &user.name).await?;
    draft::touch(&state.db, found.id, &user.name, now.active_at.as_deref()).await;
    let mut shown = now.state;
    shown.drifted = state.deployments.drifted(found.id);
    if now.waits {
        shown.waiting = deploy::waiting(&state.site(), found.id).await?;
    }
    shown.server = state.status();
    Ok(Json(shown))
}

/// My draft; empty when I have changed nothing.
#[utoipa::path(get, path = "/stores/{store}/draft", tag = "draft",
    params(("store" = String, Path, description = "Name of the store")),
    responses((status = OK, body = Draft), (status = NOT_FOUND, body = api::Problem)))]
async fn show(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
) -> ApiResult<Json<Draft>> {
    let (found, _) = store(&state, &user, &name, Role::Viewer).await?;
    let (shown, active_at) = draft::find_seen(&state.db, &found, &user.name).await?;
    draft::touch(&state.db, found.id, &user.name, active_at.as_deref()).await;
    Ok(Json(shown))
}

/// Stores one step of editing: several objects, all or none.
#[utoipa::path(post, path = "/stores/{store}/draft/edits", tag = "draft", request_body = Edit,
    params(("store" = String, Path, description = "Name of the store")),
    responses(
        (status = OK, body = Draft),
        (status = NOT_FOUND, body = api::Problem),
        (status = CONFLICT, body = api::Problem),
        (status = PRECONDITION_FAILED, body = api::Problem),
        (status = PAYLOAD_TOO_LARGE, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
        (status = LOCKED, body = api::Problem),
    ))]
async fn edit(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
    Json(body): Json<Edit>,
) -> ApiResult<Json<Draft>> {
    let (found, _) = store(&state, &user, &name, Role::Editor).await?;
    Ok(Json(
        draft::edit(&state.db, &found, &actor(&user), &body).await?,
    ))
}

/// Takes back the last step of my draft.
#[utoipa::path(post, path = "/stores/{store}/draft/undo", tag = "draft",
    params(("store" = String, Path, description = "Name of the store")),
    responses(
        (status = OK, body = Draft),
        (status = NOT_FOUND, body = api::Problem),
        (status = CONFLICT, body = api::Problem),
        (status = LOCKED, body = api::Problem),
    ))]
async fn undo(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
) -> ApiResult<Json<Draft>> {
    let (found, _) = store(&state, &user, &name, Role::Editor).await?;
    Ok(Json(draft::undo(&state.db, &found, &actor(&user)).await?))
}

/// Does the step again that was taken back last.
#[utoipa::path(post, path = "/stores/{store}/draft/redo", tag = "draft",
    params(("store" = String, Path, description = "Name of the store")),
    responses(
        (status = OK, body = Draft),
        (status = NOT_FOUND, body = api::Problem),
        (status = CONFLICT, body = api::Problem),
        (status = LOCKED, body = api::Problem),
    ))]
async fn redo(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
) -> ApiResult<Json<Draft>> {
    let (found, _) = store(&state, &user, &name, Role::Editor).await?;
    Ok(Json(draft::redo(&state.db, &found, &actor(&user)).await?))
}

/// Drops changes of my draft, all or some, as a step that can be undone.
#[utoipa::path(post, path = "/stores/{store}/draft/discard", tag = "draft", request_body = Discard,
    params(("store" = String, Path, description = "Name of the store")),
    responses((status = OK, body = Draft), (status = NOT_FOUND, body = api::Problem)))]
async fn discard(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
    Json(body): Json<Discard>,
) -> ApiResult<Json<Draft>> {
    let (found, _) = store(&state, &user, &name, Role::Editor).await?;
    let left = draft::discard(&state.db, &found, &actor(&user), body.only.as_deref()).await?;
    Ok(Json(left))
}

/// Saves my draft, or a part of it, as the next revision.
#[utoipa::path(post, path = "/stores/{store}/draft/save", tag = "draft", request_body = Save,
    params(("store" = String, Path, description = "Name of the store")),
    responses(
        (status = CREATED, body = Revision),
        (status = NOT_FOUND, body = api::Problem),
        (status = CONFLICT, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
    ))]
async fn save(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
    Json(body): Json<Save>,
) -> ApiResult<(StatusCode, Json<Revision>)> {
    let (found, _) = store(&state, &user, &name, Role::Editor).await?;
    let made = store::save::save(&state.db, &found, &actor(&user), &body).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// One object as it is in my draft, or in the newest revision when the draft does not name it.
#[utoipa::path(get, path = "/stores/{store}/draft/objects/{object}", tag = "draft",
    params(
        ("store" = String, Path, description = "Name of the store"),
        ("object" = String, Path, description = "Id of the object"),
    ),
    responses(
        (status = OK, body = StoredObject),
        (status = NOT_MODIFIED),
        (status = NOT_FOUND, body = api::Problem),
    ))]
async fn show_object(
    State(state): State<AppState>,
    user: User,
    Path((name, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let (found, _) = store(&state, &user, &name, Role::Viewer).await?;
    let id = ObjectId(id);
    let shown = match draft::find_one(&state.db, &found, &user.name, &id).await? {
        Some(change) => {
            let gone = || ApiError::not_found(format!("object `{id}` in this draft"));
            StoredObject {
                body: change.body.ok_or_else(gone)?,
                etag: change.etag,
                since_revision: None,
                id,
            }
        }
        None => object::find(&state.db, &found, &id, None).await?,
    };
    let etag = shown.etag.clone();
    Ok(tagged(&headers, &etag, shown))
}

/// Stores one object in my draft: with `If-Match`, or with `If-None-Match: *` a new one.
#[utoipa::path(put, path = "/stores/{store}/draft/objects/{object}", tag = "draft",
    request_body = serde_json::Value,
    params(
        ("store" = String, Path, description = "Name of the store"),
        ("object" = String, Path, description = "Id of the object"),
        ("If-Match" = Option<String>, Header, description = "The etag that was seen"),
        ("If-None-Match" = Option<String>, Header, description = "`*` for a new object"),
    ),
    responses(
        (status = OK, body = Draft),
        (status = BAD_REQUEST, body = api::Problem),
        (status = NOT_FOUND, body = api::Problem),
        (status = CONFLICT, body = api::Problem),
        (status = PRECONDITION_FAILED, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
        (status = LOCKED, body = api::Problem),
    ))]
async fn put_object(
    State(state): State<AppState>,
    user: User,
    Path((name, id)): Path<(String, String)>,
    headers: HeaderMap,
    Json(body): Json<Object>,
) -> ApiResult<Json<Draft>> {
    let (found, _) = store(&state, &user, &name, Role::Editor).await?;
    let words = format!("change {}", body.name());
    one(&state, &found, &user, words, &headers, id, Some(body)).await
}

/// Deletes one object in my draft; `If-Match` says which body was seen.
#[utoipa::path(delete, path = "/stores/{store}/draft/objects/{object}", tag = "draft",
    params(
        ("store" = String, Path, description = "Name of the store"),
        ("object" = String, Path, description = "Id of the object"),
        ("If-Match" = Option<String>, Header, description = "The etag that was seen"),
    ),
    responses(
        (status = OK, body = Draft),
        (status = BAD_REQUEST, body = api::Problem),
        (status = NOT_FOUND, body = api::Problem),
        (status = CONFLICT, body = api::Problem),
        (status = PRECONDITION_FAILED, body = api::Problem),
        (status = LOCKED, body = api::Problem),
    ))]
async fn delete_object(
    State(state): State<AppState>,
    user: User,
    Path((name, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> ApiResult<Json<Draft>> {
    let (found, _) = store(&state, &user, &name, Role::Editor).await?;
    let words = "delete an object".to_owned();
    one(&state, &found, &user, words, &headers, id, None).await
}

async fn one(
    state: &AppState,
    store: &StoreRow,
    user: &User,
    words: String,
    headers: &HeaderMap,
    id: String,
    body: Option<Object>,
) -> ApiResult<Json<Draft>> {
    let change = EditChange {
        id: ObjectId(id),
        etag: seen(headers)?,
        body,
        rebase: None,
    };
    let edit = Edit {
        words,
        changes: vec![change],
    };
    Ok(Json(
        draft::edit(&state.db, store, &actor(user), &edit).await?,
    ))
}
