//! An input for a row of the statement table.

use generator::objects::fields::{self, SettingsGroup, SettingsPlace};
use generator::policy::Release;
use generator::policy::table::lists::CodeList;
use generator::policy::table::{AttributeDef, Kind as ValueKind, Repeat};
use leptos::prelude::*;
use serde_json::Value;

use super::{Cell, CodesOf, Stated};
use crate::ui::{Button, Face, Look, Notes, Select, TextField, fresh_id};

/// What holds while nothing is set.
fn default_words(row: &AttributeDef, release: Release) -> String {
    match row.default_words(release).as_str() {
        "" => "Not set; no default".to_owned(),
        words => format!("Not set; default: {words}"),
    }
}

/// The input of one setting; `at` is the path of the object's or row's `settings`, `release` the
/// oldest one whose default matters.
#[component]
fn SettingOf(cell: Cell, at: String, name: &'static str, release: Release) -> impl IntoView {
    let path = format!("{at}/{name}");
    let Some((_, row)) = fields::row(name) else {
        // The lists of settings are checked against the table by a test.
        return ().into_any();
    };
    if let Some(list) = CodeList::of(row) {
        return view! { <SettingList cell path row list release /> }.into_any();
    }
    let default = default_words(row, release);
    let base = cell.face(&path);
    let unit = row
        .unit
        .map(|unit| format!(" ({unit})"))
        .unwrap_or_default();
    let face = Face {
        label: Signal::stored(format!("{}{unit}", row.label)),
        word: row.name,
        help: Signal::stored(fields::with_examples(row.help, row.kind.examples())),
        placeholder: Signal::stored(default.clone()),
        ..base
    };
    let words: Option<Vec<&'static str>> = match row.kind {
        ValueKind::Flag => Some(vec!["On", "Off"]),
        ValueKind::Enum(words) => Some(words.to_vec()),
        _ => None,
    };
    match words.filter(|_| row.repeat == Repeat::Once) {
        Some(words) => {
            let mut options = vec![(String::new(), default)];
            options.extend(
                words
                    .into_iter()
                    .map(|word| (word.to_owned(), word.to_owned())),
            );
            let set = path.clone();
            view! {
                <Select face options=Signal::stored(options) value=cell.text(path)
                    on_change=move |word: String| cell.set(&set, (!word.is_empty()).then_some(Value::String(word))) />
            }
            .into_any()
        }
        None => {
            view! { <SettingText cell path face many={row.repeat != Repeat::Once} /> }.into_any()
        }
    }
}

/// A setting that is an ordered list of codes; without any, what holds then, and a start from it.
#[component]
fn SettingList(
    cell: Cell,
    path: String,
    row: &'static AttributeDef,
    list: CodeList,
    release: Release,
) -> impl IntoView {
    let read = path.clone();
    let unset = Memo::new(move |_| cell.value(&read).is_none());
    let codes = row.default_in(release).map(|codes| list.split(codes));
    let to = StoredValue::new(path.clone());
    let start = StoredValue::new(codes);
    let begin = move || {
        let codes = start.get_value().unwrap_or_default();
        let codes = codes.into_iter().map(Value::String).collect();
        cell.set(&to.get_value(), Some(Value::Array(codes)));
        cell.focus(&format!("{}/0", to.get_value()));
    };
    let (label, default) = (row.label, default_words(row, release));
    let (id, notes) = (fresh_id("notes"), cell.face(&path).notes);
    let described = id.clone();
    view! {
        <fieldset class="codes-field" aria-describedby=described>
            <legend>{label} " " <small class="second-word">{row.name}</small></legend>
            <p class="hint">{row.help}</p>
            <div id=id class="notes" tabindex="-1" data-object=cell.id().0 data-field=path.clone() aria-live="polite"><Notes notes /></div>
            {move || unset.get().then(|| view! {
                <p class="codes-default">{default.clone()} {start.with_value(Option::is_some).then(|| view! {
                    <Button label="Start from the default" name=format!("Start from the default of {label}") look=Look::Ghost blocked=cell.read_only on_press=begin />
                })}</p>
            })}
            <CodesOf cell path list add=format!("Add to {}", label.to_lowercase()) />
        </fieldset>
    }
}

/// A setting that is typed; where the row takes several values, one each line would be lost in one
/// field, so they are separated by commas.
#[component]
fn SettingText(cell: Cell, path: String, face: Face, many: bool) -> impl IntoView {
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

/// All settings that may stand at a place, in foldable groups. A group is open while something in
/// it is set or wrong.
#[component]
pub fn SettingsGroups(
    cell: Cell,
    place: SettingsPlace,
    #[prop(into)] at: String,
    /// Comes before each title.
    #[prop(optional, into)]
    before: String,
) -> impl IntoView {
    let config = cell.workspace.config;
    let release = config.with_untracked(|config| config.oldest_release());
    let release = release.unwrap_or_default();
    fields::settings(place)
        .iter()
        .map(|group| {
            let title = format!("{before}{}", group.title);
            view! { <Group cell group at=at.clone() title release /> }
        })
        .collect_view()
}

#[component]
fn Group(
    cell: Cell,
    group: &'static SettingsGroup,
    at: String,
    title: String,
    release: Release,
) -> impl IntoView {
    let paths = group.keys.iter().map(|key| format!("{at}/{key}")).collect();
    view! {
        <Folded cell title paths>
            {group.keys.iter().map(|name| {
                let at = at.clone();
                view! { <Stated path=format!("{at}/{name}")><SettingOf cell at name release /></Stated> }
            }).collect_view()}
        </Folded>
    }
}

/// Fields that few people need, behind their title. Open as soon as one of them is set or wrong.
#[component]
pub fn Folded(cell: Cell, title: String, paths: Vec<String>, children: Children) -> impl IntoView {
    let fields = StoredValue::new(paths);
    let set = Memo::new(move |_| {
        let is_set = |path: &&String| !matches!(cell.value(path), None | Some(Value::Bool(false)));
        fields.with_value(|paths| paths.iter().filter(is_set).count())
    });
    let wrong = Memo::new(move |_| {
        cell.workspace.findings.with(|findings| {
            let id = cell.id();
            fields.with_value(|paths| {
                paths
                    .iter()
                    .any(|path| !findings.at(&id, path, true).is_empty())
            })
        })
    });
    // Once open, it stays open: nothing may fold away under the person's hands.
    let open = Memo::new(move |before: Option<&bool>| {
        before == Some(&true) || set.get() > 0 || wrong.get()
    });
    view! {
        <details class="group" open=open>
            <summary>
                {title}
                <span class="soft">{move || (set.get() > 0).then(|| format!(" · {} set", set.get()))}</span>
            </summary>
            <div class="form-grid">{children()}</div>
        </details>
    }
}
