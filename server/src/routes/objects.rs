//! Objects of saved revisions. What is in a draft stands under `draft`.

use api::Window;
use api::account::Role;
use api::store::{ObjectVersion, StoredConfiguration, StoredObject};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use generator::objects::ObjectId;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::within::{AtRevision, Part, kind, store, tagged, unchanged, with_etag};
use crate::app::AppState;
use crate::auth::User;
use crate::error::ApiResult;
use crate::extract::{Json, Path, Query, json_text};
use crate::store::object::StoredText;
use crate::store::{Page, object, revision};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(configuration))
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(history))
}

/// All objects of a revision. Its etag is the number of the revision, whose content never changes.
#[utoipa::path(get, path = "/stores/{store}/configuration", tag = "object",
    params(("store" = String, Path, description = "Name of the store"), AtRevision),
    responses(
        (status = OK, body = StoredConfiguration),
        (status = NOT_MODIFIED),
        (status = NOT_FOUND, body = api::Problem),
    ))]
async fn configuration(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
    Query(at): Query<AtRevision>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let (found, _) = store(&state, &user, &name, Role::Viewer).await?;
    let number = revision::number(&state.db, found.id, at.revision).await?;
    let etag = format!("\"{}-{number}\"", found.id.0);
    if let Some(answer) = unchanged(&headers, &etag) {
        return Ok(answer);
    }
    let json = state.configurations.json(&state.db, &found, number).await?;
    Ok(with_etag(json_text(Bytes::from_owner(json)), &etag))
}

#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Listing {
    /// The revision's number; the newest when nothing is said.
    revision: Option<i64>,
    /// One kind only: `traffic-descriptor` ….
    kind: Option<String>,
    /// The position of the first item; 0 is the start.
    offset: Option<i64>,
    /// How many items, 1 to 1000.
    limit: Option<i64>,
}

/// Some objects of a revision, by kind and name.
#[utoipa::path(get, path = "/stores/{store}/objects", tag = "object",
    params(("store" = String, Path, description = "Name of the store"), Listing),
    responses(
        (status = OK, body = Window<StoredObject>),
        (status = NOT_FOUND, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
    ))]
async fn list(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
    Query(asked): Query<Listing>,
) -> ApiResult<Json<Window<StoredText>>> {
    let (found, _) = store(&state, &user, &name, Role::Viewer).await?;
    let kind = asked.kind.as_deref().map(kind).transpose()?;
    let page = Page::new(asked.offset.unwrap_or(0), asked.limit.unwrap_or(100));
    let window = object::list(&state.db, &found, asked.revision, kind, page).await?;
    Ok(Json(window))
}

/// One object of a revision, with its etag.
#[utoipa::path(get, path = "/stores/{store}/objects/{object}", tag = "object",
    params(
        ("store" = String, Path, description = "Name of the store"),
        ("object" = String, Path, description = "Id of the object"),
        AtRevision,
    ),
    responses(
        (status = OK, body = StoredObject),
        (status = NOT_MODIFIED),
        (status = NOT_FOUND, body = api::Problem),
    ))]
async fn show(
    State(state): State<AppState>,
    user: User,
    Path((name, id)): Path<(String, String)>,
    Query(at): Query<AtRevision>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let (found, _) = store(&state, &user, &name, Role::Viewer).await?;
    let shown = object::find(&state.db, &found, &ObjectId(id), at.revision).await?;
    let etag = shown.etag.clone();
    Ok(tagged(&headers, &etag, shown))
}

/// What changed an object, newest first.
#[utoipa::path(get, path = "/stores/{store}/objects/{object}/history", tag = "object",
    params(
        ("store" = String, Path, description = "Name of the store"),
        ("object" = String, Path, description = "Id of the object"),
        Part,
    ),
    responses((status = OK, body = Window<ObjectVersion>), (status = NOT_FOUND, body = api::Problem)))]
async fn history(
    State(state): State<AppState>,
    user: User,
    Path((name, id)): Path<(String, String)>,
    Query(part): Query<Part>,
) -> ApiResult<Json<Window<ObjectVersion>>> {
    let (found, _) = store(&state, &user, &name, Role::Viewer).await?;
    let window = object::history(&state.db, &found, &ObjectId(id), part.page()).await?;
    Ok(Json(window))
}
