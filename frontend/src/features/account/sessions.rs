//! Where I am logged in.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::account::SessionInfo;
use crate::api::{self, Answer};
use crate::session::{Session, Who};
use crate::ui::{Button, Chip, Look, Skeleton};
use crate::words;

#[component]
pub fn Sessions() -> impl IntoView {
    let all = RwSignal::new(None::<Answer<Vec<SessionInfo>>>);
    let failed = RwSignal::new(None::<String>);
    let load =
        move || spawn_local(async move { drop(all.try_set(Some(api::people::sessions().await))) });
    load();
    let end = move |handle: String| {
        spawn_local(async move {
            failed.set(
                api::people::end_session(&handle)
                    .await
                    .err()
                    .map(|failure| failure.words()),
            );
            load();
        });
    };
    let session = Session::here();
    let leave = move || {
        spawn_local(async move {
            match api::people::log_out_everywhere().await {
                Ok(()) => session.who.set(Who::Nobody),
                Err(failure) => failed.set(Some(failure.words())),
            }
        });
    };
    view! {
        <section class="section" aria-labelledby="sessions-title">
            <div class="section-head">
                <h2 id="sessions-title">"Sessions"</h2>
                <Button label="Log out everywhere" look=Look::Ghost on_press=leave />
            </div>
            <p class="soft">"Where you are logged in. End what you do not know, and change the password then."</p>
            {move || failed.get().map(|why| view! { <p class="error" role="alert">{why}</p> })}
            {move || match all.get() {
                None => view! { <Skeleton lines=2 /> }.into_any(),
                Some(Err(failure)) => view! { <p class="error" role="alert">{failure.words()}</p> }.into_any(),
                Some(Ok(sessions)) => table(sessions, Callback::new(end)).into_any(),
            }}
        </section>
    }
}

fn table(sessions: Vec<SessionInfo>, end: Callback<String>) -> impl IntoView {
    view! {
        <table class="plain" aria-label="Sessions">
            <thead><tr><th scope="col">"From"</th><th scope="col">"Logged in"</th><th scope="col">"Last active"</th><th scope="col"><span class="cds--visually-hidden">"Actions"</span></th></tr></thead>
            <tbody>
                {sessions.into_iter().map(|session| {
                    let (handle, from) = (session.handle.clone(), session.from.clone());
                    let last = if session.current {
                        view! { <Chip text="this session" colour="green" /> }.into_any()
                    } else {
                        view! { <words::Moment at=session.last_active relative=true /> }.into_any()
                    };
                    view! {
                        <tr>
                            <td>{session.from}</td>
                            <td><words::Moment at=session.since /></td>
                            <td>{last}</td>
                            <td class="plain-actions">{(!session.current).then(|| view! {
                                <Button label="End" name=format!("End session from {from}") look=Look::Ghost on_press=move || end.run(handle.clone()) />
                            })}</td>
                        </tr>
                    }
                }).collect_view()}
            </tbody>
        </table>
    }
}
