//! Rules that turn AT-TLS on without saying how.

use super::{Check, Known, Look, Report, meant};
use crate::finding::{Page, Severity};
use crate::policy::Part;
use crate::policy::table::{TTLS_GROUP_ACTION, TTLS_RULE};

pub static CHECK: Check = Check {
    pages: &[&MISSING_ENVIRONMENT_ACTION],
    look: Look::Each(|_| Box::new(run)),
};

static MISSING_ENVIRONMENT_ACTION: Page = Page {
    code: "AT210",
    name: "missing-environment-action",
    severity: Severity::Error,
    message: "rule `{rule}` turns AT-TLS on but names no environment action",
    help: "add `TTLSEnvironmentActionRef`, or set `TTLSEnabled Off`",
    why: "The environment action holds key ring and handshake role, without which no handshake can begin.",
};

fn run<'p>(known: &Known<'p>, report: &mut Report<'p>) {
    const REFERENCE: &str = "TTLSEnvironmentActionRef";
    let rule = known.statement;
    let misspelt = || meant(rule, &TTLS_RULE).any(|name| name == REFERENCE);
    if !known.is_top(&TTLS_RULE) || rule.value(REFERENCE).is_some() || misspelt() {
        return;
    }
    // AT015 reports a name that leads nowhere, AT012 a rule without one.
    let Some(group) = rule
        .value("TTLSGroupActionRef")
        .and_then(|name| report.named.find(&TTLS_GROUP_ACTION, name))
    else {
        return;
    };
    let Some(switch) = group.values("TTLSEnabled").last() else {
        return;
    };
    if switch.value().eq_ignore_ascii_case("On") {
        let finding = report.at(&MISSING_ENVIRONMENT_ACTION, rule.tag, Part::Value);
        let place = report.at.place(switch.tag, Part::Value);
        report.push(
            finding
                .fact("rule", rule.name_str().unwrap_or(""))
                .related(place, "turned on here"),
        );
    }
}
