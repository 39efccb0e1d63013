//! The backing stores: open, create, copy, rename, archive, export, import.

mod dialogs;

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::api::account::Role;
use crate::api::store::{StoreChange, StoreSummary};
use crate::frame::{Page, PlainFrame, use_query};
use crate::session::Session;
use crate::ui::shortcuts::Shortcuts;
use crate::ui::{
    Button, Chip, Column, DataTable, EmptyState, Item, Look, RowAction, SearchField, Skeleton,
};
use crate::{api, paths, words};
use dialogs::{Ask, Asked, Start};

/// What the page knows and asks.
#[derive(Clone, Copy)]
struct Stores {
    all: RwSignal<Option<Result<Arc<Vec<StoreSummary>>, String>>>,
    asked: RwSignal<Option<Ask>>,
    failed: RwSignal<Option<String>>,
}

impl Stores {
    fn load(self) {
        spawn_local(async move {
            let answer = api::stores().await;
            self.all.try_set(Some(
                answer.map(Arc::new).map_err(|failure| failure.words()),
            ));
        });
    }

    fn archive(self, name: String, archived: bool) {
        spawn_local(async move {
            let change = StoreChange {
                archived: Some(archived),
                ..StoreChange::default()
            };
            self.failed.set(
                api::change_store(&name, &change)
                    .await
                    .err()
                    .map(|failure| failure.words()),
            );
            self.load();
        });
    }
}

#[component]
pub fn StoresPage() -> impl IntoView {
    view! { <PlainFrame><Content /></PlainFrame> }
}

#[component]
fn Content() -> impl IntoView {
    let stores = Stores {
        all: RwSignal::new(None),
        asked: RwSignal::new(None),
        failed: RwSignal::new(None),
    };
    stores.load();
    let navigate = use_navigate();
    // What another page asks for; asked once, it leaves the address.
    let query = use_query_map();
    let again = navigate.clone();
    Effect::new(move |_| {
        let mut rest = query.get_untracked();
        let Some(of) = rest.get("copy") else { return };
        let revision = rest.get("revision").and_then(|text| text.parse().ok());
        stores.asked.set(Some(Ask::Copy(of, revision)));
        rest.remove("copy");
        rest.remove("revision");
        let replace = NavigateOptions {
            replace: true,
            ..NavigateOptions::default()
        };
        again(
            &format!("{}{}", paths::STORES, rest.to_query_string()),
            replace,
        );
    });
    let (filter, set_filter) = use_query("q");
    let (archived, set_archived) = use_query("archived");
    Shortcuts::provide().add("n", "New store", move || {
        stores.asked.set(Some(Ask::New(Start::Guided)))
    });
    let rows = Memo::new(move |_| {
        let needle = filter.get().to_lowercase();
        let all = stores.all.get().and_then(Result::ok).unwrap_or_default();
        let fits = |store: &&StoreSummary| {
            (archived.get() == "yes" || !store.archived)
                && (store.name.to_lowercase().contains(&needle)
                    || store.description.to_lowercase().contains(&needle))
        };
        Arc::new(all.iter().filter(fits).cloned().collect::<Vec<_>>())
    });
    let any_archived = move || {
        stores
            .all
            .with(|all| matches!(all, Some(Ok(all)) if all.iter().any(|store| store.archived)))
    };
    // Who may make stores is the server's decision; it says so when it refuses.
    let actions = ViewFn::from(move || {
        view! {
            <Button label="Import from a file" on_press=move || stores.asked.set(Some(Ask::New(Start::File))) />
            <Button label="New store" look=Look::Primary icon="add" on_press=move || stores.asked.set(Some(Ask::New(Start::Guided))) />
        }
    });
    let go = Callback::new(move |page: String| navigate(&page, NavigateOptions::default()));
    let open = Callback::new(move |store: StoreSummary| go.run(paths::overview(&store.name)));
    let done = Callback::new(move |page: Option<String>| match page {
        Some(page) => go.run(page),
        None => stores.load(),
    });
    let empty = ViewFn::from(move || {
        if filter.with(String::is_empty) {
            view! {
                <EmptyState title="No stores yet">
                    <p>"A store holds everything of one installation: systems, rules, levels and their history."</p>
                    <Button label="New store" look=Look::Primary icon="add" on_press=move || stores.asked.set(Some(Ask::New(Start::Guided))) />
                </EmptyState>
            }.into_any()
        } else {
            view! {
                <EmptyState title="No store fits">
                    <p>{move || format!("The filter “{}” hides all of them.", filter.get())}</p>
                    <Button label="Clear the filter" on_press=move || set_filter.run(String::new()) />
                </EmptyState>
            }.into_any()
        }
    });
    view! {
        <Page title="Stores" actions>
            {move || stores.failed.get().map(|why| view! { <p class="error" role="alert">{why}</p> })}
            <div class="toolbar">
                <SearchField label="Filter stores" placeholder="Filter by name or description" value=filter on_input=set_filter autofocus=true />
                {move || any_archived().then(|| view! {
                    <label class="check-inline">
                        <input type="checkbox" class="box" prop:checked=move || archived.get() == "yes"
                            on:change=move |event| set_archived.run(if event_target_checked(&event) { "yes".to_owned() } else { String::new() }) />
                        " Show archived"
                    </label>
                })}
            </div>
            {move || match stores.all.get() {
                None => view! { <Skeleton /> }.into_any(),
                Some(Err(why)) => view! {
                    <EmptyState title="The list cannot be read">
                        <p role="alert">{why}</p>
                        <Button label="Try again" on_press=move || stores.load() />
                    </EmptyState>
                }.into_any(),
                Some(Ok(_)) => view! {
                    <DataTable id="stores" label="Stores" rows key=|store| store.name.clone() name=|store| store.name.clone()
                        columns=columns() on_open=open actions=row_actions(stores) empty=empty.clone() />
                }.into_any(),
            }}
        </Page>
        <Asked asked=stores.asked on_done=done />
    }
}

fn columns() -> Vec<Column<StoreSummary>> {
    vec![
        Column::new("name", "Name", "22%", |store: &StoreSummary| {
            let frozen = store.frozen.clone().map(|freeze| view! { <span title=freeze.reason><Chip text="frozen" colour="blue" /></span> });
            let archived = store.archived.then(|| view! { <Chip text="archived" /> });
            view! { <a href=paths::overview(&store.name)>{store.name.clone()}</a> " " {frozen} {archived} }.into_any()
        })
        .narrow(150.0, 0).sorted(|store| store.name.clone()),
        Column::new("description", "Description", "", |store: &StoreSummary| store.description.clone().into_any()).sorted(|store| store.description.clone()),
        Column::new("stacks", "Stacks", "6rem", |store: &StoreSummary| store.stacks.to_string().into_any()).narrow(80.0, 7).sorted(|store| store.stacks.to_string()),
        Column::new("objects", "Objects", "6rem", |store: &StoreSummary| store.objects.to_string().into_any()).narrow(90.0, 8).sorted(|store| store.objects.to_string()),
        Column::new("installed", "Installed", "9rem", |store: &StoreSummary| {
            let words = match store.stacks {
                0 => String::new(),
                stacks => format!("{} of {}", store.installed, words::count(stacks.unsigned_abs() as usize, "stack", "stacks")),
            };
            words.into_any()
        }),
        Column::new("revision", "Revision", "6rem", |store: &StoreSummary| store.revision.to_string().into_any()).sorted(|store| store.revision.to_string()),
        Column::new("changed", "Last change", "15rem", |store: &StoreSummary| {
            let words = format!("{} by {}", words::ago(&store.changed_at), store.changed_by);
            view! { <span title=store.changed_at.clone()>{words}</span> }.into_any()
        })
        .sorted(|store| store.changed_at.clone()),
    ]
}

fn row_actions(stores: Stores) -> RowAction<StoreSummary> {
    let session = Session::here();
    Arc::new(move |store: &StoreSummary| {
        let name = store.name.clone();
        let copy = Ask::Copy(name.clone(), None);
        let copy = Callback::new(move |()| stores.asked.set(Some(copy.clone())));
        let mut items = vec![
            Item::Link("Open".to_owned(), paths::overview(&name)),
            Item::Act("Copy…".to_owned(), copy),
            Item::Download("Export".to_owned(), api::export_href(&name)),
        ];
        if store.role == Role::Administrator || untrack(|| session.administrator()) {
            let archived = store.archived;
            items.push(Item::Act("Rename…".to_owned(), {
                let (name, description) = (name.clone(), store.description.clone());
                Callback::new(move |()| {
                    stores
                        .asked
                        .set(Some(Ask::Rename(name.clone(), description.clone())))
                })
            }));
            items.push(Item::Act(
                if archived {
                    "Take out of the archive"
                } else {
                    "Archive"
                }
                .to_owned(),
                {
                    let name = name.clone();
                    Callback::new(move |()| stores.archive(name.clone(), !archived))
                },
            ));
        }
        items
    })
}
