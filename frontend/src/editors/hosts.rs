//! The hosts of an address group: their names, and the addresses that were recorded for them.

use std::sync::Arc;

use generator::objects::{Answer, Entry, Host, Object};
use generator::sort;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::json;

use crate::api::discovery::{self, LookedUp, MOST_NAMES};
use crate::form::{Cell, NotesOf, TextOf};
use crate::ui::{Button, IconButton, Look};
use crate::words;

/// What was asked last, and what came of it.
#[derive(Clone, Copy)]
struct LookUp {
    cell: Cell,
    asking: RwSignal<bool>,
    said: RwSignal<Vec<String>>,
}

impl LookUp {
    /// Asks for the addresses of hosts; every host of these names gets the answer.
    fn ask(self, names: Vec<String>) {
        self.asking.set(true);
        self.said.set(Vec::new());
        spawn_local(async move {
            let mut said = Vec::new();
            for part in names.chunks(MOST_NAMES) {
                match discovery::look_up(&self.cell.workspace.name(), part.to_vec()).await {
                    Ok(found) => said.extend(self.take(&found)),
                    Err(failure) => said.push(failure.words()),
                }
            }
            self.asking.try_set(false);
            self.said.try_set(said);
        });
    }

    /// Records what is new, and says what is not.
    fn take(self, found: &LookedUp) -> Vec<String> {
        let mut said = Vec::new();
        // The page may be gone; then nobody waits for the answer.
        let Some(mut hosts) = self.cell.object.try_with_untracked(hosts_of) else {
            return said;
        };
        let before = hosts.clone();
        for answered in &found.hosts {
            let name = &answered.name;
            if let Some(why) = &answered.error {
                said.push(format!("{name}: {why}."));
                continue;
            }
            let answer = Answer {
                asked: name.clone(),
                addresses: answered
                    .addresses
                    .iter()
                    .map(|text| Entry::read(text))
                    .collect(),
                at: found.at.clone(),
            };
            let same_name = |host: &&mut Host| host.name.to_string() == *name;
            for host in hosts.iter_mut().filter(same_name) {
                // The same answer again is no change of the group.
                match host.answer() {
                    Some(known) if known.addresses == answer.addresses => {
                        said.push(format!("{name}: the addresses are the same as before."));
                    }
                    _ => host.answer = Some(answer.clone()),
                }
            }
        }
        if hosts != before {
            self.cell.update("look hosts up", |object| {
                if let Object::AddressGroup(group) = object {
                    group.hosts = hosts;
                }
            });
        }
        said
    }
}

fn hosts_of(object: &Option<Arc<Object>>) -> Vec<Host> {
    match object.as_deref() {
        Some(Object::AddressGroup(group)) => group.hosts.clone(),
        _ => Vec::new(),
    }
}

/// One row for each host.
#[component]
pub fn HostRows(cell: Cell) -> impl IntoView {
    let look_up = LookUp {
        cell,
        asking: RwSignal::new(false),
        said: RwSignal::new(Vec::new()),
    };
    let all = Memo::new(move |_| cell.object.with(hosts_of));
    let rows = Memo::new(move |_| all.with(Vec::len));
    let add = move || {
        let last = rows.get_untracked();
        cell.add_row("hosts", json!({ "name": "" }));
        cell.focus(&format!("hosts/{last}/name"));
    };
    let names = move || -> Vec<String> {
        let names = |hosts: &Vec<Host>| {
            let valid = hosts.iter().filter_map(|host| host.name.value());
            let names = sort::set(valid.map(ToString::to_string));
            names.into_iter().collect()
        };
        all.with(names)
    };
    let blocked = Signal::derive(move || {
        let asking = look_up
            .asking
            .get()
            .then(|| "The look-up is under way.".to_owned());
        cell.read_only.get().or(asking)
    });
    view! {
        <fieldset class="group">
            <legend>"Hosts"</legend>
            <NotesOf cell path="hosts" />
            <p class="hint">"A policy holds addresses: those that the name server gives for a host are recorded here, and written until the host is looked up again."</p>
            <For each=move || 0..rows.get() key=|at| *at let:at>
                <HostRow look_up at all blocked add=Callback::new(move |()| add()) />
            </For>
            <ul class="notes" role="status">{move || look_up.said.get().into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
            <div class="button-row">
                <Button label="Add host" icon="add" look=Look::Ghost on_press=add blocked=cell.read_only />
                {move || (rows.get() > 1).then(|| view! {
                    <Button label="Look all up" look=Look::Ghost blocked on_press=move || look_up.ask(names()) />
                })}
            </div>
        </fieldset>
    }
}

#[component]
fn HostRow(
    look_up: LookUp,
    at: usize,
    all: Memo<Vec<Host>>,
    #[prop(into)] blocked: Signal<Option<String>>,
    add: Callback<()>,
) -> impl IntoView {
    let cell = look_up.cell;
    let host = Memo::new(move |_| all.with(|all| all.get(at).cloned()).unwrap_or_default());
    let blocked = Signal::derive(move || {
        let wrong = host.with(|host| host.name.error().map(|error| error.to_string()));
        blocked.get().or(wrong)
    });
    let ask = move || look_up.ask(vec![host.with_untracked(|host| host.name.to_string())]);
    let recorded = move || {
        host.with(|host| {
            let answer = host.answer()?;
            let addresses = answer.addresses.iter().map(ToString::to_string);
            let addresses = addresses.collect::<Vec<_>>().join(", ");
            Some(view! { <span class="mono">{addresses}</span> " " <span class="soft">"as of " <words::Moment at=answer.at.clone() /></span> })
        })
    };
    view! {
        <div class="list-row is-wide">
            <TextOf cell path=format!("hosts/{at}/name") label=format!("Host {}", at + 1) compact=true mono=true on_enter=add />
            <Button label="Look up" name=format!("Look up host {}", at + 1) look=Look::Ghost blocked on_press=ask />
            <IconButton blocked=cell.read_only label=format!("Remove host {}", at + 1) icon="close" on_press=move || cell.remove_row("hosts", at) />
        </div>
        <p class="recorded">{recorded}</p>
        <div class="notes"><crate::ui::Notes notes=cell.deep_face(&format!("hosts/{at}/answer")).notes /></div>
    }
}
