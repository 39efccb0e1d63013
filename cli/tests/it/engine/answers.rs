//! Answers of an engine, as text and as data.

use std::net::SocketAddr;

use ::control::{
    AlertCount, AlertInfo, Answer, Ask, CapturedRecord, CertificateInfo, Change, CodeCount,
    ConnectionInfo, Counts, Diagnosis, End, FailureInfo, FileInfo, Loaded, MapType, Of, Outcome,
    ParameterInfo, Phase, RuleInfo, SaidInfo, Status, TlsInfo, TraceInfo, TrialInfo, Which,
};
use serde_json::Value;

use super::Engine;

/// 2027-11-22 05:00:00 in UTC, in Unix seconds.
const STARTED: u64 = 1_826_859_600;

pub fn line(answer: &Answer) -> String {
    serde_json::to_string(answer).unwrap() + "\n"
}

fn counts(connections: u64) -> Counts {
    Counts {
        since: STARTED,
        connections,
        ..Counts::default()
    }
}

pub fn status() -> String {
    status_with(None)
}

pub fn status_with(trial: Option<TrialInfo>) -> String {
    line(&Answer::Status(Status {
        version: "0.1.0".to_owned(),
        library: "OpenSSL 3.5.4".to_owned(),
        stack: "TCPIP".to_owned(),
        config: "/etc/pagent.conf".into(),
        files: vec![FileInfo {
            path: "/etc/pagent.conf".into(),
            sha256: "00".to_owned(),
        }],
        trial,
        rules: 3,
        started: STARTED,
        loaded: STARTED + 600,
        open: 5,
        most: 1000,
        fail_closed: false,
        ending: false,
        ways: vec![
            "inbound 0.0.0.0:8443 to 127.0.0.1:8080".to_owned(),
            "table inet gatehouse-main".to_owned(),
        ],
        unmapped: Counts {
            open: 1,
            last: Some(STARTED + 3661),
            ..counts(12)
        },
        failed_by_code: vec![
            CodeCount { rc: 402, count: 3 },
            CodeCount { rc: 5004, count: 1 },
        ],
        failed_by_alert: vec![AlertCount {
            alert: alert(true, 40, "handshake_failure"),
            count: 3,
        }],
    }))
}

fn alert(sent: bool, code: u8, name: &str) -> AlertInfo {
    let name = name.to_owned();
    AlertInfo { sent, code, name }
}

fn rules() -> String {
    let rule = |name: &str, protects, counts| RuleInfo {
        name: name.to_owned(),
        protects,
        counts,
    };
    let rules = vec![
        rule(
            "Web",
            true,
            Counts {
                open: 3,
                handshakes: 1200,
                resumed: 801,
                failed: 4,
                bytes_in: 1_258_291,
                bytes_out: 3_650_722_202,
                last: Some(STARTED + 86_400),
                ..counts(1204)
            },
        ),
        rule("A\"quoted\\rule", true, counts(0)),
        rule(
            "Clear",
            false,
            Counts {
                last: Some(STARTED),
                ..counts(1)
            },
        ),
    ];
    line(&Answer::Rules { rules })
}

fn connection(id: u32, remote: &str) -> ConnectionInfo {
    ConnectionInfo {
        id,
        inbound: true,
        local: "10.1.1.2:8443".parse().unwrap(),
        remote: remote.parse::<SocketAddr>().unwrap(),
        job: "WEB".to_owned(),
        user: "START1".to_owned(),
        rule: Some("Web".to_owned()),
        actions: ["On".to_owned(), "Serve".to_owned(), String::new()],
        map_type: MapType::Primary,
        controlled: false,
        phase: Phase::Open,
        tls: Some(TlsInfo {
            version: "TLSv1.3".to_owned(),
            suite: "TLS_AES_128_GCM_SHA256".to_owned(),
            group: Some("prime256v1".to_owned()),
            server_name: Some("www.example.com\u{1b}[2J".to_owned()),
            resumed: false,
            own: Some(CertificateInfo {
                subject: "CN=www.example.com".to_owned(),
                issuer: "CN=CA".to_owned(),
                serial: "0A1B".to_owned(),
                until: "Nov 22 05:00:00 2028 GMT".to_owned(),
                names: vec!["a.example".to_owned(), "192.0.2.9".to_owned()],
            }),
            partner: Some(CertificateInfo {
                subject: "CN=alice,O=Bank".to_owned(),
                issuer: "OU=Staff CA,O=Bank".to_owned(),
                serial: "02".to_owned(),
                until: "Nov 22 05:00:00 2029 GMT".to_owned(),
                names: Vec::new(),
            }),
            user: Some("ALICE".to_owned()),
        }),
        last_alert: Some(alert(true, 112, "unrecognized_name")),
        bytes_in: 1_258_291,
        bytes_out: 512,
        age: 192,
    }
}

fn connections(connections: Vec<ConnectionInfo>) -> String {
    line(&Answer::Connections { connections })
}

fn several() -> String {
    let handshake = ConnectionInfo {
        phase: Phase::Handshake,
        tls: None,
        bytes_in: 0,
        bytes_out: 0,
        age: 1,
        ..connection(0x54, "[2001:db8::1]:40000")
    };
    let ending = ConnectionInfo {
        phase: Phase::Ending,
        ..handshake.clone()
    };
    let unmapped = ConnectionInfo {
        inbound: false,
        rule: None,
        actions: Default::default(),
        tls: None,
        job: String::new(),
        user: String::new(),
        age: 90_000,
        ..connection(0x1_EEF1, "192.0.2.9:25")
    };
    let controlled = ConnectionInfo {
        controlled: true,
        tls: None,
        ..connection(0x55, "192.0.2.8:40002")
    };
    let first = connection(0x53, "192.0.2.7:40001");
    connections(vec![first, handshake, ending, unmapped, controlled])
}

/// Of rule `Web`: one value that beats another, one coded default, one default.
fn parameters() -> String {
    let said = |scope: &str, action: &str, value: &str, line: u32| SaidInfo {
        scope: scope.to_owned(),
        action: action.to_owned(),
        value: value.to_owned(),
        place: format!("/etc/ttls.policy:{line}"),
    };
    let one = |name: &str, value: &str, said, own, beaten| ParameterInfo {
        name: name.to_owned(),
        value: value.to_owned(),
        said,
        own,
        beaten,
    };
    let parameters = vec![
        one(
            "Trace",
            "14",
            Some(said("connection", "Loud", "14", 31)),
            true,
            vec![said("group", "On", "6", 12)],
        ),
        one(
            "HandshakeRole",
            "Client",
            Some(said("environment", "Serve", "Client", 16)),
            false,
            Vec::new(),
        ),
        one("HandshakeTimeout", "10", None, false, Vec::new()),
    ];
    line(&Answer::Parameters {
        rule: "Web".to_owned(),
        parameters,
    })
}

#[test]
fn parameters_say_where_they_come_from_and_defaults_when_they_are_asked_for() {
    let (ran, asked) = Engine::start([parameters()]).run("parameters --rule Web");
    let of = Of::Rule("Web".to_owned());
    assert_eq!(asked, [Ask::Parameters { of }]);
    assert_eq!(
        ran.out,
        "rule Web\n\
         PARAMETER  VALUE  FROM\n\
         Trace      14     connection action Loud, /etc/ttls.policy:31, not 6 of group action On, /etc/ttls.policy:12\n"
    );
    let (ran, asked) = Engine::start([parameters()]).run("parameters --connection 4f --all --json");
    let of = Of::Connection(0x4F);
    assert_eq!(asked, [Ask::Parameters { of }]);
    let data: Value = serde_json::from_str(&ran.out).unwrap();
    let names = data["parameters"].as_array().unwrap().iter();
    let names: Vec<_> = names.map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Trace", "HandshakeRole", "HandshakeTimeout"]);
    assert_eq!(data["parameters"][2]["said"], Value::Null);
    let text = Engine::start([parameters()]).ends(0, "parameters --rule Web --all");
    assert!(
        text.contains("\nHandshakeTimeout  10      default\n"),
        "{text}"
    );
}

#[test]
fn the_engine_is_told_at_a_glance() {
    let text = Engine::start([status()]).ends(0, "status");
    insta::assert_snapshot!("status", text);
    let data: Value =
        serde_json::from_str(&Engine::start([status()]).ends(0, "status --json")).unwrap();
    assert_eq!(data["loaded"], STARTED + 600);
    assert_eq!(data["unmapped"]["connections"], 12);
}

#[test]
fn connections_are_listed_by_what_they_have() {
    insta::assert_snapshot!(
        "connections",
        Engine::start([several()]).ends(0, "connections")
    );
    let data = Engine::start([several()]).ends(0, "connections --json");
    let data: Value = serde_json::from_str(&data).unwrap();
    assert_eq!(data["connections"][3]["connid"], "0001EEF1");
    assert_eq!(data["connections"][3]["id"], 0x1_EEF1);
    for flags in ["--rule Web", "--connection 7", "--connection 7 --netstat"] {
        let none = Engine::start([connections(Vec::new())]);
        let said = none.ends(0, &format!("connections {flags}"));
        assert_eq!(said, "no such connection is open\n", "{flags}");
    }
}

#[test]
fn connections_are_chosen() {
    let flags =
        "connections --rule Web --remote 2001:db8::1 --port 8443 --job web --connection 0001EEF1";
    let (ran, asked) = Engine::start([several()]).run(flags);
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    let which = Which {
        rule: Some("Web".to_owned()),
        remote: "2001:db8::1".parse().ok(),
        port: Some(8443),
        job: Some("web".to_owned()),
        connection: Some(0x1_EEF1),
    };
    assert_eq!(asked, [Ask::Connections { which }]);
}

#[test]
fn all_that_is_known_of_one_connection_is_told() {
    let one = || connections(vec![connection(0x53, "192.0.2.7:40001")]);
    let text = Engine::start([one()]).ends(0, "connections --connection 53");
    assert!(!text.contains('\u{1b}'), "{text}");
    insta::assert_snapshot!("connection", text);
}

#[test]
fn a_connection_says_who_starts_tls_and_how_it_was_mapped() {
    for (map_type, controlled, expected) in [
        (MapType::Primary, true, "its program starts TLS (APPLCNTRL)"),
        (MapType::Secondary, false, "like another one (secondary)"),
        (
            MapType::Secondary,
            true,
            "like another one (secondary); its program starts TLS (APPLCNTRL)",
        ),
    ] {
        let one = ConnectionInfo {
            map_type,
            controlled,
            ..connection(0x53, "192.0.2.7:40001")
        };
        let said = Engine::start([connections(vec![one])]).ends(0, "connections --connection 53");
        let line = said.lines().find(|line| line.starts_with("mapped "));
        assert!(
            line.is_some_and(|line| line.ends_with(&format!("  {expected}"))),
            "{said}"
        );
    }
}

#[test]
fn connections_have_the_layout_of_netstat() {
    let groups = Engine::start([several()]).ends(0, "connections --netstat");
    insta::assert_snapshot!("netstat-group", groups);
    let one = connection(0xBB, "10.1.0.2:53230");
    let older = ConnectionInfo {
        actions: ["On", "Serve", "One"].map(str::to_owned),
        map_type: MapType::Secondary,
        tls: one.tls.clone().map(|tls| TlsInfo {
            version: "TLSv1.2".to_owned(),
            suite: "TLS_RSA_WITH_AES_128_CBC_SHA256".to_owned(),
            group: None,
            user: None,
            ..tls
        }),
        ..one.clone()
    };
    let unmapped = ConnectionInfo {
        rule: None,
        actions: Default::default(),
        tls: None,
        ..one.clone()
    };
    let reports = [one, older, unmapped].map(|one| {
        Engine::start([connections(vec![one])]).ends(0, "connections --netstat --connection bb")
    });
    insta::assert_snapshot!("netstat-conn", reports.join("\n"));
}

fn failure(number: u64) -> FailureInfo {
    FailureInfo {
        number,
        time: STARTED,
        connection: 0x53,
        inbound: true,
        local: "10.1.1.2:8443".parse().unwrap(),
        remote: "192.0.2.7:40001".parse().unwrap(),
        job: "WEB".to_owned(),
        user: "START1".to_owned(),
        rule: Some("Web".to_owned()),
        actions: ["On".to_owned(), "Gold".to_owned(), String::new()],
        rc: 402,
        messages: vec!["EZD1286I".to_owned()],
        secured: false,
        reason: "no shared cipher. There is no cipher suite that both ends can use.".to_owned(),
        alert: Some(alert(true, 40, "handshake_failure")),
        server_name: Some("www.example.com\u{1b}[2J".to_owned()),
        diagnosis: Some(Diagnosis {
            why: "The client and rule Web have no cipher suite in common.".to_owned(),
            changes: vec![
                Change {
                    text: "Add TLS_RSA_WITH_AES_128_GCM_SHA256 to `V3CipherSuites`.".to_owned(),
                    attributes: vec!["V3CipherSuites".to_owned()],
                },
                Change {
                    text: "Or have the client offer another one.".to_owned(),
                    attributes: Vec::new(),
                },
            ],
        }),
    }
}

#[test]
fn failures_are_cards_with_their_cause() {
    let answer = || {
        let bare = FailureInfo {
            inbound: false,
            rule: None,
            actions: Default::default(),
            messages: Vec::new(),
            secured: true,
            rc: 4999,
            alert: None,
            server_name: None,
            diagnosis: None,
            ..failure(8)
        };
        line(&Answer::Failures {
            failures: vec![failure(7), bare],
        })
    };
    let (ran, asked) = Engine::start([answer()]).run("failures --rule Web");
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    let which = Which {
        rule: Some("Web".to_owned()),
        ..Which::default()
    };
    assert_eq!(asked, [Ask::Failures { which, after: None }]);
    assert!(!ran.out.contains('\u{1b}'));
    insta::assert_snapshot!("failures", ran.out);
    let data = Engine::start([answer()]).ends(0, "failures --json");
    let data: Value = serde_json::from_str(&data).unwrap();
    assert_eq!(data["failures"][0]["connid"], "00000053");
    assert_eq!(
        data["failures"][0]["diagnosis"]["changes"][0]["attributes"][0],
        "V3CipherSuites"
    );
    let none = line(&Answer::Failures {
        failures: Vec::new(),
    });
    let said = Engine::start([none]).ends(0, "failures");
    assert_eq!(said, "nothing failed, as far as the engine keeps it\n");
}

#[test]
fn failures_are_followed() {
    let answer = |failures| line(&Answer::Failures { failures });
    let engine = Engine::start([answer(vec![failure(7)]), answer(vec![failure(9)])]);
    // The engine that is played ends then.
    let (ran, asked) = engine.run("failures --follow --json");
    assert_eq!(ran.code, Some(2), "{}", ran.errors);
    let numbers: Vec<Value> = ran
        .out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["number"].clone())
        .collect();
    assert_eq!(numbers, [7, 9]);
    let ask = |after| Ask::Failures {
        which: Which::default(),
        after,
    };
    assert_eq!(asked, [ask(None), ask(Some(7))]);
}

#[test]
fn rules_are_told_with_their_use() {
    insta::assert_snapshot!("rules", Engine::start([rules()]).ends(0, "rules"));
    insta::assert_snapshot!(
        "rules-unused",
        Engine::start([rules()]).ends(1, "rules --unused")
    );
    let data = Engine::start([rules()]).ends(1, "rules --unused --json");
    let data: Value = serde_json::from_str(&data).unwrap();
    assert_eq!(data["rules"].as_array().unwrap().len(), 1);
    assert_eq!(data["rules"][0]["since"], STARTED);
    let none = line(&Answer::Rules { rules: Vec::new() });
    let said = Engine::start([none]).ends(0, "rules --unused");
    assert_eq!(said, "every rule was used\n");
}

#[test]
fn loading_says_what_became_of_it() {
    let loaded = |outcome| {
        let remarks = match outcome {
            Outcome::Unchanged => Vec::new(),
            _ => vec!["ttls.policy:3: `Keyring` is empty".to_owned()],
        };
        line(&Answer::Loaded(Loaded {
            outcome,
            remarks,
            rules: 2,
        }))
    };
    let (ran, asked) = Engine::start([loaded(Outcome::Unchanged)]).run("update");
    assert_eq!(asked, [Ask::Update]);
    assert_eq!(ran.code, Some(0));
    assert_eq!(ran.out, "nothing changed since it was loaded: 2 rules\n");
    let (ran, asked) = Engine::start([loaded(Outcome::Replaced)]).run("refresh");
    assert_eq!(asked, [Ask::Refresh]);
    assert_eq!(ran.code, Some(0));
    assert_eq!(
        ran.out,
        "ttls.policy:3: `Keyring` is empty\nloaded: 2 rules, which new connections meet\n"
    );
    let kept = Engine::start([loaded(Outcome::Kept)]).ends(1, "refresh");
    assert!(
        kept.ends_with("\nthere are errors; the policy from before stays in effect: 2 rules\n"),
        "{kept}"
    );
    let kept = Engine::start([loaded(Outcome::Kept)]).ends(1, "update --json");
    let kept: Value = serde_json::from_str(&kept).unwrap();
    assert_eq!(kept["outcome"], "kept");
}

#[test]
fn traces_begin_and_end() {
    let traces = || {
        let trace = |number, level, left, which| TraceInfo {
            number,
            which,
            level,
            left,
            capture: number == 2,
            clear_text: (number == 2).then(|| "INC0042".to_owned()),
            over: number == 12,
            records: u64::from(number) * 10,
            dropped: u64::from(number == 12),
        };
        let web = Which {
            rule: Some("Web".to_owned()),
            port: Some(8443),
            ..Which::default()
        };
        let one = Which {
            connection: Some(0x53),
            job: Some("WEB".to_owned()),
            remote: "192.0.2.7".parse().ok(),
            ..Which::default()
        };
        line(&Answer::Traces {
            traces: vec![
                trace(1, 6, 598, web),
                trace(2, 9, 7199, one),
                trace(12, 15, 5, Which::default()),
            ],
        })
    };
    insta::assert_snapshot!("traces", Engine::start([traces()]).ends(0, "trace list"));
    let (ran, asked) =
        Engine::start([traces()]).run("trace start --rule Web --level info --for 10m");
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    let which = Which {
        rule: Some("Web".to_owned()),
        ..Which::default()
    };
    let (level, seconds) = (6, 600);
    assert_eq!(
        asked,
        [Ask::Trace {
            which,
            level,
            seconds,
            capture: false,
            clear_text: None,
        }]
    );
    let (_, asked) = Engine::start([traces()]).run("trace start");
    let (which, level) = (Which::default(), 15);
    assert_eq!(
        asked,
        [Ask::Trace {
            which,
            level,
            seconds,
            capture: false,
            clear_text: None,
        }]
    );
    let (_, asked) = Engine::start([traces()]).run("trace end 12");
    assert_eq!(asked, [Ask::EndTrace { number: Some(12) }]);
    let (_, asked) = Engine::start([traces()]).run("trace start --rule Web --capture");
    assert!(matches!(asked[..], [Ask::Trace { capture: true, .. }]));
    let (_, asked) = Engine::start([traces()]).run("trace start --rule Web --clear-text INC0042");
    let [Ask::Trace { clear_text, .. }] = &asked[..] else {
        panic!("{asked:?}")
    };
    assert_eq!(clear_text.as_deref(), Some("INC0042"));
    let none = line(&Answer::Traces { traces: Vec::new() });
    let (ran, asked) = Engine::start([none]).run("trace end");
    assert_eq!(asked, [Ask::EndTrace { number: None }]);
    assert_eq!(ran.out, "no trace goes on\n");
}

fn captured(numbers: &[u64]) -> String {
    let record = |number: &u64| CapturedRecord {
        number: *number,
        time_us: STARTED * 1_000_000 + number,
        connection: 0x53,
        from_partner: number % 2 == 1,
        kind: "ClientHello".to_owned(),
        summary: "offers TLS 1.3\u{1b}[2J".to_owned(),
        details: vec!["cipher suites:".to_owned(), "  one".to_owned()],
    };
    line(&Answer::Captured {
        records: numbers.iter().map(record).collect(),
        dropped: 3,
    })
}

#[test]
fn what_a_trace_has_kept_is_told() {
    let engine = Engine::start([captured(&[1, 2]), captured(&[])]);
    let (ran, asked) = engine.run("trace show 7");
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    let ask = |after| Ask::Captured { trace: 7, after };
    assert_eq!(asked, [ask(0), ask(2)]);
    assert_eq!(
        ran.out,
        "06:00:00.000001 00000053 partner ClientHello offers TLS 1.3?[2J\n    cipher suites:\n      one\n\
         06:00:00.000002 00000053 engine  ClientHello offers TLS 1.3?[2J\n    cipher suites:\n      one\n"
    );
    assert_eq!(
        ran.errors,
        "gatehouse: 3 records are missing, as there were too many\n"
    );
    let brief = Engine::start([captured(&[1]), captured(&[])]).ends(0, "trace show 7 --brief");
    assert!(!brief.contains("cipher suites"), "{brief}");
    let data = Engine::start([captured(&[1]), captured(&[])]).ends(0, "trace show 7 --json");
    let data: Value = serde_json::from_str(&data).unwrap();
    assert_eq!(data["records"][0]["connid"], "00000053");
    assert_eq!(data["dropped"], 3);
    let why = "there is no trace 7 that keeps what is said".to_owned();
    let refused = line(&Answer::Refused { why });
    let said = Engine::start([refused]).ends(1, "trace show 7");
    assert_eq!(
        said,
        "gatehouse: there is no trace 7 that keeps what is said\n"
    );
}

#[test]
fn what_a_trace_has_kept_is_written_for_this_user() {
    use std::os::unix::fs::PermissionsExt as _;
    let here = tempfile::tempdir().unwrap();
    let file = here.path().join("trace.pcapng");
    let answer = || {
        line(&Answer::Pcapng {
            base64: "Cg0NCg==".to_owned(),
            clear_text: None,
        })
    };
    let command = format!(
        "trace export 7 --without-secrets --output {}",
        file.display()
    );
    let (ran, asked) = Engine::start([answer()]).run(&command);
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    let (trace, without_secrets) = (7, true);
    assert_eq!(
        asked,
        [Ask::Pcapng {
            trace,
            without_secrets
        }]
    );
    assert_eq!(std::fs::read(&file).unwrap(), b"\n\r\r\n");
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let nowhere = here.path().join("none/trace.pcapng");
    let command = format!("trace export 7 -o {}", nowhere.display());
    let said = Engine::start([answer()]).ends(2, &command);
    assert!(said.contains("trace.pcapng: No such file"), "{said}");
}

#[test]
fn events_are_followed_to_the_end_of_the_engine() {
    let event = |words: &str| {
        line(&Answer::Event {
            line: words.to_owned(),
        })
    };
    let end = |why| line(&Answer::Ended { why });
    let events = || {
        event("EZD1286I TTLS Error\n  why: no shared cipher")
            + &event("one \u{1b}[2J more")
            + &end(End::Engine)
    };
    let (ran, asked) = Engine::start([events()]).run("events");
    assert_eq!(asked, [Ask::Events]);
    assert_eq!(ran.code, Some(0));
    assert_eq!(
        ran.out,
        "EZD1286I TTLS Error\n  why: no shared cipher\none ?[2J more\n"
    );
    assert_eq!(ran.errors, "gatehouse: the engine ended\n");
    let slow = event("one") + &end(End::TooSlow);
    let said = Engine::start([slow]).ends(2, "events");
    assert!(
        said.contains("one\ngatehouse: this program did not keep up"),
        "{said}"
    );
    let said = Engine::start([event("one")]).ends(2, "events");
    assert!(said.contains("went away without a word"), "{said}");
    let (ran, _) = Engine::start([events()]).run("events --json");
    let lines: Vec<Value> = ran
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1]["line"], "one \u{1b}[2J more");
}

#[test]
fn metrics_are_for_prometheus() {
    let (ran, asked) = Engine::start([status(), rules()]).run("metrics");
    assert_eq!(ran.code, Some(0), "{}", ran.errors);
    assert_eq!(asked, [Ask::Status, Ask::Rules]);
    insta::assert_snapshot!("metrics", ran.out);
    let data = Engine::start([status(), rules()]).ends(0, "metrics --json");
    let data: Value = serde_json::from_str(&data).unwrap();
    assert_eq!(data["status"]["rules"], 3);
    assert_eq!(data["rules"][0]["handshakes"], 1200);
}

/// Each name has one type, said before its first value, and all its values are together.
#[test]
fn metrics_are_well_formed() {
    let text = Engine::start([status(), rules()]).ends(0, "metrics");
    let mut typed: Vec<&str> = Vec::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(!typed.contains(&name), "{name} twice");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{name}");
            typed.push(name);
        } else if !line.starts_with("# HELP ") {
            let (name, rest) = line.split_once('{').unwrap();
            assert_eq!(typed.last(), Some(&name));
            let (labels, value) = rest.rsplit_once("} ").unwrap();
            assert!(labels.starts_with("engine=\"main\""), "{line}");
            value.parse::<u64>().unwrap();
        }
    }
    assert!(text.contains(r#"rule="A\"quoted\\rule"} 0"#), "{text}");
}
