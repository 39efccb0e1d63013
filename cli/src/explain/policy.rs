//! Where the rules and actions of a log stand in files of the Policy Agent, and what they say of the
//! parameters that its return codes are about.

use std::collections::BTreeSet;

use generator::check::Checked;
use generator::policy::table::{
    StatementDef, TTLS_CONNECTION_ACTION, TTLS_ENVIRONMENT_ACTION, TTLS_GROUP_ACTION, TTLS_RULE,
};
use generator::policy::{Named, Release, ResolvedStack, Statement};
use generator::runtime::{Answer, Connection};
use serde_json::{Value, json};

use crate::{disk, show};

/// Rules that are looked up.
const MOST: usize = 50;

static ACTIONS: [(&str, &StatementDef); 3] = [
    ("TTLSGroupActionRef", &TTLS_GROUP_ACTION),
    ("TTLSEnvironmentActionRef", &TTLS_ENVIRONMENT_ACTION),
    ("TTLSConnectionActionRef", &TTLS_CONNECTION_ACTION),
];

/// A rule that a log names, as the files have it: words for people, and fields for programs.
pub struct Rule {
    pub fields: Value,
    pub lines: Vec<String>,
}

/// Each rule of the log once, in the order of the log.
pub fn rules(checked: &Checked, answer: &Answer, release: Release) -> Vec<Rule> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for connection in &answer.connections {
        let key = (&connection.stack, &connection.rule);
        if connection.rule.is_empty() || found.len() >= MOST || !seen.insert(key) {
            continue;
        }
        let same = answer
            .connections
            .iter()
            .filter(|one| (&one.stack, &one.rule) == key);
        let concerned = concerned(answer, same);
        let is_of = |stack: &&ResolvedStack| {
            let either = stack.name.is_empty() || connection.stack.is_empty();
            either || stack.name.eq_ignore_ascii_case(&connection.stack)
        };
        let stacks: Vec<_> = checked.stacks.iter().filter(is_of).collect();
        let rules = stacks.iter().filter_map(|stack| {
            let named = Named::of(&stack.policy);
            let rule = named.find(&TTLS_RULE, &connection.rule)?;
            Some(of_rule(
                stack, &named, rule, connection, &concerned, release,
            ))
        });
        let before = found.len();
        found.extend(rules);
        if found.len() == before {
            found.push(missing(&connection.rule));
        }
    }
    found
}

/// The parameters that the return codes of connections are about.
fn concerned<'a>(
    answer: &'a Answer,
    connections: impl Iterator<Item = &'a Connection>,
) -> BTreeSet<&'static str> {
    let failures = connections.flat_map(|one| &one.failures);
    let codes = failures.flat_map(|failure| [Some(failure.rc), failure.cause.map(|(_, rc)| rc)]);
    let explanations = codes.flatten().filter_map(|rc| answer.explanation_of(rc));
    explanations
        .flat_map(|one| &one.parameters)
        .map(|one| one.attribute)
        .collect()
}

fn missing(rule: &str) -> Rule {
    let words = format!(
        "rule `{rule}` is not in these files: the log is of another policy, or of an older one"
    );
    Rule {
        fields: json!({ "rule": rule, "place": null }),
        lines: vec![words],
    }
}

fn of_rule(
    stack: &ResolvedStack,
    named: &Named<'_>,
    rule: &Statement,
    connection: &Connection,
    concerned: &BTreeSet<&'static str>,
    release: Release,
) -> Rule {
    let place = disk::place(stack, rule.tag);
    let mut lines = vec![format!(
        "{}rule `{}` ({place})",
        disk::title(stack),
        connection.rule
    )];
    let mut actions = Vec::new();
    for (reference, def) in ACTIONS {
        let Some(name) = rule.value(reference) else {
            continue;
        };
        let place = named
            .find(def, name)
            .map(|action| disk::place(stack, action.tag));
        let words = place.as_deref().unwrap_or("not there");
        let other = connection.actions.iter().all(|action| action != name);
        let differs = match other && !connection.actions.is_empty() {
            true => ", which the log does not name: the policy has changed",
            false => "",
        };
        lines.push(format!("  {} `{name}` ({words}){differs}", def.name));
        actions.push(json!({ "statement": def.name, "name": name, "place": place }));
    }
    let parameters = named.effective(rule, release);
    let parameters: Vec<_> = parameters
        .iter()
        .filter(|one| concerned.contains(one.row.name))
        .map(|one| show::text::parameter(stack, one))
        .collect();
    let width = parameters
        .iter()
        .map(|(name, ..)| name.len())
        .max()
        .unwrap_or(0);
    let shown = parameters
        .iter()
        .map(|(name, value, origin)| format!("  {name:width$}  {value}  {origin}"));
    lines.extend(shown);
    let uncoded: Vec<_> = concerned
        .iter()
        .filter(|name| is_of_actions(name) && parameters.iter().all(|(other, ..)| other != *name))
        .copied()
        .collect();
    if !uncoded.is_empty() {
        lines.push(format!(
            "  neither coded nor with a known default: {}",
            uncoded.join(", ")
        ));
    }
    let parameters: Vec<_> = parameters
        .iter()
        .map(|(name, value, origin)| json!({ "name": name, "value": value, "origin": origin }))
        .collect();
    Rule {
        fields: json!({
            "stack": stack.name, "rule": connection.rule, "place": place, "actions": actions,
            "parameters": parameters, "uncoded": uncoded,
        }),
        lines,
    }
}

/// Whether an attribute is one of actions and their blocks, and no condition.
fn is_of_actions(name: &str) -> bool {
    TTLS_RULE.attribute(name).is_none()
}
