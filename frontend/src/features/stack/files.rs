//! The files of a stack, in full.

use leptos::prelude::*;

use crate::frame::{Pane, line_flags, line_press};
use crate::ui::{CodeView, HandOver};

#[component]
pub fn Files() -> impl IntoView {
    let pane = Pane::here();
    let part = |key: &str, title: &'static str| {
        let key = Signal::stored(key.to_owned());
        let (press, flagged) = (line_press(pane, key), line_flags(pane, key));
        let path = pane.words(key, |file| &file.path);
        let text = pane.words(key, |file| &file.text);
        // The name within its folder; a data set's member is a name, too.
        let name = Signal::derive(move || {
            let of_path = |path: &String| {
                let name = path.trim_end_matches(['\'', ')']).rsplit(['/', '(']).next();
                name.unwrap_or_default().to_owned()
            };
            path.with(of_path)
        });
        view! {
            <section class="file" aria-label=title>
                <div class="part-head">
                    <h2>{title} " " <code>{path}</code></h2>
                    <span class="part-actions"><HandOver text name /></span>
                </div>
                <CodeView label=title text flagged on_line=press />
            </section>
        }
    };
    view! {
        {part("policy", "Policy file")}
        {part("image", "Image file")}
        {part("main", "Main file")}
    }
}
