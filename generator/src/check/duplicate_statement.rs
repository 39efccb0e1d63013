//! Two statements of one kind and name, and whole files that were pasted twice.

use std::collections::HashMap;

use super::{Check, Look, Report, title};
use crate::finding::{Page, Severity};
use crate::policy::{Part, Policy, Statement};

pub static CHECK: Check = Check {
    pages: &[&DUPLICATE_STATEMENT, &PASTED],
    look: Look::Policy(run),
};

static DUPLICATE_STATEMENT: Page = Page {
    code: "AT008",
    name: "duplicate-statement",
    severity: Severity::Warning,
    message: "`{statement}` has no effect because another statement of that name follows",
    help: "remove one of the two, or give it another name",
    why: "The last of several statements of one kind and name replaces the others completely; they are not merged.",
};

static PASTED: Page = Page {
    code: "AT239",
    name: "pasted-twice",
    severity: Severity::Warning,
    message: "these {count} statements stand in the file already, word for word",
    help: "remove one of the two copies",
    why: "The later copy replaces the earlier one, so nothing is wrong yet. As soon as somebody changes a statement in the first copy, the change has no effect.",
};

fn run(policy: &Policy, report: &mut Report<'_>) {
    let named = policy.statements.iter();
    let named: Vec<_> = named
        .filter(|statement| statement.def().is_some() && statement.name_str().is_some())
        .collect();
    let mut seen: HashMap<_, usize> = HashMap::new();
    let mut pairs = Vec::new();
    for (at, statement) in named.iter().enumerate() {
        // Hardly any is there twice, and those that are not need not be remembered.
        if seen.is_empty() && !report.named.is_overridden(statement) {
            continue;
        }
        let key = (statement.def().map(|def| def.name), statement.name_str());
        if let Some(before) = seen.insert(key, at) {
            pairs.push((before, at));
        }
    }
    let same = |(before, at): &(usize, usize)| {
        let (one, other): (&Statement, &Statement) = (named[*before], named[*at]);
        one.body == other.body
    };
    let follows = |one: &(usize, usize), next: &(usize, usize)| {
        one.0 + 1 == next.0 && one.1 + 1 == next.1 && same(one) && same(next)
    };
    for run in pairs.chunk_by(follows) {
        let (before, later) = (named[run[0].0], named[run[0].1]);
        let page = match run {
            [_] => &DUPLICATE_STATEMENT,
            _ => &PASTED,
        };
        let (first, second, words) = match run {
            [_] => (before, later, "this one counts"),
            _ => (later, before, "the first copy begins here"),
        };
        let place = report.at.place(second.tag, Part::Value);
        let finding = report
            .at(page, first.tag, Part::Value)
            .fact("statement", title(before))
            .fact("count", run.len());
        report.push(finding.related(place, words));
    }
}
