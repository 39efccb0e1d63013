//! Text with line numbers, and two texts side by side: wrappers around CodeMirror's elements.

use leptos::prelude::*;

/// Read-only text. `marked` lines are highlighted; a press on a line gives its number, from 1.
#[component]
pub fn CodeView(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] text: Signal<String>,
    #[prop(optional, into)] marked: Signal<Vec<usize>>,
    /// Lines with something wrong: number and severity word.
    #[prop(optional, into)]
    flagged: Signal<Vec<(usize, &'static str)>>,
    #[prop(optional, into)] on_line: Option<Callback<usize>>,
) -> impl IntoView {
    let marks = move || {
        marked
            .get()
            .iter()
            .map(usize::to_string)
            .collect::<Vec<_>>()
            .join(",")
    };
    let flags = move || {
        let flags: Vec<String> = flagged
            .get()
            .iter()
            .map(|(line, word)| format!("{line}:{word}"))
            .collect();
        flags.join(",")
    };
    let pressed = move |event: web_sys::CustomEvent| {
        if let (Some(call), Some(line)) = (on_line, event.detail().as_f64()) {
            call.run(line as usize);
        }
    };
    view! {
        <code-view
            readonly=""
            label=move || label.get()
            prop:text=text
            prop:marked=marks
            prop:flagged=flags
            on:line-press=pressed
        ></code-view>
    }
}

/// What changed from one text to another.
#[component]
pub fn CodeDiff(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] before: Signal<String>,
    #[prop(into)] after: Signal<String>,
    /// One column instead of two.
    #[prop(optional)]
    narrow: bool,
) -> impl IntoView {
    view! {
        <code-diff
            label=move || label.get()
            narrow=narrow.then_some("")
            prop:before=before
            prop:after=after
        ></code-diff>
    }
}
