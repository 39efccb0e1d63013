//! Rules of one priority that take the same connections and treat them differently.

use super::reached::name;
use super::treatment::Treatment;
use super::{Check, Look, Report};
use crate::analysis::coverage::Coverage;
use crate::finding::{Page, Severity};
use crate::policy::Part;
use crate::policy::effective::actions;
use crate::policy::lookup::{Conditions, Connection, PortSet, Rule, Way};

pub static CHECK: Check = Check {
    pages: &[&BY_NAME],
    look: Look::Treatment(run),
};

static BY_NAME: Page = Page {
    code: "AT254",
    name: "order-by-name",
    severity: Severity::Warning,
    message: "only its name puts `{by}` before rule `{rule}`, and the two treat {example} differently",
    help: "give the one that is meant to come first the higher `Priority`",
    why: "Rules of one priority are searched by name, in an order of letters that is not that of a PC: lower case, upper case, digits. Renaming one of them would change what these connections get.",
};

/// So many pairs of rules are compared.
const PAIRS: usize = 2_000_000;

/// A port that clients get when they ask for none.
const EPHEMERAL: u16 = 50_000;

fn run<'p>(treatment: &Treatment<'p>, report: &mut Report<'p>) {
    let print = treatment.print();
    report.prints.insert(actions(treatment.rule), print);
}

/// Looks at the rules in the order of the search.
pub(super) fn look(
    report: &mut Report<'_>,
    rules: &[Rule<'_>],
    conditions: &[Conditions],
    coverage: &[Coverage],
) {
    let end = |rule: &Rule<'_>| {
        let print = report.prints.get(&actions(rule.statement)).copied();
        (report.named.protects(rule.statement), print)
    };
    // Most rules have a priority of their own, and nothing to compare.
    let alone = |at: usize| {
        let priority = |at: usize| rules.get(at).map(|rule| rule.priority);
        let own = priority(at);
        own != priority(at + 1) && (at == 0 || own != priority(at - 1))
    };
    let ends = rules.iter().enumerate().map(|(at, rule)| match alone(at) {
        true => (None, None),
        false => end(rule),
    });
    let ends: Vec<_> = ends.collect();
    let mut pairs = PAIRS;
    let mut first = 0;
    for (at, rule) in rules.iter().enumerate() {
        if rules[first].priority != rule.priority {
            first = at;
        }
        let reachable = matches!(coverage[at], Coverage::Reachable | Coverage::Unknown);
        if !reachable || at - first > pairs {
            continue;
        }
        pairs -= at - first;
        let found = (first..at).find_map(|above| {
            let apart =
                differ(ends[above], ends[at]) && may_meet(&conditions[above], &conditions[at]);
            let example = apart.then(|| conditions[above].common(&conditions[at]))??;
            is_likely(&example, &conditions[above], &conditions[at]).then_some((above, example))
        });
        if let Some((above, example)) = found {
            let above = &rules[above];
            let place = report.at.place(above.statement.tag, Part::Value);
            let finding = report
                .at(&BY_NAME, rule.statement.tag, Part::Value)
                .fact("rule", name(rule))
                .fact("by", name(above))
                .fact("example", &example);
            report.push(finding.related(place, "searched before"));
        }
    }
}

/// Whether a rule protects, and how.
type End = (Option<bool>, Option<u64>);

/// Whether the order of two rules matters. What an earlier rule leaves in the clear, AT214 reports.
fn differ(above: End, below: End) -> bool {
    match (above, below) {
        ((Some(true), Some(one)), (Some(true), Some(other))) => one != other,
        ((Some(true), Some(_)), (Some(false), _)) => true,
        _ => false,
    }
}

/// A quick look at the ends of the ports.
fn may_meet(one: &Conditions, other: &Conditions) -> bool {
    let ends = |set: &PortSet| {
        let spans = set.spans();
        Some((spans.first()?.low(), spans.last()?.high()))
    };
    let meet = |one: &PortSet, other: &PortSet| match (ends(one), ends(other)) {
        (Some((low, high)), Some((other_low, other_high))) => {
            low <= other_high && other_low <= high
        }
        _ => false,
    };
    meet(&one.local_ports, &other.local_ports) && meet(&one.remote_ports, &other.remote_ports)
}

/// Whether such connections are to be expected: a client's own port is any of many, so a rule for one of
/// them is for a server, and has nothing to do with what clients do.
fn is_likely(example: &Connection, one: &Conditions, other: &Conditions) -> bool {
    let own = |conditions: &Conditions| match example.way {
        Way::Inbound => conditions.remote_ports.contains(EPHEMERAL),
        Way::Outbound => conditions.local_ports.contains(EPHEMERAL),
    };
    own(one) == own(other)
}
