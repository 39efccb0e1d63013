//! Name and description of the store.

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
pub fn About() -> impl IntoView {
    let workspace = Workspace::here();
    let known = workspace.summary.get_untracked();
    let name = RwSignal::new(workspace.name());
    let description = RwSignal::new(known.map(|summary| summary.description).unwrap_or_default());
    let (failed, done) = (RwSignal::new(None::<String>), RwSignal::new(false));
    let fixed = not_mine();
    let read_only = Signal::derive(move || fixed.get().is_some());
    let navigate = use_navigate();
    let change = StoredValue::new(move || {
        let navigate = navigate.clone();
        spawn_local(async move {
            let (old, new) = (workspace.name(), name.get_untracked().trim().to_owned());
            let change = StoreChange {
                name: Some(new.clone()).filter(|new| *new != old),
                description: Some(description.get_untracked()),
                archived: None,
            };
            match api::change_store(&old, &change).await {
                Ok(()) if new != old => navigate(
                    &paths::settings(&new),
                    NavigateOptions {
                        replace: true,
                        ..NavigateOptions::default()
                    },
                ),
                Ok(()) => {
                    failed.set(None);
                    done.set(true);
                    workspace.reload().await;
                }
                Err(failure) => failed.set(Some(failure.words())),
            }
        });
    });
    let typed = move |field: RwSignal<String>| {
        move |text: String| {
            field.set(text);
            done.set(false)
        }
    };
    view! {
        <section class="section" aria-labelledby="about-title">
            <h2 id="about-title">"Name and description"</h2>
            <form class="stack narrow" on:submit=move |event| { event.prevent_default(); if !read_only.get_untracked() { change.get_value()() } }>
                <TextField face=Face::new("Name").help("1 to 64 letters, digits or _ - . Addresses that people have noted change with it.").required().read_only(read_only)
                    value=name on_input=typed(name) />
                <TextField face=Face::new("Description").read_only(read_only) value=description on_input=typed(description) />
                {move || failed.get().map(|why| view! { <p class="error" role="alert">{why}</p> })}
                <div><Button label="Change name and description" look=Look::Tertiary submit=true blocked=fixed /></div>
                <p role="status">{move || done.get().then_some("The description is changed.")}</p>
            </form>
        </section>
    }
}
