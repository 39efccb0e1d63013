//! Which store, which revision, whose draft, how many findings.

use generator::finding::Severity;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;

use super::AccountMenu;
use crate::ui::{Icon, IconButton, Item, Menu};
use crate::workspace::Workspace;
use crate::{api, paths, words};

#[component]
pub fn StoreHeader() -> impl IntoView {
    view! {
        <header class="header">
            <a class="header-name" href=paths::STORES>"Gatehouse"</a>
            <StoreMenu />
            <DraftChip />
            <span class="header-space"></span>
            <SearchButton />
            <FindingsCount />
            <AccountMenu />
        </header>
    }
}

#[component]
fn StoreMenu() -> impl IntoView {
    let workspace = Workspace::here();
    let others = RwSignal::new(Vec::<String>::new());
    spawn_local(async move {
        if let Ok(stores) = api::stores().await {
            others.try_set(
                stores
                    .into_iter()
                    .filter(|store| !store.archived)
                    .map(|store| store.name)
                    .collect(),
            );
        }
    });
    let name = workspace.name();
    let items = Signal::derive_local(move || {
        let here = workspace.name();
        let mut items: Vec<Item> = others
            .get()
            .into_iter()
            .filter(|other| *other != here)
            .map(|other| Item::Link(other.clone(), paths::systems(&other)))
            .collect();
        if !items.is_empty() {
            items.push(Item::Line);
        }
        items.push(Item::Link(
            "All stores".to_owned(),
            paths::STORES.to_owned(),
        ));
        let words = |what: &str| format!("{what} this store…");
        items.push(Item::Link(words("Copy"), paths::copy(&here, None)));
        items.push(Item::Link(words("Freeze"), paths::settings(&here)));
        items.push(Item::Download(
            "Export this store".to_owned(),
            api::export_href(&here),
        ));
        items
    });
    let face = {
        let name = name.clone();
        ViewFn::from(move || {
            let revision =
                move || format!("revision {}", workspace.head.with(|head| head.revision));
            view! { <span class="cds--visually-hidden">"Store "</span> <strong>{name.clone()}</strong> <span class="header-soft">" · " {revision}</span> <Icon name="down" /> }
        })
    };
    view! { <Menu label=format!("Store {name}") face items /> }
}

/// Whose draft, how many changes, and whether all of it is stored.
#[component]
fn DraftChip() -> impl IntoView {
    let workspace = Workspace::here();
    let changes = Memo::new(move |_| workspace.draft.with(|draft| draft.changes.len()));
    let stored = move || {
        if workspace.storing.get() {
            return "storing…".to_owned();
        }
        match workspace.draft.with(|draft| draft.stored_at.clone()) {
            Some(at) if changes.get() > 0 => format!("stored {}", words::clock(&at)),
            _ => String::new(),
        }
    };
    let others = move || {
        workspace.state.with(|state| {
            let names: Vec<String> = state
                .iter()
                .flat_map(|state| state.editors.iter().map(|editor| editor.name.clone()))
                .collect();
            match names.as_slice() {
                [] => None,
                [one] => Some(format!("{one} is editing")),
                [first @ .., last] => Some(format!("{} and {last} are editing", first.join(", "))),
            }
        })
    };
    let label = move || match changes.get() {
        0 => "No changes".to_owned(),
        number => format!("Draft: {}", words::count(number, "change", "changes")),
    };
    let nothing = |words: Option<String>| {
        move || {
            words
                .is_none()
                .then(|| "There is nothing to take back.".to_owned())
        }
    };
    let undo = Memo::new(move |_| workspace.draft.with(|draft| draft.undo.clone()));
    let redo = Memo::new(move |_| workspace.draft.with(|draft| draft.redo.clone()));
    view! {
        <div class="draft">
            <span class="draft-chip" role="status">
                <strong>{label}</strong>
                <span class="header-soft">{move || { let words = stored(); if words.is_empty() { words } else { format!(" · {words}") } }}</span>
            </span>
            <IconButton icon="undo" label="Undo" tip=Signal::derive(move || undo.get().map(|words| format!("Undo: {words}")))
                blocked=Signal::derive(move || nothing(undo.get())()) on_press=move || workspace.undo(false) />
            <IconButton icon="redo" label="Redo" tip=Signal::derive(move || redo.get().map(|words| format!("Redo: {words}")))
                blocked=Signal::derive(move || redo.get().is_none().then(|| "There is nothing to do again.".to_owned())) on_press=move || workspace.undo(true) />
            {move || (changes.get() > 0).then(|| view! {
                <A href=paths::review(&workspace.name()) attr:class="cds--btn cds--btn--sm cds--btn--primary">"Review and save"</A>
            })}
            {move || others().map(|words| view! { <span class="header-soft">{words}</span> })}
        </div>
    }
}

#[component]
fn SearchButton() -> impl IntoView {
    let pane = super::Pane::here();
    view! {
        <button type="button" class="menu-button search-button" aria-haspopup="dialog" on:click=move |_| pane.searching.set(true)>
            <Icon name="search" />
            <span class="search-words">"Search or jump"</span>
            <kbd>"Ctrl+K"</kbd>
        </button>
    }
}

#[component]
fn FindingsCount() -> impl IntoView {
    let workspace = Workspace::here();
    let pane = super::Pane::here();
    let count = move |severity| workspace.findings.with(|findings| findings.count(severity));
    let words = move || {
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        format!(
            "{}, {}",
            words::count(errors, "error", "errors"),
            words::count(warnings, "warning", "warnings")
        )
    };
    view! {
        <button type="button" class="menu-button findings-count" aria-expanded=move || pane.drawer.get().to_string()
            title=words on:click=move |_| pane.drawer.update(|open| *open = !*open)>
            <span class="cds--visually-hidden">{move || format!("Problems: {}", words())}</span>
            <span class="findings-marks" aria-hidden="true">
                <span class="tone-error"><Icon name="error" /></span> {move || count(Severity::Error)}
                <span class="tone-warning"><Icon name="warning" /></span> {move || count(Severity::Warning)}
            </span>
        </button>
    }
}
