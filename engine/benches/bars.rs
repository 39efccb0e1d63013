//! The bars of the engine: memory of an idle connection, what 100,000 rules cost a new connection, and how long
//! bulk traffic stands still while 100,000 rules are loaded anew.
//!
//! `cargo bench -p engine --bench bars`; a name behind `--` takes one part: `idle`, `rules`, `reload`.
//! How fast it is beside other relays, `engine/bench/README.md` says.

#[path = "../../keyring/tests/it/certificates.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod certificates;
#[path = "../../keyring/tests/it/files.rs"]
mod files;
#[path = "../tests/it/fixture.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod fixture;

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::io::{Read, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use engine::policy::{Source, load};
use generator::policy::Release;
use generator::policy::lookup::{Connection, Way};
use keyring::Rings;
use rustix::process::{Resource, Rlimit, Signal, getrlimit, setrlimit};

use fixture::*;

const RULES: usize = 100_000;
const IDLE: [usize; 2] = [1_000, 9_000];
/// Files that the bench itself has open beside two for each connection.
const OTHER_FILES: u64 = 500;

/// A part by its name; it says whether its bars hold.
type Part = (&'static str, fn() -> bool);

fn main() -> ExitCode {
    let chosen: Vec<String> = std::env::args()
        .skip(1)
        .filter(|one| !one.starts_with('-'))
        .collect();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("load of the machine before: {}", load.trim());
    let parts: [Part; 3] = [("idle", idle), ("rules", rules), ("reload", reload)];
    let mut holds = true;
    for (name, part) in parts {
        if chosen.is_empty() || chosen.iter().any(|one| one == name) {
            holds &= part();
        }
    }
    if holds {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// One line; whether the bar holds.
fn line(what: &str, figure: f64, unit: &str, bar: f64, holds: bool) -> bool {
    let says = if holds { "ok" } else { "MISSED" };
    println!("{what:<52} {figure:>9.2} {unit:<5} bar {bar:>6} {unit:<5} {says}");
    holds
}

/// The most files that this process may open.
fn files() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    let _ = setrlimit(Resource::Nofile, raised);
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

fn idle() -> bool {
    let files = files();
    let place = Place::new();
    place.put_policy(&rule(
        "WEB",
        "Server",
        MODERN,
        &format!("{BOTH}\n    HandshakeTimeout 0"),
    ));
    let kept = Arc::new(Mutex::new(Vec::new()));
    let program = Program::start(move |mut stream| {
        let mut bytes = [0; 5];
        if stream.read_exact(&mut bytes).is_ok() && stream.write_all(&bytes).is_ok() {
            kept.lock().expect("sockets").push(stream);
        }
    });
    let engine = place.start(&[program.inbound("WEB")], &["--workers", "1"]);
    let mut warm = tls(engine.connect(0)).expect("a handshake");
    round(&mut warm, "hello").expect("an answer");
    let before = engine.memory();
    let (mut streams, mut holds) = (Vec::new(), true);
    for many in IDLE {
        if (many as u64) * 2 + OTHER_FILES > files {
            println!("{many} idle connections: not measured, as only {files} files may be open");
            continue;
        }
        while streams.len() < many {
            let mut stream = tls(engine.connect(0)).expect("a handshake");
            round(&mut stream, "hello").expect("an answer");
            streams.push(stream);
        }
        let each = engine.memory().saturating_sub(before) as f64 / many as f64;
        holds &= line(
            &format!("an idle connection of {many}"),
            each,
            "KiB",
            24.0,
            each <= 24.0,
        );
    }
    holds
}

/// A policy whose last rule takes the connections of WEB, behind others that take addresses elsewhere.
fn policy(others: usize) -> String {
    let mut text = rule("WEB", "Server", MODERN, BOTH).replace("Trace 14", "Trace 2");
    for at in 0..others {
        let [_, a, b, c] = u32::try_from(at).unwrap_or_default().to_be_bytes();
        let _ = write!(
            text,
            "TTLSRule OTHER{at}\n{{\n  RemoteAddr 10.{a}.{b}.{c}\n  LocalPortRange {}\n  Direction Inbound\n  Priority {}\n  TTLSGroupActionRef WEB_G\n  TTLSEnvironmentActionRef WEB_E\n}}\n",
            1024 + at % 50_000,
            2 + at,
        );
    }
    text
}

/// Nanoseconds of processor time that a process had.
fn processor(pid: u32) -> u64 {
    let tasks = fs::read_dir(format!("/proc/{pid}/task"))
        .into_iter()
        .flatten()
        .flatten();
    let times = tasks.filter_map(|task| {
        let text = fs::read_to_string(task.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    });
    times.sum()
}

/// New connections of one engine, which gets the one policy and the other in turns: two processes differ by
/// more than the rules do.
fn rules() -> bool {
    const TURNS: usize = 12;
    const A_TURN: usize = 250;
    let place = Place::new();
    let policies = [policy(0), policy(RULES - 1)];
    place.put_policy(&policies[0]);
    let program = Program::echo();
    let engine = place.start(&[program.inbound("WEB")], &["--workers", "1"]);
    let connect = || {
        let mut stream = tls(engine.connect(0)).expect("a handshake");
        round(&mut stream, "?").expect("an answer");
    };
    let loaded = || engine.log().matches(" loaded: ").count();
    let mut figures: [[Vec<f64>; 2]; 2] = Default::default();
    for turn in 0..TURNS {
        // One, many, many, one: what drifts meets both alike.
        let which = usize::from(matches!(turn % 4, 1 | 2));
        place.put_policy(&policies[which]);
        let before = loaded();
        engine.signal(Signal::HUP);
        eventually("the policy", || loaded() > before, || engine.log());
        (0..50).for_each(|_| connect());
        let (begun, before) = (Instant::now(), processor(engine.id()));
        (0..A_TURN).for_each(|_| connect());
        let used = processor(engine.id()).saturating_sub(before);
        let found = [
            begun.elapsed().as_secs_f64(),
            Duration::from_nanos(used).as_secs_f64(),
        ];
        found
            .into_iter()
            .zip(&mut figures[which])
            .for_each(|(one, all)| all.push(one));
    }
    // What else the machine does only adds: the least of each is the nearest to the truth.
    let [one, many] = figures.map(|both| both.map(least));
    let each = one[1] / A_TURN as f64 * 1e6;
    // That still differs from run to run by more than the bar leaves, so that the bar is for what the rules
    // add to a connection, which can be measured by itself.
    let added = policies.each_ref().map(|policy| mapping(&place, policy));
    let added = (added[1] - added[0]).max(0.0);
    println!(
        "a connection with one rule takes {each:.0} us of CPU, 100,000 rules add {added:.1} us; whole connections: CPU {:.2}, wall {:.2}",
        one[1] / many[1],
        one[0] / many[0]
    );
    let ratio = each / (each + added);
    let what = "connections with 100,000 rules to those with one";
    line(what, ratio, "", 0.95, ratio >= 0.95)
}

/// Microseconds that a connection takes to be mapped, when what was done before pushed the rules out of the
/// processor's caches.
fn mapping(place: &Place, policy: &str) -> f64 {
    const TIMES: u32 = 500;
    place.put_policy(policy);
    let source = Source {
        path: place.path("pagent.conf"),
        root: None,
        mappings: Vec::new(),
        release: Release::default(),
        stack: None,
    };
    let rings = Rings::new(place.path("rings"), "root".to_owned());
    let loaded = load(&source, &rings).unwrap_or_else(|refused| panic!("{refused:?}"));
    let facts = Connection {
        local: [127, 0, 0, 1].into(),
        remote: [127, 0, 0, 1].into(),
        local_port: 30_000,
        remote_port: 40_000,
        job: "WEB".to_owned(),
        user: "root".to_owned(),
        way: Way::Inbound,
        at: None,
    };
    let mut other = vec![0u8; 8 << 20];
    let mut took = Duration::ZERO;
    for _ in 0..TIMES {
        other
            .iter_mut()
            .step_by(64)
            .for_each(|byte| *byte = byte.wrapping_add(1));
        black_box(&other);
        let begun = Instant::now();
        assert!(black_box(loaded.instance.map(black_box(&facts))).is_some());
        took += begun.elapsed();
    }
    (took / TIMES).as_secs_f64() * 1e6
}

fn least(figures: Vec<f64>) -> f64 {
    figures.into_iter().fold(f64::INFINITY, f64::min)
}

fn reload() -> bool {
    const RELOADS: usize = 3;
    let place = Place::new();
    place.put_policy(&policy(RULES - 1));
    let bulk = Program::start(|mut stream| {
        let piece = vec![b'x'; 64 << 10];
        while stream.write_all(&piece).is_ok() {}
    });
    let program = Program::echo();
    let engine = place.start(&[bulk.inbound("WEB"), program.inbound("WEB")], &[]);
    let stop = Arc::new(AtomicBool::new(false));
    // Nanoseconds between two reads, the longest.
    let longest = Arc::new(AtomicUsize::new(0));
    let (stops, gap) = (stop.clone(), longest.clone());
    let mut stream = tls(engine.connect(0)).expect("a handshake");
    let reader = thread::spawn(move || {
        let (mut room, mut last) = (vec![0; 64 << 10], Instant::now());
        while !stops.load(Ordering::Relaxed) && stream.read(&mut room).is_ok_and(|bytes| bytes > 0)
        {
            let took = usize::try_from(last.elapsed().as_nanos()).unwrap_or(usize::MAX);
            gap.fetch_max(took, Ordering::Relaxed);
            last = Instant::now();
        }
        stops.load(Ordering::Relaxed)
    });
    let address = engine.address(1);
    let (stops, served) = (stop.clone(), Arc::new(AtomicUsize::new(0)));
    let count = served.clone();
    let caller = thread::spawn(move || {
        let mut lost = 0;
        while !stops.load(Ordering::Relaxed) {
            let stream = std::net::TcpStream::connect(address).map_err(|error| error.to_string());
            let answered = stream
                .and_then(tls)
                .is_ok_and(|mut stream| round(&mut stream, "?").is_ok());
            lost += usize::from(!answered);
            count.fetch_add(1, Ordering::Relaxed);
        }
        lost
    });
    let loaded = || engine.log().matches(" loaded: ").count();
    let took =
        || Duration::from_nanos(longest.swap(0, Ordering::Relaxed) as u64).as_secs_f64() * 1e3;
    thread::sleep(Duration::from_millis(500));
    took();
    let begun = Instant::now();
    for _ in 0..RELOADS {
        let before = loaded();
        engine.signal(Signal::HUP);
        eventually("a reload", || loaded() > before, || engine.log());
        // What the old policy is taken apart by belongs to it.
        thread::sleep(Duration::from_millis(300));
    }
    let (stall, span) = (took(), begun.elapsed());
    thread::sleep(span);
    let without = took();
    stop.store(true, Ordering::Relaxed);
    let whole = reader.join().expect("a thread");
    let lost = caller.join().expect("a thread") + usize::from(!whole);
    println!(
        "{RELOADS} reloads of {RULES} rules in {:.1} s, {} connections meanwhile; longest stall without: {without:.1} ms",
        span.as_secs_f64(),
        served.load(Ordering::Relaxed)
    );
    let none = line("connections lost in them", lost as f64, "", 0.0, lost == 0);
    line(
        "longest stall of bulk traffic in them",
        stall,
        "ms",
        100.0,
        stall <= 100.0,
    ) && none
}
