//! The variables of a z/OS group, an image or a stack.

use std::sync::Arc;

use generator::objects::variables::{MAX_NAME, Scope, is_name, names_in, variables_of};
use generator::objects::{Configuration, Kind, Object, ObjectId};
use leptos::prelude::*;
use serde_json::Value;

use super::{Cell, NotesOf, TextOf};
use crate::core;
use crate::ui::{Button, Face, IconButton, Look, Note, TextField, Tone};
use crate::workspace::Workspace;

/// How many stacks a note names.
const NAMED: usize = 4;

/// What the variables of a text come to, by stack; nothing for a text without any.
pub(super) fn note(workspace: Workspace, text: &str) -> Option<Note> {
    let names = names_in(text);
    if names.is_empty() {
        return None;
    }
    let mut values: Vec<String> = workspace.settled.with(|config| {
        let stacks = config.of_kind(Kind::Stack).into_iter();
        let value = |(id, stack): (&ObjectId, &Object)| {
            let scope = Scope::of(config, id);
            let known = names.iter().all(|name| scope.get(name).is_some());
            known.then(|| format!("`{}` on {}", scope.fill(text), core::shown_name(stack)))
        };
        stacks.filter_map(value).collect()
    });
    let more = values.len().saturating_sub(NAMED);
    values.truncate(NAMED);
    if more > 0 {
        values.push(format!("and on {more} more"));
    }
    (!values.is_empty()).then(|| Note {
        tone: Tone::Info,
        message: values.join(", "),
        help: String::new(),
        fix: None,
        why: None,
    })
}

/// One row for each variable, and what counts here without standing here.
#[component]
pub fn VariablesOf(cell: Cell) -> impl IntoView {
    let names = Memo::new(move |_| match cell.value("variables") {
        Some(Value::Object(given)) => given.keys().cloned().collect::<Vec<_>>(),
        _ => Vec::new(),
    });
    view! {
        <fieldset class="group">
            <legend>"Variables"</legend>
            <p class="hint">"Write ${NAME} in a port, an address, a job name, a user ID, a key ring or a label: each stack gets the value of its own, else of its image, else of its z/OS group."</p>
            <NotesOf cell path="variables" />
            <For each=move || names.get() key=String::clone let:name>
                <div class="list-row variable">
                    <code aria-hidden="true">{name.clone()}</code>
                    <TextOf cell path=format!("variables/{name}") label=name.clone() compact=true mono=true />
                    <IconButton blocked=cell.read_only label=format!("Remove variable {name}") icon="close" on_press={
                        let path = format!("variables/{name}");
                        move || cell.set(&path, None)
                    } />
                </div>
            </For>
            <Inherited cell names />
            <AddVariable cell names />
        </fieldset>
    }
}

/// The variables that come from the image or the z/OS group.
#[component]
fn Inherited(cell: Cell, names: Memo<Vec<String>>) -> impl IntoView {
    let inherited = Memo::new(move |_| {
        let mut lines: Vec<(String, String)> = Vec::new();
        for id in above(cell) {
            let object = cell.workspace.object(&id);
            let place = object.as_ref().map(core::shown_name).unwrap_or_default();
            for (name, value) in object.iter().filter_map(variables_of).flatten() {
                let known = names.with(|names| names.contains(name))
                    || lines.iter().any(|(other, _)| other == name);
                if !known {
                    lines.push((name.clone(), format!("{value} (from {place})")));
                }
            }
        }
        lines
    });
    view! {
        {move || (!inherited.with(Vec::is_empty)).then(|| view! {
            <dl class="facts" aria-label="Variables from above">
                {inherited.get().into_iter().map(|(name, value)| view! { <dt class="mono">{name}</dt><dd class="mono">{value}</dd> }).collect_view()}
            </dl>
        })}
    }
}

/// The image and the z/OS group of a stack, the z/OS group of an image; nearest first.
fn above(cell: Cell) -> Vec<ObjectId> {
    cell.object.with(|object| match object.as_deref() {
        Some(Object::Stack(_)) => {
            let owners = |config: &Arc<Configuration>| config.owners_of(&cell.id());
            cell.workspace.config.with(owners).split_off(1)
        }
        Some(Object::Image(image)) => image.group.clone().into_iter().collect(),
        _ => Vec::new(),
    })
}

#[component]
fn AddVariable(cell: Cell, names: Memo<Vec<String>>) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let wrong = move |name: &str| -> Option<String> {
        if name.is_empty() {
            return Some("Type its name first.".to_owned());
        }
        if !is_name(name) {
            return Some(format!(
                "A capital letter, then capital letters, digits and _, {MAX_NAME} characters at most."
            ));
        }
        let there = names.with(|names| names.iter().any(|other| other == name));
        there.then(|| "This variable is there already.".to_owned())
    };
    let blocked = Signal::derive(move || {
        cell.read_only
            .get()
            .or_else(|| name.with(|name| wrong(name)))
    });
    let notes = Signal::derive(move || {
        let typed = name.with(|name| (!name.is_empty()).then(|| wrong(name)).flatten());
        typed
            .map(|message| Note {
                tone: Tone::Error,
                message,
                help: String::new(),
                fix: None,
                why: None,
            })
            .into_iter()
            .collect::<Vec<_>>()
    });
    let add = move || {
        if blocked.with_untracked(Option::is_some) {
            return;
        }
        let field = format!("variables/{}", name.get_untracked());
        cell.set(&field, Some(Value::String(String::new())));
        name.set(String::new());
        cell.focus(&field);
    };
    let face = Face::new("Name of a new variable")
        .compact()
        .placeholder("NAME")
        .mono()
        .notes(notes)
        .read_only(Signal::derive(move || cell.read_only.get().is_some()));
    view! {
        <div class="list-row variable">
            <TextField face value=name on_input=move |text: String| name.set(text.to_ascii_uppercase()) on_enter=add />
            <Button label="Add variable" icon="add" look=Look::Ghost on_press=add blocked />
        </div>
    }
}
