//! One end of the data: an address group, or a typed address.

use std::str::FromStr;

use generator::objects::values::Address;
use generator::objects::variables::names_in;
use generator::objects::{Endpoint, Kind, Object, ObjectId};
use leptos::prelude::*;
use serde_json::json;

use crate::core;
use crate::editors::create_in_place;
use crate::form::{Cell, choices};
use crate::ui::Picker;

/// `path` is `local` or `remote`.
#[component]
pub fn EndpointField(cell: Cell, path: &'static str) -> impl IntoView {
    let endpoint = Memo::new(move |_| {
        cell.object.with(|object| match object.as_deref() {
            Some(Object::Rule(rule)) => Some(if path == "local" {
                rule.local.clone()
            } else {
                rule.remote.clone()
            }),
            _ => None,
        })
    });
    let group = Signal::derive(move || match endpoint.get() {
        Some(Endpoint::Group(id)) => Some(id),
        _ => None,
    });
    let shown = Memo::new(move |_| match endpoint.get() {
        Some(Endpoint::Address(address)) if address.to_string() == "All" => {
            "All addresses".to_owned()
        }
        Some(Endpoint::Address(address)) => address.to_string(),
        Some(Endpoint::Group(id)) => cell
            .workspace
            .config
            .with(|config| core::name_of(config, &id)),
        None => String::new(),
    });
    let before = StoredValue::new(None::<serde_json::Value>);
    let pick = Callback::new(move |id: Option<ObjectId>| match id {
        Some(id) => {
            before.set_value(untrack(|| cell.value(path)));
            cell.set(path, Some(json!({ "group": id.0 })));
        }
        // A new group was given up: what stood here before stands here again.
        None => cell.set(
            path,
            before
                .get_value()
                .or_else(|| Some(json!({ "address": "All" }))),
        ),
    });
    let line = Callback::new(move |text: String| address_line(&text));
    let typed = Callback::new(move |text: String| {
        let text = if text.eq_ignore_ascii_case("all addresses") {
            "All".to_owned()
        } else {
            text
        };
        cell.set(path, Some(json!({ "address": text })));
    });
    let new = create_in_place(Kind::AddressGroup, group, pick);
    let picked = Signal::derive(move || group.get().map(|id| id.0));
    let face = cell
        .deep_face(path)
        .help("An address group, or an address, prefix or range typed here.");
    view! {
        <Picker face choices=choices(Kind::AddressGroup) shown picked
            on_pick=move |id: String| pick.run(Some(ObjectId(id))) on_new=new text_line=line on_text=typed />
    }
}

/// The words of the line that takes the typed text as an address. What was meant as one is kept
/// although it is none, and its finding says why; other text is the beginning of a group's name.
fn address_line(text: &str) -> Option<String> {
    match text.to_ascii_lowercase().as_str() {
        "all" | "all addresses" => Some("All addresses".to_owned()),
        _ => meant(text).then(|| format!("The address {text}")),
    }
}

fn meant(text: &str) -> bool {
    Address::from_str(text).is_ok()
        || !names_in(text).is_empty()
        || text.starts_with(|c: char| c.is_ascii_digit()) && text.contains(['.', ':', '/'])
        || text.contains("::")
}

#[cfg(test)]
mod tests {
    use super::address_line;

    #[test]
    fn what_is_meant_as_an_address_is_taken_as_typed() {
        assert_eq!(
            address_line("10.1.0.0/16").as_deref(),
            Some("The address 10.1.0.0/16")
        );
        assert_eq!(address_line("all").as_deref(), Some("All addresses"));
        for meant in ["10.1.1.300", "10.1.1.9-10.1.1.2", "fe80::x", "${ADDRESS}"] {
            assert!(address_line(meant).is_some(), "{meant}");
        }
        assert_eq!(address_line("AG_APP"), None);
        assert_eq!(address_line("1ST-FLOOR"), None);
    }
}
