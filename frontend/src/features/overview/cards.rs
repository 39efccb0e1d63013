//! Recent changes, and what is installed on each stack.

use generator::objects::Kind;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::store::Revision;
use crate::api::{self, Answer};
use crate::frame::WaitsMark;
use crate::installed::Installed;
use crate::ui::{Chip, Skeleton};
use crate::workspace::Workspace;
use crate::{core, paths, words};

/// How many of the newest revisions are shown.
const RECENT: u64 = 6;

#[component]
pub fn Changes() -> impl IntoView {
    let workspace = Workspace::here();
    let store = workspace.name();
    let recent = RwSignal::new(None::<Answer<Vec<Revision>>>);
    let head = Memo::new(move |_| workspace.head.with(|head| head.revision));
    Effect::new(move |_| {
        let _newer = head.get();
        spawn_local(async move {
            let answer = api::revisions::revisions(&workspace.name(), 0, RECENT).await;
            recent.try_set(Some(answer.map(|window| window.items)));
        });
    });
    let own = StoredValue::new(store.clone());
    view! {
        <section class="card" aria-labelledby="recent-title">
            <div class="section-head"><h2 id="recent-title">"Recent changes"</h2> <a href=paths::history(&store)>"History"</a></div>
            {move || match recent.get() {
                None => view! { <Skeleton lines=3 /> }.into_any(),
                Some(Err(failure)) => view! { <p class="error" role="alert">{failure.words()}</p> }.into_any(),
                Some(Ok(revisions)) => view! {
                    <ul class="card-list">{revisions.into_iter().map(|revision| recent_line(&own.get_value(), revision)).collect_view()}</ul>
                }.into_any(),
            }}
        </section>
    }
}

fn recent_line(store: &str, revision: Revision) -> impl IntoView + use<> {
    let href = match revision.number {
        1 => paths::revision(store, 1),
        number => paths::compare(store, number - 1, number),
    };
    let said = match (revision.comment.is_empty(), revision.restored_from) {
        (false, _) => revision.comment,
        (true, Some(from)) => format!("content of revision {from}"),
        (true, None) if revision.number == 1 => format!("made with {} objects", revision.changes),
        (true, None) => words::count(
            usize::try_from(revision.changes).unwrap_or(0),
            "object changed",
            "objects changed",
        ),
    };
    view! {
        <li>
            <a href=href>{format!("Revision {}", revision.number)}</a>
            <span class="card-words" title=said.clone()>{said.clone()}</span>
            <span class="soft">{revision.author} ", " <words::Moment at=revision.at relative=true /></span>
        </li>
    }
}

#[component]
pub fn Installs(installed: Installed) -> impl IntoView {
    let workspace = Workspace::here();
    let store = workspace.name();
    let stacks = Memo::new(move |_| {
        workspace.settled.with(|config| {
            config
                .of_kind(Kind::Stack)
                .into_iter()
                .map(|(id, object)| {
                    let image = core::contents(config, object);
                    let name = core::shown_name(object);
                    (
                        id.clone(),
                        if image.is_empty() {
                            name
                        } else {
                            format!("{image}.{name}")
                        },
                    )
                })
                .collect::<Vec<_>>()
        })
    });
    let line = move |(id, name): (generator::objects::ObjectId, String)| {
        let state = installed.with(|all| {
            all.as_ref()
                .map(|all| all.iter().find(|state| state.stack == id).cloned())
        });
        let drifted = state
            .as_ref()
            .is_some_and(|state| state.as_ref().is_some_and(|state| !state.drift.is_empty()));
        let said = match state {
            None => ().into_any(),
            Some(found) => match found.and_then(|state| state.installed) {
                None => view! { <span class="soft">"not installed yet"</span> }.into_any(),
                Some(record) => view! {
                    <span>{format!("revision {}", record.revision)}</span>
                    <span class="soft">{record.by} ", " <words::Moment at=record.at relative=true /></span>
                }.into_any(),
            },
        };
        view! {
            <li>
                <a href=paths::stack(&workspace.name(), &id, "files")>{name}</a>
                {said}
                <WaitsMark stack=id />
                {drifted.then(|| view! { <span title="The files on the target are not what was installed."><Chip text="changed on the target" colour="magenta" /></span> })}
            </li>
        }
    };
    view! {
        <section class="card" aria-labelledby="installs-title">
            <div class="section-head"><h2 id="installs-title">"Installs"</h2> <a href=paths::install(&store)>"Install"</a></div>
            <ul class="card-list">{move || stacks.get().into_iter().map(line).collect_view()}</ul>
        </section>
    }
}
