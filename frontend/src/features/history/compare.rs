//! Two revisions side by side.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::load::{About, both, configuration, revision, when};
use crate::compare::{
    ChangeWords, ConnectionDifferences, FileDifferences, FindingsDifference, Sides, changes_between,
};
use crate::frame::Page;
use crate::ui::{Button, Downloads, Face, Look, TextField};
use crate::workspace::Workspace;
use crate::{api, paths, words};

#[component]
pub fn Compare(from: i64, to: i64) -> impl IntoView {
    let workspace = Workspace::here();
    let store = workspace.name();
    let loaded = both(configuration(workspace, from), configuration(workspace, to));
    let trail = vec![("History".to_owned(), paths::history(&store))];
    view! {
        <Page title=format!("Revision {from} to {to}") of=store trail=Signal::stored(trail)>
            <Choice from to />
            {when(loaded, move |sides| {
                let (before, after) = ((sides.0).clone(), (sides.1).clone());
                view! { <Differences sides=Sides { before: Signal::stored(before), after: Signal::stored(after) } from to /> }.into_any()
            })}
        </Page>
    }
}

/// Which two, with their authors and comments.
#[component]
fn Choice(from: i64, to: i64) -> impl IntoView {
    let workspace = Workspace::here();
    let (first, second) = (revision(workspace, from), revision(workspace, to));
    let (before, after) = (
        RwSignal::new(from.to_string()),
        RwSignal::new(to.to_string()),
    );
    let failed = RwSignal::new(None::<String>);
    let navigate = use_navigate();
    let go = Callback::new(move |(from, to): (i64, i64)| {
        navigate(
            &paths::compare(&workspace.name(), from, to),
            NavigateOptions::default(),
        )
    });
    let compare = move || {
        let head = workspace.head.with_untracked(|head| head.revision);
        let number = |text: RwSignal<String>| {
            text.get_untracked()
                .trim()
                .parse::<i64>()
                .ok()
                .filter(|number| (1..=head).contains(number))
        };
        match (number(before), number(after)) {
            (Some(from), Some(to)) => go.run((from, to)),
            _ => failed.set(Some(format!("Revisions go from 1 to {head}."))),
        }
    };
    view! {
        <form class="compare-choice" on:submit=move |event| { event.prevent_default(); compare() }>
            <TextField face=Face::new("From revision") numeric=true value=before on_input=move |text| before.set(text) />
            <TextField face=Face::new("To revision") numeric=true value=after on_input=move |text| after.set(text) />
            <Button label="Compare" submit=true />
            <Button label="The other way round" look=Look::Ghost on_press=move || go.run((to, from)) />
        </form>
        {move || failed.get().map(|why| view! { <p class="error" role="alert">{why}</p> })}
        <dl class="facts">
            <dt>{format!("Revision {from}")}</dt><dd><About of=first /></dd>
            <dt>{format!("Revision {to}")}</dt><dd><About of=second /></dd>
        </dl>
    }
}

#[component]
fn Differences(sides: Sides, from: i64, to: i64) -> impl IntoView {
    let workspace = Workspace::here();
    let changes = changes_between(sides);
    let head = workspace.head.with_untracked(|head| head.revision);
    // Of two revisions the older one is what somebody wants back.
    let old = from.min(to);
    let store = StoredValue::new(workspace.name());
    let href = Callback::new(move |format| api::changes_href(&store.get_value(), from, to, format));
    view! {
        <div class="sections">
            <section class="section" aria-labelledby="changes-title">
                <div class="section-head">
                    <h2 id="changes-title">{move || match changes.with(|all| all.len()) {
                        0 => "No object differs".to_owned(),
                        number => words::count(number, "object differs", "objects differ"),
                    }}</h2>
                    <Downloads what=format!("what differs between the revisions {from} and {to}") file=format!("{}-changes-{from}-{to}", workspace.name()) href />
                </div>
                <ul class="changes">
                    {move || changes.get().iter().map(|change| {
                        let restore = (old < head).then(|| paths::restore_object(&store.get_value(), old, &change.id));
                        let name = if change.name.is_empty() { change.kind.singular().to_owned() } else { change.name.clone() };
                        view! {
                            <li class="change-row">
                                <div class="change-body"><ChangeWords change=change.clone() sides /></div>
                                {restore.map(|href| view! { <a class="cds--btn cds--btn--sm cds--btn--ghost" href=href aria-label=format!("Restore that of {old}… ({name})")>{format!("Restore that of {old}…")}</a> })}
                            </li>
                        }
                    }).collect_view()}
                </ul>
            </section>
            <section class="section" aria-labelledby="connections-title">
                <h2 id="connections-title">"Connections"</h2>
                <ConnectionDifferences question=serde_json::json!({ "from": { "revision": from }, "to": { "revision": to } }).to_string() />
            </section>
            <section class="section" aria-labelledby="files-title">
                <h2 id="files-title">"Files"</h2>
                <FileDifferences sides />
            </section>
            <section class="section" aria-labelledby="findings-title">
                <h2 id="findings-title">"Findings"</h2>
                <FindingsDifference sides store=store.get_value() />
            </section>
        </div>
    }
}
