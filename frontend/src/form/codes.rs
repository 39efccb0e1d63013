//! An ordered list of codes: cipher suites, curves and key share groups, signature pairs.
//!
//! The order is the meaning. What is not known here stays as it is, and is shown as such.

use std::sync::Arc;

use generator::policy::table::lists::CodeList;
use leptos::prelude::*;
use serde_json::Value;

use super::Cell;
use crate::ui::{Choice, Face, IconButton, Notes, Picker};

/// One list of one object.
#[derive(Clone, Copy)]
struct Codes {
    cell: Cell,
    path: StoredValue<String>,
    list: CodeList,
    texts: Memo<Vec<String>>,
}

/// The codes of a value, which may join several in one text. Suites stand one by one, and each as
/// it was written.
fn texts_of(list: CodeList, value: Option<&Value>) -> Vec<String> {
    let texts = match value {
        Some(Value::Array(texts)) => texts.as_slice(),
        Some(text) => std::slice::from_ref(text),
        None => &[],
    };
    let texts = texts.iter().filter_map(Value::as_str);
    match list {
        CodeList::Suites => texts.map(str::to_owned).collect(),
        _ => texts.flat_map(|text| list.split(text)).collect(),
    }
}

impl Codes {
    /// Changes the list, and puts the focus to the row that is at `to` then.
    fn change(self, to: usize, change: impl FnOnce(&mut Vec<String>)) {
        if self.cell.read_only.with_untracked(Option::is_some) {
            return;
        }
        let mut texts = self.texts.get_untracked();
        change(&mut texts);
        let last = texts.len().checked_sub(1);
        let path = self.path.get_value();
        let left = last.is_some() || self.list == CodeList::Suites;
        let value = left.then(|| texts.into_iter().map(Value::String).collect());
        self.cell.set(&path, value.map(Value::Array));
        match last {
            Some(last) => self.cell.focus(&format!("{path}/{}", to.min(last))),
            None => self.cell.focus(&path),
        }
    }

    fn move_by(self, at: usize, by: isize) {
        let count = self.texts.with_untracked(Vec::len);
        if let Some(to) = at.checked_add_signed(by).filter(|to| *to < count) {
            self.change(to, |texts| texts.swap(at, to));
        }
    }

    fn remove(self, at: usize) {
        self.change(at, |texts| drop(texts.remove(at)));
    }
}

/// The rows of the list at `path`, and a field that adds one.
#[component]
pub fn CodesOf(
    cell: Cell,
    #[prop(into)] path: String,
    list: CodeList,
    /// What the field that adds one is called.
    #[prop(into)]
    add: String,
) -> impl IntoView {
    let read = path.clone();
    let texts = Memo::new(move |_| texts_of(list, cell.value(&read).as_ref()));
    let codes = Codes {
        cell,
        path: StoredValue::new(path),
        list,
        texts,
    };
    let rows = Memo::new(move |_| texts.with(Vec::len));
    view! {
        <ol class="codes">
            <For each=move || 0..rows.get() key=|at| *at let:at>
                <CodeRow codes at />
            </For>
        </ol>
        <AddCode codes label=add />
    }
}

#[component]
fn CodeRow(codes: Codes, at: usize) -> impl IntoView {
    let cell = codes.cell;
    let text = Memo::new(move |_| {
        let text = codes.texts.with(|texts| texts.get(at).cloned());
        text.unwrap_or_default()
    });
    let words = Memo::new(move |_| {
        let text = text.get();
        match codes.list.code(&text) {
            Some(code) => (code.name.to_owned(), code.detail),
            None => (text, "not known here".to_owned()),
        }
    });
    let label = move |verb: &'static str| {
        Signal::derive(move || format!("{verb} {}", words.with(|(name, _)| name.clone())))
    };
    let place = codes.path.with_value(|path| format!("{path}/{at}"));
    let notes = cell.face(&place).notes;
    let pressed = move |event: web_sys::KeyboardEvent| {
        match (event.key().as_str(), event.alt_key()) {
            ("ArrowUp", true) => codes.move_by(at, -1),
            ("ArrowDown", true) => codes.move_by(at, 1),
            ("Delete", false) => codes.remove(at),
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <li class="codes-row" data-object=cell.id().0 data-field=place tabindex="-1" on:keydown=pressed>
            <code class="codes-code">{text}</code>
            <span class="codes-name">{move || words.get().0}</span>
            <span class="codes-detail">{move || words.get().1}</span>
            <IconButton blocked=cell.read_only label=label("Move up") icon="up-arrow" on_press=move || codes.move_by(at, -1) />
            <IconButton blocked=cell.read_only label=label("Move down") icon="down-arrow" on_press=move || codes.move_by(at, 1) />
            <IconButton blocked=cell.read_only label=label("Remove") icon="close" on_press=move || codes.remove(at) />
            <div class="notes"><Notes notes /></div>
        </li>
    }
}

#[component]
fn AddCode(codes: Codes, label: String) -> impl IntoView {
    let cell = codes.cell;
    let choices = Memo::new(move |_| {
        let code = |text: &String| codes.list.code(text).map(|code| code.code);
        let there: Vec<_> = codes
            .texts
            .with(|texts| texts.iter().filter_map(code).collect());
        let rest = codes.list.choices().into_iter();
        let rest = rest.filter(|code| !there.contains(&code.code));
        let choice = |code: generator::policy::table::lists::Code| Choice {
            id: code.code.to_owned(),
            name: code.name.to_owned(),
            detail: format!("{} · {}", code.code, code.detail),
        };
        Arc::new(rest.map(choice).collect::<Vec<_>>())
    });
    let placeholder = format!("{label} by name or code…");
    let face = Face::new(label)
        .compact()
        .placeholder(placeholder)
        .read_only(Signal::derive(move || cell.read_only.get().is_some()));
    let pick = move |code: String| {
        let path = codes.path.get_value();
        let mut texts = codes.texts.get_untracked();
        texts.push(code);
        let texts = texts.into_iter().map(Value::String).collect();
        cell.set(&path, Some(Value::Array(texts)));
    };
    view! { <Picker face choices shown=Signal::stored(String::new()) on_pick=pick /> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_list_is_read_in_every_form_it_may_have_and_keeps_its_order() {
        let curves = CodeList::Curves(&["0023", "0024"]);
        for value in [
            json!(["0024", "0023", "9999"]),
            json!("002400239999"),
            json!(["secp384r1", "00239999"]),
        ] {
            assert_eq!(texts_of(curves, Some(&value)), ["0024", "0023", "9999"]);
        }
        let suites = json!(["2F", "1302"]);
        assert_eq!(texts_of(CodeList::Suites, Some(&suites)), ["2F", "1302"]);
        assert_eq!(texts_of(curves, None), Vec::<String>::new());
    }
}
