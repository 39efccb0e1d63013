//! On and off.

use leptos::prelude::*;

use super::Face;
use super::field::{Notes, input_id};

/// A box to tick, with its words beside it.
#[component]
pub fn Checkbox(
    face: Face,
    #[prop(into)] value: Signal<bool>,
    #[prop(into)] on_change: Callback<bool>,
) -> impl IntoView {
    let id = input_id();
    let Face {
        label,
        word,
        help,
        compact,
        notes,
        read_only,
        place,
        ..
    } = face;
    view! {
        <div class="check" class:field-compact=compact>
            <input
                type="checkbox"
                class="box"
                id=id.clone()
                disabled=read_only
                data-object=place.object
                data-field=place.field
                prop:checked=value
                on:change=move |event| on_change.run(event_target_checked(&event))
            />
            <label for=id class:cds--visually-hidden=compact>
                {label}
                {(!word.is_empty()).then(|| view! { " " <small class="second-word">{word}</small> })}
            </label>
            {move || {
                let text = help.get();
                (!text.is_empty() && !compact).then(|| view! { <div class="cds--form__helper-text">{text}</div> })
            }}
            <div class="notes" aria-live="polite"><Notes notes /></div>
        </div>
    }
}

/// The same as a switch: for what takes effect as a whole, such as a rule.
#[component]
pub fn Switch(
    face: Face,
    #[prop(into)] value: Signal<bool>,
    #[prop(into)] on_change: Callback<bool>,
) -> impl IntoView {
    let Face {
        label,
        word,
        help,
        compact,
        notes,
        read_only,
        place,
        ..
    } = face;
    view! {
        <div class="switch-line" class:field-compact=compact>
            <button
                type="button"
                role="switch"
                class="switch"
                aria-checked=move || value.get().to_string()
                aria-label=move || label.get()
                aria-disabled=move || read_only.get().then_some("true")
                data-object=place.object
                data-field=place.field
                on:click=move |event| {
                    event.stop_propagation();
                    if !read_only.get_untracked() {
                        on_change.run(!value.get_untracked());
                    }
                }
            >
                <span class="switch-knob" aria-hidden="true"></span>
            </button>
            <span class="switch-words" class:cds--visually-hidden=compact aria-hidden="true">
                {label}
                {(!word.is_empty()).then(|| view! { " " <small class="second-word">{word}</small> })}
            </span>
            {move || {
                let text = help.get();
                (!text.is_empty() && !compact).then(|| view! { <span class="switch-help">{text}</span> })
            }}
            <div class="notes" aria-live="polite"><Notes notes /></div>
        </div>
    }
}
