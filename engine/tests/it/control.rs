//! The engine seen and steered by its control socket.

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::mpsc::channel;
use std::thread;

use ::control::{
    Answer, Ask, Client, ClientError, ConnectionInfo, Counts, End, Of, Outcome, ParameterInfo,
    Phase, RuleInfo, Status, Which,
};
use openssl::ssl::SslVersion;
use rustix::process::Signal;

use crate::fixture::{
    BOTH, Engine, LONG, MODERN, Place, Program, eventually, round, rule, tls, tls_with,
};

/// An engine with a control socket, which serves the rule `WEB` to an echo.
struct Steered {
    place: Place,
    engine: Engine,
    socket: PathBuf,
}

impl Steered {
    fn start() -> Self {
        Self::with(&policy("WEB", 0))
    }

    fn with(policy: &str) -> Self {
        let place = Place::new();
        place.put_policy(policy);
        let socket = place.path("engine.sock");
        let pairs = [
            Program::echo().inbound("WEB"),
            Program::echo().inbound("NONE"),
        ];
        let control = socket.display().to_string();
        let engine = place.start(&pairs, &["--control", &control]);
        Self {
            place,
            engine,
            socket,
        }
    }

    fn client(&self) -> Client {
        Client::connect(&self.socket).expect("an engine")
    }

    fn ask(&self, ask: &Ask) -> Answer {
        self.client().ask(ask).expect("an answer")
    }

    fn status(&self) -> Status {
        match self.ask(&Ask::Status) {
            Answer::Status(status) => status,
            other => panic!("{other:?}"),
        }
    }

    fn connections(&self, which: Which) -> Vec<ConnectionInfo> {
        match self.ask(&Ask::Connections { which }) {
            Answer::Connections { connections } => connections,
            other => panic!("{other:?}"),
        }
    }

    fn rules(&self) -> Vec<RuleInfo> {
        match self.ask(&Ask::Rules) {
            Answer::Rules { rules } => rules,
            other => panic!("{other:?}"),
        }
    }

    fn web(&self) -> Counts {
        let rules = self.rules();
        let web = rules.iter().find(|rule| rule.name == "WEB");
        web.expect("the rule").counts
    }

    fn load(&self, ask: &Ask) -> ::control::Loaded {
        match self.ask(ask) {
            Answer::Loaded(loaded) => loaded,
            other => panic!("{other:?}"),
        }
    }
}

fn policy(name: &str, trace: u8) -> String {
    rule(name, "Server", MODERN, BOTH).replace("Trace 14", &format!("Trace {trace}"))
}

/// What is said of one attribute, where it is said.
fn parameter(steered: &Steered, of: Of, name: &str) -> ParameterInfo {
    let Answer::Parameters { rule, parameters } = steered.ask(&Ask::Parameters { of }) else {
        panic!("no parameters");
    };
    assert_eq!(rule, "WEB");
    let mut parameters = parameters.into_iter();
    parameters.find(|one| one.name == name).expect("it")
}

#[test]
fn a_connection_keeps_the_parameters_that_it_came_with_and_they_say_their_place() {
    let steered = Steered::with(&policy("WEB", 14));
    let _one = tls_with(steered.engine.connect(0), |_| {}).expect("a handshake");
    let id = steered.connections(Which::default())[0].id;
    let old = policy("WEB", 14);
    let line = old.lines().position(|line| line.contains("Trace 14"));
    let trace = parameter(&steered, Of::Rule("WEB".to_owned()), "Trace");
    assert_eq!((trace.value.as_str(), trace.own), ("14", true));
    let said = trace.said.expect("coded");
    assert_eq!(
        (said.scope.as_str(), said.action.as_str()),
        ("group", "WEB_G")
    );
    let place = format!(":{}", line.expect("a line") + 1);
    assert!(said.place.ends_with(&place), "{}, not {place}", said.place);
    let default = parameter(&steered, Of::Rule("WEB".to_owned()), "HandshakeTimeout");
    assert_eq!((default.value.as_str(), default.said), ("10", None));

    steered.place.put_policy(&policy("WEB", 2));
    steered.load(&Ask::Update);
    let now = parameter(&steered, Of::Rule("WEB".to_owned()), "Trace");
    assert_eq!((now.value.as_str(), now.own), ("2", false));
    let then = parameter(&steered, Of::Connection(id), "Trace");
    assert_eq!(then.value, "14");

    for (of, why) in [
        (Of::Rule("NONE".to_owned()), "the policy has no rule NONE"),
        (Of::Connection(u32::MAX), "no connection FFFFFFFF is open"),
    ] {
        match steered.client().ask(&Ask::Parameters { of }) {
            Err(ClientError::Refused(said)) => assert_eq!(said, why),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn connections_show_their_rule_and_what_was_agreed_on() {
    let steered = Steered::start();
    let mut one = tls_with(steered.engine.connect(0), |client| {
        client
            .set_max_proto_version(Some(SslVersion::TLS1_2))
            .expect("a version");
    })
    .expect("a handshake");
    assert_eq!(round(&mut one, "hello").expect("an answer"), "hello");
    let mut clear = steered.engine.connect(1);
    assert_eq!(
        round(&mut clear, "clear text").expect("an answer"),
        "clear text"
    );

    let all = steered.connections(Which::default());
    assert_eq!(all.len(), 2, "{all:?}");
    let found = &all[0];
    assert_eq!(found.rule.as_deref(), Some("WEB"));
    assert_eq!(found.actions, ["WEB_G", "WEB_E", ""]);
    assert_eq!((found.inbound, found.phase), (true, Phase::Open));
    assert_eq!(found.local, steered.engine.address(0));
    assert_eq!(
        found.remote,
        one.get_ref().local_addr().expect("an address")
    );
    assert_eq!((found.job.as_str(), found.user.as_str()), ("WEB", "root"));
    assert_eq!((found.bytes_in, found.bytes_out), (5, 5));
    let agreed = found.tls.as_ref().expect("TLS");
    assert_eq!(agreed.version, "TLSv1.2");
    assert!(
        agreed.suite.starts_with("TLS_ECDHE_ECDSA_WITH_AES_128_GCM"),
        "{agreed:?}"
    );
    assert!(agreed.group.is_some(), "{agreed:?}");
    let own = agreed.own.as_ref().expect("a certificate");
    assert_eq!(
        (own.subject.as_str(), own.issuer.as_str()),
        ("CN=localhost", "CN=Test Authority")
    );
    assert_eq!(agreed.partner, None);

    let other = &all[1];
    assert_eq!((other.rule.as_deref(), other.tls.as_ref()), (None, None));
    assert_eq!((other.bytes_in, other.bytes_out), (10, 10));
    let by = |which: Which| {
        steered
            .connections(which)
            .into_iter()
            .map(|one| one.id)
            .collect::<Vec<_>>()
    };
    let port = Some(steered.engine.address(1).port());
    assert_eq!(
        by(Which {
            port,
            ..Which::default()
        }),
        [other.id]
    );
    assert_eq!(
        by(Which {
            rule: Some("WEB".into()),
            ..Which::default()
        }),
        [found.id]
    );
    let of_job = Which {
        job: Some("web".into()),
        port,
        ..Which::default()
    };
    assert!(by(of_job).is_empty());

    let status = steered.status();
    assert_eq!(
        (status.stack.as_str(), status.rules, status.open),
        ("TCPIP", 1, 2)
    );
    assert_eq!((status.unmapped.connections, status.unmapped.open), (1, 1));
    assert_eq!(status.ways.len(), 2, "{status:?}");
    drop((one, clear));
    eventually(
        "the end",
        || steered.connections(Which::default()).is_empty(),
        || steered.engine.log(),
    );
}

#[test]
fn rules_count_what_happens_and_go_on_over_a_reload() {
    let steered = Steered::start();
    assert_eq!((steered.web().connections, steered.web().last), (0, None));
    let mut one = tls(steered.engine.connect(0)).expect("a handshake");
    round(&mut one, "12345678").expect("an answer");
    // Of a connection that goes on, what passed so far counts, and counts once.
    for _ in 0..2 {
        let web = steered.web();
        assert_eq!((web.bytes_in, web.bytes_out), (8, 8));
        assert_eq!(
            (web.connections, web.open, web.handshakes, web.failed),
            (1, 1, 1, 0)
        );
    }
    // What is no TLS fails.
    let mut bad = steered.engine.connect(0);
    bad.write_all(b"GET / HTTP/1.0\r\n\r\n").expect("sent");
    let _ = bad.read_to_end(&mut Vec::new());
    eventually(
        "the failure",
        || steered.web().failed == 1,
        || steered.engine.log(),
    );
    let before = steered.web();
    assert!(before.last.is_some_and(|last| last >= before.since));

    steered
        .place
        .put_policy(&(policy("WEB", 2) + &policy("NEW", 0)));
    let loaded = steered.load(&Ask::Update);
    assert_eq!(
        (loaded.outcome, loaded.rules),
        (Outcome::Replaced, 2),
        "{loaded:?}"
    );
    let rules = steered.rules();
    assert_eq!(rules.len(), 2);
    let web = steered.web();
    assert_eq!(
        (web.since, web.connections, web.failed),
        (before.since, 2, 1)
    );
    // The connection of the policy before is counted where it began.
    drop(one);
    eventually(
        "the end",
        || steered.web().open == 0,
        || steered.engine.log(),
    );
}

#[test]
fn an_update_loads_what_changed_and_a_refresh_everything() {
    let steered = Steered::start();
    assert_eq!(steered.load(&Ask::Update).outcome, Outcome::Unchanged);
    assert_eq!(steered.load(&Ask::Refresh).outcome, Outcome::Replaced);
    let loaded = steered.status().loaded;

    steered
        .place
        .put_policy(&policy("WEB", 0).replace("HandshakeRole Server", "HandshakeRole Sever"));
    let kept = steered.load(&Ask::Update);
    assert_eq!((kept.outcome, kept.rules), (Outcome::Kept, 1));
    assert!(
        kept.remarks
            .iter()
            .any(|line| line.contains("ttls.policy:") && line.contains("Sever")),
        "{kept:?}"
    );
    assert_eq!(kept.remarks.len(), 1, "{kept:?}");
    assert_eq!(steered.status().loaded, loaded);
    // A signal does the same.
    steered.engine.signal(Signal::HUP);
    eventually(
        "the words",
        || steered.engine.log().matches("stays in effect").count() == 2,
        || steered.engine.log(),
    );

    // Another certificate is a change, with the same policy.
    steered.place.put_policy(&policy("WEB", 0));
    assert_eq!(steered.load(&Ask::Update).outcome, Outcome::Unchanged);
    let server = steered
        .place
        .authority
        .issue("localhost", crate::certificates::Kind::Ec);
    steered
        .place
        .put_personal("R", "SERVER", &server.pem_with_key());
    // The engine may have seen it by itself meanwhile.
    let outcome = steered.load(&Ask::Update).outcome;
    let itself = steered.engine.log().contains("has changed and counts");
    assert!(
        outcome == Outcome::Replaced || itself,
        "{}",
        steered.engine.log()
    );
}

#[test]
fn a_trace_tells_more_for_some_time_and_ends_by_itself() {
    let steered = Steered::start();
    let connect = || {
        let mut one = tls(steered.engine.connect(0)).expect("a handshake");
        round(&mut one, "x").expect("an answer");
        one
    };
    let open = connect();
    assert!(
        !steered.engine.log().contains("EZD128"),
        "{}",
        steered.engine.log()
    );
    let which = Which {
        rule: Some("WEB".into()),
        ..Which::default()
    };
    let trace = |which: &Which, seconds| Ask::Trace {
        which: which.clone(),
        level: 12,
        seconds,
        capture: false,
        clear_text: None,
    };
    let Answer::Traces { traces } = steered.ask(&trace(&which, 2)) else {
        panic!("no traces")
    };
    assert_eq!(
        (traces.len(), traces[0].number, traces[0].level),
        (1, 1, 12)
    );
    drop(connect());
    steered.engine.wait_for("EZD1281I");
    steered.engine.wait_for("Initial Handshake");
    // A connection that was there before is traced as well.
    drop(open);
    eventually(
        "both ends",
        || steered.engine.log().matches("Connection Close").count() == 2,
        || steered.engine.log(),
    );
    steered.engine.wait_for("trace 1 is over");
    let before = steered.engine.log().matches("EZD128").count();
    drop(connect());
    eventually(
        "the end",
        || steered.web().open == 0,
        || steered.engine.log(),
    );
    assert_eq!(steered.engine.log().matches("EZD128").count(), before);

    let refused = |ask: &Ask| steered.client().ask(ask).expect_err("no").to_string();
    assert!(refused(&trace(&Which::default(), 10)).contains("which connections"));
    assert!(refused(&Ask::EndTrace { number: Some(9) }).contains("no trace 9"));
    steered.ask(&trace(&which, 600));
    let Answer::Traces { traces } = steered.ask(&Ask::EndTrace { number: None }) else {
        panic!("no traces")
    };
    assert!(traces.is_empty());
}

#[test]
fn the_log_is_heard_as_it_is_written() {
    let steered = Steered::with(&policy("WEB", 8));
    let mut listener = steered.client();
    listener.listen().expect("listening");
    let (heard, lines) = channel();
    thread::spawn(move || {
        while let Ok(Some(Answer::Event { line })) = listener.heard() {
            if heard.send(line).is_err() {
                break;
            }
        }
    });
    // It listens a moment after it said so: events that come until something was heard are repeated.
    let mut found = None;
    for _ in 0..100 {
        drop(tls(steered.engine.connect(0)).expect("a handshake"));
        found = lines.recv_timeout(LONG / 100).ok();
        if found.is_some() {
            break;
        }
    }
    let line = found.expect("an event");
    assert!(line.contains("EZD128"), "{line}");
}

#[test]
fn only_the_user_of_the_engine_may_ask_and_whatever_is_asked_ends_well() {
    let mut steered = Steered::start();
    let mode = std::fs::metadata(&steered.socket)
        .expect("a socket")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let say = |text: &[u8]| {
        let mut stream = UnixStream::connect(&steered.socket).expect("a socket");
        stream.set_read_timeout(Some(LONG)).expect("a timeout");
        // The engine may have said no before all of it is sent.
        let _ = stream.write_all(text);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    };
    assert_eq!(say(b""), "");
    assert!(say(b"\n").contains("not understood"));
    assert!(say(b"{\"ask\":\"quit\"}\n").contains("not understood"));
    assert!(say(b"\xff\xfe\n{\"ask\":\"status\"}\n").contains("\"answer\":\"status\""));
    assert!(
        say(&vec![b'x'; 200_000]).contains("64 KiB") || say(b"{").contains("ends with its line")
    );

    // Another engine does not take the place of one that runs.
    let control = steered.socket.display().to_string();
    let other = steered.place.refused_with(&["--control", &control]);
    assert!(other.contains("another engine answers there"), "{other}");
    steered.engine.signal(Signal::KILL);
    steered.engine.ended();
    // What one left that was killed is no hindrance.
    assert!(steered.socket.exists());
    assert!(matches!(
        Client::connect(&steered.socket),
        Err(ClientError::NoEngine { .. })
    ));
    let mut next = steered
        .place
        .start(&[Program::echo().inbound("WEB")], &["--control", &control]);
    assert!(Client::connect(&steered.socket).is_ok());
    next.signal(Signal::TERM);
    next.ended();
    assert!(!steered.socket.exists());

    // A file of that name stays.
    std::fs::write(&steered.socket, "mine").expect("a file");
    let other = steered.place.refused_with(&["--control", &control]);
    assert!(other.contains("no socket"), "{other}");
    assert_eq!(
        std::fs::read_to_string(&steered.socket).expect("the file"),
        "mine"
    );
}

#[test]
fn an_answer_that_is_none_is_told() {
    let place = Place::new();
    let path = place.path("other.sock");
    let listener = UnixListener::bind(&path).expect("a socket");
    thread::spawn(move || {
        for mut stream in listener.incoming().take(2).map_while(Result::ok) {
            let _ = stream.read(&mut [0; 100]);
            let _ = stream.write_all(b"hello\n");
        }
    });
    let error = Client::connect(&path).expect("somebody").ask(&Ask::Status);
    assert!(matches!(error, Err(ClientError::Unknown(_))), "{error:?}");
}

#[test]
fn files_that_changed_are_loaded_after_their_own_time() {
    let steered = Steered::start();
    let main = steered.place.path("pagent.conf");
    let text = std::fs::read_to_string(&main).expect("the file");
    let image = text.trim_end().to_owned() + " FLUSH PURGE 1\n";
    steered.place.put("pagent.conf", image.as_bytes(), 0o644);
    assert_eq!(steered.load(&Ask::Update).outcome, Outcome::Replaced);
    let said = || steered.engine.log().lines().count();
    let before = said();
    // Nothing changes, and nothing is said.
    thread::sleep(std::time::Duration::from_millis(2500));
    assert_eq!(said(), before, "{}", steered.engine.log());
    steered
        .place
        .put_policy(&(policy("WEB", 0) + &policy("NEW", 0)));
    steered.place.put("pagent.conf", image.as_bytes(), 0o644);
    eventually(
        "the new rule",
        || steered.status().rules == 2,
        || steered.engine.log(),
    );
}

#[test]
fn who_listens_is_told_that_the_engine_ends() {
    let mut steered = Steered::start();
    let mut listener = steered.client();
    listener.listen().expect("listening");
    // An answer after it, at the same socket, shows that the engine has read that somebody listens.
    eventually(
        "an event",
        || {
            steered.load(&Ask::Refresh);
            matches!(listener.heard(), Ok(Some(Answer::Event { .. })))
        },
        || steered.engine.log(),
    );
    steered.engine.signal(Signal::TERM);
    let mut last = None;
    while let Ok(Some(answer)) = listener.heard() {
        last = Some(answer);
    }
    assert_eq!(last, Some(Answer::Ended { why: End::Engine }));
    assert_eq!(steered.engine.ended(), Some(0));
}

/// What is answered to a request over HTTP.
fn http(address: &str, request: &str) -> String {
    let mut stream = std::net::TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(LONG)).expect("a timeout");
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer
}

#[test]
fn counters_are_told_over_http() {
    let place = Place::new();
    place.put_policy(&policy("WEB", 0));
    let control = place.path("main.sock").display().to_string();
    let engine = place.start(
        &[Program::echo().inbound("WEB")],
        &["--control", &control, "--metrics", "0"],
    );
    let log = engine.log();
    let address = log
        .split("counters at http://")
        .nth(1)
        .and_then(|rest| rest.split('/').next())
        .expect("an address");
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    let mut bad = engine.connect(0);
    bad.write_all(b"GET /secret HTTP/1.0\r\n\r\n")
        .expect("sent");
    let _ = bad.read_to_end(&mut Vec::new());
    let get = || http(address, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    eventually("the failure", || get().contains("rc=\"5003\"} 1"), get);
    let page = get();
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
    assert!(
        page.contains("Content-Type: text/plain; version=0.0.4"),
        "{page}"
    );
    assert!(
        page.contains("gatehouse_engine_rule_failed_total{engine=\"main\",rule=\"WEB\"} 1\n"),
        "{page}"
    );
    assert!(!page.contains("secret"));
    // The same as over the socket.
    let mut client = Client::connect(&place.path("main.sock")).expect("an engine");
    let (Ok(Answer::Status(status)), Ok(Answer::Rules { rules })) =
        (client.ask(&Ask::Status), client.ask(&Ask::Rules))
    else {
        panic!("no answer")
    };
    let (_, body) = page.split_once("\r\n\r\n").expect("a head");
    assert_eq!(
        body,
        ::control::metrics::exposition("main", &status, &rules)
    );

    let head = http(address, "HEAD /metrics HTTP/1.1\r\n\r\n");
    assert!(head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"));
    assert!(http(address, "POST /metrics HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405"));
    assert!(http(address, "GET /policy HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404"));
    let long = format!("GET /metrics HTTP/1.1\r\na: {}", "x".repeat(8 << 10));
    assert!(http(address, &long).starts_with("HTTP/1.1 431"));
    // Who says nothing is cut off, and others are answered then.
    let silent = std::net::TcpStream::connect(address).expect("a connection");
    assert!(get().starts_with("HTTP/1.1 200"));
    drop(silent);

    let taken = place.refused_with(&["--metrics", address]);
    assert!(taken.contains(&format!("--metrics {address}: ")), "{taken}");
}
