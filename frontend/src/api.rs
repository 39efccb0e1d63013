//! The typed client of the server's API.
//!
//! Every call returns the answer's type or a [`Failure`]. What a refusal means for a page is the
//! page's business, with one exception: an ended session is announced to the whole page.

pub mod deploy;
pub mod discovery;
pub mod people;
pub mod revisions;

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Reflect;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, RequestInit, Response};

pub use ::api::{ANTI_FORGERY_HEADER, Problem, account, draft, finding, install, server, store};

use account::{LogIn, Me, Setup, SetupState};
use draft::{Draft, Edit, Lock, State, TakeOver};
use store::{NewStore, StoreChange, StoreSummary, StoredConfiguration};

/// Why a call has no answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// The server was not reached; the same call may work later.
    Network,
    /// The server answered, and its answer is no.
    Refused(Box<Problem>),
}

impl Failure {
    /// The password that was asked for again is wrong.
    pub fn is_wrong_password(&self) -> bool {
        matches!(self, Self::Refused(problem) if problem.code == "wrong-password")
    }

    /// What happened and what to do, for a person.
    pub fn words(&self) -> String {
        match self {
            Self::Network => "The server does not answer.".to_owned(),
            Self::Refused(problem) => match &problem.detail {
                Some(detail) => format!("{} {detail}", sentence(&problem.title)),
                None => sentence(&problem.title),
            },
        }
    }
}

/// Words as a sentence of its own.
pub fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let mut sentence: String = letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    });
    if !sentence.ends_with(['.', '?']) {
        sentence.push('.');
    }
    sentence
}

pub type Answer<T> = Result<T, Failure>;

thread_local! {
    static ON_SESSION_END: RefCell<Option<Rc<dyn Fn()>>> = const { RefCell::new(None) };
}

/// Called whenever the server says that nobody is logged in.
pub fn on_session_end(call: impl Fn() + 'static) {
    ON_SESSION_END.set(Some(Rc::new(call)));
}

/// A part of an address, with everything escaped that means something there.
pub fn escape(part: &str) -> String {
    use std::fmt::Write;
    let mut escaped = String::with_capacity(part.len());
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

/// Bodies up to here are sent so that they survive the page: the browsers' limit is 64 KiB in all.
const KEEPALIVE_MAX: usize = 30_000;

fn request(method: &str, body: Option<&str>, kind: &str) -> Result<RequestInit, JsValue> {
    let headers = Headers::new()?;
    headers.set("accept", "application/json, application/problem+json")?;
    if method != "GET" {
        headers.set(ANTI_FORGERY_HEADER, "1")?;
    }
    let init = RequestInit::new();
    init.set_method(method);
    if let Some(body) = body {
        headers.set("content-type", kind)?;
        init.set_body(&JsValue::from_str(body));
        // A reload right after typing must not cut off the edit that is on its way.
        Reflect::set(
            &init,
            &"keepalive".into(),
            &(body.len() < KEEPALIVE_MAX).into(),
        )?;
    }
    init.set_headers(&headers);
    Ok(init)
}

async fn fetch(
    method: &str,
    path: &str,
    body: Option<&str>,
    kind: &str,
) -> Result<(u16, String), JsValue> {
    let window = web_sys::window().ok_or("no window")?;
    let init = request(method, body, kind)?;
    let url = format!("/api/v1{path}");
    let response: Response = JsFuture::from(window.fetch_with_str_and_init(&url, &init))
        .await?
        .dyn_into()?;
    let text = JsFuture::from(response.text()?).await?;
    Ok((response.status(), text.as_string().unwrap_or_default()))
}

async fn text(method: &str, path: &str, body: Option<&str>, kind: &str) -> Answer<String> {
    let (status, text) = fetch(method, path, body, kind)
        .await
        .map_err(|_| Failure::Network)?;
    if (200..300).contains(&status) {
        return Ok(text);
    }
    // A gateway in front of a server that is gone.
    let problem = parse::<Problem>(&text);
    if matches!(status, 502..=504) && problem.is_err() {
        return Err(Failure::Network);
    }
    let problem = problem.unwrap_or_else(|_| Problem {
        title: format!("the server answered {status}"),
        status,
        ..Problem::default()
    });
    if status == 401 && !path.starts_with("/session") && !path.starts_with("/setup") {
        let call = ON_SESSION_END.with_borrow(Clone::clone);
        if let Some(call) = call {
            call();
        }
    }
    Err(Failure::Refused(Box::new(problem)))
}

fn read<T: DeserializeOwned>(text: &str) -> Answer<T> {
    // An answer without a body reads as `()`.
    let text = if text.is_empty() { "null" } else { text };
    parse(text).map_err(|error| {
        Failure::Refused(Box::new(Problem {
            title: "the server's answer is not understood".to_owned(),
            detail: Some(format!(
                "{error}. Reload the page: it may be older than the server."
            )),
            ..Problem::default()
        }))
    })
}

/// By way of a [`Value`], which the forms use as well: reading each type in two ways would be
/// a tenth of what a browser has to load.
pub fn parse<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    serde_json::from_str::<Value>(text).and_then(serde_json::from_value)
}

/// The text of a body, by the same way.
fn print(body: &impl Serialize) -> Answer<String> {
    let value = serde_json::to_value(body).map_err(|_| Failure::Network)?;
    Ok(value.to_string())
}

pub async fn get<T: DeserializeOwned>(path: &str) -> Answer<T> {
    read(&text("GET", path, None, "").await?)
}

/// Sends `body` as JSON with `method`.
pub async fn send<T: DeserializeOwned>(
    method: &str,
    path: &str,
    body: &impl Serialize,
) -> Answer<T> {
    let body = print(body)?;
    read(&text(method, path, Some(&body), "application/json").await?)
}

/// Sends a store's export, which is one line of JSON for each part.
async fn send_export<T: DeserializeOwned>(method: &str, path: &str, body: &str) -> Answer<T> {
    read(&text(method, path, Some(body), "application/x-ndjson").await?)
}

pub async fn delete(path: &str) -> Answer<()> {
    text("DELETE", path, None, "").await.map(drop)
}

/// The set-up around a stack's policy files.
pub async fn stack_setup(store: &str, stack: &str) -> Answer<::api::setup::StackSetup> {
    get(&store_path(store, &format!("/setup/{}", escape(stack)))).await
}

/// How far the set-up of each stack is.
pub async fn setup_progress(store: &str) -> Answer<Vec<::api::setup::SetupProgress>> {
    get(&store_path(store, "/setup")).await
}

pub async fn setup_state() -> Answer<SetupState> {
    get("/setup").await
}

pub async fn set_up(setup: &Setup) -> Answer<()> {
    let _: serde_json::Value = send("POST", "/setup", setup).await?;
    Ok(())
}

pub async fn me() -> Answer<Me> {
    get("/session").await
}

pub async fn log_in(name: &str, password: &str) -> Answer<()> {
    let body = LogIn {
        name: name.to_owned(),
        password: password.to_owned(),
    };
    let _: serde_json::Value = send("POST", "/session", &body).await?;
    Ok(())
}

pub async fn log_out() -> Answer<()> {
    delete("/session").await
}

pub async fn stores() -> Answer<Vec<StoreSummary>> {
    get("/stores").await
}

/// The path of a store's part of the API; `rest` begins with a slash or is empty.
pub fn store_path(store: &str, rest: &str) -> String {
    format!("/stores/{}{rest}", escape(store))
}

pub async fn create_store(new: &NewStore) -> Answer<StoreSummary> {
    send("POST", "/stores", new).await
}

pub async fn change_store(store: &str, change: &StoreChange) -> Answer<()> {
    let _: serde_json::Value = send("PATCH", &store_path(store, ""), change).await?;
    Ok(())
}

/// The address of a store's export, for a link that downloads.
pub fn export_href(store: &str) -> String {
    format!("/api/v1{}", store_path(store, "/export"))
}

/// The protected ports of the newest revision as a file; `format`: `csv`, `markdown`, `html`, `json`.
pub fn ports_href(store: &str, format: &str) -> String {
    format!(
        "/api/v1{}",
        store_path(store, &format!("/ports?format={format}"))
    )
}

/// What differs between two revisions as a file, in the same formats.
pub fn changes_href(store: &str, from: i64, to: i64, format: &str) -> String {
    let query = format!("/compare?from={from}&to={to}&format={format}");
    format!("/api/v1{}", store_path(store, &query))
}

pub async fn import_store(name: &str, export: &str) -> Answer<StoreSummary> {
    send_export(
        "POST",
        &format!("/store-imports?name={}", escape(name)),
        export,
    )
    .await
}

pub async fn configuration(store: &str) -> Answer<StoredConfiguration> {
    get(&store_path(store, "/configuration")).await
}

pub async fn my_draft(store: &str) -> Answer<Draft> {
    get(&store_path(store, "/draft")).await
}

pub async fn state(store: &str) -> Answer<State> {
    get(&store_path(store, "/state")).await
}

pub async fn edit(store: &str, edit: &Edit) -> Answer<Draft> {
    send("POST", &store_path(store, "/draft/edits"), edit).await
}

pub async fn undo(store: &str) -> Answer<Draft> {
    send(
        "POST",
        &store_path(store, "/draft/undo"),
        &serde_json::json!({}),
    )
    .await
}

pub async fn redo(store: &str) -> Answer<Draft> {
    send(
        "POST",
        &store_path(store, "/draft/redo"),
        &serde_json::json!({}),
    )
    .await
}

pub async fn take_over(store: &str, object: &str, reason: &str) -> Answer<Lock> {
    let path = store_path(store, &format!("/locks/{}/take-over", escape(object)));
    send(
        "POST",
        &path,
        &TakeOver {
            reason: reason.to_owned(),
        },
    )
    .await
}
