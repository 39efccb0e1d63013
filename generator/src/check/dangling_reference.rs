//! References to statements that are not there.

use std::collections::{HashMap, HashSet};

use super::placeholder::{self, is_placeholder};
use super::{Check, Known, Look, Report, Walk};
use crate::finding::{Page, Severity, Suggestion};
use crate::policy::spelling::closest;
use crate::policy::table::Kind;
use crate::policy::{Part, Statement, references};

pub static CHECK: Check = Check {
    pages: &[&DANGLING_REFERENCE],
    look: Look::Each(|_| Box::new(walk())),
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

fn walk<'p>() -> impl Walk<'p> {
    let mut all: Option<All<'p>> = None;
    let mut budget = COMPARISONS;
    move |known: &Known<'p>, report: &mut Report<'p>| {
        for attribute in known.statement.attributes() {
            let Some(Kind::Ref(target)) = attribute.def().map(|row| row.kind) else {
                continue;
            };
            let name = attribute.value();
            if name.is_empty() || report.named.place(target, name).is_some() {
                continue;
            }
            if is_placeholder(name) {
                let finding = report.at(&placeholder::IN_THE_WAY, attribute.tag, Part::Value);
                let finding = finding.fact("value", name);
                report.push(finding.fact("keyword", attribute.name()));
                continue;
            }
            let all = all.get_or_insert_with(|| All::of(report.named.statements()));
            let known = all.names.get(target);
            let count = known.map_or(0, HashMap::len);
            let meant = known.filter(|_| budget >= count).and_then(|known| {
                suggestion(name, known, &|name| all.used.contains(&(target, name)))
            });
            budget = budget.saturating_sub(count);
            let finding = report.at(&DANGLING_REFERENCE, attribute.tag, Part::Value);
            report.push(
                finding
                    .fact("statement", target)
                    .fact("name", name)
                    .fact("hint", hint(meant, target, &all.kinds, name))
                    .suggest(meant.map(|meant| Suggestion {
                        text: meant.to_owned(),
                        // Any other name may be that of a statement that was forgotten.
                        safe: meant.eq_ignore_ascii_case(name),
                    })),
            );
        }
    }
}

/// All names and references, from which the meant one is guessed.
struct All<'p> {
    /// By kind, with the index of the first of the name.
    names: HashMap<&'static str, HashMap<&'p str, usize>>,
    /// The kind of the last statement of a name.
    kinds: HashMap<&'p str, &'static str>,
    /// Kind and name of all that is referred to.
    used: HashSet<(&'static str, &'p str)>,
}

impl<'p> All<'p> {
    fn of(statements: &'p [Statement]) -> Self {
        let mut all = Self {
            names: HashMap::new(),
            kinds: HashMap::new(),
            used: HashSet::new(),
        };
        for (index, statement) in statements.iter().enumerate() {
            if let (Some(def), Some(name)) = (statement.def(), statement.name_str()) {
                let names = all.names.entry(def.name).or_default();
                names.entry(name).or_insert(index);
                all.kinds.insert(name, def.name);
            }
            references(statement, &mut |target, name| {
                all.used.insert((target, name));
            });
        }
        all
    }
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
