//! Tabs, after the ARIA pattern: arrows move, the panel follows.

use leptos::prelude::*;

use super::focus;

/// `tabs` are key and words. The content below is the caller's: give it `role="tabpanel"` and the
/// id `{id}-panel`.
#[component]
pub fn Tabs(
    id: &'static str,
    #[prop(into)] label: Signal<String>,
    tabs: Vec<(&'static str, &'static str)>,
    #[prop(into)] selected: Signal<String>,
    #[prop(into)] on_select: Callback<String>,
) -> impl IntoView {
    let keys: Vec<&'static str> = tabs.iter().map(|(key, _)| *key).collect();
    let key = move |event: web_sys::KeyboardEvent| {
        let now = selected.get_untracked();
        let at = keys.iter().position(|key| *key == now).unwrap_or(0);
        let next = match event.key().as_str() {
            "ArrowRight" => (at + 1) % keys.len(),
            "ArrowLeft" => (at + keys.len() - 1) % keys.len(),
            "Home" => 0,
            "End" => keys.len() - 1,
            _ => return,
        };
        event.prevent_default();
        on_select.run(keys[next].to_owned());
        focus(&format!("#{id}-{}", keys[next]));
    };
    view! {
        <div class="tabs" role="tablist" aria-label=move || label.get() on:keydown=key>
            {tabs.into_iter().map(|(key, words)| view! {
                <button
                    type="button"
                    role="tab"
                    class="tab"
                    id=format!("{id}-{key}")
                    aria-selected=move || (selected.get() == key).to_string()
                    aria-controls=format!("{id}-panel")
                    tabindex=move || if selected.get() == key { "0" } else { "-1" }
                    on:click=move |_| on_select.run(key.to_owned())
                >{words}</button>
            }).collect_view()}
        </div>
    }
}
