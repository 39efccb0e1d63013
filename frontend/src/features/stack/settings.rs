//! What belongs to the stack itself.

use generator::compile::default_paths;
use generator::objects::{Kind, Object};
use leptos::prelude::*;

use crate::form::{
    AreaOf, Cell, CheckboxOf, ChoiceOf, RefOf, SwitchOf, TagsOf, TextOf, VariablesOf,
};
use crate::ui::{Face, TextField};

#[component]
pub fn Settings(cell: Cell) -> impl IntoView {
    let layouts = [
        ("compact", "Compact"),
        ("compatible", "Compatible with NCA"),
    ]
    .map(|(key, words)| (key.to_owned(), words.to_owned()));
    let paths = move |which: usize| {
        Signal::derive(move || {
            cell.object.with(|object| match object.as_deref() {
                Some(Object::Stack(stack)) => default_paths(stack)[which].clone(),
                _ => String::new(),
            })
        })
    };
    view! {
        <div class="stack">
            <SwitchOf cell path="enabled" />
            <div class="form-grid">
                <TextOf cell path="name" mono=true />
                <TextOf cell path="description" />
                <TagsOf cell />
                <RefOf cell path="image" kind=Kind::Image />
                <TextOf cell path="keyring" mono=true />
                <TextOf cell path="keyring_stash_file" mono=true />
                <Trace cell />
            </div>
            <CheckboxOf cell path="trace_clear_text" />
            <VariablesOf cell />
            <fieldset class="group">
                <legend>"Files"</legend>
                <div class="form-grid">
                    <ChoiceOf cell path="layout" options=Signal::stored(layouts.to_vec()) />
                    <TextOf cell path="files/policy" mono=true placeholder=paths(2) />
                    <TextOf cell path="files/image" mono=true placeholder=paths(1) />
                    <TextOf cell path="files/main" mono=true placeholder=paths(0) />
                </div>
                <CheckboxOf cell path="write_defaults" />
                <div class="form-grid">
                    <TextOf cell path="files/policy_options" mono=true placeholder=Signal::stored("FLUSH PURGE".to_owned()) />
                    <TextOf cell path="files/image_options" mono=true placeholder=Signal::stored("FLUSH PURGE 1800".to_owned()) />
                </div>
                <AreaOf cell path="files/policy_more" />
                <AreaOf cell path="files/image_more" />
                <AreaOf cell path="files/main_more" />
            </fieldset>
        </div>
    }
}

/// The sum of trace bits; text that is no number up to 255 changes nothing and says so.
#[component]
fn Trace(cell: Cell) -> impl IntoView {
    let stored = cell.text("trace");
    let typed = RwSignal::new(None::<String>);
    let shown = Signal::derive(move || typed.get().unwrap_or_else(|| stored.get()));
    let wrong = Signal::derive(move || {
        typed
            .get()
            .filter(|text| text.trim().parse::<u8>().is_err())
            .map(|_| crate::ui::Note {
                tone: crate::ui::Tone::Error,
                message: "the trace is a whole number from 0 to 255".to_owned(),
                help: format!("The stack still traces {}.", stored.get()),
                fix: None,
                why: None,
            })
            .into_iter()
            .collect::<Vec<_>>()
    });
    let face: Face = cell.face("trace").notes(wrong)
        .help("Sum of: 1 errors to the job log, 2 errors to syslogd, 4 mapped rules, 8 events, 16 System SSL calls, 32 data headers.");
    let type_in = move |text: String| {
        if let Ok(trace) = text.trim().parse::<u8>() {
            cell.type_in("trace", Some(trace.into()));
        }
        typed.set(Some(text));
    };
    view! { <TextField face value=shown on_input=type_in numeric=true /> }
}
