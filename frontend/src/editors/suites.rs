//! The cipher suites of a level: a list of its own, or what System SSL has.

use generator::objects::SecurityLevel;
use generator::policy::table::lists::CodeList;
use leptos::prelude::*;
use serde_json::json;

use crate::form::{Cell, CodesOf, NotesOf};
use crate::ui::{Checkbox, Face};

#[component]
pub fn SuiteList(cell: Cell) -> impl IntoView {
    let system = Memo::new(move |_| cell.value("suites") == Some(json!("system-defaults")));
    let locked = Signal::derive(move || cell.read_only.get().is_some());
    let set_system = move |on: bool| {
        let value = match on {
            true => json!("system-defaults"),
            false => serde_json::to_value(SecurityLevel::default().suites).unwrap_or_default(),
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
                <p class="hint">"The first one that both sides have is used for TLS 1.2 and before; clients of TLS 1.3 choose themselves. Alt+↑ and Alt+↓ move a row, Delete removes it."</p>
                <CodesOf cell path="suites/list" list=CodeList::Suites add="Add a cipher suite" />
            </Show>
        </fieldset>
    }
}
