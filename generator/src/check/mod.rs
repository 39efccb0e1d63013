//! What can be said of a policy, whether it was typed, imported or compiled.
//!
//! One file per check, with its pages. A check holds the facts; where they stand, the caller's table of
//! tags knows.

mod conditions;
mod dangling_reference;
mod duplicate_attribute;
mod duplicate_statement;
mod environment;
mod exclusive;
mod files;
mod names;
mod protocols;
mod reached;
mod release;
mod required;
#[cfg(test)]
mod tests;
mod unknown_attribute;
mod unknown_statement;
mod unused;
mod values;

use crate::finding::{Finding, Page, Severity};
use crate::policy::model::Item;
use crate::policy::spelling::closest;
use crate::policy::table::StatementDef;
use crate::policy::{Locate, Part, Policy, Release, Statement, Tag, lower, resolve};

pub use files::{Checked, FileKind, check_file, follow_file};

/// One check: its pages, and the function that looks.
pub struct Check {
    pub pages: &'static [&'static Page],
    run: fn(&Policy, &mut Report<'_>),
}

static CHECKS: [&Check; 15] = [
    &unknown_statement::CHECK,
    &unknown_attribute::CHECK,
    &values::CHECK,
    &names::CHECK,
    &duplicate_statement::CHECK,
    &duplicate_attribute::CHECK,
    &exclusive::CHECK,
    &required::CHECK,
    &conditions::CHECK,
    &dangling_reference::CHECK,
    &environment::CHECK,
    &release::CHECK,
    &protocols::CHECK,
    &reached::CHECK,
    // Last: it says nothing where another one found an error.
    &unused::CHECK,
];

/// Every check, in the order in which they run.
pub fn checks() -> &'static [&'static Check] {
    &CHECKS
}

/// The pages of every finding about policy text and the files around it, by code.
pub fn pages() -> Vec<&'static Page> {
    let mut pages: Vec<_> = CHECKS
        .iter()
        .flat_map(|check| check.pages)
        .copied()
        .collect();
    pages.extend(lower::PAGES);
    pages.extend(resolve::PAGES);
    pages.extend(files::PAGES);
    crate::sort::by_key(&mut pages, |page| page.code);
    pages
}

/// Looks at a policy for one release.
pub fn check(policy: &Policy, release: Release, at: &dyn Locate) -> Vec<Finding> {
    let mut report = Report {
        at,
        release,
        findings: Vec::new(),
    };
    for check in CHECKS {
        (check.run)(policy, &mut report);
    }
    report.findings
}

/// Collects findings.
struct Report<'a> {
    at: &'a dyn Locate,
    release: Release,
    findings: Vec<Finding>,
}

impl Report<'_> {
    /// A finding at a tag, to be completed and pushed.
    fn at(&self, page: &'static Page, tag: Tag, part: Part) -> Finding {
        Finding::new(page, self.at.place(tag, part))
    }

    /// Something is wrong so far.
    fn has_errors(&self) -> bool {
        let mut findings = self.findings.iter();
        findings.any(|finding| finding.page.severity == Severity::Error)
    }

    fn push(&mut self, finding: Finding) {
        self.findings.push(finding);
    }
}

/// Calls `f` for every statement and every block, with the statement around it.
fn visit<'p>(policy: &'p Policy, f: &mut dyn FnMut(&'p Statement, Option<&'p Statement>)) {
    // The reader and the constructors bound the nesting.
    fn inner<'p>(
        statement: &'p Statement,
        around: Option<&'p Statement>,
        f: &mut dyn FnMut(&'p Statement, Option<&'p Statement>),
    ) {
        f(statement, around);
        for block in statement.blocks() {
            inner(block, Some(statement), f);
        }
    }
    for statement in &policy.statements {
        inner(statement, None, f);
    }
}

/// Calls `f` for every statement and block that the table knows.
fn visit_known<'p>(policy: &'p Policy, f: &mut dyn FnMut(&'p Statement, &'static StatementDef)) {
    visit(policy, &mut |statement, _| {
        if let Some(def) = statement.def() {
            f(statement, def);
        }
    });
}

/// Whether a block holds an attribute or an inner block of this name.
fn codes(statement: &Statement, name: &str) -> bool {
    let named = |keyword: &str| keyword.eq_ignore_ascii_case(name);
    statement
        .attributes()
        .any(|attribute| named(attribute.name()))
        || statement
            .blocks()
            .any(|block| named(block.keyword.as_str()))
}

/// The attributes that the unknown words of a statement are misspellings of: they are not missing.
fn meant<'p>(
    statement: &'p Statement,
    def: &'static StatementDef,
) -> impl Iterator<Item = &'static str> + 'p {
    let unknown = statement.items().iter().filter_map(|item| match item {
        Item::Attribute(attribute) if attribute.def().is_none() => Some(attribute.name()),
        Item::Block(block) if block.def().is_none() => Some(block.keyword.as_str()),
        Item::Attribute(_) | Item::Block(_) => None,
    });
    let unknown = unknown.take(MISSPELT);
    unknown.filter_map(|word| closest(word, def.attributes.iter().map(|row| row.name)))
}

/// So many unknown words of a statement are looked at; one with more is no policy.
const MISSPELT: usize = 50;

/// What a statement is called in a message.
fn title(statement: &Statement) -> String {
    match statement.name_str() {
        Some(name) => format!("{} {name}", statement.keyword.as_str()),
        None => statement.keyword.as_str().to_owned(),
    }
}
