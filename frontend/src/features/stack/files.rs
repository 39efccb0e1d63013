//! The files of a stack, in full.

use generator::compile::{Compiled, CompiledFile};
use leptos::prelude::*;

use crate::frame::Pane;
use crate::ui::CodeView;

#[component]
pub fn Files() -> impl IntoView {
    let pane = Pane::here();
    let part = |which: fn(&Compiled) -> &CompiledFile, title: &'static str| {
        let path = Memo::new(move |_| {
            pane.files.with(|files| {
                files
                    .as_ref()
                    .map(|files| which(files).path.clone())
                    .unwrap_or_default()
            })
        });
        let text = Memo::new(move |_| {
            pane.files.with(|files| {
                files
                    .as_ref()
                    .map(|files| which(files).text.clone())
                    .unwrap_or_default()
            })
        });
        view! {
            <section class="file">
                <h2>{title} " " <code>{path}</code></h2>
                <CodeView label=title text />
            </section>
        }
    };
    view! {
        {part(|files| &files.policy, "Policy file")}
        {part(|files| &files.image, "Image file")}
        {part(|files| &files.main, "Main file")}
    }
}
