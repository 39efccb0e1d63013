//! Handing a text to the person: on the clipboard, or as a file.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlAnchorElement;

use super::Button;

/// Copies a text, or saves it under a name.
#[component]
pub fn HandOver(
    #[prop(into)] text: Signal<String>,
    #[prop(into)] name: Signal<String>,
) -> impl IntoView {
    let copied = RwSignal::new(None::<String>);
    let copy = move || copy_text(text.get_untracked(), copied);
    let download = move || save_file(&name.get_untracked(), &text.get_untracked());
    view! {
        <span class="soft" role="status">{copied}</span>
        <Button label="Copy" on_press=copy />
        <Button label="Download" on_press=download />
    }
}

/// Puts a text on the clipboard, and says whether that worked.
fn copy_text(text: String, copied: RwSignal<Option<String>>) {
    let Some(window) = web_sys::window() else {
        return;
    };
    // On a plain-text connection from another machine browsers give pages no clipboard.
    if !window.is_secure_context() {
        copied.set(Some(
            "The browser allows copying over HTTPS only; use Download.".to_owned(),
        ));
        return;
    }
    let promise = window.navigator().clipboard().write_text(&text);
    leptos::task::spawn_local(async move {
        let words = match wasm_bindgen_futures::JsFuture::from(promise).await {
            Ok(_) => "Copied.",
            Err(_) => "The browser did not allow copying; use Download.",
        };
        copied.try_set(Some(words.to_owned()));
    });
}

/// Hands a text over as a file.
fn save_file(name: &str, text: &str) {
    // A browser that refuses this saves nothing, and says so itself.
    let _ = offer(name, text);
}

fn offer(name: &str, text: &str) -> Result<(), JsValue> {
    let parts = js_sys::Array::of1(&JsValue::from_str(text));
    let options = web_sys::BlobPropertyBag::new();
    options.set_type("text/plain;charset=utf-8");
    let blob = web_sys::Blob::new_with_str_sequence_and_options(&parts, &options)?;
    let url = web_sys::Url::create_object_url_with_blob(&blob)?;
    let link: HtmlAnchorElement = document().create_element("a")?.dyn_into()?;
    link.set_href(&url);
    link.set_download(name);
    link.click();
    web_sys::Url::revoke_object_url(&url)
}
