//! The engines of the server's machine: what passes through them, what fails and why, and the key rings. The
//! element asks the server; here stand the address, and what the store calls what an engine names.

use generator::objects::references::References;
use generator::objects::{Kind, Object, ObjectId};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

use crate::core;
use crate::frame::{Page, Pane};
use crate::ui::told;
use crate::workspace::Workspace;

#[component]
pub fn RuntimePage() -> impl IntoView {
    let workspace = Workspace::here();
    Pane::here().step_aside();
    let (location, navigate) = (use_location(), use_navigate());
    let objects = Memo::new(move |_| {
        workspace.settled.with(|config| {
            let references = References::of(config);
            let levels_of = |rule| {
                let needs = references.needs(rule).into_iter();
                let is_level =
                    |id: &ObjectId| matches!(config.get(id), Some(Object::SecurityLevel(_)));
                needs.filter(is_level)
            };
            let kinds = [Kind::Rule, Kind::SecurityLevel].into_iter();
            let all = kinds.flat_map(|kind| config.of_kind(kind));
            let named = all.map(|(id, object)| {
                let said = [
                    object.kind().word().to_owned(),
                    id.0.clone(),
                    core::shown_name(object),
                ];
                let levels = levels_of(id).map(|id| id.0);
                Vec::from_iter(said.into_iter().chain(levels))
            });
            serde_json::Value::from_iter(named).to_string()
        })
    });
    let path = location.pathname;
    let go = move |query: String| {
        let options = NavigateOptions {
            replace: true,
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&format!("{}{query}", path.get_untracked()), options);
    };
    view! {
        <Page title="Runtime" of=workspace.name()>
            <runtime-page store=workspace.name() prop:query=location.search prop:objects=objects on:address=told(go)></runtime-page>
        </Page>
    }
}
