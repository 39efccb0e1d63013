//! Labelled inputs for the fields of objects.
//!
//! A [`Cell`] is one object under edit. Each input names its field by its path in the object's JSON;
//! its label, PAGENT's word, help and default come from the generator, its findings from the
//! workspace, and each key goes to the workspace.

mod against;
mod codes;
mod inputs;
mod settings;
mod variables;

use std::sync::Arc;

use generator::finding::{Finding, Severity};
use generator::objects::{Kind, Object, ObjectId, fields};
use leptos::prelude::*;
use serde_json::Value;

use crate::core;
use crate::ui::{Face, Icon, Note, Place, Tone, css_string, focus_soon, fresh_id, with_code};
use crate::workspace::Workspace;
pub use against::{Against, Stated};
pub use codes::CodesOf;
pub use inputs::{
    AreaOf, CheckboxOf, ChoiceOf, LinesOf, ObjectPicker, RefOf, SwitchOf, TagsOf, TextOf, choices,
    name_of,
};
pub use settings::{Folded, SettingsGroups};
pub use variables::VariablesOf;

/// One object under edit.
#[derive(Clone, Copy)]
pub struct Cell {
    pub id: StoredValue<ObjectId>,
    pub workspace: Workspace,
    pub kind: Kind,
    pub object: Memo<Option<Arc<Object>>>,
    json: Memo<Arc<Value>>,
    pub read_only: Memo<Option<String>>,
}

impl Cell {
    pub fn new(id: ObjectId, kind: Kind) -> Self {
        let workspace = Workspace::here();
        let own = id.clone();
        let object = Memo::new(move |_| workspace.object(&own).map(Arc::new));
        let json = Memo::new(move |_| {
            Arc::new(
                object
                    .with(|object| {
                        object
                            .as_ref()
                            .and_then(|object| serde_json::to_value(&**object).ok())
                    })
                    .unwrap_or_default(),
            )
        });
        let own = id.clone();
        let read_only = Memo::new(move |_| workspace.read_only(&own));
        Self {
            id: StoredValue::new(id),
            workspace,
            kind,
            object,
            json,
            read_only,
        }
    }

    pub fn id(self) -> ObjectId {
        self.id.get_value()
    }

    /// The value at a path; tracked.
    pub fn value(self, path: &str) -> Option<Value> {
        self.json
            .with(|json| json.pointer(&format!("/{path}")).cloned())
    }

    /// The text of a field; empty where there is none.
    pub fn text(self, path: impl Into<String>) -> Signal<String> {
        let path = path.into();
        Memo::new(move |_| match self.value(&path) {
            Some(Value::String(text)) => text,
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Bool(on)) => on.to_string(),
            _ => String::new(),
        })
        .into()
    }

    pub fn flag(self, path: impl Into<String>) -> Signal<bool> {
        let path = path.into();
        Memo::new(move |_| self.value(&path) == Some(Value::Bool(true))).into()
    }

    /// How many rows a list has.
    pub fn rows(self, path: &'static str) -> Signal<usize> {
        Memo::new(move |_| {
            self.value(path)
                .as_ref()
                .and_then(Value::as_array)
                .map_or(0, Vec::len)
        })
        .into()
    }

    /// A key of typing.
    pub fn type_in(self, path: &str, value: Option<Value>) {
        if let Some(object) = self.changed(path, value) {
            let words = self.words(path);
            self.workspace.edit_typing(words, self.id(), object);
        }
    }

    /// A change that is complete at once.
    pub fn set(self, path: &str, value: Option<Value>) {
        if let Some(object) = self.changed(path, value) {
            self.workspace
                .edit(self.words(path), [(self.id(), Some(object))]);
        }
    }

    /// Changes a list as a whole: adds, removes or moves rows.
    pub fn set_rows(self, path: &str, change: impl FnOnce(&mut Vec<Value>)) {
        let mut rows = match untrack(|| self.value(path)) {
            Some(Value::Array(rows)) => rows,
            _ => Vec::new(),
        };
        change(&mut rows);
        self.set(path, Some(Value::Array(rows)));
    }

    /// Puts the focus to the input of a field once it is there.
    pub fn focus(self, path: &str) {
        focus_soon(format!(
            "[data-object={}][data-field={}]",
            css_string(&self.id().0),
            css_string(path)
        ));
    }

    pub fn add_row(self, path: &str, row: Value) {
        self.set_rows(path, |rows| rows.push(row));
    }

    pub fn remove_row(self, path: &str, at: usize) {
        self.set_rows(path, |rows| {
            if at < rows.len() {
                rows.remove(at);
            }
        });
    }

    pub fn move_row(self, path: &str, at: usize, by: isize) {
        self.set_rows(path, |rows| {
            if let Some(to) = at
                .checked_add_signed(by)
                .filter(|to| *to < rows.len() && at < rows.len())
            {
                rows.swap(at, to);
            }
        });
    }

    /// Replaces the object, in one step.
    pub fn put(self, words: &str, object: Object) {
        self.workspace.edit(words, [(self.id(), Some(object))]);
    }

    /// Changes the typed object in place.
    pub fn update(self, words: &str, change: impl FnOnce(&mut Object)) {
        if let Some(object) = self.object.get_untracked() {
            let mut object = (*object).clone();
            change(&mut object);
            self.put(words, object);
        }
    }

    fn changed(self, path: &str, value: Option<Value>) -> Option<Object> {
        let object = self.object.get_untracked()?;
        // A value that fits no field cannot come from an input of ours; it changes nothing.
        core::with_field(&object, path, value).ok()
    }

    fn words(self, path: &str) -> String {
        let object = self.object.get_untracked();
        let called = object
            .map(|object| core::called(&object))
            .unwrap_or_default();
        let label = fields::label(self.kind, path);
        if label == path {
            format!("change {called}")
        } else {
            format!("change the {} of {called}", label.to_lowercase())
        }
    }

    /// The same for an input that stands for all of a field's inner ones, too.
    pub fn deep_face(self, path: &str) -> Face {
        let (id, field) = (self.id(), path.to_owned());
        let deep = Signal::derive(move || notes(self.workspace, &id, &field, true));
        self.face(path).notes(deep)
    }

    /// What stands around the input of a field.
    pub fn face(self, path: &str) -> Face {
        let words = core::field_words(self.kind, path);
        let (id, field) = (self.id(), path.to_owned());
        let value = self.text(path);
        let notes = Signal::derive(move || {
            let mut notes = notes(self.workspace, &id, &field, false);
            notes.extend(value.with(|text| variables::note(self.workspace, text)));
            notes
        });
        // What a name is, nobody needs to be told on every page.
        let help = match path {
            "name" | "description" => String::new(),
            path => help(self.kind, path),
        };
        Face::new(words.label)
            .word(words.pagent)
            .help(Signal::stored(help))
            .placeholder(words.default)
            .notes(notes)
            .read_only(Signal::derive(move || self.read_only.get().is_some()))
            .place(Place {
                object: self.id().0,
                field: path.to_owned(),
            })
    }
}

/// The help of a field with its examples, between backticks; empty where there is none.
pub fn help(kind: Kind, path: &str) -> String {
    fields::field(kind, path).map_or_else(String::new, fields::FieldDef::words)
}

/// The head of a column of a grid that is typed in, with the help of its fields.
#[component]
pub fn HeadOf(kind: Kind, path: &'static str, label: &'static str) -> impl IntoView {
    let word = core::field_words(kind, path).pagent;
    let id = fresh_id("help");
    view! {
        <th scope="col">
            {label}
            <button type="button" class="help-button" aria-label=format!("Help for {label}") popovertarget=id.clone()><Icon name="info" /></button>
            <small class="second-word">{word}</small>
            <div id=id popover="auto" class="help-tip">{with_code(&help(kind, path))}</div>
        </th>
    }
}

pub fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Info => Tone::Info,
        Severity::Warning => Tone::Warning,
        Severity::Error => Tone::Error,
    }
}

/// A mark with a count, or nothing.
pub fn finding_mark(worst: Option<(usize, Severity)>) -> AnyView {
    match worst {
        None => ().into_any(),
        Some((count, severity)) => {
            let tone = tone(severity);
            view! { <span class=tone.class()><Icon name=tone.icon() /> <span class="cds--visually-hidden">{tone.word()} ": "</span> {count}</span> }.into_any()
        }
    }
}

/// What a finding says; where a variable brought it about, also on which stack.
fn message(finding: &Finding) -> String {
    let mut message = finding.message();
    for (place, words) in &finding.related {
        if matches!(place, generator::finding::Place::Field { field, .. } if field.0 == "variables")
        {
            message.extend([", ", words]);
        }
    }
    message
}

/// The findings at a field, with what mends them.
pub fn notes(workspace: Workspace, id: &ObjectId, field: &str, deep: bool) -> Vec<Note> {
    let found = workspace
        .findings
        .with(|findings| findings.at(id, field, deep));
    found
        .iter()
        .map(|finding| Note {
            tone: tone(finding.page.severity),
            message: message(finding),
            help: finding.help(),
            why: Some(finding.page.code),
            fix: finding.fix.clone().map(|fix| {
                let title = format!("Fix: {}", fix.title);
                (
                    title,
                    Callback::new(move |()| core::apply_fix(workspace, &fix)),
                )
            }),
        })
        .collect()
}

/// The findings of a field that has no input of its own, such as a list as a whole.
#[component]
pub fn NotesOf(cell: Cell, path: &'static str) -> impl IntoView {
    let notes = cell.face(path).notes;
    view! {
        <div class="notes" tabindex="-1" data-object=cell.id().0 data-field=path aria-live="polite">
            <crate::ui::Notes notes />
        </div>
    }
}
