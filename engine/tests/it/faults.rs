//! Partners and programs that do not behave.

use std::io::{Read, Write};
use std::thread;
use std::time::{Duration, Instant};

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
