//! Rules that say of no connection in particular that they apply to it.

use super::{Check, Known, Look, Report, meant};
use crate::finding::{Page, Severity};
use crate::policy::Part;
use crate::policy::table::TTLS_RULE;

pub static CHECK: Check = Check {
    pages: &[&NO_CONDITION],
    look: Look::Each(|_| Box::new(run)),
};

static NO_CONDITION: Page = Page {
    code: "AT014",
    name: "rule-without-condition",
    severity: Severity::Error,
    message: "rule `{rule}` has no condition besides its direction",
    help: "add an address, a port, a job name or a user id",
    why: "A rule needs at least one of them, even if it is written as `LocalAddr All`.",
};

/// The beginnings of the attributes that are conditions.
const CONDITIONS: [&str; 6] = [
    "LocalAddr",
    "RemoteAddr",
    "LocalPort",
    "RemotePort",
    "Jobname",
    "Userid",
];

fn run<'p>(known: &Known<'p>, report: &mut Report<'p>) {
    let rule = known.statement;
    if known.is_top(&TTLS_RULE) {
        let coded = rule.attributes().filter_map(|attribute| attribute.def());
        let mut names = coded.map(|row| row.name).chain(meant(rule, &TTLS_RULE));
        let has = names.any(|name| CONDITIONS.iter().any(|start| name.starts_with(start)));
        if !has {
            let finding = report.at(&NO_CONDITION, rule.tag, Part::Value);
            report.push(finding.fact("rule", rule.name_str().unwrap_or("")));
        }
    }
}
