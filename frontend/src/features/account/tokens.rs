//! My tokens for scripts.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::account::{NewToken, Role, Token, TokenSecret};
use crate::api::{self, Answer};
use crate::ui::{
    Button, Dialog, Face, Look, OwnPassword, OwnPasswordField, Secret, Select, Skeleton, TextField,
};
use crate::words::{self, role_words};

/// What the section knows and asks.
#[derive(Clone, Copy)]
struct Mine {
    all: RwSignal<Option<Answer<Vec<Token>>>>,
    failed: RwSignal<Option<String>>,
    asking: RwSignal<bool>,
    /// The new token, whose secret is shown once.
    made: RwSignal<Option<(String, String)>>,
    /// The token that would be ended.
    ending: RwSignal<Option<i64>>,
}

impl Mine {
    fn load(self) {
        spawn_local(async move { drop(self.all.try_set(Some(api::people::tokens().await))) });
    }

    fn end(self, id: i64) {
        spawn_local(async move {
            self.failed.set(
                api::people::end_token(id)
                    .await
                    .err()
                    .map(|failure| failure.words()),
            );
            self.ending.set(None);
            self.load();
        });
    }
}

#[component]
pub fn Tokens() -> impl IntoView {
    let mine = Mine {
        all: RwSignal::new(None),
        failed: RwSignal::new(None),
        asking: RwSignal::new(false),
        made: RwSignal::new(None),
        ending: RwSignal::new(None),
    };
    mine.load();
    view! {
        <section class="section" aria-labelledby="tokens-title">
            <div class="section-head">
                <h2 id="tokens-title">"Tokens for scripts"</h2>
                <Button label="New token" icon="add" on_press=move || mine.asking.set(true) />
            </div>
            <p class="soft">"A script sends its token in the header " <code>"Authorization: Bearer …"</code> " and never your password."</p>
            {move || mine.failed.get().map(|why| view! { <p class="error" role="alert">{why}</p> })}
            {move || mine.made.get().map(|(label, secret)| view! {
                <Secret label=format!("Token {label}") secret note="It is shown this once. Put it where the script reads it." on_close=move || mine.made.set(None) />
            })}
            {move || match mine.all.get() {
                None => view! { <Skeleton lines=2 /> }.into_any(),
                Some(Err(failure)) => view! { <p class="error" role="alert">{failure.words()}</p> }.into_any(),
                Some(Ok(tokens)) if tokens.is_empty() => view! { <p>"No tokens."</p> }.into_any(),
                Some(Ok(tokens)) => table(mine, tokens).into_any(),
            }}
            <Dialog open=mine.asking title="New token" on_close=move || mine.asking.set(false)><Form mine /></Dialog>
        </section>
    }
}

fn table(mine: Mine, tokens: Vec<Token>) -> impl IntoView {
    view! {
        <table class="plain" aria-label="Tokens">
            <thead><tr>
                <th scope="col">"Label"</th><th scope="col">"May at most"</th><th scope="col">"Stores"</th>
                <th scope="col">"Expires"</th><th scope="col">"Last used"</th><th scope="col"><span class="cds--visually-hidden">"Actions"</span></th>
            </tr></thead>
            <tbody>{tokens.into_iter().map(|token| row(mine, token)).collect_view()}</tbody>
        </table>
    }
}

fn row(mine: Mine, token: Token) -> impl IntoView {
    let (id, label) = (token.id, token.label.clone());
    let stores = if token.stores.is_empty() {
        "all of mine".to_owned()
    } else {
        token.stores.join(", ")
    };
    let last = match token.last_used {
        Some(at) => view! { <words::Moment at relative=true /> }.into_any(),
        None => view! { <span class="soft">"never"</span> }.into_any(),
    };
    view! {
        <tr>
            <td>{token.label}</td>
            <td>{role_words(token.role)}</td>
            <td>{stores}</td>
            <td><words::Moment at=token.expires /></td>
            <td>{last}</td>
            <td class="plain-actions">
                {move || if mine.ending.get() == Some(id) {
                    view! {
                        <span class="soft">"Scripts with it stop working. "</span>
                        <Button label="End the token" look=Look::Danger on_press=move || mine.end(id) />
                        <Button label="Keep it" look=Look::Ghost on_press=move || mine.ending.set(None) />
                    }.into_any()
                } else {
                    view! { <Button label="End…" name=format!("End… token {label}") look=Look::Ghost on_press=move || mine.ending.set(Some(id)) /> }.into_any()
                }}
            </td>
        </tr>
    }
}

#[component]
fn Form(mine: Mine) -> impl IntoView {
    let (label, stores, days) = (
        RwSignal::new(String::new()),
        RwSignal::new(String::new()),
        RwSignal::new("90".to_owned()),
    );
    let role = RwSignal::new("viewer".to_owned());
    let failed = RwSignal::new(None::<String>);
    let password = OwnPassword::new();
    let create = move || {
        let Some(mut new) = asked(
            &label.get_untracked(),
            &role.get_untracked(),
            &stores.get_untracked(),
            &days.get_untracked(),
        ) else {
            failed.set(Some("A token lasts for 1 to 365 days.".to_owned()));
            return;
        };
        failed.set(None);
        new.password = password.value.get_untracked();
        spawn_local(async move {
            match api::people::create_token(&new).await {
                Ok(TokenSecret { token, secret }) => {
                    mine.asking.set(false);
                    mine.made.set(Some((token.label, secret)));
                    mine.load();
                }
                Err(failure) if failure.is_wrong_password() => password.wrong.set(true),
                Err(failure) => failed.set(Some(failure.words())),
            }
        });
    };
    let roles = words::ROLES
        .iter()
        .map(|role| {
            (
                words::role_key(*role).to_owned(),
                role_words(*role).to_owned(),
            )
        })
        .collect::<Vec<_>>();
    view! {
        <form class="stack" on:submit=move |event| { event.prevent_default(); create() }>
            <TextField face=Face::new("Label").help("What it is for, such as “nightly export”.").required() value=label on_input=move |text| label.set(text) autofocus=true />
            <Select face=Face::new("May at most").help("It never may more than you.") options=roles value=role on_change=move |key| role.set(key) />
            <TextField face=Face::new("Stores").help("Names with commas between; empty for all of yours.") value=stores on_input=move |text| stores.set(text) />
            <TextField face=Face::new("Lasts for days").help("1 to 365.").required() numeric=true value=days on_input=move |text| days.set(text) />
            <OwnPasswordField of=password />
            {move || failed.get().map(|why| view! { <p class="error" role="alert">{why}</p> })}
            <div class="dialog-foot">
                <Button label="Cancel" look=Look::Ghost on_press=move || mine.asking.set(false) />
                <Button label="Make the token" look=Look::Primary submit=true />
            </div>
        </form>
    }
}

/// The token that the form asks for, still without the password; `None` when the days are no number
/// of days.
fn asked(label: &str, role: &str, stores: &str, days: &str) -> Option<NewToken> {
    let days = days
        .trim()
        .parse()
        .ok()
        .filter(|days| (1..=365).contains(days))?;
    let names = stores
        .split([',', ' '])
        .map(str::trim)
        .filter(|name| !name.is_empty());
    let role = words::role_of_key(role).unwrap_or(Role::Viewer);
    Some(NewToken {
        label: label.trim().to_owned(),
        role,
        stores: names.map(str::to_owned).collect(),
        days,
        password: String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_for_the_stores_that_are_named() {
        let token = asked(" nightly ", "editor", "PROD, TEST ,", "30").unwrap();
        assert_eq!(token.label, "nightly");
        assert_eq!(token.role, Role::Editor);
        assert_eq!(token.stores, ["PROD", "TEST"]);
        assert_eq!(token.days, 30);
        assert!(asked("x", "viewer", "", "366").is_none());
        assert!(asked("x", "viewer", "", "").is_none());
    }
}
