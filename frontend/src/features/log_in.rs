//! Log-in.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::session::{Session, Who};
use crate::ui::{Button, Face, Look, TextField};
use crate::{api, paths};

#[component]
pub fn LogInPage() -> impl IntoView {
    let session = Session::here();
    let (query, navigate) = (use_query_map(), use_navigate());
    document().set_title("Log in – Gatehouse");
    // Somebody who is logged in already has no business here.
    Effect::new(move |_| {
        if matches!(session.who.get(), Who::Person(_)) {
            let next = paths::safe_next(query.with_untracked(|query| query.get("next")));
            let navigate = navigate.clone();
            spawn_local(async move {
                let next = if next == paths::STORES {
                    only_store().await.unwrap_or(next)
                } else {
                    next
                };
                navigate(
                    &next,
                    NavigateOptions {
                        replace: true,
                        ..NavigateOptions::default()
                    },
                );
            });
        }
    });
    view! {
        <main class="alone" id="main">
            <h1>"Gatehouse"</h1>
            <p>"The configuration assistant for AT-TLS."</p>
            <LogInForm on_done=move || spawn_local(session.ask()) />
        </main>
    }
}

/// The only store there is: it is opened at once.
async fn only_store() -> Option<String> {
    let stores = api::stores().await.ok()?;
    match stores.as_slice() {
        [one] if !one.archived => Some(paths::systems(&one.name)),
        _ => None,
    }
}

/// Name and password; also shown over a page whose session has ended.
#[component]
pub fn LogInForm(#[prop(into)] on_done: Callback<()>) -> impl IntoView {
    let name = RwSignal::new(untrack(|| Session::here().name()));
    let password = RwSignal::new(String::new());
    let failed = RwSignal::new(None::<String>);
    let asking = RwSignal::new(false);
    let log_in = move || {
        asking.set(true);
        failed.set(None);
        spawn_local(async move {
            let answer = api::log_in(&name.get_untracked(), &password.get_untracked()).await;
            asking.set(false);
            match answer {
                Ok(()) => drop(on_done.try_run(())),
                Err(failure) => failed.set(Some(failure.words())),
            }
        });
    };
    let autofocus = name.with_untracked(String::is_empty);
    view! {
        <form class="stack" on:submit=move |event| { event.prevent_default(); if !asking.get_untracked() { log_in() } }>
            <TextField face=Face::new("Name").required().autocomplete("username") value=name on_input=move |text| name.set(text) autofocus />
            <TextField face=Face::new("Password").required().autocomplete("current-password") kind="password" value=password
                on_input=move |text| password.set(text) autofocus=!autofocus />
            {move || failed.get().map(|why| view! { <p class="error" role="alert">{why}</p> })}
            <div><Button label="Log in" look=Look::Primary submit=true /></div>
        </form>
    }
}
