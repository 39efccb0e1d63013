//! Two statements of one kind and name.

use std::collections::HashMap;

use super::{Check, Report, title};
use crate::finding::{Page, Severity};
use crate::policy::{Part, Policy, Statement};

pub static CHECK: Check = Check {
    pages: &[&DUPLICATE_STATEMENT],
    run,
};

static DUPLICATE_STATEMENT: Page = Page {
    code: "AT008",
    name: "duplicate-statement",
    severity: Severity::Warning,
    message: "`{statement}` has no effect because another statement of that name follows",
    help: "remove one of the two, or give it another name",
    why: "The last of several statements of one kind and name replaces the others completely; they are not merged.",
};

fn run(policy: &Policy, report: &mut Report<'_>) {
    let mut seen: HashMap<(&str, &str), &Statement> = HashMap::new();
    for statement in &policy.statements {
        let (Some(def), Some(name)) = (statement.def(), statement.name_str()) else {
            continue;
        };
        // Hardly any is there twice, and those that are not need not be remembered.
        if seen.is_empty() && !report.named.is_overridden(statement) {
            continue;
        }
        if let Some(before) = seen.insert((def.name, name), statement) {
            let finding = report.at(&DUPLICATE_STATEMENT, before.tag, Part::Value);
            let later = report.at.place(statement.tag, Part::Value);
            report.push(
                finding
                    .fact("statement", title(before))
                    .related(later, "this one counts"),
            );
        }
    }
}
