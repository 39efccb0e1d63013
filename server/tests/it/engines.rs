//! Engines of the server's machine: seen and steered over HTTP. The engine here is one of paper that knows the
//! protocol; `cli/tests/it/engine/` and the browser tests have real ones.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use api::account::Role;
use api::install::{FileRole, InstallOutcome};
use control::{
    Answer, Ask, ConnectionInfo, Counts, FailureInfo, FileInfo, Loaded, Of, Outcome, ParameterInfo,
    Phase, RuleInfo, Status, TraceInfo,
};
use generator::objects::ObjectId;
use serde_json::json;
use server::store::StoreId;
use server::store::install::{FileRow, InstallRow};
use tempfile::TempDir;

use crate::common::{Client, TestServer};

/// A server, and the directory in which it looks for engines.
struct Place {
    server: TestServer,
    directory: TempDir,
}

impl Place {
    async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().to_owned();
        let server = TestServer::with(|settings| settings.engines = path).await;
        Self { server, directory }
    }

    /// Begins an engine that answers like this. It goes on until the test ends.
    fn engine(&self, name: &str, answer: impl Fn(&Ask) -> Answer + Send + 'static) -> Heard {
        let listener = UnixListener::bind(self.socket(name)).unwrap();
        let heard = Heard::default();
        let all = heard.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                talk(&stream.unwrap(), &all, &answer);
            }
        });
        heard
    }

    fn socket(&self, name: &str) -> PathBuf {
        self.directory.path().join(format!("{name}.sock"))
    }
}

/// What an engine was asked.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<Ask>>>);

impl Heard {
    fn all(&self) -> Vec<Ask> {
        self.0.lock().unwrap().clone()
    }
}

fn talk(stream: &UnixStream, heard: &Heard, answer: &impl Fn(&Ask) -> Answer) {
    let mut writer = stream.try_clone().unwrap();
    for line in BufReader::new(stream).lines() {
        let ask: Ask = serde_json::from_str(&line.unwrap()).unwrap();
        heard.0.lock().unwrap().push(ask.clone());
        let line = serde_json::to_string(&answer(&ask)).unwrap() + "\n";
        if writer.write_all(line.as_bytes()).is_err() {
            return;
        }
        if ask == Ask::Events {
            return;
        }
    }
}

fn usual(ask: &Ask) -> Answer {
    match ask {
        Ask::Status => Answer::Status(status()),
        Ask::Connections { which } => Answer::Connections {
            connections: (1..=5)
                .map(connection)
                .filter(|one| which.connection.is_none_or(|id| id == one.id))
                .collect(),
        },
        Ask::Rules => Answer::Rules {
            rules: vec![RuleInfo {
                name: "Web".to_owned(),
                protects: true,
                counts: Counts::default(),
            }],
        },
        Ask::Parameters { of: Of::Rule(rule) } if rule != "Web" => Answer::Refused {
            why: format!("the policy has no rule {rule}"),
        },
        Ask::Parameters { .. } => Answer::Parameters {
            rule: "Web".to_owned(),
            parameters: vec![ParameterInfo {
                name: "HandshakeTimeout".to_owned(),
                value: "10".to_owned(),
                said: None,
                own: false,
                beaten: Vec::new(),
            }],
        },
        Ask::Update => Answer::Loaded(loaded(Outcome::Kept)),
        Ask::Refresh => Answer::Loaded(loaded(Outcome::Replaced)),
        Ask::Trace { which, .. } if which.rule.is_none() => Answer::Refused {
            why: "say which connections".to_owned(),
        },
        Ask::Trace { which, level, .. } => Answer::Traces {
            traces: vec![TraceInfo {
                number: 1,
                which: which.clone(),
                level: *level,
                left: 600,
                ..TraceInfo::default()
            }],
        },
        Ask::Events => Answer::Event {
            line: "EZD1287I one\n  two".to_owned(),
        },
        _ => Answer::Traces { traces: Vec::new() },
    }
}

fn status() -> Status {
    Status {
        version: "1".to_owned(),
        library: "OpenSSL".to_owned(),
        stack: "TCPIP".to_owned(),
        config: "/etc/pagent.conf".into(),
        files: Vec::new(),
        trial: None,
        rules: 1,
        started: 1,
        loaded: 2,
        open: 5,
        most: 10,
        fail_closed: false,
        ending: false,
        ways: vec!["127.0.0.1:1 to 127.0.0.1:2".to_owned()],
        unmapped: Counts::default(),
        failed_by_code: Vec::new(),
        failed_by_alert: Vec::new(),
    }
}

/// Each is older than the one with the next number.
fn connection(id: u32) -> ConnectionInfo {
    ConnectionInfo {
        id,
        inbound: true,
        local: "127.0.0.1:1414".parse().unwrap(),
        remote: "127.0.0.2:50000".parse().unwrap(),
        job: "MQ".to_owned(),
        user: "mq".to_owned(),
        rule: Some("Web".to_owned()),
        actions: Default::default(),
        map_type: Default::default(),
        controlled: false,
        phase: Phase::Open,
        last_alert: None,
        tls: None,
        bytes_in: 1,
        bytes_out: 2,
        age: u64::from(100 - id),
    }
}

fn loaded(outcome: Outcome) -> Loaded {
    Loaded {
        outcome,
        remarks: vec!["line 3: no such level".to_owned()],
        rules: 1,
    }
}

async fn administrator(place: &Place) -> Client {
    place.server.administrator().await
}

#[tokio::test]
async fn engines_are_told_with_what_they_say_of_themselves() {
    let place = Place::new().await;
    place.engine("main", usual);
    place.engine("other", |_| Answer::Traces { traces: Vec::new() });
    drop(UnixListener::bind(place.socket("gone")).unwrap());
    std::fs::write(place.directory.path().join("main.env"), "").unwrap();
    let found = administrator(&place).await.get("/engines").await.json();
    let engines = found["engines"].as_array().unwrap();
    let names: Vec<_> = engines.iter().map(|one| one["name"].clone()).collect();
    assert_eq!(names, ["gone", "main", "other"]);
    let [gone, main, other] = [0, 1, 2].map(|at| &engines[at]);
    assert_eq!(gone.get("status"), None);
    assert!(gone["problem"].to_string().contains("No engine answers at"));
    assert_eq!(main["status"]["stack"], "TCPIP");
    assert_eq!(main.get("problem"), None);
    assert!(other["problem"].to_string().contains("different versions"));
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_hangs_is_not_waited_for() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("hangs.sock");
    // Nobody accepts: the kernel takes the connection and the question, and no answer comes.
    let hangs = UnixListener::bind(&path).unwrap();
    let told = server::engines::all(directory.path()).await;
    let problem = told[0].problem.clone().unwrap();
    assert!(problem.contains("within 5 seconds"), "{problem}");
    drop(hangs);
}

#[tokio::test]
async fn connections_are_chosen_and_the_newest_come_first() {
    let place = Place::new().await;
    let heard = place.engine("main", usual);
    let ana = administrator(&place).await;
    let path = "/engines/main/connections";
    let found = ana.get(&format!("{path}?limit=2")).await.json();
    assert_eq!(found["total"], 5);
    let ids = |found: &serde_json::Value| -> Vec<u64> {
        let all = found["connections"].as_array().unwrap();
        all.iter().map(|one| one["id"].as_u64().unwrap()).collect()
    };
    assert_eq!(ids(&found), [5, 4]);
    let one = ana.get(&format!("{path}?connection=3")).await.json();
    assert_eq!((ids(&one), &one["total"]), (vec![3], &json!(1)));
    ana.get(&format!("{path}?rule=Web&remote=::1&port=1414&job=MQ"))
        .await;
    let asked = serde_json::to_value(heard.all().last().unwrap()).unwrap();
    assert_eq!(
        asked,
        json!({ "ask": "connections", "rule": "Web", "remote": "::1", "port": 1414, "job": "MQ" })
    );
    let wrong = ana.get(&format!("{path}?remote=nowhere")).await;
    assert_eq!(wrong.outcome(), "400 bad-request");
}

/// An install of a stack with two files, as the store keeps it.
fn install(sha256: [&str; 2]) -> InstallRow {
    let file = |(path, sha256): (&str, &str)| FileRow {
        role: FileRole::Policy,
        path: path.to_owned(),
        sha256: Some(sha256.to_owned()),
        before: None,
    };
    let files = ["/etc/main", "/etc/policy"].into_iter().zip(sha256);
    InstallRow {
        id: 1,
        store: StoreId(1),
        stack: ObjectId("tcpip".to_owned()),
        name: "TCPIP".to_owned(),
        root: "/srv/target/".to_owned(),
        revision: 7,
        by: "ana".to_owned(),
        at: String::new(),
        comment: String::new(),
        outcome: InstallOutcome::Done,
        returned_to: None,
        trial: None,
        undone: false,
        undoes: None,
        current: true,
        engines: Vec::new(),
        files: files.map(file).collect(),
    }
}

#[test]
fn an_engine_is_of_the_stack_whose_installed_files_it_reads() {
    let of = |path: &str, sha256: &str| FileInfo {
        path: path.into(),
        sha256: sha256.to_owned(),
    };
    let status = Status {
        files: vec![of("/srv/target/etc/policy", "aa"), of("/else", "bb")],
        ..status()
    };
    let found = |sha256| server::engines::stacks(&status, &[install(sha256)]);
    let same = found(["cc", "aa"]);
    assert_eq!((same[0].name.as_str(), same[0].revision), ("TCPIP", 7));
    assert!(same[0].differs.is_empty());
    let other = found(["cc", "dd"]);
    assert_eq!(other[0].differs, ["/srv/target/etc/policy"]);
    let elsewhere = InstallRow {
        root: "/srv/other".to_owned(),
        ..install(["cc", "aa"])
    };
    assert_eq!(server::engines::stacks(&status, &[elsewhere]), []);
}

#[tokio::test]
async fn engines_of_a_store_that_is_hidden_are_not_told() {
    let place = Place::new().await;
    let ana = administrator(&place).await;
    assert_eq!(ana.get("/engines?store=none").await.status, 404);
    place.server.store("alpha").await;
    assert_eq!(ana.get("/engines?store=alpha").await.status, 200);
}

#[tokio::test]
async fn parameters_are_of_a_rule_or_of_a_connection() {
    let place = Place::new().await;
    let heard = place.engine("main", usual);
    let ana = administrator(&place).await;
    let path = "/engines/main/parameters";
    let found = ana.get(&format!("{path}?connection=79")).await.json();
    assert_eq!(found["rule"], "Web");
    assert_eq!(found["parameters"][0]["value"], "10");
    let asked = heard.all();
    let of = Of::Connection(79);
    assert_eq!(asked.last(), Some(&Ask::Parameters { of }));
    let none = ana.get(&format!("{path}?rule=No")).await;
    assert_eq!(none.outcome(), "409 conflict");
    assert_eq!(none.json()["detail"], "The policy has no rule No.");
    for wrong in ["", "?rule=Web&connection=79"] {
        let answer = ana.get(&format!("{path}{wrong}")).await;
        assert_eq!(answer.outcome(), "400 bad-request");
    }
}

#[tokio::test]
async fn orders_are_given_told_and_kept_in_the_audit() {
    let place = Place::new().await;
    let heard = place.engine("main", usual);
    let ana = administrator(&place).await;
    let kept = ana.call("POST", "/engines/main/update", None).await;
    assert_eq!(kept.json()["outcome"], "kept");
    assert_eq!(kept.json()["remarks"], json!(["line 3: no such level"]));
    let replaced = ana.call("POST", "/engines/main/refresh", None).await;
    assert_eq!(replaced.json()["outcome"], "replaced");
    let trace = json!({ "rule": "Web", "seconds": 60, "capture": true });
    let begun = ana.post("/engines/main/traces", trace).await.json();
    let asked = serde_json::to_value(heard.all().last().unwrap()).unwrap();
    assert_eq!(
        asked,
        json!({ "ask": "trace", "rule": "Web", "level": 15, "seconds": 60, "capture": true })
    );
    assert_eq!(begun["traces"][0]["rule"], "Web");
    assert_eq!(begun["traces"][0]["level"], 15);
    let ended = ana.delete("/engines/main/traces/1").await;
    assert_eq!(ended.json(), json!({ "traces": [] }));
    let audit = place.server.audit.actions();
    let said = audit.iter().filter(|(_, action, _)| *action == "engine");
    let said: Vec<_> = said.map(|(_, _, what)| what.as_str()).collect();
    assert_eq!(
        said,
        [
            "had the engine main read its policy: it has errors, and the one from before stays in effect",
            "had the engine main read its policy: new connections meet it",
            "began a trace at the engine main for 60 s",
            "ended trace 1 at the engine main",
        ]
    );
}

#[tokio::test]
async fn failures_are_told_the_newest_first() {
    let place = Place::new().await;
    let failure = |number: u64| FailureInfo {
        number,
        time: 1_800_000_000,
        connection: 79,
        inbound: true,
        local: "127.0.0.1:1414".parse().unwrap(),
        remote: "127.0.0.2:50000".parse().unwrap(),
        job: String::new(),
        user: String::new(),
        rule: None,
        actions: Default::default(),
        rc: 402,
        messages: Vec::new(),
        secured: false,
        reason: "no cipher suite in common".to_owned(),
        alert: None,
        server_name: None,
        diagnosis: None,
    };
    let heard = place.engine("main", move |_| Answer::Failures {
        failures: vec![failure(1), failure(2)],
    });
    let ana = administrator(&place).await;
    let found = ana.get("/engines/main/failures?port=1414&after=7").await;
    let found = found.json();
    assert_eq!(found["failures"][0]["number"], 2);
    assert_eq!(found["failures"][0]["rc"], 402);
    let asked = serde_json::to_value(heard.all().last().unwrap()).unwrap();
    assert_eq!(
        asked,
        json!({ "ask": "failures", "port": 1414, "after": 7 })
    );
}

#[tokio::test]
async fn what_a_trace_keeps_is_told_in_words_and_as_packets_without_secrets_unless_asked() {
    let place = Place::new().await;
    let heard = place.engine("main", |ask| match ask {
        Ask::Captured { .. } => Answer::Captured {
            records: Vec::new(),
            dropped: 3,
        },
        Ask::Pcapng { trace, .. } => Answer::Pcapng {
            base64: if *trace == 2 { "no base64" } else { "Cg0NCg==" }.to_owned(),
            clear_text: (*trace == 3).then(|| "INC0042".to_owned()),
        },
        _ => Answer::Refused {
            why: "there is no trace 7".to_owned(),
        },
    });
    let ana = administrator(&place).await;
    let told = ana.get("/engines/main/traces/1/records?after=5").await;
    assert_eq!(told.json(), json!({ "records": [], "dropped": 3 }));
    let packets = ana.get("/engines/main/traces/1/pcapng").await;
    assert_eq!(packets.body, [0x0a, 0x0d, 0x0d, 0x0a]);
    let file = "attachment; filename=\"trace-1.pcapng\"";
    assert_eq!(packets.header("content-disposition"), file);
    ana.get("/engines/main/traces/1/pcapng?secrets=true").await;
    ana.get("/engines/main/traces/3/pcapng?secrets=true").await;
    let wrong = ana.get("/engines/main/traces/2/pcapng").await;
    assert_eq!(wrong.outcome(), "503 unavailable");
    let without = heard.all().into_iter().filter_map(|ask| match ask {
        Ask::Pcapng {
            without_secrets, ..
        } => Some(without_secrets),
        _ => None,
    });
    assert_eq!(without.collect::<Vec<_>>(), [true, false, false, true]);
    let audit = place.server.audit.actions();
    let taken = |words: &str| {
        audit
            .iter()
            .filter(|(_, _, what)| what.ends_with(words))
            .count()
    };
    assert_eq!(taken(", without secrets"), 1);
    assert_eq!(taken(", with the secrets of handshakes"), 1);
    assert_eq!(taken(", with the secrets of what programs say"), 1);
}

#[tokio::test]
async fn what_an_engine_refuses_is_told_in_its_words_and_not_in_the_audit() {
    let place = Place::new().await;
    place.engine("main", usual);
    let ana = administrator(&place).await;
    let refused = ana.post("/engines/main/traces", json!({ "port": 1 })).await;
    assert_eq!(refused.outcome(), "409 conflict");
    assert_eq!(refused.json()["detail"], "Say which connections.");
    let audit = place.server.audit.actions();
    assert!(!audit.iter().any(|(_, action, _)| *action == "engine"));
}

#[tokio::test]
async fn only_sockets_of_the_directory_are_engines() {
    let place = Place::new().await;
    let below = place.directory.path().join("below");
    std::fs::create_dir(&below).unwrap();
    let heard = place.engine("below/main", usual);
    let ana = administrator(&place).await;
    for name in ["below%2Fmain", "..%2Fmain", "main", ""] {
        let answer = ana.get(&format!("/engines/{name}/rules")).await;
        assert_eq!(answer.status, 404, "{name}");
    }
    assert!(heard.all().is_empty());
}

#[tokio::test]
async fn the_log_is_followed() {
    let place = Place::new().await;
    place.engine("main", usual);
    let ana = administrator(&place).await;
    let answer = tokio::time::timeout(Duration::from_secs(20), ana.get("/engines/main/events"));
    let answer = answer.await;
    let answer = answer.unwrap();
    let kind = answer.header("content-type");
    assert!(kind.starts_with("text/event-stream"), "{kind}");
    assert_eq!(answer.text(), "data: EZD1287I one\ndata:   two\n\n");
}

#[tokio::test]
async fn who_logs_out_follows_the_log_no_more() {
    let place = Place::new().await;
    let silent = Duration::from_secs(60);
    place.engine("main", move |ask| {
        if *ask == Ask::Events {
            thread::sleep(silent);
        }
        usual(ask)
    });
    let ana = administrator(&place).await;
    let followed = async {
        let answer = ana.get("/engines/main/events").await;
        (answer.status, Instant::now())
    };
    let left = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let since = Instant::now();
        assert_eq!(ana.delete("/session").await.status, 204);
        since
    };
    let ((status, ended), since) = tokio::join!(followed, left);
    assert_eq!(status, 200);
    let after = ended.saturating_duration_since(since);
    assert!(
        ended >= since && after < Duration::from_secs(5),
        "{after:?}"
    );
}

#[tokio::test]
async fn members_of_stores_see_and_steer_nothing() {
    let place = Place::new().await;
    let heard = place.engine("main", usual);
    place.server.store("alpha").await;
    let server = &place.server;
    let eve = server.member("eve", "alpha", Role::Administrator).await;
    assert_eq!(eve.get("/engines").await.status, 403);
    let refused = eve.call("POST", "/engines/main/refresh", None).await;
    assert_eq!(refused.status, 403);
    assert!(heard.all().is_empty());
}
