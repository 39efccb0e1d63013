//! Traces of an engine, and what they keep.

use api::engine::{EngineRecords, EngineTrace, EngineTraces, NewEngineTrace};
use axum::body::Bytes;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use control::{Answer, Ask};
use serde::Deserialize;
use serde_json::json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::engine::{Engine, Named, Problems};
use crate::app::AppState;
use crate::engines::EngineError;
use crate::error::ApiResult;
use crate::extract::{Json, Path, Query};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(traces, begin_trace, end_traces))
        .routes(routes!(end_trace))
        .routes(routes!(records))
        .routes(routes!(pcapng))
}

#[derive(Clone, Copy, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
struct Numbered {
    /// Number of the trace.
    trace: u32,
}

/// The traces of an engine that go on; for administrators of the server.
#[utoipa::path(get, path = "/engines/{engine}/traces", tag = "engines",
    params(Named),
    responses((status = OK, body = EngineTraces), Problems))]
async fn traces(engine: Engine) -> ApiResult<Json<EngineTraces>> {
    let answer = engine.ask(&Ask::Traces).await?;
    Ok(Json(EngineTraces {
        traces: traces_in(answer)?,
    }))
}

/// Has an engine write more about some connections, for some time; answers the traces that go on. For
/// administrators of the server.
#[utoipa::path(post, path = "/engines/{engine}/traces", tag = "engines", request_body = NewEngineTrace,
    params(Named),
    responses((status = OK, body = EngineTraces), Problems))]
async fn begin_trace(
    engine: Engine,
    Json(body): Json<NewEngineTrace>,
) -> ApiResult<Json<EngineTraces>> {
    let (level, seconds) = (body.level, body.seconds);
    let which = body.which;
    let order = Ask::Trace {
        which: which.clone(),
        level,
        seconds,
        capture: body.capture,
        clear_text: body.clear_text.clone(),
    };
    let traces = traces_in(engine.ask(&order).await?)?;
    let what = format!(
        "began a trace at the engine {} for {seconds} s",
        engine.name
    );
    let details = json!({
        "connections": which, "level": level, "seconds": seconds, "keeps handshakes": body.capture,
        "keeps what programs say, because": body.clear_text,
    });
    engine.note(what, details).await;
    Ok(Json(EngineTraces { traces }))
}

/// Ends all traces of an engine before their time; for administrators of the server.
#[utoipa::path(delete, path = "/engines/{engine}/traces", tag = "engines",
    params(Named),
    responses((status = OK, body = EngineTraces), Problems))]
async fn end_traces(engine: Engine) -> ApiResult<Json<EngineTraces>> {
    end(&engine, None).await
}

/// Ends a trace of an engine before its time; answers those that go on. For administrators of the server.
#[utoipa::path(delete, path = "/engines/{engine}/traces/{trace}", tag = "engines",
    params(Named, Numbered),
    responses((status = OK, body = EngineTraces), Problems))]
async fn end_trace(
    engine: Engine,
    Path(Numbered { trace }): Path<Numbered>,
) -> ApiResult<Json<EngineTraces>> {
    end(&engine, Some(trace)).await
}

async fn end(engine: &Engine, number: Option<u32>) -> ApiResult<Json<EngineTraces>> {
    let traces = traces_in(engine.ask(&Ask::EndTrace { number }).await?)?;
    let what = match number {
        Some(number) => format!("ended trace {number} at the engine {}", engine.name),
        None => format!("ended all traces at the engine {}", engine.name),
    };
    engine.note(what, json!(null)).await;
    Ok(Json(EngineTraces { traces }))
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
    params(Named, Numbered, After),
    responses((status = OK, body = EngineRecords), Problems))]
async fn records(
    engine: Engine,
    Path(Numbered { trace }): Path<Numbered>,
    Query(After { after }): Query<After>,
) -> ApiResult<Json<EngineRecords>> {
    let question = Ask::Captured { trace, after };
    match engine.ask(&question).await? {
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
    params(Named, Numbered, Packets),
    responses((status = OK, content_type = "application/octet-stream", body = Vec<u8>), Problems))]
async fn pcapng(
    engine: Engine,
    Path(Numbered { trace }): Path<Numbered>,
    Query(Packets { secrets }): Query<Packets>,
) -> ApiResult<Response> {
    let question = Ask::Pcapng {
        trace,
        without_secrets: !secrets,
    };
    let Answer::Pcapng { base64, clear_text } = engine.ask(&question).await? else {
        return Err(EngineError::Other.into());
    };
    let packets = BASE64_STANDARD.decode(base64);
    let packets = packets.map_err(|_| EngineError::Other)?;
    let with = match (secrets, &clear_text) {
        (false, _) => "without secrets",
        (true, None) => "with the secrets of handshakes",
        (true, Some(_)) => "with the secrets of what programs say",
    };
    let what = format!(
        "took the packets of trace {trace} from the engine {}, {with}",
        engine.name
    );
    engine
        .note(what, json!({ "kept because": clear_text }))
        .await;
    let file = format!("attachment; filename=\"trace-{trace}.pcapng\"");
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CONTENT_DISPOSITION, file.as_str()),
    ];
    Ok((headers, Bytes::from(packets)).into_response())
}

fn traces_in(answer: Answer) -> ApiResult<Vec<EngineTrace>> {
    match answer {
        Answer::Traces { traces } => Ok(traces),
        _ => Err(EngineError::Other.into()),
    }
}
