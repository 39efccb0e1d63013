//! Whether the server runs, and whether its database does.

use std::time::Duration;

use api::server::Health;
use axum::extract::State;
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
    Ok(Json(Health {
        status: state.status(),
        version: crate::VERSION.to_owned(),
        checked_at: last.done.map(|done| done.at),
    }))
}
