//! Buttons.

use leptos::prelude::*;

use super::Icon;

/// How much a button weighs on its page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    Primary,
    #[default]
    Tertiary,
    Ghost,
    Danger,
}

impl Look {
    fn class(self) -> &'static str {
        match self {
            Self::Primary => "cds--btn cds--btn--sm cds--btn--primary",
            Self::Tertiary => "cds--btn cds--btn--sm cds--btn--tertiary",
            Self::Ghost => "cds--btn cds--btn--sm cds--btn--ghost",
            Self::Danger => "cds--btn cds--btn--sm cds--btn--danger",
        }
    }
}

/// A button with words. While `blocked` says why, it can be reached and does nothing.
#[component]
pub fn Button(
    #[prop(into)] label: Signal<String>,
    /// The name for screen readers, where the words alone do not say what is meant.
    #[prop(optional, into)]
    name: Option<String>,
    #[prop(optional)] look: Look,
    #[prop(optional, into)] icon: Option<&'static str>,
    #[prop(optional, into)] blocked: MaybeProp<String>,
    #[prop(optional)] submit: bool,
    #[prop(optional, into)] on_press: Option<Callback<()>>,
) -> impl IntoView {
    let press = move |event: web_sys::MouseEvent| {
        if blocked.get_untracked().is_some() {
            event.prevent_default();
        } else if let Some(on_press) = on_press {
            on_press.run(());
        }
    };
    view! {
        <button
            type=if submit { "submit" } else { "button" }
            class=look.class()
            class:is-blocked=move || blocked.get().is_some()
            aria-label=name
            aria-disabled=move || blocked.get().map(|_| "true")
            title=move || blocked.get()
            on:click=press
        >
            {icon.map(|name| view! { <Icon name /> })}
            <span>{move || super::with_code(&label.get())}</span>
            {move || blocked.get().map(|why| view! { <span class="cds--visually-hidden">" – " {why}</span> })}
        </button>
    }
}

/// A button that is an icon; its words are its name and its tooltip.
#[component]
pub fn IconButton(
    #[prop(into)] label: Signal<String>,
    icon: &'static str,
    #[prop(optional, into)] blocked: MaybeProp<String>,
    #[prop(optional, into)] pressed: MaybeProp<bool>,
    /// More than the name: shown on hover.
    #[prop(optional, into)]
    tip: MaybeProp<String>,
    #[prop(into)] on_press: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="icon-button"
            aria-label=move || label.get()
            title=move || blocked.get().or_else(|| tip.get()).unwrap_or_else(|| label.get())
            aria-disabled=move || blocked.get().map(|_| "true")
            aria-pressed=move || pressed.get().map(|on| on.to_string())
            on:click=move |event| {
                event.stop_propagation();
                if blocked.get_untracked().is_none() {
                    on_press.run(());
                }
            }
        >
            <Icon name=icon />
        </button>
    }
}
