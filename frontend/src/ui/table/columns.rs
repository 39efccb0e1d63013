//! Columns: which are shown, which have room, and what sorts by them.

use std::collections::BTreeSet;

use generator::sort;
use leptos::prelude::*;

use super::super::{Icon, Item, Menu};
use crate::prefs;

/// How a column shows a row, and by what it is sorted.
pub struct Column<R> {
    pub(super) head: Head,
    pub(super) cell: fn(&R) -> AnyView,
    /// `None`: cannot be sorted by.
    pub(super) sort: Option<fn(&R) -> String>,
}

/// What a column is, whatever its rows are.
#[derive(Clone, Copy)]
pub(super) struct Head {
    pub key: &'static str,
    pub label: &'static str,
    /// A second name, small and grey.
    pub word: &'static str,
    /// A CSS width; empty for what is left.
    pub width: &'static str,
    /// The fewest pixels that show something useful.
    pub least: f64,
    /// Columns with the highest rank go first when the table is narrow; rank 0 stays.
    pub rank: u8,
    pub sorts: bool,
}

impl<R> Column<R> {
    pub const fn new(
        key: &'static str,
        label: &'static str,
        width: &'static str,
        cell: fn(&R) -> AnyView,
    ) -> Self {
        let head = Head {
            key,
            label,
            word: "",
            width,
            least: 110.0,
            rank: 1,
            sorts: false,
        };
        Self {
            head,
            cell,
            sort: None,
        }
    }

    /// How narrow it may get, and how early it goes when there is no room.
    pub const fn narrow(mut self, least: f64, rank: u8) -> Self {
        self.head.least = least;
        self.head.rank = rank;
        self
    }

    pub const fn word(mut self, word: &'static str) -> Self {
        self.head.word = word;
        self
    }

    pub const fn sorted(mut self, by: fn(&R) -> String) -> Self {
        self.head.sorts = true;
        self.sort = Some(by);
        self
    }
}

/// The columns that were not hidden in this browser.
pub(super) fn shown_columns(id: &str, columns: &[Head]) -> BTreeSet<&'static str> {
    let hidden = prefs::read(&format!("columns.{id}")).unwrap_or_default();
    let hidden: Vec<&str> = hidden.split(',').collect();
    let keys = columns.iter().map(|column| column.key);
    sort::set(keys.filter(|key| !hidden.contains(key)))
}

/// The positions of the columns that are chosen and have room.
pub(super) fn fitting(all: &[Head], shown: &BTreeSet<&'static str>, room: f64) -> Vec<usize> {
    let chosen = all
        .iter()
        .enumerate()
        .filter(|(_, column)| shown.contains(column.key));
    let mut columns: Vec<usize> = chosen.map(|(at, _)| at).collect();
    // Tick boxes and the actions of a row.
    let room = room - 110.0;
    while columns.iter().map(|at| all[*at].least).sum::<f64>() > room {
        let Some(goes) = columns
            .iter()
            .copied()
            .filter(|at| all[*at].rank > 0)
            .max_by_key(|at| (all[*at].rank, *at))
        else {
            break;
        };
        columns.retain(|at| *at != goes);
    }
    columns
}

#[component]
pub(super) fn ColumnMenu(
    id: &'static str,
    columns: Vec<(&'static str, &'static str)>,
    shown: RwSignal<BTreeSet<&'static str>>,
) -> impl IntoView {
    let keys: Vec<&'static str> = columns.iter().map(|(key, _)| *key).collect();
    let items = Signal::derive_local(move || {
        // The first column names the row and stays.
        columns
            .iter()
            .skip(1)
            .map(|&(key, label)| {
                let on = shown.with(|shown| shown.contains(key));
                let keys = keys.clone();
                let words = format!("{} {label}", if on { "Hide" } else { "Show" });
                Item::Act(
                    words,
                    Callback::new(move |()| {
                        shown.update(|shown| {
                            if !shown.remove(key) {
                                shown.insert(key);
                            }
                        });
                        let hidden: Vec<&str> = keys
                            .iter()
                            .copied()
                            .filter(|key| shown.with_untracked(|shown| !shown.contains(key)))
                            .collect();
                        prefs::write(&format!("columns.{id}"), &hidden.join(","));
                    }),
                )
            })
            .collect::<Vec<_>>()
    });
    view! { <Menu label="Choose columns" items left=true face=ViewFn::from(|| view! { <Icon name="menu" /> <span class="cds--visually-hidden">"Choose columns"</span> }) /> }
}

/// A key under which `M2` comes before `M10`, in any case.
pub(super) fn natural(text: &str) -> Vec<(String, u64)> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let word = rest
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (letters, after) = rest.split_at(word);
        let digits = after
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(after.len());
        let (number, after) = after.split_at(digits);
        parts.push((letters.to_lowercase(), number.parse().unwrap_or(u64::MAX)));
        rest = after;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_sort_by_their_value() {
        let mut names = ["m10", "M2", "A", "M2b", "99999999999999999999999"];
        names.sort_by_cached_key(|name| natural(name));
        assert_eq!(names, ["99999999999999999999999", "A", "M2", "M2b", "m10"]);
    }

    #[test]
    fn columns_of_the_highest_rank_go_first_and_rank_0_stays() {
        let column = |key, rank| {
            Column::<()>::new(key, key, "", |()| ().into_any())
                .narrow(200.0, rank)
                .head
        };
        let all = [column("name", 0), column("text", 9), column("count", 1)];
        let shown = BTreeSet::from(["name", "text", "count"]);
        assert_eq!(fitting(&all, &shown, 1000.0), [0, 1, 2]);
        assert_eq!(fitting(&all, &shown, 600.0), [0, 2]);
        assert_eq!(fitting(&all, &shown, 100.0), [0]);
    }
}
