//! Lines across the page: frozen, offline, trouble of the server, and what became of my change of an
//! object.

use leptos::prelude::*;

use crate::api::Failure;
use crate::api::server::Status;
use crate::form::Cell;
use crate::session::Session;
use crate::ui::{Band, Button, Dialog, Face, Look, TextField, Tone};
use crate::workspace::{Why, Workspace, lock_words};
use crate::{paths, words};

/// What concerns the whole store.
#[component]
pub fn StoreBands() -> impl IntoView {
    let workspace = Workspace::here();
    let frozen = Memo::new(move |_| {
        let of_state = workspace
            .state
            .with(|state| state.as_ref().map(|state| state.frozen.clone()));
        of_state.unwrap_or_else(|| {
            workspace
                .summary
                .with(|summary| summary.as_ref().and_then(|s| s.frozen.clone()))
        })
    });
    let server = Memo::new(move |_| {
        workspace
            .state
            .with(|state| state.as_ref().map(|state| state.server).unwrap_or_default())
    });
    let session = Session::here();
    view! {
        <div class="bands">
            {move || workspace.offline.get().then(|| view! {
                <Band tone=Tone::Warning>
                    <strong>"The server does not answer. "</strong>
                    "You can go on: what you change is kept on this page and sent when the server is back. Leave the page open until then."
                </Band>
            })}
            {move || match server.get() {
                // The band of the install says more.
                Status::Ok | Status::NotPutBack => ().into_any(),
                Status::NotWriting => view! {
                    <Band tone=Tone::Warning>
                        <strong>"The server cannot write to its disk. "</strong>
                        "You can go on: what you change is kept on this page and sent when the server writes again. Its log says what happened."
                    </Band>
                }.into_any(),
                Status::Unchecked => view! {
                    <Band tone=Tone::Warning>
                        <strong>"The server could not check what is stored. "</strong>
                        "It soon tries again. Its log says what happened."
                    </Band>
                }.into_any(),
                Status::Damaged => view! {
                    <Band tone=Tone::Warning>
                        <strong>"Something that is stored is not as it was written. "</strong>
                        {if session.administrator() {
                            view! { <a href=paths::SERVER>"See what it is"</a>" before you install." }.into_any()
                        } else {
                            view! { "Ask an administrator of this server before you install." }.into_any()
                        }}
                    </Band>
                }.into_any(),
            }}
            <super::waiting::WaitingBands />
            {move || frozen.get().map(|freeze| view! {
                <Band tone=Tone::Info>
                    <strong>{format!("{} has frozen this store: ", freeze.by)}</strong>
                    <span>
                        <span>{freeze.reason}</span>
                        {freeze.until.map(|until| format!(" (until {})", words::moment(&until)))}
                        ". Drafts can be edited; saving and installing wait until it is lifted."
                    </span>
                </Band>
            })}
            {move || workspace.notice.get().map(|words| view! {
                <Band tone=Tone::Warning>
                    <span>{words}</span>
                    <span class="band-actions"><Button label="Put away" look=Look::Ghost on_press=move || workspace.notice.set(None) /></span>
                </Band>
            })}
            {move || workspace.closed().map(|why| view! { <Band tone=Tone::Info>{why}</Band> })}
        </div>
    }
}

/// What concerns one object: who holds it, or why my change is not stored.
#[component]
pub fn ObjectBand(cell: Cell) -> impl IntoView {
    let workspace = cell.workspace;
    let refusal = Memo::new(move |_| {
        workspace
            .refusals
            .with(|refusals| refusals.get(&cell.id()).cloned())
    });
    let lock = Memo::new(move |_| workspace.lock(&cell.id()));
    let taking = RwSignal::new(false);
    view! {
        {move || match (refusal.get(), lock.get()) {
            (Some(refusal), _) => {
                let locked = matches!(refusal.why, Why::Locked(_));
                view! {
                    <Band tone=Tone::Warning>
                        <span>{refusal.words()}</span>
                        <span class="band-actions">
                            {locked.then(|| view! { <Button label="Take over…" on_press=move || taking.set(true) /> })}
                            {(!locked).then(|| view! { <Button label="Keep my change" on_press=move || workspace.keep_mine(&cell.id()) /> })}
                            <Button label="Give my change up" look=Look::Ghost on_press=move || workspace.drop_mine(&cell.id()) />
                        </span>
                    </Band>
                }.into_any()
            }
            (None, Some(_)) => view! {
                <Band tone=Tone::Info>
                    <span>{move || lock.get().map(|lock| lock_words(&lock))}</span>
                    {move || workspace.closed().is_none().then(|| view! {
                        <span class="band-actions"><Button label="Take over…" on_press=move || taking.set(true) /></span>
                    })}
                </Band>
            }.into_any(),
            (None, None) => ().into_any(),
        }}
        {move || {
            let supplied = cell.object.with(|object| object.as_ref().is_some_and(|object| object.supplied()));
            supplied.then(|| view! { <Band tone=Tone::Info>"It comes with Gatehouse and stays as it is. Copy it to change it."</Band> })
        }}
        <TakeOver cell open=taking />
    }
}

/// Taking over shows what it does before it is done.
#[component]
fn TakeOver(cell: Cell, open: RwSignal<bool>) -> impl IntoView {
    let workspace = cell.workspace;
    let reason = RwSignal::new(String::new());
    let failed = RwSignal::new(None::<String>);
    let take = move || {
        let done = Callback::new(move |answer: Result<(), Failure>| match answer {
            Ok(()) => open.set(false),
            Err(failure) => failed.set(Some(failure.words())),
        });
        workspace.take_over(cell.id(), reason.get_untracked(), done);
    };
    let blocked = Signal::derive(move || {
        reason
            .with(|reason| reason.trim().is_empty())
            .then(|| "A reason is needed.".to_owned())
    });
    view! {
        <Dialog open title="Take over" on_close=move || open.set(false)>
            <form class="stack" on:submit=move |event| { event.prevent_default(); if blocked.get_untracked().is_none() { take() } }>
                <p>"You edit it from now on. The other draft keeps its text and is merged by field when it is saved."</p>
                <TextField face=Face::new("Reason, shown to the other person") value=reason on_input=move |text| reason.set(text) autofocus=true />
                {move || failed.get().map(|why| view! { <p class="error" role="alert">{why}</p> })}
                <div class="dialog-foot">
                    <Button label="Cancel" look=Look::Ghost on_press=move || open.set(false) />
                    <Button label="Take over" look=Look::Primary submit=true blocked />
                </div>
            </form>
        </Dialog>
    }
}
