//! The account menu, and what happens when nobody is logged in.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

use crate::session::{Session, Who};
use crate::ui::{Button, Dialog, Item, Look, Menu, Skeleton};
use crate::{api, features, paths, prefs};

/// Shows its content to people who are logged in; sends others to the log-in page and back.
#[component]
pub fn Guarded(children: ChildrenFn) -> impl IntoView {
    let session = Session::here();
    let location = use_location();
    let navigate = use_navigate();
    Effect::new(move |_| {
        if session.who.get() == Who::Nobody {
            let here = format!(
                "{}{}",
                location.pathname.get_untracked(),
                location.search.with_untracked(|s| if s.is_empty() {
                    String::new()
                } else {
                    format!("?{s}")
                })
            );
            navigate(
                &paths::log_in(&here),
                NavigateOptions {
                    replace: true,
                    ..Default::default()
                },
            );
        }
    });
    // The name, so that the page is not made anew when anything else about the person changes.
    let known = Memo::new(move |_| session.who.with(|who| matches!(who, Who::Person(_))));
    let first = Memo::new(move |_| {
        session
            .who
            .with(|who| matches!(who, Who::Person(me) if me.must_change_password))
    });
    let children = StoredValue::new(children);
    view! {
        {move || match known.get() {
            true if first.get() => view! { <features::account::FirstPassword /> }.into_any(),
            true => children.with_value(|children| children()).into_any(),
            false => match session.who.get() {
                Who::Unreachable(why) => view! {
                    <main class="alone">
                        <h1>"Gatehouse"</h1>
                        <p role="alert">{why}</p>
                        <Button label="Try again" look=Look::Primary on_press=move || spawn_local(session.ask()) />
                    </main>
                }.into_any(),
                Who::Unknown | Who::Nobody | Who::Person(_) => view! { <main class="alone"><Skeleton /></main> }.into_any(),
            },
        }}
    }
}

/// The session ended while the page was open: log in over it, and go on.
#[component]
pub fn SessionEnded() -> impl IntoView {
    let session = Session::here();
    let go_on = move || {
        let before = session.who.with_untracked(Who::name);
        spawn_local(async move {
            session.ask().await;
            // Somebody else: what is on this page is not theirs.
            if session.who.with_untracked(Who::name) != before
                && let Some(window) = web_sys::window()
            {
                let _ = window.location().reload();
            }
        });
    };
    view! {
        <Dialog open=session.ended title="Your session has ended" on_close=move || session.ended.set(false)>
            <p>"Log in again to go on here. What you typed is still on this page."</p>
            <features::log_in::LogInForm on_done=go_on />
        </Dialog>
    }
}

fn set_theme(theme: &str) {
    prefs::write("theme", theme);
    if let Some(root) = document().document_element() {
        let _ = match theme {
            "" => root.remove_attribute("data-theme"),
            theme => root.set_attribute("data-theme", theme),
        };
    }
}

#[component]
pub fn AccountMenu() -> impl IntoView {
    let session = Session::here();
    let navigate = use_navigate();
    let leave = Callback::new(move |()| {
        let navigate = navigate.clone();
        spawn_local(async move {
            // Logged out here in any case; an unreachable server ends the session by its own limit.
            let _ = api::log_out().await;
            session.who.set(Who::Nobody);
            navigate(paths::LOG_IN, NavigateOptions::default());
        });
    });
    let theme = |words: &str, key: &'static str| {
        Item::Act(words.to_owned(), Callback::new(move |()| set_theme(key)))
    };
    let items = Signal::derive_local(move || {
        let mut items = vec![Item::Link(
            "My account".to_owned(),
            paths::ACCOUNT.to_owned(),
        )];
        if session.administrator() {
            items.push(Item::Link(
                "Accounts".to_owned(),
                paths::ACCOUNTS.to_owned(),
            ));
            items.push(Item::Link("Server".to_owned(), paths::SERVER.to_owned()));
        }
        items.extend([
            Item::Line,
            theme("Light", "light"),
            theme("Dark", "dark"),
            theme("Light or dark as the system", ""),
            Item::Line,
            Item::Act("Log out".to_owned(), leave),
        ]);
        items
    });
    let face = ViewFn::from(
        move || view! { <span class="cds--visually-hidden">"Account "</span> <span>{move || session.name()}</span> <crate::ui::Icon name="down" /> },
    );
    view! { <Menu label=Signal::derive(move || format!("Account {}", session.name())) face items left=true /> }
}
