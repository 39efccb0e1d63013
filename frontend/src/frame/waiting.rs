//! Installs that wait for a confirmation: on every page of their store, with the time that is left.

use std::time::Duration;

use generator::objects::ObjectId;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::account::Role;
use crate::api::deploy;
use crate::api::draft::State;
use crate::api::install::{Waiting, WaitingStack};
use crate::ui::{Button, Chip, Icon, Look, Tone, sentence};
use crate::words;
use crate::workspace::Workspace;

/// How many stacks a sentence names.
const NAMED: usize = 3;

/// One band for each install that waits.
#[component]
pub fn WaitingBands() -> impl IntoView {
    let workspace = Workspace::here();
    let waiting = Memo::new(move |_| {
        let all = |state: &Option<State>| state.as_ref().map(|state| state.waiting.clone());
        workspace.state.with(all).unwrap_or_default()
    });
    let kept_here = StoredValue::new(None::<i64>);
    Effect::new(move |before: Option<Vec<Waiting>>| {
        let now = waiting.get();
        for gone in before.unwrap_or_default() {
            let waits = now.iter().any(|other| other.install == gone.install);
            if !waits && kept_here.get_value() != Some(gone.install) {
                spawn_local(say_how_it_ended(workspace, gone));
            }
        }
        now
    });
    let ids = move || waiting.with(|all| all.iter().map(|one| one.install).collect::<Vec<_>>());
    view! { <For each=ids key=|id| *id let:id><Band id kept_here /></For> }
}

/// A band that goes by itself must not go in silence.
async fn say_how_it_ended(workspace: Workspace, gone: Waiting) {
    let install = gone.install;
    if let Ok(record) = deploy::installed(&workspace.name(), install).await {
        workspace.say(match record.undone {
            true => format!(
                "What was on {} before install {install} is there again.",
                names(&gone)
            ),
            false => format!("{} is kept.", subject(&gone)),
        });
    }
}

#[component]
fn Band(
    id: i64,
    /// The install that was kept by a press on this page.
    kept_here: StoredValue<Option<i64>>,
) -> impl IntoView {
    let workspace = Workspace::here();
    let waiting = Memo::new(move |_| {
        workspace.state.with(|state| {
            let mut all = state.iter().flat_map(|state| &state.waiting);
            all.find(|waiting| waiting.install == id).cloned()
        })
    });
    // The server's seconds count, not the clock of this machine.
    let end = Memo::new(move |_| {
        let left = waiting.with(|waiting| waiting.as_ref().map_or(0, |found| found.waits.left));
        js_sys::Date::now() + left as f64 * 1000.0
    });
    let now = RwSignal::new(js_sys::Date::now());
    let tick = move || now.set(js_sys::Date::now());
    if let Ok(handle) = set_interval_with_handle(tick, Duration::from_secs(1)) {
        on_cleanup(move || handle.clear());
    }
    let left = Memo::new(move |_| ((end.get() - now.get()) / 1000.0).ceil().max(0.0));
    let what = Memo::new(move |_| waiting.with(|waiting| waiting.as_ref().map(subject)));
    let until =
        Memo::new(move |_| waiting.with(|waiting| Some(waiting.as_ref()?.waits.until.clone())));
    let trouble =
        Memo::new(move |_| waiting.with(|waiting| waiting.as_ref()?.waits.trouble.clone()));
    let busy = RwSignal::new(false);
    let blocked = Signal::derive(move || {
        if !workspace.may(Role::Installer) {
            return Some("Installers of this store decide.".to_owned());
        }
        busy.get().then(|| "Under way.".to_owned())
    });
    let act = move |keep: bool| {
        busy.set(true);
        kept_here.set_value(keep.then_some(id));
        spawn_local(async move {
            let answer = deploy::end_wait(&workspace.name(), id, keep).await;
            if let Err(failure) = answer {
                workspace.say(failure.words());
            }
            busy.try_set(false);
            workspace.poll().await;
        });
    };
    let tone = move || match trouble.with(Option::is_some) {
        true => Tone::Error,
        false => Tone::Warning,
    };
    view! {
        <section class=move || format!("band {}", tone().class()) aria-label=format!("Install {id} waits for confirmation")>
            {move || view! { <Icon name=tone().icon() /> }}
            <div class="band-words">
                <span>
                    <strong>{what}</strong>
                    {move || match (trouble.get(), until.get()) {
                        (Some(why), _) => format!(" was not confirmed, and what was there before could not be put back: {} The server tries again.", sentence(&why)).into_any(),
                        (None, Some(at)) => view! { " waits for confirmation until " <time datetime=at.clone() title=words::utc(&at)>{words::clock(&at)}</time> }.into_any(),
                        (None, None) => ().into_any(),
                    }}
                    {move || match (trouble.with(Option::is_some), left.get()) {
                        (true, _) => String::new(),
                        (false, 0.0) => ". The time is over: what was there before is being put back.".to_owned(),
                        (false, left) => format!(" ({}); then what was there before is put back.", words::span(left)),
                    }}
                </span>
                <span class="band-actions">
                    <Button label="Keep it" look=Look::Primary name=format!("Keep it: install {id}") blocked on_press=move || act(true) />
                    <Button label="Put back now" name=format!("Put back now: install {id}") blocked on_press=move || act(false) />
                </span>
            </div>
        </section>
    }
}

/// "Install 12 on COLMVSA.TCPIP".
fn subject(waiting: &Waiting) -> String {
    format!("Install {} on {}", waiting.install, names(waiting))
}

/// The stacks, of many the first ones.
fn names(waiting: &Waiting) -> String {
    let names = waiting.stacks.iter().map(|stack| stack.name.as_str());
    let named = names.take(NAMED).collect::<Vec<_>>().join(", ");
    match waiting.stacks.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// A mark at a stack whose install waits.
#[component]
pub fn WaitsMark(stack: ObjectId) -> impl IntoView {
    let workspace = Workspace::here();
    let waits = Memo::new(move |_| {
        let mine = |other: &WaitingStack| other.stack == stack;
        workspace.state.with(|state| {
            let mut all = state.iter().flat_map(|state| &state.waiting);
            all.any(|waiting| waiting.stacks.iter().any(mine))
        })
    });
    view! { {move || waits.get().then(|| view! { <span title="It waits for a confirmation."><Chip text="waits" colour="blue" /></span> })} }
}
