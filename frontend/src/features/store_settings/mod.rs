//! Members and settings of a store: who may do what, description, freeze, archive, audit.

mod about;
mod audit;
mod end;
mod freeze;
mod members;

use leptos::prelude::*;

use crate::api::account::Role;
use crate::frame::{Page, Pane, use_query};
use crate::session::Session;
use crate::ui::Tabs;
use crate::workspace::Workspace;

#[component]
pub fn SettingsPage() -> impl IntoView {
    Pane::here().step_aside();
    let workspace = Workspace::here();
    let archived = Memo::new(move |_| {
        workspace
            .summary
            .with(|summary| summary.as_ref().is_some_and(|summary| summary.archived))
    });
    let (tab, set_tab) = use_query("tab");
    let shown = Memo::new(move |_| {
        if tab.get() == "audit" {
            "audit".to_owned()
        } else {
            "settings".to_owned()
        }
    });
    view! {
        <Page title="Members and settings" of=workspace.name()>
            <Tabs id="settings" label="Parts of the settings" tabs=vec![("settings", "Members and settings"), ("audit", "Audit")] selected=shown
                on_select=move |key: String| set_tab.run(if key == "audit" { key } else { String::new() }) />
            <div id="settings-panel" role="tabpanel" aria-labelledby=move || format!("settings-{}", shown.get()) class="tab-panel">
                {move || match shown.get().as_str() {
                    "audit" => view! { <audit::Audit /> }.into_any(),
                    _ => view! {
                        <div class="sections">
                            <members::Members />
                            <about::About />
                            {move || (!archived.get()).then(|| view! { <freeze::FreezeSection /> })}
                            <end::End />
                        </div>
                    }.into_any(),
                }}
            </div>
        </Page>
    }
}

/// Why I cannot change the store's settings.
fn not_mine() -> Signal<Option<String>> {
    let (workspace, session) = (Workspace::here(), Session::here());
    // A memo: what depends on it stays as it is when the store is read again.
    let why = Memo::new(move |_| {
        let of_store = workspace.summary.with(|summary| {
            summary
                .as_ref()
                .is_some_and(|summary| summary.role == Role::Administrator)
        });
        (!of_store && !session.administrator())
            .then(|| "Only administrators of this store change this.".to_owned())
    });
    why.into()
}
