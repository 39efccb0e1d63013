//! Programs that talk plain TCP, and partners that talk TLS.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use openssl::ssl::{Ssl, SslContext, SslMethod, SslVerifyMode, SslVersion};

use crate::certificates::{Kind, Made};
use crate::fixture::*;

#[test]
fn every_version_and_kind_of_suite_works_with_openssl() {
    let place = Place::new();
    let rsa = place.authority.issue("localhost", Kind::Rsa(2048));
    place.put_personal("R", "RSA", &rsa.pem_with_key());
    let environment = "  TTLSKeyringParms
  {
    Keyring root/R
  }
  TTLSCipherParms
  {
    V3CipherSuites4Char 130113021303
    V3CipherSuites4Char C02BC02CC02FC030
    V3CipherSuites4Char 009E009F00330039
    V3CipherSuites4Char C009C00AC013C014C023C027
    V3CipherSuites4Char 009C009D002F0035003C003D
    V3CipherSuites4Char 003B0002
  }
  TTLSSignatureParms
  {
    ServerKeyShareGroups 002300290024
  }";
    let advanced = "    TLSv1 On\n    TLSv1.1 On\n    TLSv1.2 On\n    TLSv1.3 On\n    ServerCertificateLabel RSA\n    ServerCertificateLabel SERVER";
    place.put_policy(&rule("WEB", "Server", environment, advanced));
    let program = Program::echo();
    let engine = place.start(&[program.inbound("WEB")], &[]);
    let address = engine.address(0).to_string();
    let old = [
        "AES128-SHA",
        "AES256-SHA",
        "DHE-RSA-AES128-SHA",
        "DHE-RSA-AES256-SHA",
        "ECDHE-RSA-AES128-SHA",
        "ECDHE-RSA-AES256-SHA",
        "ECDHE-ECDSA-AES128-SHA",
        "ECDHE-ECDSA-AES256-SHA",
    ];
    let new = [
        "AES128-SHA256",
        "AES256-SHA256",
        "AES128-GCM-SHA256",
        "AES256-GCM-SHA384",
        "NULL-SHA256",
        "DHE-RSA-AES128-GCM-SHA256",
        "DHE-RSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES128-SHA256",
        "ECDHE-ECDSA-AES128-SHA256",
        "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
    ];
    let tls13 = [
        "TLS_AES_128_GCM_SHA256",
        "TLS_AES_256_GCM_SHA384",
        "TLS_CHACHA20_POLY1305_SHA256",
    ];
    let mut cases: Vec<(&str, &str)> = Vec::new();
    for version in ["-tls1", "-tls1_1", "-tls1_2"] {
        cases.extend(old.map(|suite| (version, suite)));
    }
    cases.extend(new.map(|suite| ("-tls1_2", suite)));
    cases.extend(tls13.map(|suite| ("-tls1_3", suite)));
    for (version, suite) in cases {
        let level = format!("{suite}@SECLEVEL=0");
        let chosen = match version {
            "-tls1_3" => ["-ciphersuites", suite],
            _ => ["-cipher", &level],
        };
        let arguments = [
            "s_client", "-connect", &address, version, chosen[0], chosen[1], "-quiet",
        ];
        let said = dialogue("openssl", &arguments, "one line\n", "one line");
        assert!(
            said.contains("one line"),
            "{version} {suite}: {said}\n{}",
            engine.log()
        );
    }
    let log = engine.log();
    for version in ["TLSv1 ", "TLSv1.1 ", "TLSv1.2 ", "TLSv1.3 "] {
        assert!(
            log.contains(&format!("RC:    0 Initial Handshake {version}")),
            "{version}: {log}"
        );
    }
}

#[test]
fn the_order_of_the_policy_decides() {
    let place = Place::new();
    let environment = MODERN.replace(
        "V3CipherSuites TLS_AES_128_GCM_SHA256",
        "V3CipherSuites TLS_CHACHA20_POLY1305_SHA256\n    V3CipherSuites TLS_AES_128_GCM_SHA256",
    );
    place.put_policy(&rule("WEB", "Server", &environment, BOTH));
    let engine = place.start(&[Program::echo().inbound("WEB")], &[]);
    let stream = tls(engine.connect(0)).expect("a handshake");
    let suite = stream.ssl().current_cipher().expect("a suite");
    assert_eq!(suite.name(), "TLS_CHACHA20_POLY1305_SHA256");
}

#[test]
fn curl_reaches_an_unmodified_web_server() {
    let place = Place::new();
    place.put_policy(&rule("WEB", "Server", MODERN, BOTH));
    place.put("www/page.txt", &vec![b'x'; 3_000_000], 0o644);
    let port = free_port();
    let port_text = port.to_string();
    let _server = Process::start(
        "python3",
        &["-m", "http.server", "--bind", "127.0.0.1", &port_text],
        &place.path("www"),
    );
    wait_for_port(port);
    let engine = place.start(
        &[format!("inbound:127.0.0.1:0=127.0.0.1:{port},job=WEB")],
        &["--workers", "2"],
    );
    place.put("ca.pem", &place.authority.pem(), 0o644);
    let url = format!("https://localhost:{}/page.txt", engine.ports[0]);
    let (authority, resolve) = (
        place.path("ca.pem"),
        format!("localhost:{}:127.0.0.1", engine.ports[0]),
    );
    let arguments = [
        "-sS",
        "--max-time",
        "20",
        "--cacert",
        &authority.display().to_string(),
        "--resolve",
        &resolve,
        &url,
    ];
    let output = run("curl", &arguments, "");
    assert_eq!(
        output.stdout.len(),
        3_000_000,
        "{} {}",
        text(&output.stderr),
        engine.log()
    );
}

const OFF: &str = "TTLSRule OFF\n{\n  Jobname OFF\n  Direction Both\n  TTLSGroupActionRef OFF_G\n}\nTTLSGroupAction OFF_G\n{\n  TTLSEnabled Off\n  Trace 4\n}\n";

#[test]
fn what_no_rule_takes_and_what_is_off_passes_in_the_clear() {
    let place = Place::new();
    place.put_policy(&(OFF.to_owned() + &rule("WEB", "Server", MODERN, BOTH)));
    let program = Program::echo();
    let pairs = [
        program.inbound("OFF"),
        program.inbound("OTHER"),
        program.outbound("OTHER"),
    ];
    let engine = place.start(&pairs, &[]);
    for pair in 0..3 {
        let mut stream = engine.connect(pair);
        assert_eq!(
            round(&mut stream, "in the clear").expect("an answer"),
            "in the clear"
        );
        stream.shutdown(Shutdown::Write).expect("an end");
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).expect("the other end");
        assert!(rest.is_empty());
    }
    engine.wait_for("JOBNAME: OFF USERID: root TYPE: InBound STATUS: Not Enabled RULE: OFF ACTIONS: OFF_G **N/A** **N/A**");
}

#[test]
fn an_engine_that_fails_closed_refuses_what_no_rule_takes() {
    let place = Place::new();
    place.put_policy(OFF);
    let program = Program::echo();
    let engine = place.start(
        &[program.inbound("OFF"), program.inbound("OTHER")],
        &["--fail-closed"],
    );
    let mut refused = engine.connect(1);
    assert!(round(&mut refused, "let me in").is_err());
    engine.wait_for("fails closed");
    assert_eq!(
        round(&mut engine.connect(0), "through").expect("an answer"),
        "through"
    );
}

#[test]
fn a_client_shows_its_certificate_as_the_policy_demands() {
    let place = Place::new();
    let auth = |job: &str, kind: &str| {
        rule(
            job,
            "ServerWithClientAuth",
            MODERN,
            &format!("{BOTH}\n    ClientAuthType {kind}"),
        )
    };
    place
        .put_policy(&(auth("REQ", "Required") + &auth("FULL", "Full") + &auth("PASS", "PassThru")));
    let program = Program::echo();
    let engine = place.start(
        &[
            program.inbound("REQ"),
            program.inbound("FULL"),
            program.inbound("PASS"),
        ],
        &[],
    );
    let known = place.authority.issue("client", Kind::Ec);
    let stranger = Made::authority("Another Authority").issue("client", Kind::Ec);
    let try_with = |pair: usize, shown: Option<&Made>| {
        let stream = tls_with(engine.connect(pair), |client| {
            if let Some(made) = shown {
                client
                    .set_certificate(&made.certificate)
                    .expect("a certificate");
                client.set_private_key(&made.key).expect("a key");
            }
        });
        // In TLS 1.3 a client learns only with the first answer what the server thinks of it.
        stream
            .and_then(|mut stream| round(&mut stream, "hello").map_err(|error| error.to_string()))
            .is_ok()
    };
    let found: Vec<_> = (0..3)
        .map(|pair| [None, Some(&known), Some(&stranger)].map(|one| try_with(pair, one)))
        .collect();
    assert_eq!(
        found,
        [
            [false, true, false],
            [true, true, false],
            [true, true, true]
        ],
        "{}",
        engine.log()
    );
    engine.wait_for("RC: 5001 Initial Handshake");
    engine.wait_for("RC:  435 Initial Handshake");
}

#[test]
fn sessions_are_resumed_in_both_versions() {
    let place = Place::new();
    let twelve = BOTH.replace("TLSv1.3 On", "TLSv1.3 Off");
    place.put_policy(
        &(rule("NEW", "Server", MODERN, BOTH) + &rule("OLD", "Server", MODERN, &twelve)),
    );
    let program = Program::echo();
    let engine = place.start(
        &[program.inbound("NEW"), program.inbound("OLD")],
        &["--workers", "2"],
    );
    for pair in 0..2 {
        let address = engine.address(pair).to_string();
        let kept = place.path("session.pem").display().to_string();
        let arguments = ["s_client", "-connect", &address];
        // What comes back was sent after the tickets.
        dialogue(
            "openssl",
            &[&arguments[..], &["-quiet", "-sess_out", &kept]].concat(),
            "one\n",
            "one",
        );
        let again = dialogue(
            "openssl",
            &[&arguments[..], &["-sess_in", &kept]].concat(),
            "two\n",
            "Reused, ",
        );
        assert!(again.contains("Reused, "), "{pair}: {again}");
    }
    engine.wait_for("TLSv1.2 TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 resumed");
}

#[test]
fn the_name_that_a_client_asks_for_chooses_the_certificate() {
    let place = Place::new();
    for (label, name) in [("ONE", "one.example"), ("TWO", "two.example")] {
        place.put_personal(
            "R",
            label,
            &place.authority.issue(name, Kind::Ec).pem_with_key(),
        );
    }
    let names = "    ServerHandshakeSNI Required\n    ServerHandshakeSNIMatch Required\n    ServerHandshakeSNIList one.example/ONE\n    ServerHandshakeSNIList two.example/TWO";
    place.put_policy(&rule("WEB", "Server", MODERN, &format!("{BOTH}\n{names}")));
    let engine = place.start(&[Program::echo().inbound("WEB")], &[]);
    let asked = |name: &str| {
        let mut client = SslContext::builder(SslMethod::tls_client()).expect("a client");
        client.set_verify(SslVerifyMode::NONE);
        let mut ssl = Ssl::new(&client.build()).expect("a client");
        ssl.set_hostname(name).expect("a name");
        let stream = ssl.connect(engine.connect(0)).ok()?;
        let certificate = stream.ssl().peer_certificate()?;
        let names = certificate.subject_alt_names()?;
        names
            .iter()
            .find_map(|name| name.dnsname().map(str::to_owned))
    };
    assert_eq!(asked("TWO.example").as_deref(), Some("two.example"));
    assert_eq!(asked("one.example").as_deref(), Some("one.example"));
    assert_eq!(asked("three.example"), None);
    engine.wait_for("RC:  448 Initial Handshake");
}

#[test]
fn an_answer_still_comes_after_the_client_ended() {
    for version in [SslVersion::TLS1_2, SslVersion::TLS1_3] {
        let place = Place::new();
        place.put_policy(&rule("WEB", "Server", MODERN, BOTH));
        let program = Program::start(|mut stream| {
            let mut asked = Vec::new();
            stream.read_to_end(&mut asked).expect("a question");
            stream.write_all(&vec![b'a'; 1 << 20]).expect("an answer");
        });
        let engine = place.start(&[program.inbound("WEB")], &[]);
        let mut stream = tls_with(engine.connect(0), |client| {
            client
                .set_max_proto_version(Some(version))
                .expect("a version");
        })
        .expect("a handshake");
        stream.write_all(b"a question").expect("a question");
        stream.shutdown().expect("the end of TLS");
        let mut answer = Vec::new();
        stream
            .read_to_end(&mut answer)
            .expect("an answer and the end of TLS");
        assert_eq!(answer.len(), 1 << 20);
    }
}

#[test]
fn large_transfers_arrive_whole_both_ways() {
    let place = Place::new();
    place.put_policy(&rule("WEB", "Server", MODERN, BOTH));
    let engine = place.start(&[Program::echo().inbound("WEB")], &[]);
    let mut stream = tls(engine.connect(0)).expect("a handshake");
    for size in [1, 100, 16_384, 16_385, 300_000, 1_000_003] {
        let sent: String = (0..size)
            .map(|at| char::from(b'a' + (at % 23) as u8))
            .collect();
        // The engine holds back what is not read, so that more than it holds has to be read at the same time.
        for piece in sent.as_bytes().chunks(100_000) {
            let piece = text(piece);
            assert!(
                round(&mut stream, &piece).expect("an answer") == piece,
                "{size}"
            );
        }
    }
}

#[test]
fn a_plain_socket_sees_nothing_but_tls() {
    let place = Place::new();
    place.put_policy(&rule("WEB", "Server", MODERN, BOTH));
    let program = Program::echo();
    let engine = place.start(&[program.inbound("WEB")], &[]);
    let mut stream: TcpStream = engine.connect(0);
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").expect("sent");
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    assert!(
        answer.first().is_none_or(|first| *first == 0x15),
        "an alert at most: {answer:?}"
    );
    engine.wait_for("RC: 5003 Initial Handshake");
    assert_eq!(program.came(), 0);
}
