//! The head of a page: title, way back, actions.

use generator::objects::ObjectId;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::A;
use leptos_router::hooks::{use_location, use_navigate, use_params_map, use_query_map};

use crate::paths;
use crate::ui::{Button, EmptyState, Look};

/// A page with its title, which is also the browser's.
#[component]
pub fn Page(
    #[prop(into)] title: Signal<String>,
    /// The end of the browser's title: the store's name.
    #[prop(optional, into)]
    of: MaybeProp<String>,
    /// Words and address of what the page lies in, outermost first.
    #[prop(optional, into)]
    trail: Signal<Vec<(String, String)>>,
    /// Stands right of the title.
    #[prop(optional, into)]
    actions: Option<ViewFn>,
    children: Children,
) -> impl IntoView {
    Effect::new(move |_| {
        let mut parts = vec![title.get()];
        parts.extend(trail.get().into_iter().rev().map(|(words, _)| words));
        parts.extend(of.get());
        document().set_title(&format!("{} – Gatehouse", parts.join(" · ")));
    });
    view! {
        <div class="page">
            {move || (!trail.with(Vec::is_empty)).then(|| view! {
                <nav class="trail" aria-label="Where this is">
                    {trail.get().into_iter().map(|(words, href)| view! { <A href>{words}</A> <span aria-hidden="true">" › "</span> }).collect_view()}
                </nav>
            })}
            <div class="page-head">
                <h1>{title}</h1>
                {actions.map(|actions| view! { <div class="page-actions">{actions.run()}</div> })}
            </div>
            {children()}
        </div>
    }
}

/// The id in the address of an object's page.
pub fn id_of_page() -> Memo<ObjectId> {
    let params = use_params_map();
    Memo::new(move |_| ObjectId(params.with(|params| params.get("id").unwrap_or_default())))
}

/// A value in the query of the address, and how to change it without a new entry in the history.
pub fn use_query(key: &'static str) -> (Memo<String>, Callback<String>) {
    let query = use_query_map();
    let value = Memo::new(move |_| query.with(|query| query.get(key).unwrap_or_default()));
    let (navigate, location) = (use_navigate(), use_location());
    let set = Callback::new(move |text: String| {
        let mut query = query.get_untracked();
        if text.is_empty() {
            query.remove(key);
        } else {
            query.replace(key, text);
        }
        let address = format!(
            "{}{}",
            location.pathname.get_untracked(),
            query.to_query_string()
        );
        navigate(
            &address,
            NavigateOptions {
                replace: true,
                scroll: false,
                ..NavigateOptions::default()
            },
        );
    });
    (value, set)
}

#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <Page title="No such page">
            <p>"There is nothing at this address. It may have been deleted or renamed."</p>
            <p><a href=paths::STORES>"All stores"</a></p>
        </Page>
    }
}

/// The store could not be read.
#[component]
pub fn LoadFailed(why: String) -> impl IntoView {
    let workspace = crate::workspace::Workspace::here();
    view! {
        <EmptyState title="The store cannot be opened">
            <p role="alert">{why}</p>
            <Button label="Try again" look=Look::Primary on_press=move || leptos::task::spawn_local(workspace.reload()) />
            <p><a href=paths::STORES>"All stores"</a></p>
        </EmptyState>
    }
}
