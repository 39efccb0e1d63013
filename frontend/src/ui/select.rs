//! One of a few.

use leptos::prelude::*;

use super::field::{described_by, input_id};
use super::{Face, Field};

/// A native choice; each option is its value and its words.
#[component]
pub fn Select(
    face: Face,
    #[prop(into)] options: Signal<Vec<(String, String)>>,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] on_change: Callback<String>,
) -> impl IntoView {
    let id = input_id();
    let (read_only, invalid, label) = (face.read_only, face.invalid(), face.label);
    let described = described_by(&id, &face);
    let place = face.place.clone();
    view! {
        <Field face id=id.clone()>
            <div class="cds--select-input__wrapper">
                <select
                    id=id
                    class="cds--select-input cds--select-input--sm"
                    class:cds--select-input--invalid=invalid
                    aria-describedby=described
                    aria-label=move || label.get()
                    disabled=read_only
                    data-object=place.object
                    data-field=place.field
                    on:change=move |event| on_change.run(event_target_value(&event))
                >
                    {move || options.get().into_iter().map(|(option, words)| {
                        let this = option.clone();
                        view! { <option value=option selected=move || value.get() == this>{words}</option> }
                    }).collect_view()}
                </select>
                <super::Icon name="down" />
            </div>
        </Field>
    }
}
