//! The pages of a z/OS group and of a system image.

use generator::objects::{Kind, ObjectId, Rule};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::core;
use crate::editors;
use crate::features::stack::rules::new_rule;
use crate::form::Cell;
use crate::frame::{NotFound, ObjectBand, Page, id_of_page};
use crate::paths;
use crate::ui::{Button, Look};
use crate::workspace::Workspace;

/// The rules that count on every stack below.
#[component]
fn SharedRules(cell: Cell) -> impl IntoView {
    let workspace = cell.workspace;
    let rules = Memo::new(move |_| {
        let store = workspace.name();
        workspace.settled.with(|config| {
            let rules = config.rules_owned_by(&cell.id()).into_iter();
            let link = |(id, rule): (&ObjectId, &Rule)| {
                let name = core::shown_name(&rule.clone().into());
                (name, paths::object(&store, Kind::Rule, id))
            };
            rules.map(link).collect::<Vec<_>>()
        })
    });
    let navigate = use_navigate();
    let add = move || {
        let id = new_rule(workspace, &cell.id());
        let href = paths::object(&workspace.name(), Kind::Rule, &id);
        navigate(&href, NavigateOptions::default());
    };
    let of = cell.kind.singular();
    view! {
        <fieldset class="group">
            <legend>"Rules of all its stacks"</legend>
            <p class="hint">{format!("A rule of the {of} counts on every stack of it, behind the stack's own rules.")}</p>
            <ul class="plain-list">{move || rules.get().into_iter().map(|(name, href)| view! { <li><a href=href>{name}</a></li> }).collect_view()}</ul>
            <Button label="Add rule" icon="add" look=Look::Ghost on_press=add blocked=Signal::derive(move || workspace.closed()) />
        </fieldset>
    }
}

#[component]
pub fn SystemPage(kind: Kind) -> impl IntoView {
    let id = id_of_page();
    let workspace = Workspace::here();
    let there = Memo::new(move |_| {
        let id = id.get();
        workspace
            .config
            .with(|config| config.get(&id).is_some_and(|object| object.kind() == kind))
            .then_some(id)
    });
    view! {
        {move || match there.get() {
            None => view! { <NotFound /> }.into_any(),
            Some(id) => {
                let cell = Cell::new(id, kind);
                let title = Memo::new(move |_| cell.object.with(|object| object.as_deref().map(core::shown_name).unwrap_or_default()));
                let trail = Signal::stored(vec![("Systems".to_owned(), paths::systems(&workspace.name()))]);
                view! {
                    <Page title trail of=workspace.name()>
                        <ObjectBand cell />
                        <div class="stack">
                            {editors::form(cell, false)}
                            <SharedRules cell />
                        </div>
                    </Page>
                }.into_any()
            }
        }}
    }
}
