//! Address groups.

use generator::objects::{Kind, ObjectId};
use leptos::prelude::*;
use serde_json::Value;

use super::addresses_in;
use crate::form::{Cell, NotesOf, ObjectPicker, RefOf, TextOf};
use crate::ui::{Button, IconButton, Look};

#[component]
pub fn AddressGroupForm(cell: Cell, #[prop(optional)] autofocus: bool) -> impl IntoView {
    view! {
        <div class="form-grid">
            <TextOf cell path="name" autofocus />
            <TextOf cell path="description" />
        </div>
        <AddressRows cell />
        <super::hosts::HostRows cell />
        <GroupRows cell />
    }
}

/// One row for each address; a pasted list makes rows.
#[component]
fn AddressRows(cell: Cell) -> impl IntoView {
    let rows = cell.rows("addresses");
    let add = move || {
        let last = rows.get_untracked();
        cell.add_row("addresses", Value::String(String::new()));
        cell.focus(&format!("addresses/{last}"));
    };
    view! {
        <fieldset class="group">
            <legend>"Addresses " <small class="second-word">"IpAddr"</small></legend>
            <NotesOf cell path="addresses" />
            <p class="hint">"One address, a prefix (10.1.0.0/16) or a range (10.1.1.2-10.1.1.9). A pasted list makes rows."</p>
            <For each=move || 0..rows.get() key=|at| *at let:at>
                <div class="list-row">
                    <TextOf
                        cell
                        path=format!("addresses/{at}")
                        label=format!("Address {}", at + 1)
                        compact=true
                        mono=true
                        on_enter=add
                        on_paste=move |text: String| paste(cell, at, &text)
                    />
                    <IconButton blocked=cell.read_only label=format!("Remove address {}", at + 1) icon="close" on_press=move || cell.remove_row("addresses", at) />
                </div>
            </For>
            <Button label="Add address" icon="add" look=Look::Ghost on_press=add blocked=cell.read_only />
        </fieldset>
    }
}

/// Puts a list in place of row `at`; false when it is one address or none.
fn paste(cell: Cell, at: usize, text: &str) -> bool {
    let addresses = addresses_in(text);
    if addresses.len() < 2 {
        return false;
    }
    cell.set_rows("addresses", |rows| {
        let new = addresses
            .iter()
            .map(|address| Value::String(address.to_string()));
        rows.splice(at.min(rows.len())..(at + 1).min(rows.len()), new);
    });
    true
}

/// Groups whose members belong to this one too.
#[component]
fn GroupRows(cell: Cell) -> impl IntoView {
    let rows = cell.rows("groups");
    view! {
        <fieldset class="group">
            <legend>"Address groups inside this one"</legend>
            <NotesOf cell path="groups" />
            <For each=move || 0..rows.get() key=|at| *at let:at>
                <div class="list-row">
                    <RefOf cell path=format!("groups/{at}") kind=Kind::AddressGroup label=format!("Address group {}", at + 1) compact=true />
                    <IconButton blocked=cell.read_only label=format!("Remove address group {}", at + 1) icon="close" on_press=move || cell.remove_row("groups", at) />
                </div>
            </For>
            <AddGroup cell />
        </fieldset>
    }
}

/// Picking in this field adds a group, so that no empty row is left behind.
#[component]
fn AddGroup(cell: Cell) -> impl IntoView {
    let face = crate::ui::Face::new("Add an address group")
        .compact()
        .placeholder("Add an address group…")
        .read_only(Signal::derive(move || cell.read_only.get().is_some()));
    let pick = move |id: Option<ObjectId>| {
        if let Some(id) = id {
            cell.add_row("groups", Value::String(id.0));
        }
    };
    view! { <ObjectPicker face kind=Kind::AddressGroup value=Signal::stored(None) on_pick=pick /> }
}
