//! Icons, drawn on a grid of 16 by 16.

use leptos::prelude::*;

/// An icon by name; decoration, so its meaning must stand beside it in words.
#[component]
pub fn Icon(name: &'static str) -> impl IntoView {
    view! {
        <svg class="icon" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d=path(name) />
        </svg>
    }
}

fn path(name: &str) -> &'static str {
    match name {
        "add" => "M8.5 7.5V3h-1v4.5H3v1h4.5V13h1V8.5H13v-1z",
        "close" => "M12 4.7 11.3 4 8 7.3 4.7 4 4 4.7 7.3 8 4 11.3l.7.7L8 8.7l3.3 3.3.7-.7L8.7 8z",
        "down" => "M8 11 3 6l.7-.7L8 9.6l4.3-4.3.7.7z",
        "right" => "M11 8l-5 5-.7-.7L9.6 8 5.3 3.7 6 3z",
        "up-arrow" => "M8 2 3.5 6.5l.7.7L7.5 3.9V14h1V3.9l3.3 3.3.7-.7z",
        "down-arrow" => "m8 14 4.5-4.5-.7-.7-3.3 3.3V2h-1v10.1L4.2 8.8l-.7.7z",
        "overview" => {
            "M2 2v5h5V2zm4 4H3V3h3zm3-4v5h5V2zm4 4h-3V3h3zM2 9v5h5V9zm4 4H3v-3h3zm3-4v5h5V9zm4 4h-3v-3h3z"
        }
        "systems" => {
            "M3 2v4h10V2zm9 3H4V3h8zM3 7v4h10V7zm9 3H4V8h8zm-9 2v1h10v-1zM5 3.5h1v1H5zm0 5h1v1H5z"
        }
        "traffic" => {
            "M10.3 2.3 9.6 3l2 2H2v1h9.6l-2 2 .7.7L13.5 5.5zM5.7 7.3 2.5 10.5l3.2 3.2.7-.7-2-2H14v-1H4.4l2-2z"
        }
        "levels" => {
            "M8 1 2.5 3v4.5c0 3.3 2.2 5.8 5.5 7.5 3.3-1.7 5.5-4.2 5.5-7.5V3zm4.5 6.5c0 2.7-1.7 4.8-4.5 6.4-2.8-1.6-4.5-3.7-4.5-6.4V3.7L8 2.1l4.5 1.6z"
        }
        "addresses" => {
            "M8 1a5 5 0 0 0-5 5c0 3.3 5 9 5 9s5-5.7 5-9a5 5 0 0 0-5-5zm0 12.4C6.5 11.6 4 8.1 4 6a4 4 0 0 1 8 0c0 2.1-2.5 5.6-4 7.4zM8 4a2 2 0 1 0 0 4 2 2 0 0 0 0-4zm0 3a1 1 0 1 1 0-2 1 1 0 0 1 0 2z"
        }
        "maps" => {
            "M2 3h5v3H2zm1 1v1h3V4zm6-1h5v3H9zm1 1v1h3V4zM2 10h5v3H2zm1 1v1h3v-1zm6-1h5v3H9zm1 1v1h3v-1zM7 4.2h2v1H7zm0 7h2v1H7z"
        }
        "import" => "M13 9v4H3V9H2v5h12V9zM7.5 2.9V10h1V2.9l2.3 2.3.7-.7L8 1 4.5 4.5l.7.7z",
        "install" => "M13 9v4H3V9H2v5h12V9zM8.5 8.1V1h-1v7.1L5.2 5.8l-.7.7L8 10l3.5-3.5-.7-.7z",
        "history" => {
            "M8 1.5A6.5 6.5 0 0 0 2.5 4.5V2h-1v4.5H6v-1H3.1A5.5 5.5 0 1 1 2.5 8h-1A6.5 6.5 0 1 0 8 1.5zM7.5 4v4.5H11v-1H8.5V4z"
        }
        "runtime" => "M1 8.5h3.2L6 3.6l3.6 9.2 2-4.3H15v-1h-4L9.7 10 6.1 1 3.5 7.5H1z",
        "settings" => {
            "M2 3.5h6v-1h1v1h5v1H9v1H8v-1H2zm0 4h2v-1h1v1h9v1H5v1H4v-1H2zm0 4h8v-1h1v1h3v1h-3v1h-1v-1H2z"
        }
        "review" => {
            "M4 1v14h9V4.5L9.5 1zm5.5 1.4L11.6 4.5H9.5zM5 14V2h3.5v3.5H12V14zm1-6h5v1H6zm0 2.5h5v1H6z"
        }
        "error" => {
            "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zm2.7 10.4L8 8.7l-2.7 2.7-.7-.7L7.3 8 4.6 5.3l.7-.7L8 7.3l2.7-2.7.7.7L8.7 8l2.7 2.7z"
        }
        "warning" => "M8 1.5 1 14h14zM7.4 6h1.2v4.2H7.4zM8 12.6a.8.8 0 1 1 0-1.6.8.8 0 0 1 0 1.6z",
        "info" => {
            "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zm0 2.8a.8.8 0 1 1 0 1.6.8.8 0 0 1 0-1.6zM10 12H6v-1h1.5V7.5H6.3v-1h2.2V11H10z"
        }
        "check" => "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zM7 10.9 4.5 8.4l.7-.7L7 9.5l3.8-3.8.7.7z",
        "guided" => {
            "M8 1 6.3 5.7 1.5 7.5l4.8 1.8L8 14l1.7-4.7 4.8-1.8-4.8-1.8zm0 2.9 1 2.6 2.6 1-2.6 1-1 2.6-1-2.6-2.6-1 2.6-1z"
        }
        "setup" => {
            "M2 3h3.1a2 2 0 0 1 3.8 0H14v1H8.9a2 2 0 0 1-3.8 0H2zm5-.5a1 1 0 1 0 0 2 1 1 0 0 0 0-2zM2 8h6.1a2 2 0 0 1 3.8 0H14v1h-2.1a2 2 0 0 1-3.8 0H2zm8-.5a1 1 0 1 0 0 2 1 1 0 0 0 0-2zM2 12.5h2.1a2 2 0 0 1 3.8 0H14v1H7.9a2 2 0 0 1-3.8 0H2zM6 12a1 1 0 1 0 0 2 1 1 0 0 0 0-2z"
        }
        "menu" => "M2 4h12v1H2zm0 3.5h12v1H2zM2 11h12v1H2z",
        "more" => {
            "M8 3a1 1 0 1 1 0 2 1 1 0 0 1 0-2zm0 4a1 1 0 1 1 0 2 1 1 0 0 1 0-2zm0 4a1 1 0 1 1 0 2 1 1 0 0 1 0-2z"
        }
        "search" => {
            "m14.5 13.8-3.7-3.7a5.2 5.2 0 1 0-.7.7l3.7 3.7zM2.5 6.8a4.3 4.3 0 1 1 8.5 0 4.3 4.3 0 0 1-8.5 0z"
        }
        "undo" => {
            "M10 5H3.9l2.5-2.5-.7-.7L2 5.5l3.7 3.7.7-.7L3.9 6H10a3 3 0 0 1 0 6H6v1h4a4 4 0 0 0 0-8z"
        }
        "redo" => {
            "M6 5h6.1L9.6 2.5l.7-.7L14 5.5l-3.7 3.7-.7-.7L12.1 6H6a3 3 0 0 0 0 6h4v1H6a4 4 0 0 1 0-8z"
        }
        "delete" => "M6 6h1v6H6zm3 0h1v6H9zM2 3v1h1v10h10V4h1V3zm2 11V4h8v9.9zM6 1h4v1H6z",
        "lock" => {
            "M12 7h-1V4.5a3 3 0 0 0-6 0V7H4a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h8a1 1 0 0 0 1-1V8a1 1 0 0 0-1-1zM6 4.5a2 2 0 0 1 4 0V7H6zM12 14H4V8h8z"
        }
        "text" => "M2 3h12v1H2zm0 3h8v1H2zm0 3h12v1H2zm0 3h8v1H2z",
        "drag" => {
            "M6 3h1v1H6zm3 0h1v1H9zM6 6h1v1H6zm3 0h1v1H9zM6 9h1v1H6zm3 0h1v1H9zm-3 3h1v1H6zm3 0h1v1H9z"
        }
        _ => "",
    }
}
