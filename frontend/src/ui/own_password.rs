//! One's own password, asked for again in the dialog of what needs it.

use leptos::prelude::*;

use super::{Face, Note, TextField, Tone};

/// What is typed, and whether the server refused it.
#[derive(Clone, Copy)]
pub struct OwnPassword {
    pub value: RwSignal<String>,
    pub wrong: RwSignal<bool>,
}

impl OwnPassword {
    pub fn new() -> Self {
        Self {
            value: RwSignal::new(String::new()),
            wrong: RwSignal::new(false),
        }
    }
}

/// That it was wrong stands at the field until another key is pressed.
#[component]
pub fn OwnPasswordField(of: OwnPassword, #[prop(optional)] autofocus: bool) -> impl IntoView {
    let OwnPassword { value, wrong } = of;
    let note = || Note {
        tone: Tone::Error,
        message: "This is not your password.".to_owned(),
        help: String::new(),
        fix: None,
        why: None,
    };
    let notes = Signal::derive(move || wrong.get().then(note).into_iter().collect());
    let typed = move |text| {
        value.set(text);
        wrong.set(false);
    };
    let face = Face::new("Your password")
        .help("Once more, because this decides who can log in.")
        .required()
        .autocomplete("current-password")
        .notes(notes);
    view! { <TextField face kind="password" value on_input=typed autofocus /> }
}
