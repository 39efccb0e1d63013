//! Install: what would be written where, writing it, and the way back.

mod facts;
mod past;
mod plan;
mod result;
mod room;
mod table;
mod wait;

use leptos::prelude::*;

use crate::frame::{Page, Pane};
use crate::ui::{Band, Button, EmptyState, Look, Skeleton, Tone};
use crate::{paths, words};
use room::Room;

#[component]
pub fn InstallPage() -> impl IntoView {
    let room = Room::new();
    let workspace = room.workspace;
    // Differences need the room, and hold the text anyway.
    Pane::here().step_aside();
    // Reading again must not make the tables anew: somebody may be typing in one.
    let shown = Memo::new(move |_| {
        (
            room.lines.with(|lines| lines.is_empty()),
            room.loaded.get(),
            room.failed.with(Option::is_some),
        )
    });
    view! {
        <Page title="Install" of=workspace.name()>
            <DraftBand room />
            {move || room.failed.get().map(|why| view! {
                <Band tone=Tone::Error>
                    <span>{why}</span>
                    <span class="band-actions"><Button label="Try again" on_press=move || room.again() /></span>
                </Band>
            })}
            {move || match shown.get() {
                (true, ..) => view! { <NoStacks room /> }.into_any(),
                (false, true, _) => view! {
                    <div class="stack install">
                        <table::Stacks room />
                        <result::Result room />
                        <plan::Plan room />
                        <past::Past room />
                    </div>
                }.into_any(),
                (false, false, false) => view! { <Skeleton label="Reading what is installed" /> }.into_any(),
                (false, false, true) => ().into_any(),
            }}
        </Page>
    }
}

/// Only saved revisions are installed; what is not saved is said.
#[component]
fn DraftBand(room: Room) -> impl IntoView {
    let workspace = room.workspace;
    let changes = Memo::new(move |_| workspace.draft.with(|draft| draft.changes.len()));
    view! {
        {move || (changes.get() > 0).then(|| {
            let revision = workspace.head.with(|head| head.revision);
            view! {
                <Band tone=Tone::Warning>
                    <span>{format!(
                        "{} of your draft {} not in revision {revision} and will not be installed. Only saved revisions are.",
                        words::count(changes.get(), "change", "changes"),
                        if changes.get() == 1 { "is" } else { "are" },
                    )}</span>
                    <span class="band-actions">
                        <a class="cds--btn cds--btn--sm cds--btn--tertiary" href=paths::review(&workspace.name())>"Review and save"</a>
                    </span>
                </Band>
            }
        })}
    }
}

#[component]
fn NoStacks(room: Room) -> impl IntoView {
    let workspace = room.workspace;
    let in_draft = Memo::new(move |_| {
        workspace
            .config
            .with(|config| config.of_kind(generator::objects::Kind::Stack).len())
    });
    view! {
        <EmptyState title="No stack to install yet">
            {move || match in_draft.get() {
                0 => view! {
                    <p>"The files of a TCP/IP stack are installed. Protect an application first: its stack is made with it."</p>
                    <a class="cds--btn cds--btn--sm cds--btn--primary" href=paths::guided(&workspace.name())>"Protect an application"</a>
                }.into_any(),
                count => view! {
                    <p>{format!("{} in your draft, not in a saved revision.", match count { 1 => "One stack is".to_owned(), count => format!("{count} stacks are") })}</p>
                    <a class="cds--btn cds--btn--sm cds--btn--primary" href=paths::review(&workspace.name())>"Review and save"</a>
                }.into_any(),
            }}
            <Button label="Look again" look=Look::Ghost on_press=move || room.again() />
        </EmptyState>
    }
}
