//! What a rule may have besides: trace, times, handshake.

use generator::objects::fields::SettingsPlace;
use leptos::prelude::*;
use serde_json::{Value, json};

use super::times::{self, Times};
use crate::form::{Cell, SettingsGroups};
use crate::ui::{Checkbox, Face, Select};

/// Bits of the trace, with what each one writes.
const BITS: &[(u8, &str)] = &[
    (1, "1 · errors to the TCP/IP job log"),
    (2, "2 · errors to syslogd"),
    (4, "4 · rule mapped, connection secured"),
    (8, "8 · events"),
    (16, "16 · System SSL flow"),
    (32, "32 · handshake and record headers"),
];

#[component]
pub fn Optional(cell: Cell) -> impl IntoView {
    let text = cell.text("trace");
    let trace = Memo::new(move |_| text.get().parse::<u8>().ok());
    let clear = cell.text("trace_clear_text");
    let differs = untrack(|| {
        trace.get().is_some()
            || cell.value("settings").is_some()
            || cell.value("effective").is_some()
    });
    view! {
        <p class="in-words">{move || {
            let times = cell.object.with(|object| object.as_deref().map(times::in_words).unwrap_or_default());
            format!("Trace: {} · Effective: {times} · Settings: {}",
            trace.get().map_or_else(|| "the stack's".to_owned(), |trace| trace.to_string()),
            if cell.value("settings").is_some() { "changed" } else { "defaults" })
        }}</p>
        <details class="group" open=differs>
            <summary>"Change"</summary>
            <fieldset class="group">
                <legend>"Trace " <small class="second-word">"Trace"</small></legend>
                <TraceBits cell trace />
                <Select face=cell.face("trace_clear_text") value=clear options=Signal::stored(clear_options())
                    on_change=move |word: String| cell.set("trace_clear_text", word.parse::<bool>().ok().map(Value::Bool)) />
            </fieldset>
            <Times cell />
            <SettingsGroups cell place=SettingsPlace::Rule at="settings" />
        </details>
    }
}

fn clear_options() -> Vec<(String, String)> {
    [("", "As the stack"), ("true", "On"), ("false", "Off")]
        .map(|(key, words)| (key.to_owned(), words.to_owned()))
        .to_vec()
}

#[component]
fn TraceBits(cell: Cell, trace: Memo<Option<u8>>) -> impl IntoView {
    let locked = Signal::derive(move || cell.read_only.get().is_some());
    let own = Signal::derive(move || trace.get().is_some());
    let set_own = move |on: bool| cell.set("trace", on.then(|| json!(2)));
    view! {
        <Checkbox face=Face::new("A trace of this rule's own").read_only(locked) value=own on_change=set_own />
        <Show when=move || trace.get().is_some()>
            <div class="switches">
                {BITS.iter().map(|(bit, words)| {
                    let on = Signal::derive(move || trace.get().is_some_and(|trace| trace & bit != 0));
                    let set = move |on: bool| {
                        let now = trace.get_untracked().unwrap_or(0);
                        cell.set("trace", Some(json!(if on { now | bit } else { now & !bit })));
                    };
                    view! { <Checkbox face=Face::new(*words).read_only(locked) value=on on_change=set /> }
                }).collect_view()}
            </div>
        </Show>
    }
}
