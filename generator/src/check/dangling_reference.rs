//! References to statements that are not there.

use std::collections::{HashMap, HashSet};

use super::placeholder::{self, is_placeholder};
use super::{Check, Look, Report, visit_known};
use crate::finding::{Page, Severity, Suggestion};
use crate::policy::spelling::closest;
use crate::policy::table::Kind;
use crate::policy::{Part, Policy};

pub static CHECK: Check = Check {
    pages: &[&DANGLING_REFERENCE],
    look: Look::Policy(run),
};

static DANGLING_REFERENCE: Page = Page {
    code: "AT015",
    name: "dangling-reference",
    severity: Severity::Error,
    message: "there is no `{statement}` named `{name}`",
    help: "{hint}",
    why: "A reference to a missing statement is a parse error, and after one the Policy Agent installs no new AT-TLS \
          policy for the stack.",
};

/// So many names are compared for a suggestion, in all.
const COMPARISONS: usize = 200_000;

fn run(policy: &Policy, report: &mut Report<'_>) {
    let mut names: HashMap<&str, HashMap<&str, usize>> = HashMap::new();
    for (index, statement) in policy.statements.iter().enumerate() {
        if let (Some(def), Some(name)) = (statement.def(), statement.name_str()) {
            names
                .entry(def.name)
                .or_default()
                .entry(name)
                .or_insert(index);
        }
    }
    let kinds: HashMap<_, _> = policy
        .statements
        .iter()
        .filter_map(|statement| Some((statement.name_str()?, statement.def()?.name)))
        .collect();
    let used = used(policy);
    let mut budget = COMPARISONS;
    visit_known(policy, &mut |statement, _| {
        for attribute in statement.attributes() {
            let Some(Kind::Ref(target)) = attribute.def().map(|row| row.kind) else {
                continue;
            };
            let known = names.get(target);
            if attribute.value().is_empty()
                || known.is_some_and(|known| known.contains_key(attribute.value()))
            {
                continue;
            }
            if is_placeholder(attribute.value()) {
                let finding = report.at(&placeholder::IN_THE_WAY, attribute.tag, Part::Value);
                let finding = finding.fact("value", attribute.value());
                report.push(finding.fact("keyword", attribute.name()));
                continue;
            }
            let count = known.map_or(0, HashMap::len);
            let meant = known.filter(|_| budget >= count).and_then(|known| {
                suggestion(attribute.value(), known, &|name| {
                    used.contains(&(target, name))
                })
            });
            budget = budget.saturating_sub(count);
            let finding = report.at(&DANGLING_REFERENCE, attribute.tag, Part::Value);
            report.push(
                finding
                    .fact("statement", target)
                    .fact("name", attribute.value())
                    .fact("hint", hint(meant, target, &kinds, attribute.value()))
                    .suggest(meant.map(|meant| Suggestion {
                        text: meant.to_owned(),
                        // Any other name may be that of a statement that was forgotten.
                        safe: meant.eq_ignore_ascii_case(attribute.value()),
                    })),
            );
        }
    });
}

/// Kind and name of all that is referred to.
pub(super) fn used(policy: &Policy) -> HashSet<(&str, &str)> {
    let mut used = HashSet::new();
    visit_known(policy, &mut |statement, _| {
        for attribute in statement.attributes() {
            if let Some(Kind::Ref(target)) = attribute.def().map(|row| row.kind) {
                used.insert((target, attribute.value()));
            }
        }
    });
    used
}

/// The closest name; of equally close ones the first in the file that nothing else refers to.
fn suggestion<'a>(
    name: &str,
    known: &HashMap<&'a str, usize>,
    is_used: &dyn Fn(&str) -> bool,
) -> Option<&'a str> {
    let mut known: Vec<_> = known.iter().collect();
    known.sort_by_cached_key(|(name, index)| (is_used(name), **index));
    closest(name, known.into_iter().map(|(name, _)| *name))
}

fn hint(meant: Option<&str>, target: &str, kinds: &HashMap<&str, &str>, name: &str) -> String {
    match (meant, kinds.get(name)) {
        (Some(meant), _) => format!("write `{meant}` if that is meant; names differ by case"),
        (None, Some(kind)) => {
            format!("refer to a `{target}` statement: the one of this name is a `{kind}`")
        }
        (None, None) => format!("add the `{target}` statement, or refer to another one"),
    }
}
