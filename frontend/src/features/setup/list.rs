//! The stacks, and how far the set-up of each is.

use std::sync::Arc;

use generator::objects::{Kind, ObjectId};
use generator::sort;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::Setup;
use crate::core;
use crate::frame::{Page, Pane, use_query};
use crate::paths;
use crate::ui::{Button, Chip, Column, DataTable, EmptyState, SearchField};
use crate::words;
use crate::workspace::Workspace;

#[derive(Clone, Debug, PartialEq)]
struct Row {
    id: ObjectId,
    name: String,
    href: String,
    state: Result<(usize, usize, usize), String>,
}

#[component]
pub fn SetupListPage() -> impl IntoView {
    let workspace = Workspace::here();
    Pane::here().step_aside();
    let (filter, set_filter) = use_query("q");
    let all = Memo::new(move |_| {
        workspace.settled.with(|config| {
            let mut rows: Vec<Row> = config
                .of_kind(Kind::Stack)
                .into_iter()
                .map(|(id, object)| {
                    row(
                        config,
                        &workspace.name(),
                        id,
                        core::contents(config, object),
                    )
                })
                .collect();
            sort::by(&mut rows, |a, b| a.name.cmp(&b.name));
            rows
        })
    });
    let rows = Memo::new(move |_| {
        let needle = filter.get().to_lowercase();
        all.with(|all| {
            Arc::new(
                all.iter()
                    .filter(|row| row.name.to_lowercase().contains(&needle))
                    .cloned()
                    .collect::<Vec<_>>(),
            )
        })
    });
    let navigate = use_navigate();
    let open = Callback::new(move |row: Row| navigate(&row.href, NavigateOptions::default()));
    let empty = ViewFn::from(move || {
        if filter.with(String::is_empty) {
            view! {
                <EmptyState title="No stack yet">
                    <p>"The set-up page of a stack writes what its policy files need around them: TCP/IP profile, RACF jobs, procedures, key rings. Make a stack first."</p>
                    <a class="cds--btn cds--btn--sm cds--btn--primary" href=paths::guided(&workspace.name())>"Protect an application"</a>
                </EmptyState>
            }.into_any()
        } else {
            view! {
                <EmptyState title="No stack fits the filter">
                    <p>{move || format!("The filter “{}” hides all of them.", filter.get())}</p>
                    <Button label="Clear the filter" on_press=move || set_filter.run(String::new()) />
                </EmptyState>
            }.into_any()
        }
    });
    view! {
        <Page title="Set-up" of=workspace.name()>
            <div class="toolbar">
                <SearchField label="Filter stacks" placeholder="Image or stack" value=filter on_input=set_filter />
            </div>
            <DataTable id="setup" label="Set-up of the stacks" rows key=|row: &Row| row.id.0.clone() name=|row: &Row| row.name.clone() columns=columns() on_open=open empty />
        </Page>
    }
}

fn row(
    config: &generator::objects::Configuration,
    store: &str,
    id: &ObjectId,
    image: String,
) -> Row {
    let stack = core::name_of(config, id);
    let state = Setup::of(config, id).map(|setup| {
        let ready = setup
            .parts
            .iter()
            .filter(|part| part.missing.is_empty())
            .count();
        (setup.open().len(), ready, setup.parts.len())
    });
    Row {
        id: id.clone(),
        name: if image.is_empty() {
            stack
        } else {
            format!("{image}.{stack}")
        },
        href: paths::setup_of(store, id),
        state,
    }
}

fn columns() -> Vec<Column<Row>> {
    vec![
        Column::new("name", "Stack", "30%", |row: &Row| {
            view! { <a href=row.href.clone()>{row.name.clone()}</a> }.into_any()
        })
        .sorted(|row| row.name.clone()),
        Column::new("questions", "Questions", "16rem", |row: &Row| {
            match &row.state {
                Ok((0, ..)) => view! { <Chip text="all answered" colour="green" /> }.into_any(),
                Ok((open, ..)) => words::count(*open, "open question", "open questions").into_any(),
                Err(_) => ().into_any(),
            }
        })
        .sorted(|row| {
            row.state
                .as_ref()
                .map_or(String::new(), |(open, ..)| open.to_string())
        }),
        Column::new("parts", "Ready", "", |row: &Row| match &row.state {
            Ok((_, ready, all)) => {
                format!("{ready} of {}", words::count(*all, "part", "parts")).into_any()
            }
            Err(why) => view! { <span class="soft">{why.clone()}</span> }.into_any(),
        }),
    ]
}
