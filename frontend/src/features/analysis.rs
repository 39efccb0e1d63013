//! What the store's policies do: all findings, which rule a connection meets, and whether it is what is
//! expected.

use generator::objects::{Configuration, Kind, ObjectId, systems};
use leptos::prelude::*;

use crate::core;
use crate::frame::{Page, Problems, goes_to, use_query};
use crate::ui::{Tabs, told};
use crate::workspace::Workspace;

const TABS: [(&str, &str); 3] = [
    ("findings", "Findings"),
    ("simulator", "Simulator"),
    ("tests", "Policy tests"),
];

#[component]
pub fn AnalysisPage() -> impl IntoView {
    let workspace = Workspace::here();
    let (tab, set_tab) = use_query("tab");
    let selected = Memo::new(move |_| {
        let known = TABS.iter().find(|(key, _)| tab.with(|tab| tab == key));
        known.map_or("findings", |(key, _)| *key).to_owned()
    });
    view! {
        <Page title="Analysis" of=workspace.name()>
            <Tabs id="analysis" label="Parts of the analysis" tabs=TABS.to_vec() selected on_select=set_tab />
            <div role="tabpanel" id="analysis-panel" aria-labelledby=move || format!("analysis-{}", selected.get())>
                {move || match selected.get().as_str() {
                    "simulator" => view! { <Simulator /> }.into_any(),
                    "tests" => view! { <Tests /> }.into_any(),
                    _ => view! { <Problems /> }.into_any(),
                }}
            </div>
        </Page>
    }
}

#[component]
fn Simulator() -> impl IntoView {
    let workspace = Workspace::here();
    let (line, set_line) = use_query("connection");
    let stacks = Memo::new(move |_| {
        workspace.settled.with(|config| {
            let stacks = config.of_kind(Kind::Stack).into_iter();
            let named = stacks.map(|(id, object)| [id.0.clone(), core::shown_name(object)]);
            serde_json::Value::from_iter(named.map(Vec::from)).to_string()
        })
    });
    view! {
        {move || (stacks.get() == "[]").then(|| view! { <p class="soft">"There is no stack yet."</p> })}
        <policy-simulator store=workspace.name() prop:stacks=stacks prop:stored=move || !workspace.storing.get() prop:line=line
            on:asked=told(move |text| set_line.run(text)) on:go=goes_to(workspace)></policy-simulator>
    }
}

/// The policy tests of a stack, an image or a group.
#[component]
fn Tests() -> impl IntoView {
    let workspace = Workspace::here();
    let (asked, set_owner) = use_query("of");
    let owners = Memo::new(move |_| workspace.settled.with(|config| owners(config)));
    let owner = Memo::new(move |_| {
        let asked = asked.get();
        owners.with(|all| {
            let known = all.iter().find(|[id, ..]| *id == asked);
            let known = known.or_else(|| all.first());
            known.map(|[id, ..]| id.clone()).unwrap_or_default()
        })
    });
    let object = move || workspace.object(&ObjectId(owner.get()));
    // Both at once: the texts of two may be the same.
    let shown = Memo::new(move |_| {
        let object = object();
        let tests = object.as_ref().and_then(systems::tests_of);
        let shown = [owner.get(), tests.unwrap_or_default().to_owned()];
        serde_json::Value::from_iter(shown).to_string()
    });
    let closed = Memo::new(move |_| {
        let why = workspace.read_only(&ObjectId(owner.get()));
        why.unwrap_or_default()
    });
    let typed = Callback::new(move |text: String| {
        let Some(object) = untrack(object) else {
            return;
        };
        if let Ok(new) = core::with_field(&object, "tests", Some(text.into())) {
            let words = format!("change the policy tests of {}", core::called(&object));
            workspace.edit_typing(words, ObjectId(owner.get_untracked()), new);
        }
    });
    let json = move || {
        let owners = owners.get().into_iter().map(Vec::from);
        serde_json::Value::from_iter(owners).to_string()
    };
    let none = Memo::new(move |_| owners.with(Vec::is_empty));
    view! {
        {move || match none.get() {
            true => view! { <p class="soft">"There is no stack yet."</p> }.into_any(),
            false => view! {
                <policy-tests store=workspace.name() prop:owners=json prop:shown=shown prop:closed=closed prop:stored=move || !workspace.storing.get()
                    on:owner=told(move |id| set_owner.run(id)) on:typed=told(move |text| typed.run(text)) on:go=goes_to(workspace)></policy-tests>
            }.into_any(),
        }}
    }
}

/// What keeps tests: id, name and what it is, what is above first.
fn owners(config: &Configuration) -> Vec<[String; 3]> {
    let kinds = [Kind::Group, Kind::Image, Kind::Stack].into_iter();
    let of = |kind: Kind| {
        let all = config.of_kind(kind).into_iter();
        all.map(move |(id, object)| {
            let image = match kind {
                Kind::Stack => core::contents(config, object),
                _ => String::new(),
            };
            let name = core::shown_name(object);
            let name = match image.is_empty() {
                true => name,
                false => format!("{image}.{name}"),
            };
            [id.0.clone(), name, kind.singular().to_owned()]
        })
    };
    kinds.flat_map(of).collect()
}
