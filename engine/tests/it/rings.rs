//! Key rings that change while connections run, and rings that the `keyring` crate makes.

use std::time::{SystemTime, UNIX_EPOCH};

use keyring::{Certificate, Host, Issuer, Label, NewKey, RingName, Rings, Usage, Wish, Writer};
use openssl::x509::X509;

use crate::certificates::Kind;
use crate::fixture::*;

fn now() -> jiff::Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let since = since.expect("a time after 1970").as_secs();
    jiff::Timestamp::from_second(i64::try_from(since).expect("a number")).expect("a time")
}

/// The serial number of the certificate that a server presents.
fn presented(engine: &Engine) -> String {
    let stream = tls(engine.connect(0)).expect("a handshake");
    let certificate = stream.ssl().peer_certificate().expect("a certificate");
    keyring::serial(&certificate)
}

fn writer(place: &Place) -> Writer {
    let rings = Rings::new(place.path("rings"), "root".to_owned());
    rings.write(&name("root/R")).expect("a writer")
}

fn name(text: &str) -> RingName {
    text.parse().expect("a name")
}

fn label(text: &str) -> Label {
    text.parse().expect("a label")
}

#[test]
fn a_replaced_certificate_is_used_by_new_connections_and_open_ones_go_on() {
    let place = Place::new();
    place.put_policy(&rule("WEB", "Server", MODERN, BOTH));
    let engine = place.start(&[Program::echo().inbound("WEB")], &["--workers", "2"]);
    let before = presented(&engine);
    let mut open = tls(engine.connect(0)).expect("a handshake");
    let made = place.authority.issue("localhost", Kind::Rsa(2048));
    let after = keyring::serial(&made.certificate);
    writer(&place)
        .put_personal(&label("SERVER"), &made.key, &made.certificate, &[], true)
        .expect("written");
    engine.wait_for(&format!("serial number {after}, before {before}"));
    eventually(
        "the new certificate",
        || presented(&engine) == after,
        || engine.log(),
    );
    assert_eq!(
        round(&mut open, "still here").expect("an answer"),
        "still here"
    );
    // The ring changed once, and the policy was not read again.
    assert_eq!(engine.log().matches("has changed").count(), 1);
    assert_eq!(engine.log().matches(" loaded: ").count(), 1);
}

#[test]
fn a_ring_that_became_useless_is_told_once_and_what_was_read_stays() {
    let place = Place::new();
    place.put_policy(&rule("WEB", "Server", MODERN, BOTH));
    let engine = place.start(&[Program::echo().inbound("WEB")], &[]);
    let before = presented(&engine);
    place.put("rings/root/R/personal/SERVER.pem", b"half of a", 0o600);
    engine.wait_for("has changed and cannot be used");
    assert_eq!(presented(&engine), before);
    let made = place.authority.issue("localhost", Kind::Ec);
    let after = keyring::serial(&made.certificate);
    place.put_personal("R", "SERVER", &made.pem_with_key());
    engine.wait_for(&format!("serial number {after}, before {before}"));
    eventually(
        "the new certificate",
        || presented(&engine) == after,
        || engine.log(),
    );
    assert_eq!(engine.log().matches("cannot be used").count(), 1);
}

#[test]
fn other_rings_keep_what_they_have() {
    let place = Place::new();
    let other = place.authority.issue("localhost", Kind::Ec);
    place.put_personal("OTHER", "ONE", &other.pem_with_key());
    place.put_policy(&format!(
        "{}{}",
        rule("WEB", "Server", MODERN, BOTH),
        rule("OTHER", "Server", MODERN, BOTH).replace("Keyring root/R", "Keyring root/OTHER")
    ));
    let pairs = [
        Program::echo().inbound("WEB"),
        Program::echo().inbound("OTHER"),
    ];
    let engine = place.start(&pairs, &[]);
    let before = presented(&engine);
    let made = place.authority.issue("localhost", Kind::Ec);
    writer(&place)
        .put_personal(&label("SERVER"), &made.key, &made.certificate, &[], true)
        .expect("written");
    engine.wait_for("has changed and counts for new connections");
    eventually(
        "the new certificate",
        || presented(&engine) != before,
        || engine.log(),
    );
    let stream = tls(engine.connect(1)).expect("a handshake");
    let found = stream.ssl().peer_certificate().expect("a certificate");
    assert_eq!(keyring::serial(&found), keyring::serial(&other.certificate));
}

/// Makes a certificate and puts it into a ring.
fn generate(
    writer: &Writer,
    to: &str,
    kind: NewKey,
    hosts: &[Host],
    issuer: Option<&Certificate>,
) -> X509 {
    let subject = keyring::subject(&format!("CN={to}")).expect("a name");
    let wish = Wish {
        subject: &subject,
        hosts,
        days: 2,
        is_authority: issuer.is_none(),
    };
    let key = kind.make().expect("a key");
    let by = issuer.map(|one| Issuer {
        certificate: &one.leaf,
        key: &one.key,
    });
    let made = keyring::certificate(&wish, &key, by, now()).expect("a certificate");
    writer
        .put_personal(&label(to), &key, &made, &[], false)
        .expect("written");
    made
}

#[test]
fn a_ring_that_was_made_here_serves_curl() {
    let place = Place::new();
    let rings = Rings::new(place.path("rings"), "root".to_owned());
    for kind in [NewKey::P256, NewKey::Rsa(2048)] {
        let ring = name("root/R");
        rings
            .write(&ring)
            .expect("a writer")
            .delete()
            .expect("removed");
        rings.create(&ring, None).expect("a ring");
        let writer = rings.write(&ring).expect("a writer");
        let root = generate(&writer, "CA", NewKey::P384, &[], None);
        let (read, _) = writer.survey();
        let hosts: [Host; 1] = ["127.0.0.1".parse().expect("a host")];
        generate(&writer, "SERVER", kind, &hosts, read.personal("CA"));
        writer
            .put_authority(&label("CA"), std::slice::from_ref(&root), false)
            .expect("written");
        writer.set_default(Some("SERVER")).expect("marked");
        assert!(!writer.has(Usage::Request, "SERVER"));
        drop(writer);
        place.put("ca.pem", &root.to_pem().expect("PEM"), 0o644);
        place.put_policy(&rule("WEB", "Server", MODERN, BOTH));
        let program = Program::start(|mut stream| {
            use std::io::{Read as _, Write as _};
            let mut piece = [0; 4096];
            let _ = stream.read(&mut piece);
            let _ = stream.write_all(b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        });
        let engine = place.start(&[program.inbound("WEB")], &[]);
        let address = format!("https://{}/", engine.address(0));
        let authority = place.path("ca.pem").display().to_string();
        let output = run("curl", &["-sS", "--cacert", &authority, &address], "");
        assert_eq!(
            text(&output.stdout),
            "hello",
            "{}\n{}",
            text(&output.stderr),
            engine.log()
        );
    }
}
