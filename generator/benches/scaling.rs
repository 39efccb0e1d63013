//! The bars of the generator: time for a stack of 10,000 rules, and how it grows from 1,000.
//!
//! `cargo bench -p generator --features serde --bench scaling`
//!
//! Instructions, which do not depend on what else the machine does: run the program under
//! `valgrind --tool=callgrind --toggle-collect='generator::compile::compile'` with `once 1000`.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use generator::compile::{Header, compile};
use generator::objects::*;
use generator::problems::problems;

fn id(text: impl Into<String>) -> ObjectId {
    ObjectId(text.into())
}

/// A stack of `rules` rules, each with a traffic descriptor of its own, ten levels and fifty maps of addresses.
fn stack_of(rules: usize) -> Configuration {
    let mut all: Vec<(ObjectId, Object)> = vec![
        (
            id("group"),
            Group {
                name: "PLEX".into(),
                ..Group::default()
            }
            .into(),
        ),
        (
            id("image"),
            Image {
                name: "MVSA".into(),
                group: Some(id("group")),
                keyring: "START1/RING".into(),
                ..Image::default()
            }
            .into(),
        ),
        (
            id("stack"),
            Stack {
                name: "TCPIP".into(),
                image: Some(id("image")),
                ..Stack::default()
            }
            .into(),
        ),
    ];
    for number in 0..10 {
        let name = Entry::read(&format!("LEVEL{number}"));
        all.push((
            id(format!("level{number}")),
            SecurityLevel {
                name,
                ..SecurityLevel::default()
            }
            .into(),
        ));
    }
    for number in 0..50 {
        let addresses = (0..20)
            .map(|host| Entry::read(&format!("10.{number}.1.{host}")))
            .collect();
        let name = Entry::read(&format!("GROUP{number}"));
        all.push((
            id(format!("addresses{number}")),
            AddressGroup {
                name,
                addresses,
                ..AddressGroup::default()
            }
            .into(),
        ));
    }
    let mut order = OrderKey::default();
    for number in 0..rules {
        order = OrderKey::between(Some(&order), None);
        let row = TrafficRow {
            local_port: Entry::read(&(1024 + number).to_string()),
            direction: Direction::Inbound,
            jobname: Entry::read(&format!("JOB{}", number % 1000)),
            ..TrafficRow::default()
        };
        let traffic = TrafficDescriptor {
            name: Entry::read(&format!("T{number}")),
            rows: vec![row],
            ..TrafficDescriptor::default()
        };
        all.push((id(format!("traffic{number}")), traffic.into()));
        let mapping = Mapping {
            traffic: Some(id(format!("traffic{number}"))),
            level: Some(id(format!("level{}", number % 10))),
        };
        let rule = Rule {
            name: Entry::read(&format!("R{number}")),
            owner: Some(id("stack")),
            order: order.clone(),
            local: Endpoint::Group(id(format!("addresses{}", number % 50))),
            map: MapUse::Own(vec![mapping]),
            ..Rule::default()
        };
        all.push((id(format!("rule{number}")), rule.into()));
    }
    all.into_iter().collect()
}

/// Time that this process has spent on a processor; other work on the machine does not count.
fn spent(since: Instant) -> Duration {
    let on_processor = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanoseconds = on_processor.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| since.elapsed(), Duration::from_nanos)
}

/// The best of nine runs, in seconds. The kernel counts in steps of some milliseconds, so what is
/// short is done several times in a run.
fn time(repeat: u32, mut work: impl FnMut()) -> f64 {
    let since = Instant::now();
    let run = |_| {
        let start = spent(since);
        (0..repeat).for_each(|_| work());
        spent(since).saturating_sub(start) / repeat
    };
    (0..9).map(run).min().unwrap_or_default().as_secs_f64()
}

/// Prints a figure beside its bar; whether it holds.
fn bar(what: &str, figure: f64, limit: f64, unit: &str) -> bool {
    let holds = figure <= limit;
    let verdict = if holds { "ok" } else { "MISSED" };
    println!("{what:<52} {figure:>9.1} {unit:<5} bar {limit:>6} {unit:<5} {verdict}");
    holds
}

/// `once 1000` compiles and checks one stack once, for a tool that counts instructions.
fn once() -> Option<usize> {
    let mut arguments = std::env::args().skip_while(|argument| argument != "once");
    arguments.nth(1)?.parse().ok()
}

fn main() -> ExitCode {
    let header = Header {
        product: "Gatehouse".to_owned(),
        ..Header::default()
    };
    let compiled = |configuration: &Configuration| {
        black_box(compile(black_box(configuration), &id("stack"), &header));
    };
    let checked = |configuration: &Configuration| {
        black_box(problems(black_box(configuration)));
    };
    if let Some(rules) = once() {
        let configuration = stack_of(rules);
        compiled(&configuration);
        checked(&configuration);
        return ExitCode::SUCCESS;
    }
    let (small, large) = (stack_of(1_000), stack_of(10_000));
    let (one, ten) = (time(30, || compiled(&small)), time(3, || compiled(&large)));
    let (few, many) = (time(30, || checked(&small)), time(3, || checked(&large)));
    let all = [
        bar("compile, 10,000 rules", ten * 1e3, 500.0, "ms"),
        bar(
            "compile, growth from 1,000 to 10,000 rules",
            ten / one,
            12.0,
            "fold",
        ),
    ];
    println!("compile, 1,000 rules {:>8.1} ms", one * 1e3);
    println!("problems, 1,000 rules {:>7.1} ms", few * 1e3);
    println!(
        "problems, 10,000 rules {:>6.1} ms   grows {:.1} fold",
        many * 1e3,
        many / few
    );
    ExitCode::from(u8::from(all.contains(&false)))
}
