//! What the lists and pages of the reusable objects have in common.

mod uses;

use std::sync::Arc;

use generator::finding::Severity;
use generator::objects::{Kind, Object, ObjectId};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::core;
use crate::editors;
use crate::filter::Facts;
use crate::form::{Cell, finding_mark};
use crate::frame::{NotFound, ObjectBand, Page, id_of_page, use_query};
use crate::ui::shortcuts::Shortcuts;
use crate::ui::{
    Button, Chip, Column, DataTable, EmptyState, Item, Look, RowAction, SearchField, counted,
};
use crate::workspace::Workspace;
use crate::{paths, words};

/// One object in a list.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    id: ObjectId,
    name: String,
    href: String,
    description: String,
    contents: String,
    supplied: bool,
    used: usize,
    worst: Option<(usize, Severity)>,
    facts: Facts,
}

#[component]
pub fn ObjectList(kind: Kind) -> impl IntoView {
    let workspace = Workspace::here();
    let (filter, set_filter) = use_query("q");
    let all = rows_of(workspace, kind);
    let rows = Memo::new(move |_| {
        let needle = filter.get().to_lowercase();
        let fits = |row: &&Row| row.facts.fit(&needle);
        Arc::new(all.with(|all| all.iter().filter(fits).cloned().collect::<Vec<_>>()))
    });
    let navigate = use_navigate();
    let go = Callback::new(move |id: ObjectId| {
        navigate(
            &paths::object(&workspace.name(), kind, &id),
            NavigateOptions::default(),
        )
    });
    let new = Callback::new(move |()| {
        go.run(editors::create_blank(workspace, kind));
    });
    let blocked = Signal::derive(move || workspace.closed());
    expect_context::<Shortcuts>().add_unless(blocked, "n", "New", new);
    let actions = ViewFn::from(
        move || view! { <Button label=format!("New {}", kind.singular()) look=Look::Primary icon="add" blocked on_press=new /> },
    );
    let delete = Callback::new(move |row: Row| {
        workspace.try_delete(&row.id);
    });
    let empty = ViewFn::from(move || {
        if filter.with(String::is_empty) {
            view! {
                <EmptyState title=format!("No {} yet", kind.plural().to_lowercase())>
                    <p>{purpose(kind)}</p>
                    <Button label=format!("New {}", kind.singular()) look=Look::Primary icon="add" blocked on_press=new />
                </EmptyState>
            }.into_any()
        } else {
            view! {
                <EmptyState title="Nothing fits the filter">
                    <p>{move || format!("The filter “{}” hides {}.", filter.get(), words::count(all.with(|all| all.len()), "object", "objects"))}</p>
                    <Button label="Clear the filter" on_press=move || set_filter.run(String::new()) />
                </EmptyState>
            }.into_any()
        }
    });
    view! {
        <Page title=kind.plural() of=workspace.name() actions>
            <div class="toolbar">
                <SearchField label=format!("Filter {}", kind.plural().to_lowercase()) placeholder="Name, contents; uses:NAME, port:1414, tag:NAME, unused, finding" value=filter on_input=set_filter />
                <span class="toolbar-count">{counted(all.into(), rows.into())}</span>
            </div>
            <DataTable id=kind.word() label=kind.plural() rows key=|row| row.id.0.clone() name=|row| row.name.clone()
                columns=columns(kind) on_open=move |row: Row| go.run(row.id) actions=actions_of(workspace, go) on_delete=delete empty />
        </Page>
    }
}

fn purpose(kind: Kind) -> &'static str {
    match kind {
        Kind::AddressGroup => {
            "An address group names addresses, prefixes and ranges, for use in rules."
        }
        Kind::TrafficDescriptor => {
            "A traffic descriptor names the ports, jobs and directions of an application."
        }
        Kind::SecurityLevel => {
            "A security level says which TLS versions, cipher suites and certificates are required."
        }
        Kind::RequirementMap => {
            "A requirement map says which traffic is protected how; many rules can share it."
        }
        Kind::Group | Kind::Image | Kind::Stack | Kind::Rule => "",
    }
}

fn rows_of(workspace: Workspace, kind: Kind) -> Memo<Arc<Vec<Row>>> {
    let store = workspace.name();
    Memo::new(move |_| {
        workspace.settled.with(|config| {
            let users = core::used_by(config);
            let findings = workspace.findings.get();
            let row = |(id, object): (&ObjectId, &Object)| {
                let (name, contents) = (core::shown_name(object), core::contents(config, object));
                let (used, worst) = (users.get(id).map_or(0, Vec::len), findings.worst(id));
                let marks = [("unused", used == 0), ("finding", worst.is_some())];
                Row {
                    facts: Facts {
                        uses: core::names_used(config, object),
                        ports: core::ports_of(object),
                        ..Facts::new(
                            &[&name, object.description(), &contents],
                            object.tags(),
                            &marks,
                        )
                    },
                    id: id.clone(),
                    name,
                    href: paths::object(&store, kind, id),
                    description: object.description().to_owned(),
                    contents,
                    supplied: object.supplied(),
                    used,
                    worst,
                }
            };
            let rows = config.of_kind(kind).into_iter().map(row);
            Arc::new(rows.collect())
        })
    })
}

fn columns(kind: Kind) -> Vec<Column<Row>> {
    let contents = match kind {
        Kind::AddressGroup => "Addresses",
        Kind::TrafficDescriptor => "Ports",
        Kind::SecurityLevel => "Protection",
        _ => "Mappings",
    };
    vec![
        Column::new("name", "Name", "30%", |row: &Row| {
            let supplied = row.supplied.then(|| view! { " " <Chip text="supplied" /> });
            view! { <a href=row.href.clone()>{row.name.clone()}</a> {supplied} }.into_any()
        })
        .narrow(170.0, 0)
        .sorted(|row| row.name.clone()),
        Column::new("contents", contents, "", |row: &Row| {
            view! { <span class="clip" title=row.contents.clone()>{row.contents.clone()}</span> }
                .into_any()
        })
        .narrow(150.0, 0)
        .sorted(|row| row.contents.clone()),
        Column::new("description", "Description", "26%", |row: &Row| {
            view! { <span class="clip">{row.description.clone()}</span> }.into_any()
        })
        .narrow(140.0, 9)
        .sorted(|row| row.description.clone()),
        Column::new("used", "Used by", "6.5rem", |row: &Row| match row.used {
            0 => view! { <span class="soft">"unused"</span> }.into_any(),
            used => used.to_string().into_any(),
        })
        .narrow(90.0, 1)
        .sorted(|row| row.used.to_string()),
        Column::new("findings", "Findings", "6.5rem", |row: &Row| {
            finding_mark(row.worst)
        })
        .narrow(96.0, 1)
        .sorted(|row| row.worst.map_or(0, |(count, _)| count).to_string()),
    ]
}

fn actions_of(workspace: Workspace, go: Callback<ObjectId>) -> RowAction<Row> {
    Arc::new(move |row: &Row| {
        let id = row.id.clone();
        let open = {
            let id = id.clone();
            Callback::new(move |()| go.run(id.clone()))
        };
        let copy = {
            let id = id.clone();
            Callback::new(move |()| {
                if let Some(copy) = copy_of(workspace, &id) {
                    go.run(copy)
                }
            })
        };
        let kept = untrack(|| workspace.undeletable(&id));
        vec![
            Item::Act("Open".to_owned(), open),
            Item::unless(untrack(|| workspace.closed()), "Copy", copy),
            Item::unless(kept, "Delete", move || {
                workspace.try_delete(&id);
            }),
        ]
    })
}

/// Makes a copy under a free name.
pub fn copy_of(workspace: Workspace, id: &ObjectId) -> Option<ObjectId> {
    let object = workspace
        .config
        .with_untracked(|config| config.get(id).cloned())?;
    let name = workspace.free_name(object.kind(), &format!("{}_COPY", object.name()));
    let words = format!("copy {}", core::called(&object));
    let json = core::with_field(&object, "name", Some(name.into())).ok()?;
    let copy = core::with_field(&json, "supplied", None).unwrap_or(json);
    Some(workspace.create(words, copy))
}

/// The page of one object: its form, and who uses it.
#[component]
pub fn ObjectView(kind: Kind) -> impl IntoView {
    let id = id_of_page();
    let workspace = Workspace::here();
    let there = Memo::new(move |_| {
        let id = id.get();
        workspace
            .config
            .with(|config| config.get(&id).is_some_and(|object| object.kind() == kind))
            .then_some(id)
    });
    view! {
        {move || match there.get() {
            Some(id) => view! { <Found id kind /> }.into_any(),
            None => view! { <NotFound /> }.into_any(),
        }}
    }
}

#[component]
fn Found(id: ObjectId, kind: Kind) -> impl IntoView {
    let workspace = Workspace::here();
    let cell = Cell::new(id.clone(), kind);
    let title = Memo::new(move |_| {
        cell.object
            .with(|object| object.as_deref().map(core::shown_name).unwrap_or_default())
    });
    let list = paths::list(&workspace.name(), kind);
    let trail = Signal::stored(vec![(kind.plural().to_owned(), list)]);
    let nameless = cell.object.with_untracked(|object| {
        object
            .as_deref()
            .is_some_and(|object: &Object| object.name().is_empty())
    });
    let (navigate, own) = (use_navigate(), id.clone());
    let copy = Callback::new(move |()| {
        if let Some(copy) = copy_of(workspace, &own) {
            navigate(
                &paths::object(&workspace.name(), kind, &copy),
                NavigateOptions::default(),
            );
        }
    });
    let blocked = Signal::derive(move || workspace.closed());
    let actions = ViewFn::from(move || view! { <Button label="Copy" blocked on_press=copy /> });
    view! {
        <Page title trail of=workspace.name() actions>
            <ObjectBand cell />
            <div class="stack">{editors::form(cell, nameless)}</div>
            <uses::Uses id kind />
        </Page>
    }
}
