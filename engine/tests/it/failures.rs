//! Handshakes that fail, and what the engine says of them afterwards.

use std::io::{Read, Write};
use std::net::Shutdown;

use ::control::{Answer, Ask, Client, Diagnosis, FailureInfo, Outcome, Which};
use openssl::ssl::{
    SslConnector, SslContext, SslContextBuilder, SslMethod, SslVerifyMode, SslVersion,
};

use crate::certificates::{Kind, Made};
use crate::fixture::{BOTH, Engine, LONG, MODERN, Place, Program, eventually, rule, tls_with};

/// An engine that serves the rule `WEB`, and connects by the rule `OUT` to a server.
struct Failing {
    place: Place,
    engine: Engine,
}

impl Failing {
    fn start() -> Self {
        Self::before(Program::echo())
    }

    fn before(server: Program) -> Self {
        Self::between(Program::echo(), server)
    }

    fn between(program: Program, server: Program) -> Self {
        let place = Place::new();
        place.put_policy(&policy(MODERN));
        let control = place.path("engine.sock").display().to_string();
        let pairs = [program.inbound("WEB"), server.outbound("OUT")];
        let engine = place.start(&pairs, &["--control", &control]);
        Self { place, engine }
    }

    fn ask(&self, ask: &Ask) -> Answer {
        let socket = self.place.path("engine.sock");
        let mut client = Client::connect(&socket).expect("an engine");
        client.ask(ask).expect("an answer")
    }

    fn failures(&self) -> Vec<FailureInfo> {
        let which = Which::default();
        match self.ask(&Ask::Failures { which, after: None }) {
            Answer::Failures { failures } => failures,
            other => panic!("{other:?}"),
        }
    }

    /// The failure that comes next.
    fn next(&self, fails: impl FnOnce()) -> FailureInfo {
        let before = self.failures().len();
        fails();
        let mut found = Vec::new();
        eventually(
            "the failure",
            || {
                found = self.failures();
                found.len() > before
            },
            || self.engine.log(),
        );
        found.pop().expect("a failure")
    }

    /// A client that does not get through.
    fn client(&self, set: impl FnOnce(&mut SslContextBuilder)) -> FailureInfo {
        self.next(|| {
            let connected = tls_with(self.engine.connect(0), set);
            assert!(connected.is_err(), "it gets through");
        })
    }

    /// A program whose connection outwards is cut.
    fn program(&self) -> FailureInfo {
        self.next(|| {
            let mut stream = self.engine.connect(1);
            let _ = stream.write_all(b"hello");
            let _ = stream.read_to_end(&mut Vec::new());
        })
    }
}

fn policy(environment: &str) -> String {
    rule("WEB", "Server", environment, BOTH) + &rule("OUT", "Client", MODERN, BOTH)
}

fn why(failure: &FailureInfo) -> &Diagnosis {
    failure.diagnosis.as_ref().expect("a diagnosis")
}

/// All changes, a line each.
fn changes(failure: &FailureInfo) -> String {
    let changes = why(failure).changes.iter();
    let lines: Vec<_> = changes.map(|one| one.text.as_str()).collect();
    lines.join("\n")
}

/// A server that does TLS with a certificate of this authority, and answers nothing.
fn server(made: &Made, set: impl FnOnce(&mut SslContextBuilder)) -> Program {
    let mut context = SslContext::builder(SslMethod::tls_server()).expect("a server");
    let own = made.issue("localhost", Kind::Rsa(2048));
    context
        .set_certificate(&own.certificate)
        .expect("a certificate");
    context.set_private_key(&own.key).expect("a key");
    set(&mut context);
    let context = context.build();
    Program::start(move |stream| {
        let ssl = openssl::ssl::Ssl::new(&context).expect("a server");
        if let Ok(mut stream) = ssl.accept(stream) {
            let _ = stream.read(&mut [0; 100]);
        }
    })
}

#[test]
fn a_client_with_other_suites_is_told_apart_and_the_change_helps() {
    let failing = Failing::start();
    let old = |client: &mut SslContextBuilder| {
        client
            .set_max_proto_version(Some(SslVersion::TLS1_2))
            .expect("a version");
        client.set_cipher_list("AES128-SHA256").expect("a suite");
    };
    let found = failing.client(old);
    assert_eq!((found.rc, found.number, found.secured), (402, 1, false));
    assert_eq!(found.rule.as_deref(), Some("WEB"));
    assert_eq!(found.actions, ["WEB_G", "WEB_E", ""]);
    assert_eq!(found.messages, ["EZD1286I"]);
    let alert = found.alert.as_ref().expect("an alert");
    assert_eq!(
        (alert.sent, alert.name.as_str()),
        (true, "handshake_failure")
    );
    assert_eq!(
        why(&found).why,
        "The client and rule WEB speak TLS 1.2, and have no cipher suite for it in common. \
         The client offers TLS_RSA_WITH_AES_128_CBC_SHA256 (003C); the rule has \
         TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 (C02B) and TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 (C02F)."
    );
    let status = failing.ask(&Ask::Status);
    let Answer::Status(status) = status else {
        panic!("{status:?}")
    };
    assert_eq!(
        (status.failed_by_code[0].rc, status.failed_by_code[0].count),
        (402, 1)
    );
    assert_eq!(status.failed_by_alert[0].alert.code, 40);

    // With a certificate of the right kind, the change that was tried is enough.
    let server = failing.place.authority.issue("localhost", Kind::Rsa(2048));
    failing
        .place
        .put_personal("R", "SERVER", &server.pem_with_key());
    assert!(
        matches!(failing.ask(&Ask::Refresh), Answer::Loaded(loaded) if loaded.outcome == Outcome::Replaced)
    );
    let found = failing.client(old);
    let change = &why(&found).changes[0];
    assert_eq!(
        change.text,
        "Add TLS_RSA_WITH_AES_128_CBC_SHA256 to `V3CipherSuites` of environment action WEB_E."
    );
    assert_eq!(change.attributes, ["V3CipherSuites"]);
    let suites = MODERN.replace(
        "V3CipherSuites TLS_AES_128_GCM_SHA256",
        "V3CipherSuites TLS_AES_128_GCM_SHA256\n    V3CipherSuites TLS_RSA_WITH_AES_128_CBC_SHA256",
    );
    failing.place.put_policy(&policy(&suites));
    assert!(
        matches!(failing.ask(&Ask::Update), Answer::Loaded(loaded) if loaded.outcome == Outcome::Replaced)
    );
    tls_with(failing.engine.connect(0), old).expect("a handshake");
    // What was kept knows of the change.
    let last = failing.failures().pop().expect("a failure");
    assert!(
        why(&last)
            .why
            .ends_with("by the one that is loaded now, this client gets through."),
        "{last:?}"
    );
    assert!(why(&last).changes.is_empty());
}

#[test]
fn versions_and_groups_are_named() {
    let failing = Failing::start();
    let found = failing.client(|client| {
        client.set_security_level(0);
        client.set_cipher_list("ALL:@SECLEVEL=0").expect("suites");
        client
            .set_max_proto_version(Some(SslVersion::TLS1_1))
            .expect("a version");
    });
    assert_eq!(found.rc, 412);
    assert!(
        why(&found)
            .why
            .contains("TLS 1.1, and rule WEB takes TLS 1.2 and TLS 1.3 only."),
        "{found:?}"
    );
    assert!(
        changes(&found).contains("have the client use TLS 1.2 and TLS 1.3"),
        "{found:?}"
    );
    let found = failing.client(|client| {
        client
            .set_min_proto_version(Some(SslVersion::TLS1_3))
            .expect("a version");
        client.set_groups_list("ffdhe2048").expect("a group");
    });
    assert!(
        why(&found).why.contains(
            "no group for the key exchange of TLS 1.3 in common. The client offers ffdhe group 0100"
        ),
        "{found:?}"
    );
    // AT-TLS takes no such group, so that only the client can change.
    assert_eq!(
        changes(&found),
        "Have the client offer one of the groups secp256r1 and x25519."
    );
    let named = failing.client(|client| {
        client
            .set_max_proto_version(Some(SslVersion::TLS1_2))
            .expect("a version");
        client
            .set_cipher_list("ECDHE-RSA-AES128-GCM-SHA256")
            .expect("a suite");
    });
    assert!(
        why(&named)
            .why
            .contains("need a certificate with an RSA key, and this side has none"),
        "{named:?}"
    );
    assert_eq!(
        why(&named).changes[0].attributes[0],
        "ServerCertificateLabel"
    );
}

#[test]
fn a_client_that_does_not_trust_the_authority_is_told_which_one() {
    let failing = Failing::start();
    let found = failing.client(|client| {
        client.set_verify(SslVerifyMode::PEER);
    });
    let alert = found.alert.as_ref().expect("an alert");
    assert_eq!((alert.sent, alert.name.as_str()), (false, "unknown_ca"));
    assert!(
        why(&found)
            .why
            .contains("presented `CN=localhost`; the authority above it is `CN=Test Authority`"),
        "{found:?}"
    );
    assert!(
        changes(&found)
            .contains("Give the client the certificate of the authority `CN=Test Authority`")
    );
}

#[test]
fn a_client_that_asks_for_another_name_is_told_the_names_that_there_are() {
    let failing = Failing::start();
    let failure = failing.next(|| {
        let mut connector = SslConnector::builder(SslMethod::tls_client()).expect("a client");
        let authority = failing.place.authority.certificate.clone();
        let store = connector.cert_store_mut();
        store.add_cert(authority).expect("an authority");
        let stream = failing.engine.connect(0);
        let connected = connector.build().connect("www.example.com", stream);
        assert!(connected.is_err(), "it gets through");
    });
    let found = why(&failure);
    for words in [
        "the certificate of this side",
        "The certificate is not for `www.example.com`: its alternative names are `localhost`",
    ] {
        assert!(found.why.contains(words), "{found:?}");
    }
    let first = &found.changes[0];
    assert!(
        first
            .text
            .starts_with("Present a certificate that has `www.example.com` among"),
        "{first:?}"
    );
    assert!(first.attributes.contains(&"CertificateLabel".to_owned()));
}

#[test]
fn who_speaks_no_tls_or_nothing_is_told_and_its_words_are_not_kept() {
    let failing = Failing::start();
    let found = failing.next(|| {
        let mut stream = failing.engine.connect(0);
        stream
            .write_all(b"GET /secret-word HTTP/1.1\r\n\r\n")
            .expect("sent");
        let _ = stream.read_to_end(&mut Vec::new());
    });
    assert_eq!(found.rc, 5003);
    assert!(why(&found).why.contains("it looks like HTTP"), "{found:?}");
    let all = serde_json::to_string(&found).expect("JSON");
    assert!(!all.contains("secret-word"), "{all}");
    let found = failing.next(|| {
        let stream = failing.engine.connect(0);
        stream.shutdown(Shutdown::Write).expect("an end");
    });
    assert_eq!(found.rc, 420);
    assert!(
        why(&found).why.contains("went away without a word"),
        "{found:?}"
    );

    let which = Which {
        rule: Some("OUT".to_owned()),
        ..Which::default()
    };
    let of = |which, after| match failing.ask(&Ask::Failures { which, after }) {
        Answer::Failures { failures } => failures.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!(of(which, None), 0);
    assert_eq!(of(Which::default(), Some(1)), 1);
}

#[test]
fn a_server_that_is_not_trusted_or_not_ready_is_told() {
    let stranger = Made::authority("Strange Authority");
    let failing = Failing::before(server(&stranger, |_| {}));
    let found = failing.program();
    assert_eq!((found.rc, found.inbound), (435, false));
    assert!(
        why(&found).why.contains("`CN=localhost`, was issued by `CN=Strange Authority`, and key ring root/R has no certificate of that authority"),
        "{found:?}"
    );
    assert!(
        changes(&found).contains("`Keyring` of environment action OUT_E"),
        "{found:?}"
    );

    let old = Failing::before(server(&stranger, |server| {
        server.set_security_level(0);
        server.set_cipher_list("ALL:@SECLEVEL=0").expect("suites");
        server
            .set_max_proto_version(Some(SslVersion::TLS1_1))
            .expect("a version");
    }));
    let found = old.program();
    assert!(
        why(&found)
            .why
            .contains("it takes none of the versions that this side offers, TLS 1.2 and TLS 1.3"),
        "{found:?}"
    );

    let clear = Failing::before(Program::start(|mut stream| {
        let _ = stream.write_all(b"220 mail.example.com ESMTP\r\n");
        let _ = stream.read_to_end(&mut Vec::new());
    }));
    let found = clear.program();
    assert_eq!(found.rc, 5003);
    assert!(
        why(&found)
            .why
            .contains("answers without TLS; it looks like FTP or SMTP"),
        "{found:?}"
    );
}

#[test]
fn the_last_alert_of_a_connection_is_known() {
    // It keeps its end open when its partner ends.
    let program = Program::start(|mut stream| {
        let _ = stream.read_to_end(&mut Vec::new());
        std::thread::sleep(LONG);
    });
    let failing = Failing::between(program, Program::echo());
    let mut one = tls_with(failing.engine.connect(0), |client| {
        client
            .set_max_proto_version(Some(SslVersion::TLS1_2))
            .expect("a version");
    })
    .expect("a handshake");
    one.write_all(b"x").expect("sent");
    let alert = || {
        let which = Which::default();
        match failing.ask(&Ask::Connections { which }) {
            Answer::Connections { connections } => connections[0].last_alert.clone(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(alert(), None);
    let _ = one.shutdown();
    eventually(
        "the alert",
        || alert().is_some_and(|alert| alert.name == "close_notify"),
        || failing.engine.log(),
    );
}
