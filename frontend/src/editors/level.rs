//! Security levels.

use leptos::prelude::*;

use super::preset::PresetLine;
use super::suites::SuiteList;
use crate::form::{
    Against, Cell, ChoiceOf, NotesOf, SettingsGroups, Stated, SwitchOf, TagsOf, TextOf,
};
use crate::ui::{Face, Switch};
use crate::words::count;
use generator::objects::fields::SettingsPlace;
use generator::objects::{Object, Versions, summary};

#[component]
pub fn SecurityLevelForm(cell: Cell, #[prop(optional)] autofocus: bool) -> impl IntoView {
    let protect = cell.flag("protect");
    let against = Against::provide(cell);
    let admits = Memo::new(move |_| {
        cell.object.with(|object| match object.as_deref() {
            Some(Object::SecurityLevel(level)) => summary::level_sentence(level),
            _ => String::new(),
        })
    });
    view! {
        <p class="in-words" aria-live="polite">{admits}</p>
        <div class="form-grid">
            <TextOf cell path="name" autofocus />
            <TextOf cell path="description" />
            <TagsOf cell />
        </div>
        <PresetLine cell />
        <SwitchOf cell path="protect" />
        <Show when=move || protect.get()>
            <OnlyWhatDiffers against />
            <VersionSwitches cell />
            <Stated path="suites"><SuiteList cell /></Stated>
            // No preset says who must show a certificate.
            <fieldset class="group">
                <legend>"Client authentication"</legend>
                <ChoiceOf cell path="client_authentication" options=Signal::stored(client_authentication()) />
            </fieldset>
            <SettingsGroups cell place=SettingsPlace::SecurityLevel at="settings" />
        </Show>
    }
}

/// The switch that leaves out what is as the preset says, and how much that is.
#[component]
fn OnlyWhatDiffers(against: Against) -> impl IntoView {
    let hidden = move || {
        let (only, name) = (against.only.get(), against.name.get());
        let fields = count(against.hidden(), "field is", "fields are");
        match (only, name.as_str()) {
            (false, _) => String::new(),
            (true, "") => format!("{fields} left to AT-TLS and not shown."),
            (true, preset) => format!("{fields} as {preset} says and not shown."),
        }
    };
    view! {
        <div class="only-differs">
            <Switch face=Face::new("Only what differs") value=against.only on_change=move |on| against.show_only(on) />
            <span class="soft" role="status">{hidden}</span>
        </div>
    }
}

#[component]
fn VersionSwitches(cell: Cell) -> impl IntoView {
    view! {
        <fieldset class="group">
            <legend>"Protocol versions"</legend>
            <NotesOf cell path="versions" />
            <div class="switches">
                {Versions::FIELDS.map(|version| {
                    let path = format!("versions/{version}");
                    view! { <Stated path=path.clone()><SwitchOf cell path /></Stated> }
                }).collect_view()}
            </div>
        </fieldset>
    }
}

fn client_authentication() -> Vec<(String, String)> {
    [
        ("off", "Off: the client shows no certificate"),
        ("pass-thru", "Pass through: asked for, not checked"),
        ("full", "Full: checked if the client shows one"),
        ("required", "Required: must be shown and valid"),
        (
            "saf-check",
            "SAF check: must be shown, valid and known to a user",
        ),
    ]
    .map(|(key, words)| (key.to_owned(), words.to_owned()))
    .to_vec()
}
