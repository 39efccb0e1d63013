//! Traces that may hold what TLS was to hide: advice, once for each place.

use super::treatment::Treatment;
use super::{Check, Look, Report};
use crate::finding::{Page, Severity};
use crate::policy::Part;

pub static CHECK: Check = Check {
    pages: &[&CLEAR_TEXT],
    look: Look::Treatment(run),
};

static CLEAR_TEXT: Page = Page {
    code: "AT256",
    name: "clear-text-in-traces",
    severity: Severity::Warning,
    message: "traces may hold what programs say",
    help: "write `CtraceClearText Off` when the trace is done",
    why: "With `CtraceClearText On`, packet traces and dumps hold the data that TLS was to hide, and who may read those reads it.",
};

fn run(treatment: &Treatment<'_>, report: &mut Report<'_>) {
    if !treatment.is("CtraceClearText", "On") {
        return;
    }
    let said = treatment.said("CtraceClearText");
    let Some(line) = said.last() else { return };
    let tag = line.attribute.tag;
    if report.first(&CLEAR_TEXT, tag) {
        let finding = report.at(&CLEAR_TEXT, tag, Part::Value);
        let rule = report.at.place(treatment.rule.tag, Part::Value);
        report.push(finding.related(rule, "counts for this rule"));
    }
}
