//! The protected ports of all stacks.

use std::sync::Arc;

use generator::finding::Severity;
use generator::objects::variables::Resolved;
use generator::objects::{Configuration, Kind, ObjectId, summary};
use generator::report::{ProtectedPort, protected_ports};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::api::install::StackState;
use crate::core::{self, Findings};
use crate::filter::Facts;
use crate::form::finding_mark;
use crate::frame::use_query;
use crate::installed::{Installed, OnTarget};
use crate::ui::{Button, Chip, Column, DataTable, Downloads, EmptyState, SearchField, counted};
use crate::workspace::Workspace;
use crate::{api, paths, words};

/// One row of a traffic descriptor as a rule of a stack uses it.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    key: String,
    store: String,
    stack: ObjectId,
    stack_name: String,
    rule: ObjectId,
    rule_name: String,
    ports: String,
    direction: String,
    job: String,
    level: String,
    /// "TLS 1.3, TLS 1.2, 3 suites".
    level_words: String,
    /// "TLS 1.3, TLS 1.2".
    versions: String,
    protects: bool,
    label: String,
    worst: Option<(usize, Severity)>,
    installed: Option<OnTarget>,
    facts: Facts,
}

fn rows(config: &Configuration, findings: &Findings, store: &str) -> Vec<Row> {
    let resolved = Resolved::of(config);
    let ports = protected_ports(&resolved);
    let row = |(number, port): (usize, &ProtectedPort)| {
        let mut row = Row {
            key: format!("{}/{}/{number}", port.stack_id, port.rule_id),
            store: store.to_owned(),
            stack: port.stack_id.clone(),
            stack_name: port.place(),
            rule: port.rule_id.clone(),
            rule_name: port.rule.name.to_string(),
            ports: port.ports(),
            direction: port.direction(),
            job: port.job(),
            level: port.level.name.to_string(),
            versions: summary::protection(port.level),
            level_words: summary::level(port.level),
            protects: port.level.protect,
            label: port.certificate_labels().join(", "),
            worst: worst(findings, port),
            installed: None,
            facts: Facts::default(),
        };
        let shown = [
            &row.stack_name,
            &row.rule_name,
            &row.ports,
            &row.direction,
            &row.job,
            &row.level,
            &row.level_words,
            &row.label,
        ];
        let used = [
            port.stack.tags.as_slice(),
            &port.rule.tags,
            &port.traffic.tags,
            &port.level.tags,
        ];
        let marks = [("finding", row.worst.is_some())];
        row.facts = Facts {
            ports: core::ports_of_row(port.row).collect(),
            ..Facts::new(&shown.map(String::as_str), &used.concat(), &marks)
        };
        row
    };
    ports.iter().enumerate().map(row).collect()
}

/// The findings of the rule and of what it uses.
fn worst(findings: &Findings, port: &ProtectedPort) -> Option<(usize, Severity)> {
    findings.worst_of([port.rule_id, port.traffic_id, port.level_id])
}

#[component]
pub fn Ports(installed: Installed) -> impl IntoView {
    let workspace = Workspace::here();
    let (filter, set_filter) = use_query("q");
    let all = Memo::new(move |_| {
        let (findings, store) = (workspace.findings.get(), workspace.name());
        workspace
            .settled
            .with(|config| Arc::new(rows(config, &findings, &store)))
    });
    let rows = Memo::new(move |_| {
        let needle = filter.get().to_lowercase();
        let with_state = |row: &Row| Row {
            installed: installed.with(|all| {
                let state = |all: &Vec<StackState>| OnTarget::of(all, &row.stack);
                all.as_ref().map(state)
            }),
            ..row.clone()
        };
        Arc::new(all.with(|all| {
            all.iter()
                .filter(|row| row.facts.fit(&needle))
                .map(with_state)
                .collect::<Vec<_>>()
        }))
    });
    let navigate = use_navigate();
    let open = Callback::new(move |row: Row| {
        navigate(
            &paths::object(&row.store, Kind::Rule, &row.rule),
            NavigateOptions::default(),
        )
    });
    let empty = ViewFn::from(move || {
        match filter.with(String::is_empty) {
        true => view! {
            <EmptyState title="No rule protects a port yet">
                <p>"The stacks have no rule that is on and names traffic and a level."</p>
                <p class="links"><a href=paths::guided(&workspace.name())>"Protect an application"</a> <a href=paths::systems(&workspace.name())>"Systems"</a></p>
            </EmptyState>
        }.into_any(),
        false => view! {
            <EmptyState title="Nothing fits the filter">
                <p>{move || format!("The filter “{}” hides {}.", filter.get(), words::count(all.with(|all| all.len()), "row", "rows"))}</p>
                <Button label="Clear the filter" on_press=move || set_filter.run(String::new()) />
            </EmptyState>
        }.into_any(),
    }
    });
    // As high as its rows, up to a part of the window.
    let height = move || {
        format!(
            "min(60vh, {}rem)",
            3 + rows.with(|rows| rows.len().max(1)) * 5 / 2
        )
    };
    view! {
        <section class="section" aria-labelledby="ports-title">
            <h2 id="ports-title">"Protected ports"</h2>
            <div class="toolbar">
                <SearchField label="Filter protected ports" placeholder="Port, stack, job, level, label; port:1414, tag:NAME, finding" value=filter on_input=set_filter />
                <span class="toolbar-count">{counted(all.into(), rows.into())}</span>
                {move || all.with(|all| !all.is_empty()).then(|| view! { <PortFiles /> })}
            </div>
            <div class="sized-table" style:block-size=height>
                <DataTable id="ports" label="Protected ports" rows key=|row: &Row| row.key.clone() name=|row: &Row| format!("{} on {}", row.ports, row.stack_name)
                    columns=columns() on_open=open empty />
            </div>
        </section>
    }
}

/// The list as a file, for those who have no account here.
#[component]
fn PortFiles() -> impl IntoView {
    let store = Workspace::here().name();
    let file = format!("{store}-ports");
    let href = Callback::new(move |format| api::ports_href(&store, format));
    view! { <Downloads what="the protected ports of the newest saved revision".to_owned() file href /> }
}

fn columns() -> Vec<Column<Row>> {
    vec![
        Column::new("ports", "Port", "9rem", |row: &Row| view! { <a href=paths::object(&row.store, Kind::Rule, &row.rule) title=format!("Rule {}", row.rule_name)>{row.ports.clone()}</a> " " <small class="soft">{row.direction.clone()}</small> }.into_any()).narrow(90.0, 0)
            .sorted(|row| row.ports.clone()),
        Column::new("stack", "Stack", "10rem", |row: &Row| view! { <a class="clip" href=paths::stack(&row.store, &row.stack, "rules")>{row.stack_name.clone()}</a> }.into_any()).narrow(140.0, 0)
            .sorted(|row| row.stack_name.clone()),
        Column::new("job", "Job", "6.5rem", |row: &Row| row.job.clone().into_any()).narrow(85.0, 3).sorted(|row| row.job.clone()),
        Column::new("level", "Level", "", |row: &Row| {
            let clear = (!row.protects).then(|| view! { <Chip text="in the clear" colour="red" /> });
            let said = row.protects.then(|| row.versions.clone());
            view! { <span class="clip" title=row.level_words.clone()>{row.level.clone()} " " {clear} <span class="soft">{said}</span></span> }.into_any()
        }).narrow(180.0, 0)
        .sorted(|row| row.level.clone()),
        Column::new("label", "Certificate label", "9rem", |row: &Row| view! { <span class="clip mono" title=row.label.clone()>{row.label.clone()}</span> }.into_any()).narrow(110.0, 2)
            .sorted(|row| row.label.clone()),
        Column::new("findings", "Findings", "5.5rem", |row: &Row| finding_mark(row.worst)).narrow(80.0, 1).sorted(|row| row.worst.map_or(0, |(count, _)| count).to_string()),
        Column::new("installed", "Installed", "8rem", |row: &Row| row.installed.as_ref().map(OnTarget::view).into_any()).narrow(110.0, 1),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use generator::objects::{
        Entry, MapUse, Mapping, Rule, SecurityLevel, Stack, TrafficDescriptor, TrafficRow,
    };

    fn id(text: &str) -> ObjectId {
        ObjectId(text.to_owned())
    }

    #[test]
    fn a_rule_gives_a_row_for_each_row_of_its_traffic() {
        let port = |text: &str| TrafficRow {
            local_port: Entry::read(text),
            ..TrafficRow::default()
        };
        let mapping = Mapping {
            traffic: Some(id("t")),
            level: Some(id("l")),
        };
        let rule = |enabled| Rule {
            name: "MQ".into(),
            owner: Some(id("s")),
            enabled,
            map: MapUse::Own(vec![mapping.clone()]),
            ..Rule::default()
        };
        let config: Configuration = [
            (
                id("s"),
                Stack {
                    name: "TCPIP".into(),
                    ..Stack::default()
                }
                .into(),
            ),
            (
                id("t"),
                TrafficDescriptor {
                    rows: vec![port("1414"), port("1415")],
                    ..TrafficDescriptor::default()
                }
                .into(),
            ),
            (
                id("l"),
                SecurityLevel {
                    name: "GOLD".into(),
                    ..SecurityLevel::default()
                }
                .into(),
            ),
            (id("r1"), rule(true).into()),
            (id("r2"), rule(false).into()),
        ]
        .into_iter()
        .collect();
        let rows = rows(&config, &Findings::default(), "PROD");
        let ports: Vec<&str> = rows.iter().map(|row| row.ports.as_str()).collect();
        assert_eq!(
            ports,
            ["1414", "1415"],
            "a rule that is off protects nothing"
        );
        assert!(rows[0].facts.fit("gold tcpip 1414"));
        assert!(!rows[0].facts.fit("finding"));
    }
}
