//! What can be found out instead of being typed.

use api::account::Role;
use api::discovery::{Listener, ListenersIn, LookUp, LookedUp, MOST_NAMES};
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::within::store;
use crate::app::AppState;
use crate::auth::User;
use crate::discovery::{hosts, listeners, netstat};
use crate::error::{ApiError, ApiResult};
use crate::extract::{Json, Path};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(look_up))
        .routes(routes!(here, read))
}

/// Asks the name servers of the server's machine for the addresses of hosts.
#[utoipa::path(post, path = "/stores/{store}/hosts", tag = "discovery",
    params(("store" = String, Path, description = "Name of the store")),
    request_body = LookUp,
    responses(
        (status = OK, body = LookedUp),
        (status = FORBIDDEN, body = api::Problem),
        (status = NOT_FOUND, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
    ))]
async fn look_up(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
    Json(asked): Json<LookUp>,
) -> ApiResult<Json<LookedUp>> {
    store(&state, &user, &name, Role::Editor).await?;
    if asked.names.len() > MOST_NAMES {
        return Err(ApiError::unprocessable(format!(
            "{} names are too many; {} are looked up at once.",
            asked.names.len(),
            MOST_NAMES
        )));
    }
    Ok(Json(LookedUp {
        hosts: hosts::look_up(asked.names).await,
        at: state.clock.rfc3339(),
    }))
}

/// The ports that programs on the server's machine wait at for TCP connections; for administrators
/// of the server, as it says what runs there.
#[utoipa::path(get, path = "/stores/{store}/listeners", tag = "discovery",
    params(("store" = String, Path, description = "Name of the store")),
    responses(
        (status = OK, body = Vec<Listener>),
        (status = FORBIDDEN, body = api::Problem),
        (status = NOT_FOUND, body = api::Problem),
    ))]
async fn here(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
) -> ApiResult<Json<Vec<Listener>>> {
    store(&state, &user, &name, Role::Editor).await?;
    user.require_administrator()?;
    let found = tokio::task::spawn_blocking(listeners::here).await;
    let found = found.map_err(ApiError::internal)?;
    found.map(Json).map_err(ApiError::internal)
}

/// The same from the text of a report, such as z/OS's `NETSTAT` shows.
#[utoipa::path(post, path = "/stores/{store}/listeners", tag = "discovery",
    params(("store" = String, Path, description = "Name of the store")),
    request_body = ListenersIn,
    responses(
        (status = OK, body = Vec<Listener>),
        (status = FORBIDDEN, body = api::Problem),
        (status = NOT_FOUND, body = api::Problem),
    ))]
async fn read(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
    Json(given): Json<ListenersIn>,
) -> ApiResult<Json<Vec<Listener>>> {
    store(&state, &user, &name, Role::Editor).await?;
    Ok(Json(netstat::listeners(&given.text)))
}
