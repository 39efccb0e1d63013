//! The stacks, and how far the set-up of each is.

use std::sync::Arc;

use api::setup::SetupProgress;
use generator::objects::{Kind, ObjectId};
use generator::sort;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::{full_name, heard};
use crate::api::{self as server, Failure};
use crate::frame::{Page, Pane, use_query};
use crate::paths;
use crate::ui::{Band, Button, Chip, Column, DataTable, EmptyState, SearchField, Tone};
use crate::words;
use crate::workspace::Workspace;

#[derive(Clone, Debug, PartialEq)]
struct Row {
    id: ObjectId,
    name: String,
    href: String,
    /// `None`: not known yet.
    progress: Option<SetupProgress>,
}

#[component]
pub fn SetupListPage() -> impl IntoView {
    let workspace = Workspace::here();
    Pane::here().step_aside();
    let (filter, set_filter) = use_query("q");
    let heard = heard(workspace, move || {
        let store = workspace.name();
        async move { server::setup_progress(&store).await }
    });
    let failed =
        Memo::new(move |_| heard.with(|heard| heard.as_ref()?.as_ref().err().map(Failure::words)));
    let all = Memo::new(move |_| {
        let known = heard.get().and_then(Result::ok).unwrap_or_default();
        workspace.settled.with(|config| {
            let mut rows: Vec<Row> = config
                .of_kind(Kind::Stack)
                .into_iter()
                .map(|(id, _)| Row {
                    id: id.clone(),
                    name: full_name(config, id),
                    href: paths::setup_of(&workspace.name(), id),
                    progress: known.iter().find(|known| known.stack == *id).cloned(),
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
            {move || failed.get().map(|why| view! { <Band tone=Tone::Error>{why}</Band> })}
            <DataTable id="setup" label="Set-up of the stacks" rows key=|row: &Row| row.id.0.clone() name=|row: &Row| row.name.clone() columns=columns() on_open=open empty />
        </Page>
    }
}

fn columns() -> Vec<Column<Row>> {
    vec![
        Column::new("name", "Stack", "30%", |row: &Row| {
            view! { <a href=row.href.clone()>{row.name.clone()}</a> }.into_any()
        })
        .sorted(|row| row.name.clone()),
        Column::new("questions", "Questions", "16rem", |row: &Row| {
            match &row.progress {
                Some(SetupProgress {
                    refused: None,
                    open: 0,
                    ..
                }) => view! { <Chip text="all answered" colour="green" /> }.into_any(),
                Some(SetupProgress {
                    refused: None,
                    open,
                    ..
                }) => words::count(*open, "open question", "open questions").into_any(),
                _ => ().into_any(),
            }
        })
        .sorted(|row| {
            let known = row
                .progress
                .as_ref()
                .filter(|known| known.refused.is_none());
            known.map_or(String::new(), |known| known.open.to_string())
        }),
        Column::new("parts", "Ready", "", |row: &Row| match &row.progress {
            Some(SetupProgress {
                refused: Some(why), ..
            }) => view! { <span class="soft">{why.clone()}</span> }.into_any(),
            Some(known) => format!(
                "{} of {}",
                known.ready,
                words::count(known.parts, "part", "parts")
            )
            .into_any(),
            None => ().into_any(),
        }),
    ]
}
