//! One component per kind of field.

use std::sync::Arc;

use generator::objects::{Kind, ObjectId};
use leptos::prelude::*;
use serde_json::Value;

use super::Cell;
use crate::core;
use crate::ui::{Checkbox, Choice, Face, Picker, Select, Switch, TextArea, TextField};

/// The face of a field, with the label of the caller where it gives one.
fn face(cell: Cell, path: &str, label: Option<String>, compact: bool, mono: bool) -> Face {
    let mut face = cell.face(path);
    if let Some(label) = label {
        face.label = Signal::stored(label);
    }
    face.compact = compact;
    face.mono = mono;
    face
}

/// A field of text.
#[component]
pub fn TextOf(
    cell: Cell,
    #[prop(into)] path: String,
    #[prop(optional, into)] label: Option<String>,
    #[prop(optional)] compact: bool,
    #[prop(optional)] mono: bool,
    #[prop(optional)] autofocus: bool,
    #[prop(optional, into)] on_enter: Option<Callback<()>>,
    #[prop(optional, into)] on_paste: Option<Callback<String, bool>>,
    #[prop(optional, into)] placeholder: Option<Signal<String>>,
) -> impl IntoView {
    let mut face = face(cell, &path, label, compact, mono);
    if let Some(placeholder) = placeholder {
        face.placeholder = placeholder;
    }
    let on_enter = on_enter.unwrap_or_else(|| Callback::new(move |()| cell.workspace.flush()));
    let on_paste = on_paste.unwrap_or_else(|| Callback::new(|_| false));
    view! {
        <TextField
            face
            value=cell.text(path.clone())
            autofocus
            on_enter
            on_paste
            on_input=move |text: String| cell.type_in(&path, Some(Value::String(text)))
        />
    }
}

/// The tags of an object, separated by commas.
#[component]
pub fn TagsOf(cell: Cell) -> impl IntoView {
    let stored = Memo::new(move |_| {
        let tags = cell
            .object
            .with(|object| object.as_deref().map(|it| it.tags().to_vec()));
        tags.unwrap_or_default()
    });
    let typed = RwSignal::new(String::new());
    // While somebody types, a comma or blank at the end stands for no tag yet.
    let value = Signal::derive(move || match typed.get() {
        typed if stored.with(|stored| *stored == tags_in(&typed)) => typed,
        _ => stored.with(|stored| stored.join(", ")),
    });
    let type_in = move |text: String| {
        let tags = tags_in(&text);
        typed.set(text);
        let tags = tags.into_iter().map(Value::String).collect::<Vec<_>>();
        cell.type_in("tags", (!tags.is_empty()).then_some(Value::Array(tags)));
    };
    view! { <TextField face=cell.face("tags") value on_input=type_in /> }
}

/// Each tag once.
fn tags_in(text: &str) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in text.split(',').map(str::trim) {
        if !tag.is_empty() && !tags.iter().any(|other| other == tag) {
            tags.push(tag.to_owned());
        }
    }
    tags
}

/// A text of several lines.
#[component]
pub fn AreaOf(cell: Cell, #[prop(into)] path: String) -> impl IntoView {
    let face = face(cell, &path, None, false, true);
    let value = cell.text(path.clone());
    let type_in = move |text: String| cell.type_in(&path, Some(Value::String(text)));
    view! { <TextArea face value on_input=type_in /> }
}

/// A list of texts, one on each line.
#[component]
pub fn LinesOf(
    cell: Cell,
    #[prop(into)] path: String,
    #[prop(default = 2)] rows: u32,
) -> impl IntoView {
    let read = path.clone();
    let value = Memo::new(move |_| match cell.value(&read) {
        Some(Value::Array(lines)) => lines
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join("\n"),
        _ => String::new(),
    });
    let face = cell.deep_face(&path);
    let type_in = move |text: String| {
        // The last line may be empty while the next one is about to be typed.
        let lines = match text.as_str() {
            "" => Vec::new(),
            text => text
                .split('\n')
                .map(|line| Value::String(line.to_owned()))
                .collect(),
        };
        cell.type_in(&path, Some(Value::Array(lines)));
    };
    view! { <TextArea face rows value on_input=type_in /> }
}

#[component]
pub fn CheckboxOf(
    cell: Cell,
    #[prop(into)] path: String,
    #[prop(optional)] compact: bool,
) -> impl IntoView {
    view! {
        <Checkbox
            face=face(cell, &path, None, compact, false)
            value=cell.flag(path.clone())
            on_change=move |on| cell.set(&path, Some(Value::Bool(on)))
        />
    }
}

#[component]
pub fn SwitchOf(
    cell: Cell,
    #[prop(into)] path: String,
    #[prop(optional, into)] label: Option<String>,
    #[prop(optional)] compact: bool,
) -> impl IntoView {
    view! {
        <Switch
            face=face(cell, &path, label, compact, false)
            value=cell.flag(path.clone())
            on_change=move |on| cell.set(&path, Some(Value::Bool(on)))
        />
    }
}

/// A field that holds one of a few words; the empty word removes the field.
#[component]
pub fn ChoiceOf(
    cell: Cell,
    #[prop(into)] path: String,
    #[prop(into)] options: Signal<Vec<(String, String)>>,
    #[prop(optional, into)] label: Option<String>,
    #[prop(optional)] compact: bool,
) -> impl IntoView {
    let change = {
        let path = path.clone();
        move |word: String| cell.set(&path, (!word.is_empty()).then_some(Value::String(word)))
    };
    view! {
        <Select face=face(cell, &path, label, compact, false) options value=cell.text(path) on_change=change />
    }
}

/// The objects of a kind, to pick from.
pub fn choices(kind: Kind) -> Signal<Arc<Vec<Choice>>> {
    let workspace = crate::workspace::Workspace::here();
    Memo::new(move |_| {
        workspace.settled.with(|config| {
            let all = config.of_kind(kind).into_iter().map(|(id, object)| Choice {
                id: id.0.clone(),
                name: core::shown_name(object),
                detail: core::contents(config, object),
            });
            Arc::new(all.collect::<Vec<_>>())
        })
    })
    .into()
}

/// The name of an object, as it is now.
pub fn name_of(id: Signal<Option<ObjectId>>) -> Signal<String> {
    let workspace = crate::workspace::Workspace::here();
    Memo::new(move |_| {
        id.get().map_or_else(String::new, |id| {
            workspace.config.with(|config| core::name_of(config, &id))
        })
    })
    .into()
}

/// A field that refers to an object: pick one, or make one in a panel.
#[component]
pub fn ObjectPicker(
    face: Face,
    kind: Kind,
    #[prop(into)] value: Signal<Option<ObjectId>>,
    #[prop(into)] on_pick: Callback<Option<ObjectId>>,
) -> impl IntoView {
    let new = crate::editors::create_in_place(kind, value, on_pick);
    let picked = Signal::derive(move || value.get().map(|id| id.0));
    view! {
        <Picker
            face
            choices=choices(kind)
            shown=name_of(value)
            picked
            on_pick=move |id: String| on_pick.run(Some(ObjectId(id)))
            on_new=new
        />
    }
}

/// A field that holds the id of an object.
#[component]
pub fn RefOf(
    cell: Cell,
    #[prop(into)] path: String,
    kind: Kind,
    #[prop(optional, into)] label: Option<String>,
    #[prop(optional)] compact: bool,
    #[prop(optional)] placeholder: &'static str,
) -> impl IntoView {
    let text = cell.text(path.clone());
    let value = Signal::derive(move || {
        Some(text.get())
            .filter(|text| !text.is_empty())
            .map(ObjectId)
    });
    let face = face(cell, &path, label, compact, false).placeholder(placeholder);
    let on_pick = Callback::new(move |id: Option<ObjectId>| {
        cell.set(&path, id.map(|id| Value::String(id.0)))
    });
    view! { <ObjectPicker face kind value on_pick /> }
}
