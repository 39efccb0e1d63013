//! Tokens for scripts.

use api::account::{NewToken, Role, Token, TokenSecret};
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::session::confirm;
use super::within;
use crate::app::{AppState, rfc3339};
use crate::auth::access::{name_of_role, role_named};
use crate::auth::token::{self, Listed, PREFIX};
use crate::auth::{User, secret};
use crate::error::{ApiError, ApiResult};
use crate::extract::{Json, Path};
use crate::security::client::Client;
use crate::store::{StoreId, stores};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(end))
}

/// My tokens, the newest first.
#[utoipa::path(get, path = "/tokens", tag = "token", responses((status = OK, body = Vec<Token>)))]
async fn list(State(state): State<AppState>, user: User) -> ApiResult<Json<Vec<Token>>> {
    user.require_session()?;
    let mut tokens = Vec::new();
    for row in token::list(&state.db, &user.name).await? {
        tokens.push(shown(&state, row).await?);
    }
    Ok(Json(tokens))
}

/// Stores that are gone are not named any more; such a token is for none.
async fn shown(state: &AppState, row: Listed) -> ApiResult<Token> {
    let mut names = Vec::new();
    if !row.all_stores {
        for store_id in token::stores(&state.db, row.token_id).await? {
            names.extend(stores::name_of(&state.db, StoreId(store_id)).await?);
        }
    }
    Ok(Token {
        id: row.token_id,
        label: row.label,
        role: role_named(&row.role).unwrap_or(Role::Viewer),
        stores: names,
        created: rfc3339(row.created_at),
        expires: rfc3339(row.expires_at),
        last_used: row.last_used_at.map(rfc3339),
    })
}

/// Makes a token; the answer shows its secret once. My password is needed; a token may not do this.
#[utoipa::path(post, path = "/tokens", tag = "token", request_body = NewToken, responses(
    (status = CREATED, body = TokenSecret),
    (status = FORBIDDEN, body = api::Problem),
    (status = UNPROCESSABLE_ENTITY, body = api::Problem),
    (status = NOT_FOUND, body = api::Problem),
))]
async fn create(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    user: User,
    Json(body): Json<NewToken>,
) -> ApiResult<(StatusCode, Json<TokenSecret>)> {
    user.require_session()?;
    let label = body.label.trim();
    if label.is_empty() || label.chars().count() > 100 {
        return Err(ApiError::unprocessable("A label has 1 to 100 characters."));
    }
    if !(1..=365).contains(&body.days) {
        return Err(ApiError::unprocessable(
            "A token lasts for 1 day at least and 365 days at most.",
        ));
    }
    let stores = store_ids(&state, &user, &body.stores).await?;
    confirm(&state, &user, client, body.password).await?;
    let text = secret::new()?;
    let now = state.clock.unix();
    let expires_at = now.saturating_add(i64::from(body.days) * 24 * 60 * 60);
    let new = token::Insert {
        account: &user.name,
        label,
        role: body.role,
        stores: &stores,
        secret: &text,
        now,
        expires_at,
    };
    let id = token::insert(&state.db, &new).await?.ok_or_else(|| {
        ApiError::conflict(format!(
            "An account has at most {} tokens; end one that is no longer used.",
            token::MOST_TOKENS
        ))
    })?;
    let mut event = user.event("token", format!("{} made the token {id}", user.name));
    event.details = serde_json::json!({
        "label": label, "role": name_of_role(body.role), "stores": body.stores, "days": body.days,
    });
    state.audit.note(event).await;
    let token = Token {
        id,
        label: label.to_owned(),
        role: body.role,
        stores: body.stores,
        created: rfc3339(now),
        expires: rfc3339(expires_at),
        last_used: None,
    };
    let secret = format!("{PREFIX}{text}");
    Ok((StatusCode::CREATED, Json(TokenSecret { token, secret })))
}

/// The stores of the list, each of which the user must be able to see.
async fn store_ids(state: &AppState, user: &User, names: &[String]) -> ApiResult<Vec<i64>> {
    let mut ids = Vec::new();
    for name in names {
        let (store, _) = within::store(state, user, name, Role::Viewer).await?;
        ids.push(store.id.0);
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// Ends a token of mine.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "token",
    params(("id" = i64, Path, description = "As in the list of tokens")),
    responses((status = NO_CONTENT), (status = NOT_FOUND, body = api::Problem)))]
async fn end(
    State(state): State<AppState>,
    user: User,
    Path(id): Path<i64>,
) -> ApiResult<StatusCode> {
    user.require_session()?;
    if !token::end(&state.db, &user.name, id).await? {
        return Err(ApiError::not_found("such token"));
    }
    let event = user.event("token", format!("{} ended the token {id}", user.name));
    state.audit.note(event).await;
    Ok(StatusCode::NO_CONTENT)
}
