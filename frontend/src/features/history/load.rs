//! Configurations of revisions, read when they are needed.

use std::sync::Arc;

use generator::objects::Configuration;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::revisions::{configuration_of, revisions};
use crate::api::store::Revision;
use crate::api::{self, Answer};
use crate::ui::{Button, EmptyState, Look, Skeleton};
use crate::workspace::Workspace;
use crate::{paths, words};

pub type Loaded<T> = RwSignal<Option<Answer<Arc<T>>>>;

/// The objects of a revision; those of the newest are here already.
pub fn configuration(workspace: Workspace, number: i64) -> Loaded<Configuration> {
    let head = workspace.head.get_untracked();
    if head.revision == number {
        return RwSignal::new(Some(Ok(Arc::clone(&head.objects))));
    }
    let loaded = RwSignal::new(None);
    spawn_local(async move {
        let answer = configuration_of(&workspace.name(), number)
            .await
            .map(Arc::new);
        loaded.try_set(Some(answer));
    });
    loaded
}

/// Who saved a revision, when and why.
pub fn revision(workspace: Workspace, number: i64) -> RwSignal<Option<Arc<Revision>>> {
    let found = RwSignal::new(None);
    let head = workspace.head.with_untracked(|head| head.revision);
    spawn_local(async move {
        let offset = u64::try_from(head - number).unwrap_or(0);
        if let Ok(window) = revisions(&workspace.name(), offset, 1).await {
            found.try_set(
                window
                    .items
                    .into_iter()
                    .find(|revision| revision.number == number)
                    .map(Arc::new),
            );
        }
    });
    found
}

/// "ben, 2026-11-20 10:15: opened port 1414".
#[component]
pub fn About(of: RwSignal<Option<Arc<Revision>>>) -> impl IntoView {
    view! {
        {move || of.get().map(|revision| view! {
            <span>
                {revision.author.clone()} ", " <words::Moment at=revision.at.clone() />
                {revision.restored_from.map(|from| format!(", content of revision {from}"))}
                {(!revision.comment.is_empty()).then(|| format!(": {}", revision.comment))}
            </span>
        })}
    }
}

/// Draws `view` once everything is here; says why where it cannot be read.
pub fn when<T: Send + Sync + 'static>(
    loaded: Loaded<T>,
    view: impl Fn(Arc<T>) -> AnyView + Send + Sync + 'static,
) -> impl IntoView {
    let workspace = Workspace::here();
    let again = move || {
        // The address is the question: asking again is reading the page again.
        if let Some(window) = web_sys::window() {
            let _ = window.location().reload();
        }
    };
    move || match loaded.get() {
        None => view! { <Skeleton label="Reading the revision" /> }.into_any(),
        Some(Ok(found)) => view(found),
        Some(Err(failure)) => view! {
            <EmptyState title="The revision cannot be read">
                <p role="alert">{failure_words(&failure)}</p>
                <Button label="Try again" look=Look::Primary on_press=again />
                <p><a href=paths::history(&workspace.name())>"History"</a></p>
            </EmptyState>
        }
        .into_any(),
    }
}

fn failure_words(failure: &api::Failure) -> String {
    failure.words()
}

/// Both, once both are here.
pub fn both(
    one: Loaded<Configuration>,
    other: Loaded<Configuration>,
) -> Loaded<(Arc<Configuration>, Arc<Configuration>)> {
    let both = RwSignal::new(None);
    Effect::new(move |_| {
        let answer = match (one.get(), other.get()) {
            (Some(Ok(one)), Some(Ok(other))) => Some(Ok(Arc::new((one, other)))),
            (Some(Err(failure)), _) | (_, Some(Err(failure))) => Some(Err(failure)),
            _ => None,
        };
        both.set(answer);
    });
    both
}
