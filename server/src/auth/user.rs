//! Who is asking: what handlers extract.

use std::time::Instant;

use api::account::Role;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use crate::app::AppState;
use crate::auth::audit::Event;
use crate::auth::{access, account, session, token};
use crate::error::{ApiError, ApiResult};
use crate::security::client::Client;
use crate::security::log::Actor;

/// Somebody who is logged in and may use the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub name: String,
    /// May manage accounts and everything in every store. Never set for a token that is for less.
    pub administrator: bool,
    pub via: Via,
    /// The client's address, for the audit.
    pub from: String,
    account_administrator: bool,
}

/// How the user proved who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Via {
    Session {
        /// As in the list of sessions; no secret.
        handle: String,
    },
    Token {
        id: i64,
        /// The most that it may do.
        role: Role,
        scope: TokenScope,
    },
}

/// The stores that a token is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenScope {
    AllStores,
    Stores(Vec<i64>),
}

impl User {
    /// For what only administrators of the whole server may do.
    pub fn require_administrator(&self) -> ApiResult<()> {
        if self.administrator {
            Ok(())
        } else {
            Err(ApiError::forbidden("Only an administrator may do this."))
        }
    }

    /// For what a token must not do: make more tokens, change the password.
    pub fn require_session(&self) -> ApiResult<()> {
        match self.via {
            Via::Session { .. } => Ok(()),
            Via::Token { .. } => Err(ApiError::forbidden(
                "A token may not do this; log in with name and password.",
            )),
        }
    }

    /// What this user did, for the audit.
    pub fn event(&self, action: &'static str, what: String) -> Event {
        Event {
            who: self.name.clone(),
            from: self.from.clone(),
            store: None,
            action,
            what,
            details: serde_json::Value::Null,
        }
    }

    /// The owner is an administrator, whatever the token is for.
    pub(crate) fn account_administrator(&self) -> bool {
        self.account_administrator
    }
}

/// Somebody who is logged in, and may yet have to change a password that somebody else set. For
/// the few routes that such a person needs; all others take [`User`].
#[derive(Clone, Debug)]
pub struct AnyUser {
    pub user: User,
    pub must_change_password: bool,
}

impl FromRequestParts<AppState> for User {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> ApiResult<Self> {
        let AnyUser {
            user,
            must_change_password,
        } = AnyUser::from_request_parts(parts, state).await?;
        if must_change_password {
            return Err(ApiError::PasswordChangeRequired);
        }
        Ok(user)
    }
}

impl FromRequestParts<AppState> for AnyUser {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> ApiResult<Self> {
        let standing = Standing::of(parts)?;
        let (found, used) = standing.find(state).await?;
        used.touch(state).await;
        if let Some(actor) = parts.extensions.get::<Actor>() {
            actor.set(&found.user.name);
        }
        if !parts.method.is_safe() {
            let taken = state.writes.take(&found.user.name, Instant::now());
            taken.map_err(|retry_after| ApiError::TooManyRequests { retry_after })?;
        }
        Ok(found)
    }
}

/// By what somebody was let in. An answer that goes on and on asks it again.
pub struct Standing {
    proof: Proof,
    from: String,
}

/// Secrets: never shown.
enum Proof {
    Session(String),
    Token(String),
}

/// What is in use while somebody asks.
enum Used {
    Session(session::Session),
    Token(token::TokenRow),
}

impl FromRequestParts<AppState> for Standing {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> ApiResult<Self> {
        Self::of(parts)
    }
}

impl Standing {
    fn of(parts: &Parts) -> ApiResult<Self> {
        let client = parts.extensions.get::<Client>();
        let client = client.ok_or_else(|| ApiError::internal("the request has no client"))?;
        let proof = match parts.headers.get(header::AUTHORIZATION) {
            Some(value) => {
                let text = value.to_str().ok().and_then(bearer);
                text.map(|text| Proof::Token(text.to_owned()))
            }
            None => {
                let id = session_id(&parts.headers, client.secure);
                id.map(|id| Proof::Session(id.to_owned()))
            }
        };
        Ok(Self {
            proof: proof.ok_or(ApiError::Unauthorized)?,
            from: client.address.to_string(),
        })
    }

    /// Whether it still lets in an administrator of the server. Asking does not count as use.
    pub async fn is_administrator(&self, state: &AppState) -> bool {
        let found = self.find(state).await;
        found.is_ok_and(|(any, _)| any.user.administrator && !any.must_change_password)
    }

    async fn find(&self, state: &AppState) -> ApiResult<(AnyUser, Used)> {
        match &self.proof {
            Proof::Session(id) => by_session(state, id, self.from.clone()).await,
            Proof::Token(text) => by_token(state, text, self.from.clone()).await,
        }
    }
}

impl Used {
    async fn touch(&self, state: &AppState) {
        let now = state.clock.unix();
        match self {
            Self::Session(session) => {
                let limits = state.settings.session_limits();
                session::touch(&state.db, &state.uses, session, limits, now).await;
            }
            Self::Token(token) => token::touch(&state.db, token, now).await,
        }
    }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, text) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(text.trim_start())
}

async fn by_session(state: &AppState, id: &str, from: String) -> ApiResult<(AnyUser, Used)> {
    let now = state.clock.unix();
    let limits = state.settings.session_limits();
    let found = session::find(&state.db, &state.uses, id, limits, now)
        .await?
        .ok_or(ApiError::Unauthorized)?;
    if account::has_lapsed(found.password_lapses_at, now) {
        return Err(ApiError::Unauthorized);
    }
    let any = AnyUser {
        must_change_password: found.must_change_password,
        user: User {
            name: found.account.clone(),
            administrator: found.administrator,
            account_administrator: found.administrator,
            via: Via::Session {
                handle: found.handle.clone(),
            },
            from,
        },
    };
    Ok((any, Used::Session(found)))
}

async fn by_token(state: &AppState, text: &str, from: String) -> ApiResult<(AnyUser, Used)> {
    let now = state.clock.unix();
    let found = token::find(&state.db, text, now)
        .await?
        .ok_or(ApiError::Unauthorized)?;
    let role = access::role_named(&found.role).ok_or(ApiError::Unauthorized)?;
    let scope = if found.all_stores {
        TokenScope::AllStores
    } else {
        TokenScope::Stores(token::stores(&state.db, found.token_id).await?)
    };
    let any = AnyUser {
        must_change_password: false,
        user: User {
            administrator: found.administrator
                && role == Role::Administrator
                && scope == TokenScope::AllStores,
            account_administrator: found.administrator,
            name: found.account.clone(),
            via: Via::Token {
                id: found.token_id,
                role,
                scope,
            },
            from,
        },
    };
    Ok((any, Used::Token(found)))
}

/// The name of the session's cookie. Browsers take the `__Host-` prefix only over HTTPS.
pub fn cookie_name(secure: bool) -> &'static str {
    if secure {
        "__Host-gatehouse"
    } else {
        "gatehouse"
    }
}

/// The session id in the request's cookies.
pub fn session_id(headers: &HeaderMap, secure: bool) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == cookie_name(secure))
        .map(|(_, value)| value)
        .filter(|value| crate::auth::secret::well_formed(value))
}
