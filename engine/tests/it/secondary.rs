//! Connections that are treated like another one of the same program with the same partner.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ::control::{Answer, Ask, Client, ConnectionInfo, MapType, Which};
use openssl::ssl::{Ssl, SslContext, SslFiletype, SslMethod, SslVersion};

use crate::certificates::Kind;
use crate::fixture::{BOTH, Engine, MODERN, Place, Program, eventually, round, rule};

/// What a server saw of each connection: `None`, it was in the clear; or whether the session went on.
type Seen = Arc<Mutex<Vec<Option<bool>>>>;

/// Two ports of one server, as FTP has them: it takes TLS and clear text, and sends back what comes.
fn server(place: &Place, version: SslVersion) -> (Program, Program, Seen) {
    let made = place.authority.issue("localhost", Kind::Ec);
    place.put("partner.pem", &made.pem_with_key(), 0o600);
    let mut context = SslContext::builder(SslMethod::tls_server()).expect("a server");
    let file = place.path("partner.pem");
    context.set_certificate_chain_file(&file).expect("set");
    context
        .set_private_key_file(&file, SslFiletype::PEM)
        .expect("set");
    context
        .set_session_id_context(b"both ports")
        .expect("a context");
    context
        .set_max_proto_version(Some(version))
        .expect("a version");
    let (context, seen) = (context.build(), Seen::default());
    let talk = |context: SslContext, seen: Seen| {
        move |stream: TcpStream| {
            let mut first = [0];
            let _ = stream.peek(&mut first);
            if first[0] != 0x16 {
                seen.lock().expect("a list").push(None);
                return echo(stream);
            }
            let ssl = Ssl::new(&context).expect("a server");
            let stream = ssl.accept(stream).expect("a handshake");
            let resumed = stream.ssl().session_reused();
            seen.lock().expect("a list").push(Some(resumed));
            echo(stream);
        }
    };
    let primary = Program::start(talk(context.clone(), seen.clone()));
    let secondary = Program::start(talk(context, seen.clone()));
    (primary, secondary, seen)
}

fn echo(mut stream: impl std::io::Read + Write) {
    let mut room = [0; 100];
    while let Ok(bytes @ 1..) = stream.read(&mut room) {
        let _ = stream.write_all(&room[..bytes]);
    }
}

/// A rule for one port of the partner, by whose connections others are mapped.
fn policy(port: u16, more: &str) -> String {
    let advanced = format!("{BOTH}\n    SecondaryMap On\n{more}");
    rule("FTP", "Client", MODERN, &advanced)
        .replace("Jobname FTP", &format!("RemotePortRange {port}"))
}

fn pair(to: SocketAddr, job: &str) -> String {
    format!("outbound:127.0.0.1:0={to},job={job}")
}

struct Setting {
    engine: Engine,
    control: std::path::PathBuf,
    seen: Seen,
    _programs: (Program, Program),
    place: Place,
}

/// The pairs: to the first port, to the second, and to the second for another job.
fn setting(version: SslVersion, more: &str) -> Setting {
    let place = Place::new();
    let (primary, secondary, seen) = server(&place, version);
    place.put_policy(&policy(primary.address.port(), more));
    let pairs = [
        pair(primary.address, "FTP"),
        pair(secondary.address, "FTP"),
        pair(secondary.address, "OTHER"),
    ];
    let (control, programs) = (place.path("engine.sock"), place.path("engine.apps"));
    let arguments = [
        "--control",
        &control.display().to_string(),
        "--applications",
        &programs.display().to_string(),
    ];
    let engine = place.start(&pairs, &arguments);
    Setting {
        engine,
        control,
        seen,
        _programs: (primary, secondary),
        place,
    }
}

impl Setting {
    fn talk(&self, pair: usize) -> TcpStream {
        let mut stream = self.engine.connect(pair);
        assert_eq!(round(&mut stream, "hello").expect("an answer"), "hello");
        stream
    }

    fn last(&self) -> Option<bool> {
        *self.seen.lock().expect("a list").last().expect("one")
    }

    fn connections(&self) -> Vec<ConnectionInfo> {
        let ask = Ask::Connections {
            which: Which::default(),
        };
        let mut client = Client::connect(&self.control).expect("an engine");
        match client.ask(&ask).expect("an answer") {
            Answer::Connections { connections } => connections,
            other => panic!("{other:?}"),
        }
    }

    fn is_empty(&self) {
        eventually(
            "the end",
            || self.connections().is_empty(),
            || self.engine.log(),
        );
    }
}

#[test]
fn a_second_connection_is_protected_like_the_first_and_goes_on_with_its_session() {
    for version in [SslVersion::TLS1_2, SslVersion::TLS1_3] {
        let setting = setting(version, "");
        // Alone it meets no rule.
        drop(setting.talk(1));
        assert_eq!(setting.last(), None);
        setting.is_empty();

        let primary = setting.talk(0);
        assert_eq!(setting.last(), Some(false));
        let secondary = setting.talk(1);
        assert_eq!(setting.last(), Some(true), "{version:?}");
        let other = setting.talk(2);
        assert_eq!(setting.last(), None, "of another job");
        let all = setting.connections();
        let facts: Vec<_> = all
            .iter()
            .map(|one| (one.map_type, one.rule.as_deref(), one.tls.is_some()))
            .collect();
        assert_eq!(
            facts,
            [
                (MapType::Primary, Some("FTP"), true),
                (MapType::Secondary, Some("FTP"), true),
                (MapType::Primary, None, false),
            ]
        );
        // What the policy says by now does not matter to a connection that goes on, nor to its kin.
        setting
            .place
            .put_policy(&policy(1, "").replace("TTLSRule FTP", "TTLSRule NEW"));
        setting.engine.signal(rustix::process::Signal::HUP);
        eventually(
            "the new policy",
            || setting.engine.log().matches(" loaded: 1 rule").count() == 2,
            || setting.engine.log(),
        );
        drop(setting.talk(1));
        assert!(setting.last().is_some());
        // A secondary connection has none of its own.
        drop(primary);
        eventually(
            "the end of the first",
            || setting.connections().len() == 2,
            || setting.engine.log(),
        );
        drop(setting.talk(1));
        assert_eq!(setting.last(), None);
        drop((secondary, other));
        setting.is_empty();
    }
}

#[test]
fn a_second_connection_of_a_program_that_controls_tls_waits_for_it() {
    let setting = setting(SslVersion::TLS1_3, "    ApplicationControlled On");
    let socket = setting.place.path("engine.apps");
    let mut primary = setting.engine.connect(0);
    let init = |stream: &TcpStream| crate::application::order(&socket, stream, "init");
    let reply = init(&primary);
    assert!(
        reply.contains("result OK\npolicy 5\nconnection 3\n"),
        "{reply}"
    );
    assert!(reply.contains("\nsecondary 0\n"), "{reply}");
    assert_eq!(round(&mut primary, "in TLS").expect("an answer"), "in TLS");

    let secondary = setting.engine.connect(1);
    let reply = init(&secondary);
    assert!(
        reply.contains("result OK\npolicy 5\nconnection 3\n"),
        "{reply}"
    );
    assert!(reply.contains("\nsecondary 1\n"), "{reply}");
    eventually(
        "a session that goes on",
        || setting.seen.lock().expect("a list").contains(&Some(true)),
        || setting.engine.log(),
    );
    std::thread::sleep(Duration::from_millis(10));
    let all = setting.connections();
    assert!(
        all.iter().all(|one| one.controlled && one.tls.is_some()),
        "{all:?}"
    );
}
