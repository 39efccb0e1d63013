//! Changing one's password: at will, and after somebody else has set it.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::api::account::PasswordChange;
use crate::session::{Session, Who};
use crate::ui::{Button, Face, Look, TextField};

/// What keeps a new password from being sent.
fn lacking(old: &str, new: &str, again: &str) -> Option<&'static str> {
    match () {
        () if old.is_empty() => Some("Give the password that holds now."),
        () if new.chars().count() < 8 => {
            Some("The new password needs at least 8 characters; 15 or more are better.")
        }
        () if new == old => Some("The new password is the old one."),
        () if new != again => Some("The two new passwords differ."),
        () => None,
    }
}

#[component]
pub fn Password() -> impl IntoView {
    let done = RwSignal::new(false);
    view! {
        <section class="section" aria-labelledby="password-title">
            <h2 id="password-title">"Password"</h2>
            <p class="soft">"Changing it ends your other sessions and your tokens."</p>
            <div class="narrow"><PasswordForm old_label="Current password" on_done=move || done.set(true) on_input=move || done.set(false) /></div>
            <p role="status">{move || done.get().then_some("The password is changed. Your other sessions and your tokens have ended.")}</p>
        </section>
    }
}

/// The page that stands in the place of all others until the first password is changed.
#[component]
pub fn FirstPassword() -> impl IntoView {
    let session = Session::here();
    document().set_title("Choose a password – Gatehouse");
    let leave = move || {
        spawn_local(async move {
            // Logged out here in any case; an unreachable server ends the session by its own limit.
            let _ = api::log_out().await;
            session.who.set(Who::Nobody);
        });
    };
    view! {
        <main class="alone" id="main">
            <h1>"Choose a password"</h1>
            <p>"Somebody else has set the password of " <strong>{session.name()}</strong> ". Choose one that only you know to go on."</p>
            <PasswordForm old_label="Password that you were given" on_done=move || spawn_local(session.ask()) on_input=|| () first=true />
            <div><Button label="Log out" look=Look::Ghost on_press=leave /></div>
        </main>
    }
}

#[component]
fn PasswordForm(
    old_label: &'static str,
    #[prop(into)] on_done: Callback<()>,
    /// Called with each key, so that an old message goes.
    #[prop(into)]
    on_input: Callback<()>,
    /// Nothing else is on the page: the first field gets the focus.
    #[prop(optional)]
    first: bool,
) -> impl IntoView {
    let (old, new, again) = (
        RwSignal::new(String::new()),
        RwSignal::new(String::new()),
        RwSignal::new(String::new()),
    );
    let failed = RwSignal::new(None::<String>);
    let sending = RwSignal::new(false);
    let name = Session::here().name();
    let change = move || {
        if let Some(why) = lacking(
            &old.get_untracked(),
            &new.get_untracked(),
            &again.get_untracked(),
        ) {
            failed.set(Some(why.to_owned()));
            return;
        }
        sending.set(true);
        failed.set(None);
        spawn_local(async move {
            let change = PasswordChange {
                old: old.get_untracked(),
                new: new.get_untracked(),
            };
            let answer = api::people::change_password(&change).await;
            sending.set(false);
            match answer {
                Ok(()) => {
                    for field in [old, new, again] {
                        field.set(String::new());
                    }
                    on_done.try_run(());
                }
                Err(failure) => failed.set(Some(failure.words())),
            }
        });
    };
    let typed = move |field: RwSignal<String>| {
        move |text: String| {
            field.set(text);
            on_input.run(());
        }
    };
    view! {
        <form class="stack" on:submit=move |event| { event.prevent_default(); if !sending.get_untracked() { change() } }>
            // For password managers: which account it is.
            <input type="text" autocomplete="username" value=name hidden readonly />
            <TextField face=Face::new(old_label).required().autocomplete("current-password") kind="password" value=old on_input=typed(old) autofocus=first />
            <TextField face=Face::new("New password").help("At least 8 characters; 15 or more are better.").required().autocomplete("new-password")
                kind="password" value=new on_input=typed(new) />
            <TextField face=Face::new("New password again").required().autocomplete("new-password") kind="password" value=again on_input=typed(again) />
            {move || failed.get().map(|why| view! { <p class="error" role="alert">{why}</p> })}
            <div><Button label="Change the password" look=Look::Primary submit=true /></div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::lacking;

    #[test]
    fn what_is_wrong_with_a_new_password_is_told_before_it_is_sent() {
        assert!(lacking("", "long enough", "long enough").is_some());
        assert!(lacking("old", "short", "short").is_some());
        assert!(lacking("the same one", "the same one", "the same one").is_some());
        assert!(lacking("old", "long enough", "long enouhg").is_some());
        assert_eq!(lacking("old", "long enough", "long enough"), None);
    }
}
