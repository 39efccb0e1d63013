//! The pages of a z/OS group and of a system image.

use generator::objects::Kind;
use generator::policy::Release;
use leptos::prelude::*;

use crate::core;
use crate::form::{Cell, ChoiceOf, RefOf, TextOf, VariablesOf};
use crate::frame::{NotFound, ObjectBand, Page, id_of_page};
use crate::paths;
use crate::workspace::Workspace;

#[component]
pub fn GroupPage() -> impl IntoView {
    view! { <SystemPage kind=Kind::Group form=|cell| view! {
        <div class="stack">
            <div class="form-grid"><TextOf cell path="name" /><TextOf cell path="description" /></div>
            <VariablesOf cell />
        </div>
    }.into_any() /> }
}

#[component]
pub fn ImagePage() -> impl IntoView {
    view! { <SystemPage kind=Kind::Image form=|cell| view! { <ImageForm cell /> }.into_any() /> }
}

#[component]
fn ImageForm(cell: Cell) -> impl IntoView {
    let releases = Release::ALL
        .iter()
        .rev()
        .map(|release| (release.to_string(), format!("z/OS {release}")))
        .collect::<Vec<_>>();
    let facilities = ["Daemon", "Auth"]
        .map(|word| (word.to_owned(), word.to_owned()))
        .to_vec();
    view! {
        <div class="stack">
            <div class="form-grid">
                <TextOf cell path="name" mono=true />
                <TextOf cell path="description" />
                <RefOf cell path="group" kind=Kind::Group />
                <ChoiceOf cell path="release" options=Signal::stored(releases) />
                <TextOf cell path="keyring" mono=true />
                <TextOf cell path="keyring_stash_file" mono=true />
                <ChoiceOf cell path="syslog_facility" options=Signal::stored(facilities) />
            </div>
            <VariablesOf cell />
        </div>
    }
}

#[component]
fn SystemPage(kind: Kind, form: fn(Cell) -> AnyView) -> impl IntoView {
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
                        {form(cell)}
                    </Page>
                }.into_any()
            }
        }}
    }
}
