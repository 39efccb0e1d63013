//! Requirement maps: which traffic, how protected, to be used by many rules.

use generator::objects::Kind;
use leptos::prelude::*;

use super::objects::{ObjectList, ObjectView};

#[component]
pub fn ListPage() -> impl IntoView {
    view! { <ObjectList kind=Kind::RequirementMap /> }
}

#[component]
pub fn ObjectPage() -> impl IntoView {
    view! { <ObjectView kind=Kind::RequirementMap /> }
}
