//! The engines of the server's machine: seeing and steering them. For administrators of the server: engines
//! belong to the machine and not to a store, and tell who is connected to what runs there.

mod engine;
mod traces;

use std::convert::Infallible;
use std::net::IpAddr;
use std::time::Duration;

use api::account::Role;
use api::engine::{
    EngineConnections, EngineFailures, EngineLoaded, EngineParameters, EngineRules, EngineWhich,
    Engines,
};
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use control::{Answer, Ask, ClientError, End, Of, Outcome};
use futures_util::stream::{self, Stream, StreamExt as _};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::engine::{Engine, Named, Problems};
use super::within::store;
use crate::app::AppState;
use crate::auth::{Standing, User};
use crate::engines::{self, EngineError, Line, SOON};
use crate::error::{ApiError, ApiResult};
use crate::extract::{Json, Query};
use crate::store::install;

/// How many connections are listed when nothing is said, and at most.
const LISTED: usize = 1000;
const MOST_LISTED: usize = 10_000;
/// A log is followed for so long; browsers then ask again.
const FOLLOWED: Duration = Duration::from_secs(300);
/// How often it is looked whether who follows it may.
const LOOKED_AT: Duration = Duration::from_secs(2);

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(connections))
        .routes(routes!(rules))
        .routes(routes!(parameters))
        .routes(routes!(failures))
        .routes(routes!(update))
        .routes(routes!(refresh))
        .routes(routes!(events))
        .merge(traces::routes())
}

/// The engines of the server's machine, with what each says of itself or why it does not answer; for
/// administrators of the server.
#[utoipa::path(get, path = "/engines", tag = "engines", params(ForStore),
    responses(
        (status = OK, body = Engines),
        (status = FORBIDDEN, body = api::Problem),
        (status = NOT_FOUND, body = api::Problem),
    ))]
async fn list(
    State(state): State<AppState>,
    user: User,
    Query(asked): Query<ForStore>,
) -> ApiResult<Json<Engines>> {
    user.require_administrator()?;
    let installs = match &asked.store {
        Some(name) => {
            let (found, _) = store(&state, &user, name, Role::Viewer).await?;
            install::current(&state.db, found.id).await?
        }
        None => Vec::new(),
    };
    let directory = &state.settings.engines;
    let mut engines = engines::all(directory).await;
    for engine in &mut engines {
        if let Some(status) = &engine.status {
            engine.stacks = engines::stacks(status, &installs);
        }
    }
    Ok(Json(Engines {
        directory: directory.display().to_string(),
        at: state.clock.rfc3339(),
        engines,
    }))
}

#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct ForStore {
    /// A store: which of its stacks an engine reads the installed files of is said, too.
    store: Option<String>,
}

/// Which connections.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct Asked {
    /// The name of a rule.
    rule: Option<String>,
    /// The address of the partner.
    #[param(value_type = Option<String>)]
    remote: Option<IpAddr>,
    /// The local or the remote port.
    port: Option<u16>,
    /// The job name, in any case.
    job: Option<String>,
    /// The number of one connection.
    connection: Option<u32>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct Most {
    /// At most so many, 10000 at most; 1000 when nothing is said.
    limit: Option<usize>,
}

impl Asked {
    fn which(self) -> EngineWhich {
        EngineWhich {
            rule: self.rule,
            remote: self.remote,
            port: self.port,
            job: self.job,
            connection: self.connection,
        }
    }
}

/// The connections of an engine that are open, the newest first; for administrators of the server.
#[utoipa::path(get, path = "/engines/{engine}/connections", tag = "engines",
    params(Named, Asked, Most),
    responses((status = OK, body = EngineConnections), Problems))]
async fn connections(
    engine: Engine,
    Query(asked): Query<Asked>,
    Query(Most { limit }): Query<Most>,
) -> ApiResult<Json<EngineConnections>> {
    let limit = limit.unwrap_or(LISTED).min(MOST_LISTED);
    let which = asked.which();
    let answer = engine.ask(&Ask::Connections { which }).await?;
    let Answer::Connections { mut connections } = answer else {
        return Err(EngineError::Other.into());
    };
    let total = connections.len();
    connections.sort_by_key(|one| (one.age, std::cmp::Reverse(one.id)));
    connections.truncate(limit);
    Ok(Json(EngineConnections {
        connections,
        total,
        at: engine.now(),
    }))
}

/// What each rule of an engine took since when; for administrators of the server.
#[utoipa::path(get, path = "/engines/{engine}/rules", tag = "engines",
    params(Named),
    responses((status = OK, body = EngineRules), Problems))]
async fn rules(engine: Engine) -> ApiResult<Json<EngineRules>> {
    let Answer::Rules { rules } = engine.ask(&Ask::Rules).await? else {
        return Err(EngineError::Other.into());
    };
    let at = engine.now();
    Ok(Json(EngineRules { rules, at }))
}

/// Whose parameters: one of both.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct Whose {
    /// The name of a rule, by the policy as it is now.
    rule: Option<String>,
    /// The number of an open connection, by the policy as it was when it came.
    connection: Option<u32>,
}

/// What counts for a rule or a connection of an engine, with the file and line that it comes from; for
/// administrators of the server.
#[utoipa::path(get, path = "/engines/{engine}/parameters", tag = "engines",
    params(Named, Whose),
    responses((status = OK, body = EngineParameters), (status = BAD_REQUEST, body = api::Problem), Problems))]
async fn parameters(
    engine: Engine,
    Query(whose): Query<Whose>,
) -> ApiResult<Json<EngineParameters>> {
    let of = match (whose.rule, whose.connection) {
        (Some(rule), None) => Of::Rule(rule),
        (None, Some(connection)) => Of::Connection(connection),
        _ => {
            return Err(ApiError::bad_request(
                "name a rule or a connection, and not both",
            ));
        }
    };
    let answer = engine.ask(&Ask::Parameters { of }).await?;
    let Answer::Parameters { rule, parameters } = answer else {
        return Err(EngineError::Other.into());
    };
    Ok(Json(EngineParameters { rule, parameters }))
}

#[derive(Clone, Copy, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct Newer {
    /// Only those with larger numbers.
    after: Option<u64>,
}

/// Handshakes of an engine that failed, and connections that TLS ended, the newest first, with why that was and
/// what helps; for administrators of the server.
#[utoipa::path(get, path = "/engines/{engine}/failures", tag = "engines",
    params(Named, Asked, Newer),
    responses((status = OK, body = EngineFailures), Problems))]
async fn failures(
    engine: Engine,
    Query(asked): Query<Asked>,
    Query(Newer { after }): Query<Newer>,
) -> ApiResult<Json<EngineFailures>> {
    let question = Ask::Failures {
        which: asked.which(),
        after,
    };
    let Answer::Failures { mut failures } = engine.ask(&question).await? else {
        return Err(EngineError::Other.into());
    };
    failures.reverse();
    Ok(Json(EngineFailures { failures }))
}

/// Has an engine read its policy and key rings again if any of their files changed; answers what came of it.
/// For administrators of the server.
#[utoipa::path(post, path = "/engines/{engine}/update", tag = "engines",
    params(Named),
    responses((status = OK, body = EngineLoaded), Problems))]
async fn update(engine: Engine) -> ApiResult<Json<EngineLoaded>> {
    load(&engine, Ask::Update).await
}

/// The same whether they changed or not.
#[utoipa::path(post, path = "/engines/{engine}/refresh", tag = "engines",
    params(Named),
    responses((status = OK, body = EngineLoaded), Problems))]
async fn refresh(engine: Engine) -> ApiResult<Json<EngineLoaded>> {
    load(&engine, Ask::Refresh).await
}

async fn load(engine: &Engine, order: Ask) -> ApiResult<Json<EngineLoaded>> {
    let Answer::Loaded(loaded) = engine.ask(&order).await? else {
        return Err(EngineError::Other.into());
    };
    let outcome = match loaded.outcome {
        Outcome::Replaced => "new connections meet it",
        Outcome::Unchanged => "nothing had changed",
        Outcome::Kept => "it has errors, and the one from before stays in effect",
    };
    let what = format!("had the engine {} read its policy: {outcome}", engine.name);
    engine.note(what, json!({ "rules": loaded.rules })).await;
    Ok(Json(loaded))
}

/// What the log of an engine says from now on, as server-sent events, one for each message; for
/// administrators of the server. It ends after five minutes: ask again; and when whoever asked is logged out.
#[utoipa::path(get, path = "/engines/{engine}/events", tag = "engines",
    params(Named),
    responses((status = OK, content_type = "text/event-stream", body = String), Problems))]
async fn events(
    State(state): State<AppState>,
    engine: Engine,
    standing: Standing,
) -> ApiResult<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    let place = state.listeners.0.clone().try_acquire_owned();
    let place = place.map_err(|_| {
        ApiError::unavailable("8 pages follow the logs of engines already. Close one of them.")
    })?;
    let begin = async {
        let mut line = Line::connect(&engine.socket).await?;
        line.say(&Ask::Events).await?;
        Ok::<_, ClientError>(line)
    };
    let line = timeout(SOON, begin).await;
    let line = line.map_err(|_| EngineError::Silent(SOON))?;
    let line = line.map_err(EngineError::from)?;
    let told = told(line, Instant::now() + FOLLOWED, place);
    let told = told.take_until(Box::pin(may_no_more(state, standing)));
    Ok(Sse::new(told).keep_alive(KeepAlive::default()))
}

/// Ends when who is let in is no administrator any more.
async fn may_no_more(state: AppState, standing: Standing) {
    loop {
        sleep(LOOKED_AT).await;
        if !standing.is_administrator(&state).await {
            return;
        }
    }
}

/// Each message of the log, until the engine or the time ends.
fn told(
    line: Line,
    end: Instant,
    place: OwnedSemaphorePermit,
) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold((line, place), move |(mut line, place)| async move {
        let event = match timeout_at(end, line.heard()).await {
            Ok(Ok(Some(Answer::Event { line }))) => Event::default().data(line),
            Ok(Ok(Some(Answer::Ended { why: End::TooSlow }))) => {
                Event::default().event("missed").data("too slow")
            }
            Ok(Ok(Some(Answer::Refused { why }))) => Event::default().event("refused").data(why),
            Ok(Ok(_) | Err(_)) | Err(_) => return None,
        };
        Some((Ok(event), (line, place)))
    })
}
