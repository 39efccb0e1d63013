//! What can be said of a policy, whether it was typed, imported or compiled.
//!
//! One file per check, with its pages. A check holds the facts; where they stand, the caller's table of
//! tags knows.

mod clear_text;
mod conditions;
#[cfg(test)]
mod corpus;
mod dangling_reference;
mod duplicate_attribute;
mod duplicate_statement;
mod environment;
pub mod examples;
mod exclusive;
mod files;
mod fips;
mod idle;
mod keyring;
mod letters;
mod lists;
mod names;
mod needs;
mod overlap;
mod own_connections;
mod placeholder;
mod protocols;
mod reached;
mod release;
mod required;
mod settings;
#[cfg(test)]
mod tests;
mod treatment;
mod unknown_attribute;
mod unknown_statement;
mod unused;
mod values;
mod weak;
mod words;

use std::collections::{HashMap, HashSet};

use crate::finding::{Finding, Page, Severity};
use crate::policy::effective::Actions;
use crate::policy::model::Item;
use crate::policy::spelling::closest;
use crate::policy::table::StatementDef;
use crate::policy::{Locate, Named, Part, Policy, Release, Statement, Tag, lower, resolve};
use treatment::Treatment;

pub use files::{Checked, FileKind, check_file, follow_file};

/// One check: its pages, and the function that looks.
pub struct Check {
    pub pages: &'static [&'static Page],
    look: Look,
}

/// What a check looks at.
enum Look {
    Policy(for<'p> fn(&'p Policy, &mut Report<'p>)),
    /// Each statement and block that the table knows, one after the other. All checks look at one before
    /// the next one is fetched.
    Each(for<'p> fn(&Named<'p>) -> Box<dyn Walk<'p> + 'p>),
    /// What counts for the rules that protect. Actions with something unknown in them are left out: what
    /// they lack or say in vain, nobody knows.
    Treatment(for<'p> fn(&Treatment<'p>, &mut Report<'p>)),
}

/// A check on its way through the statements, with what it remembers.
trait Walk<'p> {
    fn statement(&mut self, known: &Known<'p>, report: &mut Report<'p>);

    /// After the last of them.
    fn end(&mut self, _: &mut Report<'p>) {}
}

impl<'p, F: FnMut(&Known<'p>, &mut Report<'p>)> Walk<'p> for F {
    fn statement(&mut self, known: &Known<'p>, report: &mut Report<'p>) {
        self(known, report);
    }
}

/// A statement or block that the table knows.
struct Known<'p> {
    statement: &'p Statement,
    def: &'static StatementDef,
    /// The statement in whose block it stands.
    around: Option<&'p Statement>,
}

impl Known<'_> {
    /// Whether it is such a statement, and stands in no other.
    fn is_top(&self, def: &StatementDef) -> bool {
        self.def == def && self.around.is_none()
    }
}

static CHECKS: [&Check; 26] = [
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
    &lists::CHECK,
    &keyring::CHECK,
    &letters::CHECK,
    &protocols::CHECK,
    &fips::CHECK,
    &settings::CHECK,
    &weak::CHECK,
    &clear_text::CHECK,
    &needs::CHECK,
    &overlap::CHECK,
    &own_connections::CHECK,
    &idle::CHECK,
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
    pages.extend(crate::analysis::expectations::PAGES);
    crate::sort::by_key(&mut pages, |page| page.code);
    pages
}

/// Looks at a policy for one release.
pub fn check(policy: &Policy, release: Release, at: &dyn Locate) -> Vec<Finding> {
    let named = Named::of(policy);
    let mut report = Report {
        at,
        release,
        named: &named,
        findings: Vec::new(),
        order: 0,
        said: HashSet::new(),
        idle: idle::Idle::default(),
        prints: HashMap::new(),
        own: own_connections::Own::default(),
    };
    treatment::each(policy, &mut report, &mut |treatment, report| {
        if !treatment.is_whole() {
            return report.idle.all_used(treatment);
        }
        for check in CHECKS {
            if let Look::Treatment(look) = check.look {
                look(treatment, report);
            }
        }
    });
    let mut walks: Vec<_> = (1..)
        .zip(CHECKS)
        .filter_map(|(order, check)| match check.look {
            Look::Each(walk) => Some((order, walk(&named))),
            Look::Policy(_) | Look::Treatment(_) => None,
        })
        .collect();
    visit(policy, &mut |statement, around| {
        let Some(def) = statement.def() else { return };
        let known = Known {
            statement,
            def,
            around,
        };
        for (order, walk) in &mut walks {
            report.order = *order;
            walk.statement(&known, &mut report);
        }
    });
    for (order, walk) in &mut walks {
        report.order = *order;
        walk.end(&mut report);
    }
    for (order, check) in (1..).zip(CHECKS) {
        if let Look::Policy(look) = check.look {
            report.order = order;
            look(policy, &mut report);
        }
    }
    let mut findings = report.findings;
    crate::sort::by_key(&mut findings, |(order, _)| *order);
    findings.into_iter().map(|(_, finding)| finding).collect()
}

/// Collects findings.
struct Report<'p> {
    at: &'p dyn Locate,
    release: Release,
    named: &'p Named<'p>,
    /// Each with the number of its check.
    findings: Vec<(usize, Finding)>,
    /// The number of the check that looks: those of treatments 0, as they look in turns.
    order: usize,
    /// What was said of which place, of what is said once only.
    said: HashSet<(&'static str, Tag)>,
    idle: idle::Idle,
    /// See [`Treatment::print`].
    prints: HashMap<Actions<'p>, u64>,
    own: own_connections::Own<'p>,
}

impl Report<'_> {
    /// A finding at a tag, to be completed and pushed.
    fn at(&self, page: &'static Page, tag: Tag, part: Part) -> Finding {
        Finding::new(page, self.at.place(tag, part))
    }

    /// Whether a page is not yet used for a place that several rules share; from now on it is.
    fn first(&mut self, page: &'static Page, tag: Tag) -> bool {
        self.said.insert((page.code, tag))
    }

    /// Something is wrong so far.
    fn has_errors(&self) -> bool {
        let mut findings = self.findings.iter();
        findings.any(|(_, finding)| finding.page.severity == Severity::Error)
    }

    fn push(&mut self, finding: Finding) {
        self.findings.push((self.order, finding));
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
