//! The list of keys.

use leptos::prelude::*;

use super::Pane;
use crate::ui::Dialog;
use crate::ui::shortcuts::Shortcuts;

/// Keys that widgets handle themselves.
const OF_LISTS: &[(&str, &str)] = &[
    ("↑ ↓ Home End", "Move in a list"),
    ("Enter, e", "Open the row"),
    ("Space", "Choose the row"),
    ("Alt+↑ Alt+↓", "Move the row, where order counts"),
    ("Delete", "Delete the row, where it can be deleted"),
];

#[component]
pub fn KeyList() -> impl IntoView {
    let pane = Pane::here();
    let shortcuts = expect_context::<Shortcuts>();
    let lines = move || {
        let mut lines: Vec<(&str, &str)> = Vec::new();
        for (_, shortcut) in shortcuts.all.get() {
            if !lines.iter().any(|(_, words)| *words == shortcut.words) {
                lines.push((shortcut.keys, shortcut.words));
            }
        }
        lines.extend(OF_LISTS);
        lines
    };
    view! {
        <Dialog open=pane.keys title="Keys" on_close=move || pane.keys.set(false)>
            <dl class="keys">
                {move || lines().into_iter().map(|(keys, words)| view! { <div><dt><kbd>{keys}</kbd></dt><dd>{words}</dd></div> }).collect_view()}
            </dl>
            <div class="dialog-foot"><crate::ui::Button label="Close" on_press=move || pane.keys.set(false) /></div>
        </Dialog>
    }
}
