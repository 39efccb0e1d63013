//! Overview of a store: which ports are protected, what changed, what is installed.

mod cards;
mod ports;

use generator::objects::Kind;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::api::install::StackState;
use crate::frame::{Page, Pane};
use crate::paths;
use crate::ui::EmptyState;
use crate::workspace::Workspace;

/// What is installed where; `None` until it is known, or where it cannot be asked.
pub type Installed = RwSignal<Option<Vec<StackState>>>;

#[component]
pub fn OverviewPage() -> impl IntoView {
    Pane::here().step_aside();
    let workspace = Workspace::here();
    let any = Memo::new(move |_| {
        workspace
            .settled
            .with(|config| !config.of_kind(Kind::Stack).is_empty())
    });
    view! {
        <Page title="Overview" of=workspace.name()>
            {move || match any.get() {
                true => view! { <Filled /> }.into_any(),
                false => view! { <Nothing /> }.into_any(),
            }}
        </Page>
    }
}

#[component]
fn Nothing() -> impl IntoView {
    let workspace = Workspace::here();
    let store = workspace.name();
    let closed = move || workspace.closed().is_some();
    view! {
        <EmptyState title="Nothing is protected yet">
            <p>"This store has no TCP/IP stack, so no policy file is written."</p>
            {move || (!closed()).then(|| view! {
                <p>"The guided start asks for an application, its ports and where it runs, and makes all that is needed."</p>
                <div class="links">
                    <a class="cds--btn cds--btn--sm cds--btn--primary" href=paths::guided(&store)>"Protect an application"</a>
                    <a class="cds--btn cds--btn--sm cds--btn--tertiary" href=paths::systems(&store)>"Make systems by hand"</a>
                </div>
            })}
        </EmptyState>
        <cards::Changes />
    }
}

#[component]
fn Filled() -> impl IntoView {
    let workspace = Workspace::here();
    let installed: Installed = RwSignal::new(None);
    // A newer revision or an install elsewhere changes what is installed of what.
    let news = Memo::new(move |_| {
        let head = workspace.head.with(|head| head.revision);
        let drifted = workspace
            .state
            .with(|state| state.as_ref().map(|state| state.drifted.clone()));
        (head, drifted)
    });
    Effect::new(move |_| {
        let _newer = news.get();
        spawn_local(async move {
            if let Ok(states) = api::revisions::installed(&workspace.name()).await {
                installed.try_set(Some(states));
            }
        });
    });
    view! {
        <div class="sections">
            <ports::Ports installed />
            <div class="cards">
                <cards::Changes />
                <cards::Installs installed />
            </div>
        </div>
    }
}
