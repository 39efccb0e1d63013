//! Single parameters of the policy, each with peers that show whether it is done.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;

use openssl::ssl::{Ssl, SslContext, SslMethod, SslStream, SslVerifyMode, StatusType};

use crate::certificates::{Kind, Made};
use crate::fixture::*;

const OLD: &str = "    TLSv1 Off\n    TLSv1.1 Off\n    TLSv1.2 On\n    TLSv1.3 Off";

fn server(place: &Place, more: &str) -> (Engine, Program) {
    place.put_policy(&rule("WEB", "Server", MODERN, more));
    let program = Program::echo();
    let engine = place.start(&[program.inbound("WEB")], &[]);
    (engine, program)
}

fn s_client(place: &Place, engine: &Engine, more: &[&str]) -> Talk {
    let address = engine.address(0).to_string();
    let arguments = [&["s_client", "-connect", &address][..], more].concat();
    Talk::start("openssl", &arguments, &place.path("."))
}

/// A server of OpenSSL that takes commands, with this certificate.
fn s_server(place: &Place, made: &Made, more: &[&str]) -> (Talk, u16) {
    place.put("server.pem", &made.pem_with_key(), 0o600);
    let port = free_port();
    let accept = format!("127.0.0.1:{port}");
    let arguments = ["s_server", "-accept", &accept, "-cert", "server.pem"];
    let server = Talk::start(
        "openssl",
        &[&arguments[..], more].concat(),
        &place.path("."),
    );
    server.wait_for("ACCEPT");
    (server, port)
}

/// An engine that is the client of a server at a port, and a connection of a program to it.
fn client(place: &Place, port: u16, environment: &str, more: &str) -> (Engine, TcpStream) {
    place.put_policy(&rule("APP", "Client", environment, more));
    let pair = format!("outbound:127.0.0.1:0=127.0.0.1:{port},job=APP");
    let engine = place.start(&[pair], &[]);
    let stream = engine.connect(0);
    (engine, stream)
}

#[test]
fn a_partner_renegotiates_where_the_policy_lets_it() {
    let place = Place::new();
    for (word, allowed) in [("Default", true), ("All", true), ("Disabled", false)] {
        let (engine, _program) = server(&place, &format!("{OLD}\n    Renegotiation {word}"));
        let mut client = s_client(&place, &engine, &["-tls1_2"]);
        client.say("one line\n");
        client.wait_for("\none line");
        client.say("R\n");
        client.wait_for("RENEGOTIATING");
        match allowed {
            true => {
                client.say("another line\n");
                client.wait_for("\nanother line");
                engine.wait_for("RC:    0 Reset Cipher");
            }
            false => {
                client.ends();
                engine.wait_for("RC:  432 Reset Cipher");
            }
        }
    }
}

#[test]
fn a_partner_that_renegotiates_again_and_again_is_ended() {
    let place = Place::new();
    let (engine, _program) = server(&place, OLD);
    let mut client = s_client(&place, &engine, &["-tls1_2"]);
    client.say("one line\n");
    client.wait_for("\none line");
    for _ in 0..2 {
        let before = client.said().matches("verify return").count();
        client.say("R\n");
        let more = || client.said().matches("verify return").count() > before;
        let ended = || engine.log().contains("RC:  432");
        eventually("a handshake", || more() || ended(), || client.said());
    }
    engine.wait_for("RC:  432 Data Decryption");
    client.ends();
}

/// GnuTLS can be told not to show the indication of RFC 5746.
#[test]
fn a_partner_without_the_renegotiation_indication_is_refused_where_it_counts() {
    const SILENT: &str = "NORMAL:-VERS-ALL:+VERS-TLS1.2:%DISABLE_SAFE_RENEGOTIATION";
    if !has("gnutls-cli") || !has("gnutls-serv") {
        return;
    }
    let place = Place::new();
    let made = place.authority.issue("localhost", Kind::Ec);
    place.put("server.pem", &made.pem_with_key(), 0o600);
    for (word, server_insists, client_insists) in [
        ("Optional", false, false),
        ("Server", true, false),
        ("Client", false, true),
        ("Both", true, true),
    ] {
        let more = format!("{OLD}\n    RenegotiationIndicator {word}");
        let (engine, _program) = server(&place, &more);
        let port = engine.ports[0].to_string();
        let arguments = [
            "--insecure",
            "--priority",
            SILENT,
            "--port",
            &port,
            "127.0.0.1",
        ];
        let mut partner = Talk::start("gnutls-cli", &arguments, &place.path("."));
        match server_insists {
            true => engine.wait_for("RC:  460 Initial Handshake"),
            false => {
                engine.wait_for("RC:    0 Initial Handshake");
                partner.say("one line\n");
                partner.wait_for("one line");
            }
        }
        let port = free_port().to_string();
        let arguments = [
            "--echo",
            "--priority",
            SILENT,
            "--port",
            &port,
            "--x509certfile",
            "server.pem",
            "--x509keyfile",
            "server.pem",
        ];
        let partner = Talk::start("gnutls-serv", &arguments, &place.path("."));
        partner.wait_for("listening");
        let port = port.parse().expect("a port");
        let (engine, mut stream) = client(&place, port, MODERN, &more);
        match client_insists {
            // OpenSSL itself sees it before the handshake is done.
            true => engine.wait_for("RC:  460 Initial Handshake"),
            false => assert_eq!(
                round(&mut stream, "one line\n").expect("an answer"),
                "one line\n"
            ),
        }
    }
}

#[test]
fn a_server_renegotiates_and_new_keys_come_in_tls13() {
    let place = Place::new();
    let made = place.authority.issue("localhost", Kind::Ec);
    for (version, command, more) in [("-tls1_2", "r\n", OLD), ("-tls1_3", "K\n", BOTH)] {
        let (mut server, port) = s_server(&place, &made, &[version]);
        let (_engine, mut stream) = client(&place, port, MODERN, more);
        for words in ["before\n", "after\n"] {
            stream.write_all(words.as_bytes()).expect("sent");
            server.wait_for(words);
            server.say(words);
            let mut back = vec![0; words.len()];
            stream.read_exact(&mut back).expect("an answer");
            assert_eq!(text(&back), words);
            server.say(command);
        }
    }
}

#[test]
fn a_partner_may_renew_the_keys_of_tls13() {
    let place = Place::new();
    let (engine, _program) = server(&place, BOTH);
    let mut client = s_client(&place, &engine, &["-tls1_3"]);
    for (at, words) in ["one", "two", "three"].into_iter().enumerate() {
        client.say(&format!("{words}\n"));
        client.wait_for(&format!("\n{words}"));
        client.say("K\n");
        let keys = || client.said().matches("KEYUPDATE").count();
        eventually("new keys", || keys() > at, || client.said());
    }
}

fn with_certificate(engine: &Engine, made: &Made) -> Result<String, String> {
    let stream = tls_with(engine.connect(0), |client| {
        let set = client.set_certificate(&made.certificate);
        set.expect("a certificate");
        client.set_private_key(&made.key).expect("a key");
    });
    round(&mut stream?, "hello").map_err(|error| error.to_string())
}

#[test]
fn a_certificate_belongs_to_a_user_or_is_refused() {
    let place = Place::new();
    let more = format!("{BOTH}\n    ClientAuthType SAFCheck");
    let policy = rule("WEB", "ServerWithClientAuth", MODERN, &more);
    place.put_policy(&policy);
    let said = place.refused();
    assert!(
        said.contains("ttls.policy:")
            && said.contains(
                "error RC 5002: `ClientAuthType SAFCheck` asks to whom certificates belong, which "
            ),
        "{said}"
    );
    place.put("rings/certmap", b"ALICE subject alice\n", 0o644);
    assert!(
        place
            .refused()
            .contains("certmap: line 1: `alice` is no name")
    );
    place.put("rings/certmap", b"ALICE subject CN=alice\n", 0o666);
    assert!(place.refused().contains("chmod go-w"));
    place.put("rings/certmap", b"# users\nALICE subject CN=alice\n", 0o644);
    let program = Program::echo();
    let engine = place.start(&[program.inbound("WEB")], &[]);
    let alice = place.authority.issue("alice", Kind::Ec);
    for _ in 0..2 {
        assert_eq!(with_certificate(&engine, &alice).as_deref(), Ok("hello"));
    }
    engine.wait_for("TLS_AES_128_GCM_SHA256 certificate of ALICE");
    let eve = place.authority.issue("eve", Kind::Ec);
    assert!(with_certificate(&engine, &eve).is_err());
    engine.wait_for("RC: 5002 Initial Handshake");
    assert!(engine.log().contains("belongs to no user in `certmap`"));
    assert!(
        tls(engine.connect(0))
            .map(|mut stream| round(&mut stream, "x"))
            .is_ok_and(|back| back.is_err()),
        "none at all"
    );
    engine.wait_for("RC: 5001 Initial Handshake");
    assert_eq!(program.came(), 2);
}

#[test]
fn smaller_records_are_agreed_on_or_demanded() {
    let place = Place::new();
    for version in ["-tls1_2", "-tls1_3"] {
        let (engine, _program) = server(
            &place,
            &format!("{BOTH}\n    ServerMaxSSLFragment Required"),
        );
        let mut asking = s_client(&place, &engine, &[version, "-maxfraglen", "512"]);
        asking.say("one line\n");
        asking.wait_for("\none line");
        let _silent = s_client(&place, &engine, &[version]);
        engine.wait_for("RC:  447 Initial Handshake");
        let made = place.authority.issue("localhost", Kind::Ec);
        let (server, port) = s_server(&place, &made, &[version]);
        let more = format!(
            "{BOTH}\n    ClientMaxSSLFragment Required\n    ClientMaxSSLFragmentLength 1024"
        );
        let (_engine, mut stream) = client(&place, port, MODERN, &more);
        stream.write_all(b"through\n").expect("sent");
        server.wait_for("through");
    }
}

#[test]
fn a_profile_of_suite_b_leaves_its_suites_curves_and_certificates() {
    let place = Place::new();
    let profile = |word: &str| format!("  SuiteBProfile {word}\n{MODERN}");
    let with = |role: &str, word: &str| rule("WEB", role, &profile(word), OLD);
    place.put_policy(&with("Server", "192"));
    let said = place.refused();
    assert!(said.contains("error RC 470: key ring root/R: the certificate `localhost` is not one of Suite B, which has keys on P-384 only"), "{said}");
    place.put_policy(&with("Server", "128"));
    let engine = place.start(&[Program::echo().inbound("WEB")], &[]);
    let with_suite = |suite: &str, curve: &str| {
        let stream = tls_with(engine.connect(0), |client| {
            client.set_cipher_list(suite).expect("a suite");
            client.set_groups_list(curve).expect("a group");
        });
        stream.map(|mut stream| round(&mut stream, "hello").is_ok())
    };
    assert_eq!(
        with_suite("ECDHE-ECDSA-AES128-GCM-SHA256", "P-256"),
        Ok(true)
    );
    assert_eq!(with_suite("ECDHE-ECDSA-AES128-SHA256", "P-256"), Ok(true));
    assert!(with_suite("ECDHE-ECDSA-AES256-GCM-SHA384", "P-256").is_err());
    assert!(with_suite("ECDHE-ECDSA-AES128-GCM-SHA256", "P-384").is_err());
    // As a client, it takes certificates of its level only, up to the authority.
    let strong = Made::authority_of("Strong Authority", Kind::P384);
    for (authority, label) in [(&place.authority, "CA"), (&strong, "CA2")] {
        place.put_authority("C", label, &authority.pem());
    }
    let good = (&place.authority, Kind::Ec);
    let better = (&strong, Kind::P384);
    let mixed = (&strong, Kind::Ec);
    for (word, (authority, kind), expected) in [
        ("128", good, "0 Initial"),
        // The server has no signature that is asked for, and says so.
        ("128", better, "439 Initial"),
        ("192", good, "439 Initial"),
        ("128", mixed, "470 Initial"),
        ("192", better, "0 Initial"),
        ("128Min", better, "0 Initial"),
        ("All", good, "0 Initial"),
    ] {
        let (_server, port) = s_server(&place, &authority.issue("localhost", kind), &["-tls1_2"]);
        let environment = profile(word).replace("root/R", "root/C");
        let (engine, _stream) = client(&place, port, &environment, OLD);
        engine.wait_for(&format!(" {expected}"));
    }
}

const DHE: &str = "  TTLSKeyringParms
  {
    Keyring root/R
  }
  TTLSCipherParms
  {
    V3CipherSuites TLS_DHE_RSA_WITH_AES_128_GCM_SHA256
  }";

#[test]
fn the_group_of_ephemeral_diffie_hellman_has_the_size_that_the_policy_says() {
    let place = Place::new();
    let rsa = place.authority.issue("localhost", Kind::Rsa(3072));
    place.put_personal("R", "RSA", &rsa.pem_with_key());
    for (size, expected) in [("Match", "DH, 3072 bits"), ("2048", "DH, 2048 bits")] {
        let more = format!("{OLD}\n    CertificateLabel RSA\n    ServerEDHGroupSize {size}");
        place.put_policy(&rule("WEB", "Server", DHE, &more));
        let engine = place.start(&[Program::echo().inbound("WEB")], &[]);
        s_client(&place, &engine, &["-tls1_2"]).wait_for(expected);
    }
    let parameters = openssl::dh::Dh::get_1024_160().expect("a group");
    let pem = parameters.params_to_pem().expect("a group");
    place.put("dh.pem", &pem, 0o644);
    let weak = [
        "-tls1_2",
        "-dhparam",
        "dh.pem",
        "-cipher",
        "ALL:@SECLEVEL=0",
    ];
    for (size, expected) in [("Legacy", true), ("2048", false)] {
        let (server, port) = s_server(&place, &rsa, &weak);
        let more = format!("{OLD}\n    ClientEDHGroupSize {size}");
        let (engine, mut stream) = client(&place, port, DHE, &more);
        let _ = stream.write_all(b"through\n");
        match expected {
            true => server.wait_for("through"),
            false => engine.wait_for("RC:  414 Initial Handshake"),
        }
    }
}

#[test]
fn the_signatures_of_certificates_are_of_the_list() {
    let place = Place::new();
    let made = place.authority.issue("localhost", Kind::Ec);
    for version in ["-tls1_2", "-tls1_3"] {
        // The certificate is signed with 0403; with what its key signs the handshake, is another matter.
        for (pairs, expected) in [("0403", true), ("0503", false)] {
            let (server, port) = s_server(&place, &made, &[version]);
            let list = format!("SignaturePairsCert {pairs}\n    ClientKeyShareGroups");
            let environment = MODERN.replace("ClientKeyShareGroups", &list);
            let (engine, mut stream) = client(&place, port, &environment, BOTH);
            let _ = stream.write_all(b"through\n");
            match expected {
                true => server.wait_for("through"),
                false => engine.wait_for("RC:  467 Initial Handshake"),
            }
        }
    }
}

/// The files of an authority as `openssl ca` and `openssl ocsp` want them, with a list of what it issued:
/// the certificate and whether it is revoked.
fn records(place: &Place, issued: &[(&Made, bool)]) {
    let key = place.authority.key.private_key_to_pem_pkcs8();
    place.put("ca.key", &key.expect("a key"), 0o600);
    place.put("ca.pem", &place.authority.pem(), 0o644);
    let mut index = String::new();
    for (made, revoked) in issued {
        let serial = made.certificate.serial_number().to_bn().expect("a number");
        let serial = serial.to_hex_str().expect("a number");
        let (state, when) = match revoked {
            true => ("R", "250101000000Z"),
            false => ("V", ""),
        };
        let _ = writeln!(
            index,
            "{state}\t991231235959Z\t{when}\t{serial}\tunknown\t/CN=x"
        );
    }
    place.put("index.txt", index.as_bytes(), 0o644);
    let settings = "[ca]\ndefault_ca = own\n[own]\ndatabase = index.txt\ndefault_md = sha256\n";
    place.put("ca.cnf", settings.as_bytes(), 0o644);
}

fn openssl(place: &Place, arguments: &[&str]) {
    let mut command = Command::new("openssl");
    let output = command
        .args(arguments)
        .current_dir(place.path("."))
        .output();
    let output = output.expect("openssl");
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        text(&output.stderr)
    );
}

#[test]
fn a_revoked_certificate_is_refused_by_the_list_in_the_ring() {
    let place = Place::new();
    let (good, bad) = (
        place.authority.issue("localhost", Kind::Ec),
        place.authority.issue("localhost", Kind::Ec),
    );
    let stranger = Made::authority("Another Authority");
    place.put_authority("R", "CA2", &stranger.pem());
    let unlisted = stranger.issue("localhost", Kind::Ec);
    let environment = |level: &str| {
        format!(
            "{MODERN}\n  TTLSGskAdvancedParms\n  {{\n    RevocationSecurityLevel {level}\n    TTLSGskHttpCdpParms\n    {{\n      HttpCdpEnable On\n    }}\n  }}"
        )
    };
    place.put_policy(&rule("APP", "Client", &environment("Medium"), BOTH));
    let engine = place.start(
        &[format!(
            "outbound:127.0.0.1:0=127.0.0.1:{},job=APP",
            free_port()
        )],
        &[],
    );
    assert!(
        engine.log().contains(
            "warning: key ring root/R: revocation is to be checked, and the ring has no list"
        ),
        "{}",
        engine.log()
    );
    records(&place, &[(&good, false), (&bad, true)]);
    let list = "rings/root/R/crl/ca.pem";
    place.put(list, b"", 0o644);
    let make = [
        "ca", "-gencrl", "-config", "ca.cnf", "-keyfile", "ca.key", "-cert", "ca.pem", "-crldays",
        "1", "-out", list,
    ];
    openssl(&place, &make);
    for (level, made, expected) in [
        ("Medium", &good, None),
        ("Medium", &bad, Some(431)),
        ("Low", &bad, Some(431)),
        // The certificate names no place for a list.
        ("Medium", &unlisted, None),
        ("High", &unlisted, Some(436)),
        ("High", &good, None),
    ] {
        let (server, port) = s_server(&place, made, &[]);
        let (engine, mut stream) = client(&place, port, &environment(level), BOTH);
        let _ = stream.write_all(b"through\n");
        match expected {
            None => server.wait_for("through"),
            Some(code) => engine.wait_for(&format!("RC: {code:>4} Initial Handshake")),
        }
    }
    // A list that is out of date.
    let old = [
        &make[..8],
        &[
            "-crl_lastupdate",
            "20250101000000Z",
            "-crl_nextupdate",
            "20250102000000Z",
            "-out",
            list,
        ],
    ]
    .concat();
    openssl(&place, &old);
    for (level, expected) in [("Low", true), ("Medium", false)] {
        let (server, port) = s_server(&place, &good, &[]);
        let (engine, mut stream) = client(&place, port, &environment(level), BOTH);
        let _ = stream.write_all(b"through\n");
        match expected {
            true => server.wait_for("through"),
            false => engine.wait_for("RC:  436 Initial Handshake"),
        }
    }
    place.put(list, b"no list", 0o644);
    place.put_policy(&rule("APP", "Client", &environment("Low"), BOTH));
    assert!(place.refused().contains("error RC 103: key ring root/R"));
}

fn stapled(engine: &Engine) -> Option<Vec<u8>> {
    let mut client = SslContext::builder(SslMethod::tls_client()).expect("a client");
    client.set_verify(SslVerifyMode::NONE);
    let mut ssl = Ssl::new(&client.build()).expect("a client");
    ssl.set_status_type(StatusType::OCSP).expect("a wish");
    let stream: SslStream<TcpStream> = ssl.connect(engine.connect(0)).expect("a handshake");
    stream.ssl().ocsp_status().map(<[u8]>::to_vec)
}

#[test]
fn what_a_responder_said_is_sent_along() {
    let place = Place::new();
    let made = place.authority.issue("localhost", Kind::Ec);
    place.put_personal("R", "SERVER", &made.pem_with_key());
    place.put("own.pem", &made.pem(), 0o644);
    records(&place, &[(&made, false)]);
    let ask = [
        "ocsp",
        "-issuer",
        "ca.pem",
        "-cert",
        "own.pem",
        "-no_nonce",
        "-reqout",
        "request.der",
    ];
    openssl(&place, &ask);
    let response = "rings/root/R/personal/SERVER.ocsp";
    place.put(response, b"", 0o644);
    let answer = [
        "ocsp",
        "-index",
        "index.txt",
        "-CA",
        "ca.pem",
        "-rsigner",
        "ca.pem",
        "-rkey",
        "ca.key",
        "-reqin",
        "request.der",
        "-ndays",
        "1",
        "-respout",
        response,
    ];
    openssl(&place, &answer);
    let expected = std::fs::read(place.path(response)).expect("a response");
    let policy = |word: &str| {
        let environment = format!(
            "{MODERN}\n  TTLSGskAdvancedParms\n  {{\n    TTLSGskOcspParms\n    {{\n      OcspServerStapling {word}\n    }}\n  }}"
        );
        rule("WEB", "Server", &environment, BOTH)
    };
    for (word, sent) in [("EndEntity", true), ("Any", true), ("Off", false)] {
        place.put_policy(&policy(word));
        let engine = place.start(&[Program::echo().inbound("WEB")], &[]);
        assert_eq!(stapled(&engine), sent.then(|| expected.clone()), "{word}");
    }
    place.put(response, b"nothing", 0o644);
    assert!(place.refused().contains("error RC 103: key ring root/R"));
    std::fs::remove_file(place.path(response)).expect("removed");
    place.put_policy(&policy("Any"));
    let engine = place.start(&[Program::echo().inbound("WEB")], &[]);
    assert_eq!(stapled(&engine), None);
    let about = "warning: key ring root/R: the state of the certificate `localhost` is to be sent along: LABEL.ocsp beside LABEL.pem";
    engine.wait_for(&format!("{about} is not there"));
    // Another certificate took the place of the one that it is about.
    place.put(response, &expected, 0o644);
    let other = place.authority.issue("localhost", Kind::Ec);
    place.put_personal("R", "SERVER", &other.pem_with_key());
    let engine = place.start(&[Program::echo().inbound("WEB")], &[]);
    engine.wait_for(&format!("{about} is about another certificate"));
}

#[test]
fn fips_mode_without_a_module_is_refused() {
    if engine::tls::has_fips() {
        return;
    }
    let place = Place::new();
    let policy = rule("WEB", "Server", MODERN, OLD);
    place.put_policy(&policy.replace("TTLSEnabled On", "TTLSEnabled On\n  FIPS140 Level2"));
    let said = place.refused();
    assert!(
        said.contains(
            "error RC 455: FIPS140 is on, and the OpenSSL of this engine has no FIPS module"
        ),
        "{said}"
    );
}
