//! Revisions: the history, what differs, and bringing back.

use api::Window;
use api::account::Role;
use api::store::{Difference, Restore, Revision};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::within::{Part, actor, document, store};
use crate::app::AppState;
use crate::auth::User;
use crate::error::{ApiError, ApiResult};
use crate::extract::{Json, Path, Query};
use crate::report::Format;
use crate::report::changes::{self, Changes};
use crate::store::{self, StoreRow, compare, install, revision};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(differences))
        .routes(routes!(restore))
}

/// The revisions, newest first.
#[utoipa::path(get, path = "/stores/{store}/revisions", tag = "revision",
    params(("store" = String, Path, description = "Name of the store"), Part),
    responses((status = OK, body = Window<Revision>), (status = NOT_FOUND, body = api::Problem)))]
async fn list(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
    Query(part): Query<Part>,
) -> ApiResult<Json<Window<Revision>>> {
    let (found, _) = store(&state, &user, &name, Role::Viewer).await?;
    let mut window = revision::list(&state.db, found.id, part.page()).await?;
    mark_installed(&state, &found, &mut window.items).await?;
    Ok(Json(window))
}

/// One revision.
#[utoipa::path(get, path = "/stores/{store}/revisions/{revision}", tag = "revision",
    params(
        ("store" = String, Path, description = "Name of the store"),
        ("revision" = i64, Path, description = "Its number"),
    ),
    responses((status = OK, body = Revision), (status = NOT_FOUND, body = api::Problem)))]
async fn show(
    State(state): State<AppState>,
    user: User,
    Path((name, number)): Path<(String, i64)>,
) -> ApiResult<Json<Revision>> {
    let (found, _) = store(&state, &user, &name, Role::Viewer).await?;
    let mut revision = revision::find(&state.db, found.id, Some(number)).await?;
    mark_installed(&state, &found, std::slice::from_mut(&mut revision)).await?;
    Ok(Json(revision))
}

/// Names the stacks on which each revision is installed now.
async fn mark_installed(
    state: &AppState,
    store: &StoreRow,
    revisions: &mut [Revision],
) -> ApiResult<()> {
    let current = install::current(&state.db, store.id).await?;
    for revision in revisions {
        let on = current.iter().filter(|row| row.revision == revision.number);
        revision.installed_on = on.map(|row| row.name.clone()).collect();
    }
    Ok(())
}

#[derive(Clone, Copy, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Between {
    /// The revision before.
    from: i64,
    /// The revision after.
    to: i64,
    /// JSON when nothing is said; the others are files to keep.
    #[param(inline)]
    format: Option<Format>,
}

/// What differs between two revisions, in words.
#[utoipa::path(get, path = "/stores/{store}/compare", tag = "revision",
    params(("store" = String, Path, description = "Name of the store"), Between),
    responses(
        (status = OK, content(
            (Vec<Difference> = "application/json"),
            (String = "text/csv"),
            (String = "text/markdown"),
            (String = "text/html"),
        )),
        (status = BAD_REQUEST, body = api::Problem),
        (status = NOT_FOUND, body = api::Problem),
    ))]
async fn differences(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
    Query(Between { from, to, format }): Query<Between>,
) -> ApiResult<Response> {
    let (found, _) = store(&state, &user, &name, Role::Viewer).await?;
    let format = format.unwrap_or_default();
    let changes = Changes {
        from: revision::find(&state.db, found.id, Some(from)).await?,
        to: revision::find(&state.db, found.id, Some(to)).await?,
        differences: compare::compare(&state.db, &found, from, to).await?,
        store: found.name,
    };
    let file = format!("{}-changes-{from}-{to}", changes.store);
    let bytes = changes::write(&changes, format).map_err(ApiError::internal)?;
    Ok(document(bytes, format, &file))
}

/// Brings back the content of an older revision as a new one: of the store, or of one object.
#[utoipa::path(post, path = "/stores/{store}/restore", tag = "revision", request_body = Restore,
    params(("store" = String, Path, description = "Name of the store")),
    responses(
        (status = CREATED, body = Revision),
        (status = NOT_FOUND, body = api::Problem),
        (status = CONFLICT, body = api::Problem),
        (status = PRECONDITION_FAILED, body = api::Problem),
        (status = LOCKED, body = api::Problem),
    ))]
async fn restore(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
    Json(body): Json<Restore>,
) -> ApiResult<(StatusCode, Json<Revision>)> {
    let (found, _) = store(&state, &user, &name, Role::Editor).await?;
    let made = store::restore::restore(&state.db, &found, &actor(&user), &body).await?;
    Ok((StatusCode::CREATED, Json(made)))
}
