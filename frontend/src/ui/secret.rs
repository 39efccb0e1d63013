//! A text that is shown once and must be copied now.

use leptos::prelude::*;

use super::{Button, Look, fresh_id};

#[component]
pub fn Secret(
    #[prop(into)] label: String,
    #[prop(into)] secret: String,
    /// What to do with it.
    #[prop(into)]
    note: String,
    #[prop(into)] on_close: Callback<()>,
) -> impl IntoView {
    let id = fresh_id("secret");
    let label_id = id.clone();
    let copied = RwSignal::new(false);
    // It may stand above what is in sight, and it is shown once: the focus goes to it.
    super::focus_soon(".secret-text");
    let text = secret.clone();
    let copy = move || {
        if let Some(window) = web_sys::window() {
            // Browsers have no clipboard for pages that came over plain HTTP; the text can be marked.
            if js_sys::Reflect::get(&window.navigator(), &"clipboard".into())
                .is_ok_and(|found| found.is_object())
            {
                let _ = window.navigator().clipboard().write_text(&text);
                copied.set(true);
            }
        }
    };
    view! {
        <div class="secret" role="group" aria-labelledby=id>
            <strong id=label_id>{label}</strong>
            <code class="secret-text" tabindex="0">{secret}</code>
            <p>{note}</p>
            <div class="secret-actions">
                <Button label=Signal::derive(move || if copied.get() { "Copied".to_owned() } else { "Copy".to_owned() }) look=Look::Primary on_press=copy />
                <Button label="Hide it" look=Look::Ghost on_press=on_close />
            </div>
        </div>
    }
}
