//! Where a rule counts: on one stack, or on every stack of an image or a z/OS group.

use std::sync::Arc;

use generator::objects::{Configuration, Kind, Object, ObjectId};
use leptos::prelude::*;

use crate::core;
use crate::form::{Cell, name_of};
use crate::ui::{Choice, Picker};
use crate::words;

/// The stacks, images and z/OS groups, in this order.
fn places(config: &Configuration) -> Vec<Choice> {
    let kinds = [Kind::Stack, Kind::Image, Kind::Group].into_iter();
    kinds
        .flat_map(|kind| config.of_kind(kind))
        .map(|(id, object)| Choice {
            id: id.0.clone(),
            name: core::shown_name(object),
            detail: match object {
                Object::Stack(stack) => match &stack.image {
                    Some(image) => format!("stack on {}", core::name_of(config, image)),
                    None => "stack".to_owned(),
                },
                object => format!("all stacks of the {}", object.kind().singular()),
            },
        })
        .collect()
}

#[component]
pub fn OwnerField(cell: Cell) -> impl IntoView {
    let workspace = cell.workspace;
    let choices = Memo::new(move |_| {
        let of = |config: &Arc<Configuration>| Arc::new(places(config));
        workspace.settled.with(of)
    });
    let owner = Memo::new(move |_| {
        cell.object.with(|object| match object.as_deref() {
            Some(Object::Rule(rule)) => rule.owner.clone(),
            _ => None,
        })
    });
    let pick = move |id: String| {
        let id = ObjectId(id);
        if owner.get_untracked().as_ref() == Some(&id) {
            return;
        }
        // There it stands behind the rules that are there.
        let order = workspace
            .config
            .with_untracked(|config| config.next_order(&id));
        cell.update("change where the rule belongs", |object| {
            if let Object::Rule(rule) = object {
                rule.owner = Some(id);
                rule.order = order;
            }
        });
    };
    let stacks = Memo::new(move |_| {
        let owner = owner.get();
        workspace.settled.with(|config| {
            let counts = |stack: &&(&ObjectId, &Object)| {
                owner
                    .as_ref()
                    .is_some_and(|owner| config.owners_of(stack.0).contains(owner))
            };
            config.of_kind(Kind::Stack).iter().filter(counts).count()
        })
    });
    let shown = name_of(owner.into());
    let picked = Signal::derive(move || owner.get().map(|id| id.0));
    let on_stack = move || {
        let kind = |config: &Arc<Configuration>| Some(config.get(&owner.get()?)?.kind());
        workspace.settled.with(kind) == Some(Kind::Stack)
    };
    view! {
        <Picker face=cell.face("owner") choices shown picked on_pick=pick />
        {move || (!on_stack() && owner.get().is_some()).then(|| view! {
            <p class="hint">{format!("It counts on {}, behind the rules of their own.", words::count(stacks.get(), "stack", "stacks"))}</p>
        })}
    }
}
