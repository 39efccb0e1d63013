//! Lines to begin with: what a policy does now, as expectations.

use std::fmt::Display;

use super::{Expectation, outcomes, read};
use crate::analysis::difference::Treated;
use crate::analysis::treatment::Protection;
use crate::policy::lookup::{Conditions, Direction, Pattern, Time};
use crate::policy::table::suites::Protocol;

/// Addresses and ports of one set that fit on a line.
const MOST_SPANS: usize = 8;

/// At most so many lines that hold, of the first rules that protect connections at all times.
pub fn examples(rules: &[Treated<'_>], most: usize) -> Vec<String> {
    let protecting = rules.iter().filter(|one| is_plain(one));
    // Some more are tried: a rule above may take a part of the connections.
    let lines: Vec<String> = protecting.filter_map(line).take(most * 4).collect();
    let suite = read(&lines.join("\n"), "");
    let all: Vec<&Expectation> = suite.expectations.iter().collect();
    let held = all
        .iter()
        .zip(outcomes(&all, rules))
        .filter(|(_, outcome)| outcome.holds());
    held.map(|(one, _)| one.text.clone()).take(most).collect()
}

fn is_plain(rule: &Treated<'_>) -> bool {
    let conditions = rule.rule.conditions.as_ref();
    rule.treatment.protection == Protection::Tls
        && conditions.is_some_and(|one| one.time == Time::Always)
}

/// `inbound local port 1414 must be protected with at least TLSv1.2`
fn line(rule: &Treated<'_>) -> Option<String> {
    let subject = subject(rule.rule.conditions.as_ref()?)?;
    let on = |version: &Protocol| rule.treatment.is(version.attribute(), "On");
    let least = Protocol::ALL.into_iter().find(on);
    Some(match least {
        Some(version) => format!(
            "{subject} must be protected with at least {}",
            version.attribute()
        ),
        None => format!("{subject} must be protected"),
    })
}

fn subject(conditions: &Conditions) -> Option<String> {
    let mut words = vec![
        match conditions.direction {
            Direction::Inbound => "inbound",
            Direction::Outbound => "outbound",
            Direction::Both => "any",
        }
        .to_owned(),
    ];
    let ends = [
        ("local", &conditions.local, &conditions.local_ports),
        ("remote", &conditions.remote, &conditions.remote_ports),
    ];
    for (side, addresses, ports) in ends {
        let list = match addresses.is_all() {
            true => None,
            false => Some(list(addresses.spans())?),
        };
        let ports = match ports.is_all() {
            true => None,
            false => Some(self::list(ports.spans())?),
        };
        let parts = [list, ports.map(|ports| format!("port {ports}"))];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        if !parts.is_empty() {
            words.push(format!("{side} {}", parts.join(" ")));
        }
    }
    for (word, name) in [("job", &conditions.job), ("user", &conditions.user)] {
        if *name != Pattern::Any {
            words.push(format!("{word} {name}"));
        }
    }
    Some(words.join(" "))
}

/// With commas; `None`: there are too many, or none.
fn list(spans: &[impl Display]) -> Option<String> {
    let words: Vec<_> = spans.iter().map(ToString::to_string).collect();
    (1..=MOST_SPANS)
        .contains(&words.len())
        .then(|| words.join(","))
}
