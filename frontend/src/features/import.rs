//! Files of the Policy Agent from elsewhere: which leads to which, what is wrong in them, and mending it.
//! The element keeps the files in memory and asks the policy language.

use leptos::prelude::*;

use crate::frame::{Page, Pane};
use crate::workspace::Workspace;

#[component]
pub fn ImportPage() -> impl IntoView {
    let workspace = Workspace::here();
    Pane::here().step_aside();
    view! {
        <Page title="Import" of=workspace.name()>
            <policy-desk store=workspace.name()></policy-desk>
        </Page>
    }
}
