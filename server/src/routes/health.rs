//! Whether the server runs, and whether its database does.

use std::time::Duration;

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;
use crate::error::{ApiError, ApiResult, chain};
use crate::extract::Json;

/// How long the database has for an answer.
const PATIENCE: Duration = Duration::from_secs(2);

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(health))
}

/// The server's state in a word.
#[derive(Serialize, ToSchema)]
struct Health {
    status: Status,
    version: &'static str,
    /// When everything that is stored was checked last; absent before the first time.
    #[serde(skip_serializing_if = "Option::is_none")]
    checked_at: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Status {
    Ok,
    /// The disk reported an error: reading goes on, writing waits until the database passes a check.
    NotWriting,
    /// The last check found what is not as it was written. Administrators see it under
    /// `/verification`; it stands in the log.
    Damaged,
}

/// Says that the server runs and its database answers; needs no log-in.
#[utoipa::path(get, path = "/health", tag = "server", security(()),
    responses(
        (status = OK, body = Health),
        (status = SERVICE_UNAVAILABLE, body = api::Problem),
    ))]
async fn health(State(state): State<AppState>) -> ApiResult<Json<Health>> {
    let silent = || ApiError::unavailable("The server's database does not answer.");
    match tokio::time::timeout(PATIENCE, state.db.answers()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::error!(error = %chain(&error), "the database does not answer");
            return Err(silent());
        }
        Err(_) => return Err(silent()),
    }
    let last = state.verifications.last();
    let damaged = last.as_ref().is_some_and(|last| !last.damage.is_empty());
    Ok(Json(Health {
        status: match (damaged, state.db.writes_are_trusted()) {
            (true, _) => Status::Damaged,
            (false, false) => Status::NotWriting,
            (false, true) => Status::Ok,
        },
        version: crate::VERSION,
        checked_at: last.map(|last| last.at),
    }))
}
