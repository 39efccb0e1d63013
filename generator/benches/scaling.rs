//! The bars of the generator: time for a stack of 10,000 rules, and how it grows from 1,000.
//!
//! `cargo bench -p generator --features serde --bench scaling`

use std::hint::black_box;
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

/// The best of nine runs.
fn time(mut work: impl FnMut()) -> Duration {
    let since = Instant::now();
    let run = |_| {
        let start = spent(since);
        work();
        spent(since) - start
    };
    (0..9).map(run).min().unwrap_or_default()
}

fn main() {
    let (small, large) = (stack_of(1_000), stack_of(10_000));
    let header = Header::default();
    let compile_time = |configuration: &Configuration| {
        time(|| {
            black_box(compile(black_box(configuration), &id("stack"), &header));
        })
    };
    let problem_time = |configuration: &Configuration| {
        time(|| {
            black_box(problems(black_box(configuration)));
        })
    };
    let (one, ten) = (compile_time(&small), compile_time(&large));
    let growth = ten.as_secs_f64() / one.as_secs_f64();
    println!("compile  1,000 rules {:>8.1} ms", one.as_secs_f64() * 1e3);
    println!(
        "compile 10,000 rules {:>8.1} ms   {:.3} of the bar of 500 ms",
        ten.as_secs_f64() * 1e3,
        ten.as_secs_f64() / 0.5
    );
    println!(
        "compile growth       {growth:>8.1} fold {:.2} of the bar of 12",
        growth / 12.0
    );
    let (one, ten) = (problem_time(&small), problem_time(&large));
    println!("problems  1,000 rules{:>8.1} ms", one.as_secs_f64() * 1e3);
    println!(
        "problems 10,000 rules{:>8.1} ms   grows {:.1} fold",
        ten.as_secs_f64() * 1e3,
        ten.as_secs_f64() / one.as_secs_f64()
    );
    let lines =
        compile(&large, &id("stack"), &header).map_or(0, |compiled| compiled.policy.origins.len());
    println!("lines of 10,000 rules{lines:>8}");
}
