//! Members and settings of a store: who may do what, description, freeze, archive, audit.

mod about;
mod audit;
mod end;
mod freeze;
mod members;

use leptos::prelude::*;

use crate::api::account::Role;
use crate::frame::{Page, use_query};
use crate::session::Session;
use crate::ui::Tabs;
use crate::workspace::Workspace;

#[component]
pub fn SettingsPage() -> impl IntoView {
    let workspace = Workspace::here();
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
                            <freeze::FreezeSection />
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
    Signal::derive(move || {
        let of_store = workspace.summary.with(|summary| {
            summary
                .as_ref()
                .is_some_and(|summary| summary.role == Role::Administrator)
        });
        (!of_store && !session.administrator())
            .then(|| "Only administrators of this store change this.".to_owned())
    })
}
