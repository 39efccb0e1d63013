//! Accounts, and one's own password.

use api::account::{
    Account, AccountChange, NewAccount, NewPassword, PasswordChange, PasswordReset,
};
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::session::{check_password, confirm, start};
use crate::app::AppState;
use crate::auth::account::{self, AccountName, ChangeError};
use crate::auth::user::{AnyUser, User, Via};
use crate::auth::{rules, secret};
use crate::error::{ApiError, ApiResult};
use crate::extract::{Json, Path};
use crate::security::client::Client;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(change_password))
        .routes(routes!(list, create))
        .routes(routes!(change))
        .routes(routes!(reset_password))
        .routes(routes!(end_sessions))
}

/// Changes my password; the old one is asked for. My other sessions and all my tokens end, and this
/// session gets a new cookie.
#[utoipa::path(put, path = "/account/password", tag = "account", request_body = PasswordChange,
    responses(
        (status = NO_CONTENT),
        (status = FORBIDDEN, body = api::Problem),
        (status = UNPROCESSABLE_ENTITY, body = api::Problem),
    ))]
async fn change_password(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    AnyUser { user, .. }: AnyUser,
    headers: HeaderMap,
    Json(body): Json<PasswordChange>,
) -> ApiResult<Response> {
    user.require_session()?;
    let old = body.old.clone();
    match check_password(&state, &user.name, body.old, client.address).await {
        Ok(_) => {}
        Err(ApiError::LogInRefused) => {
            return Err(ApiError::forbidden("The old password is wrong."));
        }
        Err(other) => return Err(other),
    }
    rules::check(&body.new, &user.name)
        .map_err(|error| ApiError::unprocessable(error.to_string()))?;
    if body.new == old {
        return Err(ApiError::unprocessable(
            "The new password is the old one. Take another one.",
        ));
    }
    let hash = state.passwords.hash(body.new).await?;
    let keep = match &user.via {
        Via::Session { handle } => Some(handle.as_str()),
        Via::Token { .. } => None,
    };
    let now = state.clock.unix();
    account::set_password(&state.db, &user.name, &hash, false, keep, now).await?;
    note(&state, &user, format!("{} changed the password", user.name)).await;
    let cookie = start(&state, client, &headers, &user.name).await?;
    Ok((StatusCode::NO_CONTENT, cookie).into_response())
}

/// All accounts; for administrators.
#[utoipa::path(get, path = "/accounts", tag = "account", responses(
    (status = OK, body = Vec<Account>),
))]
async fn list(State(state): State<AppState>, user: User) -> ApiResult<Json<Vec<Account>>> {
    user.require_administrator()?;
    Ok(Json(account::list(&state.db).await?))
}

/// Makes an account with a random first password, which the answer shows once. The password of whoever
/// asks is needed; a token may not do this.
#[utoipa::path(post, path = "/accounts", tag = "account", request_body = NewAccount, responses(
    (status = CREATED, body = NewPassword),
    (status = FORBIDDEN, body = api::Problem),
    (status = CONFLICT, body = api::Problem),
    (status = UNPROCESSABLE_ENTITY, body = api::Problem),
))]
async fn create(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    user: User,
    Json(body): Json<NewAccount>,
) -> ApiResult<(StatusCode, Json<NewPassword>)> {
    user.require_administrator()?;
    confirm(&state, &user, client, body.password).await?;
    let name = body
        .name
        .parse::<AccountName>()
        .map_err(|error| ApiError::unprocessable(error.to_string()))?;
    let password = secret::first_password()?;
    let hash = state.passwords.hash(password.clone()).await?;
    let new = account::Insert {
        name: &name,
        password_hash: &hash,
        administrator: body.administrator,
        must_change_password: true,
        now: state.clock.unix(),
    };
    if !account::add(&state.db, &new).await? {
        return Err(ApiError::conflict(format!(
            "There is an account `{name}` already."
        )));
    }
    let kind = if body.administrator {
        " as administrator"
    } else {
        ""
    };
    note(&state, &user, format!("made the account {name}{kind}")).await;
    let name = name.to_string();
    Ok((StatusCode::CREATED, Json(NewPassword { name, password })))
}

/// Makes an account an administrator or not, shuts it out or lets it in again. The first needs the
/// password of whoever asks, and a token may not do it.
#[utoipa::path(patch, path = "/accounts/{name}", tag = "account", request_body = AccountChange,
    params(("name" = String, Path, description = "Name of the account")),
    responses(
        (status = OK, body = Account),
        (status = FORBIDDEN, body = api::Problem),
        (status = NOT_FOUND, body = api::Problem),
        (status = CONFLICT, body = api::Problem),
    ))]
async fn change(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    user: User,
    Path(name): Path<String>,
    Json(mut body): Json<AccountChange>,
) -> ApiResult<Json<Account>> {
    user.require_administrator()?;
    let password = body.password.take().unwrap_or_default();
    if body.administrator.is_some() {
        confirm(&state, &user, client, password).await?;
    }
    let name = known(&name)?;
    let (before, after) = account::change(&state.db, &name, &body)
        .await?
        .map_err(|error| match error {
            ChangeError::Unknown => unknown(&name),
            ChangeError::LastAdministrator => ApiError::conflict(
                "This is the last administrator who can log in; make another one first.",
            ),
        })?;
    let mut event = user.event("account", format!("changed the account {}", after.name));
    event.details = serde_json::json!({ "before": before, "after": after });
    state.audit.note(event).await;
    Ok(Json(after))
}

/// Gives an account a new random password, which the answer shows once, and ends its sessions and
/// tokens. The password of whoever asks is needed; a token may not do this.
#[utoipa::path(post, path = "/accounts/{name}/password", tag = "account", request_body = PasswordReset,
    params(("name" = String, Path, description = "Name of the account")),
    responses(
        (status = OK, body = NewPassword),
        (status = FORBIDDEN, body = api::Problem),
        (status = NOT_FOUND, body = api::Problem),
        (status = CONFLICT, body = api::Problem),
    ))]
async fn reset_password(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    user: User,
    Path(name): Path<String>,
    Json(body): Json<PasswordReset>,
) -> ApiResult<Json<NewPassword>> {
    user.require_administrator()?;
    confirm(&state, &user, client, body.password).await?;
    let found = find(&state, &name).await?;
    if found == user.name {
        return Err(ApiError::conflict(
            "This is your own account; change its password instead.",
        ));
    }
    let password = secret::first_password()?;
    let hash = state.passwords.hash(password.clone()).await?;
    let now = state.clock.unix();
    account::set_password(&state.db, &found, &hash, true, None, now).await?;
    note(&state, &user, format!("set a new password for {found}")).await;
    Ok(Json(NewPassword {
        name: found,
        password,
    }))
}

/// Ends all sessions and tokens of an account.
#[utoipa::path(delete, path = "/accounts/{name}/sessions", tag = "account",
    params(("name" = String, Path, description = "Name of the account")),
    responses((status = NO_CONTENT), (status = NOT_FOUND, body = api::Problem)))]
async fn end_sessions(
    State(state): State<AppState>,
    user: User,
    Path(name): Path<String>,
) -> ApiResult<StatusCode> {
    user.require_administrator()?;
    let found = find(&state, &name).await?;
    account::end_sessions(&state.db, &found).await?;
    note(
        &state,
        &user,
        format!("ended the sessions and tokens of {found}"),
    )
    .await;
    Ok(StatusCode::NO_CONTENT)
}

async fn find(state: &AppState, name: &str) -> ApiResult<String> {
    let name = known(name)?;
    let found = account::find(&state.db, &name).await?;
    found.map(|found| found.name).ok_or_else(|| unknown(&name))
}

fn known(name: &str) -> ApiResult<AccountName> {
    name.parse()
        .map_err(|_| ApiError::not_found("such account"))
}

fn unknown(name: &AccountName) -> ApiError {
    ApiError::not_found(format!("account `{name}`"))
}

async fn note(state: &AppState, user: &User, what: String) {
    state.audit.note(user.event("account", what)).await;
}
