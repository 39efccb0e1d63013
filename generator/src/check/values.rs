//! Values that their attribute does not take.

use super::{Check, Report, visit_known};
use crate::finding::{Page, Severity};
use crate::policy::{Part, Policy};

pub static CHECK: Check = Check {
    pages: &[&ILLEGAL_VALUE, &DOUBTFUL_VALUE],
    run,
};

static ILLEGAL_VALUE: Page = Page {
    code: "AT004",
    name: "illegal-value",
    severity: Severity::Error,
    message: "`{value}` is not a value of `{keyword}`: {reason}",
    help: "correct the value",
    why: "A value outside the list or range of its attribute is a parse error, and after one the Policy Agent installs no \
          new AT-TLS policy for the stack.",
};

static DOUBTFUL_VALUE: Page = Page {
    code: "AT005",
    name: "doubtful-value",
    severity: Severity::Warning,
    message: "`{value}` may not be a value of `{keyword}`: {reason}",
    help: "make sure that the release takes the value, and that it is what was meant",
    why: "The list or range is not confirmed by a manual, or the Policy Agent takes the value for something else than it looks.",
};

fn run(policy: &Policy, report: &mut Report<'_>) {
    visit_known(policy, &mut |statement, _| {
        for attribute in statement.attributes() {
            let Some(row) = attribute.def() else { continue };
            let Err(error) = row.check(attribute.value()) else {
                continue;
            };
            let page = if row.is_doubtful(&error) || error.is_tolerated() {
                &DOUBTFUL_VALUE
            } else {
                &ILLEGAL_VALUE
            };
            let finding = report.at(page, attribute.tag, Part::Value);
            report.push(
                finding
                    .fact("value", attribute.shown())
                    .fact("keyword", row.name)
                    .fact("reason", error),
            );
        }
    });
}
