//! The engines of the server's machine: seeing and steering them. For administrators of the server: engines
//! belong to the machine and not to a store, and tell who is connected to what runs there.

use std::convert::Infallible;
use std::net::IpAddr;
use std::time::Duration;

use api::account::Role;
use api::engine::{
    EngineConnections, EngineFailures, EngineLoaded, EngineParameters, EngineRecords, EngineRules,
    EngineTrace, EngineTraces, EngineWhich, Engines, NewEngineTrace,
};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use control::{Answer, Ask, ClientError, End, Of, Outcome};
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout, timeout_at};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::within::store;
use crate::app::AppState;
use crate::auth::User;
use crate::engines::{self, EngineError, LOAD, Line, SOON};
use crate::error::{ApiError, ApiResult};
use crate::extract::{Json, Path, Query};
use crate::store::install;

/// How many connections are listed when nothing is said, and at most.
const LISTED: usize = 1000;
const MOST_LISTED: usize = 10_000;
/// A log is followed for so long; browsers then ask again, and the session is looked at.
const FOLLOWED: Duration = Duration::from_secs(300);

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(connections))
        .routes(routes!(rules))
        .routes(routes!(parameters))
        .routes(routes!(traces, begin_trace, end_traces))
        .routes(routes!(end_trace))
        .routes(routes!(failures))
        .routes(routes!(records))
        .routes(routes!(pcapng))
        .routes(routes!(update))
        .routes(routes!(refresh))
        .routes(routes!(events))
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

/// Which connections, and how many of them.
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
    params(("engine" = String, Path, description = "Name of the engine"), Asked),
    responses(
        (status = OK, body = EngineConnections),
        (status = FORBIDDEN, body = api::Problem),
        (status = NOT_FOUND, body = api::Problem),
        (status = SERVICE_UNAVAILABLE, body = api::Problem),
    ))]
async fn connections(
    State(state): State<AppState>,
    user: User,
    Path(engine): Path<String>,
    Query(asked): Query<Asked>,
) -> ApiResult<Json<EngineConnections>> {
    let limit = asked.limit.unwrap_or(LISTED).min(MOST_LISTED);
    let which = asked.which();
    let answer = ask(&state, &user, &engine, &Ask::Connections { which }).await?;
    let Answer::Connections { mut connections } = answer else {
        return Err(EngineError::Other.into());
    };
    let total = connections.len();
    connections.sort_by_key(|one| (one.age, std::cmp::Reverse(one.id)));
    connections.truncate(limit);
    Ok(Json(EngineConnections {
        connections,
        total,
        at: state.clock.rfc3339(),
    }))
}

/// What each rule of an engine took since when; for administrators of the server.
#[utoipa::path(get, path = "/engines/{engine}/rules", tag = "engines",
    params(("engine" = String, Path, description = "Name of the engine")),
    responses(
        (status = OK, body = EngineRules),
        (status = FORBIDDEN, body = api::Problem),
        (status = NOT_FOUND, body = api::Problem),
        (status = SERVICE_UNAVAILABLE, body = api::Problem),
    ))]
async fn rules(
    State(state): State<AppState>,
    user: User,
    Path(engine): Path<String>,
) -> ApiResult<Json<EngineRules>> {
    let Answer::Rules { rules } = ask(&state, &user, &engine, &Ask::Rules).await? else {
        return Err(EngineError::Other.into());
    };
    let at = state.clock.rfc3339();
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
    params(("engine" = String, Path, description = "Name of the engine"), Whose),
    responses(
        (status = OK, body = EngineParameters),
        (status = BAD_REQUEST, body = api::Problem),
        (status = FORBIDDEN, body = api::Problem),
        (status = NOT_FOUND, body = api::Problem),
        (status = CONFLICT, body = api::Problem),
        (status = SERVICE_UNAVAILABLE, body = api::Problem),
    ))]
async fn parameters(
    State(state): State<AppState>,
    user: User,
    Path(engine): Path<String>,
    Query(whose): Query<Whose>,
) -> ApiResult<Json<EngineParameters>> {
    user.require_administrator()?;
    let of = match (whose.rule, whose.connection) {
        (Some(rule), None) => Of::Rule(rule),
        (None, Some(connection)) => Of::Connection(connection),
        _ => {
            return Err(ApiError::bad_request(
                "name a rule or a connection, and not both",
            ));
        }
    };
    let answer = ask(&state, &user, &engine, &Ask::Parameters { of }).await?;
    let Answer::Parameters { rule, parameters } = answer else {
        return Err(EngineError::Other.into());
    };
    Ok(Json(EngineParameters { rule, parameters }))
}

/// The traces of an engine that go on; for administrators of the server.
#[utoipa::path(get, path = "/engines/{engine}/traces", tag = "engines",
    params(("engine" = String, Path, description = "Name of the engine")),
    responses(
        (status = OK, body = EngineTraces),
        (status = FORBIDDEN, body = api::Problem),
        (status = NOT_FOUND, body = api::Problem),
        (status = SERVICE_UNAVAILABLE, body = api::Problem),
    ))]
async fn traces(
    State(state): State<AppState>,
    user: User,
    Path(engine): Path<String>,
) -> ApiResult<Json<EngineTraces>> {
    let answer = ask(&state, &user, &engine, &Ask::Traces).await?;
    Ok(Json(EngineTraces {
        traces: traces_in(answer)?,
    }))
}

/// Has an engine write more about some connections, for some time; answers the traces that go on. For
/// administrators of the server.
#[utoipa::path(post, path = "/engines/{engine}/traces", tag = "engines", request_body = NewEngineTrace,
    params(("engine" = String, Path, description = "Name of the engine")),
    responses(
        (status = OK, body = EngineTraces),
        (status = FORBIDDEN, body = api::Problem),
        (status = NOT_FOUND, body = api::Problem),
        (status = CONFLICT, body = api::Problem),
        (status = SERVICE_UNAVAILABLE, body = api::Problem),
    ))]
async fn begin_trace(
    State(state): State<AppState>,
    user: User,
    Path(engine): Path<String>,
    Json(body): Json<NewEngineTrace>,
) -> ApiResult<Json<EngineTraces>> {
    let (level, seconds) = (body.level, body.seconds);
    let which = body.which;
    let order = Ask::Trace {
        which: which.clone(),
        level,
        seconds,
        capture: body.capture,
    };
    let traces = traces_in(ask(&state, &user, &engine, &order).await?)?;
    let what = format!("began a trace at the engine {engine} for {seconds} s");
    let details = json!({
        "connections": which, "level": level, "seconds": seconds, "keeps handshakes": body.capture,
    });
    note(&state, &user, what, details).await;
    Ok(Json(EngineTraces { traces }))
}

/// Ends all traces of an engine before their time; for administrators of the server.
#[utoipa::path(delete, path = "/engines/{engine}/traces", tag = "engines",
    params(("engine" = String, Path, description = "Name of the engine")),
    responses(
        (status = OK, body = EngineTraces),
        (status = FORBIDDEN, body = api::Problem),
        (status = NOT_FOUND, body = api::Problem),
        (status = SERVICE_UNAVAILABLE, body = api::Problem),
    ))]
async fn end_traces(
    State(state): State<AppState>,
    user: User,
    Path(engine): Path<String>,
) -> ApiResult<Json<EngineTraces>> {
    end(&state, &user, &engine, None).await
}

/// Ends a trace of an engine before its time; answers those that go on. For administrators of the server.
#[utoipa::path(delete, path = "/engines/{engine}/traces/{trace}", tag = "engines",
    params(("engine" = String, Path, description = "Name of the engine"),
           ("trace" = u32, Path, description = "Number of the trace")),
    responses(
        (status = OK, body = EngineTraces),
        (status = FORBIDDEN, body = api::Problem),
        (status = NOT_FOUND, body = api::Problem),
        (status = CONFLICT, body = api::Problem),
        (status = SERVICE_UNAVAILABLE, body = api::Problem),
    ))]
async fn end_trace(
    State(state): State<AppState>,
    user: User,
    Path((engine, trace)): Path<(String, u32)>,
) -> ApiResult<Json<EngineTraces>> {
    end(&state, &user, &engine, Some(trace)).await
}

async fn end(
    state: &AppState,
    user: &User,
    engine: &str,
    number: Option<u32>,
) -> ApiResult<Json<EngineTraces>> {
    let traces = traces_in(ask(state, user, engine, &Ask::EndTrace { number }).await?)?;
    let what = match number {
        Some(number) => format!("ended trace {number} at the engine {engine}"),
        None => format!("ended all traces at the engine {engine}"),
    };
    note(state, user, what, json!(null)).await;
    Ok(Json(EngineTraces { traces }))
}

/// Which failures, and how many of them.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct Failed {
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
    /// Only those with larger numbers.
    after: Option<u64>,
}

/// Handshakes of an engine that failed, and connections that TLS ended, the newest first, with why that was and
/// what helps; for administrators of the server.
#[utoipa::path(get, path = "/engines/{engine}/failures", tag = "engines",
    params(("engine" = String, Path, description = "Name of the engine"), Failed),
    responses(
        (status = OK, body = EngineFailures),
        (status = FORBIDDEN, body = api::Problem),
        (status = NOT_FOUND, body = api::Problem),
        (status = SERVICE_UNAVAILABLE, body = api::Problem),
    ))]
async fn failures(
    State(state): State<AppState>,
    user: User,
    Path(engine): Path<String>,
    Query(failed): Query<Failed>,
) -> ApiResult<Json<EngineFailures>> {
    let question = Ask::Failures {
        which: EngineWhich {
            rule: failed.rule,
            remote: failed.remote,
            port: failed.port,
            job: failed.job,
            connection: failed.connection,
        },
        after: failed.after,
    };
    let Answer::Failures { mut failures } = ask(&state, &user, &engine, &question).await? else {
        return Err(EngineError::Other.into());
    };
    failures.reverse();
    Ok(Json(EngineFailures { failures }))
}

#[derive(Clone, Copy, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct After {
    /// Only records with larger numbers; all when nothing is said.
    after: u64,
}

/// What a trace of an engine has kept, in words, also of one that is over; for administrators of the server.
#[utoipa::path(get, path = "/engines/{engine}/traces/{trace}/records", tag = "engines",
    params(("engine" = String, Path, description = "Name of the engine"),
           ("trace" = u32, Path, description = "Number of the trace"), After),
    responses(
        (status = OK, body = EngineRecords),
        (status = FORBIDDEN, body = api::Problem),
        (status = NOT_FOUND, body = api::Problem),
        (status = CONFLICT, body = api::Problem),
        (status = SERVICE_UNAVAILABLE, body = api::Problem),
    ))]
async fn records(
    State(state): State<AppState>,
    user: User,
    Path((engine, trace)): Path<(String, u32)>,
    Query(After { after }): Query<After>,
) -> ApiResult<Json<EngineRecords>> {
    let question = Ask::Captured { trace, after };
    match ask(&state, &user, &engine, &question).await? {
        Answer::Captured { records, dropped } => Ok(Json(EngineRecords { records, dropped })),
        _ => Err(EngineError::Other.into()),
    }
}

#[derive(Clone, Copy, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct Packets {
    /// With the secrets by which the handshakes of TLS 1.3 can be read; without them when nothing is said.
    secrets: bool,
}

/// The same as packets (pcapng), for tshark and Wireshark; for administrators of the server.
#[utoipa::path(get, path = "/engines/{engine}/traces/{trace}/pcapng", tag = "engines",
    params(("engine" = String, Path, description = "Name of the engine"),
           ("trace" = u32, Path, description = "Number of the trace"), Packets),
    responses(
        (status = OK, content_type = "application/octet-stream", body = Vec<u8>),
        (status = FORBIDDEN, body = api::Problem),
        (status = NOT_FOUND, body = api::Problem),
        (status = CONFLICT, body = api::Problem),
        (status = SERVICE_UNAVAILABLE, body = api::Problem),
    ))]
async fn pcapng(
    State(state): State<AppState>,
    user: User,
    Path((engine, trace)): Path<(String, u32)>,
    Query(Packets { secrets }): Query<Packets>,
) -> ApiResult<Response> {
    let question = Ask::Pcapng {
        trace,
        without_secrets: !secrets,
    };
    let Answer::Pcapng { base64 } = ask(&state, &user, &engine, &question).await? else {
        return Err(EngineError::Other.into());
    };
    let packets = BASE64_STANDARD.decode(base64);
    let packets = packets.map_err(|_| EngineError::Other)?;
    let with = if secrets { "with" } else { "without" };
    let what = format!(
        "took the packets of trace {trace} from the engine {engine}, {with} the secrets of handshakes"
    );
    note(&state, &user, what, json!(null)).await;
    let file = format!("attachment; filename=\"trace-{trace}.pcapng\"");
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CONTENT_DISPOSITION, file.as_str()),
    ];
    Ok((headers, Bytes::from(packets)).into_response())
}

/// Has an engine read its policy and key rings again if any of their files changed; answers what came of it.
/// For administrators of the server.
#[utoipa::path(post, path = "/engines/{engine}/update", tag = "engines",
    params(("engine" = String, Path, description = "Name of the engine")),
    responses(
        (status = OK, body = EngineLoaded),
        (status = FORBIDDEN, body = api::Problem),
        (status = NOT_FOUND, body = api::Problem),
        (status = CONFLICT, body = api::Problem),
        (status = SERVICE_UNAVAILABLE, body = api::Problem),
    ))]
async fn update(
    State(state): State<AppState>,
    user: User,
    Path(engine): Path<String>,
) -> ApiResult<Json<EngineLoaded>> {
    load(&state, &user, &engine, Ask::Update).await
}

/// The same whether they changed or not.
#[utoipa::path(post, path = "/engines/{engine}/refresh", tag = "engines",
    params(("engine" = String, Path, description = "Name of the engine")),
    responses(
        (status = OK, body = EngineLoaded),
        (status = FORBIDDEN, body = api::Problem),
        (status = NOT_FOUND, body = api::Problem),
        (status = CONFLICT, body = api::Problem),
        (status = SERVICE_UNAVAILABLE, body = api::Problem),
    ))]
async fn refresh(
    State(state): State<AppState>,
    user: User,
    Path(engine): Path<String>,
) -> ApiResult<Json<EngineLoaded>> {
    load(&state, &user, &engine, Ask::Refresh).await
}

async fn load(
    state: &AppState,
    user: &User,
    engine: &str,
    order: Ask,
) -> ApiResult<Json<EngineLoaded>> {
    let Answer::Loaded(loaded) = ask(state, user, engine, &order).await? else {
        return Err(EngineError::Other.into());
    };
    let outcome = match loaded.outcome {
        Outcome::Replaced => "new connections meet it",
        Outcome::Unchanged => "nothing had changed",
        Outcome::Kept => "it has errors, and the one from before stays in effect",
    };
    let what = format!("had the engine {engine} read its policy: {outcome}");
    note(state, user, what, json!({ "rules": loaded.rules })).await;
    Ok(Json(loaded))
}

/// What the log of an engine says from now on, as server-sent events, one for each message; for
/// administrators of the server. It ends after five minutes: ask again.
#[utoipa::path(get, path = "/engines/{engine}/events", tag = "engines",
    params(("engine" = String, Path, description = "Name of the engine")),
    responses(
        (status = OK, content_type = "text/event-stream", body = String),
        (status = FORBIDDEN, body = api::Problem),
        (status = NOT_FOUND, body = api::Problem),
        (status = SERVICE_UNAVAILABLE, body = api::Problem),
    ))]
async fn events(
    State(state): State<AppState>,
    user: User,
    Path(engine): Path<String>,
) -> ApiResult<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    user.require_administrator()?;
    let path = engines::socket(&state.settings.engines, &engine).await?;
    let place = state.listeners.0.clone().try_acquire_owned();
    let place = place.map_err(|_| {
        ApiError::unavailable("8 pages follow the logs of engines already. Close one of them.")
    })?;
    let begin = async {
        let mut line = Line::connect(&path).await?;
        line.say(&Ask::Events).await?;
        Ok::<_, ClientError>(line)
    };
    let line = timeout(SOON, begin).await;
    let line = line.map_err(|_| EngineError::Silent(SOON))?;
    let line = line.map_err(EngineError::from)?;
    let told = told(line, Instant::now() + FOLLOWED, place);
    Ok(Sse::new(told).keep_alive(KeepAlive::default()))
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

/// Asks an engine on behalf of an administrator.
async fn ask(state: &AppState, user: &User, engine: &str, question: &Ask) -> ApiResult<Answer> {
    user.require_administrator()?;
    let path = engines::socket(&state.settings.engines, engine).await?;
    let patience = match question {
        Ask::Update | Ask::Refresh => LOAD,
        _ => SOON,
    };
    Ok(engines::ask(&path, question, patience).await?)
}

fn traces_in(answer: Answer) -> ApiResult<Vec<EngineTrace>> {
    match answer {
        Answer::Traces { traces } => Ok(traces),
        _ => Err(EngineError::Other.into()),
    }
}

async fn note(state: &AppState, user: &User, what: String, details: serde_json::Value) {
    let mut event = user.event("engine", what);
    event.details = details;
    state.audit.note(event).await;
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
