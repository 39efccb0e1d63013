//! Things that a page says by itself.

use leptos::prelude::*;

use super::{Icon, Tone};

/// A line across the page, with what can be done about it.
#[component]
pub fn Band(tone: Tone, children: Children) -> impl IntoView {
    view! {
        <div class=format!("band {}", tone.class()) role=if tone == Tone::Error { "alert" } else { "status" }>
            <Icon name=tone.icon() />
            <div class="band-words">{children()}</div>
        </div>
    }
}

/// A small word with a colour.
#[component]
pub fn Chip(
    #[prop(into)] text: Signal<String>,
    #[prop(default = "gray")] colour: &'static str,
) -> impl IntoView {
    view! { <span class=format!("cds--tag cds--tag--sm cds--tag--{colour}")><span class="cds--tag__label">{text}</span></span> }
}

/// What an empty list says: why it is empty and what to do next.
#[component]
pub fn EmptyState(#[prop(into)] title: Signal<String>, children: Children) -> impl IntoView {
    view! {
        <div class="empty-state">
            <h2>{title}</h2>
            {children()}
        </div>
    }
}

/// Grey lines where text will be; shown after 300 ms only.
#[component]
pub fn Skeleton(
    #[prop(default = 5)] lines: usize,
    #[prop(default = "Loading")] label: &'static str,
) -> impl IntoView {
    view! {
        <div class="skeleton" role="status">
            <span class="cds--visually-hidden">{label}</span>
            {(0..lines).map(|_| view! { <span class="skeleton-line" aria-hidden="true"></span> }).collect_view()}
        </div>
    }
}
