//! Rules for people: one line for each condition and parameter, with its origin.

use std::fmt::Write as _;

use generator::policy::conditions::Coded;
use generator::policy::effective::{Parameter, Said};
use generator::policy::table::{Kind, Scope};
use generator::policy::{ResolvedStack, Tag};

use super::Shown;
use crate::disk;

pub fn render(stacks: &[(&ResolvedStack, Vec<Shown<'_>>)]) -> String {
    let texts = stacks
        .iter()
        .flat_map(|(stack, rules)| rules.iter().map(|shown| rule(stack, shown)));
    texts.collect::<Vec<_>>().join("\n")
}

fn rule(stack: &ResolvedStack, shown: &Shown<'_>) -> String {
    let statement = shown.rule.statement;
    let conditions = shown.conditions.iter().map(|one| condition(stack, one));
    let open = shown.open.iter().map(|(row, default)| {
        let words = "condition, default".to_owned();
        (row.name.to_owned(), (*default).to_owned(), words)
    });
    let parameters = shown.parameters.iter().map(|one| parameter(stack, one));
    let lines: Vec<_> = conditions.chain(open).chain(parameters).collect();
    let name = statement.name_str().unwrap_or_default();
    let mut text = format!(
        "{}rule `{name}` ({})\n",
        disk::title(stack),
        disk::place(stack, statement.tag)
    );
    let width = lines.iter().map(|(name, ..)| name.len()).max().unwrap_or(0);
    for (name, value, origin) in lines {
        let _ = writeln!(text, "  {name:width$}  {value}  {origin}");
    }
    text
}

/// Name, values, and where they stand.
fn condition(stack: &ResolvedStack, coded: &Coded<'_>) -> (String, String, String) {
    let values: Vec<_> = coded.values.iter().map(|one| one.value()).collect();
    let reference = coded
        .attribute
        .filter(|_| matches!(coded.row.kind, Kind::Ref(_)));
    let values = match (values.is_empty(), reference) {
        (true, Some(reference)) => format!("no such {}", target(coded, reference.value())),
        _ => values.join(" "),
    };
    let tag = coded.attribute.or_else(|| coded.values.first().copied());
    let mut origin = format!(
        "condition ({})",
        disk::place(stack, tag.map_or(Tag::NONE, |one| one.tag))
    );
    if let (Some(reference), Some(value)) = (reference, coded.values.first()) {
        let place = disk::place(stack, value.tag);
        let _ = write!(origin, ", {} ({place})", target(coded, reference.value()));
    }
    (coded.row.name.to_owned(), values, origin)
}

/// `IpAddrGroup office`
fn target(coded: &Coded<'_>, name: &str) -> String {
    match coded.row.kind {
        Kind::Ref(kind) => format!("{kind} {name}"),
        _ => name.to_owned(),
    }
}

/// Name, value, and where it comes from with what it beat.
pub fn parameter(stack: &ResolvedStack, parameter: &Parameter<'_>) -> (String, String, String) {
    let name = parameter.row.name.to_owned();
    let Some(said) = &parameter.said else {
        let default = parameter.default.unwrap_or_default().to_owned();
        return (name, default, "default".to_owned());
    };
    let mut origin = from(stack, said);
    for beaten in &parameter.beaten {
        let _ = write!(origin, ", not {} of {}", value(beaten), from(stack, beaten));
    }
    (name, value(said), origin)
}

fn value(said: &Said<'_>) -> String {
    let values: Vec<_> = said.attributes.iter().map(|one| one.shown()).collect();
    values.join(" ")
}

/// "environment (file:line)"
fn from(stack: &ResolvedStack, said: &Said<'_>) -> String {
    let tag = said.attributes.first().map_or(Tag::NONE, |one| one.tag);
    format!("{} ({})", scope(said.scope), disk::place(stack, tag))
}

pub fn scope(scope: Scope) -> &'static str {
    match scope {
        Scope::Connection => "connection",
        Scope::Environment => "environment",
        Scope::Group => "group",
    }
}
