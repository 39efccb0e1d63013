//! The history of a store: its revisions, what differs between two, and the way back.
//!
//! One address for each: `?from=&to=` compares, `?revision=` shows one, `?restore=` shows what
//! restoring would do and then does it.

mod compare;
mod list;
mod load;
mod restore;
mod show;

use generator::objects::ObjectId;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// What the address asks for.
#[derive(Clone, Debug, PartialEq)]
enum Asked {
    List,
    Compare(i64, i64),
    Show(i64),
    Restore(i64, Option<ObjectId>),
}

#[component]
pub fn HistoryPage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| {
            let number = |key: &str| query.get(key).and_then(|text| text.parse::<i64>().ok());
            match (
                number("from"),
                number("to"),
                number("revision"),
                number("restore"),
            ) {
                (Some(from), Some(to), ..) => Asked::Compare(from, to),
                (_, _, Some(revision), _) => Asked::Show(revision),
                (_, _, _, Some(revision)) => Asked::Restore(
                    revision,
                    query
                        .get("object")
                        .filter(|id| !id.is_empty())
                        .map(ObjectId),
                ),
                _ => Asked::List,
            }
        })
    });
    view! {
        {move || match asked.get() {
            Asked::List => view! { <list::List /> }.into_any(),
            Asked::Compare(from, to) => view! { <compare::Compare from to /> }.into_any(),
            Asked::Show(number) => view! { <show::Show number /> }.into_any(),
            Asked::Restore(number, object) => view! { <restore::RestorePage number object /> }.into_any(),
        }}
    }
}
