//! The protected ports of all stacks.

use std::sync::Arc;

use generator::finding::Severity;
use generator::objects::variables::Resolved;
use generator::objects::{Configuration, Kind, ObjectId, summary};
use generator::report::{ProtectedPort, protected_ports};
use generator::sort;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::Installed;
use crate::core::{self, Findings};
use crate::form::finding_mark;
use crate::frame::use_query;
use crate::ui::{Button, Chip, Column, DataTable, Downloads, EmptyState, SearchField};
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
    /// The lowest and highest port of each end that names some.
    held: Vec<(u16, u16)>,
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
    installed: Option<State>,
}

/// What is known of the stack's files on their target.
#[derive(Clone, Debug, PartialEq)]
enum State {
    Nothing,
    Revision(i64),
    Drifted(i64),
}

fn rows(config: &Configuration, findings: &Findings, store: &str) -> Vec<Row> {
    let resolved = Resolved::of(config);
    let ports = protected_ports(&resolved);
    let row = |(number, port): (usize, &ProtectedPort)| Row {
        key: format!("{}/{}/{number}", port.stack_id, port.rule_id),
        store: store.to_owned(),
        stack: port.stack_id.clone(),
        stack_name: port.place(),
        rule: port.rule_id.clone(),
        rule_name: port.rule.name.to_string(),
        ports: port.ports(),
        held: [&port.row.local_port, &port.row.remote_port]
            .into_iter()
            .filter_map(|ports| ports.value()?.bounds())
            .collect(),
        direction: port.direction(),
        job: port.job(),
        level: port.level.name.to_string(),
        versions: summary::protection(port.level),
        level_words: summary::level(port.level),
        protects: port.level.protect,
        label: port.certificate_labels().join(", "),
        worst: worst(findings, port),
        installed: None,
    };
    ports.iter().enumerate().map(row).collect()
}

/// The findings of the rule and of what it uses.
fn worst(findings: &Findings, port: &ProtectedPort) -> Option<(usize, Severity)> {
    let ids = [port.rule_id, port.traffic_id, port.level_id];
    let all = ids.iter().filter_map(|id| findings.worst(id));
    all.reduce(|a, b| (a.0 + b.0, a.1.max(b.1)))
}

fn fits(row: &Row, needle: &str) -> bool {
    needle.split_whitespace().all(|word| match word {
        "finding" => row.worst.is_some(),
        word if word.starts_with("port:") => {
            let port = word["port:".len()..].parse::<u16>();
            port.is_ok_and(|port| core::holds_port(&row.held, port))
        }
        word => {
            let texts = [
                &row.stack_name,
                &row.rule_name,
                &row.ports,
                &row.direction,
                &row.job,
                &row.level,
                &row.level_words,
                &row.label,
            ];
            texts.iter().any(|text| text.to_lowercase().contains(word))
        }
    })
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
    let states = Memo::new(move |_| {
        installed.with(|all| {
            all.as_ref().map(|all| {
                sort::map(all.iter().map(|state| {
                    let of_stack = match &state.installed {
                        None => State::Nothing,
                        Some(record) if state.drift.is_empty() => State::Revision(record.revision),
                        Some(record) => State::Drifted(record.revision),
                    };
                    (state.stack.clone(), of_stack)
                }))
            })
        })
    });
    let rows = Memo::new(move |_| {
        let needle = filter.get().to_lowercase();
        let with_state = |row: &Row| Row {
            installed: states.with(|all| {
                all.as_ref()
                    .map(|all| all.get(&row.stack).cloned().unwrap_or(State::Nothing))
            }),
            ..row.clone()
        };
        Arc::new(all.with(|all| {
            all.iter()
                .filter(|row| fits(row, &needle))
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
                <SearchField label="Filter protected ports" placeholder="Port, stack, job, level, label; port:1414, finding" value=filter on_input=set_filter />
                <span class="toolbar-count">{move || format!("{} of {}", rows.with(|rows| rows.len()), all.with(|all| all.len()))}</span>
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
        Column::new("installed", "Installed", "8rem", |row: &Row| match &row.installed {
            None => ().into_any(),
            Some(State::Nothing) => view! { <span class="soft">"not yet"</span> }.into_any(),
            Some(State::Revision(number)) => format!("revision {number}").into_any(),
            Some(State::Drifted(number)) => view! { {format!("revision {number} ")} <Chip text="changed" colour="magenta" /> }.into_any(),
        }).narrow(110.0, 1),
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
        assert!(fits(&rows[0], "gold tcpip 1414"));
        assert!(!fits(&rows[0], "finding"));
    }
}
