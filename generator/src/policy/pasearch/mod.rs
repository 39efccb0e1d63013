//! Policies in the layout of the z/OS UNIX command `pasearch`, for those who know it.
//!
//! Columns, order and padding are those of a listing of a 3.1 system; what a release takes when nothing is
//! coded, the table says. Like `pasearch` it does not resolve what an action inherits: `effective` does.
//! What only a running Policy Agent knows, times and instance numbers, is `<not available>`, the words that
//! `pasearch` has for it; so equal files have equal listings.

mod action;
mod layout;
mod object;
mod rule;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use super::lookup::rules;
use super::model::{Policy, Statement};
use super::named::Named;
use super::release::Release;
use super::table::{
    Kind, Scope, StatementDef, TTLS_CONNECTION_ACTION, TTLS_ENVIRONMENT_ACTION, TTLS_GROUP_ACTION,
};

pub use object::object;

/// What `pasearch` says where it has nothing to show.
pub const NOTHING: &str = "No policies retrieved";

/// What `pasearch` says in place of a value that it does not know.
const UNKNOWN: &str = "<not available>";

/// What a listing holds.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub release: Release,
    /// `-r`
    pub rules: bool,
    /// `-a`
    pub actions: bool,
    /// `-n`
    pub names: bool,
    /// `-f`: only rules of these names with their actions, or where there is none the actions; empty: all.
    pub only: &'a [String],
}

/// Rules in the order in which they are searched, each with its actions. `None`: there is nothing to
/// show.
pub fn listing(image: &str, policy: &Policy, asked: &Asked<'_>) -> Option<String> {
    let named = Named::of(policy);
    let is_asked = |statement: &Statement| {
        let name = statement.name_str();
        asked.only.is_empty() || asked.only.iter().any(|only| name == Some(only))
    };
    let mut rules = rules(policy);
    rules.retain(|rule| is_asked(rule.statement));
    let mut parts: Vec<String> = Vec::new();
    if asked.rules {
        for found in &rules {
            let actions = action_refs(&named, found.statement);
            if asked.names {
                parts.push(names(found.statement, &actions, asked.actions));
                continue;
            }
            parts.push(rule::rule(&named, found, &actions));
            if asked.actions {
                let actions = actions.iter().filter_map(|one| one.statement);
                parts.extend(actions.map(|one| action::action(&named, one, asked.release)));
            }
        }
    }
    if asked.actions && (!asked.rules || (rules.is_empty() && !asked.only.is_empty())) {
        let actions = policy.statements.iter().filter(|one| is_asked(one));
        let actions = actions.filter(|one| scope_of(one).is_some() && counts(&named, one));
        parts.extend(actions.map(|one| match asked.names {
            true => action::title(one, 25),
            false => action::action(&named, one, asked.release),
        }));
    }
    (!parts.is_empty()).then(|| format!("{}\n{}", heading(image, asked.release), parts.join("\n")))
}

/// Product, stack, and what a running Policy Agent would say of the time.
pub fn heading(image: &str, release: Release) -> String {
    let mut text = first_line(image, release);
    let _ = writeln!(
        text,
        "  Date:                 {UNKNOWN:18}Time:  {UNKNOWN} "
    );
    put(&mut text, 2, "TTLS Instance Id", 25, UNKNOWN, 0);
    text
}

/// An empty line, then product and stack.
fn first_line(image: &str, release: Release) -> String {
    let product = format!("TCP/IP pasearch CS {release}");
    let image = match image {
        "" => UNKNOWN,
        image => image,
    };
    format!("\n{product:42}Image Name: {image:25}\n")
}

/// One action that a rule names.
struct ActionRef<'p> {
    name: &'p str,
    scope: Scope,
    /// `None`: nothing has the name.
    statement: Option<&'p Statement>,
}

/// The actions of a rule in the order in which they are coded.
fn action_refs<'p>(named: &'p Named<'_>, rule: &'p Statement) -> Vec<ActionRef<'p>> {
    let mut actions: Vec<ActionRef<'_>> = Vec::new();
    for attribute in rule.attributes() {
        let Some(Kind::Ref(target)) = attribute.def().map(|row| row.kind) else {
            continue;
        };
        let Some((def, scope)) = SCOPES.into_iter().find(|(def, _)| def.name == target) else {
            continue;
        };
        // Of several the last counts.
        actions.retain(|other| other.scope != scope);
        actions.push(ActionRef {
            name: attribute.value(),
            scope,
            statement: named.find(def, attribute.value()),
        });
    }
    actions
}

static SCOPES: [(&StatementDef, Scope); 3] = [
    (&TTLS_GROUP_ACTION, Scope::Group),
    (&TTLS_ENVIRONMENT_ACTION, Scope::Environment),
    (&TTLS_CONNECTION_ACTION, Scope::Connection),
];

fn scope_of(statement: &Statement) -> Option<Scope> {
    let def = statement.def()?;
    let found = SCOPES.into_iter().find(|(other, _)| *other == def)?;
    Some(found.1)
}

/// Whether a statement is the last of its name.
fn counts(named: &Named<'_>, statement: &Statement) -> bool {
    let last = statement.def().zip(statement.name_str());
    let last = last.and_then(|(def, name)| named.find(def, name));
    last.is_some_and(|last| std::ptr::eq(last, statement))
}

const fn word(scope: Scope) -> &'static str {
    match scope {
        Scope::Group => "Group",
        Scope::Environment => "Environment",
        Scope::Connection => "Connection",
    }
}

/// The names of a rule and its actions (`-n`).
fn names(rule: &Statement, actions: &[ActionRef<'_>], with_actions: bool) -> String {
    let mut text = String::new();
    put(
        &mut text,
        0,
        "policyRule",
        25,
        rule.name_str().unwrap_or_default(),
        0,
    );
    for action in actions.iter().filter(|_| with_actions) {
        put(&mut text, 2, "TTLS Action", 25, action.name, 0);
    }
    text
}

/// One line: the label with a colon, and the value in its column, which counts from 1. A label that is too
/// long for its column is followed by one blank.
fn put(out: &mut String, indent: usize, label: &str, column: usize, value: &str, pad: usize) {
    let width = (column - 1).saturating_sub(indent).max(label.len() + 2);
    let label = format!("{label}:");
    let _ = writeln!(out, "{:indent$}{label:width$}{value:pad$}", "");
}

/// One line with two labels.
fn put_two(out: &mut String, indent: usize, one: (&str, &str), two: (&str, &str), pad: usize) {
    let width = 24 - indent;
    let labels = [one.0, two.0].map(|label| format!("{label}:"));
    let _ = writeln!(
        out,
        "{:indent$}{:width$}{:18}{:19}{:pad$}",
        "", labels[0], one.1, labels[1], two.1
    );
}
