//! The key rings of the server's machine.

use api::account::Role;
use api::keyring::KeyRings;
use api::policy;
use axum::extract::State;
use generator::objects::{Configuration, Kind};
use generator::policy::{Release, ResolvedStack};
use jiff::Timestamp;
use keyring::Rings;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::within::store;
use crate::app::AppState;
use crate::auth::User;
use crate::error::{ApiError, ApiResult};
use crate::extract::{Json, Query};
use crate::keyrings::{self, Policy};
use crate::store::object;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list))
}

#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// A store: what the rules of its newest revision want of the rings is said, too.
    store: Option<String>,
}

/// The key rings of the server's machine, with what is wrong with them; for administrators of the server,
/// as it says what runs there. Without the setting `keyrings` there are none.
#[utoipa::path(get, path = "/keyrings", tag = "discovery", params(Asked),
    responses(
        (status = OK, body = KeyRings),
        (status = FORBIDDEN, body = api::Problem),
        (status = NOT_FOUND, body = api::Problem),
        (status = CONFLICT, body = api::Problem),
    ))]
async fn list(
    State(state): State<AppState>,
    user: User,
    Query(asked): Query<Asked>,
) -> ApiResult<Json<KeyRings>> {
    user.require_administrator()?;
    let configuration = match &asked.store {
        Some(name) => Some(configuration(&state, &user, name).await?),
        None => None,
    };
    let at = state.clock.rfc3339();
    let Some(directory) = state.settings.keyrings.clone() else {
        return Ok(Json(KeyRings {
            configured: false,
            at,
            rings: Vec::new(),
        }));
    };
    let now = Timestamp::from_second(state.clock.unix()).map_err(ApiError::internal)?;
    let work = move || {
        let stacks = configuration.as_ref().map(stacks).unwrap_or_default();
        let policies = stacks.iter().map(|(stack, release)| Policy {
            stack,
            release: *release,
        });
        let rings = Rings::new(directory, keyring::user()).administered();
        keyrings::all(&rings, &policies.collect::<Vec<_>>(), now)
    };
    let rings = tokio::task::spawn_blocking(work).await;
    let rings = rings.map_err(ApiError::internal)?;
    Ok(Json(KeyRings {
        configured: true,
        at,
        rings: rings.map_err(|error| ApiError::conflict(error.to_string()))?,
    }))
}

/// The newest revision of a store.
async fn configuration(state: &AppState, user: &User, name: &str) -> ApiResult<Configuration> {
    let (found, _) = store(state, user, name, Role::Viewer).await?;
    let stored = object::configuration(&state.db, &found, None).await?;
    let objects = stored.objects.into_iter();
    Ok(objects.map(|object| (object.id, object.body)).collect())
}

/// Its stacks, compiled and read.
fn stacks(configuration: &Configuration) -> Vec<(ResolvedStack, Release)> {
    let stacks = configuration.of_kind(Kind::Stack).into_iter();
    let read = stacks.filter_map(|(id, _)| policy::compiled_stack(configuration, id).ok());
    read.collect()
}
