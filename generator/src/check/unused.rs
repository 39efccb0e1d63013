//! Statements that nothing refers to.

use super::{Check, Look, Report, title};
use crate::finding::{Page, Severity};
use crate::policy::table::TTLS_RULE;
use crate::policy::{Part, Policy, references};

pub static CHECK: Check = Check {
    pages: &[&UNUSED],
    look: Look::Policy(run),
};

pub(super) static UNUSED: Page = Page {
    code: "AT017",
    name: "unused-statement",
    severity: Severity::Info,
    message: "nothing refers to `{statement}`",
    help: "remove it, or refer to it where it was meant",
    why: "The Policy Agent reads it and takes it into no policy. It does no harm, unless a rule was meant to have it.",
};

fn run(policy: &Policy, report: &mut Report<'_>) {
    // A file of parts without a rule is for others to refer to. And what an error hides, a misspelt
    // statement or reference, is no second mistake.
    if policy.of(&TTLS_RULE).next().is_none() || report.has_errors() {
        return;
    }
    let mut used = vec![false; policy.statements.len()];
    for statement in &policy.statements {
        references(statement, &mut |target, name| {
            if let Some(at) = report.named.place(target, name) {
                used[at] = true;
            }
        });
    }
    for (statement, used) in policy.statements.iter().zip(used) {
        let (Some(def), Some(_)) = (statement.def(), statement.name_str()) else {
            continue;
        };
        // An earlier one of the same name is reported as replaced.
        if def != &TTLS_RULE && !used && !report.named.is_overridden(statement) {
            let finding = report.at(&UNUSED, statement.tag, Part::Value);
            report.push(finding.fact("statement", title(statement)));
        }
    }
}
