//! Programs that start and stop TLS themselves, by the library in C and by what it says.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use openssl::ssl::{ShutdownResult, SslStream, SslVersion};
use rustix::process::{Gid, Uid};
use rustix::thread::{set_thread_res_gid, set_thread_res_uid};

use crate::certificates::Kind;
use crate::fixture::{
    BOTH, Engine, LONG, MODERN, Place, Program, dialogue, eventually, has, round, rule, text, tls,
    tls_with,
};
use crate::hosts::{Host, Hosts};

/// The rules MAIL, whose program controls TLS, and WEB, whose program does not.
fn policy(advanced: &str) -> String {
    let controlled = format!("{BOTH}\n    ApplicationControlled On\n{advanced}");
    rule("MAIL", "Server", MODERN, &controlled) + &rule("WEB", "Server", MODERN, BOTH)
}

/// The library and its sample, once built for each test. `None`: there is no compiler, and that is permitted.
fn sample(place: &Place) -> Option<PathBuf> {
    let ci = std::env::var_os("CI").is_some_and(|value| value == "1" || value == "true");
    if !["cc", "make"].into_iter().all(has) {
        assert!(!ci, "cc and make are needed to test the library");
        return None;
    }
    let built = Command::new("make")
        .arg("-C")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/attls"))
        .arg(format!("OUT={}", place.path("").display()))
        .output()
        .expect("make");
    let said = text(&built.stdout) + &text(&built.stderr);
    assert!(built.status.success(), "{said}");
    Some(place.path("starttls"))
}

/// The sample as it runs.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn start(program: &Path, arguments: &[&str], socket: &Path) -> Self {
        let mut child = Command::new(program)
            .args(arguments)
            .arg("0")
            .env("GATEHOUSE_APPLICATIONS", socket)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the sample");
        let mut line = String::new();
        let stdout = child.stdout.as_mut().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let port: u16 = line.trim().parse().expect("a port");
        Self {
            child,
            address: ([127, 0, 0, 1], port).into(),
        }
    }

    fn pair(&self, job: &str) -> String {
        format!("inbound:127.0.0.1:0={},job={job}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The sample behind an engine: by the rule MAIL, by WEB, and by none.
struct Setting {
    place: Place,
    engine: Engine,
    server: Server,
}

impl Setting {
    fn new(arguments: &[&str], advanced: &str) -> Option<Self> {
        let place = Place::new();
        let program = sample(&place)?;
        place.put_policy(&policy(advanced));
        let socket = place.path("engine.apps");
        let server = Server::start(&program, arguments, &socket);
        let pairs = ["MAIL", "WEB", "NONE"].map(|job| server.pair(job));
        let engine = place.start(&pairs, &["--applications", &socket.display().to_string()]);
        Some(Self {
            place,
            engine,
            server,
        })
    }
}

/// Reads a line of a peer.
fn hear(stream: &mut impl Read) -> String {
    let (mut line, mut byte) = (Vec::new(), [0]);
    while stream.read(&mut byte).is_ok_and(|bytes| bytes == 1) {
        line.push(byte[0]);
        if byte[0] == b'\n' {
            break;
        }
    }
    text(&line).trim_end().to_owned()
}

/// Says a line and reads one.
fn say(stream: &mut (impl Read + Write), line: &str) -> String {
    stream
        .write_all(format!("{line}\r\n").as_bytes())
        .expect("sent");
    hear(stream)
}

fn greeted(mut stream: TcpStream) -> TcpStream {
    assert_eq!(hear(&mut stream), "220 sample ESMTP");
    stream
}

fn starttls(setting: &Setting, version: SslVersion) -> SslStream<TcpStream> {
    let mut stream = greeted(setting.engine.connect(0));
    assert_eq!(say(&mut stream, "EHLO me"), "250-sample");
    assert_eq!(hear(&mut stream), "250 STARTTLS");
    assert_eq!(say(&mut stream, "STARTTLS"), "220 ready");
    let versions = |client: &mut openssl::ssl::SslContextBuilder| {
        client
            .set_max_proto_version(Some(version))
            .expect("a version");
    };
    tls_with(stream, versions).expect("a handshake")
}

#[test]
fn a_program_asks_whatever_its_policy_says() {
    let Some(setting) = Setting::new(&[], "") else {
        return;
    };
    let mut stream = greeted(setting.engine.connect(0));
    let expected = "250 policy=5 connection=1 protocol=0000 cipher= cipher4= share= type=0 user= rule=MAIL actions=MAIL_G,MAIL_E, secondary=0";
    assert_eq!(say(&mut stream, "XQUERY"), expected);
    let denied = say(&mut stream, "XCCC");
    assert_eq!(denied, "200 back to the clear");
    assert!(hear(&mut stream).ends_with(": TLS was not started"));
    drop(stream);

    let mut stream = tls(setting.engine.connect(1)).expect("a handshake");
    assert_eq!(hear(&mut stream), "220 sample ESMTP");
    let expected = "250 policy=4 connection=3 protocol=0304 cipher=4X cipher4=1301 share=0029 type=2 user= rule=WEB actions=WEB_G,WEB_E, secondary=0";
    assert_eq!(say(&mut stream, "XQUERY"), expected);
    assert_eq!(say(&mut stream, "STARTTLS"), "502 not here");
    let denied = say(&mut stream, "XKEYS");
    assert!(
        denied.starts_with("454 Permission denied: no rule"),
        "{denied}"
    );
    drop(stream);

    // By no rule, and past the engine. The sample serves one at a time.
    for address in [setting.engine.address(2), setting.server.address] {
        let mut stream = greeted(TcpStream::connect(address).expect("a connection"));
        let told = say(&mut stream, "XQUERY");
        assert!(told.starts_with("250 policy=2 connection=1 "), "{told}");
        let denied = say(&mut stream, "XKEYS");
        assert!(
            denied.starts_with("454 Permission denied: no rule"),
            "{denied}"
        );
    }
    assert!(
        setting
            .engine
            .log()
            .contains("STATUS: Appl Control RULE: MAIL")
    );
}

#[test]
fn tls_starts_when_the_program_says_so() {
    for arguments in [&[][..], &["--nonblocking"]] {
        let Some(setting) = Setting::new(arguments, "") else {
            return;
        };
        for (version, expected) in [
            (
                SslVersion::TLS1_2,
                "protocol=0303 cipher=4X cipher4=C02B share= ",
            ),
            (
                SslVersion::TLS1_3,
                "protocol=0304 cipher=4X cipher4=1301 share=0029 ",
            ),
        ] {
            // Any race between words in the clear and the handshake shows in one of many.
            for _ in 0..10 {
                drop(starttls(&setting, version));
            }
            let mut stream = starttls(&setting, version);
            assert_eq!(say(&mut stream, "EHLO me"), "250 sample");
            let told = say(&mut stream, "XQUERY");
            assert!(told.contains("policy=5 connection=3 "), "{told}");
            assert!(told.contains(expected), "{told}");
            assert_eq!(say(&mut stream, "XCERT"), "250 certificate 0 0 00");
            for _ in 0..2 {
                let said = say(&mut stream, "XKEYS");
                assert_eq!(said, "250 new keys", "{}", setting.engine.log());
                assert_eq!(say(&mut stream, "NOOP"), "250 ok");
            }
            assert_eq!(say(&mut stream, "QUIT"), "221 bye");
        }
    }
}

#[test]
fn the_partners_certificate_is_given_to_the_program() {
    let Some(setting) = Setting::new(&[], "") else {
        return;
    };
    let demands = policy("    ClientAuthType Full").replacen(
        "HandshakeRole Server",
        "HandshakeRole ServerWithClientAuth",
        1,
    );
    setting.place.put_policy(&demands);
    setting.engine.signal(rustix::process::Signal::HUP);
    setting
        .engine
        .wait_for("policy of stack TCPIP loaded: 2 rules");
    eventually(
        "the new policy",
        || setting.engine.log().matches(" loaded: 2 rules").count() == 2,
        || setting.engine.log(),
    );
    let client = setting.place.authority.issue("client", Kind::Ec);
    let der = client.certificate.to_der().expect("a certificate");
    let mut stream = greeted(setting.engine.connect(0));
    assert_eq!(say(&mut stream, "STARTTLS"), "220 ready");
    let mut stream = tls_with(stream, |builder| {
        builder.set_certificate(&client.certificate).expect("set");
        builder.set_private_key(&client.key).expect("set");
    })
    .expect("a handshake");
    let expected = format!("250 certificate {} {} 30", der.len(), der.len());
    assert_eq!(say(&mut stream, "XCERT"), expected);
    assert!(say(&mut stream, "XQUERY").contains(" type=4 "));
}

#[test]
fn other_peoples_clients_start_tls() {
    let Some(setting) = Setting::new(&[], "") else {
        return;
    };
    let address = setting.engine.address(0);
    if has("openssl") {
        let arguments = [
            "s_client",
            "-starttls",
            "smtp",
            "-connect",
            &address.to_string(),
            "-quiet",
        ];
        let said = dialogue("openssl", &arguments, "XQUERY\r\n", "connection=3");
        assert!(
            said.contains("policy=5 connection=3 protocol=0304"),
            "{said}"
        );
    }
    if has("python3") {
        let program = format!(
            "import smtplib, ssl\n\
             context = ssl._create_unverified_context()\n\
             with smtplib.SMTP('127.0.0.1', {}, timeout=30) as client:\n\
             \x20client.ehlo()\n\
             \x20assert client.has_extn('starttls')\n\
             \x20client.starttls(context=context)\n\
             \x20print(client.sock.version(), client.docmd('XQUERY')[1].decode())\n",
            address.port()
        );
        let ran = crate::fixture::run("python3", &["-c", &program], "");
        let said = text(&ran.stdout) + &text(&ran.stderr);
        assert!(said.starts_with("TLSv1.3 policy=5 connection=3"), "{said}");
    }
}

/// A stream that sends words before its first bytes, and takes words away from those that it reads.
#[derive(Debug)]
struct Hasty {
    stream: TcpStream,
    first: Option<&'static [u8]>,
    skip: usize,
}

impl Read for Hasty {
    fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
        while self.skip > 0 {
            let mut byte = [0];
            self.stream.read_exact(&mut byte)?;
            self.skip -= 1;
        }
        self.stream.read(room)
    }
}

impl Write for Hasty {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self.first.take() {
            Some(first) => self.stream.write_all(&[first, bytes].concat())?,
            None => self.stream.write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.stream.flush()
    }
}

#[test]
fn a_hello_that_comes_with_the_command_is_the_handshake() {
    let Some(setting) = Setting::new(&[], "") else {
        return;
    };
    for _ in 0..10 {
        let stream = Hasty {
            stream: greeted(setting.engine.connect(0)),
            first: Some(b"STARTTLS\r\n"),
            skip: "220 ready\r\n".len(),
        };
        let mut context = openssl::ssl::SslContext::builder(openssl::ssl::SslMethod::tls_client())
            .expect("a client");
        context.set_verify(openssl::ssl::SslVerifyMode::NONE);
        let ssl = openssl::ssl::Ssl::new(&context.build()).expect("a client");
        let mut stream = ssl.connect(stream).expect("a handshake");
        assert_eq!(say(&mut stream, "NOOP"), "250 ok");
    }
}

#[test]
fn a_command_that_is_smuggled_in_before_the_handshake_is_never_obeyed() {
    let Some(setting) = Setting::new(&[], "") else {
        return;
    };
    let mut stream = greeted(setting.engine.connect(0));
    stream.write_all(b"STARTTLS\r\nXQUERY\r\n").expect("sent");
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    let (line, rest) = rest.split_at("220 ready\r\n".len());
    assert_eq!(line, b"220 ready\r\n");
    assert!(!rest.windows(6).any(|part| part == b"policy"), "{rest:?}");
    setting.engine.wait_for("RC: 5003 Initial Handshake");
    // The next one is served.
    drop(starttls(&setting, SslVersion::TLS1_3));
}

#[test]
fn a_handshake_that_fails_ends_the_connection_and_tells_the_program_why() {
    let socket_of = |place: &Place| place.path("engine.apps");
    let place = Place::new();
    place.put_policy(&policy(""));
    let socket = socket_of(&place);
    let path = socket.clone();
    let (tell, told) = std::sync::mpsc::channel();
    let program = Program::start(move |stream| {
        let _ = tell.send(order(&path, &stream, "init"));
    });
    let arguments = ["--applications", &socket.display().to_string()];
    let engine = place.start(&[program.inbound("MAIL")], &arguments);
    let mut stream = engine.connect(0);
    stream
        .write_all(b"\x16\x03\x01\x00\x05rubbish")
        .expect("sent");
    let reply = told.recv_timeout(LONG).expect("an answer");
    assert!(
        reply.contains("result ECONNRESET\nerrnojr JrTTLSHandshakeFailed\nreason RC "),
        "{reply}"
    );
    engine.wait_for("EZD1286I");
    // A partner that goes away.
    drop(engine.connect(0));
    let reply = told.recv_timeout(LONG).expect("an answer");
    assert!(
        reply.contains("result ECONNRESET") || reply.contains("result EPIPE"),
        "{reply}"
    );
}

#[test]
fn tls_stops_and_the_connection_goes_on_in_the_clear() {
    let Some(setting) = Setting::new(&[], "") else {
        return;
    };
    for version in [SslVersion::TLS1_2, SslVersion::TLS1_3] {
        let mut stream = starttls(&setting, version);
        assert_eq!(say(&mut stream, "XCCC"), "200 back to the clear");
        // The end of TLS comes from the program's side, and is answered.
        assert_eq!(hear(&mut stream), "");
        assert!(matches!(
            stream.shutdown(),
            Ok(ShutdownResult::Sent | ShutdownResult::Received)
        ));
        let mut clear = stream.get_ref().try_clone().expect("a copy");
        assert_eq!(hear(&mut clear), "250 in the clear");
        assert!(say(&mut clear, "XQUERY").contains("policy=5 connection=1 "));
        // And once more.
        assert_eq!(say(&mut clear, "STARTTLS"), "220 ready");
        let mut again = tls(clear).expect("a handshake");
        assert_eq!(say(&mut again, "NOOP"), "250 ok");
    }
    setting.engine.wait_for("Connection Stop");
}

#[test]
fn one_port_serves_clients_with_tls_and_without() {
    for arguments in [&["--implicit"][..], &["--implicit", "--nonblocking"]] {
        let Some(setting) = Setting::new(arguments, "    HandshakeTimeout 1") else {
            return;
        };
        for _ in 0..5 {
            let mut stream = tls(setting.engine.connect(0)).expect("a handshake");
            assert_eq!(hear(&mut stream), "220 sample ESMTP");
            assert!(say(&mut stream, "XQUERY").contains("connection=3"));
        }
        let begun = Instant::now();
        let mut stream = greeted(setting.engine.connect(0));
        assert!(begun.elapsed() >= Duration::from_millis(900));
        assert!(say(&mut stream, "XQUERY").contains("connection=1"));
        // TLS can still begin.
        assert_eq!(say(&mut stream, "STARTTLS"), "220 ready");
        let mut stream = tls(stream).expect("a handshake");
        assert_eq!(say(&mut stream, "NOOP"), "250 ok");
        drop(stream);
        // A client that talks in the clear at once is none of TLS.
        let mut stream = setting.engine.connect(0);
        stream.write_all(b"EHLO me\r\n").expect("sent");
        let _ = stream.read_to_end(&mut Vec::new());
        setting.engine.wait_for("RC: 5003");
    }
}

/// Says a message at the socket and reads the answer.
fn ask(stream: &mut UnixStream, message: &str) -> String {
    stream.write_all(message.as_bytes()).expect("sent");
    heard(stream)
}

fn heard(stream: &mut UnixStream) -> String {
    stream.set_read_timeout(Some(LONG)).expect("a timeout");
    let (mut said, mut byte) = (String::new(), [0]);
    while !said.ends_with("\n\n") && stream.read(&mut byte).is_ok_and(|bytes| bytes == 1) {
        said.push(char::from(byte[0]));
    }
    said
}

fn request(stream: &TcpStream, words: &str) -> String {
    let (local, remote) = (
        stream.local_addr().expect("an address"),
        stream.peer_addr().expect("an address"),
    );
    message(local, remote, words)
}

fn message(local: SocketAddr, remote: SocketAddr, words: &str) -> String {
    format!(
        "version 1\nlocal {} {}\nremote {} {}\ndo {words}\n\n",
        local.ip(),
        local.port(),
        remote.ip(),
        remote.port()
    )
}

/// What the library does, in Rust: asks, and hands back what is not read.
pub fn order(socket: &Path, mut stream: &TcpStream, words: &str) -> String {
    let mut engine = UnixStream::connect(socket).expect("an engine");
    let reply = ask(&mut engine, &request(stream, words));
    let Some((_, rest)) = reply.split_once("result CONTINUE\nunread ") else {
        return reply;
    };
    let mut unread = vec![0; rest.trim().parse().expect("a number")];
    stream.read_exact(&mut unread).expect("what is there");
    let digits: String = unread.iter().map(|byte| format!("{byte:02x}")).collect();
    ask(&mut engine, &format!("unread {digits}\n\n"))
}

/// A program that does as it is told, in the place of the sample.
fn told(
    place: &Place,
    advanced: &str,
    talk: impl Fn(&Path, TcpStream) + Send + Sync + 'static,
) -> (Engine, PathBuf) {
    place.put_policy(&policy(advanced));
    let socket = place.path("engine.apps");
    let path = socket.clone();
    let program = Program::start(move |stream| talk(&path, stream));
    let arguments = ["--applications", &socket.display().to_string()];
    (place.start(&[program.inbound("MAIL")], &arguments), socket)
}

#[test]
fn much_that_was_said_before_goes_out_before_the_handshake() {
    let words = || {
        (0..3_000_000u32)
            .map(|at| (at % 251) as u8)
            .collect::<Vec<_>>()
    };
    let place = Place::new();
    let (engine, _) = told(&place, "", move |socket, mut stream| {
        stream.write_all(&words()).expect("sent");
        let reply = order(socket, &stream, "init");
        assert!(
            reply.contains("result OK\npolicy 5\nconnection 3\n"),
            "{reply}"
        );
        stream.write_all(b"in TLS").expect("sent");
        let _ = stream.read(&mut [0]);
    });
    for _ in 0..3 {
        let mut stream = engine.connect(0);
        // Nothing is read for a moment, so that much of it waits on its way.
        thread::sleep(Duration::from_millis(100));
        let mut clear = vec![0; 3_000_000];
        stream.read_exact(&mut clear).expect("the words");
        assert!(clear == words());
        let mut stream = tls(stream).expect("a handshake");
        let mut secret = [0; 6];
        stream.read_exact(&mut secret).expect("the words");
        assert_eq!(&secret, b"in TLS");
    }
}

#[test]
fn a_partner_that_talks_tls_too_soon_is_heard_in_the_clear() {
    let place = Place::new();
    let (tell, hello) = std::sync::mpsc::channel();
    let (engine, _) = told(&place, "", move |_, mut stream| {
        let mut first = [0; 3];
        let _ = stream.read_exact(&mut first);
        let _ = tell.send(first);
    });
    let stream = engine.connect(0);
    let client = thread::spawn(move || tls(stream).is_err());
    assert_eq!(hello.recv_timeout(LONG).expect("a hello"), [0x16, 3, 1]);
    assert!(client.join().expect("a thread"), "no handshake");
}

#[test]
fn orders_that_do_not_fit_have_their_errnos() {
    let place = Place::new();
    let (tell, replies) = std::sync::mpsc::channel();
    let (engine, socket) = told(
        &place,
        "    HandshakeTimeout 0",
        move |socket, mut stream| {
            let mut line = Vec::new();
            let mut byte = [0];
            while stream.read(&mut byte).is_ok_and(|bytes| bytes == 1) {
                if byte[0] == b'\n' {
                    let words = text(&std::mem::take(&mut line));
                    tell.send(order(socket, &stream, &words)).expect("heard");
                } else {
                    line.push(byte[0]);
                }
            }
        },
    );
    let mut stream = engine.connect(0);
    let mut does = |words: &str| {
        stream
            .write_all(format!("{words}\n").as_bytes())
            .expect("sent");
        replies.recv_timeout(LONG).expect("an answer")
    };
    for (words, expected) in [
        ("", "result OK\npolicy 5\nconnection 1\n"),
        ("return-certificate", "result OK\npolicy 5\nconnection 1\n"),
        (
            "stop",
            "result EPROTO\nreason TLS was not started\npolicy 5\n",
        ),
        ("reset-session", "result EPROTO\n"),
        ("reset-cipher", "result EPROTO\n"),
        ("send-session-ticket", "result EPROTO\n"),
        ("init stop", "result EPERM\n"),
        ("init reset-cipher", "result EPERM\n"),
        ("stop reset-session", "result EPERM\n"),
        ("allow-hstimeout", "result EPERM\n"),
        (
            "init allow-hstimeout",
            "result EPROTO\nreason ALLOW_HSTIMEOUT is for",
        ),
        ("fly", "result EINVAL\nerrnojr JrSocketCallParmError\n"),
    ] {
        let reply = does(words);
        assert!(reply.contains(expected), "{words}: {reply}");
        assert!(reply.ends_with("\n\n"));
    }
    stream.write_all(b"init\n").expect("sent");
    let mut stream = tls(stream).expect("a handshake");
    assert!(
        replies
            .recv_timeout(LONG)
            .expect("an answer")
            .contains("result OK\n")
    );
    let mut does = |words: &str| {
        stream
            .write_all(format!("{words}\n").as_bytes())
            .expect("sent");
        replies.recv_timeout(LONG).expect("an answer")
    };
    for (words, expected) in [
        ("init", "result EALREADY\nerrnojr JrAlreadyActive\n"),
        (
            "reset-session reset-write-cipher send-session-ticket",
            "result OK\n",
        ),
        ("", "connection 3\nprotocol 0304\n"),
    ] {
        let reply = does(words);
        assert!(reply.contains(expected), "{words}: {reply}");
    }
    // What the program has not read is no end of TLS.
    stream.write_all(b"stop\nmore\n").expect("sent");
    let reply = replies.recv_timeout(LONG).expect("an answer");
    assert!(
        reply.contains("result EPROTO\nerrnojr JrTTLSStopReadDataPending\n"),
        "{reply}"
    );
    // Nobody's connection.
    let mut other = UnixStream::connect(&socket).expect("an engine");
    let nobody = ([127, 0, 0, 1], 9).into();
    let reply = ask(&mut other, &message(engine.address(0), nobody, ""));
    assert_eq!(
        reply,
        "version 1\nresult ENOTCONN\nreason no TCP connection on this host has these ends\n\n"
    );
}

/// Has something done by another user of the host, which the kernel knows by the thread.
fn as_user<T: Send>(number: u32, call: impl FnOnce() -> T + Send) -> Option<T> {
    thread::scope(|scope| {
        let call = move || {
            let (uid, gid) = (Uid::from_raw(number), Gid::from_raw(number));
            set_thread_res_gid(gid, gid, gid).ok()?;
            set_thread_res_uid(uid, uid, uid).ok()?;
            Some(call())
        };
        scope.spawn(call).join().expect("a thread")
    })
}

#[test]
fn only_the_owner_of_a_connection_and_root_may_ask_about_it() {
    let place = Place::new();
    let (engine, socket) = told(&place, "", |_, mut stream| {
        let _ = stream.read(&mut [0]);
    });
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(place.path(""), mode).expect("permissions");
    assert_eq!(
        fs::metadata(&socket)
            .expect("a socket")
            .permissions()
            .mode()
            & 0o777,
        0o666
    );
    // A connection of this test to the engine, which is asked about as its program would.
    let stream = engine.connect(0);
    let message = request(&stream, "");
    let own = ask(
        &mut UnixStream::connect(&socket).expect("an engine"),
        &message,
    );
    // It is the partner's socket, and not the program's: no rule is told of.
    assert!(own.contains("result OK\npolicy 2\n"), "{own}");
    let Some(other) = as_user(54321, || {
        let mut engine = UnixStream::connect(&socket).expect("an engine");
        ask(&mut engine, &message)
    }) else {
        println!("not tried: this user cannot become another one");
        return;
    };
    assert_eq!(
        other,
        "version 1\nresult EACCES\nreason the socket was opened by another user\n\n"
    );
    // The same user may ask about what it opened itself.
    let (theirs, reply) = as_user(54321, || {
        let stream = engine.connect(0);
        let mut engine = UnixStream::connect(&socket).expect("an engine");
        let reply = ask(&mut engine, &request(&stream, "init"));
        (stream, reply)
    })
    .expect("another user");
    assert!(
        reply.contains("result EACCES\nerrnojr JrConnDeniedPolicy\n"),
        "{reply}"
    );
    let root = ask(
        &mut UnixStream::connect(&socket).expect("an engine"),
        &request(&theirs, ""),
    );
    assert!(root.contains("result OK\n"), "{root}");
    // One user takes not all places.
    let held: Vec<_> = as_user(54321, || {
        (0..300)
            .map(|_| UnixStream::connect(&socket).expect("an engine"))
            .collect()
    })
    .expect("another user");
    let refused = || {
        as_user(54321, || {
            heard(&mut UnixStream::connect(&socket).expect("an engine"))
        })
        .expect("another user")
    };
    eventually(
        "a refusal",
        || refused().contains("result EBUSY"),
        String::new,
    );
    let root = ask(
        &mut UnixStream::connect(&socket).expect("an engine"),
        &message,
    );
    assert!(root.contains("result OK\n"), "{root}");
    drop(held);
}

#[test]
fn whatever_is_said_at_the_socket_ends_well() {
    let place = Place::new();
    let (engine, socket) = told(&place, "", |_, mut stream| {
        let _ = stream.read(&mut [0]);
    });
    let said = |bytes: &[u8]| {
        let mut stream = UnixStream::connect(&socket).expect("an engine");
        stream.set_read_timeout(Some(LONG)).expect("a timeout");
        let _ = stream.write_all(bytes);
        let _ = stream.shutdown(Shutdown::Write);
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    };
    assert_eq!(said(b""), "");
    assert!(said(b"version 1\n").contains("result EINVAL"));
    assert!(said(b"\n").contains("JrInvalidVersion"));
    assert!(said(b"\xff\xfe\n\n").contains("a message is text"));
    assert!(said(b"version 2\nlocal x\n\n").contains("JrInvalidVersion"));
    assert!(said(&vec![b'x'; 300_000]).contains("64 KiB"));
    assert!(said(&b"a b\n".repeat(100_000)).contains("64 KiB"));
    // An order that is begun and not finished leaves the connection as it was.
    let stream = engine.connect(0);
    drop(stream);
    assert!(UnixStream::connect(&socket).is_ok());
}

#[test]
fn a_program_that_goes_away_in_the_middle_of_an_order_leaves_the_connection_alone() {
    let place = Place::new();
    let (engine, _) = told(&place, "", |socket, mut stream| {
        // Something is unread, which the engine wants back, and does not get.
        let _ = stream.peek(&mut [0; 5]);
        let mut engine = UnixStream::connect(socket).expect("an engine");
        let reply = ask(&mut engine, &request(&stream, "init"));
        assert!(reply.contains("result CONTINUE\nunread 5\n"), "{reply}");
        drop(engine);
        let mut copy = stream.try_clone().expect("a copy");
        let _ = std::io::copy(&mut stream, &mut copy);
    });
    let mut stream = engine.connect(0);
    assert_eq!(round(&mut stream, "hello").expect("an answer"), "hello");
    assert_eq!(round(&mut stream, "again").expect("an answer"), "again");
}

#[test]
fn a_policy_that_leaves_tls_to_programs_wants_a_socket_for_them() {
    let place = Place::new();
    place.put_policy(&policy(""));
    let program = Program::echo();
    let engine = place.start(&[program.inbound("MAIL")], &[]);
    engine
        .wait_for("rule MAIL: programs are to start TLS themselves, and the engine has no socket");
    assert_eq!(
        round(&mut engine.connect(0), "clear").expect("an answer"),
        "clear"
    );
}

#[test]
fn programs_on_two_hosts_that_are_told_nothing_of_the_engine_start_tls_between_them() {
    let Some(hosts) = Hosts::new() else { return };
    let places = [Place::new(), Place::new()];
    let [near, far] = &places;
    near.put_authority("R", "CA", &far.authority.pem());
    let started = |host: &Host, place: &Place, role, end| {
        let advanced = format!("{BOTH}\n    ApplicationControlled On");
        let text = rule("APP", role, MODERN, &advanced);
        place.put_policy(&text.replace("Jobname APP", &format!("{end}PortRange 9000")));
        let socket = place.path("engine.apps");
        let arguments = [
            "--transparent",
            "--applications",
            &socket.display().to_string(),
        ];
        (host.run(|| place.start(&[], &arguments)), socket)
    };
    let (inbound, far) = started(&hosts.server, far, "Server", "Local");
    let (outbound, near) = started(&hosts.client, near, "Client", "Remote");
    for address in hosts.server.addresses() {
        let to = SocketAddr::new(address, 9000);
        let (listener, far) = (hosts.server.listen(to), far.clone());
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a connection");
            assert_eq!(hear(&mut stream), "STARTTLS");
            stream.write_all(b"220 ready\r\n").expect("sent");
            let reply = order(&far, &stream, "init");
            assert_eq!(hear(&mut stream), "in TLS");
            stream.write_all(b"indeed\r\n").expect("sent");
            let _ = stream.read(&mut [0]);
            reply
        });
        let mut stream = hosts.client.connect(to).expect("a connection");
        assert_eq!(say(&mut stream, "STARTTLS"), "220 ready");
        let client = order(&near, &stream, "init");
        assert_eq!(say(&mut stream, "in TLS"), "indeed");
        drop(stream);
        let server = server.join().expect("a thread");
        for (reply, security) in [(client, 1), (server, 2)] {
            assert!(
                reply.contains("result OK\npolicy 5\nconnection 3\n"),
                "{reply}"
            );
            assert!(
                reply.contains(&format!("\nsecurity {security}\n")),
                "{reply}"
            );
        }
    }
    for engine in [&inbound, &outbound] {
        engine.wait_for("Initial Handshake TLSv1.3");
    }
}
