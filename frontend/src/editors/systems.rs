//! The forms of a z/OS group and of a system image.

use generator::objects::Kind;
use generator::policy::Release;
use leptos::prelude::*;

use crate::form::{Cell, ChoiceOf, RefOf, TagsOf, TextOf, VariablesOf};

#[component]
pub fn GroupForm(cell: Cell, autofocus: bool) -> impl IntoView {
    view! {
        <div class="form-grid"><TextOf cell path="name" autofocus /><TextOf cell path="description" /><TagsOf cell /></div>
        <VariablesOf cell />
    }
}

#[component]
pub fn ImageForm(cell: Cell, autofocus: bool) -> impl IntoView {
    let releases = Release::ALL
        .iter()
        .rev()
        .map(|release| (release.to_string(), format!("z/OS {release}")))
        .collect::<Vec<_>>();
    let facilities = ["Daemon", "Auth"]
        .map(|word| (word.to_owned(), word.to_owned()))
        .to_vec();
    view! {
        <div class="form-grid">
            <TextOf cell path="name" mono=true autofocus />
            <TextOf cell path="description" />
            <TagsOf cell />
            <RefOf cell path="group" kind=Kind::Group />
            <ChoiceOf cell path="release" options=Signal::stored(releases) />
            <TextOf cell path="keyring" mono=true />
            <TextOf cell path="keyring_stash_file" mono=true />
            <ChoiceOf cell path="syslog_facility" options=Signal::stored(facilities) />
        </div>
        <VariablesOf cell />
    }
}
