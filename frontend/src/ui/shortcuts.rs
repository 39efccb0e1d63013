//! Keys that mean something on the page that is open, and the list of them.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

/// One key or two keys in a row, with what they do.
#[derive(Clone)]
pub struct Shortcut {
    /// `n`, `g s`, `Delete`, `Ctrl+K`, `Alt+ArrowUp`.
    pub keys: &'static str,
    pub words: &'static str,
    pub call: Callback<()>,
    /// While it says why, the keys do nothing.
    blocked: Option<Signal<Option<String>>>,
}

impl Shortcut {
    fn works(&self) -> bool {
        let blocked = self.blocked.map(|blocked| blocked.get_untracked());
        blocked.flatten().is_none()
    }
}

/// The shortcuts of what is shown now.
#[derive(Clone, Copy)]
pub struct Shortcuts {
    pub all: RwSignal<Vec<(u32, Shortcut)>>,
    next: StoredValue<u32>,
    /// The first of two keys, and when it was pressed.
    before: StoredValue<Option<(String, f64)>>,
}

/// Two keys in a row are one shortcut within this many milliseconds.
const ROW: f64 = 1200.0;

impl Shortcuts {
    /// Listens on the window, for as long as the caller is shown.
    pub fn provide() -> Self {
        let shortcuts = Self {
            all: RwSignal::new(Vec::new()),
            next: StoredValue::new(0),
            before: StoredValue::new(None),
        };
        provide_context(shortcuts);
        let handle =
            window_event_listener(leptos::ev::keydown, move |event| shortcuts.pressed(&event));
        on_cleanup(move || handle.remove());
        shortcuts
    }

    /// Adds a shortcut for as long as the caller is shown.
    pub fn add(self, keys: &'static str, words: &'static str, call: impl Into<Callback<()>>) {
        self.push(Shortcut {
            keys,
            words,
            call: call.into(),
            blocked: None,
        });
    }

    /// The same, for what cannot be done while `blocked` says why.
    pub fn add_unless(
        self,
        blocked: Signal<Option<String>>,
        keys: &'static str,
        words: &'static str,
        call: impl Into<Callback<()>>,
    ) {
        self.push(Shortcut {
            keys,
            words,
            call: call.into(),
            blocked: Some(blocked),
        });
    }

    fn push(self, shortcut: Shortcut) {
        let number = self.next.get_value();
        self.next.set_value(number + 1);
        self.all.update(|all| all.push((number, shortcut)));
        on_cleanup(move || {
            self.all
                .try_update(|all| all.retain(|(other, _)| *other != number));
        });
    }

    /// What can be done by keys now, each once; without ways to pages and what only keys are for.
    pub fn actions(self) -> Vec<Shortcut> {
        const NONE: [&str; 4] = ["Escape", "/", "Ctrl+K", "Ctrl+Y"];
        let all = self.all.get_untracked().into_iter();
        all.map(|(_, shortcut)| shortcut)
            .filter(|one| !one.keys.starts_with("g ") && !NONE.contains(&one.keys))
            .filter(Shortcut::works)
            .collect()
    }

    /// Does what these keys do.
    pub fn press(self, keys: &str) {
        let found = self.all.with_untracked(|all| called(all, keys));
        if let Some(call) = found {
            call.run(());
        }
    }

    fn pressed(self, event: &KeyboardEvent) {
        if event.default_prevented() || event.is_composing() {
            return;
        }
        let key = spelled(event);
        // What pops up by the browser's own means is closed by them.
        if key == "Escape" && super::find(":popover-open").is_some() {
            return;
        }
        if types_text(event) && !key.starts_with("Ctrl+") && key != "Escape" {
            return;
        }
        let row = self
            .before
            .get_value()
            .filter(|(_, at)| event.time_stamp() - at < ROW);
        let both = row.map(|(first, _)| format!("{first} {key}"));
        self.before
            .set_value(Some((key.clone(), event.time_stamp())));
        let found = self.all.with_untracked(|all| {
            let of_both = both.as_deref().and_then(|keys| called(all, keys));
            of_both.or_else(|| called(all, &key))
        });
        if let Some(call) = found {
            event.prevent_default();
            self.before.set_value(None);
            call.run(());
        }
    }
}

/// The newest wins: what lies on top came last.
fn called(all: &[(u32, Shortcut)], keys: &str) -> Option<Callback<()>> {
    let newest = all.iter().rev().find(|(_, one)| one.keys == keys);
    newest
        .filter(|(_, one)| one.works())
        .map(|(_, one)| one.call)
}

fn spelled(event: &KeyboardEvent) -> String {
    let mut key = String::new();
    if event.ctrl_key() || event.meta_key() {
        key.push_str("Ctrl+");
    }
    if event.alt_key() {
        key.push_str("Alt+");
    }
    let name = event.key();
    if key.is_empty() {
        key.push_str(&name);
    } else {
        if event.shift_key() {
            key.push_str("Shift+");
        }
        key.push_str(&if name.chars().count() == 1 {
            name.to_uppercase()
        } else {
            name
        });
    }
    key
}

/// Whether keys go into a field now.
fn types_text(event: &KeyboardEvent) -> bool {
    let Some(element) = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
    else {
        return false;
    };
    match element.tag_name().as_str() {
        "INPUT" => !matches!(
            element.get_attribute("type").as_deref(),
            Some("checkbox" | "radio" | "button")
        ),
        "TEXTAREA" | "SELECT" => true,
        _ => element
            .closest("[contenteditable=true], .cm-editor")
            .ok()
            .flatten()
            .is_some(),
    }
}
