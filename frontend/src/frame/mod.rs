//! What stands around every page of a store: header, navigation, bands, policy pane.

mod account;
mod bands;
mod drawer;
mod focus;
mod header;
mod keys;
mod nav;
mod page;
mod palette;
mod pane;
mod waiting;

use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::{use_location, use_params_map};

use crate::session::Session;
use crate::ui::shortcuts::Shortcuts;
use crate::ui::{EmptyState, PanelHost, Panels};
use crate::workspace::{Load, Workspace};

pub use account::{AccountMenu, Guarded, SessionEnded};
pub use bands::ObjectBand;
pub use drawer::Problems;
pub use focus::{go_to, goes_to};
pub use page::{NotFound, Page, id_of_page, use_query};
pub use pane::{Pane, line_flags, line_press};
pub use waiting::WaitsMark;

/// The frame of an open store; a change of the store's name opens the other one.
#[component]
pub fn StoreFrame() -> impl IntoView {
    let params = use_params_map();
    let name = Memo::new(move |_| params.with(|params| params.get("store").unwrap_or_default()));
    view! {
        <Guarded>
            {move || view! { <Opened name=name.get() /> }}
        </Guarded>
    }
}

#[component]
fn Opened(name: String) -> impl IntoView {
    let workspace = Workspace::open(name);
    // Reading the store again must not make the page anew.
    let load = Memo::new(move |_| workspace.load.get());
    let panels = Panels::provide();
    let shortcuts = Shortcuts::provide();
    let pane = Pane::provide();
    shortcuts.add("Escape", "Close the top panel", move || panels.close());
    shortcuts.add("/", "Go to the filter of the list", || {
        crate::ui::focus("[data-filter]");
    });
    let location = use_location();
    Effect::new(move |before: Option<String>| {
        let now = location.pathname.get();
        if before.is_some_and(|before| before != now) {
            panels.close_all();
        }
        now
    });
    shortcuts.add("Ctrl+Z", "Undo", move || workspace.undo(false));
    shortcuts.add("Ctrl+Shift+Z", "Redo", move || workspace.undo(true));
    shortcuts.add("Ctrl+Y", "Redo", move || workspace.undo(true));
    shortcuts.add("Ctrl+K", "Search and jump", move || {
        pane.searching.set(true)
    });
    shortcuts.add("?", "List the keys", move || pane.keys.set(true));
    shortcuts.add("p", "Show or hide the problems", move || {
        pane.drawer.update(|open| *open = !*open)
    });
    nav::shortcuts(shortcuts, &workspace.name());
    view! {
        <div class="frame" style=("--pane-width", move || pane.room())>
            <a class="skip" href="#main">"Skip to the page"</a>
            <header::StoreHeader />
            <bands::StoreBands />
            <div class="frame-middle">
                <nav::StoreNav />
                <main id="main" class="frame-main" tabindex="-1" inert=move || panels.any()>
                    {move || match load.get() {
                        Load::Loading => view! { <crate::ui::Skeleton /> }.into_any(),
                        Load::Failed(why) => view! { <page::LoadFailed why /> }.into_any(),
                        Load::Ready => view! { <Outlet /> }.into_any(),
                    }}
                </main>
                <PanelHost />
                <pane::PolicyPane />
            </div>
            <drawer::ProblemsDrawer />
            <palette::Palette />
            <keys::KeyList />
            <SessionEnded />
        </div>
    }
}

/// The frame of pages outside of a store.
#[component]
pub fn PlainFrame(children: ChildrenFn) -> impl IntoView {
    Shortcuts::provide().add("/", "Go to the filter of the list", || {
        crate::ui::focus("[data-filter]");
    });
    let children = StoredValue::new(children);
    view! {
        <Guarded>
            <div class="frame">
                <a class="skip" href="#main">"Skip to the page"</a>
                <header class="header">
                    <a class="header-name" href=crate::paths::STORES>"Gatehouse"</a>
                    <span class="header-space"></span>
                    <AccountMenu />
                </header>
                <main id="main" class="frame-main frame-plain" tabindex="-1">{children.with_value(|children| children())}</main>
                <SessionEnded />
            </div>
        </Guarded>
    }
}

/// A page of the server for its administrators; others are told where what is theirs stands.
#[component]
pub fn ForAdministrators(
    title: &'static str,
    words: &'static str,
    children: ChildrenFn,
) -> impl IntoView {
    let session = Session::here();
    let children = StoredValue::new(children);
    view! {
        <PlainFrame>
            {move || if session.administrator() {
                children.with_value(|children| children()).into_any()
            } else {
                view! {
                    <Page title>
                        <EmptyState title="For administrators">
                            <p>{words}" What is yours is under "<a href=crate::paths::ACCOUNT>"My account"</a>"."</p>
                        </EmptyState>
                    </Page>
                }.into_any()
            }}
        </PlainFrame>
    }
}
