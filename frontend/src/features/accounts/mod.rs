//! All accounts; for administrators of the server.

mod new;

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::account::{Account, AccountChange, NewPassword};
use crate::api::{self, Answer};
use crate::frame::{ForAdministrators, Page, use_query};
use crate::session::Session;
use crate::ui::shortcuts::Shortcuts;
use crate::ui::{
    Button, Chip, Column, DataTable, Dialog, EmptyState, Item, Look, RowAction, SearchField,
    Secret, Skeleton,
};
use crate::{paths, words};

/// What the page knows and asks.
#[derive(Clone, Copy)]
struct Accounts {
    all: RwSignal<Option<Answer<Arc<Vec<Account>>>>>,
    failed: RwSignal<Option<String>>,
    /// A new account is asked for.
    asking: RwSignal<bool>,
    /// The account whose password would be set anew.
    resetting: RwSignal<Option<String>>,
    /// A password that is shown once.
    password: RwSignal<Option<NewPassword>>,
}

impl Accounts {
    fn load(self) {
        spawn_local(async move {
            drop(
                self.all
                    .try_set(Some(api::people::accounts().await.map(Arc::new))),
            )
        });
    }

    fn change(self, name: String, change: AccountChange) {
        spawn_local(async move {
            self.failed.set(
                api::people::change_account(&name, &change)
                    .await
                    .err()
                    .map(|failure| failure.words()),
            );
            self.load();
        });
    }

    fn end_sessions(self, name: String) {
        spawn_local(async move {
            self.failed.set(
                api::people::end_sessions_of(&name)
                    .await
                    .err()
                    .map(|failure| failure.words()),
            );
        });
    }

    fn reset(self, name: String) {
        spawn_local(async move {
            match api::people::reset_password(&name).await {
                Ok(password) => self.password.set(Some(password)),
                Err(failure) => self.failed.set(Some(failure.words())),
            }
            self.resetting.set(None);
        });
    }
}

#[component]
pub fn AccountsPage() -> impl IntoView {
    view! {
        <ForAdministrators title="Accounts" words="Accounts are managed by administrators of this server.">
            <Content />
        </ForAdministrators>
    }
}

#[component]
fn Content() -> impl IntoView {
    let accounts = Accounts {
        all: RwSignal::new(None),
        failed: RwSignal::new(None),
        asking: RwSignal::new(false),
        resetting: RwSignal::new(None),
        password: RwSignal::new(None),
    };
    accounts.load();
    let (filter, set_filter) = use_query("q");
    expect_context::<Shortcuts>().add("n", "New account", move || accounts.asking.set(true));
    let rows = Memo::new(move |_| {
        let needle = filter.get().to_lowercase();
        let all = accounts.all.get().and_then(Result::ok).unwrap_or_default();
        Arc::new(
            all.iter()
                .filter(|account| account.name.to_lowercase().contains(&needle))
                .cloned()
                .collect::<Vec<_>>(),
        )
    });
    let actions = ViewFn::from(move || {
        view! {
            <Button label="New account" look=Look::Primary icon="add" on_press=move || accounts.asking.set(true) />
        }
    });
    let empty = ViewFn::from(move || {
        view! {
            <EmptyState title="No account fits">
                <p>{move || format!("The filter “{}” hides all of them.", filter.get())}</p>
                <Button label="Clear the filter" on_press=move || set_filter.run(String::new()) />
            </EmptyState>
        }
    });
    // An account has no page: all that can be done with it stands in its menu.
    let open = Callback::new(|_: Account| ());
    view! {
        <Page title="Accounts" actions>
            {move || accounts.failed.get().map(|why| view! { <p class="error" role="alert">{why}</p> })}
            {move || accounts.password.get().map(|NewPassword { name, password }| view! {
                <Secret label=format!("First password of {name}") secret=password
                    note="It is shown this once and lasts for three days. At the first log-in it must be changed."
                    on_close=move || accounts.password.set(None) />
            })}
            <div class="toolbar">
                <SearchField label="Filter accounts" placeholder="Filter by name" value=filter on_input=set_filter />
            </div>
            {move || match accounts.all.get() {
                None => view! { <Skeleton /> }.into_any(),
                Some(Err(failure)) => view! {
                    <EmptyState title="The list cannot be read">
                        <p role="alert">{failure.words()}</p>
                        <Button label="Try again" on_press=move || accounts.load() />
                    </EmptyState>
                }.into_any(),
                Some(Ok(_)) => view! {
                    <DataTable id="accounts" label="Accounts" rows key=|account| account.name.clone() name=|account| account.name.clone()
                        columns=columns() on_open=open actions=row_actions(accounts) empty=empty.clone() />
                }.into_any(),
            }}
        </Page>
        <new::NewAccountDialog open=accounts.asking on_made=move |password| { accounts.password.set(Some(password)); accounts.load() } />
        <Reset accounts />
    }
}

/// A new password ends everything that uses the old one: that is said before.
#[component]
fn Reset(accounts: Accounts) -> impl IntoView {
    let name = move || accounts.resetting.get().unwrap_or_default();
    let title = Signal::derive(move || format!("New password for {}", name()));
    let close = move || accounts.resetting.set(None);
    view! {
        <Dialog open=Signal::derive(move || accounts.resetting.get().is_some()) title on_close=close>
            <p>{move || format!("The sessions and tokens of {} end at once. The new password is shown once, lasts for three days, and must be changed at the first log-in.", name())}</p>
            <div class="dialog-foot">
                <Button label="Cancel" look=Look::Ghost on_press=close />
                <Button label="Set a new password" look=Look::Primary on_press=move || accounts.reset(accounts.resetting.get_untracked().unwrap_or_default()) />
            </div>
        </Dialog>
    }
}

fn columns() -> Vec<Column<Account>> {
    vec![
        Column::new("name", "Name", "", |account: &Account| {
            account.name.clone().into_any()
        })
        .sorted(|account| account.name.clone()),
        Column::new("may", "May", "18rem", |account: &Account| {
            let administrator = account
                .administrator
                .then(|| view! { <Chip text="administrator" colour="purple" /> });
            let disabled = account
                .disabled
                .then(|| view! { " " <Chip text="shut out" colour="red" /> });
            let neither = (!account.administrator && !account.disabled)
                .then(|| view! { <span class="soft">"as member of stores"</span> });
            view! { {administrator} {disabled} {neither} }.into_any()
        })
        .sorted(|account| format!("{}{}", account.disabled, !account.administrator)),
        Column::new(
            "last",
            "Last log-in",
            "12rem",
            |account: &Account| match account.last_log_in.clone() {
                Some(at) => view! { <words::Moment at relative=true /> }.into_any(),
                None => view! { <span class="soft">"never"</span> }.into_any(),
            },
        )
        .sorted(|account| account.last_log_in.clone().unwrap_or_default()),
        Column::new("created", "Made", "12rem", |account: &Account| {
            view! { <words::Moment at=account.created.clone() /> }.into_any()
        })
        .sorted(|account| account.created.clone()),
    ]
}

fn row_actions(accounts: Accounts) -> RowAction<Account> {
    let me = Session::here().name();
    Arc::new(move |account: &Account| {
        let name = account.name.clone();
        let change = |words: &str, change: AccountChange| {
            let name = name.clone();
            Item::Act(
                words.to_owned(),
                Callback::new(move |()| accounts.change(name.clone(), change.clone())),
            )
        };
        let (administrator, disabled) = (account.administrator, account.disabled);
        let mut items = Vec::new();
        items.push(if name == me {
            Item::Link("Change my password".to_owned(), paths::ACCOUNT.to_owned())
        } else {
            let name = name.clone();
            Item::Act(
                "Set a new password…".to_owned(),
                Callback::new(move |()| accounts.resetting.set(Some(name.clone()))),
            )
        });
        items.push({
            let name = name.clone();
            Item::Act(
                "End all sessions".to_owned(),
                Callback::new(move |()| accounts.end_sessions(name.clone())),
            )
        });
        items.push(Item::Line);
        items.push(change(
            if administrator {
                "Take the administrator's rights"
            } else {
                "Make an administrator"
            },
            AccountChange {
                administrator: Some(!administrator),
                disabled: None,
            },
        ));
        items.push(change(
            if disabled { "Let in again" } else { "Shut out" },
            AccountChange {
                administrator: None,
                disabled: Some(!disabled),
            },
        ));
        items
    })
}
