//! Values that their attribute does not take.

use super::placeholder::{self, is_placeholder};
use super::{Check, Known, Look, Report};
use crate::finding::{Page, Severity, Suggestion};
use crate::policy::Part;
use crate::policy::table::{Kind, ValueError};

pub static CHECK: Check = Check {
    pages: &[
        &ILLEGAL_VALUE,
        &DOUBTFUL_VALUE,
        &placeholder::IN_THE_WAY,
        &placeholder::TAKEN,
    ],
    look: Look::Each(|_| Box::new(run)),
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

fn run<'p>(known: &Known<'p>, report: &mut Report<'p>) {
    for attribute in known.statement.attributes() {
        let Some(row) = attribute.def() else { continue };
        let checked = row.check(attribute.value());
        let tolerated = checked
            .as_ref()
            .err()
            .is_none_or(|error| row.is_doubtful(error) || error.is_tolerated());
        // What a reference names is looked for first, and a secret can be any text.
        let may_stand_for = !row.secret && !matches!(row.kind, Kind::Ref(_));
        let stands_for = may_stand_for && is_placeholder(attribute.value());
        let page = match (stands_for, tolerated) {
            (true, true) => &placeholder::TAKEN,
            (true, false) => &placeholder::IN_THE_WAY,
            (false, true) => &DOUBTFUL_VALUE,
            (false, false) => &ILLEGAL_VALUE,
        };
        let error = match checked {
            Ok(()) if !stands_for => continue,
            Ok(()) => None,
            Err(error) => Some(error),
        };
        let reason = error.as_ref().map(ToString::to_string);
        let finding = report
            .at(page, attribute.tag, Part::Value)
            .fact("value", attribute.shown())
            .fact("keyword", row.name)
            .fact("reason", reason.unwrap_or_default());
        report.push(finding.suggest(instead(error)));
    }
}

/// What says the same in the form that is wanted.
fn instead(error: Option<ValueError>) -> Option<Suggestion> {
    match error? {
        ValueError::NameNotCode { code } => Some(Suggestion {
            text: code.to_owned(),
            safe: true,
        }),
        _ => None,
    }
}
