//! Traces that keep what both sides say: in words, and as packets that tshark reads.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;

use ::control::{Answer, Ask, CapturedRecord, Client, ClientError, TraceInfo, Which};
use openssl::ssl::{SslContextBuilder, SslVerifyMode, SslVersion};

use crate::certificates::Kind;
use crate::fixture::{
    BOTH, Engine, LONG, MODERN, Place, Program, eventually, has, round, rule, run, text, tls_with,
};

/// What programs say, which is to be nowhere.
const SECRET: &str = "the-marker-of-the-program-that-nobody-may-read";

/// An engine whose rule `WEB` is traced.
struct Traced {
    place: Place,
    engine: Engine,
}

impl Traced {
    fn start(environment: &str) -> Self {
        let place = Place::new();
        let server = place.authority.issue("localhost", Kind::Rsa(2048));
        place.put_personal("R", "SERVER", &server.pem_with_key());
        place.put_policy(
            &(rule("WEB", "Server", environment, BOTH) + &rule("OUT", "Client", MODERN, BOTH)),
        );
        let control = place.path("engine.sock").display().to_string();
        let web = Program::echo();
        let six = format!("inbound:[::1]:0={},job=WEB", web.address);
        let pairs = [web.inbound("WEB"), six, web.outbound("OUT")];
        let engine = place.start(&pairs, &["--control", &control]);
        let traced = Self { place, engine };
        traced.begin("WEB");
        traced
    }

    fn ask(&self, ask: &Ask) -> Answer {
        let socket = self.place.path("engine.sock");
        let mut client = Client::connect(&socket).expect("an engine");
        client.ask(ask).expect("an answer")
    }

    fn begin(&self, rule: &str) -> Vec<TraceInfo> {
        let which = Which {
            rule: Some(rule.to_owned()),
            ..Which::default()
        };
        match self.ask(&Ask::Trace {
            which,
            level: 0,
            seconds: 600,
            capture: true,
            clear_text: None,
        }) {
            Answer::Traces { traces } => traces,
            other => panic!("{other:?}"),
        }
    }

    fn records(&self, trace: u32) -> Vec<CapturedRecord> {
        match self.ask(&Ask::Captured { trace, after: 0 }) {
            Answer::Captured { records, .. } => records,
            other => panic!("{other:?}"),
        }
    }

    /// A connection that says the secret.
    fn talk(&self, set: impl FnOnce(&mut SslContextBuilder)) {
        let mut stream = tls_with(self.engine.connect(0), set).expect("a handshake");
        assert_eq!(round(&mut stream, SECRET).expect("an answer"), SECRET);
        let _ = stream.shutdown();
    }

    /// Until a trace has so many records of a kind.
    fn wait(&self, kind: &str, number: usize) {
        let count = || {
            let records = self.records(1);
            records.iter().filter(|one| one.kind == kind).count()
        };
        eventually(
            kind,
            || count() >= number,
            || format!("{:#?}", self.records(1)),
        );
    }

    /// Until no connection is open.
    fn ended(&self) {
        let open = || match self.ask(&Ask::Status) {
            Answer::Status(status) => status.open,
            other => panic!("{other:?}"),
        };
        eventually("the ends", || open() == 0, || self.engine.log());
    }

    /// Asks for a trace that keeps what programs say.
    fn begin_clear_text(&self) -> Result<Answer, ClientError> {
        let socket = self.place.path("engine.sock");
        let mut client = Client::connect(&socket).expect("an engine");
        client.ask(&Ask::Trace {
            which: Which {
                rule: Some("WEB".to_owned()),
                ..Which::default()
            },
            level: 0,
            seconds: 600,
            capture: false,
            clear_text: Some("INC0042: what the partner sends".to_owned()),
        })
    }

    fn export(&self, without_secrets: bool) -> (PathBuf, Vec<u8>) {
        self.export_of(1, without_secrets)
    }

    fn export_of(&self, trace: u32, without_secrets: bool) -> (PathBuf, Vec<u8>) {
        use base64::Engine as _;
        let answer = self.ask(&Ask::Pcapng {
            trace,
            without_secrets,
        });
        let Answer::Pcapng { base64, .. } = answer else {
            panic!("{answer:?}")
        };
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(base64)
            .expect("base64");
        let path = self
            .place
            .path(&format!("{trace}-{without_secrets}.pcapng"));
        std::fs::write(&path, &bytes).expect("a file");
        (path, bytes)
    }
}

fn version(version: SslVersion) -> impl Fn(&mut SslContextBuilder) {
    move |client| {
        client
            .set_min_proto_version(Some(version))
            .expect("a version");
        client
            .set_max_proto_version(Some(version))
            .expect("a version");
    }
}

fn tshark(file: &std::path::Path, arguments: &[&str]) -> String {
    let file = file.display().to_string();
    let all = [&["-r", &file], arguments].concat();
    let output = run("tshark", &all, "");
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

fn contains(bytes: &[u8], words: &str) -> bool {
    bytes
        .windows(words.len())
        .any(|part| part == words.as_bytes())
}

#[test]
fn what_both_sides_say_is_told_in_words() {
    let traced = Traced::start(MODERN);
    traced.talk(|client| {
        version(SslVersion::TLS1_3)(client);
    });
    traced.wait("application data", 2);
    // The last words are kept, too.
    traced.ended();
    let records = traced.records(1);
    let kinds: Vec<_> = records
        .iter()
        .map(|one| (one.from_partner, one.kind.as_str()))
        .collect();
    let begin = [
        (true, "ClientHello"),
        (false, "ServerHello"),
        (false, "EncryptedExtensions"),
        (false, "Certificate"),
        (false, "CertificateVerify"),
        (false, "Finished"),
        (true, "Finished"),
    ];
    let without: Vec<_> = kinds
        .iter()
        .filter(|(_, kind)| *kind != "ChangeCipherSpec")
        .collect();
    assert!(
        without.iter().copied().take(7).eq(begin.iter()),
        "{kinds:?}"
    );
    assert!(kinds.contains(&(false, "NewSessionTicket")), "{kinds:?}");
    let of = |kind: &str| {
        let found = records.iter().find(|one| one.kind == kind);
        found.unwrap_or_else(|| panic!("no {kind}: {kinds:?}"))
    };
    assert!(
        of("ServerHello")
            .summary
            .starts_with("chooses TLS 1.3, TLS_AES_128_GCM_SHA256 (1301)")
    );
    let certificate = of("Certificate");
    assert_eq!(certificate.summary, "CN=localhost");
    let details = certificate.details.join("\n");
    assert!(
        details.contains("issuer: CN=Test Authority") && details.contains("key: RSA 2048"),
        "{details}"
    );
    assert!(
        of("CertificateVerify")
            .summary
            .starts_with("rsa_pss_rsae_sha")
    );
    let all = serde_json::to_string(&records).expect("JSON");
    assert!(!all.contains(SECRET));
    // Numbers and times go up, and nothing is told twice.
    let (first, last) = (&records[0], &records[records.len() - 1]);
    assert!(first.number == 1 && first.time_us <= last.time_us);
    let after = Ask::Captured {
        trace: 1,
        after: last.number,
    };
    assert!(
        matches!(traced.ask(&after), Answer::Captured { records, dropped: 0 } if records.is_empty())
    );

    // What was kept stays when the trace is over, and nothing more comes.
    traced.ask(&Ask::EndTrace { number: Some(1) });
    let kept = traced.records(1).len();
    traced.talk(|_| {});
    assert_eq!(traced.records(1).len(), kept);
    let Answer::Traces { traces } = traced.ask(&Ask::Traces) else {
        panic!("no traces")
    };
    assert!(traces[0].over && traces[0].capture && traces[0].records == kept as u64);
}

#[test]
fn outbound_handshakes_and_alerts_are_kept_too() {
    let traced = Traced::start(MODERN);
    traced.begin("OUT");
    // The echo sends the offer back, which is no answer.
    let mut stream = traced.engine.connect(2);
    let _ = stream.write_all(b"hello");
    eventually(
        "the alert",
        || traced.records(2).iter().any(|one| one.kind == "alert"),
        || traced.engine.log(),
    );
    let records = traced.records(2);
    assert_eq!(
        (records[0].kind.as_str(), records[0].from_partner),
        ("ClientHello", false)
    );
    assert!(records.iter().all(|one| one.kind != "application data"));
    assert!(traced.records(1).is_empty());
}

#[test]
fn tshark_reads_handshakes_and_nothing_of_programs() {
    if !has("tshark") {
        assert!(std::env::var_os("CI").is_none(), "tshark is missing");
        return;
    }
    let traced = Traced::start(MODERN);
    traced.talk(version(SslVersion::TLS1_3));
    traced.talk(version(SslVersion::TLS1_2));
    let refused = tls_with(traced.engine.connect(0), |client| {
        client.set_verify(SslVerifyMode::PEER);
    });
    assert!(refused.is_err());
    traced.wait("application data", 4);
    eventually(
        "the alert of the partner",
        || {
            traced
                .records(1)
                .iter()
                .any(|one| one.kind == "alert" && one.summary.starts_with("unknown_ca"))
        },
        || format!("{:#?}", traced.records(1)),
    );
    traced.ended();
    let (file, bytes) = traced.export(false);
    assert!(!contains(&bytes, SECRET));
    for secret in [
        "CLIENT_TRAFFIC_SECRET",
        "SERVER_TRAFFIC_SECRET",
        "EXPORTER_SECRET",
        "CLIENT_RANDOM",
    ] {
        assert!(!contains(&bytes, secret), "{secret}");
    }
    assert!(contains(&bytes, "SERVER_HANDSHAKE_TRAFFIC_SECRET"));

    let fields = tshark(
        &file,
        &[
            "-T",
            "fields",
            "-e",
            "tcp.stream",
            "-e",
            "tls.handshake.type",
            "-e",
            "tls.alert_message.desc",
        ],
    );
    let of = |stream: &str| -> String {
        let lines = fields
            .lines()
            .filter(|line| line.starts_with(&format!("{stream}\t")));
        lines
            .map(|line| line.split('\t').skip(1).collect::<Vec<_>>().join("|") + ",")
            .collect()
    };
    // ClientHello, ServerHello, EncryptedExtensions, Certificate, CertificateVerify, Finished.
    let first = of("0").replace('|', ",");
    let types: Vec<_> = first.split(',').filter(|one| !one.is_empty()).collect();
    assert!(
        types.starts_with(&["1", "2", "8", "11", "15", "20"]),
        "{fields}"
    );
    // ClientHello, ServerHello, Certificate, ServerKeyExchange, ServerHelloDone, ClientKeyExchange.
    let second = of("1").replace('|', ",");
    let types: Vec<_> = second.split(',').filter(|one| !one.is_empty()).collect();
    assert!(
        types.starts_with(&["1", "2", "11", "12", "14", "16"]),
        "{fields}"
    );
    assert!(of("2").contains("48"), "the alert unknown_ca: {fields}");

    let all = tshark(&file, &["-V", "-x"]);
    for words in [
        "Client Hello",
        "Server Hello",
        "Certificate",
        "Test Authority",
        "Unknown CA",
    ] {
        assert!(all.contains(words), "{words}");
    }
    assert!(!all.contains("Bad") && !all.contains("Malformed"), "{all}");
    assert!(!all.contains(SECRET) && !all.contains(&SECRET[..16]));
    // Data that was decrypted would be a layer of its own.
    let data = tshark(
        &file,
        &["-T", "fields", "-e", "data.data", "-e", "tls.segment.data"],
    );
    assert!(data.split_whitespace().next().is_none(), "{data}");
    let whole = tshark(&file, &["-Y", "tcp.analysis.flags"]);
    assert_eq!(whole, "", "the streams have no gaps");

    // Without secrets, the certificate of TLS 1.3 is not to be read; that of TLS 1.2 is.
    let (file, bytes) = traced.export(true);
    assert!(!contains(&bytes, "TRAFFIC_SECRET"));
    let types = tshark(
        &file,
        &[
            "-Y",
            "tls.handshake.type == 11",
            "-T",
            "fields",
            "-e",
            "tcp.stream",
        ],
    );
    assert_eq!(types.trim(), "1");
}

#[test]
fn packets_of_ipv6_are_read() {
    if !has("tshark") {
        return;
    }
    let traced = Traced::start(MODERN);
    let address = SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, traced.engine.ports[1]));
    let stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(LONG)).expect("a timeout");
    let mut stream = tls_with(stream, |_| {}).expect("a handshake");
    round(&mut stream, SECRET).expect("an answer");
    traced.wait("application data", 2);
    let (file, _) = traced.export(false);
    let fields = tshark(
        &file,
        &[
            "-o",
            "tcp.check_checksum:TRUE",
            "-T",
            "fields",
            "-e",
            "ipv6.src",
            "-e",
            "tcp.dstport",
            "-e",
            "tcp.checksum.status",
            "-e",
            "tls.handshake.extensions_server_name",
            "-e",
            "tls.handshake.type",
        ],
    );
    let port = traced.engine.ports[1].to_string();
    let first = fields.lines().next().expect("a packet");
    assert!(first.starts_with(&format!("::1\t{port}\t1")), "{fields}");
    assert!(fields.contains("11"), "{fields}");
}

#[test]
fn data_that_no_suite_encrypts_is_in_no_file() {
    let suites = MODERN.replace(
        "V3CipherSuites TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "V3CipherSuites TLS_RSA_WITH_NULL_SHA256",
    );
    let traced = Traced::start(&suites);
    traced.talk(|client| {
        client.set_security_level(0);
        client
            .set_max_proto_version(Some(SslVersion::TLS1_2))
            .expect("a version");
        client
            .set_cipher_list("NULL-SHA256:@SECLEVEL=0")
            .expect("a suite");
    });
    traced.wait("application data", 2);
    let mut clear = traced.engine.connect(0);
    clear.write_all(SECRET.as_bytes()).expect("sent");
    eventually(
        "the failure",
        || traced.engine.log().contains("5003"),
        || traced.engine.log(),
    );
    let (_, bytes) = traced.export(false);
    assert!(!contains(&bytes, SECRET) && !contains(&bytes, &SECRET[4..12]));
    let all = serde_json::to_string(&traced.records(1)).expect("JSON");
    assert!(!all.contains(&SECRET[4..12]), "{all}");
}

/// What tshark makes of the data of programs, in both directions of the first connections.
fn followed(file: &std::path::Path, streams: usize) -> String {
    let follow = |stream| tshark(file, &["-q", "-z", &format!("follow,tls,ascii,{stream}")]);
    (0..streams).map(follow).collect()
}

#[test]
fn what_programs_say_is_kept_for_a_reason_where_the_rule_allows_it() {
    if !has("tshark") {
        assert!(std::env::var_os("CI").is_none(), "tshark is missing");
        return;
    }
    let traced = Traced::start(MODERN);
    let refused = traced.begin_clear_text();
    let Err(ClientError::Refused(why)) = refused else {
        panic!("{refused:?}")
    };
    assert!(
        why.starts_with("no rule that is meant says `CtraceClearText On`"),
        "{why}"
    );

    let allowing = rule("WEB", "Server", MODERN, BOTH)
        .replace("TTLSEnabled On", "TTLSEnabled On\n  CtraceClearText On");
    traced
        .place
        .put_policy(&(allowing + &rule("OUT", "Client", MODERN, BOTH)));
    let loaded = || traced.engine.log().matches(" loaded: 2 rules").count();
    traced.engine.signal(rustix::process::Signal::HUP);
    eventually("the new policy", || loaded() == 2, || traced.engine.log());
    let Ok(Answer::Traces { traces }) = traced.begin_clear_text() else {
        panic!("a trace")
    };
    let reason = traces[1].clear_text.as_deref();
    assert_eq!(
        (traces[1].number, reason),
        (2, Some("INC0042: what the partner sends"))
    );
    traced.talk(version(SslVersion::TLS1_3));
    traced.talk(version(SslVersion::TLS1_2));
    traced.wait("application data", 4);
    traced.ended();

    // The trace of handshakes that went on beside it has no more than before.
    let (file, bytes) = traced.export_of(1, false);
    assert!(contains(&bytes, "SERVER_HANDSHAKE_TRAFFIC_SECRET"));
    assert!(!contains(&bytes, "CLIENT_TRAFFIC_SECRET") && !contains(&bytes, "CLIENT_RANDOM"));
    assert!(!followed(&file, 2).contains(SECRET));
    let (file, bytes) = traced.export_of(2, true);
    assert!(!contains(&bytes, "SECRET") && !contains(&bytes, "CLIENT_RANDOM"));
    assert!(!followed(&file, 2).contains(SECRET));
    assert!(!traced.engine.log().contains(" took what programs said"));

    // In clear, in both versions and both directions; and in the file as the records that were on the wire.
    let (file, bytes) = traced.export_of(2, false);
    let said = followed(&file, 2);
    assert_eq!(said.matches(SECRET).count(), 4, "{said}");
    assert!(!contains(&bytes, SECRET));
    let log = traced.engine.log();
    let user = rustix::process::getuid().as_raw();
    for words in [
        format!(
            "for the user with the number {user} and this reason: INC0042: what the partner sends"
        ),
        format!("trace 2: the user with the number {user} took what programs said"),
    ] {
        assert!(log.contains(&words), "{words}: {log}");
    }
    assert!(!log.contains(SECRET));
}
