//! One connectivity rule: three questions, top to bottom, on one page.

mod endpoint;
mod options;
mod owner;
mod times;

use generator::objects::{Kind, MapUse, Object, ObjectId};
use leptos::prelude::*;
use serde_json::json;

use crate::core;
use crate::editors::MappingsGrid;
use crate::form::{Cell, NotesOf, ObjectPicker, SwitchOf, TagsOf, TextOf};
use crate::frame::{NotFound, ObjectBand, Page, Pane, id_of_page};
use crate::ui::{Button, Face, Look, TextField};
use crate::workspace::{Workspace, new_id};
use crate::{paths, words};
use endpoint::EndpointField;
use options::Optional;

#[component]
pub fn RulePage() -> impl IntoView {
    let id = id_of_page();
    let workspace = Workspace::here();
    let there = Memo::new(move |_| {
        let id = id.get();
        workspace
            .config
            .with(|config| {
                config
                    .get(&id)
                    .is_some_and(|object| object.kind() == Kind::Rule)
            })
            .then_some(id)
    });
    view! {
        {move || match there.get() {
            Some(id) => view! { <Found id /> }.into_any(),
            None => view! { <NotFound /> }.into_any(),
        }}
    }
}

#[component]
fn Found(id: ObjectId) -> impl IntoView {
    let workspace = Workspace::here();
    let cell = Cell::new(id, Kind::Rule);
    let title = Memo::new(move |_| {
        cell.object
            .with(|object| object.as_deref().map(core::shown_name).unwrap_or_default())
    });
    let owner = cell.text("owner");
    let pane = Pane::here();
    Effect::new(move |_| {
        let owner = ObjectId(owner.get());
        let stack = workspace.config.with_untracked(|config| {
            config
                .get(&owner)
                .is_some_and(|object| object.kind() == Kind::Stack)
        });
        if stack {
            pane.stack.set(Some(owner));
        }
    });
    let trail = Signal::derive(move || {
        let store = workspace.name();
        let mut trail = vec![("Systems".to_owned(), paths::systems(&store))];
        // The owner comes from the configuration, which is read first; see ARCHITECTURE.md.
        let found = workspace.config.with(|config| {
            let owner = ObjectId(owner.get());
            Some((config.get(&owner)?.clone(), owner))
        });
        if let Some((object, owner)) = found {
            let href = match object.kind() {
                Kind::Stack => paths::stack(&store, &owner, "rules"),
                kind => paths::object(&store, kind, &owner),
            };
            trail.push((core::shown_name(&object), href));
        }
        trail
    });
    let nameless = cell.object.with_untracked(|object| {
        object
            .as_deref()
            .is_some_and(|object| object.name().is_empty())
    });
    let actions =
        ViewFn::from(move || view! { <SwitchOf cell path="enabled" label="Rule is on" /> });
    view! {
        <Page title trail of=workspace.name() actions>
            <ObjectBand cell />
            <NotesOf cell path="order" />
            <div class="form-grid">
                <TextOf cell path="name" autofocus=nameless />
                <TextOf cell path="description" />
                <TagsOf cell />
                <div><owner::OwnerField cell /></div>
            </div>
            <section class="question" aria-labelledby="question-1">
                <h2 id="question-1"><span class="question-number">"1"</span>"Between which addresses?"</h2>
                <div class="form-grid">
                    <EndpointField cell path="local" />
                    <EndpointField cell path="remote" />
                </div>
            </section>
            <section class="question" aria-labelledby="question-2">
                <h2 id="question-2"><span class="question-number">"2"</span>"Which traffic, how protected?"</h2>
                <Protection cell />
            </section>
            <section class="question" aria-labelledby="question-3">
                <h2 id="question-3"><span class="question-number">"3"</span>"Optional"</h2>
                <Optional cell />
            </section>
        </Page>
    }
}

/// A shared requirement map, or mappings of the rule's own.
#[component]
fn Protection(cell: Cell) -> impl IntoView {
    let shared = Memo::new(move |_| {
        cell.object.with(|object| match object.as_deref() {
            Some(Object::Rule(rule)) => match &rule.map {
                MapUse::Shared(id) => Some(id.clone()),
                MapUse::Own(_) => None,
            },
            _ => None,
        })
    });
    let pick = move |id: Option<ObjectId>| {
        let map = match id {
            Some(id) => json!({ "shared": id.0 }),
            None => json!({ "own": [{}] }),
        };
        cell.set("map", Some(map));
    };
    let face = Face {
        label: Signal::stored("Requirement map".to_owned()),
        placeholder: Signal::stored("This rule's own".to_owned()),
        ..cell.face("map/shared")
    };
    view! {
        <div class="form-grid">
            <ObjectPicker face kind=Kind::RequirementMap value=shared on_pick=pick />
        </div>
        <NotesOf cell path="map" />
        <NotesOf cell path="map/own" />
        {move || match shared.get() {
            Some(map) => view! { <SharedMap cell map /> }.into_any(),
            None => view! { <MappingsGrid cell path="map/own" /><NameTheMap cell /> }.into_any(),
        }}
    }
}

/// The mappings of a shared map, edited here for all who use it.
#[component]
fn SharedMap(cell: Cell, map: ObjectId) -> impl IntoView {
    let workspace = cell.workspace;
    let of_map = Cell::new(map.clone(), Kind::RequirementMap);
    let users = {
        let map = map.clone();
        Memo::new(move |_| {
            workspace
                .settled
                .with(|config| core::used_by(config).remove(&map).unwrap_or_default().len())
        })
    };
    let own = move || {
        let mappings = untrack(|| of_map.value("mappings")).unwrap_or_else(|| json!([{}]));
        cell.set("map", Some(json!({ "own": mappings })));
    };
    view! {
        <p class="hint">
            {move || match users.get() {
                0 | 1 => "Used by this rule only.".to_owned(),
                users => format!("Shared by {}: a change here counts for all of them.", words::count(users, "rule", "rules")),
            }}
            " " <a href=paths::object(&workspace.name(), Kind::RequirementMap, &map)>"Open the map"</a>
        </p>
        <ObjectBand cell=of_map />
        <MappingsGrid cell=of_map path="mappings" />
        <Button label="Use mappings of this rule's own instead" look=Look::Ghost on_press=own blocked=cell.read_only />
    }
}

/// The rule's own mappings become a requirement map when they get a name.
#[component]
fn NameTheMap(cell: Cell) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let share = Callback::new(move |()| {
        let typed = name.get_untracked();
        let Some(mappings) = untrack(|| cell.value("map/own")).filter(|_| !typed.trim().is_empty())
        else {
            return;
        };
        let map = json!({ "kind": "requirement-map", "name": typed.trim(), "mappings": mappings });
        let rule = cell.object.get_untracked().map(|rule| (*rule).clone());
        let (Ok(map), Some(rule)) = (serde_json::from_value::<Object>(map), rule) else {
            return;
        };
        let id = new_id();
        if let Ok(rule) = core::with_field(&rule, "map", Some(json!({ "shared": id.0 }))) {
            let words = format!("share the mappings as {}", core::called(&map));
            cell.workspace
                .edit(words, [(id, Some(map)), (cell.id(), Some(rule))]);
        }
    });
    let face = Face::new("Name these mappings to share them")
        .placeholder("A name makes them a requirement map")
        .read_only(Signal::derive(move || cell.read_only.get().is_some()));
    view! {
        <div class="inline-form">
            <TextField face value=name on_input=move |text| name.set(text) on_enter=share />
            <Button label="Make a requirement map" on_press=share
                blocked=Signal::derive(move || name.with(|name| name.trim().is_empty()).then(|| "Type a name first.".to_owned())) />
        </div>
    }
}
