//! Putting the store into the archive, and deleting it for good.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::not_mine;
use crate::api::store::StoreChange;
use crate::ui::{Button, Face, Look, TextField};
use crate::workspace::Workspace;
use crate::{api, paths};

#[component]
pub fn End() -> impl IntoView {
    let workspace = Workspace::here();
    let archived = Memo::new(move |_| {
        workspace
            .summary
            .with(|summary| summary.as_ref().is_some_and(|summary| summary.archived))
    });
    let failed = RwSignal::new(None::<String>);
    let change = move |archived: bool| {
        spawn_local(async move {
            let change = StoreChange {
                archived: Some(archived),
                ..StoreChange::default()
            };
            failed.set(
                api::change_store(&workspace.name(), &change)
                    .await
                    .err()
                    .map(|failure| failure.words()),
            );
            workspace.reload().await;
        })
    };
    let blocked = not_mine();
    view! {
        <section class="section" aria-labelledby="archive-title">
            <h2 id="archive-title">"Archive"</h2>
            {move || failed.get().map(|why| view! { <p class="error" role="alert">{why}</p> })}
            {move || match archived.get() {
                false => view! {
                    <p class="soft">"An archived store is left out of the list and cannot be changed. Everything of it stays, and it can be taken out again."</p>
                    <div><Button label="Archive the store" blocked on_press=move || change(true) /></div>
                }.into_any(),
                true => view! {
                    <p>"The store is archived: it can be read and not changed."</p>
                    <div><Button label="Take it out of the archive" look=Look::Primary blocked on_press=move || change(false) /></div>
                    <Delete failed />
                }.into_any(),
            }}
        </section>
    }
}

/// Nothing brings a deleted store back, so its name is typed.
#[component]
fn Delete(failed: RwSignal<Option<String>>) -> impl IntoView {
    let workspace = Workspace::here();
    let typed = RwSignal::new(String::new());
    let fixed = not_mine();
    let blocked = Signal::derive(move || {
        fixed.get().or_else(|| {
            (typed.get() != workspace.name())
                .then(|| "Type the name of the store first.".to_owned())
        })
    });
    let navigate = use_navigate();
    let delete = StoredValue::new(move || {
        let navigate = navigate.clone();
        spawn_local(async move {
            match api::revisions::delete_store(&workspace.name()).await {
                Ok(()) => navigate(paths::STORES, NavigateOptions::default()),
                Err(failure) => failed.set(Some(failure.words())),
            }
        });
    });
    let help = format!(
        "All revisions, drafts and installs of {} go for good; its lines in the audit stay. Export it first if in doubt.",
        workspace.name()
    );
    view! {
        <form class="stack narrow" on:submit=move |event| { event.prevent_default(); if blocked.get_untracked().is_none() { delete.get_value()() } }>
            <TextField face=Face::new("Name of the store, to delete it").help(help) value=typed on_input=move |text| typed.set(text) />
            <div><Button label="Delete the store for good" look=Look::Danger submit=true blocked /></div>
        </form>
    }
}
