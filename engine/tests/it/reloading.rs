//! Another policy while connections run, and the end.

use std::io::Read;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::fixture::*;

#[test]
fn a_bad_policy_changes_nothing_and_a_good_one_counts_at_once() {
    let place = Place::new();
    place.put_policy(&rule("WEB", "Server", MODERN, BOTH));
    let engine = place.start(&[Program::echo().inbound("WEB")], &["--workers", "2"]);
    let mut before = tls(engine.connect(0)).expect("a handshake");
    place.put_policy(&rule("WEB", "Server", MODERN, "    TLSv1.2 Perhaps"));
    engine.signal(Signal::HUP);
    engine.wait_for("the policy that was loaded before stays in effect");
    assert!(engine.log().contains("ttls.policy:"), "{}", engine.log());
    assert!(tls(engine.connect(0)).is_ok());
    place.put_policy("# nothing is protected\n");
    let loaded = || engine.log().matches(" loaded: ").count();
    let count = loaded();
    engine.signal(Signal::HUP);
    eventually("the new policy", || loaded() > count, || engine.log());
    // The threads take it up within a moment.
    let clear =
        || round(&mut engine.connect(0), "in the clear").is_ok_and(|text| text == "in the clear");
    eventually("clear text", clear, || engine.log());
    assert_eq!(
        round(&mut before, "still").expect("an answer"),
        "still",
        "what ran goes on"
    );
}

#[test]
fn no_connection_is_lost_in_twenty_reloads_under_load() {
    let place = Place::new();
    place.put_policy(&rule("WEB", "Server", MODERN, BOTH));
    let engine = place.start(&[Program::echo().inbound("WEB")], &["--workers", "2"]);
    let address = engine.address(0);
    let (stop, done) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let (stop, done) = (stop.clone(), done.clone());
            thread::spawn(move || -> Result<(), String> {
                while !stop.load(Ordering::Relaxed) {
                    let stream = TcpStream::connect(address).map_err(|error| error.to_string())?;
                    stream
                        .set_read_timeout(Some(LONG))
                        .map_err(|error| error.to_string())?;
                    let mut stream = tls(stream)?;
                    round(&mut stream, "hello").map_err(|error| error.to_string())?;
                    done.fetch_add(1, Ordering::Relaxed);
                }
                Ok(())
            })
        })
        .collect();
    let loaded = || engine.log().matches(" loaded: ").count();
    for _ in 0..20 {
        let count = loaded();
        engine.signal(Signal::HUP);
        eventually("a reload", || loaded() > count, || engine.log());
        let before = done.load(Ordering::Relaxed);
        eventually(
            "some connections",
            || done.load(Ordering::Relaxed) > before + 5,
            || engine.log(),
        );
    }
    stop.store(true, Ordering::Relaxed);
    for thread in threads {
        assert_eq!(thread.join().expect("a thread"), Ok(()));
    }
}

#[test]
fn what_runs_may_end_after_sigterm_and_nothing_new_begins() {
    let place = Place::new();
    place.put_policy(&rule("WEB", "Server", MODERN, BOTH));
    let mut engine = place.start(
        &[Program::echo().inbound("WEB")],
        &["--workers", "2", "--grace", "25"],
    );
    let mut stream = tls(engine.connect(0)).expect("a handshake");
    engine.signal(Signal::TERM);
    engine.wait_for("ends when its connections have ended");
    eventually(
        "a closed port",
        || TcpStream::connect(engine.address(0)).is_err(),
        || engine.log(),
    );
    assert_eq!(
        round(&mut stream, "last words").expect("an answer"),
        "last words"
    );
    stream.shutdown().expect("the end");
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    drop(stream);
    assert_eq!(engine.ended(), Some(0));
}

#[test]
fn grace_ends() {
    let place = Place::new();
    place.put_policy(&rule("WEB", "Server", MODERN, BOTH));
    let mut engine = place.start(&[Program::echo().inbound("WEB")], &["--grace", "1"]);
    let _open = tls(engine.connect(0)).expect("a handshake");
    let begun = Instant::now();
    engine.signal(Signal::TERM);
    assert_eq!(engine.ended(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(10));
}
