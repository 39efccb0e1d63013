//! What restoring a revision, or one object of it, would do; and doing it.

use std::sync::Arc;

use generator::objects::{Configuration, ObjectId};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::load::{About, configuration, revision, when};
use crate::api::store::{Restore, Revision};
use crate::compare::{ChangeWords, FileDifferences, FindingsDifference, Sides, changes_between};
use crate::frame::Page;
use crate::session::Session;
use crate::ui::{Band, Button, Face, Look, TextField, Tone};
use crate::workspace::Workspace;
use crate::{api, core, paths, words};

#[component]
pub fn RestorePage(number: i64, object: Option<ObjectId>) -> impl IntoView {
    let workspace = Workspace::here();
    let store = workspace.name();
    let loaded = configuration(workspace, number);
    let about = revision(workspace, number);
    let trail = vec![
        ("History".to_owned(), paths::history(&store)),
        (
            format!("Revision {number}"),
            paths::revision(&store, number),
        ),
    ];
    let name = {
        let object = object.clone();
        Memo::new(move |_| {
            let id = object.as_ref()?;
            let old =
                loaded.with(|loaded| loaded.as_ref()?.as_ref().ok()?.get(id).map(core::called));
            old.or_else(|| {
                workspace
                    .head
                    .with(|head| head.objects.get(id).map(core::called))
            })
        })
    };
    let one = object.is_some();
    let title = Signal::derive(move || match (one, name.get()) {
        (false, _) => format!("Restore revision {number}"),
        (true, Some(name)) => format!("Restore {name} of revision {number}"),
        (true, None) => format!("Restore an object of revision {number}"),
    });
    view! {
        <Page title of=store trail=Signal::stored(trail)>
            <p class="soft page-lead">{format!("Revision {number}: ")} <About of=about /></p>
            {when(loaded, move |old| view! { <Effects number object=object.clone() old /> }.into_any())}
        </Page>
    }
}

/// The newest revision as the restored one would make it.
fn restored(
    head: &Arc<Configuration>,
    old: &Arc<Configuration>,
    object: Option<&ObjectId>,
) -> Arc<Configuration> {
    let Some(id) = object else {
        return Arc::clone(old);
    };
    let mut after = Arc::clone(head);
    let objects = &mut Arc::make_mut(&mut after).objects;
    match old.get(id) {
        Some(object) => objects.insert(id.clone(), object.clone()),
        None => objects.remove(id),
    };
    after
}

#[component]
fn Effects(number: i64, object: Option<ObjectId>, old: Arc<Configuration>) -> impl IntoView {
    let workspace = Workspace::here();
    let head = Memo::new(move |_| workspace.head.with(|head| Arc::clone(&head.objects)));
    let own = object.clone();
    let after = Memo::new(move |_| restored(&head.get(), &old, own.as_ref()));
    let sides = Sides {
        before: head.into(),
        after: after.into(),
    };
    let changes = changes_between(sides);
    let store = workspace.name();
    let done = RwSignal::new(None::<Revision>);
    let mine = Memo::new(move |_| {
        let changed = changes.get();
        workspace.draft.with(|draft| {
            draft
                .changes
                .iter()
                .filter(|mine| changed.iter().any(|change| change.id == mine.id))
                .count()
        })
    });
    view! {
        <Done done />
        <Show when=move || done.with(Option::is_none)>
            <div class="sections review">
                {move || (mine.get() > 0).then(|| view! {
                    <Band tone=Tone::Info>{format!("Your draft changes {} of these. It stays, and is merged by field when it is saved.", words::count(mine.get(), "object", "objects"))}</Band>
                })}
                <section class="section" aria-labelledby="changes-title">
                    <h2 id="changes-title">{move || match changes.with(|all| all.len()) {
                        0 => "Nothing would change".to_owned(),
                        count => format!("{} would change", words::count(count, "object", "objects")),
                    }}</h2>
                    <p class="soft">"Against the newest revision. Nothing of the history is lost: the old content becomes a new revision."</p>
                    <ul class="changes">
                        {move || changes.get().iter().map(|change| view! {
                            <li class="change-row"><div class="change-body"><ChangeWords change=change.clone() sides /></div></li>
                        }).collect_view()}
                    </ul>
                </section>
                <section class="section" aria-labelledby="files-title"><h2 id="files-title">"Files"</h2><FileDifferences sides /></section>
                <section class="section" aria-labelledby="findings-title"><h2 id="findings-title">"Findings"</h2><FindingsDifference sides store=store.clone() /></section>
                <Bar number object=object.clone() nothing=Signal::derive(move || changes.with(|all| all.is_empty())) done />
            </div>
        </Show>
    }
}

#[component]
fn Done(done: RwSignal<Option<Revision>>) -> impl IntoView {
    let store = Workspace::here().name();
    view! {
        <div role="status">
            {move || done.get().map(|revision| view! {
                <div class="saved">
                    <p><strong>{format!("Revision {} is saved.", revision.number)}</strong>
                        {revision.restored_from.map(|from| format!(" It has the content of revision {from}."))}</p>
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
fn Bar(
    number: i64,
    object: Option<ObjectId>,
    #[prop(into)] nothing: Signal<bool>,
    done: RwSignal<Option<Revision>>,
) -> impl IntoView {
    let workspace = Workspace::here();
    let comment = RwSignal::new(String::new());
    let failed = RwSignal::new(None::<String>);
    let doing = RwSignal::new(false);
    let me = Session::here().name();
    let blocked = Signal::derive(move || {
        let frozen = workspace
            .state
            .with(|state| state.as_ref().and_then(|state| state.frozen.clone()))
            .filter(|freeze| freeze.by != me);
        let frozen =
            frozen.map(|freeze| format!("{} has frozen this store: {}", freeze.by, freeze.reason));
        let nothing = nothing
            .get()
            .then(|| "The newest revision says the same.".to_owned());
        let doing = doing.get().then(|| "It is being restored.".to_owned());
        workspace.closed().or(frozen).or(nothing).or(doing)
    });
    let next = move || workspace.head.with(|head| head.revision) + 1;
    let one = object.is_some();
    let label = Signal::derive(move || {
        if one {
            format!("Restore it as revision {}", next())
        } else {
            format!("Restore revision {number} as revision {}", next())
        }
    });
    let restore = move || {
        if blocked.get_untracked().is_some() {
            return;
        }
        doing.set(true);
        failed.set(None);
        let asked = Restore {
            revision: number,
            object: object.clone(),
            comment: comment.get_untracked().trim().to_owned(),
            head: workspace.head.with_untracked(|head| head.revision),
        };
        spawn_local(async move {
            let answer = api::revisions::restore(&workspace.name(), &asked).await;
            match answer {
                Ok(revision) => done.set(Some(revision)),
                Err(failure) => failed.set(Some(failure.words())),
            }
            workspace.reload().await;
            workspace.poll().await;
            doing.try_set(false);
        });
    };
    view! {
        <form class="save-bar" aria-label="Restore" on:submit=move |event| { event.prevent_default(); restore() }>
            {move || failed.get().map(|why| view! { <p class="error save-failed" role="alert">{format!("Nothing was restored. {why}")}</p> })}
            {move || blocked.get().map(|why| view! { <p class="save-blocked">{why}</p> })}
            <TextField face=Face::new("Comment (optional)").placeholder("Why the old content comes back") value=comment on_input=move |text| comment.set(text) />
            <Button label look=Look::Primary submit=true blocked />
        </form>
    }
}
