//! What codes, statements and attributes mean. The element asks the policy language and shows the answer.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map};

use crate::frame::{Page, PlainFrame};
use crate::paths;
use crate::ui::told;

#[component]
pub fn ExplainPage() -> impl IntoView {
    view! { <PlainFrame><Content /></PlainFrame> }
}

#[component]
fn Content() -> impl IntoView {
    let params = use_params_map();
    let asked = Memo::new(move |_| params.with(|params| params.get("text").unwrap_or_default()));
    let navigate = use_navigate();
    let ask = told(move |text| {
        let replace = NavigateOptions {
            replace: true,
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&paths::explain(&text), replace);
    });
    let title = Signal::derive(move || match asked.get() {
        asked if asked.is_empty() => "Explain".to_owned(),
        asked => format!("Explain {asked}"),
    });
    view! {
        <Page title>
            <policy-explain prop:asked=asked on:asked=ask></policy-explain>
        </Page>
    }
}
