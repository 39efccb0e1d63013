//! A server with a clock that stands still, and clients for it.

use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use api::ANTI_FORGERY_HEADER;
use api::account::Role;
use api::store::NewStore;
use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, Response, StatusCode, header};
use generator::objects::{Entry, Object, ObjectId, SecurityLevel};
use http_body_util::BodyExt;
use serde_json::Value;
use server::auth::account::{self, Insert};
use server::auth::audit::{AuditLog, Event};
use server::auth::{member, session};
use server::db::Db;
use server::security::client::Peer;
use server::store::{Actor, stores};
use server::{AppState, Clock, Settings};
use tempfile::TempDir;
use time::OffsetDateTime;
use tokio::sync::OnceCell;
use tower::ServiceExt;

/// The password of every account that a test makes.
pub const PASSWORD: &str = "brunnenfrosch 7";

pub struct TestServer {
    pub state: AppState,
    pub router: Router,
    pub audit: Arc<MemoryAudit>,
    pub dir: TempDir,
    now: Arc<AtomicI64>,
}

impl TestServer {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::in_dir(tempfile::tempdir().unwrap(), change).await
    }

    /// The same data again, as after a restart.
    pub async fn restart(self) -> Self {
        self.state.db.close().await;
        let Self { dir, now, .. } = self;
        drop(self.router);
        drop(self.state);
        let again = Self::in_dir(dir, |_| {}).await;
        again
            .now
            .store(now.load(Ordering::SeqCst), Ordering::SeqCst);
        again
    }

    async fn in_dir(dir: TempDir, change: impl FnOnce(&mut Settings)) -> Self {
        let db = Db::open(&dir.path().join("gatehouse.db"), true)
            .await
            .unwrap();
        let mut settings = Settings {
            data: dir.path().to_owned(),
            ..Settings::default()
        };
        change(&mut settings);
        let now = Arc::new(AtomicI64::new(1_800_000_000));
        let audit = Arc::new(MemoryAudit::default());
        let mut state = AppState::new(db, settings);
        let clock = now.clone();
        state.clock = Clock::from_fn(move || {
            OffsetDateTime::from_unix_timestamp(clock.load(Ordering::SeqCst)).unwrap()
        });
        state.audit = audit.clone();
        state.supplied = supplied;
        Self {
            router: server::app(state.clone()),
            state,
            audit,
            dir,
            now,
        }
    }

    pub fn advance(&self, time: Duration) {
        let seconds = i64::try_from(time.as_secs()).unwrap();
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }

    pub fn back(&self, time: Duration) {
        let seconds = i64::try_from(time.as_secs()).unwrap();
        self.now.fetch_sub(seconds, Ordering::SeqCst);
    }

    /// Makes an account with [`PASSWORD`].
    pub async fn account(&self, name: &str, administrator: bool) {
        static HASH: OnceCell<String> = OnceCell::const_new();
        let hash = HASH
            .get_or_init(|| async {
                let passwords = self.state.passwords.clone();
                passwords.hash(PASSWORD.to_owned()).await.unwrap()
            })
            .await;
        let new = Insert {
            name: &name.parse().unwrap(),
            password_hash: hash,
            administrator,
            must_change_password: false,
            now: self.state.clock.unix(),
        };
        assert!(account::add(&self.state.db, &new).await.unwrap());
    }

    /// Makes an account that is a member of a store, and logs it in.
    pub async fn member(&self, name: &str, store: &str, role: Role) -> Client {
        self.account(name, false).await;
        let (store, _) = stores::find(&self.state.db, store, "").await.unwrap();
        let mut connection = self.state.db.unwatched().acquire().await.unwrap();
        member::grant(&mut connection, store.id.0, name, role)
            .await
            .unwrap();
        drop(connection);
        self.logged_in(name).await
    }

    /// Makes a backing store.
    pub async fn store(&self, name: &str) {
        let maker = Actor {
            name: "test".into(),
            source: "test".into(),
        };
        let new = NewStore {
            name: name.into(),
            description: String::new(),
            copy_of: None,
        };
        stores::create(&self.state.db, &maker, &new, &supplied())
            .await
            .unwrap();
    }

    /// A browser with a session of this account, without the work of a log-in.
    pub async fn logged_in(&self, name: &str) -> Client {
        let now = self.state.clock.unix();
        let new = session::create(&self.state.db, name, "127.0.0.1", now)
            .await
            .unwrap();
        let mut client = self.anonymous();
        client.cookie = Some(format!("gatehouse={}", new.id));
        client
    }

    /// An administrator of the server, made and logged in.
    pub async fn administrator(&self) -> Client {
        self.account("root", true).await;
        self.logged_in("root").await
    }

    pub fn anonymous(&self) -> Client {
        Client {
            router: self.router.clone(),
            cookie: None,
            token: None,
            peer: Peer::default(),
        }
    }
}

/// What each store of a test starts with: a security level called `GOLD`, whose id is `gold`.
pub fn supplied() -> Vec<(ObjectId, Object)> {
    let level = SecurityLevel {
        name: Entry::read("GOLD"),
        supplied: true,
        ..SecurityLevel::default()
    };
    vec![(ObjectId("gold".into()), level.into())]
}

/// Keeps events for the test to look at.
#[derive(Default)]
pub struct MemoryAudit(Mutex<Vec<Event>>);

impl MemoryAudit {
    pub fn actions(&self) -> Vec<(String, &'static str, String)> {
        let events = self.0.lock().unwrap();
        events
            .iter()
            .map(|e| (e.who.clone(), e.action, e.what.clone()))
            .collect()
    }

    pub fn text(&self) -> String {
        format!("{:?}", self.0.lock().unwrap())
    }
}

#[async_trait]
impl AuditLog for MemoryAudit {
    async fn note(&self, event: Event) {
        self.0.lock().unwrap().push(event);
    }
}

/// A browser or a script.
#[derive(Clone)]
pub struct Client {
    router: Router,
    pub cookie: Option<String>,
    pub token: Option<String>,
    pub peer: Peer,
}

impl Client {
    pub fn from(mut self, address: &str) -> Self {
        self.peer.address = address.parse::<IpAddr>().unwrap();
        self
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, None).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.call("PUT", path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call("PATCH", path, Some(body)).await
    }

    /// Calls a path below `/api/v1` as our page does.
    pub async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header(header::HOST, "127.0.0.1:8070");
        if self.token.is_none() {
            request = request
                .header(header::ORIGIN, "http://127.0.0.1:8070")
                .header(ANTI_FORGERY_HEADER, "1");
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.send(request.body(body).unwrap()).await
    }

    /// Sends a request as it is, with the client's cookie or token.
    pub async fn send(&self, mut request: Request<Body>) -> Answer {
        let headers = request.headers_mut();
        if let Some(cookie) = &self.cookie {
            headers.insert(header::COOKIE, cookie.parse().unwrap());
        }
        if let Some(token) = &self.token {
            let value = format!("Bearer {token}").parse().unwrap();
            headers.insert(header::AUTHORIZATION, value);
        }
        request.extensions_mut().insert(self.peer);
        let response = self.router.clone().oneshot(request).await.unwrap();
        Answer::read(response).await
    }

    /// Logs in over HTTP; the client keeps the cookie.
    pub async fn log_in(&mut self, name: &str, password: &str) -> Answer {
        let body = serde_json::json!({ "name": name, "password": password });
        let answer = self.post("/session", body).await;
        self.keep_cookie(&answer);
        answer
    }

    pub fn keep_cookie(&mut self, answer: &Answer) {
        if let Some(value) = answer.headers.get(header::SET_COOKIE) {
            let pair = value.to_str().unwrap().split(';').next().unwrap();
            self.cookie = Some(pair.to_owned());
        }
    }
}

/// An answer, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    async fn read(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Self {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}", self.text()))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    /// The status and the code of the problem, when it is one.
    pub fn outcome(&self) -> String {
        if self
            .header("content-type")
            .starts_with("application/problem+json")
        {
            let problem = self.json();
            assert_eq!(problem["status"], self.status.as_u16());
            return format!(
                "{} {}",
                self.status.as_u16(),
                problem["code"].as_str().unwrap()
            );
        }
        self.status.as_u16().to_string()
    }

    /// Status and body, for snapshots.
    pub fn show(&self) -> String {
        format!("{} {}", self.status.as_u16(), self.text())
    }
}
