//! The fields of a security level beside its preset: where each value comes from, the way back,
//! and *only what differs*.

use generator::objects::attls::presets::{Held, Stand, held, take};
use generator::objects::{Object, SecurityLevel, library};
use leptos::prelude::*;

use super::Cell;
use crate::prefs;
use crate::ui::{Button, Look};

const PREFERENCE: &str = "only-what-differs";

/// Every field of the level on the page beside its preset.
#[derive(Clone, Copy)]
pub struct Against {
    cell: Cell,
    /// The name of the preset; empty without one.
    pub name: Memo<String>,
    pub only: RwSignal<bool>,
    held: Memo<Vec<Held>>,
    /// Whether fields are hidden, and which ones.
    hidden: Memo<(bool, Vec<String>)>,
}

impl Against {
    /// For a page with the form of one level: what it shows inside finds it.
    pub fn provide(cell: Cell) -> Self {
        let name = Memo::new(move |_| {
            let used = level_of(cell).and_then(|level| level.preset);
            let used = used.filter(|used| library::preset(&used.name).is_some());
            used.map(|used| used.name).unwrap_or_default()
        });
        let config = cell.workspace.config;
        let release = config.with_untracked(|config| config.oldest_release());
        let held = Memo::new(move |_| {
            let preset = name.with(|name| library::preset(name));
            let level = level_of(cell).unwrap_or_default();
            held(&level, preset.as_ref(), release.unwrap_or_default())
        });
        let only = RwSignal::new(prefs::read(PREFERENCE).as_deref() == Some("yes"));
        let hidden = Memo::new(move |before: Option<&(bool, Vec<String>)>| {
            if !only.get() {
                return (false, Vec::new());
            }
            let id = cell.id();
            // What was shown stays, so that nothing goes away under the person's hands.
            let was_shown =
                |path: &String| matches!(before, Some((true, hidden)) if !hidden.contains(path));
            // What is wrong with the versions as a whole is mended by any of them.
            let wrong = |path: &str| {
                let part_of = path.split('/').next().unwrap_or(path);
                let findings = cell.workspace.findings;
                findings.with(|findings| {
                    !findings.at(&id, path, true).is_empty()
                        || !findings.at(&id, part_of, false).is_empty()
                })
            };
            let same =
                |field: &&Held| !field.differs && !was_shown(&field.path) && !wrong(&field.path);
            let paths = |held: &Vec<Held>| {
                let same = held.iter().filter(same);
                same.map(|field| field.path.clone()).collect()
            };
            (true, held.with(paths))
        });
        let against = Self {
            cell,
            name,
            only,
            held,
            hidden,
        };
        provide_context(against);
        against
    }

    pub fn show_only(self, on: bool) {
        self.only.set(on);
        prefs::write(PREFERENCE, if on { "yes" } else { "no" });
    }

    /// How many fields are hidden.
    pub fn hidden(self) -> usize {
        self.hidden.with(|(_, hidden)| hidden.len())
    }

    /// Puts a field back to what the preset says.
    fn put_back(self, path: &str) {
        let preset = self.name.with_untracked(|name| library::preset(name));
        let words = format!("put {} back to its preset", label(self.cell, path));
        self.cell.update(&words, |object| {
            if let (Object::SecurityLevel(level), Some(preset)) = (object, &preset) {
                take(level, preset, path);
            }
        });
        self.cell.focus(path);
    }
}

fn label(cell: Cell, path: &str) -> String {
    generator::objects::fields::label(cell.kind, path)
}

fn level_of(cell: Cell) -> Option<SecurityLevel> {
    cell.object.with(|object| match object.as_deref() {
        Some(Object::SecurityLevel(level)) => Some(level.clone()),
        _ => None,
    })
}

/// An input with where its value comes from below it; elsewhere than in a level, the input alone.
#[component]
pub fn Stated(#[prop(into)] path: String, children: Children) -> impl IntoView {
    let Some(against) = use_context::<Against>() else {
        return children().into_any();
    };
    let field = StoredValue::new(path);
    let hidden = Memo::new(move |_| {
        let path = field.get_value();
        against.hidden.with(|(_, hidden)| hidden.contains(&path))
    });
    let held = Memo::new(move |_| {
        let path = field.get_value();
        let held = against.held;
        let held = held.with(|held| held.iter().find(|field| field.path == path).cloned());
        held.map(|held| (held, against.name.get()))
    });
    let line = move || {
        let held = held.get();
        held.map(|(held, preset)| view! { <Stands against held preset /> })
    };
    view! {
        <div class="stated" hidden=hidden>
            {children()}
            {line}
        </div>
    }
    .into_any()
}

/// Where a value comes from, and the ways back.
#[component]
fn Stands(against: Against, held: Held, preset: String) -> impl IntoView {
    let (cell, path) = (against.cell, held.path);
    let setting = path.starts_with("settings/");
    let words = match held.stand {
        Stand::NotSet if held.in_preset => format!("Not set; {preset} sets it"),
        Stand::NotSet => String::new(),
        Stand::AsPreset => format!("As {preset}"),
        Stand::Own if preset.is_empty() && !setting => String::new(),
        Stand::Own => "Own value".to_owned(),
    };
    if words.is_empty() {
        return ().into_any();
    }
    let label = label(cell, &path);
    let blocked = cell.read_only;
    let back = (held.differs && held.in_preset).then(|| {
        let path = path.clone();
        view! {
            <Button label="Return to the preset" name=format!("Return to the preset: {label}") look=Look::Ghost blocked
                on_press=move || against.put_back(&path) />
        }
    });
    let unset = (setting && held.stand != Stand::NotSet).then(|| {
        view! {
            <Button label="Unset" name=format!("Unset {label}") look=Look::Ghost blocked
                on_press=move || { cell.set(&path, None); cell.focus(&path) } />
        }
    });
    view! { <p class="stands" class:is-own=held.differs><span>{words}</span> {back} {unset}</p> }
        .into_any()
}
