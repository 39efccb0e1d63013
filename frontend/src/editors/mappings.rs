//! The grid of traffic and protection, for requirement maps and for rules with mappings of their own.

use generator::objects::{Kind, Mapping};
use leptos::prelude::*;

use crate::form::{Cell, HeadOf, RefOf};
use crate::ui::{Button, IconButton, Look};

/// `path` is the list's place in the object: `mappings`, or `map/own`.
#[component]
pub fn MappingsGrid(cell: Cell, path: &'static str) -> impl IntoView {
    let rows = cell.rows(path);
    let add = move || {
        cell.add_row(
            path,
            serde_json::to_value(Mapping::default()).unwrap_or_default(),
        )
    };
    view! {
        <table class="grid grid-pickers" aria-label="Traffic and protection">
            <thead><tr>
                <HeadOf kind=Kind::RequirementMap path="mappings/*/traffic" label="Traffic descriptor" />
                <HeadOf kind=Kind::RequirementMap path="mappings/*/level" label="Security level" />
                <th scope="col"><span class="cds--visually-hidden">"Row actions"</span></th>
            </tr></thead>
            <tbody>
                <For each=move || 0..rows.get() key=|at| *at let:at>
                    <tr>
                        <td><RefOf cell compact=true path=format!("{path}/{at}/traffic") kind=Kind::TrafficDescriptor
                            label=format!("Traffic descriptor, row {}", at + 1) placeholder="Pick or search: a name, a port…" /></td>
                        <td><RefOf cell compact=true path=format!("{path}/{at}/level") kind=Kind::SecurityLevel
                            label=format!("Security level, row {}", at + 1) placeholder="Pick or search: a name, a version…" /></td>
                        <td class="grid-actions">
                            <IconButton blocked=cell.read_only label=format!("Move up, row {}", at + 1) icon="up-arrow" on_press=move || cell.move_row(path, at, -1) />
                            <IconButton blocked=cell.read_only label=format!("Move down, row {}", at + 1) icon="down-arrow" on_press=move || cell.move_row(path, at, 1) />
                            <IconButton blocked=cell.read_only label=format!("Remove, row {}", at + 1) icon="close" on_press=move || cell.remove_row(path, at) />
                        </td>
                    </tr>
                </For>
            </tbody>
        </table>
        <Button label="Add traffic" icon="add" look=Look::Ghost on_press=add blocked=cell.read_only />
    }
}
