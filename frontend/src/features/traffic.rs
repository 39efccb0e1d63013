//! Traffic descriptors: which ports.

use generator::objects::Kind;
use leptos::prelude::*;

use super::objects::{ObjectList, ObjectView};

#[component]
pub fn ListPage() -> impl IntoView {
    view! { <ObjectList kind=Kind::TrafficDescriptor /> }
}

#[component]
pub fn ObjectPage() -> impl IntoView {
    view! { <ObjectView kind=Kind::TrafficDescriptor /> }
}
