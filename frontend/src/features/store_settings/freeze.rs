//! Freezing the store for a change window.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;

use super::not_mine;
use crate::api::store::{Freeze, NewFreeze};
use crate::ui::{Button, Face, Look, TextField};
use crate::workspace::Workspace;
use crate::{api, words};

#[component]
pub fn FreezeSection() -> impl IntoView {
    let workspace = Workspace::here();
    let frozen = Memo::new(move |_| {
        workspace
            .state
            .with(|state| state.as_ref().and_then(|state| state.frozen.clone()))
    });
    let failed = RwSignal::new(None::<String>);
    view! {
        <section class="section" aria-labelledby="freeze-title">
            <h2 id="freeze-title">"Freeze"</h2>
            {move || failed.get().map(|why| view! { <p class="error" role="alert">{why}</p> })}
            {move || match frozen.get() {
                Some(freeze) => view! { <Frozen freeze failed /> }.into_any(),
                None => view! { <Ask failed /> }.into_any(),
            }}
        </section>
    }
}

/// Shows what the server says now, in the bands too.
fn told(workspace: Workspace, failed: RwSignal<Option<String>>, answer: api::Answer<()>) {
    failed.set(answer.err().map(|failure| failure.words()));
    spawn_local(workspace.poll());
}

#[component]
fn Frozen(freeze: Freeze, failed: RwSignal<Option<String>>) -> impl IntoView {
    let workspace = Workspace::here();
    let lift = move || {
        spawn_local(async move {
            let answer = api::revisions::lift_freeze(&workspace.name()).await;
            told(workspace, failed, answer);
        })
    };
    let until = freeze.until.map(|until| view! { <dt>"Until"</dt> <dd><words::Moment at=until /> ", then somebody must lift it"</dd> });
    view! {
        <dl class="facts">
            <dt>"Frozen by"</dt> <dd>{freeze.by.clone()}</dd>
            <dt>"Reason"</dt> <dd>{freeze.reason}</dd>
            <dt>"Since"</dt> <dd><words::Moment at=freeze.since /></dd>
            {until}
        </dl>
        <p class="soft">{format!("{} saves, restores and installs. Everybody else edits drafts and waits.", freeze.by)}</p>
        <div><Button label="Lift the freeze" look=Look::Tertiary blocked=not_mine() on_press=lift /></div>
    }
}

#[component]
fn Ask(failed: RwSignal<Option<String>>) -> impl IntoView {
    let workspace = Workspace::here();
    let (reason, until) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let freeze = move || {
        let asked = NewFreeze {
            reason: reason.get_untracked().trim().to_owned(),
            until: utc(&until.get_untracked()),
        };
        if asked.reason.is_empty() {
            failed.set(Some(
                "Give a reason: it is shown to everybody who opens the store.".to_owned(),
            ));
            return;
        }
        spawn_local(async move {
            let answer = api::revisions::freeze(&workspace.name(), &asked).await;
            told(workspace, failed, answer);
        });
    };
    let fixed = not_mine();
    let read_only = Signal::derive(move || fixed.get().is_some());
    view! {
        <p class="soft">"For a change window: nobody but you saves, restores or installs until the freeze is lifted. Drafts can be edited all the time."</p>
        <form class="stack narrow" on:submit=move |event| { event.prevent_default(); if !read_only.get_untracked() { freeze() } }>
            <TextField face=Face::new("Reason").help("Shown to everybody who opens the store.").read_only(read_only) value=reason on_input=move |text| reason.set(text) />
            <TextField face=Face::new("Until (optional)").help("Said to people; a freeze ends only when it is lifted.").read_only(read_only) kind="datetime-local" value=until on_input=move |text| until.set(text) />
            <div><Button label="Freeze the store" look=Look::Tertiary submit=true blocked=fixed /></div>
        </form>
    }
}

/// Local time from the input as RFC 3339 in UTC.
fn utc(local: &str) -> Option<String> {
    if local.is_empty() {
        return None;
    }
    let date = js_sys::Date::new(&JsValue::from_str(local));
    (!date.get_time().is_nan()).then(|| String::from(date.to_iso_string()))
}
