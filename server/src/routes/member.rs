//! The members of a store.

use api::account::{Member, Role};
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::within;
use crate::app::AppState;
use crate::auth::account::{self, AccountName};
use crate::auth::{User, member};
use crate::error::{ApiError, ApiResult};
use crate::extract::{Json, Path};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list, replace))
}

/// Who may do what in the store. Administrators of the server are not named: they may everything.
#[utoipa::path(get, path = "/stores/{store}/members", tag = "member",
    params(("store" = String, Path, description = "Name of the store")),
    responses((status = OK, body = Vec<Member>), (status = NOT_FOUND, body = api::Problem)))]
async fn list(
    State(state): State<AppState>,
    user: User,
    Path(store): Path<String>,
) -> ApiResult<Json<Vec<Member>>> {
    let (store, _) = within::store(&state, &user, &store, Role::Viewer).await?;
    Ok(Json(member::list(&state.db, store.id.0).await?))
}

/// Puts this list in the place of the members; for administrators of the store.
#[utoipa::path(put, path = "/stores/{store}/members", tag = "member", request_body = Vec<Member>,
    params(("store" = String, Path, description = "Name of the store")),
    responses(
        (status = OK, body = Vec<Member>),
        (status = NOT_FOUND, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
    ))]
async fn replace(
    State(state): State<AppState>,
    user: User,
    Path(store): Path<String>,
    Json(body): Json<Vec<Member>>,
) -> ApiResult<Json<Vec<Member>>> {
    let (store, _) = within::store(&state, &user, &store, Role::Administrator).await?;
    let members = canonical(&state, body).await?;
    let before = member::list(&state.db, store.id.0).await?;
    member::replace(&state.db, store.id.0, &members).await?;
    let after = member::list(&state.db, store.id.0).await?;
    let mut event = user.event("member", format!("changed the members of {}", store.name));
    event.store = Some(store.id.0);
    event.details = serde_json::json!({ "before": before, "after": after });
    state.audit.note(event).await;
    Ok(Json(after))
}

/// The members under the names of their accounts, each once.
async fn canonical(state: &AppState, members: Vec<Member>) -> ApiResult<Vec<Member>> {
    let mut known: Vec<Member> = Vec::new();
    for member in members {
        let unknown = || ApiError::unprocessable(format!("There is no account `{}`.", member.name));
        let name: AccountName = member.name.parse().map_err(|_| unknown())?;
        let name = account::find(&state.db, &name)
            .await?
            .ok_or_else(unknown)?
            .name;
        if known.iter().any(|other| other.name == name) {
            return Err(ApiError::unprocessable(format!(
                "`{name}` is in the list twice."
            )));
        }
        known.push(Member {
            name,
            role: member.role,
        });
    }
    Ok(known)
}
