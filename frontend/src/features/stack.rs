//! A stack: its rules, its files, its settings.

mod files;
mod listeners;
pub mod rules;
mod settings;

use generator::objects::{Kind, ObjectId};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map};

use crate::core;
use crate::form::Cell;
use crate::frame::{NotFound, ObjectBand, Page, Pane, id_of_page};
use crate::paths;
use crate::ui::Tabs;
use crate::workspace::Workspace;

#[component]
pub fn StackPage() -> impl IntoView {
    let id = id_of_page();
    let workspace = Workspace::here();
    let there = Memo::new(move |_| {
        let id = id.get();
        workspace
            .config
            .with(|config| {
                config
                    .get(&id)
                    .is_some_and(|object| object.kind() == Kind::Stack)
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
    let cell = Cell::new(id.clone(), Kind::Stack);
    Pane::here().stack.set(Some(id.clone()));
    let title = Memo::new(move |_| {
        cell.object
            .with(|object| object.as_deref().map(core::shown_name).unwrap_or_default())
    });
    let image = cell.text("image");
    let trail = Signal::derive(move || {
        let store = workspace.name();
        let mut trail = vec![("Systems".to_owned(), paths::systems(&store))];
        // The image's id comes from the configuration, which is read first; see ARCHITECTURE.md.
        let found = workspace.config.with(|config| {
            let image = ObjectId(image.get());
            Some((config.get(&image)?.clone(), image))
        });
        if let Some((object, image)) = found {
            trail.push((
                core::shown_name(&object),
                paths::object(&store, Kind::Image, &image),
            ));
        }
        trail
    });
    let params = use_params_map();
    let tab = Memo::new(move |_| params.with(|params| params.get("tab").unwrap_or_default()));
    let navigate = use_navigate();
    let own = id.clone();
    let select = move |tab: String| {
        navigate(
            &paths::stack(&workspace.name(), &own, &tab),
            NavigateOptions::default(),
        )
    };
    let setup = paths::setup_of(&workspace.name(), &id);
    let actions = ViewFn::from(move || {
        view! { <a class="cds--btn cds--btn--sm cds--btn--tertiary" href=setup.clone()>"Set-up"</a> }
    });
    view! {
        <Page title trail of=workspace.name() actions>
            <ObjectBand cell />
            <Tabs id="stack" label="Parts of the stack" tabs=vec![("rules", "Rules"), ("files", "Files"), ("settings", "Settings")] selected=tab on_select=select />
            <div id="stack-panel" role="tabpanel" aria-labelledby=move || format!("stack-{}", tab.get()) class="tab-panel">
                {move || match tab.get().as_str() {
                    "files" => view! { <files::Files /> }.into_any(),
                    "settings" => view! { <settings::Settings cell /> }.into_any(),
                    _ => view! { <rules::Rules stack=cell.id() /> }.into_any(),
                }}
            </div>
        </Page>
    }
}
