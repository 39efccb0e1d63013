//! Installs whose files a real engine reads: it checks, loads, tries and keeps them, or goes back, whoever is
//! killed meanwhile.

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use ::control::{Answer, Ask, Client as Control, Status, TrialState};
use api::install::{EnginePlan, InstallPlan, InstallRecord, InstallStep, Target, Waiting};
use api::store::StoreSummary;
use generator::objects::{Entry, Image, Object, SecurityLevel, Setting, Suites, Versions};
use openssl::ssl::{Ssl, SslContext, SslMethod, SslVerifyMode};
use serde_json::{Value, json};

use crate::crash::installer::{edit, id, objects, save, traffic};
use crate::crash::new_store;
use crate::crash::worker::{Board, Worker};
use crate::program::{Answer as Response, Client, Program, Start};

/// Nothing in these tests takes longer, however busy the machine is.
const LONG: Duration = Duration::from_secs(30);

/// A server, a store whose stack is installed, and an engine that reads its files.
struct World {
    directory: tempfile::TempDir,
    server: Option<Program>,
    client: Client,
    engine: Engine,
    /// Where the engine listens, and which port the first policy protects.
    port: u16,
}

impl World {
    fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        for folder in ["roots", "run", "state"] {
            std::fs::create_dir(directory.path().join(folder)).unwrap();
        }
        let server = serve(directory.path(), "127.0.0.1:0", true);
        let client = server.administrator("anna", "brunnenfrosch 7");
        let port = free_port();
        {
            let board = Board::default();
            let worker = Worker {
                client: &client,
                board: &board,
            };
            let _: StoreSummary = worker.post("/stores", &new_store("PROD")).unwrap();
            edit(&worker, "PROD", objects()).unwrap();
            let first = vec![("traffic", traffic(&port.to_string()))];
            edit(&worker, "PROD", first).unwrap();
            save(&worker, "PROD").unwrap();
        }
        let root = directory.path().join("roots/mvsa");
        let target = Target {
            stack: id("stack"),
            root: root.display().to_string(),
        };
        let set = client.send("PUT", "/stores/PROD/targets/stack", &target);
        assert_eq!(set.unwrap().status, 200);
        let rings = directory.path().join("rings");
        make_ring(&rings, "START1/COLINRING");
        make_ring(&rings, "START1/OTHER");
        // No engine has a socket yet: it is an install as ever.
        let plan = preview(&client);
        assert_eq!(plan.stacks[0].engines, []);
        let done = try_install(&client, &plan, json!({}));
        assert_eq!(done.status, 200, "{}", done.body);
        let record: Vec<InstallRecord> = done.json();
        assert!(record[0].engines.is_empty() && record[0].waits.is_none());
        let engine = Engine::start(directory.path(), port);
        Self {
            directory,
            server: Some(server),
            client,
            engine,
            port,
        }
    }

    fn change(&self, objects: Vec<(&str, Object)>) {
        let board = Board::default();
        let worker = Worker {
            client: &self.client,
            board: &board,
        };
        edit(&worker, "PROD", objects).unwrap();
        save(&worker, "PROD").unwrap();
    }

    /// Another port: the one that the engine listens at is in the clear then.
    fn another_port(&self) {
        self.change(vec![("traffic", traffic("1500"))]);
    }

    fn install(&self, more: Value) -> Vec<InstallRecord> {
        let done = try_install(&self.client, &preview(&self.client), more);
        assert_eq!(done.status, 200, "{}", done.body);
        done.json()
    }

    #[track_caller]
    fn refused(&self, more: Value) -> String {
        let done = try_install(&self.client, &preview(&self.client), more);
        assert!(done.status == 409 || done.status == 422, "{}", done.body);
        let problem: Value = done.json();
        problem["detail"].as_str().unwrap().to_owned()
    }

    fn end(&self, install: i64, how: &str) -> Response {
        let path = format!("/stores/PROD/installs/{install}/{how}");
        self.client.post(&path, &json!({})).unwrap()
    }

    fn waiting(&self) -> Vec<Waiting> {
        let state: Value = self.client.get("/stores/PROD/state").unwrap().json();
        serde_json::from_value(state["waiting"].clone()).unwrap()
    }

    fn policy(&self) -> String {
        let path = "roots/mvsa/etc/pagent.TCPIP.ttls";
        std::fs::read_to_string(self.directory.path().join(path)).unwrap()
    }

    fn engine_says(&self, plan: &InstallPlan) -> EnginePlan {
        plan.stacks[0].engines[0].clone()
    }

    /// Whether a client of the engine's port gets TLS.
    fn is_protected(&self) -> bool {
        let mut client = SslContext::builder(SslMethod::tls_client()).unwrap();
        client.set_verify(SslVerifyMode::NONE);
        let ssl = Ssl::new(&client.build()).unwrap();
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        ssl.connect(stream).is_ok()
    }

    #[track_caller]
    fn both_have_the_first_policy(&self) {
        assert!(self.policy().contains(&self.port.to_string()));
        self.engine.has_what_lies_there();
        assert!(self.is_protected());
    }

    fn restart(&mut self) {
        let address = self.client.address.clone();
        self.server = Some(serve(self.directory.path(), &address, false));
    }
}

fn serve(directory: &Path, listen: &str, first: bool) -> Program {
    let path = |name: &str| directory.join(name).display().to_string();
    let (roots, run) = (path("roots"), path("run"));
    Start {
        listen,
        first,
        flags: &["--install-root", &roots, "--engines", &run],
        log: Some(&directory.join("log")),
        ..Start::on(&directory.join("data"))
    }
    .start()
}

fn preview(client: &Client) -> InstallPlan {
    let body = json!({ "stacks": ["stack"] });
    let plan = client.post("/stores/PROD/installs/preview", &body).unwrap();
    assert_eq!(plan.status, 200, "{}", plan.body);
    plan.json()
}

fn try_install(client: &Client, plan: &InstallPlan, more: Value) -> Response {
    let mut body = json!({
        "revision": plan.revision,
        "stacks": ["stack"],
        "plan_hash": plan.plan_hash,
    });
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    client.post("/stores/PROD/installs", &body).unwrap()
}

fn make_ring(rings: &Path, name: &str) {
    for arguments in [
        vec!["create", name],
        vec![
            "generate",
            name,
            "--label",
            "SERVER",
            "--host",
            "localhost",
            "--self-signed",
            "--default",
        ],
    ] {
        let made = Command::new(env!("CARGO_BIN_EXE_gatehouse"))
            .arg("keyring")
            .args(arguments)
            .arg("--keyrings")
            .arg(rings)
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn other_level(settings: &[(&str, &str)], ring: &str) -> Vec<(&'static str, Object)> {
    let mut level = SecurityLevel {
        name: Entry::from("GOLD12"),
        ..SecurityLevel::default()
    };
    let one = |(key, value): &(&str, &str)| ((*key).to_owned(), Setting::One((*value).to_owned()));
    level.settings.extend(settings.iter().map(one));
    let image = Image {
        name: Entry::from("COLMVSA"),
        keyring: Entry::from(ring),
        ..Image::default()
    };
    vec![("level", level.into()), ("image", image.into())]
}

/// A real engine; it is killed when it is dropped.
struct Engine {
    child: Child,
    socket: PathBuf,
    directory: PathBuf,
    log: Arc<Mutex<String>>,
}

impl Engine {
    fn start(directory: &Path, port: u16) -> Self {
        // What is built with the program stands beside it.
        let program = Path::new(env!("CARGO_BIN_EXE_gatehouse")).with_file_name("gatehouse-engine");
        assert!(
            program.exists(),
            "build the engine, too: {}",
            program.display()
        );
        let path = |name: &str| directory.join(name);
        let mut child = Command::new(program)
            .arg("--config")
            .arg(path("roots/mvsa/etc/pagent.conf"))
            .arg("--root")
            .arg(path("roots/mvsa"))
            .arg("--keyrings")
            .arg(path("rings"))
            .arg("--control")
            .arg(path("run/main.sock"))
            .arg("--state")
            .arg(path("state"))
            .arg("--listen")
            .arg(format!("inbound:127.0.0.1:{port}=127.0.0.1:9,user=root"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (log, stderr) = (Arc::new(Mutex::new(String::new())), child.stderr.take());
        let copy = log.clone();
        thread::spawn(move || {
            for line in BufReader::new(stderr.unwrap())
                .lines()
                .map_while(Result::ok)
            {
                copy.lock().unwrap().extend([line.as_str(), "\n"]);
            }
        });
        let engine = Self {
            child,
            socket: path("run/main.sock"),
            directory: directory.to_owned(),
            log,
        };
        engine.wait_for(" ready");
        engine
    }

    #[track_caller]
    fn wait_for(&self, words: &str) {
        eventually(words, || self.log().contains(words), || self.log());
    }

    fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    fn status(&self) -> Status {
        let status = Control::connect(&self.socket).unwrap().ask(&Ask::Status);
        let Answer::Status(status) = status.unwrap() else {
            panic!("a status")
        };
        status
    }

    /// What it has loaded is what lies there.
    #[track_caller]
    fn has_what_lies_there(&self) {
        for file in self.status().files {
            let bytes = std::fs::read(&file.path).unwrap();
            assert_eq!(disk::sha256(&bytes), file.sha256, "{}", file.path.display());
        }
    }

    fn trial(&self) -> Option<TrialState> {
        self.status().trial.map(|trial| trial.state)
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn start_again(&mut self, port: u16) {
        let directory = self.directory.clone();
        *self = Self::start(&directory, port);
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[track_caller]
fn eventually(what: &str, mut holds: impl FnMut() -> bool, more: impl Fn() -> String) {
    let until = Instant::now() + LONG;
    while !holds() {
        assert!(Instant::now() < until, "{what} did not come; {}", more());
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_good_install_is_loaded_tried_and_kept() {
    let world = World::start();
    assert!(world.is_protected());
    world.another_port();
    let plan = preview(&world.client);
    let says = world.engine_says(&plan);
    assert_eq!(
        (says.name.as_str(), says.trouble, says.refuses),
        ("main", None, false)
    );
    let record = world.install(json!({})).remove(0);
    assert_eq!(record.waits, None);
    let [engine] = &record.engines[..] else {
        panic!("{record:?}")
    };
    let steps: Vec<_> = engine.steps.iter().map(|step| step.step).collect();
    assert_eq!(steps, [InstallStep::Activate, InstallStep::Probe]);
    assert!(
        engine.steps[0].text.starts_with("loaded 1 rule"),
        "{engine:?}"
    );
    assert!(
        engine.steps[1].text.contains("CN=localhost, valid until "),
        "{engine:?}"
    );
    assert!(world.policy().contains("1500"));
    assert!(world.waiting().is_empty());
    world.engine.has_what_lies_there();
    assert_eq!(world.engine.trial(), None);
    assert!(!world.is_protected());
    // Whoever asks tomorrow learns it, too.
    let past: Value = world.client.get("/stores/PROD/installs").unwrap().json();
    let newest: InstallRecord = serde_json::from_value(past["items"][0].clone()).unwrap();
    assert_eq!((newest.id, &newest.engines), (record.id, &record.engines));

    // The way back to an earlier install is an install, too.
    let path = "/stores/PROD/installs/1/return";
    let answer = world.client.post(path, &json!({})).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    let record: InstallRecord = answer.json();
    assert_eq!(record.engines.len(), 1);
    world.both_have_the_first_policy();
}

#[test]
fn what_the_engine_refuses_changes_nothing() {
    let world = World::start();
    let before = world.policy();
    let loaded = world.engine.status().loaded;
    let refused = [("TTLSGskOcspParms.OcspUrl", "http://ocsp.example.com")];
    for (settings, ring, words) in [
        (&refused[..], "START1/COLINRING", "OcspUrl"),
        (&[], "START1/NONE", "key ring START1/NONE"),
    ] {
        world.change(other_level(settings, ring));
        let plan = preview(&world.client);
        let says = world.engine_says(&plan);
        assert!(says.refuses, "{says:?}");
        let error = says.remarks.iter().find(|remark| remark.error).unwrap();
        assert!(error.text.contains(words), "{error:?}");
        let why = world.refused(json!({}));
        assert!(
            why.contains("engine main would refuse the policy: "),
            "{why}"
        );
        assert_eq!(world.policy(), before);
        assert_eq!(
            (world.engine.status().loaded, world.engine.trial()),
            (loaded, None)
        );
    }
    // Who wants the files all the same has them, and the engine as it was.
    let record = world.install(json!({ "files_only": true })).remove(0);
    assert!(record.engines.is_empty());
    assert!(world.policy().contains("START1/NONE"));
    assert_eq!(world.engine.status().loaded, loaded);
}

#[test]
fn a_handshake_that_fails_puts_everything_back() {
    let world = World::start();
    // Suites for keys that the ring has not.
    let rsa = SecurityLevel {
        name: Entry::from("GOLD12"),
        versions: Versions {
            tls12: true,
            ..Versions::NONE
        },
        suites: Suites::List(vec!["C02F".to_owned()]),
        ..SecurityLevel::default()
    };
    world.change(vec![("level", rsa.into())]);
    let why = world.refused(json!({}));
    assert!(why.contains("a handshake by rule"), "{why}");
    assert!(why.contains("RC 402"), "{why}");
    assert!(
        why.ends_with("what was there before is there again."),
        "{why}"
    );
    world.both_have_the_first_policy();
    assert_eq!(world.engine.trial(), Some(TrialState::Back));
    assert!(world.waiting().is_empty());
    // And again on trial.
    let why = world.refused(json!({ "confirm_within": 300 }));
    assert!(why.contains("a handshake by rule"), "{why}");
    world.both_have_the_first_policy();
    assert!(world.waiting().is_empty());
}

#[test]
fn an_install_that_waits_is_on_trial_in_the_engine() {
    let world = World::start();
    world.another_port();
    let record = world.install(json!({ "confirm_within": 300 })).remove(0);
    assert!(record.waits.is_some() && record.engines.len() == 1);
    let trial = world.engine.status().trial.unwrap();
    assert_eq!(trial.state, TrialState::Running);
    assert!((300..=310).contains(&trial.left), "{trial:?}");
    assert!(!world.is_protected());
    assert_eq!(world.end(record.id, "put-back").status, 200);
    world.both_have_the_first_policy();
    assert_eq!(world.engine.trial(), Some(TrialState::Back));

    let record = world.install(json!({ "confirm_within": 300 })).remove(0);
    let confirmed = world.end(record.id, "confirm");
    assert_eq!(confirmed.status, 200, "{}", confirmed.body);
    assert_eq!(world.engine.trial(), None);
    assert!(world.policy().contains("1500") && !world.is_protected());
}

#[test]
fn what_nobody_confirms_goes_back_in_both() {
    let world = World::start();
    world.another_port();
    world.install(json!({ "confirm_within": 2 }));
    assert!(!world.is_protected());
    let is_back = || world.waiting().is_empty() && world.engine.trial() == Some(TrialState::Back);
    eventually("the way back", is_back, || world.engine.log());
    world.both_have_the_first_policy();
}

#[test]
fn the_engine_goes_back_when_the_server_is_gone() {
    let mut world = World::start();
    world.another_port();
    let record = world.install(json!({ "confirm_within": 2 })).remove(0);
    world.server.take().unwrap().kill();
    world.engine.wait_for("nobody confirmed it in time");
    // The engine has what was there before; the files wait for the server.
    assert!(world.is_protected());
    assert!(world.policy().contains("1500"));
    world.restart();
    world.both_have_the_first_policy();
    assert_eq!(world.end(record.id, "confirm").status, 409);
}

#[test]
fn what_the_engine_went_back_from_cannot_be_confirmed() {
    let world = World::start();
    world.another_port();
    let record = world.install(json!({ "confirm_within": 300 })).remove(0);
    let trial = world.engine.status().trial.unwrap().number;
    let back = Control::connect(&world.engine.socket)
        .unwrap()
        .ask(&Ask::Back { trial });
    assert!(back.is_ok());
    let answer = world.end(record.id, "confirm");
    assert_eq!(answer.status, 409, "{}", answer.body);
    assert!(
        answer.body.contains("went back to the policy from before"),
        "{}",
        answer.body
    );
    assert_eq!(world.waiting().len(), 1);
    assert_eq!(world.end(record.id, "put-back").status, 200);
    world.both_have_the_first_policy();
}

#[test]
fn an_engine_that_is_killed_stops_an_install_and_begins_with_what_was_confirmed() {
    let mut world = World::start();
    world.another_port();
    let record = world.install(json!({ "confirm_within": 300 })).remove(0);
    world.engine.kill();
    let answer = world.end(record.id, "confirm");
    assert_eq!(answer.status, 409, "{}", answer.body);
    assert!(answer.body.contains("Engine main: "), "{}", answer.body);
    world.engine.start_again(world.port);
    // Nobody confirmed what lies there.
    assert!(world.is_protected());
    assert_eq!(world.end(record.id, "put-back").status, 200);
    world.both_have_the_first_policy();

    let before = world.policy();
    world.engine.kill();
    let plan = preview(&world.client);
    assert!(world.engine_says(&plan).trouble.is_some());
    let why = world.refused(json!({}));
    assert!(why.contains("engine main cannot be asked"), "{why}");
    assert_eq!(world.policy(), before);
    world.install(json!({ "files_only": true }));
    world.engine.start_again(world.port);
    world.engine.has_what_lies_there();
    assert!(!world.is_protected());
}

#[test]
fn a_server_that_is_killed_while_it_installs_leaves_nothing_new() {
    let mut world = World::start();
    world.another_port();
    // An engine that thinks for long: the server is killed while it waits for the answer.
    let pid = rustix::process::Pid::from_child(&world.engine.child);
    let plan = preview(&world.client);
    let client = world.client.clone();
    let asked = thread::spawn(move || {
        // There is no answer.
        let _ = std::panic::catch_unwind(|| try_install(&client, &plan, json!({})));
    });
    let written = || world.policy().contains("1500");
    eventually("the new file", written, String::new);
    let _ = rustix::process::kill_process(pid, rustix::process::Signal::STOP);
    world.server.take().unwrap().kill();
    let _ = rustix::process::kill_process(pid, rustix::process::Signal::CONT);
    asked.join().unwrap();
    world.restart();
    let settled = || {
        let waits = world.waiting();
        let file = world.policy();
        let same = world.engine.status().files.iter().all(|file| {
            let bytes = std::fs::read(&file.path).unwrap();
            disk::sha256(&bytes) == file.sha256
        });
        waits.is_empty() && same && !file.is_empty()
    };
    eventually("one policy in both", settled, || world.engine.log());
    assert_ne!(world.engine.trial(), Some(TrialState::Running));
}
