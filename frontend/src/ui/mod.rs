//! Widgets. They know nothing of AT-TLS.

mod button;
mod code;
mod dialog;
mod download;
mod field;
mod hand_over;
mod icon;
mod menu;
mod notice;
mod own_password;
mod panel;
mod picker;
mod secret;
mod select;
pub mod shortcuts;
mod table;
mod tabs;
mod text;
mod toggle;

pub use button::{Button, IconButton, Look};
pub use code::{CodeDiff, CodeView};
pub use dialog::Dialog;
pub use download::Downloads;
pub use field::{Face, Field, Note, Notes, Place, Tone, sentence, with_code};
pub use hand_over::HandOver;
pub use icon::Icon;
pub use menu::{Item, Menu};
pub use notice::{Band, Chip, EmptyState, Skeleton};
pub use own_password::{OwnPassword, OwnPasswordField};
pub use panel::{PanelHost, Panels};
pub use picker::{Choice, Picker};
pub use secret::Secret;
pub use select::Select;
pub use table::{Column, DataTable, RowAction, Selection, counted};
pub use tabs::Tabs;
pub use text::{SearchField, TextArea, TextField};
pub use toggle::{Checkbox, Switch};

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// A DOM id that nothing else on the page has.
pub fn fresh_id(stem: &str) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    format!("{stem}-{}", NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// The first element that a CSS selector finds.
pub fn find(selector: &str) -> Option<HtmlElement> {
    let document = web_sys::window()?.document()?;
    document.query_selector(selector).ok()??.dyn_into().ok()
}

/// Puts the focus on the first element that a selector finds.
pub fn focus(selector: &str) -> bool {
    find(selector).is_some_and(|element| element.focus().is_ok())
}

/// The same, once what was just changed is drawn.
pub fn focus_soon(selector: impl Into<String>) {
    let selector = selector.into();
    leptos::prelude::request_animation_frame(move || {
        leptos::prelude::request_animation_frame(move || {
            focus(&selector);
        });
    });
}

/// Does something once what was just changed is drawn; at once in a page that nobody sees, where
/// nothing is drawn.
pub fn after_drawing(what: impl FnOnce() + 'static) {
    use leptos::prelude::{request_animation_frame, set_timeout};
    let then = move || set_timeout(what, Duration::ZERO);
    if leptos::prelude::document().hidden() {
        then();
    } else {
        request_animation_frame(then);
    }
}

/// Takes the text that one of our elements tells.
pub fn told(take: impl Fn(String)) -> impl Fn(web_sys::CustomEvent) {
    move |event| {
        if let Some(text) = event.detail().as_string() {
            take(text);
        }
    }
}

/// A text as a CSS string.
pub fn css_string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push_str(&format!("\\{:x} ", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
