//! What changes for connections: worked out on the server, which has both sides.

use leptos::prelude::*;

use crate::frame::goes_to;
use crate::workspace::Workspace;

/// Each stack with connections that are treated otherwise; `question` is the body that asks for them.
#[component]
pub fn ConnectionDifferences(#[prop(into)] question: Signal<String>) -> impl IntoView {
    let workspace = Workspace::here();
    view! {
        <policy-differences store=workspace.name() prop:question=question prop:stored=move || !workspace.storing.get() on:go=goes_to(workspace)></policy-differences>
    }
}
