//! Overview of a store: which ports are protected, what changed, what is installed.

mod cards;
mod ports;

use generator::objects::Kind;
use leptos::prelude::*;

use crate::frame::{Page, Pane};
use crate::installed::installed;
use crate::paths;
use crate::ui::EmptyState;
use crate::workspace::Workspace;

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
    let installed = installed();
    view! {
        <div class="sections">
            <keyring-warnings store=Workspace::here().name()></keyring-warnings>
            <ports::Ports installed />
            <div class="cards">
                <cards::Changes />
                <cards::Installs installed />
            </div>
        </div>
    }
}
