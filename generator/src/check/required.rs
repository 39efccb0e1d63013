//! Attributes that a statement needs and does not have.

use super::{Check, Known, Look, Report, codes, meant, title};
use crate::finding::{Page, Severity};
use crate::policy::table::{AttributeDef, Certainty, Required, StatementDef};
use crate::policy::{Part, Statement};

pub static CHECK: Check = Check {
    pages: &[&REQUIRED, &DOUBTFUL_REQUIRED],
    look: Look::Each(|_| Box::new(run)),
};

static REQUIRED: Page = Page {
    code: "AT012",
    name: "missing-attribute",
    severity: Severity::Error,
    message: "`{statement}` has no {keyword}",
    help: "add {keyword}",
    why: "The attribute is part of the statement's syntax; without it the Policy Agent installs no new AT-TLS policy for \
          the stack.",
};

static DOUBTFUL_REQUIRED: Page = Page {
    code: "AT013",
    name: "attribute-seems-missing",
    severity: Severity::Warning,
    message: "`{statement}` has no {keyword}",
    help: "add {keyword}, or remove what asks for it",
    why: "By its syntax diagram or by all examples the statement needs it; what happens without it is not documented.",
};

fn run<'p>(known: &Known<'p>, report: &mut Report<'p>) {
    let (statement, def) = (known.statement, known.def);
    for row in def.attributes {
        let Some((words, sure)) = missing(statement, def, row) else {
            continue;
        };
        let page = if sure { &REQUIRED } else { &DOUBTFUL_REQUIRED };
        let finding = report.at(page, statement.tag, Part::Value);
        report.push(
            finding
                .fact("statement", title(statement))
                .fact("keyword", words),
        );
    }
}

/// What is missing because of this row, and whether that is certain.
fn missing(
    statement: &Statement,
    def: &'static StatementDef,
    row: &AttributeDef,
) -> Option<(String, bool)> {
    let sure = def.certainty == Certainty::Confirmed;
    let one = || format!("`{}`", row.name);
    let codes = |statement, name: &str| {
        codes(statement, name) || meant(statement, def).any(|meant| meant == name)
    };
    match row.required {
        Required::No | Required::IfEnabled => None,
        Required::Always => (!codes(statement, row.name)).then(|| (one(), sure)),
        Required::OneOf(names) => {
            // Each row of the choice says the same; the first speaks for all.
            let first = names.first() == Some(&row.name);
            let none = first && !names.iter().any(|name| codes(statement, name));
            none.then(|| (choice(names), sure))
        }
        Required::With(other) => {
            let alone = codes(statement, other) && !codes(statement, row.name);
            alone.then(|| (one(), true))
        }
        Required::IfAsked(other) => {
            let asked = statement
                .value(other)
                .is_some_and(|value| !value.eq_ignore_ascii_case("Off"));
            (asked && !codes(statement, row.name)).then(|| (one(), false))
        }
    }
}

fn choice(names: &[&str]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(" or ")
}
