//! Traffic descriptors: a grid of rows, and what belongs to one row below it.

use generator::objects::fields::SettingsPlace;
use generator::objects::{Kind, TrafficRow, paste};
use leptos::prelude::*;
use serde_json::Value;

use crate::form::{
    Cell, CheckboxOf, ChoiceOf, Folded, HeadOf, LinesOf, NotesOf, SettingsGroups, TagsOf, TextOf,
};
use crate::ui::{Button, IconButton, Look};

const HEADS: [(&str, &str); 6] = [
    ("rows/*/local_port", "Local port"),
    ("rows/*/remote_port", "Remote port"),
    ("rows/*/direction", "Direction"),
    ("rows/*/jobname", "Job name"),
    ("rows/*/userid", "User ID"),
    ("rows/*/role", "Handshake role"),
];

#[component]
pub fn TrafficForm(cell: Cell, #[prop(optional)] autofocus: bool) -> impl IntoView {
    let rows = cell.rows("rows");
    let chosen = RwSignal::new(0_usize);
    let add = move || {
        let at = rows.get_untracked();
        cell.add_row(
            "rows",
            serde_json::to_value(TrafficRow::default()).unwrap_or_default(),
        );
        chosen.set(at);
        cell.focus(&format!("rows/{at}/local_port"));
    };
    view! {
        <div class="form-grid">
            <TextOf cell path="name" autofocus />
            <TextOf cell path="description" />
            <TagsOf cell />
        </div>
        <fieldset class="group">
            <legend>"Traffic"</legend>
            <NotesOf cell path="rows" />
            <p class="hint">"Each row becomes a rule, in this order. Pasting 1414,1415-1420 into a port makes rows."</p>
            <div class="grid-scroll">
                <table class="grid" aria-label="Traffic rows">
                    <thead><tr>
                        {HEADS.map(|(field, label)| view! { <HeadOf kind=Kind::TrafficDescriptor path=field label /> }).collect_view()}
                        <th scope="col"><span class="cds--visually-hidden">"Row actions"</span></th>
                    </tr></thead>
                    <tbody>
                        <For each=move || 0..rows.get() key=|at| *at let:at>
                            <Row cell at chosen />
                        </For>
                    </tbody>
                </table>
            </div>
            <Button label="Add traffic row" icon="add" look=Look::Ghost on_press=add blocked=cell.read_only />
        </fieldset>
        {move || (chosen.get() < rows.get()).then(|| view! { <RowDetails cell at=chosen.get() /> })}
    }
}

pub fn directions() -> Signal<Vec<(String, String)>> {
    Signal::stored(words(&[
        ("inbound", "Inbound"),
        ("outbound", "Outbound"),
        ("either", "Either"),
    ]))
}

fn words(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(key, words)| ((*key).to_owned(), (*words).to_owned()))
        .collect()
}

/// The role follows the direction until it is chosen.
fn roles(cell: Cell, at: usize) -> Signal<Vec<(String, String)>> {
    let direction = cell.text(format!("rows/{at}/direction"));
    Signal::derive(move || {
        let follows = if direction.get() == "outbound" {
            "Client (follows the direction)"
        } else {
            "Server (follows the direction)"
        };
        words(&[
            ("", follows),
            ("server", "Server"),
            ("client", "Client"),
            (
                "server-with-client-auth",
                "Server with client authentication",
            ),
        ])
    })
}

#[component]
fn Row(cell: Cell, at: usize, chosen: RwSignal<usize>) -> impl IntoView {
    let path = move |field: &str| format!("rows/{at}/{field}");
    let label = move |words: &str| format!("{words}, row {}", at + 1);
    view! {
        <tr class:is-chosen=move || chosen.get() == at on:focusin=move |_| chosen.set(at)>
            <td><TextOf cell path=path("local_port") label=label("Local port") compact=true mono=true
                on_paste=move |text: String| paste_rows(cell, at, "local_port", &text) /></td>
            <td><TextOf cell path=path("remote_port") label=label("Remote port") compact=true mono=true
                on_paste=move |text: String| paste_rows(cell, at, "remote_port", &text) /></td>
            <td><ChoiceOf cell path=path("direction") label=label("Direction") compact=true options=directions() /></td>
            <td><TextOf cell path=path("jobname") label=label("Job name") compact=true mono=true /></td>
            <td><TextOf cell path=path("userid") label=label("User ID") compact=true mono=true /></td>
            <td><ChoiceOf cell path=path("role") label=label("Handshake role") compact=true options=roles(cell, at) /></td>
            <td class="grid-actions">
                <IconButton blocked=cell.read_only label=label("Move up") icon="up-arrow" on_press=move || cell.move_row("rows", at, -1) />
                <IconButton blocked=cell.read_only label=label("Move down") icon="down-arrow" on_press=move || cell.move_row("rows", at, 1) />
                <IconButton blocked=cell.read_only label=label("Remove") icon="close" on_press=move || cell.remove_row("rows", at) />
            </td>
        </tr>
    }
}

/// Makes rows of a pasted list of ports; false when it is one port or none.
fn paste_rows(cell: Cell, at: usize, field: &str, text: &str) -> bool {
    let ports = paste::ports(text);
    if ports.len() < 2 {
        return false;
    }
    cell.set_rows("rows", |rows| {
        let Some(row) = rows.get(at).cloned() else {
            return;
        };
        let new = ports.iter().map(|ports| {
            let mut row = row.clone();
            if let Some(fields) = row.as_object_mut() {
                fields.insert(field.to_owned(), Value::String(ports.to_string()));
            }
            row
        });
        rows.splice(at..=at, new.collect::<Vec<_>>());
    });
    true
}

/// The other fields of the chosen row.
#[component]
fn RowDetails(cell: Cell, at: usize) -> impl IntoView {
    let path = move |field: &str| format!("rows/{at}/{field}");
    view! {
        <fieldset class="group">
            <legend>{format!("Row {}: key ring", at + 1)}</legend>
            <div class="form-grid">
                <TextOf cell path=path("keyring") mono=true />
                <TextOf cell path=path("certificate_label") />
                <TextOf cell path=path("keyring_stash_file") mono=true />
                <LinesOf cell path=path("server_certificate_labels") />
            </div>
        </fieldset>
        <Folded cell title=format!("Row {}: application control", at + 1)
            paths=vec![path("application_controlled"), path("secondary_map")]>
            <CheckboxOf cell path=path("application_controlled") />
            <CheckboxOf cell path=path("secondary_map") />
        </Folded>
        <SettingsGroups cell place=SettingsPlace::TrafficRow at=path("settings") before=format!("Row {}: ", at + 1) />
    }
}
