//! One revision, to read: its objects, and the files that it writes.

use std::sync::Arc;

use generator::compile::{Compiled, CompiledFile};
use generator::objects::{Configuration, Kind, Object, ObjectId};
use leptos::prelude::*;
use serde_json::Value;

use super::load::{About, configuration, revision, when};
use crate::frame::{Page, use_query};
use crate::ui::{
    Chip, CodeView, Column, DataTable, Dialog, EmptyState, Face, SearchField, Select, Tabs,
};
use crate::workspace::Workspace;
use crate::{api, core, paths, words};

#[component]
pub fn Show(number: i64) -> impl IntoView {
    let workspace = Workspace::here();
    let store = workspace.name();
    let loaded = configuration(workspace, number);
    let about = revision(workspace, number);
    let head = workspace.head.with_untracked(|head| head.revision);
    let trail = vec![("History".to_owned(), paths::history(&store))];
    let (changed, restore) = (
        paths::compare(&store, number - 1, number),
        paths::restore(&store, number),
    );
    let copy = paths::copy(&store, Some(number));
    let (newest, export) = (
        paths::compare(&store, number, head),
        format!("{}?from={number}", api::export_href(&store)),
    );
    view! {
        <Page title=format!("Revision {number}") of=store trail=Signal::stored(trail)>
            <p class="page-lead"><About of=about />
                {move || about.get().filter(|revision| !revision.installed_on.is_empty()).map(|revision| view! {
                    " " <Chip text="installed" colour="green" /> " " {revision.installed_on.join(", ")}
                })}
            </p>
            {(1..=head).contains(&number).then(|| view! {
                <p class="links page-lead">
                {(number > 1).then(|| view! { <a href=changed>"What it changed"</a> })}
                {(number < head).then(|| view! { <a href=newest>"Compare with the newest"</a> <a href=restore>"Restore it…"</a> })}
                <a href=copy>"Copy the store as of it…"</a>
                <a href=export download="" rel="external">"Export from here on"</a>
            </p>
            })}
            {when(loaded, move |config| view! { <Content number config /> }.into_any())}
        </Page>
    }
}

#[component]
fn Content(number: i64, config: Arc<Configuration>) -> impl IntoView {
    let (tab, set_tab) = use_query("tab");
    let shown = Memo::new(move |_| {
        if tab.get() == "files" {
            "files".to_owned()
        } else {
            "objects".to_owned()
        }
    });
    view! {
        <Tabs id="revision" label="Parts of the revision" tabs=vec![("objects", "Objects"), ("files", "Files")] selected=shown
            on_select=move |key: String| set_tab.run(if key == "files" { key } else { String::new() }) />
        <div id="revision-panel" role="tabpanel" aria-labelledby=move || format!("revision-{}", shown.get()) class="tab-panel">
            {move || match shown.get().as_str() {
                "files" => view! { <Files config=Arc::clone(&config) /> }.into_any(),
                _ => view! { <Objects number config=Arc::clone(&config) /> }.into_any(),
            }}
        </div>
    }
}

/// An object of the list.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    id: ObjectId,
    kind: Kind,
    name: String,
    contents: String,
    supplied: bool,
}

fn rows(config: &Configuration) -> Vec<Row> {
    let row = |(id, object): (&ObjectId, &Object)| Row {
        id: id.clone(),
        kind: object.kind(),
        name: core::shown_name(object),
        contents: core::contents(config, object),
        supplied: object.supplied(),
    };
    Kind::ALL
        .iter()
        .rev()
        .flat_map(|kind| config.of_kind(*kind))
        .map(row)
        .collect()
}

#[component]
fn Objects(number: i64, config: Arc<Configuration>) -> impl IntoView {
    let (filter, set_filter) = use_query("q");
    let all = StoredValue::new(rows(&config));
    let rows = Memo::new(move |_| {
        let needle = filter.get().to_lowercase();
        let fits = |row: &&Row| {
            needle.split_whitespace().all(|word| {
                [row.name.as_str(), row.kind.singular(), &row.contents]
                    .iter()
                    .any(|text| text.to_lowercase().contains(word))
            })
        };
        // What comes with Gatehouse is in the way, unless it is looked for.
        Arc::new(all.with_value(|all| {
            all.iter()
                .filter(fits)
                .filter(|row| !needle.is_empty() || !row.supplied)
                .cloned()
                .collect::<Vec<_>>()
        }))
    });
    let opened = RwSignal::new(None::<ObjectId>);
    let columns = vec![
        Column::new("name", "Name", "26%", |row: &Row| {
            let supplied = row.supplied.then(|| view! { " " <Chip text="supplied" /> });
            view! { {row.name.clone()} {supplied} }.into_any()
        })
        .sorted(|row| row.name.clone()),
        Column::new("kind", "Kind", "12rem", |row: &Row| {
            row.kind.singular().into_any()
        })
        .sorted(|row| row.kind.singular().to_owned()),
        Column::new("contents", "Contents", "", |row: &Row| {
            view! { <span class="clip" title=row.contents.clone()>{row.contents.clone()}</span> }
                .into_any()
        }),
    ];
    let empty = ViewFn::from(move || {
        match filter.with(String::is_empty) {
        true => view! { <EmptyState title="No objects of your own"><p>"This revision holds only what comes with Gatehouse."</p></EmptyState> }.into_any(),
        false => view! { <EmptyState title="Nothing fits the filter"><p>{move || format!("The filter “{}” hides all objects.", filter.get())}</p></EmptyState> }.into_any(),
    }
    });
    let title = {
        let config = Arc::clone(&config);
        Signal::derive(move || {
            opened
                .get()
                .and_then(|id| config.get(&id).map(core::called))
                .unwrap_or_default()
        })
    };
    view! {
        <div class="toolbar">
            <SearchField label="Filter objects" placeholder="Name, kind or contents" value=filter on_input=set_filter />
            <span class="toolbar-count">{move || words::count(rows.with(|rows| rows.len()), "object", "objects")}</span>
        </div>
        <DataTable id="revision" label=format!("Objects of revision {number}") rows key=|row: &Row| row.id.0.clone() name=|row: &Row| row.name.clone()
            columns on_open=move |row: Row| opened.set(Some(row.id)) empty />
        <Dialog open=Signal::derive(move || opened.get().is_some()) title wide=true on_close=move || opened.set(None)>
            {
                let config = Arc::clone(&config);
                move || opened.get().map(|id| view! { <Fields number id config=Arc::clone(&config) on_close=move || opened.set(None) /> })
            }
        </Dialog>
    }
}

/// The fields of an object with their values.
#[component]
fn Fields(
    number: i64,
    id: ObjectId,
    config: Arc<Configuration>,
    #[prop(into)] on_close: Callback<()>,
) -> impl IntoView {
    let workspace = Workspace::here();
    let head = workspace.head.with_untracked(|head| head.revision);
    let fields = config
        .get(&id)
        .map(|object| fields(&config, object))
        .unwrap_or_default();
    let restore = (number < head).then(|| paths::restore_object(&workspace.name(), number, &id));
    view! {
        <dl class="facts fields-read">
            {fields.into_iter().map(|(label, value)| view! { <dt>{label}</dt> <dd>{value}</dd> }).collect_view()}
        </dl>
        <div class="dialog-foot">
            {restore.map(|href| view! { <a class="cds--btn cds--btn--sm cds--btn--tertiary" href=href>"Restore this object…"</a> })}
            <crate::ui::Button label="Close" look=crate::ui::Look::Primary on_press=on_close />
        </div>
    }
}

/// Label and value of each field that says something.
fn fields(config: &Configuration, object: &Object) -> Vec<(String, String)> {
    let mut found = Vec::new();
    if let Ok(Value::Object(map)) = serde_json::to_value(object) {
        for (key, value) in &map {
            if !matches!(key.as_str(), "kind" | "order" | "supplied") {
                flatten(config, object.kind(), key, value, &mut found);
            }
        }
    }
    found
}

fn flatten(
    config: &Configuration,
    kind: Kind,
    path: &str,
    value: &Value,
    found: &mut Vec<(String, String)>,
) {
    match value {
        Value::Null => {}
        Value::String(text) if text.is_empty() => {}
        Value::Object(map) => map
            .iter()
            .for_each(|(key, value)| flatten(config, kind, &format!("{path}/{key}"), value, found)),
        Value::Array(items) if items.iter().any(Value::is_object) => {
            items.iter().enumerate().for_each(|(at, value)| {
                flatten(config, kind, &format!("{path}/{at}"), value, found)
            });
        }
        Value::Array(items) if items.is_empty() => {}
        Value::Array(items) => {
            let texts: Vec<String> = items.iter().map(|item| text(config, item)).collect();
            found.push((label(kind, path), texts.join(", ")));
        }
        value => found.push((label(kind, path), text(config, value))),
    }
}

fn text(config: &Configuration, value: &Value) -> String {
    match value {
        Value::String(text) => config
            .get(&ObjectId(text.clone()))
            .map_or_else(|| text.clone(), core::shown_name),
        Value::Bool(true) => "on".to_owned(),
        Value::Bool(false) => "off".to_owned(),
        other => other.to_string(),
    }
}

/// "Row 1: Local port".
fn label(kind: Kind, path: &str) -> String {
    let words = core::field_words(kind, path).label;
    let last = path
        .rsplit('/')
        .find(|part| part.parse::<usize>().is_err())
        .unwrap_or(path);
    let name = match words {
        "" => last.rsplit('.').next().unwrap_or(last).replace('_', " "),
        words => words.to_owned(),
    };
    match path.split('/').find_map(|part| part.parse::<usize>().ok()) {
        Some(row) => format!("Row {}: {name}", row + 1),
        None => name,
    }
}

#[component]
fn Files(config: Arc<Configuration>) -> impl IntoView {
    let stacks: Vec<(String, String)> = config
        .of_kind(Kind::Stack)
        .into_iter()
        .map(|(id, object)| {
            let image = core::contents(&config, object);
            let name = core::shown_name(object);
            (
                id.0.clone(),
                if image.is_empty() {
                    name
                } else {
                    format!("{image}.{name}")
                },
            )
        })
        .collect();
    if stacks.is_empty() {
        return view! { <EmptyState title="No files"><p>"This revision has no stack, so it writes no file."</p></EmptyState> }.into_any();
    }
    let stack = RwSignal::new(stacks.first().map(|(id, _)| id.clone()).unwrap_or_default());
    let files = Memo::new(move |_| core::compile(&config, &ObjectId(stack.get())).map(Arc::new));
    let part = move |which: fn(&Compiled) -> &CompiledFile, title: &'static str| {
        let path = Memo::new(move |_| {
            files.with(|files| {
                files
                    .as_ref()
                    .map(|files| which(files).path.clone())
                    .unwrap_or_default()
            })
        });
        let text = Memo::new(move |_| {
            files.with(|files| {
                files
                    .as_ref()
                    .map(|files| which(files).text.clone())
                    .unwrap_or_default()
            })
        });
        view! {
            <section class="file">
                <h2>{title} " " <code>{path}</code></h2>
                <CodeView label=title text />
            </section>
        }
    };
    view! {
        <div class="narrow"><Select face=Face::new("Stack") options=Signal::stored(stacks) value=stack on_change=move |id| stack.set(id) /></div>
        {part(|files| &files.policy, "Policy file")}
        {part(|files| &files.image, "Image file")}
        {part(|files| &files.main, "Main file")}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use generator::objects::{Entry, TrafficDescriptor, TrafficRow};

    #[test]
    fn fields_are_told_by_their_labels_and_rows() {
        let row = TrafficRow {
            local_port: Entry::read("1414"),
            ..TrafficRow::default()
        };
        let object: Object = TrafficDescriptor {
            name: "MQ".into(),
            rows: vec![TrafficRow::default(), row],
            ..TrafficDescriptor::default()
        }
        .into();
        let found = fields(&Configuration::default(), &object);
        assert!(
            found.contains(&("Name".to_owned(), "MQ".to_owned())),
            "{found:?}"
        );
        assert!(
            found.contains(&("Row 2: Local port".to_owned(), "1414".to_owned())),
            "{found:?}"
        );
    }
}
