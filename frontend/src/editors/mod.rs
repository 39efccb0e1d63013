//! The forms of the reusable objects: on their own page, or in a side panel over another one.

mod address_group;
mod hosts;
mod level;
mod map;
mod mappings;
mod preset;
mod suites;
mod systems;
mod traffic;

use generator::objects::attls::presets;
use generator::objects::library::DEFAULT_LEVEL;
use generator::objects::{
    AddressGroup, Entry, Group, Image, Kind, Object, ObjectId, ObjectName, RequirementMap, Rule,
    SecurityLevel, Stack, TrafficDescriptor, TrafficRow, paste,
};
use leptos::prelude::*;

use crate::core;
use crate::form::Cell;
use crate::frame::ObjectBand;
use crate::ui::{Button, Look, Panels};
use crate::workspace::Workspace;

pub use address_group::AddressGroupForm;
pub use level::SecurityLevelForm;
pub use map::RequirementMapForm;
pub use mappings::MappingsGrid;
pub use systems::{GroupForm, ImageForm};
pub use traffic::TrafficForm;

/// Whether the objects of a kind have a form that fits a side panel.
pub fn has_form(kind: Kind) -> bool {
    !matches!(kind, Kind::Stack | Kind::Rule)
}

/// The form of an object; empty for kinds that have pages only.
pub fn form(cell: Cell, autofocus: bool) -> AnyView {
    match cell.kind {
        Kind::AddressGroup => view! { <AddressGroupForm cell autofocus /> }.into_any(),
        Kind::TrafficDescriptor => view! { <TrafficForm cell autofocus /> }.into_any(),
        Kind::SecurityLevel => view! { <SecurityLevelForm cell autofocus /> }.into_any(),
        Kind::RequirementMap => view! { <RequirementMapForm cell autofocus /> }.into_any(),
        Kind::Group => view! { <GroupForm cell autofocus /> }.into_any(),
        Kind::Image => view! { <ImageForm cell autofocus /> }.into_any(),
        Kind::Stack | Kind::Rule => ().into_any(),
    }
}

/// The words of a picker's first line.
fn new_words(kind: Kind) -> &'static str {
    match kind {
        Kind::AddressGroup => "New address group…",
        Kind::TrafficDescriptor => "New traffic descriptor…",
        Kind::SecurityLevel => "New security level…",
        Kind::RequirementMap => "New requirement map…",
        Kind::Group => "New z/OS group…",
        Kind::Image => "New system image…",
        Kind::Stack | Kind::Rule => "New…",
    }
}

/// A new object made of what was typed: ports, addresses, or a name.
pub fn blank(kind: Kind, typed: &str) -> Object {
    let name = Entry::<ObjectName>::read(typed);
    let named = |fits: bool| if fits { Entry::default() } else { name.clone() };
    match kind {
        Kind::AddressGroup => {
            let addresses = paste::addresses(typed);
            let fits = !addresses.is_empty();
            let addresses = if fits {
                addresses
            } else {
                vec![Entry::default()]
            };
            AddressGroup {
                name: named(fits),
                addresses,
                ..AddressGroup::default()
            }
            .into()
        }
        Kind::TrafficDescriptor => {
            let ports = paste::ports(typed);
            let row = |local_port| TrafficRow {
                local_port,
                ..TrafficRow::default()
            };
            let fits = !ports.is_empty();
            let rows = if fits {
                ports.into_iter().map(row).collect()
            } else {
                vec![row(Entry::default())]
            };
            TrafficDescriptor {
                name: named(fits),
                rows,
                ..TrafficDescriptor::default()
            }
            .into()
        }
        Kind::SecurityLevel => {
            let level = SecurityLevel {
                name,
                ..SecurityLevel::default()
            };
            presets::with_preset(&level, DEFAULT_LEVEL)
                .unwrap_or(level)
                .into()
        }
        Kind::RequirementMap => RequirementMap {
            name,
            mappings: vec![Default::default()],
            ..RequirementMap::default()
        }
        .into(),
        Kind::Group => Group {
            name,
            ..Group::default()
        }
        .into(),
        Kind::Image => Image {
            name: Entry::read(typed),
            ..Image::default()
        }
        .into(),
        Kind::Stack => Stack {
            name: Entry::read(typed),
            ..Stack::default()
        }
        .into(),
        Kind::Rule => Rule {
            name,
            ..Rule::default()
        }
        .into(),
    }
}

/// A new object without a name.
pub fn create_blank(workspace: Workspace, kind: Kind) -> ObjectId {
    let object = blank(kind, "");
    workspace.create(format!("create {}", core::called(&object)), object)
}

/// The *New …* line of a picker: makes the object, picks it and opens its form in a panel.
///
/// `None` where no further panel may open.
pub fn create_in_place(
    kind: Kind,
    value: Signal<Option<ObjectId>>,
    on_pick: Callback<Option<ObjectId>>,
) -> Option<(&'static str, Callback<String>)> {
    let panels = Panels::here();
    let workspace = Workspace::here();
    if !untrack(|| panels.room()) || !has_form(kind) {
        return None;
    }
    let make = move |typed: String| {
        let before = value.get_untracked();
        let object = blank(kind, &typed);
        let id = workspace.create(format!("create {}", core::called(&object)), object.clone());
        on_pick.run(Some(id.clone()));
        let discard = {
            let id = id.clone();
            move || {
                // The page that asked may have been left.
                on_pick.try_run(before.clone());
                workspace.delete(std::slice::from_ref(&id));
            }
        };
        let on_close = {
            let (id, discard) = (id.clone(), discard.clone());
            move || {
                // Closed as it was made and without a name: it was not wanted.
                let same = workspace
                    .config
                    .with_untracked(|config| config.get(&id) == Some(&object));
                if same && object.name().is_empty() {
                    discard();
                }
            }
        };
        let title = format!("New {}", kind.singular());
        panels.open(
            title,
            move || {
                let discard = Callback::new({
                    let discard = discard.clone();
                    move |()| discard()
                });
                view! { <NewObject id=id.clone() kind discard /> }
            },
            on_close,
        );
    };
    Some((new_words(kind), Callback::new(make)))
}

/// A new object's form in a panel.
#[component]
fn NewObject(id: ObjectId, kind: Kind, discard: Callback<()>) -> impl IntoView {
    let panels = Panels::here();
    let cell = Cell::new(id, kind);
    let give_up = move || {
        discard.run(());
        panels.close();
    };
    view! {
        <form class="stack" on:submit=move |event| { event.prevent_default(); cell.workspace.flush(); panels.close(); }>
            <ObjectBand cell />
            {form(cell, true)}
            <div class="panel-foot">
                <Button label="Done" look=Look::Primary submit=true />
                <Button label=format!("Discard this {}", kind.singular()) look=Look::Ghost on_press=give_up />
            </div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_into_a_picker_is_where_it_belongs_in_the_new_object() {
        let Object::TrafficDescriptor(traffic) = blank(Kind::TrafficDescriptor, "1414,1415-1420")
        else {
            panic!()
        };
        let ports: Vec<String> = traffic
            .rows
            .iter()
            .map(|row| row.local_port.to_string())
            .collect();
        assert_eq!(
            (traffic.name.to_string().as_str(), ports.as_slice()),
            ("", ["1414".to_owned(), "1415-1420".to_owned()].as_slice())
        );
        assert_eq!(blank(Kind::TrafficDescriptor, "MQ").name(), "MQ");
        let Object::AddressGroup(group) = blank(Kind::AddressGroup, "10.1.1.2\n10.1.1.3") else {
            panic!()
        };
        assert_eq!(
            (group.addresses.len(), group.name.to_string().as_str()),
            (2, "")
        );
        assert_eq!(blank(Kind::AddressGroup, "AG_APP").name(), "AG_APP");
    }
}
