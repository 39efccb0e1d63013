//! From a line or a finding to the input of its field.

use generator::objects::{Object, ObjectId};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use web_sys::{Element, HtmlElement};

use crate::paths;
use crate::ui::{css_string, find, told};
use crate::workspace::{Workspace, pause};

/// The field that an element belongs to.
pub fn place_of(element: &Element) -> Option<(ObjectId, String)> {
    let element = element.closest("[data-field]").ok()??;
    Some((
        ObjectId(element.get_attribute("data-object")?),
        element.get_attribute("data-field")?,
    ))
}

/// Goes to the field that one of our elements tells, as JSON of object and field.
pub fn goes_to(workspace: Workspace) -> impl Fn(web_sys::CustomEvent) {
    let navigate = use_navigate();
    told(move |place| {
        if let Ok([object, field]) = serde_json::from_str::<[String; 2]>(&place) {
            go_to(workspace, &navigate, &ObjectId(object), &field);
        }
    })
}

/// Goes to a field: on the page that is open, or on the page of its object.
pub fn go_to(
    workspace: Workspace,
    navigate: &impl Fn(&str, NavigateOptions),
    object: &ObjectId,
    field: &str,
) {
    if focus_field(object, field) {
        return;
    }
    let Some(kind) = workspace
        .config
        .with_untracked(|config| config.get(object).map(Object::kind))
    else {
        return;
    };
    navigate(
        &paths::object(&workspace.name(), kind, object),
        NavigateOptions::default(),
    );
    let (object, field) = (object.clone(), field.to_owned());
    spawn_local(async move {
        // The page is drawn in steps; some fields have no input and need no focus.
        for _ in 0..20 {
            pause(50).await;
            if focus_field(&object, &field) {
                break;
            }
        }
    });
}

/// Puts the focus on the input of a field; false when the page that is open has none.
pub fn focus_field(object: &ObjectId, field: &str) -> bool {
    let of_object = format!("[data-object={}]", css_string(&object.0));
    let mut path = field;
    loop {
        let selector = format!("{of_object}[data-field={}]", css_string(path));
        if let Some(input) = find(&selector) {
            show(&input);
            return true;
        }
        // An inner field without an input of its own: the one around it.
        match path.rsplit_once('/') {
            Some((outer, _)) => path = outer,
            None => return false,
        }
    }
}

fn show(input: &HtmlElement) {
    if let Ok(Some(details)) = input.closest("details") {
        let _ = details.set_attribute("open", "");
    }
    if let Ok(Some(hidden)) = input.closest("[hidden]") {
        let _ = hidden.remove_attribute("hidden");
    }
    let _ = input.focus();
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    input.scroll_into_view_with_scroll_into_view_options(&options);
}
