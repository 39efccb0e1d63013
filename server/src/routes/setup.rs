//! The first start: the one-time link makes the first administrator.

use api::account::{Me, Setup, SetupState};
use axum::Extension;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{SMALL_BODY, session};
use crate::app::AppState;
use crate::auth::account::{self, AccountName};
use crate::auth::audit::Event;
use crate::auth::rules;
use crate::auth::setup::{self, FirstAdministrator};
use crate::error::{ApiError, ApiResult};
use crate::extract::Json;
use crate::security::client::Client;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(show, make))
        .layer(DefaultBodyLimit::max(SMALL_BODY))
}

/// Whether the first administrator is still to be made; needs no log-in.
#[utoipa::path(get, path = "/setup", tag = "session", security(()), responses((status = OK, body = SetupState)))]
async fn show(State(state): State<AppState>) -> ApiResult<Json<SetupState>> {
    let needed = !account::has_administrator(&state.db).await?;
    Ok(Json(SetupState { needed }))
}

/// Makes the first administrator with the secret of the one-time link, and logs them in.
#[utoipa::path(post, path = "/setup", tag = "session", security(()), request_body = Setup, responses(
    (status = CREATED, body = Me),
    (status = FORBIDDEN, body = api::Problem),
    (status = CONFLICT, body = api::Problem),
    (status = UNPROCESSABLE_ENTITY, body = api::Problem),
))]
async fn make(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
    Json(body): Json<Setup>,
) -> ApiResult<Response> {
    if account::has_administrator(&state.db).await? {
        return Err(too_late());
    }
    let now = state.clock.unix();
    if !setup::is_good(&state.db, &body.secret, now).await? {
        return Err(ApiError::forbidden(
            "The link is not valid, or no longer. The server prints a new one when it starts.",
        ));
    }
    let name = body
        .name
        .parse::<AccountName>()
        .map_err(|error| ApiError::unprocessable(error.to_string()))?;
    rules::check(&body.password, name.as_str())
        .map_err(|error| ApiError::unprocessable(error.to_string()))?;
    let hash = state.passwords.hash(body.password).await?;
    match setup::make_administrator(&state.db, &body.secret, &name, &hash, now).await? {
        FirstAdministrator::Made => {}
        FirstAdministrator::TooLate => return Err(too_late()),
    }
    let event = Event {
        who: name.to_string(),
        from: client.address.to_string(),
        store: None,
        action: "account",
        what: format!("{name} became the first administrator"),
        details: serde_json::Value::Null,
    };
    state.audit.note(event).await;
    let cookie = session::start(&state, client, &headers, name.as_str()).await?;
    let me = session::me_administrator(&state, name.to_string());
    Ok((StatusCode::CREATED, cookie, Json(me)).into_response())
}

fn too_late() -> ApiError {
    ApiError::conflict("There is an administrator already. Log in instead.")
}
