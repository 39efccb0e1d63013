//! The rules of a stack, in search order.

use std::sync::Arc;

use generator::finding::Severity;
use generator::objects::{Configuration, Endpoint, Object, ObjectId, OrderKey, Rule};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use serde_json::Value;

use crate::core;
use crate::frame::use_query;
use crate::ui::shortcuts::Shortcuts;
use crate::ui::{
    Button, Chip, Column, DataTable, EmptyState, Face, Item, Look, RowAction, SearchField, Switch,
};
use crate::workspace::Workspace;
use crate::{paths, words};

#[derive(Clone, Debug, PartialEq)]
struct Row {
    id: ObjectId,
    /// Place in the search order, from 1.
    place: usize,
    name: String,
    href: String,
    enabled: bool,
    /// Where it comes from, unless it is the stack's own.
    from: String,
    local: String,
    remote: String,
    mappings: Vec<(String, String)>,
    map: String,
    trace: String,
    worst: Option<(usize, Severity)>,
    search: String,
}

#[component]
pub fn Rules(stack: ObjectId) -> impl IntoView {
    let workspace = Workspace::here();
    let (filter, set_filter) = use_query("q");
    let own = stack.clone();
    let all = Memo::new(move |_| {
        let findings = workspace.findings.get();
        let store = workspace.name();
        workspace.settled.with(|config| {
            let rules = config.rules_of(&own).into_iter().enumerate();
            Arc::new(
                rules
                    .map(|(at, (id, rule))| {
                        row(config, &own, &store, at, id, rule, findings.worst(id))
                    })
                    .collect::<Vec<_>>(),
            )
        })
    });
    let rows = Memo::new(move |_| {
        let needle = filter.get().to_lowercase();
        let fits = |row: &&Row| needle.split_whitespace().all(|word| fits(row, word));
        all.with(|all| Arc::new(all.iter().filter(fits).cloned().collect::<Vec<_>>()))
    });
    let navigate = use_navigate();
    let go = Callback::new(move |id: ObjectId| {
        navigate(
            &paths::object(&workspace.name(), generator::objects::Kind::Rule, &id),
            NavigateOptions::default(),
        )
    });
    let owner = stack.clone();
    let add = Callback::new(move |()| go.run(new_rule(workspace, &owner)));
    expect_context::<Shortcuts>().add("n", "New rule", add);
    let blocked = Signal::derive(move || workspace.closed());
    let empty = ViewFn::from(move || {
        if filter.with(String::is_empty) {
            view! {
                <EmptyState title="No rules yet">
                    <p>"A rule says between which addresses which traffic is protected how. Without rules, AT-TLS leaves all traffic of the stack in the clear."</p>
                    <Button label="Add rule" look=Look::Primary icon="add" blocked on_press=add />
                </EmptyState>
            }.into_any()
        } else {
            view! {
                <EmptyState title="No rule fits the filter">
                    <p>{move || format!("The filter “{}” hides {}.", filter.get(), words::count(all.with(|all| all.len()), "rule", "rules"))}</p>
                    <Button label="Clear the filter" on_press=move || set_filter.run(String::new()) />
                </EmptyState>
            }.into_any()
        }
    });
    view! {
        <div class="toolbar">
            <SearchField label="Filter rules" placeholder="Name, address, port, level; port:1414, uses:GOLD, finding" value=filter on_input=set_filter />
            <span class="toolbar-count">{move || format!("{} of {}", rows.with(|rows| rows.len()), all.with(|all| all.len()))}</span>
            <span class="toolbar-end"><Button label="Add rule" look=Look::Primary icon="add" blocked on_press=add /></span>
        </div>
        <DataTable id="rules" label="Rules in search order" rows key=|row| row.id.0.clone() name=|row| row.name.clone()
            columns=columns() on_open=move |row: Row| go.run(row.id) actions=actions(workspace, go) empty />
    }
}

fn row(
    config: &Configuration,
    stack: &ObjectId,
    store: &str,
    at: usize,
    id: &ObjectId,
    rule: &Rule,
    worst: Option<(usize, Severity)>,
) -> Row {
    let name_of = |id: &Option<ObjectId>| {
        id.as_ref()
            .map_or_else(|| "?".to_owned(), |id| core::name_of(config, id))
    };
    let mappings = core::mappings_of(config, &rule.map);
    let contents = |id: &Option<ObjectId>| {
        id.as_ref()
            .and_then(|id| config.get(id))
            .map(|object| core::contents(config, object))
            .unwrap_or_default()
    };
    let ports: Vec<String> = mappings
        .iter()
        .map(|mapping| contents(&mapping.traffic))
        .collect();
    let mut row = Row {
        id: id.clone(),
        place: at + 1,
        name: match rule.name.to_string() {
            name if name.is_empty() => "(no name)".to_owned(),
            name => name,
        },
        href: paths::object(store, generator::objects::Kind::Rule, id),
        enabled: rule.enabled,
        from: match &rule.owner {
            Some(owner) if owner != stack => core::name_of(config, owner),
            _ => String::new(),
        },
        local: core::endpoint_words(config, &rule.local),
        remote: core::endpoint_words(config, &rule.remote),
        mappings: mappings
            .iter()
            .map(|mapping| (name_of(&mapping.traffic), name_of(&mapping.level)))
            .collect(),
        map: match &rule.map {
            generator::objects::MapUse::Shared(id) => core::name_of(config, id),
            generator::objects::MapUse::Own(_) => String::new(),
        },
        trace: rule
            .trace
            .map(|trace| trace.to_string())
            .unwrap_or_default(),
        worst,
        search: String::new(),
    };
    let addresses = |endpoint: &Endpoint| match endpoint {
        Endpoint::Group(id) => contents(&Some(id.clone())),
        Endpoint::Address(_) => String::new(),
    };
    let mappings: Vec<String> = row
        .mappings
        .iter()
        .map(|(traffic, level)| format!("{traffic} {level}"))
        .collect();
    row.search = [
        &row.name,
        &row.local,
        &row.remote,
        &row.map,
        &row.from,
        &mappings.join(" "),
        &ports.join(" "),
        &addresses(&rule.local),
        &addresses(&rule.remote),
    ]
    .map(String::as_str)
    .join(" ")
    .to_lowercase();
    row
}

fn fits(row: &Row, word: &str) -> bool {
    let uses = |name: &str| {
        row.map.to_lowercase() == name
            || row.local.to_lowercase() == name
            || row.remote.to_lowercase() == name
            || row.mappings.iter().any(|(traffic, level)| {
                traffic.to_lowercase() == name || level.to_lowercase() == name
            })
    };
    match word.split_once(':') {
        Some(("uses", name)) => uses(name),
        Some(("port", port)) => row
            .search
            .split(|c: char| !c.is_ascii_digit() && c != '-')
            .any(|part| part == port),
        _ if word == "finding" => row.worst.is_some(),
        _ if word == "off" => !row.enabled,
        _ => row.search.contains(word),
    }
}

/// A new rule after the last one of the stack.
fn new_rule(workspace: Workspace, stack: &ObjectId) -> ObjectId {
    let last = workspace.config.with_untracked(|config| {
        config
            .rules_owned_by(stack)
            .last()
            .map(|(_, rule)| rule.order.clone())
    });
    let rule = Rule {
        owner: Some(stack.clone()),
        order: OrderKey::between(last.as_ref(), None),
        map: generator::objects::MapUse::Own(vec![Default::default()]),
        ..Rule::default()
    };
    workspace.create("add a rule", Object::Rule(rule))
}

fn columns() -> Vec<Column<Row>> {
    vec![
        Column::new("name", "Name", "16%", |row: &Row| {
            let from = (!row.from.is_empty()).then(|| view! { " " <Chip text=format!("from {}", row.from) /> });
            view! { <a href=row.href.clone()>{row.name.clone()}</a> {from} }.into_any()
        })
        .sorted(|row| row.name.clone()),
        Column::new("place", "Order", "4.5rem", |row: &Row| row.place.to_string().into_any()).sorted(|row| row.place.to_string()),
        Column::new("on", "On", "4.5rem", |row: &Row| {
            let (workspace, id, on) = (Workspace::here(), row.id.clone(), row.enabled);
            let set = move |on: bool| set_enabled(workspace, &id, on);
            view! { <Switch face=Face::new(format!("{} on", row.name)).compact() value=Signal::stored(on) on_change=set /> }.into_any()
        })
        .sorted(|row| row.enabled.to_string()),
        Column::new("local", "Local", "16%", |row: &Row| view! { <span class="clip" title=row.local.clone()>{row.local.clone()}</span> }.into_any())
            .word("LocalAddr").sorted(|row| row.local.clone()),
        Column::new("remote", "Remote", "16%", |row: &Row| view! { <span class="clip" title=row.remote.clone()>{row.remote.clone()}</span> }.into_any())
            .word("RemoteAddr").sorted(|row| row.remote.clone()),
        Column::new("mappings", "Traffic → level", "", |row: &Row| {
            let map = (!row.map.is_empty()).then(|| view! { <span class="soft">{row.map.clone()} ": "</span> });
            view! {
                <span class="clip">{map}
                    {row.mappings.iter().map(|(traffic, level)| view! { <Chip text=format!("{traffic} → {level}") colour="cool-gray" /> }).collect_view()}
                </span>
            }.into_any()
        }),
        Column::new("trace", "Trace", "5rem", |row: &Row| row.trace.clone().into_any()).sorted(|row| row.trace.clone()),
        Column::new("findings", "Findings", "6.5rem", |row: &Row| crate::form::finding_mark(row.worst))
            .sorted(|row| row.worst.map_or(0, |(count, _)| count).to_string()),
    ]
}

fn set_enabled(workspace: Workspace, id: &ObjectId, on: bool) {
    let Some(object) = workspace
        .config
        .with_untracked(|config| config.get(id).cloned())
    else {
        return;
    };
    if let Ok(changed) = core::with_field(&object, "enabled", Some(Value::Bool(on))) {
        workspace.edit(
            format!(
                "turn {} {}",
                core::called(&object),
                if on { "on" } else { "off" }
            ),
            [(id.clone(), Some(changed))],
        );
    }
}

fn actions(workspace: Workspace, go: Callback<ObjectId>) -> RowAction<Row> {
    Arc::new(move |row: &Row| {
        let id = row.id.clone();
        let open = {
            let id = id.clone();
            Callback::new(move |()| go.run(id.clone()))
        };
        vec![
            Item::Act("Open".to_owned(), open),
            Item::Act(
                "Delete".to_owned(),
                Callback::new(move |()| workspace.delete(std::slice::from_ref(&id))),
            ),
        ]
    })
}
