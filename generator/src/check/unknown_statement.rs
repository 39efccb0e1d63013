//! Statements that nobody knows.

use super::{Check, Report};
use crate::finding::{Page, Severity};
use crate::policy::model::{Body, Keyword};
use crate::policy::spelling;
use crate::policy::table::{lines, statements};
use crate::policy::{Part, Policy, Statement};

pub static CHECK: Check = Check {
    pages: &[&UNKNOWN_STATEMENT],
    run,
};

static UNKNOWN_STATEMENT: Page = Page {
    code: "AT001",
    name: "unknown-statement",
    severity: Severity::Error,
    message: "`{keyword}` is not a statement",
    help: "{hint}",
    why: "The Policy Agent does not know the statement, so what it says never takes effect, and a parse error keeps all \
          new AT-TLS policy of the stack from being installed.",
};

fn run(policy: &Policy, report: &mut Report<'_>) {
    let mut in_prose = false;
    for statement in &policy.statements {
        let Keyword::Unknown(word) = &statement.keyword else {
            in_prose = false;
            continue;
        };
        if lines::is_foreign(word.as_str()) {
            in_prose = false;
            continue;
        }
        // Several lines of prose are one mistake.
        let is_line = is_line(statement);
        if !(is_line && in_prose) {
            let finding = report.at(&UNKNOWN_STATEMENT, statement.tag, Part::Keyword);
            let meant = meant(word.as_str());
            report.push(
                finding
                    .fact("keyword", word)
                    .fact("hint", hint(meant))
                    .suggest(meant.map(|meant| spelling::suggestion(word.as_str(), meant))),
            );
        }
        in_prose = is_line;
    }
}

fn is_line(statement: &Statement) -> bool {
    matches!(statement.body, Body::Line(_))
}

/// The statement that is closest to a word.
fn meant(word: &str) -> Option<(&'static str, bool)> {
    let known = statements().iter().map(|def| def.name);
    spelling::meant(word, known.chain(lines::lines().iter().map(|def| def.name)))
}

fn hint(meant: Option<(&str, bool)>) -> String {
    match meant {
        Some((meant, _)) => format!("write `{meant}` if that is meant"),
        None => "remove it, or put `#` before it if it is a comment".to_owned(),
    }
}
