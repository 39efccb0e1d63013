//! Security levels: how protected.

use generator::objects::Kind;
use leptos::prelude::*;

use super::objects::{ObjectList, ObjectView};

#[component]
pub fn ListPage() -> impl IntoView {
    view! { <ObjectList kind=Kind::SecurityLevel /> }
}

#[component]
pub fn ObjectPage() -> impl IntoView {
    view! { <ObjectView kind=Kind::SecurityLevel /> }
}
