//! Files of the Policy Agent from elsewhere: which leads to which, what is wrong in them, mending it, and taking
//! them over. The element keeps the files in memory and asks the policy language and the server; what is
//! taken over becomes one step of the draft.

use leptos::prelude::*;

use crate::api;
use crate::api::draft::Draft;
use crate::frame::{Page, Pane};
use crate::workspace::Workspace;

#[component]
pub fn ImportPage() -> impl IntoView {
    let workspace = Workspace::here();
    Pane::here().step_aside();
    // What the element waits for while something is being stored is empty.
    let state = Memo::new(move |_| {
        let stored = workspace.draft.with(|draft| draft.stored_at.clone());
        let revision = workspace.head.with(|head| head.revision);
        if workspace.storing.get() {
            return String::new();
        }
        serde_json::json!([revision, stored, workspace.closed(), workspace.frozen()]).to_string()
    });
    let take_over = move |event: web_sys::CustomEvent| {
        let changes = event.detail().as_string();
        let changes = changes.and_then(|text| api::parse::<Draft>(&text).ok());
        if !changes.is_some_and(|changes| workspace.edit_seen(changes)) {
            event.prevent_default();
        }
    };
    view! {
        <Page title="Import" of=workspace.name()>
            <policy-desk store=workspace.name() prop:state=state on:take-over=take_over></policy-desk>
        </Page>
    }
}
