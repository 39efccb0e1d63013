//! The engine that a path names.

use std::path::PathBuf;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use control::{Answer, Ask, ClientError};
use serde::Deserialize;

use crate::app::AppState;
use crate::auth::User;
use crate::engines::{self, EngineError, LOAD, SOON};
use crate::error::{ApiError, ApiResult};
use crate::extract::Path;

/// An engine, on behalf of an administrator of the server.
pub struct Engine {
    pub name: String,
    pub socket: PathBuf,
    user: User,
    state: AppState,
}

#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
pub struct Named {
    /// Name of the engine.
    engine: String,
}

/// What a question to an engine can end with instead of an answer.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "it is read by the description of the interface")]
pub enum Problems {
    /// The caller is no administrator of the server.
    #[response(status = FORBIDDEN)]
    Forbidden(api::Problem),
    /// There is no such engine.
    #[response(status = NOT_FOUND)]
    NotFound(api::Problem),
    /// The engine refused it, and says why.
    #[response(status = CONFLICT)]
    Conflict(api::Problem),
    /// The engine does not answer.
    #[response(status = SERVICE_UNAVAILABLE)]
    Unavailable(api::Problem),
}

impl FromRequestParts<AppState> for Engine {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> ApiResult<Self> {
        let user = User::from_request_parts(parts, state).await?;
        user.require_administrator()?;
        let Path(Named { engine }) = Path::from_request_parts(parts, state).await?;
        Ok(Self {
            socket: engines::socket(&state.settings.engines, &engine).await?,
            name: engine,
            user,
            state: state.clone(),
        })
    }
}

impl Engine {
    pub async fn ask(&self, question: &Ask) -> ApiResult<Answer> {
        let patience = match question {
            Ask::Update | Ask::Refresh => LOAD,
            _ => SOON,
        };
        Ok(engines::ask(&self.socket, question, patience).await?)
    }

    /// Puts into the audit what was done with it.
    pub async fn note(&self, what: String, details: serde_json::Value) {
        let mut event = self.user.event("engine", what);
        event.details = details;
        self.state.audit.note(event).await;
    }

    /// When it answered.
    pub fn now(&self) -> String {
        self.state.clock.rfc3339()
    }
}

impl From<EngineError> for ApiError {
    fn from(error: EngineError) -> Self {
        let words = engines::what_to_do(&error);
        match error {
            EngineError::Unknown(name) => Self::not_found(format!("engine `{name}`")),
            EngineError::Client(ClientError::Refused(_)) => Self::conflict(words),
            EngineError::Client(_) | EngineError::Silent(_) | EngineError::Other => {
                Self::unavailable(words)
            }
        }
    }
}
