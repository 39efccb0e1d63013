//! The first administrator: from the one-time link that the server prints at its first start.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::api::account::Setup;
use crate::session::Session;
use crate::ui::{Button, Face, Look, TextField};
use crate::{api, paths};

/// Takes the secret out of the address, so that it stays in no history.
fn take_secret() -> String {
    let Some(window) = web_sys::window() else {
        return String::new();
    };
    let secret = window
        .location()
        .hash()
        .unwrap_or_default()
        .trim_start_matches('#')
        .to_owned();
    if let Ok(history) = window.history() {
        let path = window.location().pathname().unwrap_or_default();
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&path));
    }
    secret
}

/// What keeps the form from being sent.
fn lacking(name: &str, password: &str, again: &str) -> Option<&'static str> {
    match () {
        () if name.trim().is_empty() => Some("Give your name."),
        () if password.chars().count() < 8 => {
            Some("The password needs at least 8 characters; 15 or more are better.")
        }
        () if password != again => Some("The two passwords differ."),
        () => None,
    }
}

#[component]
pub fn SetupPage() -> impl IntoView {
    document().set_title("First administrator – Gatehouse");
    let secret = RwSignal::new(take_secret());
    let had_secret = secret.with_untracked(|secret| !secret.is_empty());
    let (name, password, again) = (
        RwSignal::new(String::new()),
        RwSignal::new(String::new()),
        RwSignal::new(String::new()),
    );
    let failed = RwSignal::new(None::<String>);
    let needed = RwSignal::new(None::<bool>);
    let session = Session::here();
    let navigate = use_navigate();
    spawn_local(async move {
        if let Ok(state) = api::setup_state().await {
            needed.try_set(Some(state.needed));
        }
    });
    let create = move || {
        if let Some(why) = lacking(
            &name.get_untracked(),
            &password.get_untracked(),
            &again.get_untracked(),
        ) {
            failed.set(Some(why.to_owned()));
            return;
        }
        let navigate = navigate.clone();
        spawn_local(async move {
            let setup = Setup {
                secret: secret.get_untracked(),
                name: name.get_untracked(),
                password: password.get_untracked(),
            };
            match api::set_up(&setup).await {
                Ok(()) => {
                    // Where the server does not log the new administrator in, the log-in page does.
                    let _ = api::log_in(&setup.name, &setup.password).await;
                    session.ask().await;
                    navigate(
                        paths::STORES,
                        NavigateOptions {
                            replace: true,
                            ..NavigateOptions::default()
                        },
                    );
                }
                Err(failure) => failed.set(Some(failure.words())),
            }
        });
    };
    let create = StoredValue::new(create);
    view! {
        <main class="alone" id="main">
            <h1>"First administrator"</h1>
            <Show when=move || needed.get() != Some(false) fallback=|| view! {
                <p>"An administrator exists already. The link was used, or another one was."</p>
                <p><a href=paths::LOG_IN>"Log in"</a></p>
            }>
                <p>"This account may do everything. More accounts are made later."</p>
                <form class="stack" on:submit=move |event| { event.prevent_default(); create.get_value()() }>
                    {(!had_secret).then(|| view! {
                        <TextField face=Face::new("Secret").help("The part after # of the link that the server printed at its first start.").required()
                            value=secret on_input=move |text| secret.set(text) />
                    })}
                    <TextField face=Face::new("Name").required().autocomplete("username") value=name on_input=move |text| name.set(text) autofocus=true />
                    <TextField face=Face::new("Password").help("At least 8 characters; 15 or more are better.").required().autocomplete("new-password")
                        kind="password" value=password on_input=move |text| password.set(text) />
                    <TextField face=Face::new("Password again").required().autocomplete("new-password")
                        kind="password" value=again on_input=move |text| again.set(text) />
                    {move || failed.get().map(|why| view! { <p class="error" role="alert">{why}</p> })}
                    <div><Button label="Create the administrator" look=Look::Primary submit=true /></div>
                </form>
            </Show>
        </main>
    }
}

#[cfg(test)]
mod tests {
    use super::lacking;

    #[test]
    fn a_short_or_mistyped_password_is_told_before_it_is_sent() {
        assert!(lacking("ana", "1234567", "1234567").is_some());
        assert!(lacking("ana", "12345678", "12345679").is_some());
        assert!(lacking(" ", "12345678", "12345678").is_some());
        assert_eq!(lacking("ana", "ÄÖÜäöüß!", "ÄÖÜäöüß!"), None);
    }
}
