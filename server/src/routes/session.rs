//! Logging in and out, and the list of one's own sessions.

use std::net::IpAddr;

use api::account::{LogIn, Me, SessionInfo};
use axum::Extension;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::SMALL_BODY;
use crate::app::{AppState, rfc3339};
use crate::auth::account::{self, AccountName, Credentials};
use crate::auth::audit::Event;
use crate::auth::cookie;
use crate::auth::rules;
use crate::auth::session;
use crate::auth::throttle::Try;
use crate::auth::user::{AnyUser, User, Via, session_id};
use crate::error::{ApiError, ApiResult};
use crate::extract::{Json, Path};
use crate::security::client::Client;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(show, log_in, log_out))
        .routes(routes!(list, log_out_everywhere))
        .routes(routes!(end))
        .layer(DefaultBodyLimit::max(SMALL_BODY))
}

/// Who is asking.
#[utoipa::path(get, path = "/session", tag = "session", responses(
    (status = OK, body = Me),
    (status = UNAUTHORIZED, body = api::Problem),
))]
async fn show(State(state): State<AppState>, user: AnyUser) -> Json<Me> {
    Json(me(
        &state,
        user.user.name,
        user.user.administrator,
        user.must_change_password,
    ))
}

/// Logs in with name and password; the answer sets the session's cookie.
#[utoipa::path(post, path = "/session", tag = "session", security(()), request_body = LogIn, responses(
    (status = OK, body = Me),
    (status = UNAUTHORIZED, body = api::Problem),
    (status = TOO_MANY_REQUESTS, body = api::Problem),
))]
async fn log_in(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
    Json(body): Json<LogIn>,
) -> ApiResult<Response> {
    let found = check_password(&state, &body.name, body.password, client.address).await;
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            if matches!(error, ApiError::LogInRefused) {
                let event = refused(&body.name, client.address);
                state.audit.note(event).await;
            }
            return Err(error);
        }
    };
    let now = state.clock.unix();
    account::logged_in(&state.db, &found.name, now).await?;
    let response = start(&state, client, &headers, &found.name).await?;
    let me = me(
        &state,
        found.name,
        found.administrator,
        found.must_change_password,
    );
    Ok((response, Json(me)).into_response())
}

/// Begins a session and ends the one that the browser had; headers that set its cookie.
pub(super) async fn start(
    state: &AppState,
    client: Client,
    headers: &HeaderMap,
    name: &str,
) -> ApiResult<HeaderMap> {
    if let Some(old) = session_id(headers, client.secure) {
        session::end_id(&state.db, old).await?;
    }
    let from = client.address.to_string();
    let new = session::create(&state.db, name, &from, state.clock.unix()).await?;
    let event = Event {
        who: name.to_owned(),
        from,
        store: None,
        action: "log-in",
        what: format!("{name} logged in"),
        details: serde_json::json!({ "session": new.handle }),
    };
    state.audit.note(event).await;
    Ok(cookie::set(
        &new.id,
        client.secure,
        state.settings.session_absolute,
    ))
}

/// The account with this name and password; takes the same time whether it exists or not.
pub(super) async fn check_password(
    state: &AppState,
    name: &str,
    password: String,
    address: IpAddr,
) -> ApiResult<Credentials> {
    let parsed = name.parse::<AccountName>();
    let key = parsed.as_ref().map_or(name.to_owned(), AccountName::key);
    let attempt = Try::new(&key, address, state.clock.unix());
    if let Err(retry_after) = attempt.begin(&state.db).await? {
        return Err(ApiError::TooManyRequests { retry_after });
    }
    let found = match &parsed {
        Ok(name) => account::find(&state.db, name).await?,
        Err(_) => None,
    };
    let usable = found.filter(|found| {
        !found.disabled && !account::has_lapsed(found.password_lapses_at, state.clock.unix())
    });
    // Nobody has a password of this length, and hashing it would take long.
    let password = if password.len() > rules::MOST_BYTES {
        String::new()
    } else {
        password
    };
    let hash = usable.as_ref().map(|found| found.password_hash.clone());
    match state.passwords.verify(password, hash).await {
        Ok(right) => match usable.filter(|_| right) {
            Some(found) => {
                attempt.succeeded(&state.db).await?;
                Ok(found)
            }
            None => Err(ApiError::LogInRefused),
        },
        Err(error) => {
            attempt.cancelled(&state.db).await?;
            Err(error)
        }
    }
}

/// Asks for the password of whoever is logged in once more, before what decides who can log in, so
/// that a browser left open is not enough. Wrong ones count like those of log-ins. A token has none.
pub(super) async fn confirm(
    state: &AppState,
    user: &User,
    client: Client,
    password: String,
) -> ApiResult<()> {
    user.require_session()?;
    if password.is_empty() {
        return Err(ApiError::WrongPassword);
    }
    match check_password(state, &user.name, password, client.address).await {
        Ok(_) => Ok(()),
        Err(ApiError::LogInRefused) => {
            let mut event = refused(&user.name, client.address);
            event.what = "the password that was asked for again was wrong".into();
            state.audit.note(event).await;
            Err(ApiError::WrongPassword)
        }
        Err(other) => Err(other),
    }
}

fn refused(name: &str, address: IpAddr) -> Event {
    Event {
        // People type passwords into the field for the name: only what can be a name is kept.
        who: match name.parse::<AccountName>() {
            Ok(name) => name.to_string(),
            Err(_) => String::new(),
        },
        from: address.to_string(),
        store: None,
        action: "log-in-refused",
        what: "name or password was wrong".into(),
        details: serde_json::Value::Null,
    }
}

fn me(state: &AppState, name: String, administrator: bool, must_change_password: bool) -> Me {
    // Somebody with a password that is not yet their own is told no more than that.
    let roots = &state.settings.install_roots;
    let shown = if must_change_password {
        &[]
    } else {
        roots.as_slice()
    };
    Me {
        name,
        administrator,
        must_change_password,
        version: crate::VERSION.to_owned(),
        install_roots: shown
            .iter()
            .map(|root| root.to_string_lossy().into_owned())
            .collect(),
    }
}

/// The answer for the first administrator, who is logged in at once.
pub(super) fn me_administrator(state: &AppState, name: String) -> Me {
    me(state, name, true, false)
}

/// Logs out: ends this session.
#[utoipa::path(delete, path = "/session", tag = "session", responses(
    (status = NO_CONTENT),
    (status = UNAUTHORIZED, body = api::Problem),
))]
async fn log_out(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    AnyUser { user, .. }: AnyUser,
) -> ApiResult<Response> {
    user.require_session()?;
    if let Via::Session { handle } = &user.via {
        session::end(&state.db, &user.name, handle).await?;
    }
    note(&state, &user, "log-out", "logged out").await;
    Ok((StatusCode::NO_CONTENT, cookie::clear(client.secure)).into_response())
}

/// My sessions, the newest first.
#[utoipa::path(get, path = "/sessions", tag = "session", responses(
    (status = OK, body = Vec<SessionInfo>),
))]
async fn list(State(state): State<AppState>, user: User) -> ApiResult<Json<Vec<SessionInfo>>> {
    let limits = state.settings.session_limits();
    let rows = session::list(
        &state.db,
        &state.uses,
        &user.name,
        limits,
        state.clock.unix(),
    )
    .await?;
    let current = match &user.via {
        Via::Session { handle } => handle.as_str(),
        Via::Token { .. } => "",
    };
    Ok(Json(
        rows.into_iter()
            .map(|row| SessionInfo {
                current: row.handle == current,
                handle: row.handle,
                since: rfc3339(row.created_at),
                last_active: rfc3339(row.last_active_at),
                from: row.address,
            })
            .collect(),
    ))
}

/// Logs out everywhere: ends all my sessions, this one too.
#[utoipa::path(delete, path = "/sessions", tag = "session", responses((status = NO_CONTENT)))]
async fn log_out_everywhere(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    AnyUser { user, .. }: AnyUser,
) -> ApiResult<Response> {
    user.require_session()?;
    session::end_all(&state.db, &user.name).await?;
    note(&state, &user, "log-out", "logged out everywhere").await;
    Ok((StatusCode::NO_CONTENT, cookie::clear(client.secure)).into_response())
}

/// Ends one of my sessions.
#[utoipa::path(delete, path = "/sessions/{handle}", tag = "session",
    params(("handle" = String, Path, description = "As in the list of sessions")),
    responses((status = NO_CONTENT), (status = NOT_FOUND, body = api::Problem)))]
async fn end(
    State(state): State<AppState>,
    user: User,
    Path(handle): Path<String>,
) -> ApiResult<StatusCode> {
    user.require_session()?;
    if !session::end(&state.db, &user.name, &handle).await? {
        return Err(ApiError::not_found("such session"));
    }
    note(&state, &user, "log-out", "ended another session").await;
    Ok(StatusCode::NO_CONTENT)
}

async fn note(state: &AppState, user: &User, action: &'static str, what: &str) {
    let event = user.event(action, format!("{} {what}", user.name));
    state.audit.note(event).await;
}
