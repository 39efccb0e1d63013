//! The set-up around the policy files of each stack.

use api::account::Role;
use api::policy::StackOf;
use api::setup::{self, SetupProgress, StackSetup};
use axum::extract::State;
use generator::objects::ObjectId;
use generator::setup::SetupError;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::policy::{configuration_of, work_out};
use super::within::store;
use crate::app::AppState;
use crate::auth::User;
use crate::error::{ApiError, ApiResult};
use crate::extract::{Json, Path};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
}

/// Says how far the set-up of each stack is, as it follows from my draft.
#[utoipa::path(get, path = "/stores/{store}/setup", tag = "setup",
    params(("store" = String, Path, description = "Name of the store")),
    responses(
        (status = OK, body = Vec<SetupProgress>),
        (status = NOT_FOUND, body = api::Problem),
    ))]
async fn list(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
) -> ApiResult<Json<Vec<SetupProgress>>> {
    let (found, _) = store(&state, &user, &name, Role::Viewer).await?;
    let configuration = configuration_of(&state, &found, &user, StackOf::Draft).await?;
    let work = move || setup::progress(&configuration());
    work_out(work).await.map(Json)
}

/// The questions around a stack's policy files with my answers, and the parts that are made of them: RACF
/// jobs, procedures, the TCP/IP profile, key rings. As it follows from my draft.
#[utoipa::path(get, path = "/stores/{store}/setup/{stack}", tag = "setup",
    params(
        ("store" = String, Path, description = "Name of the store"),
        ("stack" = String, Path, description = "Id of the stack"),
    ),
    responses(
        (status = OK, body = StackSetup),
        (status = NOT_FOUND, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
    ))]
async fn show(
    State(state): State<AppState>,
    user: User,
    Path((name, stack)): Path<(String, String)>,
) -> ApiResult<Json<StackSetup>> {
    let (found, _) = store(&state, &user, &name, Role::Viewer).await?;
    let configuration = configuration_of(&state, &found, &user, StackOf::Draft).await?;
    let work = move || StackSetup::of(&configuration(), &ObjectId(stack));
    work_out(work)
        .await?
        .map(Json)
        .map_err(|error| match error {
            SetupError::NoStack => ApiError::not_found("such stack"),
            other => ApiError::unprocessable(other.to_string()),
        })
}
