//! Rules for programs.

use generator::policy::conditions::Coded;
use generator::policy::effective::{Parameter, Said};
use generator::policy::model::Attribute;
use generator::policy::{Release, ResolvedStack, Tag};
use serde_json::{Value, json};

use super::Shown;
use super::text::scope;

pub fn data(release: Release, stacks: &[(&ResolvedStack, Vec<Shown<'_>>)]) -> Value {
    let stacks: Vec<_> = stacks
        .iter()
        .map(|(stack, rules)| {
            let rules: Vec<_> = rules.iter().map(|shown| rule(stack, shown)).collect();
            json!({ "name": stack.name, "rules": rules })
        })
        .collect();
    json!({ "release": release.as_str(), "stacks": stacks })
}

fn rule(stack: &ResolvedStack, shown: &Shown<'_>) -> Value {
    let conditions = shown.conditions.iter().map(|one| condition(stack, one));
    let open = shown.open.iter().map(
        |(row, default)| json!({ "name": row.name, "values": [default], "origin": "default" }),
    );
    let parameters = shown.parameters.iter().map(|one| parameter(stack, one));
    json!({
        "name": shown.rule.statement.name_str(),
        "place": place(stack, shown.rule.statement.tag),
        "priority": shown.rule.priority,
        "protects": shown.protects,
        "conditions": conditions.chain(open).collect::<Vec<_>>(),
        "parameters": parameters.collect::<Vec<_>>(),
    })
}

fn condition(stack: &ResolvedStack, coded: &Coded<'_>) -> Value {
    let first = coded.attribute.or_else(|| coded.values.first().copied());
    json!({
        "name": coded.row.name,
        "coded": coded.attribute.map(Attribute::value),
        "values": values(&coded.values),
        "origin": "rule",
        "place": first.map(|one| place(stack, one.tag)),
    })
}

fn parameter(stack: &ResolvedStack, parameter: &Parameter<'_>) -> Value {
    let beaten: Vec<_> = parameter
        .beaten
        .iter()
        .map(|one| said(stack, one))
        .collect();
    let mut value = match &parameter.said {
        Some(counts) => said(stack, counts),
        None => json!({ "values": [parameter.default], "origin": "default" }),
    };
    value["name"] = json!(parameter.row.name);
    value["statement"] = json!(parameter.statement.name);
    value["default"] = json!(parameter.default);
    value["beaten"] = json!(beaten);
    value
}

fn said(stack: &ResolvedStack, said: &Said<'_>) -> Value {
    json!({
        "values": values(&said.attributes),
        "origin": scope(said.scope),
        "place": said.attributes.first().map(|one| place(stack, one.tag)),
    })
}

fn values(attributes: &[&Attribute]) -> Vec<String> {
    attributes
        .iter()
        .map(|one| one.shown().to_owned())
        .collect()
}

/// File and line, from 1; nothing for what stands nowhere.
pub fn place(stack: &ResolvedStack, tag: Tag) -> Value {
    let found = stack.origins.line(tag);
    found.map_or(
        Value::Null,
        |(file, line)| json!({ "file": file, "line": line }),
    )
}
