//! The rules of a stack, in search order.

mod bulk;
mod changes;
mod row;

use std::sync::Arc;

use generator::objects::{Kind, MapUse, Object, ObjectId, OrderKey, Rule};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use serde_json::Value;

use super::listeners::Listeners;
use crate::core;
use crate::frame::use_query;
use crate::ui::shortcuts::Shortcuts;
use crate::ui::{
    Button, Chip, Column, DataTable, EmptyState, Face, Item, Look, Panels, RowAction, SearchField,
    Selection, Switch, counted,
};
use crate::workspace::Workspace;
use crate::{paths, words};
use bulk::BulkBar;
use row::{Row, row};

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
        let fits = |row: &&Row| row.facts.fit(&needle);
        all.with(|all| Arc::new(all.iter().filter(fits).cloned().collect::<Vec<_>>()))
    });
    let navigate = use_navigate();
    let go = Callback::new(move |id: ObjectId| {
        navigate(
            &paths::object(&workspace.name(), Kind::Rule, &id),
            NavigateOptions::default(),
        )
    });
    let owner = stack.clone();
    let add = Callback::new(move |()| go.run(new_rule(workspace, &owner)));
    let blocked = Signal::derive(move || workspace.closed());
    expect_context::<Shortcuts>().add_unless(blocked, "n", "New rule", add);
    let selection = Selection::new();
    // The search order is the order of the list only while nothing is filtered out.
    let move_rule = Callback::new(move |(this, other): (String, String)| {
        let (this, other) = (ObjectId(this), ObjectId(other));
        let changes = workspace
            .config
            .with_untracked(|config| changes::moved(config, &this, &other));
        if !changes.is_empty() {
            let name = workspace
                .config
                .with_untracked(|config| core::name_of(config, &this));
            workspace.edit(format!("move connectivity rule {name}"), changes);
        }
    });
    let delete = Callback::new(move |row: Row| {
        workspace.try_delete(&row.id);
    });
    let panels = Panels::here();
    let of = stack.clone();
    let find = move || {
        let stack = of.clone();
        let body = move || view! { <Listeners stack=stack.clone() /> };
        panels.open("Listening ports".to_owned(), body, || ());
    };
    let bar = stack.clone();
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
            <SearchField label="Filter rules" placeholder="Name, address, port, level; port:1414, uses:GOLD, tag:NAME, finding" value=filter on_input=set_filter />
            <span class="toolbar-count">{counted(all.into(), rows.into())}</span>
            <span class="toolbar-end"><Button label="Find ports…" on_press=find /><Button label="Add rule" look=Look::Primary icon="add" blocked on_press=add /></span>
        </div>
        <BulkBar stack=bar selection />
        <DataTable id="rules" label="Rules in search order" rows key=|row| row.id.0.clone() name=|row| row.name.clone()
            columns=columns() on_open=move |row: Row| go.run(row.id) actions=actions(workspace, go, move_rule, all) selection on_move=move_rule on_delete=delete empty />
    }
}

/// A new rule after the last one of a stack, an image or a z/OS group.
pub fn new_rule(workspace: Workspace, stack: &ObjectId) -> ObjectId {
    let rule = Rule {
        owner: Some(stack.clone()),
        order: workspace
            .config
            .with_untracked(|config| config.next_order(stack)),
        map: MapUse::Own(vec![Default::default()]),
        ..Rule::default()
    };
    workspace.create("add a rule", Object::Rule(rule))
}

fn columns() -> Vec<Column<Row>> {
    vec![
        Column::new("name", "Name", "20%", |row: &Row| {
            let from = (!row.from.is_empty()).then(|| view! { " " <Chip text=format!("from {}", row.from) /> });
            view! { <a href=row.href.clone()>{row.name.clone()}</a> {from} }.into_any()
        })
        .narrow(150.0, 0).sorted(|row| row.name.clone()),
        Column::new("place", "Order", "4.5rem", |row: &Row| row.place.to_string().into_any()).narrow(72.0, 7).sorted(|row| row.place.to_string()),
        Column::new("on", "On", "4.5rem", |row: &Row| {
            let (workspace, id, on) = (Workspace::here(), row.id.clone(), row.enabled);
            let set = move |on: bool| set_enabled(workspace, &id, on);
            view! { <Switch face=Face::new(format!("{} on", row.name)).compact() value=Signal::stored(on) on_change=set /> }.into_any()
        })
        .narrow(64.0, 2).sorted(|row| row.enabled.to_string()),
        Column::new("local", "Local", "16%", |row: &Row| view! { <span class="clip" title=row.local.clone()>{row.local.clone()}</span> }.into_any())
            .word("LocalAddr").narrow(110.0, 4).sorted(|row| row.local.clone()),
        Column::new("remote", "Remote", "16%", |row: &Row| view! { <span class="clip" title=row.remote.clone()>{row.remote.clone()}</span> }.into_any())
            .word("RemoteAddr").narrow(110.0, 5).sorted(|row| row.remote.clone()),
        Column::new("mappings", "Traffic → level", "", |row: &Row| {
            let map = (!row.map.is_empty()).then(|| view! { <span class="soft">{row.map.clone()} ": "</span> });
            view! {
                <span class="clip">{map}
                    {row.mappings.iter().map(|(traffic, level)| view! { <Chip text=format!("{traffic} → {level}") colour="cool-gray" /> }).collect_view()}
                </span>
            }.into_any()
        }).narrow(200.0, 0),
        Column::new("trace", "Trace", "5rem", |row: &Row| row.trace.clone().into_any()).narrow(80.0, 9).sorted(|row| row.trace.clone()),
        Column::new("findings", "Findings", "6.5rem", |row: &Row| crate::form::finding_mark(row.worst))
            .narrow(96.0, 1).sorted(|row| row.worst.map_or(0, |(count, _)| count).to_string()),
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

fn actions(
    workspace: Workspace,
    go: Callback<ObjectId>,
    move_rule: Callback<(String, String)>,
    all: Memo<Arc<Vec<Row>>>,
) -> RowAction<Row> {
    Arc::new(move |row: &Row| {
        let id = row.id.clone();
        let open = {
            let id = id.clone();
            Callback::new(move |()| go.run(id.clone()))
        };
        let step = |by: isize| {
            let (id, at) = (id.clone(), row.place - 1);
            Callback::new(move |()| {
                let other = all.with_untracked(|all| {
                    all.get(at.checked_add_signed(by)?)
                        .map(|row| row.id.0.clone())
                });
                if let Some(other) = other {
                    move_rule.run((id.0.clone(), other));
                }
            })
        };
        let mut items = vec![Item::Act("Open".to_owned(), open)];
        if row.own {
            items.push(Item::Act("Move up".to_owned(), step(-1)));
            items.push(Item::Act("Move down".to_owned(), step(1)));
        }
        let copied = id.clone();
        let closed = untrack(|| workspace.closed());
        items.push(Item::unless(closed, "Copy", move || {
            if let Some(copy) = copy(workspace, &copied) {
                go.run(copy);
            }
        }));
        let kept = untrack(|| workspace.undeletable(&id));
        items.push(Item::unless(kept, "Delete", move || {
            workspace.try_delete(&id);
        }));
        items
    })
}

/// A copy right after the rule, under a free name.
fn copy(workspace: Workspace, id: &ObjectId) -> Option<ObjectId> {
    let (rule, next) = workspace.config.with_untracked(|config| {
        let Some(Object::Rule(rule)) = config.get(id) else {
            return None;
        };
        let rules = config.rules_owned_by(rule.owner.as_ref()?);
        let next = rules
            .iter()
            .map(|(_, other)| &other.order)
            .find(|order| **order > rule.order)
            .cloned();
        Some((rule.clone(), next))
    })?;
    let name = workspace.free_name(Kind::Rule, &format!("{}_COPY", rule.name));
    let order = OrderKey::between(Some(&rule.order), next.as_ref());
    let words = format!("copy connectivity rule {}", rule.name);
    Some(workspace.create(
        words,
        Object::Rule(Rule {
            name: name.as_str().into(),
            order,
            ..rule
        }),
    ))
}
