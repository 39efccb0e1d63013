//! What the store's policies do: all findings, and which rule a connection meets.

use generator::objects::{Kind, ObjectId};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use crate::core;
use crate::frame::{Page, Problems, go_to, use_query};
use crate::ui::{Tabs, told};
use crate::workspace::Workspace;

#[component]
pub fn AnalysisPage() -> impl IntoView {
    let workspace = Workspace::here();
    let (tab, set_tab) = use_query("tab");
    let simulates = Memo::new(move |_| tab.get() == "simulator");
    let selected = Signal::derive(move || {
        if simulates.get() {
            "simulator"
        } else {
            "findings"
        }
        .to_owned()
    });
    view! {
        <Page title="Analysis" of=workspace.name()>
            <Tabs id="analysis" label="Parts of the analysis" tabs=vec![("findings", "Findings"), ("simulator", "Simulator")] selected on_select=set_tab />
            <div role="tabpanel" id="analysis-panel" aria-labelledby=move || format!("analysis-{}", selected.get())>
                {move || if simulates.get() {
                    view! { <Simulator /> }.into_any()
                } else {
                    view! { <Problems /> }.into_any()
                }}
            </div>
        </Page>
    }
}

#[component]
fn Simulator() -> impl IntoView {
    let workspace = Workspace::here();
    let (line, set_line) = use_query("connection");
    let navigate = use_navigate();
    let stacks = Memo::new(move |_| {
        workspace.settled.with(|config| {
            let stacks = config.of_kind(Kind::Stack).into_iter();
            let named = stacks.map(|(id, object)| [id.0.clone(), core::shown_name(object)]);
            serde_json::Value::from_iter(named.map(Vec::from)).to_string()
        })
    });
    let go = told(move |place| {
        if let Ok([object, field]) = serde_json::from_str::<[String; 2]>(&place) {
            go_to(workspace, &navigate, &ObjectId(object), &field);
        }
    });
    view! {
        {move || (stacks.get() == "[]").then(|| view! { <p class="soft">"There is no stack yet."</p> })}
        <policy-simulator store=workspace.name() prop:stacks=stacks prop:stored=move || !workspace.storing.get() prop:line=line
            on:asked=told(move |text| set_line.run(text)) on:go=go></policy-simulator>
    }
}
