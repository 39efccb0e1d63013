//! The ordered list of cipher suites.

use std::sync::Arc;

use generator::policy::table::suites::{
    CipherSuite, Protocol, suite_by_code, suite_by_short_code, suite_by_v2_code, suite_named,
    suites,
};
use leptos::prelude::*;
use serde_json::{Value, json};

use crate::form::{Cell, NotesOf};
use crate::ui::{Checkbox, Choice, Face, IconButton, Picker};

const LIST: &str = "suites/list";

/// The suite that a code or name means.
fn suite(text: &str) -> Option<&'static CipherSuite> {
    match text.len() {
        1 => suite_by_v2_code(text),
        2 => suite_by_short_code(text),
        4 => suite_by_code(text),
        _ => suite_named(text),
    }
}

#[component]
pub fn SuiteList(cell: Cell) -> impl IntoView {
    let system = Memo::new(move |_| cell.value("suites") == Some(json!("system-defaults")));
    let rows = cell.rows(LIST);
    let locked = Signal::derive(move || cell.read_only.get().is_some());
    let set_system = move |on: bool| {
        let value = if on {
            json!("system-defaults")
        } else {
            json!({ "list": ["1302", "1301", "1303", "C02C", "C030", "C02B", "C02F"] })
        };
        cell.set("suites", Some(value));
    };
    view! {
        <fieldset class="group">
            <legend>"Cipher suites " <small class="second-word">"V3CipherSuites"</small></legend>
            <Checkbox face=Face::new("Leave the choice to System SSL").read_only(locked) value=system on_change=set_system />
            <Show when=move || !system.get()>
                <NotesOf cell path="suites" />
                <NotesOf cell path="suites/list" />
                <p class="hint">"The first one that both sides have is used for TLS 1.2 and before; clients of TLS 1.3 choose themselves."</p>
                <ol class="suite-list">
                    <For each=move || 0..rows.get() key=|at| *at let:at>
                        <SuiteRow cell at />
                    </For>
                </ol>
                <AddSuite cell />
            </Show>
        </fieldset>
    }
}

#[component]
fn SuiteRow(cell: Cell, at: usize) -> impl IntoView {
    let text = cell.text(format!("{LIST}/{at}"));
    let name = move || suite(&text.get()).map_or_else(|| text.get(), |suite| suite.name.to_owned());
    let detail = move || {
        suite(&text.get()).map_or_else(|| "not a suite that is known here".to_owned(), detail)
    };
    let label = move |verb: &str| {
        let verb = verb.to_owned();
        Signal::derive(move || format!("{verb} {}", name()))
    };
    let place = format!("{LIST}/{at}");
    let notes = cell.face(&place).notes;
    view! {
        <li class="suite" data-object=cell.id().0 data-field=place tabindex="-1">
            <code class="suite-code">{text}</code>
            <span class="suite-name">{name}</span>
            <span class="suite-detail">{detail}</span>
            <IconButton blocked=cell.read_only label=label("Move up") icon="up-arrow" on_press=move || cell.move_row(LIST, at, -1) />
            <IconButton blocked=cell.read_only label=label("Move down") icon="down-arrow" on_press=move || cell.move_row(LIST, at, 1) />
            <IconButton blocked=cell.read_only label=label("Remove") icon="close" on_press=move || cell.remove_row(LIST, at) />
            <div class="notes"><crate::ui::Notes notes /></div>
        </li>
    }
}

/// "256 bit, TLS 1.2, ECDHE".
fn detail(suite: &'static CipherSuite) -> String {
    let newest = suite
        .protocols
        .iter()
        .max()
        .map(ToString::to_string)
        .unwrap_or_default();
    match suite.key_exchange {
        _ if newest == Protocol::Tls13.to_string() => format!("{} bit, {newest}", suite.bits),
        exchange => format!("{} bit, {newest}, {exchange}", suite.bits),
    }
}

#[component]
fn AddSuite(cell: Cell) -> impl IntoView {
    let choices = Memo::new(move |_| {
        let there: Vec<String> = cell
            .value(LIST)
            .and_then(|list| serde_json::from_value(list).ok())
            .unwrap_or_default();
        let there: Vec<&str> = there
            .iter()
            .filter_map(|text| suite(text))
            .map(|suite| suite.code)
            .collect();
        let rest = suites().iter().filter(|suite| !there.contains(&suite.code));
        Arc::new(
            rest.map(|suite| Choice {
                id: suite.code.to_owned(),
                name: suite.name.to_owned(),
                detail: format!("{} · {}", suite.code, detail(suite)),
            })
            .collect::<Vec<_>>(),
        )
    });
    let face = Face::new("Add a cipher suite")
        .compact()
        .placeholder("Add a cipher suite by name or code…")
        .read_only(Signal::derive(move || cell.read_only.get().is_some()));
    let pick = move |code: String| cell.add_row(LIST, Value::String(code));
    view! { <Picker face choices shown=Signal::stored(String::new()) on_pick=pick /> }
}
