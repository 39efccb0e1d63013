//! An input for a row of the statement table.

use generator::policy::Release;
use generator::policy::table::{self, AttributeDef, Kind as ValueKind, Repeat};
use leptos::prelude::*;
use serde_json::Value;

use super::Cell;
use crate::ui::{Face, Select, TextField};

/// The row named `Statement.Attribute`.
pub fn row(name: &str) -> Option<&'static AttributeDef> {
    let (statement, attribute) = name.split_once('.')?;
    table::statement(statement)?.attribute(attribute)
}

fn default_words(row: &AttributeDef) -> String {
    match row.default_in(Release::default()) {
        Some(default) => format!("Default: {default}"),
        None => "No default".to_owned(),
    }
}

/// The input of one setting; `at` is the path of the object's or row's `settings`.
#[component]
pub fn SettingOf(cell: Cell, #[prop(into)] at: String, name: &'static str) -> impl IntoView {
    let path = format!("{at}/{name}");
    let Some(row) = row(name) else {
        // The lists of settings are checked against the table by a test.
        return ().into_any();
    };
    let base = cell.face(&path);
    let unit = row
        .unit
        .map(|unit| format!(" ({unit})"))
        .unwrap_or_default();
    let face = Face {
        label: Signal::stored(format!("{}{unit}", row.label)),
        word: row.name,
        help: Signal::stored(row.help.to_owned()),
        ..base
    };
    let words: Option<Vec<&'static str>> = match row.kind {
        ValueKind::Flag => Some(vec!["On", "Off"]),
        ValueKind::Enum(words) => Some(words.to_vec()),
        _ => None,
    };
    match words.filter(|_| row.repeat == Repeat::Once) {
        Some(words) => {
            let mut options = vec![(String::new(), default_words(row))];
            options.extend(words.into_iter().map(|word| (word.to_owned(), word.to_owned())));
            let set = path.clone();
            view! {
                <Select face options=Signal::stored(options) value=cell.text(path)
                    on_change=move |word: String| cell.set(&set, (!word.is_empty()).then_some(Value::String(word))) />
            }
            .into_any()
        }
        None => view! { <SettingText cell path face many={row.repeat != Repeat::Once} default=default_words(row) /> }.into_any(),
    }
}

/// A setting that is typed; where the row takes several values, one each line would be lost in one
/// field, so they are separated by commas.
#[component]
fn SettingText(cell: Cell, path: String, face: Face, many: bool, default: String) -> impl IntoView {
    let read = path.clone();
    let value = Memo::new(move |_| match cell.value(&read) {
        Some(Value::Array(values)) => values
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join(", "),
        Some(Value::String(text)) => text,
        _ => String::new(),
    });
    let help = face.help.get_untracked();
    let face = face.help(format!("{help} {default}."));
    let type_in = move |text: String| {
        let value = match (text.trim(), many && text.contains(',')) {
            ("", _) => None,
            (_, true) => Some(Value::Array(
                text.split(',')
                    .map(|part| Value::String(part.trim().to_owned()))
                    .collect(),
            )),
            (_, false) => Some(Value::String(text)),
        };
        cell.type_in(&path, value);
    };
    view! { <TextField face value on_input=type_in /> }
}
