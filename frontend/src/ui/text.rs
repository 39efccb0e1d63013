//! Inputs for text.

use leptos::prelude::*;

use super::field::{described_by, input_id};
use super::{Face, Field};

/// One line of text. `on_input` gets each key.
#[component]
pub fn TextField(
    face: Face,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] on_input: Callback<String>,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional, into)] on_enter: Option<Callback<()>>,
    /// Gets pasted text first; true when it took it.
    #[prop(optional, into)]
    on_paste: Option<Callback<String, bool>>,
    #[prop(optional)] autofocus: bool,
    #[prop(optional)] numeric: bool,
) -> impl IntoView {
    let id = input_id();
    let (read_only, invalid, label) = (face.read_only, face.invalid(), face.label);
    let described = described_by(&id, &face);
    let (place, mono, placeholder) = (face.place.clone(), face.mono, face.placeholder);
    let (required, autocomplete) = (face.required, face.autocomplete);
    let input = NodeRef::<leptos::html::Input>::new();
    if autofocus {
        Effect::new(move |_| {
            if let Some(input) = input.get() {
                request_animation_frame(move || drop(input.focus()));
            }
        });
    }
    // Browsers tell of pasted text where nothing can be typed, too.
    let pasted = move |event: web_sys::ClipboardEvent| {
        if let (Some(take), Some(text)) = (on_paste, clipboard_text(&event))
            && !read_only.get_untracked()
            && take.run(text)
        {
            event.prevent_default();
        }
    };
    view! {
        <Field face id=id.clone()>
            <input
                node_ref=input
                id=id
                type=kind
                class="cds--text-input cds--text-input--sm"
                class:mono=mono
                class:cds--text-input--invalid=invalid
                aria-invalid=move || invalid.get().then_some("true")
                aria-describedby=described
                aria-label=move || label.get()
                inputmode=numeric.then_some("numeric")
                placeholder=move || placeholder.get()
                autocomplete=autocomplete
                spellcheck="false"
                required=required
                readonly=read_only
                data-object=place.object
                data-field=place.field
                prop:value=value
                on:input=move |event| on_input.run(event_target_value(&event))
                on:paste=pasted
                on:keydown=move |event| {
                    if let (Some(call), "Enter") = (on_enter, event.key().as_str()) {
                        event.prevent_default();
                        if !read_only.get_untracked() {
                            call.run(());
                        }
                    }
                }
            />
        </Field>
    }
}

fn clipboard_text(event: &web_sys::ClipboardEvent) -> Option<String> {
    event.clipboard_data()?.get_data("text").ok()
}

/// Several lines of text.
#[component]
pub fn TextArea(
    face: Face,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] on_input: Callback<String>,
    #[prop(default = 3)] rows: u32,
) -> impl IntoView {
    let id = input_id();
    let read_only = face.read_only;
    let described = described_by(&id, &face);
    let place = face.place.clone();
    let (label, placeholder, mono) = (face.label, face.placeholder, face.mono);
    view! {
        <Field face id=id.clone()>
            <textarea
                id=id
                class="cds--text-area"
                class:mono=mono
                rows=rows.to_string()
                aria-label=move || label.get()
                aria-describedby=described
                placeholder=move || placeholder.get()
                readonly=read_only
                data-object=place.object
                data-field=place.field
                prop:value=value
                on:input=move |event| on_input.run(event_target_value(&event))
            ></textarea>
        </Field>
    }
}

/// The filter of a list; `/` goes to it.
#[component]
pub fn SearchField(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] on_input: Callback<String>,
    #[prop(optional)] placeholder: &'static str,
    #[prop(optional)] autofocus: bool,
) -> impl IntoView {
    let input = NodeRef::<leptos::html::Input>::new();
    Effect::new(move |_| {
        if let Some(input) = input.get().filter(|_| autofocus) {
            request_animation_frame(move || drop(input.focus()));
        }
    });
    view! {
        <div class="search-field">
            <super::Icon name="search" />
            <input
                node_ref=input
                type="search"
                class="cds--text-input cds--text-input--sm"
                data-filter=""
                aria-label=move || label.get()
                placeholder=placeholder
                autocomplete="off"
                spellcheck="false"
                prop:value=value
                on:input=move |event| on_input.run(event_target_value(&event))
            />
        </div>
    }
}
