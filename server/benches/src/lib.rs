//! What the benches of the server share: a large configuration, and bars.
#![expect(clippy::unwrap_used, reason = "a bench ends by it")]

use std::time::Duration;

use generator::objects::{
    AddressGroup, Direction, Endpoint, Entry, Group, Image, MapUse, Mapping, Object, ObjectId,
    OrderKey, Rule, SecurityLevel, Stack, TrafficDescriptor, TrafficRow,
};

/// A directory of the bench's own. Beside the program, so that the disk is a real one also where
/// /tmp is none.
pub fn directory() -> tempfile::TempDir {
    let program = std::env::current_exe().unwrap();
    tempfile::tempdir_in(program.parent().unwrap()).unwrap()
}

pub fn id(text: impl Into<String>) -> ObjectId {
    ObjectId(text.into())
}

/// A stack with so many rules, each with a traffic descriptor of its own: two objects for each rule,
/// and sixty-three others.
pub fn stack_of(rules: usize) -> Vec<(ObjectId, Object)> {
    let mut all = systems();
    for number in 0..10 {
        let level = SecurityLevel {
            name: Entry::read(&format!("LEVEL{number}")),
            ..SecurityLevel::default()
        };
        all.push((id(format!("level{number}")), level.into()));
    }
    for number in 0..50 {
        let group = AddressGroup {
            name: Entry::read(&format!("GROUP{number}")),
            addresses: (0..20)
                .map(|host| Entry::read(&format!("10.{number}.1.{host}")))
                .collect(),
            ..AddressGroup::default()
        };
        all.push((id(format!("addresses{number}")), group.into()));
    }
    let mut order = OrderKey::default();
    for number in 0..rules {
        order = OrderKey::between(Some(&order), None);
        all.push((id(format!("traffic{number}")), traffic(number, "")));
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
    all
}

fn systems() -> Vec<(ObjectId, Object)> {
    let group = Group {
        name: "PLEX".into(),
        ..Group::default()
    };
    let image = Image {
        name: "MVSA".into(),
        group: Some(id("group")),
        keyring: "START1/RING".into(),
        ..Image::default()
    };
    let stack = Stack {
        name: "TCPIP".into(),
        image: Some(id("image")),
        ..Stack::default()
    };
    vec![
        (id("group"), group.into()),
        (id("image"), image.into()),
        (id("stack"), stack.into()),
    ]
}

/// The traffic descriptor with this number.
pub fn traffic(number: usize, description: &str) -> Object {
    let row = TrafficRow {
        local_port: Entry::read(&(1024 + number % 60_000).to_string()),
        direction: Direction::Inbound,
        jobname: Entry::read(&format!("JOB{}", number % 1000)),
        ..TrafficRow::default()
    };
    Object::from(TrafficDescriptor {
        name: Entry::read(&format!("T{number}")),
        description: description.to_owned(),
        rows: vec![row],
        ..TrafficDescriptor::default()
    })
}

/// The time below which this part of all runs is, in seconds: 0.5 for the median.
pub fn quantile(mut times: Vec<Duration>, part: f64) -> f64 {
    times.sort_unstable();
    let at = (times.len() as f64 * part) as usize;
    let time = times.get(at.min(times.len().saturating_sub(1)));
    time.map_or(0.0, Duration::as_secs_f64)
}

/// Prints a figure beside its bar; whether it holds.
pub fn bar(what: &str, figure: f64, limit: f64, unit: &str) -> bool {
    let holds = figure <= limit;
    let verdict = if holds { "ok" } else { "MISSED" };
    println!("{what:<52} {figure:>9.1} {unit:<5} bar {limit:>6} {unit:<5} {verdict}");
    holds
}
