//! Rules that no connection meets, because rules above take all that they would.

use super::{Check, Look, Report, overlap, own_connections};
use crate::analysis::coverage::{Coverage, coverage};
use crate::finding::{Page, Severity};
use crate::policy::lookup::{Conditions, Rule, rules_of};
use crate::policy::{Part, Policy};

pub static CHECK: Check = Check {
    pages: &[
        &NEVER_MATCHES,
        &LEFT_IN_CLEAR,
        &IMPOSSIBLE,
        &PARTLY_IN_CLEAR,
    ],
    look: Look::Policy(run),
};

static NEVER_MATCHES: Page = Page {
    code: "AT211",
    name: "rule-never-matches",
    severity: Severity::Warning,
    message: "rule `{rule}` never matches: {by}",
    help: "give it a higher priority, narrow what is above, or remove it",
    why: "The search ends at the first rule that fits a connection: the highest priority first, and of one priority by name. What stands below it for the same connections has no effect.",
};

static LEFT_IN_CLEAR: Page = Page {
    code: "AT212",
    name: "left-in-the-clear",
    severity: Severity::Warning,
    message: "rule `{rule}` never matches: {by}, and leaves it in the clear",
    help: "give it a higher priority, or narrow what leaves these connections in the clear",
    why: "The first rule that fits ends the search, also one whose group action says `TTLSEnabled Off`: these connections stay in the clear although a rule below would protect them.",
};

static IMPOSSIBLE: Page = Page {
    code: "AT213",
    name: "rule-without-connections",
    severity: Severity::Warning,
    message: "no connection meets all conditions of rule `{rule}`",
    help: "local and remote addresses must share a family, IPv4 or IPv6",
    why: "All conditions of a rule must hold at once. A connection has both ends in one family, so a rule from an IPv4 to an IPv6 address applies to none.",
};

static PARTLY_IN_CLEAR: Page = Page {
    code: "AT214",
    name: "partly-left-in-the-clear",
    severity: Severity::Warning,
    message: "`{by}` is searched before rule `{rule}` and leaves some of its connections in the clear, such as {example}",
    help: "give `{rule}` the higher priority, or make sure that this exception is meant",
    why: "The first rule that fits ends the search, also one whose group action says `TTLSEnabled Off`. An exception above a rule is sound when it was meant as one, and a hole when it was not.",
};

/// So many pairs of rules are compared.
const PAIRS: usize = 2_000_000;

fn run(policy: &Policy, report: &mut Report<'_>) {
    let rules = rules_of(policy, report.named);
    // A rule with a condition that cannot be read is reported as that, and takes nothing; and one with an
    // attribute that nobody knows may lack a condition.
    let (rules, conditions): (Vec<_>, Vec<_>) = rules
        .into_iter()
        .filter(|rule| rule.statement.attributes().all(|one| one.def().is_some()))
        .filter_map(|mut rule| Some((rule.conditions.take()?, rule)))
        .map(|(conditions, rule)| (rule, conditions))
        .unzip();
    let mut open: Vec<(&Rule<'_>, &Conditions)> = Vec::new();
    let mut pairs = PAIRS;
    let coverage = coverage(&conditions);
    overlap::look(report, &rules, &conditions, &coverage);
    own_connections::look(report, &rules, &conditions);
    for ((rule, own), coverage) in rules.iter().zip(&conditions).zip(&coverage) {
        let protects = report.named.protects(rule.statement);
        match coverage {
            Coverage::Reachable if protects == Some(true) && open.len() <= pairs => {
                pairs -= open.len();
                partly(report, &open, rule, own);
            }
            Coverage::Reachable | Coverage::Unknown => {}
            Coverage::Covered { by } => covered(report, &rules, rule, by, "take all of it"),
            Coverage::Duplicate { of } => {
                covered(report, &rules, rule, &[*of], "have the same conditions");
            }
            Coverage::Impossible => {
                let finding = report.at(&IMPOSSIBLE, rule.statement.tag, Part::Value);
                report.push(finding.fact("rule", name(rule)));
            }
        }
        if protects == Some(false) {
            open.push((rule, own));
        }
    }
}

/// Reports what rules above leave in the clear of a rule that protects.
fn partly(
    report: &mut Report<'_>,
    open: &[(&Rule<'_>, &Conditions)],
    rule: &Rule<'_>,
    own: &Conditions,
) {
    for (above, conditions) in open {
        let Some(example) = conditions.common(own) else {
            continue;
        };
        let place = report.at.place(above.statement.tag, Part::Value);
        let finding = report
            .at(&PARTLY_IN_CLEAR, rule.statement.tag, Part::Value)
            .fact("rule", name(rule))
            .fact("by", name(above))
            .fact("example", &example);
        report.push(finding.related(place, "searched before"));
    }
}

fn covered(
    report: &mut Report<'_>,
    rules: &[Rule<'_>],
    rule: &Rule<'_>,
    by: &[usize],
    words: &str,
) {
    let above: Vec<_> = by.iter().map(|at| &rules[*at]).collect();
    let protects = |rule: &Rule<'_>| report.named.protects(rule.statement);
    let in_clear =
        protects(rule) == Some(true) && above.iter().any(|rule| protects(rule) == Some(false));
    let page = if in_clear {
        &LEFT_IN_CLEAR
    } else {
        &NEVER_MATCHES
    };
    let words = match (above.len(), words) {
        (1, "take all of it") => "is searched before and takes all of it".to_owned(),
        (1, _) => "is searched before and has the same conditions".to_owned(),
        _ => format!("are searched before and {words}"),
    };
    let names: Vec<_> = above
        .iter()
        .take(5)
        .map(|rule| format!("`{}`", name(rule)))
        .collect();
    let more = match above.len().saturating_sub(5) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let mut finding = report
        .at(page, rule.statement.tag, Part::Value)
        .fact("rule", name(rule))
        .fact("by", format!("{}{more} {words}", names.join(", ")));
    for rule in above.iter().take(5) {
        let place = report.at.place(rule.statement.tag, Part::Value);
        finding = finding.related(place, "searched before");
    }
    report.push(finding);
}

pub(super) fn name<'a>(rule: &Rule<'a>) -> &'a str {
    rule.statement.name_str().unwrap_or("")
}
