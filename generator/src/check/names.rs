//! Names that are missing or too long.

use super::{Check, Known, Look, Report};
use crate::finding::{Page, Severity};
use crate::policy::Part;
use crate::policy::table::MAX_NAME;

pub static CHECK: Check = Check {
    pages: &[&MISSING_NAME, &LONG_NAME],
    look: Look::Each(|_| Box::new(run)),
};

static MISSING_NAME: Page = Page {
    code: "AT006",
    name: "missing-name",
    severity: Severity::Error,
    message: "this `{statement}` has no name",
    help: "write a name of 1 to 32 characters after the keyword",
    why: "Only a block inside another statement can do without a name; no reference could find any other.",
};

static LONG_NAME: Page = Page {
    code: "AT007",
    name: "name-too-long",
    severity: Severity::Error,
    message: "the name `{name}` is {length} characters long",
    help: "shorten it to 32 characters, here and wherever it is referred to",
    why: "The Policy Agent refuses names of more than 32 characters with a message in its log.",
};

fn run<'p>(known: &Known<'p>, report: &mut Report<'p>) {
    let (statement, def) = (known.statement, known.def);
    match statement.name_str() {
        None if known.around.is_none() => {
            let finding = report.at(&MISSING_NAME, statement.tag, Part::Keyword);
            report.push(finding.fact("statement", def.name));
        }
        Some(name) if name.chars().count() > MAX_NAME => {
            let finding = report.at(&LONG_NAME, statement.tag, Part::Value);
            let length = name.chars().count();
            report.push(finding.fact("name", name).fact("length", length));
        }
        Some(_) | None => {}
    }
}
