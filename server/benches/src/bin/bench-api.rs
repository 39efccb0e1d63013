//! The bars of the API: reads of 50 users at once on a store of 5,000 rules, and the server's memory.
//!
//! `GATEHOUSE=target/release/gatehouse cargo run --release -p server-bench --bin bench-api`
//!
//! The server is a process of its own, as it is installed; each user has a session and a connection
//! that stays, opens the store, and then asks what a browser asks, without a pause.
#![expect(clippy::unwrap_used, reason = "a bench ends by it")]

use std::path::Path;
use std::process::{ExitCode, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use server::db::Db;
use server::store::{self, Actor};
use server_bench::{bar, directory, quantile, stack_of};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::task::JoinSet;

const RULES: usize = 5_000;
const USERS: usize = 50;
const ROUNDS: usize = 40;
const PASSWORD: &str = "correct horse battery";

#[tokio::main]
async fn main() -> ExitCode {
    let directory = directory();
    let data = directory.path().join("data");
    fill(&data).await;
    let (mut server, address, link) = start(&data).await;
    let sessions = sessions(&address, &link).await;
    let before = memory(&server);

    let opened = together(&sessions, &address, open).await;
    let after_open = memory(&server);
    let mut one = Client::new(&address, sessions[0].clone()).await;
    let answer = one.send("GET", "/stores/PROD/configuration", None).await;
    let working = |client| work(client, answer.etag.clone());
    let busy = on_processor(&server);
    let times: Vec<Vec<Duration>> = together(&sessions, &address, working).await;
    let busy = on_processor(&server) - busy;
    let peak = memory(&server);

    for (at, path) in PATHS.iter().enumerate() {
        let users = times.iter();
        let of_path: Vec<Duration> = users
            .flat_map(|times| times.iter().skip(at).step_by(PATHS.len()))
            .copied()
            .collect();
        println!(
            "GET {path}: median {:.1} ms, p95 {:.1} ms",
            quantile(of_path.clone(), 0.5) * 1e3,
            quantile(of_path, 0.95) * 1e3
        );
    }
    let times = times.concat();
    let opened: Vec<Duration> = opened.concat();
    println!(
        "{USERS} users open the store at once: median {:.0} ms, the last after {:.0} ms",
        quantile(opened.clone(), 0.5) * 1e3,
        quantile(opened, 1.0) * 1e3
    );
    println!(
        "{} reads, {:.2} ms of a processor each: median {:.1} ms, the slowest {:.1} ms",
        times.len(),
        busy * 1e3 / times.len() as f64,
        quantile(times.clone(), 0.5) * 1e3,
        quantile(times.clone(), 1.0) * 1e3
    );
    println!(
        "most memory: {before:.0} MiB before, {after_open:.0} MiB when all had opened the store"
    );
    let all = [
        bar(
            "reads of 50 users, 5,000 rules, p95",
            quantile(times, 0.95) * 1e3,
            50.0,
            "ms",
        ),
        bar("memory of the server, most", peak, 200.0, "MiB"),
    ];
    server.kill().await.unwrap();
    ExitCode::from(u8::from(all.contains(&false)))
}

/// A database with one store.
async fn fill(data: &Path) {
    let db = Db::open(&data.join("gatehouse.db"), true).await.unwrap();
    let actor = Actor {
        name: "bench".to_owned(),
        source: "bench".to_owned(),
    };
    let new = api::store::NewStore {
        name: "PROD".to_owned(),
        description: String::new(),
        copy_of: None,
    };
    store::stores::create(&db, &actor, &new, &stack_of(RULES))
        .await
        .unwrap();
    db.close().await;
}

/// The server, where it listens, and the secret of the first administrator.
async fn start(data: &Path) -> (Child, String, String) {
    let program =
        std::env::var("GATEHOUSE").unwrap_or_else(|_| "target/release/gatehouse".to_owned());
    let mut server = Command::new(&program)
        .args(["serve", "--listen", "127.0.0.1:0", "--log-level", "error"])
        .arg("--data")
        .arg(data)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error}; set GATEHOUSE to the server"));
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let (mut address, mut secret) = (None, None);
    while address.is_none() || secret.is_none() {
        let line = lines.next_line().await.unwrap().unwrap();
        if let Some((_, url)) = line.split_once("listening on http://") {
            address = Some(url.trim().trim_end_matches('/').to_owned());
        }
        if let Some((_, link)) = line.split_once("first administrator: ") {
            secret = link.split_once('#').map(|(_, secret)| secret.to_owned());
        }
    }
    (server, address.unwrap(), secret.unwrap())
}

/// The most memory that the server has held so far, in MiB.
fn memory(server: &Child) -> f64 {
    let status = format!("/proc/{}/status", server.id().unwrap());
    let status = std::fs::read_to_string(status).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib: f64 = line
        .unwrap()
        .split_whitespace()
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    kib / 1024.0
}

/// The time that the server has spent on processors, in seconds.
fn on_processor(server: &Child) -> f64 {
    let stat = format!("/proc/{}/stat", server.id().unwrap());
    let stat = std::fs::read_to_string(stat).unwrap();
    // User and system time in hundredths of a second; the name before them may hold blanks.
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let ticks = fields.split(' ').skip(11).take(2);
    ticks
        .map(|ticks| ticks.parse::<f64>().unwrap())
        .sum::<f64>()
        / 100.0
}

/// Accounts for all users; each has logged in.
async fn sessions(address: &str, secret: &str) -> Vec<String> {
    let mut admin = Client::new(address, String::new()).await;
    let first = json!({ "secret": secret, "name": "ana", "password": PASSWORD });
    admin.send("POST", "/setup", Some(first)).await;
    admin.log_in("ana", PASSWORD).await;
    let mut sessions = Vec::new();
    for number in 0..USERS {
        let name = format!("user{number}");
        let made = admin
            .send(
                "POST",
                "/accounts",
                Some(json!({ "name": name, "password": PASSWORD })),
            )
            .await;
        let once = made.json()["password"].as_str().unwrap().to_owned();
        let mut user = Client::new(address, String::new()).await;
        user.log_in(&name, &once).await;
        let change = json!({ "old": once, "new": PASSWORD });
        user.send("PUT", "/account/password", Some(change)).await;
        user.log_in(&name, PASSWORD).await;
        sessions.push(user.cookie);
    }
    let members: Vec<Value> = (0..USERS)
        .map(|number| json!({ "name": format!("user{number}"), "role": "editor" }))
        .collect();
    admin
        .send("PUT", "/stores/PROD/members", Some(members.into()))
        .await;
    sessions
}

/// What all users do at the same time.
async fn together<W, F>(sessions: &[String], address: &str, what: W) -> Vec<Vec<Duration>>
where
    W: Fn(Client) -> F,
    F: Future<Output = Vec<Duration>> + Send + 'static,
{
    let mut clients = Vec::new();
    for cookie in sessions {
        clients.push(Client::new(address, cookie.clone()).await);
    }
    let users: JoinSet<Vec<Duration>> = clients.into_iter().map(what).collect();
    users.join_all().await
}

async fn open(mut client: Client) -> Vec<Duration> {
    let start = Instant::now();
    client.send("GET", "/stores/PROD/configuration", None).await;
    vec![start.elapsed()]
}

/// What a browser asks; `*` is an object.
const PATHS: [&str; 7] = [
    "/stores",
    "/stores/PROD/state",
    "/stores/PROD/draft",
    "/stores/PROD/configuration",
    "/stores/PROD/objects/*",
    "/stores/PROD/objects/*/history",
    "/stores/PROD/revisions?limit=50",
];

async fn work(mut client: Client, etag: String) -> Vec<Duration> {
    let mut times = Vec::new();
    for round in 0..ROUNDS {
        let object = format!("traffic{}", round * 97 % RULES);
        for path in PATHS {
            let path = path.replace('*', &object);
            client.known.clone_from(&etag);
            let start = Instant::now();
            client.send("GET", &path, None).await;
            times.push(start.elapsed());
        }
    }
    times
}

/// A connection that stays open, with a session.
struct Client {
    stream: BufReader<TcpStream>,
    cookie: String,
    /// The etag to name in the next request.
    known: String,
}

struct Answer {
    status: u16,
    etag: String,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl Client {
    async fn new(address: &str, cookie: String) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream: BufReader::new(stream),
            cookie,
            known: String::new(),
        }
    }

    async fn log_in(&mut self, name: &str, password: &str) {
        let body = json!({ "name": name, "password": password });
        self.send("POST", "/session", Some(body)).await;
    }

    /// Sends a request and reads the whole answer; anything but success ends the bench.
    async fn send(&mut self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let body = body.map_or_else(String::new, |body| body.to_string());
        let known = std::mem::take(&mut self.known);
        let request = format!(
            "{method} /api/v1{path} HTTP/1.1\r\nhost: {}\r\nx-gatehouse: 1\r\ncookie: {}\r\n\
             if-none-match: {known}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.stream.get_ref().peer_addr().unwrap(),
            self.cookie,
            body.len()
        );
        self.stream
            .get_mut()
            .write_all(request.as_bytes())
            .await
            .unwrap();
        let answer = self.answer().await;
        let words = String::from_utf8_lossy(&answer.body);
        assert!(
            answer.status < 400,
            "{method} {path}: {} {words}",
            answer.status
        );
        answer
    }

    async fn answer(&mut self) -> Answer {
        let mut answer = Answer {
            status: 0,
            etag: String::new(),
            body: Vec::new(),
        };
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).await.unwrap();
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            let Some((name, value)) = line.split_once(": ") else {
                answer.status = line.split(' ').nth(1).unwrap().parse().unwrap();
                continue;
            };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().unwrap(),
                "etag" => value.clone_into(&mut answer.etag),
                "set-cookie" => value
                    .split(';')
                    .next()
                    .unwrap()
                    .clone_into(&mut self.cookie),
                "transfer-encoding" => panic!("an answer without a length"),
                _ => {}
            }
        }
        answer.body.resize(length, 0);
        self.stream.read_exact(&mut answer.body).await.unwrap();
        answer
    }
}
