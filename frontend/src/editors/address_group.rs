//! Address groups.

use generator::objects::addresses::{Overlap, overlaps};
use generator::objects::{Kind, ObjectId, paste};
use leptos::prelude::*;
use serde_json::Value;

use crate::core;
use crate::form::{Cell, NotesOf, ObjectPicker, RefOf, TagsOf, TextOf, help};
use crate::paths;
use crate::ui::{Button, IconButton, Look, with_code};

#[component]
pub fn AddressGroupForm(cell: Cell, #[prop(optional)] autofocus: bool) -> impl IntoView {
    view! {
        <div class="form-grid">
            <TextOf cell path="name" autofocus />
            <TextOf cell path="description" />
            <TagsOf cell />
        </div>
        <AddressRows cell />
        <super::hosts::HostRows cell />
        <GroupRows cell />
        <Overlaps cell />
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
            <p class="hint">{with_code(&help(cell.kind, "addresses"))} " A pasted list makes rows; of a table (CSV) whose first line names a column “address”, that column does."</p>
            <For each=move || 0..rows.get() key=|at| *at let:at>
                <div class="list-row">
                    <TextOf
                        cell
                        path=format!("addresses/{at}")
                        label=format!("Address {}", at + 1)
                        compact=true
                        mono=true
                        on_enter=add
                        on_paste=move |text: String| paste_rows(cell, at, &text)
                    />
                    <IconButton blocked=cell.read_only label=format!("Remove address {}", at + 1) icon="close" on_press=move || cell.remove_row("addresses", at) />
                </div>
            </For>
            <Button label="Add address" icon="add" look=Look::Ghost on_press=add blocked=cell.read_only />
        </fieldset>
    }
}

/// Puts a list in place of row `at`; false when it is one address alone, or none.
fn paste_rows(cell: Cell, at: usize, text: &str) -> bool {
    let addresses = paste::addresses(text);
    let lines = text.trim().lines().count();
    if addresses.is_empty() || (addresses.len() == 1 && lines == 1) {
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

/// So many overlaps are listed.
const SHOWN: usize = 50;

/// What this group shares with others; nothing where it shares nothing.
#[component]
fn Overlaps(cell: Cell) -> impl IntoView {
    let id = cell.id();
    // With the name of each other group.
    let found = Memo::new(move |_| {
        cell.workspace.settled.with(|config| {
            let named = |overlap: Overlap| {
                let group = overlap.group.as_ref();
                let name = group.map(|id| core::name_of(config, id));
                (overlap, name.unwrap_or_default())
            };
            let all = overlaps(config, &id).into_iter();
            all.map(named).collect::<Vec<_>>()
        })
    });
    let line = move |(overlap, name): (Overlap, String)| {
        let Overlap {
            address,
            relation,
            other,
            group,
        } = overlap;
        let of = group.map(|id| {
            let href = paths::object(&cell.workspace.name(), Kind::AddressGroup, &id);
            view! { " of " <a href=href>{name}</a> }
        });
        view! { <li><code>{address.to_string()}</code> {format!(" {relation} ")} <code>{other.to_string()}</code> {of}</li> }
    };
    move || {
        let all = found.get();
        let more = all.len().saturating_sub(SHOWN);
        (!all.is_empty()).then(|| view! {
            <details class="group" open=true>
                <summary>"Overlaps" <span class="soft">{format!(" · {}", all.len())}</span></summary>
                <ul class="plain-list" aria-label="Overlaps">
                    {all.into_iter().take(SHOWN).map(line).collect_view()}
                    {(more > 0).then(|| view! { <li>{format!("and {more} more")}</li> })}
                </ul>
            </details>
        })
    }
}
