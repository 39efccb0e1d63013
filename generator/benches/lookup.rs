//! The bars of what a policy does to connections: the time of one lookup, and of the analysis of shadowing.
//!
//! `cargo bench -p generator --features serde --bench lookup`

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use generator::analysis::coverage::{Coverage, coverage};
use generator::policy::lookup::{
    AddressSet, Conditions, Connection, Direction, Lookup, Pattern, PortSet, Way,
};
use generator::policy::net::{AddressSpan, PortSpan};

/// Numbers that look like chance and are the same in each run (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn port(&mut self, low: u16, count: u64) -> u16 {
        low + u16::try_from(self.below(count)).unwrap_or(0)
    }
}

/// A policy as sites have them: servers on ports of their own for a job, some of them for a subnet of
/// partners or a local address; clients by remote port, subnet and job; a few rules for everything.
fn policy(rules: usize) -> Vec<Conditions> {
    let mut chance = Chance(rules as u64);
    (0..rules)
        .map(|at| match chance.below(100) {
            // A server on a port or a few, for its job.
            0..45 => server(&mut chance),
            // The same for partners of one subnet.
            45..65 => Conditions {
                remote: subnet(&mut chance),
                ..server(&mut chance)
            },
            // Clients of one service.
            65..85 => Conditions {
                remote_ports: port(&mut chance),
                remote: subnet(&mut chance),
                direction: Direction::Outbound,
                ..Conditions::default()
            },
            85..93 => Conditions {
                job: job(&mut chance),
                remote: subnet(&mut chance),
                direction: Direction::Both,
                ..Conditions::default()
            },
            93..98 => Conditions {
                local: subnet(&mut chance),
                local_ports: port(&mut chance),
                ..Conditions::default()
            },
            _ if at + rules / 100 > rules => Conditions {
                direction: Direction::Inbound,
                ..Conditions::default()
            },
            _ => Conditions {
                user: Pattern::from(format!("USER{}", chance.below(1000)).as_str()),
                direction: Direction::Outbound,
                ..Conditions::default()
            },
        })
        .collect()
}

fn server(chance: &mut Chance) -> Conditions {
    Conditions {
        local_ports: port(chance),
        job: job(chance),
        direction: Direction::Inbound,
        ..Conditions::default()
    }
}

/// One port mostly, of a few thousand that are in use; sometimes a range.
fn port(chance: &mut Chance) -> PortSet {
    let low = chance.port(1024, 4000);
    let more = if chance.below(10) == 0 { 9 } else { 0 };
    PortSet::new(PortSpan::new(low, low + more))
}

fn job(chance: &mut Chance) -> Pattern {
    let number = chance.below(500);
    Pattern::from(
        match chance.below(3) {
            0 => format!("CSQ{number}*"),
            1 => format!("DB{number}DIST"),
            _ => format!("CICS{number}"),
        }
        .as_str(),
    )
}

fn subnet(chance: &mut Chance) -> AddressSet {
    let (two, three) = (chance.below(200), chance.below(250));
    let text = match chance.below(3) {
        0 => format!("10.{two}.0.0/16"),
        1 => format!("10.{two}.{three}.0/24"),
        _ => format!("10.{two}.{three}.{}", chance.below(250)),
    };
    AddressSet::new(text.parse::<AddressSpan>())
}

/// Connections that most often meet a rule: each is made for one of them, at random.
fn connections(rules: &[Conditions]) -> Vec<Connection> {
    let mut chance = Chance(7);
    let mut made = Vec::new();
    while made.len() < 4096 {
        let at = usize::try_from(chance.below(rules.len() as u64)).unwrap_or(0);
        let Some(mut connection) = rules[at].common(&rules[at]) else {
            continue;
        };
        if chance.below(10) == 0 {
            // One that is nobody's business.
            connection.local_port = chance.port(30_000, 20_000);
        }
        if connection.way == Way::Inbound {
            connection.remote_port = chance.port(32_768, 20_000);
        }
        made.push(connection);
    }
    made
}

/// Nanoseconds of one lookup, the median over all connections; each is done a few times and its best
/// counts, as a clock is not finer than the shortest.
fn median(connections: &[Connection], mut lookup: impl FnMut(&Connection) -> Option<usize>) -> f64 {
    let mut times: Vec<Duration> = connections
        .iter()
        .map(|connection| {
            let start = Instant::now();
            black_box(lookup(black_box(connection)));
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2].as_nanos() as f64
}

/// The time that asking the clock takes, which is part of each figure above.
fn clock() -> f64 {
    let mut times: Vec<Duration> = (0..4096).map(|_| Instant::now().elapsed()).collect();
    times.sort_unstable();
    times[times.len() / 2].as_nanos() as f64
}

/// The median of several runs.
fn of_runs(mut run: impl FnMut() -> f64) -> f64 {
    let mut figures: Vec<f64> = (0..9).map(|_| run()).collect();
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Prints a figure beside its bar and its goal; whether the bar holds.
fn bar(what: &str, figure: f64, floor: f64, goal: f64, unit: &str) -> bool {
    let holds = figure <= floor;
    let verdict = match (holds, figure <= goal) {
        (true, true) => "ok",
        (true, false) => "ok, above the goal",
        (false, _) => "MISSED",
    };
    println!(
        "{what:<44} {figure:>8.2} {unit:<3} bar {floor:>4} {unit:<3} goal {goal:>4} {unit:<3} {:>5.2} of the goal  {verdict}",
        figure / goal
    );
    holds
}

fn lookups(rules: usize, floor: f64, goal: f64) -> bool {
    let policy = policy(rules);
    let connections = connections(&policy);
    let start = Instant::now();
    let lookup = Lookup::new(policy.iter().cloned().map(Some));
    let built = start.elapsed();
    let linear = |connection: &Connection| policy.iter().position(|rule| rule.matches(connection));
    let found = connections
        .iter()
        .filter(|one| lookup.lookup(one).is_some());
    let share = found.count() * 100 / connections.len();
    for connection in connections.iter().take(500) {
        assert_eq!(
            lookup.lookup(connection),
            linear(connection),
            "{connection:?}"
        );
    }
    let clock = of_runs(clock);
    let figure = of_runs(|| median(&connections, |one| lookup.lookup(one)) - clock);
    let few = &connections[..200];
    let scan = of_runs(|| median(few, linear) - clock);
    let holds = bar(
        &format!("lookup, {rules} rules, median"),
        figure / 1e3,
        floor,
        goal,
        "µs",
    );
    println!(
        "  one by one {:.1} µs, {:.0} times as long; {share} % meet a rule; built in {:.1} ms",
        scan / 1e3,
        scan / figure,
        built.as_secs_f64() * 1e3
    );
    holds
}

fn shadowing(rules: usize) -> bool {
    let policy = policy(rules);
    let mut runs: Vec<f64> = Vec::new();
    let mut answers = Vec::new();
    for _ in 0..3 {
        let start = Instant::now();
        answers = black_box(coverage(black_box(&policy)));
        runs.push(start.elapsed().as_secs_f64());
    }
    runs.sort_by(f64::total_cmp);
    let holds = bar(&format!("shadowing, {rules} rules"), runs[1], 5.0, 1.0, "s");
    let count = |wanted: fn(&Coverage) -> bool| answers.iter().filter(|one| wanted(one)).count();
    println!(
        "  {} can match, {} cannot, {} not decided",
        count(|one| matches!(one, Coverage::Reachable)),
        count(|one| matches!(
            one,
            Coverage::Covered { .. } | Coverage::Duplicate { .. } | Coverage::Impossible
        )),
        count(|one| matches!(one, Coverage::Unknown)),
    );
    holds
}

fn main() -> ExitCode {
    let all = [
        lookups(1_000, 1.0, 0.4),
        lookups(10_000, 3.0, 1.0),
        lookups(100_000, 10.0, 2.0),
        shadowing(10_000),
    ];
    ExitCode::from(u8::from(all.contains(&false)))
}
