//! Statements that nobody knows.

use super::{Check, Look, Report};
use crate::finding::{Page, Severity};
use crate::policy::model::Keyword;
use crate::policy::spelling;
use crate::policy::table::{lines, statements};
use crate::policy::{Part, Policy};

pub static CHECK: Check = Check {
    pages: &[&UNKNOWN_STATEMENT],
    look: Look::Policy(run),
};

static UNKNOWN_STATEMENT: Page = Page {
    code: "AT001",
    name: "unknown-statement",
    severity: Severity::Error,
    message: "`{keyword}` is not a statement of AT-TLS policy",
    help: "{hint}",
    why: "The Policy Agent does not know the statement, so what it says never takes effect, and a parse error keeps all \
          new AT-TLS policy of the stack from being installed.",
};

fn run(policy: &Policy, report: &mut Report<'_>) {
    for statement in &policy.statements {
        if let Keyword::Line(def) = statement.keyword {
            let finding = report.at(&UNKNOWN_STATEMENT, statement.tag, Part::Keyword);
            let hint = "move it to the main or image configuration file";
            report.push(finding.fact("keyword", def.name).fact("hint", hint));
        }
    }
    for (statement, word) in policy.unknown() {
        let finding = report.at(&UNKNOWN_STATEMENT, statement.tag, Part::Keyword);
        let meant = meant(word.as_str());
        report.push(
            finding
                .fact("keyword", word)
                .fact("hint", spelling::statement_hint(meant))
                .suggest(meant.map(|meant| spelling::suggestion(word.as_str(), meant))),
        );
    }
}

/// The statement that is closest to a word.
fn meant(word: &str) -> Option<(&'static str, bool)> {
    let known = statements().iter().map(|def| def.name);
    spelling::meant(word, known.chain(lines::lines().iter().map(|def| def.name)))
}
