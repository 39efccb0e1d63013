//! Asking for a new account.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::api::account::{NewAccount, NewPassword};
use crate::ui::{Button, Checkbox, Dialog, Face, Look, OwnPassword, OwnPasswordField, TextField};

#[component]
pub fn NewAccountDialog(
    open: RwSignal<bool>,
    #[prop(into)] on_made: Callback<NewPassword>,
) -> impl IntoView {
    view! {
        <Dialog open title="New account" on_close=move || open.set(false)><Form open on_made /></Dialog>
    }
}

#[component]
fn Form(open: RwSignal<bool>, on_made: Callback<NewPassword>) -> impl IntoView {
    let (name, administrator) = (RwSignal::new(String::new()), RwSignal::new(false));
    let failed = RwSignal::new(None::<String>);
    let password = OwnPassword::new();
    let make = move || {
        failed.set(None);
        spawn_local(async move {
            let new = NewAccount {
                name: name.get_untracked().trim().to_owned(),
                administrator: administrator.get_untracked(),
                password: password.value.get_untracked(),
            };
            match api::people::create_account(&new).await {
                Ok(first) => {
                    open.set(false);
                    on_made.try_run(first);
                }
                Err(failure) if failure.is_wrong_password() => password.wrong.set(true),
                Err(failure) => failed.set(Some(failure.words())),
            }
        });
    };
    view! {
        <form class="stack" on:submit=move |event| { event.prevent_default(); make() }>
            <TextField face=Face::new("Name").required() value=name on_input=move |text| name.set(text) autofocus=true />
            <Checkbox face=Face::new("Administrator of this server").help("May manage accounts, and everything in every store. Others get their rights per store.")
                value=administrator on_change=move |on| administrator.set(on) />
            <OwnPasswordField of=password />
            <p class="soft">"A random first password is made and shown to you once."</p>
            {move || failed.get().map(|why| view! { <p class="error" role="alert">{why}</p> })}
            <div class="dialog-foot">
                <Button label="Cancel" look=Look::Ghost on_press=move || open.set(false) />
                <Button label="Make the account" look=Look::Primary submit=true />
            </div>
        </form>
    }
}
