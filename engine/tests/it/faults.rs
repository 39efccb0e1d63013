//! Partners and programs that do not behave.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use openssl::ssl::{Ssl, SslContext, SslMethod, SslVerifyMode};
use rustix::process::Signal;

use crate::certificates::Kind;
use crate::fixture::*;

fn with_timeout(seconds: u8) -> Place {
    let place = Place::new();
    place.put_policy(&rule(
        "WEB",
        "Server",
        MODERN,
        &format!("{BOTH}\n    HandshakeTimeout {seconds}"),
    ));
    place
}

#[test]
fn a_silent_partner_is_ended_at_the_handshake_timeout() {
    let place = with_timeout(1);
    let program = Program::echo();
    let engine = place.start(&[program.inbound("WEB")], &[]);
    let begun = Instant::now();
    let mut stream = engine.connect(0);
    assert!(stream.read(&mut [0]).map_or(true, |bytes| bytes == 0));
    let took = begun.elapsed();
    assert!(
        took >= Duration::from_secs(1) && took < Duration::from_secs(8),
        "{took:?}"
    );
    engine.wait_for("RC: 5004 Initial Handshake");
    assert_eq!(program.came(), 0);
}

#[test]
fn a_dripping_partner_is_ended_as_well() {
    let place = with_timeout(1);
    let engine = place.start(&[Program::echo().inbound("WEB")], &[]);
    let mut stream = engine.connect(0);
    let begun = Instant::now();
    // A record of a handshake that never gets whole.
    let mut bytes = [0x16, 3, 1, 2, 0, 1]
        .into_iter()
        .chain(std::iter::repeat(0));
    while stream.write_all(&[bytes.next().unwrap_or(0)]).is_ok() {
        assert!(
            begun.elapsed() < Duration::from_secs(15),
            "{}",
            engine.log()
        );
        thread::sleep(Duration::from_millis(50));
    }
    engine.wait_for("RC: 5005 Initial Handshake");
}

#[test]
fn rubbish_ends_with_an_alert_and_a_line_and_reaches_nobody() {
    let place = with_timeout(5);
    let program = Program::echo();
    let engine = place.start(&[program.inbound("WEB")], &[]);
    let long = [&[0x16, 3, 1, 0xff, 0xff][..], &[7; 70_000]].concat();
    let cases: [&[u8]; 5] = [
        b"\0\0\0\0\0\0\0\0\0\0\0\0",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        &[0x16, 3, 1, 0, 4, 1, 0, 0, 0],
        &[0x16, 3, 1, 0, 5, 0xff, 0, 0, 1, 0],
        &long,
    ];
    for rubbish in cases {
        let mut stream = engine.connect(0);
        let _ = stream.write_all(rubbish);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(
            answer.first().is_none_or(|first| *first == 0x15),
            "{answer:?}"
        );
    }
    let failures = || engine.log().matches("EZD1286I").count();
    eventually(
        "a line for each",
        || failures() == cases.len(),
        || engine.log(),
    );
    assert_eq!(program.came(), 0);
    assert!(tls(engine.connect(0)).is_ok(), "who behaves is served");
}

#[test]
fn a_program_that_is_not_there_ends_the_partner() {
    let place = with_timeout(5);
    let engine = place.start(
        &[format!(
            "inbound:127.0.0.1:0=127.0.0.1:{},job=WEB",
            free_port()
        )],
        &[],
    );
    let ended = match tls(engine.connect(0)) {
        Err(_) => true,
        Ok(mut stream) => stream.read(&mut [0]).map_or(true, |bytes| bytes == 0),
    };
    assert!(ended);
    engine.wait_for("cannot be reached");
}

#[test]
fn a_partner_that_is_cut_off_is_told_from_one_that_ended() {
    let place = with_timeout(5);
    let (tell, told) = std::sync::mpsc::channel();
    let tell = std::sync::Mutex::new(tell);
    let program = Program::start(move |mut stream| {
        let mut read = Vec::new();
        let ended = stream.read_to_end(&mut read).is_ok();
        tell.lock()
            .expect("a channel")
            .send((ended, read.len()))
            .expect("a listener");
    });
    let engine = place.start(&[program.inbound("WEB")], &[]);
    for says_so in [true, false] {
        let mut stream = tls(engine.connect(0)).expect("a handshake");
        stream.write_all(b"some words").expect("sent");
        if says_so {
            stream.shutdown().expect("the end of TLS");
        }
        stream
            .get_ref()
            .shutdown(std::net::Shutdown::Both)
            .expect("the end of TCP");
        let (ended, bytes) = told.recv_timeout(LONG).expect("an end");
        assert_eq!((ended, bytes), (says_so, 10), "{}", engine.log());
    }
    engine.wait_for("RC:  420 Connection Close");
}

#[test]
fn a_reader_that_waits_costs_little_memory() {
    const SIZE: usize = 64 << 20;
    let place = with_timeout(5);
    let program = Program::start(|mut stream| {
        let _ = stream.read(&mut [0]);
        let _ = stream.write_all(&vec![b'x'; SIZE]);
    });
    let engine = place.start(&[program.inbound("WEB")], &["--workers", "1"]);
    let mut stream = tls(engine.connect(0)).expect("a handshake");
    stream.write_all(b"?").expect("sent");
    let before = engine.memory();
    thread::sleep(Duration::from_secs(1));
    let grown = engine.memory().saturating_sub(before);
    assert!(grown < 8 << 10, "{grown} KiB more");
    let mut read = Vec::new();
    stream.read_to_end(&mut read).expect("all of it");
    assert_eq!(read.len(), SIZE);
}

#[test]
fn many_idle_connections_cost_little_and_are_all_served() {
    const MANY: usize = 300;
    let place = with_timeout(60);
    let engine = place.start(&[Program::echo().inbound("WEB")], &["--workers", "1"]);
    let mut warm = tls(engine.connect(0)).expect("a handshake");
    round(&mut warm, "warm").expect("an answer");
    let before = engine.memory();
    let mut streams: Vec<_> = (0..MANY)
        .map(|_| tls(engine.connect(0)).expect("a handshake"))
        .collect();
    for stream in &mut streams {
        round(stream, "hello").expect("an answer");
    }
    let each = engine.memory().saturating_sub(before) / MANY as u64;
    assert!(each < 40, "{each} KiB for each");
    for stream in &mut streams {
        round(stream, "again").expect("an answer");
    }
}

/// A socket that sends the hello in small records and small pieces, and what follows byte by byte.
#[derive(Debug)]
struct Fragments {
    stream: TcpStream,
    size: usize,
    hello: bool,
}

impl Read for Fragments {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.stream.read(buffer)
    }
}

impl Write for Fragments {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if std::mem::replace(&mut self.hello, false) {
            let (header, message) = bytes.split_at(5);
            for piece in message.chunks(self.size) {
                let length = u16::try_from(piece.len()).expect("small").to_be_bytes();
                let record = [&header[..3], &length, piece].concat();
                self.stream.write_all(&record)?;
            }
        } else {
            bytes
                .chunks(1)
                .try_for_each(|byte| self.stream.write_all(byte))?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_hello_in_pieces_is_put_together() {
    let place = with_timeout(20);
    let engine = place.start(&[Program::echo().inbound("WEB")], &[]);
    for size in [1, 7, 100] {
        let mut client = SslContext::builder(SslMethod::tls_client()).expect("a client");
        client.set_verify(SslVerifyMode::NONE);
        let stream = engine.connect(0);
        stream.set_nodelay(true).expect("small pieces");
        let fragments = Fragments {
            stream,
            size,
            hello: true,
        };
        let ssl = Ssl::new(&client.build()).expect("a client");
        let mut stream = ssl.connect(fragments).expect("a handshake");
        assert_eq!(round(&mut stream, "whole").expect("an answer"), "whole");
    }
}

#[test]
fn rubbish_after_the_handshake_cuts_the_program() {
    let place = with_timeout(5);
    let (tell, told) = std::sync::mpsc::channel();
    let tell = Mutex::new(tell);
    let program = Program::start(move |mut stream| {
        let mut read = Vec::new();
        let ended = stream.read_to_end(&mut read).is_ok();
        let tell = tell.lock().expect("a channel");
        tell.send((ended, read)).expect("a listener");
    });
    let engine = place.start(&[program.inbound("WEB")], &[]);
    let oversized = [&[0x17, 3, 3, 0x60, 0][..], &[7; 0x6000]].concat();
    let altered = [&[0x17, 3, 3, 0, 32][..], &[7; 32]].concat();
    let clear: &[u8] = b"GET / HTTP/1.0\r\n\r\n";
    for (rubbish, code) in [(oversized.as_slice(), 410), (&altered, 411), (clear, 410)] {
        let mut stream = tls(engine.connect(0)).expect("a handshake");
        stream.write_all(b"some words").expect("sent");
        let mut plain = stream.get_ref();
        plain.write_all(rubbish).expect("sent");
        let (ended, read) = told.recv_timeout(LONG).expect("an end");
        // What came before it was whole.
        assert!(!ended, "{}", engine.log());
        assert!(b"some words".starts_with(&read), "{read:?}");
        let mut answer = Vec::new();
        let _ = plain.read_to_end(&mut answer);
        engine.wait_for(&format!("RC: {code:>4} Data Decryption"));
    }
}

#[test]
fn a_program_that_ends_first_still_hears_the_partner() {
    let place = with_timeout(5);
    let (tell, told) = std::sync::mpsc::channel();
    let tell = Mutex::new(tell);
    let program = Program::start(move |mut stream| {
        stream.write_all(b"farewell").expect("sent");
        stream.shutdown(Shutdown::Write).expect("an end");
        let mut read = Vec::new();
        let ended = stream.read_to_end(&mut read).is_ok();
        let tell = tell.lock().expect("a channel");
        tell.send((ended, read.len())).expect("a listener");
    });
    let engine = place.start(&[program.inbound("WEB")], &[]);
    let mut stream = tls(engine.connect(0)).expect("a handshake");
    let mut read = Vec::new();
    stream.read_to_end(&mut read).expect("the end of TLS");
    assert_eq!(text(&read), "farewell");
    let long = vec![b'x'; 300_000];
    stream.write_all(&long).expect("sent after the end");
    stream.shutdown().expect("the end of TLS");
    let heard = told.recv_timeout(LONG).expect("an end");
    assert_eq!(heard, (true, long.len()), "{}", engine.log());
}

#[test]
fn a_program_that_is_slow_is_waited_for_and_holds_up_nobody() {
    let place = with_timeout(1);
    let slow = Program::start(|mut stream| {
        let _ = stream.read(&mut [0]);
        thread::sleep(Duration::from_secs(2));
        let _ = stream.write_all(b"late");
    });
    let pairs = [slow.inbound("WEB"), Program::echo().inbound("WEB")];
    let engine = place.start(&pairs, &["--workers", "1"]);
    let mut waiting = tls(engine.connect(0)).expect("a handshake");
    waiting.write_all(b"?").expect("sent");
    let mut quick = tls(engine.connect(1)).expect("a handshake");
    round(&mut quick, "quick").expect("an answer");
    waiting.get_ref().set_nonblocking(true).expect("no wait");
    assert!(
        waiting.read(&mut [0]).is_err(),
        "the slow one has not answered yet"
    );
    waiting.get_ref().set_nonblocking(false).expect("a wait");
    let mut late = [0; 4];
    waiting.read_exact(&mut late).expect("an answer");
    assert_eq!(&late, b"late");
}

#[test]
fn the_dates_of_certificates_count() {
    let place = Place::new();
    let old = place.authority.issue_for("localhost", Kind::Ec, (-3, -1));
    let new = place.authority.issue_for("localhost", Kind::Ec, (1, 3));
    let about = "warning: key ring root/R: the certificate `localhost`";
    for (made, words, seen) in [
        (&old, "certificate has expired", "expired on"),
        (&new, "certificate is not yet valid", "is not good before"),
    ] {
        // One's own is told of when it is loaded.
        place.put_personal("R", "SERVER", &made.pem_with_key());
        let both = [
            rule("WEB", "Server", MODERN, BOTH),
            rule("APP", "Client", MODERN, BOTH),
        ];
        place.put_policy(&both.concat());
        let serving = place.start(&[Program::echo().inbound("WEB")], &[]);
        serving.wait_for(&format!("{about} {seen} "));
        // The partner's ends the handshake.
        let pair = format!("outbound:127.0.0.1:0={},job=APP", serving.address(0));
        let calling = place.start(&[pair], &[]);
        let mut program = calling.connect(0);
        assert!(round(&mut program, "hello").is_err());
        calling.wait_for("RC:  401 Initial Handshake");
        calling.wait_for(&format!("why: the partner's certificate: {words}"));
        serving.wait_for("RC:  4");
    }
}

#[test]
fn a_ring_that_goes_while_the_engine_runs_changes_nothing() {
    let place = with_timeout(5);
    let engine = place.start(&[Program::echo().inbound("WEB")], &[]);
    let key = place.path("rings/root/R/personal/SERVER.pem");
    let pem = std::fs::read(&key).expect("a key");
    let made = place.authority.issue("localhost", Kind::Ec);
    let cipher = openssl::symm::Cipher::aes_128_cbc();
    let locked = made
        .key
        .private_key_to_pem_pkcs8_passphrase(cipher, b"secret");
    let locked = [made.pem(), locked.expect("a key")].concat();
    std::fs::write(&key, locked).expect("a key under a password");
    engine.signal(Signal::HUP);
    engine.wait_for("error RC 103: key ring root/R: ");
    engine.wait_for("no private key that can be read without a password");
    std::fs::remove_dir_all(place.path("rings")).expect("removed");
    engine.signal(Signal::HUP);
    engine.wait_for("error RC 202: key ring root/R: there is no key ring");
    for _ in 0..3 {
        let mut stream = tls(engine.connect(0)).expect("a handshake");
        assert_eq!(round(&mut stream, "still").expect("an answer"), "still");
    }
    place.put_personal("R", "SERVER", &pem);
    place.put_authority("R", "CA", &place.authority.pem());
    let loaded = || engine.log().matches(" loaded: ").count();
    let before = loaded();
    engine.signal(Signal::HUP);
    eventually("the policy", || loaded() > before, || engine.log());
}

#[test]
fn thousands_of_failures_leave_the_log_readable_and_good_partners_served() {
    const MANY: usize = 4_000;
    let place = with_timeout(5);
    let engine = place.start(&[Program::echo().inbound("WEB")], &[]);
    let begun = Instant::now();
    for turn in 0..MANY {
        let mut stream = engine.connect(0);
        let _ = stream.write_all(b"GET / HTTP/1.0\r\n\r\n");
        if turn % 500 == 250 {
            let mut good = tls(engine.connect(0)).expect("a handshake");
            assert_eq!(round(&mut good, "hello").expect("an answer"), "hello");
        }
    }
    engine.wait_for("messages about connections were not written, as there were too many");
    let (lines, took) = (engine.log().lines().count() as f64, begun.elapsed());
    // 500 messages a second, some of them with a line why, and the engine's own.
    let most = (took.as_secs_f64() + 2.0) * 1_100.0;
    assert!(lines < most, "{lines} lines in {took:?}");
}
