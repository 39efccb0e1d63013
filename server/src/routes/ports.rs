//! The protected ports as a report.

use api::account::Role;
use api::report::PortReport;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::within::{document, store, unchanged, with_etag};
use crate::app::AppState;
use crate::auth::User;
use crate::error::{ApiError, ApiResult};
use crate::extract::{Path, Query};
use crate::report::{self, Format};
use crate::store::{object, revision};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(show))
}

#[derive(Clone, Copy, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// The revision's number; the newest when nothing is said.
    revision: Option<i64>,
    /// JSON when nothing is said; the others are files to keep.
    #[param(inline)]
    format: Option<Format>,
}

/// Which ports are protected, how, by which key ring and certificate: every row of a traffic
/// descriptor as an enabled rule of an enabled stack uses it.
#[utoipa::path(get, path = "/stores/{store}/ports", tag = "revision",
    params(("store" = String, Path, description = "Name of the store"), Asked),
    responses(
        (status = OK, content(
            (PortReport = "application/json"),
            (String = "text/csv"),
            (String = "text/markdown"),
            (String = "text/html"),
        )),
        (status = NOT_MODIFIED),
        (status = BAD_REQUEST, body = api::Problem),
        (status = NOT_FOUND, body = api::Problem),
    ))]
async fn show(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let (found, _) = store(&state, &user, &name, Role::Viewer).await?;
    let format = asked.format.unwrap_or_default();
    let saved = revision::find(&state.db, found.id, asked.revision).await?;
    let number = saved.number;
    // The name of the store is in the report, and may change.
    let etag = format!(
        "\"{}-{number}-{}-{}\"",
        found.id.0,
        found.name,
        format.ending()
    );
    if let Some(answer) = unchanged(&headers, &etag) {
        return Ok(answer);
    }
    let stored = object::configuration(&state.db, &found, Some(number)).await?;
    let file = format!("{}-ports-{number}", found.name);
    let work = move || {
        let objects = stored.objects.into_iter();
        let configuration = objects.map(|object| (object.id, object.body)).collect();
        report::write(&report::of(&found.name, &saved, &configuration), format)
    };
    let bytes = tokio::task::spawn_blocking(work)
        .await
        .map_err(ApiError::internal)?
        .map_err(ApiError::internal)?;
    Ok(with_etag(document(bytes, format, &file), &etag))
}
