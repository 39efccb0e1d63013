//! All accounts; for administrators of the server.

mod new;

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::account::{Account, AccountChange, NewPassword, PasswordReset};
use crate::api::{self, Answer};
use crate::frame::{ForAdministrators, Page, use_query};
use crate::session::Session;
use crate::ui::shortcuts::Shortcuts;
use crate::ui::{
    Button, Chip, Column, DataTable, Dialog, EmptyState, Item, Look, OwnPassword, OwnPasswordField,
    RowAction, SearchField, Secret, Skeleton,
};
use crate::{paths, words};

/// What the page knows and asks.
#[derive(Clone, Copy)]
struct Accounts {
    all: RwSignal<Option<Answer<Arc<Vec<Account>>>>>,
    failed: RwSignal<Option<String>>,
    /// A new account is asked for.
    asking: RwSignal<bool>,
    /// The account with which something would be done that needs one's own password.
    confirming: RwSignal<Option<(String, Act)>>,
    /// A password that is shown once.
    password: RwSignal<Option<NewPassword>>,
}

/// What needs one's own password.
#[derive(Clone, Copy, PartialEq)]
enum Act {
    Reset,
    Administrator(bool),
}

impl Act {
    fn title(self, name: &str) -> String {
        match self {
            Self::Reset => format!("New password for {name}"),
            Self::Administrator(true) => format!("Make {name} an administrator"),
            Self::Administrator(false) => format!("Take the administrator's rights of {name}"),
        }
    }

    fn words(self, name: &str) -> String {
        match self {
            Self::Reset => format!(
                "The sessions and tokens of {name} end at once. The new password is shown once, lasts for three days, and must be changed at the first log-in."
            ),
            Self::Administrator(true) => {
                format!("{name} may then manage accounts, and everything in every store.")
            }
            Self::Administrator(false) => {
                format!("{name} keeps only what the members' lists of stores say.")
            }
        }
    }

    fn button(self) -> &'static str {
        match self {
            Self::Reset => "Set a new password",
            Self::Administrator(true) => "Make an administrator",
            Self::Administrator(false) => "Take the rights",
        }
    }
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

    fn act(self, password: OwnPassword) {
        let Some((name, act)) = self.confirming.get_untracked() else {
            return;
        };
        let own = password.value.get_untracked();
        spawn_local(async move {
            let answer = match act {
                Act::Reset => {
                    let reset = PasswordReset { password: own };
                    let made = api::people::reset_password(&name, &reset).await;
                    made.map(|made| self.password.set(Some(made)))
                }
                Act::Administrator(administrator) => {
                    let change = AccountChange {
                        administrator: Some(administrator),
                        disabled: None,
                        password: Some(own),
                    };
                    api::people::change_account(&name, &change).await
                }
            };
            match answer {
                Err(failure) if failure.is_wrong_password() => password.wrong.set(true),
                answer => {
                    self.failed.set(answer.err().map(|failure| failure.words()));
                    self.confirming.set(None);
                    self.load();
                }
            }
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
        confirming: RwSignal::new(None),
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
        <Confirm accounts />
    }
}

/// What it means is said before, and one's own password asked for.
#[component]
fn Confirm(accounts: Accounts) -> impl IntoView {
    let words = move |of: fn(Act, &str) -> String| {
        let asked = accounts.confirming.get();
        asked.map_or_else(String::new, |(name, act)| of(act, &name))
    };
    let title = Signal::derive(move || words(Act::title));
    let open = Signal::derive(move || accounts.confirming.get().is_some());
    let close = move || accounts.confirming.set(None);
    view! {
        <Dialog open title on_close=close>
            {
                let password = OwnPassword::new();
                let button = accounts.confirming.get_untracked().map_or("", |(_, act)| act.button());
                view! {
                    <form class="stack" on:submit=move |event| { event.prevent_default(); accounts.act(password) }>
                        <p>{move || words(Act::words)}</p>
                        <OwnPasswordField of=password autofocus=true />
                        <div class="dialog-foot">
                            <Button label="Cancel" look=Look::Ghost on_press=close />
                            <Button label=button look=Look::Primary submit=true />
                        </div>
                    </form>
                }
            }
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
                Callback::new(move |()| accounts.confirming.set(Some((name.clone(), Act::Reset)))),
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
        items.push({
            let name = name.clone();
            let words = if administrator {
                "Take the administrator's rights…"
            } else {
                "Make an administrator…"
            };
            let act = Act::Administrator(!administrator);
            Item::Act(
                words.to_owned(),
                Callback::new(move |()| accounts.confirming.set(Some((name.clone(), act)))),
            )
        });
        items.push(change(
            if disabled { "Let in again" } else { "Shut out" },
            AccountChange {
                disabled: Some(!disabled),
                ..AccountChange::default()
            },
        ));
        items
    })
}
