//! Review and save: what my draft changes, and what would come of it.

mod bar;
mod clash;
mod meet;
mod rows;
mod state;

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::compare::{ConnectionDifferences, FileDifferences, FindingsDifference};
use crate::frame::{Page, Pane};
use crate::ui::{Band, Button, EmptyState, Look, Tone};
use crate::workspace::Workspace;
use crate::{paths, words};
use state::Review;

#[component]
pub fn ReviewPage() -> impl IntoView {
    Pane::here().step_aside();
    let workspace = Workspace::here();
    let navigate = use_navigate();
    let go = move |()| {
        navigate(
            &paths::install(&workspace.name()),
            NavigateOptions::default(),
        )
    };
    let review = Review::new(workspace, Callback::new(go));
    let any = Memo::new(move |_| review.changes.with(|changes| !changes.is_empty()));
    view! {
        <Page title="Review and save" of=workspace.name()>
            <Saved review />
            {move || match any.get() {
                true => view! { <Changes review /> }.into_any(),
                false => view! { <Nothing review /> }.into_any(),
            }}
        </Page>
    }
}

/// The revision that was just saved, and where to go from it.
#[component]
fn Saved(review: Review) -> impl IntoView {
    let store = review.workspace.name();
    view! {
        <div role="status">
            {move || review.saved.get().map(|revision| view! {
                <div class="saved">
                    <p><strong>{format!("Revision {} is saved.", revision.number)}</strong>
                        {format!(" It changes {}.", words::count(usize::try_from(revision.changes).unwrap_or(0), "object", "objects"))}</p>
                    <p class="links">
                        <a href=paths::install(&store)>"Install it"</a>
                        <a href=paths::compare(&store, revision.number - 1, revision.number)>"What it changed"</a>
                        <a href=paths::history(&store)>"History"</a>
                    </p>
                </div>
            })}
        </div>
    }
}

#[component]
fn Nothing(review: Review) -> impl IntoView {
    let workspace = review.workspace;
    let store = workspace.name();
    view! {
        <EmptyState title="No changes">
            <p>"What you change is stored in a draft of your own at once. Here you see all of it before it becomes a revision that others get."</p>
            <p class="links"><a href=paths::systems(&store)>"Systems"</a> <a href=paths::history(&store)>"History"</a></p>
        </EmptyState>
    }
}

#[component]
fn Changes(review: Review) -> impl IntoView {
    let workspace = review.workspace;
    let planned = review.planned();
    let partly = move || review.chosen().len() < review.changes.with(|changes| changes.len());
    let of_what = move || {
        if partly() {
            "of the changes that are chosen"
        } else {
            "of all changes"
        }
    };
    let question = Memo::new(move |_| {
        let head = workspace.head.with(|head| head.revision);
        let (from, only) = (serde_json::json!({ "revision": head }), review.chosen());
        serde_json::json!({ "from": from, "to": "draft", "only": only }).to_string()
    });
    view! {
        <div class="sections review">
            <Unsaved review />
            <clash::Clashes review />
            <rows::Rows review planned />
            <section class="section" aria-labelledby="findings-title">
                <h2 id="findings-title">"Findings" " " <small class="soft">{of_what}</small></h2>
                <FindingsDifference sides=planned store=workspace.name() />
            </section>
            <section class="section" aria-labelledby="connections-title">
                <h2 id="connections-title">"Connections" " " <small class="soft">{of_what}</small></h2>
                <ConnectionDifferences question />
            </section>
            <section class="section" aria-labelledby="files-title">
                <h2 id="files-title">"Files" " " <small class="soft">{of_what}</small></h2>
                <FileDifferences sides=planned />
            </section>
            <bar::SaveBar review />
        </div>
    }
}

/// What stands on this page only, or could not be read.
#[component]
fn Unsaved(review: Review) -> impl IntoView {
    let workspace = review.workspace;
    let refused = Memo::new(move |_| {
        workspace.refusals.with(|refusals| {
            refusals
                .keys()
                .filter_map(|id| {
                    let object = workspace.object(id).or_else(|| workspace.at_head(id))?;
                    Some((
                        crate::core::called(&object),
                        paths::object(&workspace.name(), object.kind(), id),
                    ))
                })
                .collect::<Vec<_>>()
        })
    });
    view! {
        {move || (!refused.with(Vec::is_empty)).then(|| view! {
            <Band tone=Tone::Warning>
                <strong>"Not stored, so not saved: "</strong>
                {refused.get().into_iter().map(|(called, href)| view! { <a href=href>{called}</a> " " }).collect_view()}
                "The server did not take these changes; decide there what becomes of them."
            </Band>
        })}
        {move || review.unread().map(|why| view! {
            <Band tone=Tone::Warning>
                <span>{format!("What others changed cannot be read. {why}")}</span>
                <span class="band-actions"><Button label="Try again" look=Look::Tertiary on_press=move || review.read_again() /></span>
            </Band>
        })}
    }
}
