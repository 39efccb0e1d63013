//! Requirement maps.

use leptos::prelude::*;

use super::MappingsGrid;
use crate::form::{Cell, NotesOf, TagsOf, TextOf};

#[component]
pub fn RequirementMapForm(cell: Cell, #[prop(optional)] autofocus: bool) -> impl IntoView {
    view! {
        <div class="form-grid">
            <TextOf cell path="name" autofocus />
            <TextOf cell path="description" />
            <TagsOf cell />
        </div>
        <fieldset class="group">
            <legend>"Which traffic, how protected"</legend>
            <NotesOf cell path="mappings" />
            <p class="hint">"In this order; it matters where descriptors overlap."</p>
            <MappingsGrid cell path="mappings" />
        </fieldset>
    }
}
