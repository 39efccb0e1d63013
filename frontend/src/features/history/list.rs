//! The revisions, newest first; only what is looked at is asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use generator::sort;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::api::revisions::{PAGE, revisions};
use crate::api::store::Revision;
use crate::frame::{Page, use_query};
use crate::ui::{
    Button, Chip, Column, DataTable, EmptyState, Item, Look, RowAction, SearchField, Selection,
};
use crate::workspace::Workspace;
use crate::{api, paths, words};

/// A row of the list; without content until its part of the list is here.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    number: i64,
    store: String,
    revision: Option<Arc<Revision>>,
}

/// The revisions that are here, and what was asked for.
#[derive(Clone, Copy)]
struct Known {
    workspace: Workspace,
    here: RwSignal<BTreeMap<i64, Arc<Revision>>>,
    asked: StoredValue<BTreeSet<i64>>,
    failed: RwSignal<Option<String>>,
}

impl Known {
    /// The newest revision's number.
    fn head(self) -> i64 {
        self.workspace.head.with(|head| head.revision)
    }

    /// Asks for the part of the list in which a revision stands.
    fn want(self, number: i64) {
        let part = part_of(number);
        if self.asked.try_update_value(|asked| asked.insert(part)) != Some(true) {
            return;
        }
        spawn_local(async move { self.fetch(part).await });
    }

    async fn fetch(self, part: i64) {
        let head = untrack(|| self.head());
        let size = i64::try_from(PAGE).unwrap_or(i64::MAX);
        let newest = (part + 1).saturating_mul(size).min(head);
        let (offset, limit) = (head - newest, newest - part * size);
        match revisions(
            &self.workspace.name(),
            u64::try_from(offset).unwrap_or(0),
            u64::try_from(limit).unwrap_or(0),
        )
        .await
        {
            Ok(window) => {
                self.here.try_update(|here| {
                    here.extend(
                        window
                            .items
                            .into_iter()
                            .map(|revision| (revision.number, Arc::new(revision))),
                    )
                });
                self.failed.try_set(None);
            }
            Err(failure) => {
                self.asked.try_update_value(|asked| asked.remove(&part));
                self.failed.try_set(Some(failure.words()));
            }
        }
    }

    /// Asks for all parts, one after the other: a filter needs them.
    fn want_all(self) {
        spawn_local(async move {
            let last = part_of(untrack(|| self.head()));
            for part in (0..=last).rev() {
                if self.failed.try_get_untracked() != Some(None) {
                    return;
                }
                if self.asked.try_update_value(|asked| asked.insert(part)) == Some(true) {
                    self.fetch(part).await;
                }
            }
        });
    }
}

/// Parts count from the oldest revision, so that a new one moves nothing.
fn part_of(number: i64) -> i64 {
    (number - 1).max(0) / i64::try_from(PAGE).unwrap_or(i64::MAX)
}

fn fits(revision: &Revision, needle: &str) -> bool {
    let texts = [
        revision.number.to_string(),
        revision.author.to_lowercase(),
        revision.comment.to_lowercase(),
        revision.installed_on.join(" ").to_lowercase(),
    ];
    needle
        .split_whitespace()
        .all(|word| texts.iter().any(|text| text.contains(word)))
}

#[component]
pub fn List() -> impl IntoView {
    let workspace = Workspace::here();
    let known = Known {
        workspace,
        here: RwSignal::new(BTreeMap::new()),
        asked: StoredValue::new(BTreeSet::new()),
        failed: RwSignal::new(None),
    };
    provide_context(known);
    let (filter, set_filter) = use_query("q");
    // A new revision: the part that it stands in is asked for again, with its installed marks.
    let head = Memo::new(move |_| known.head());
    Effect::new(move |_| {
        let part = part_of(head.get());
        known.asked.update_value(|asked| {
            asked.remove(&part);
        });
        known.want(head.get());
    });
    Effect::new(move |_| {
        if !filter.with(String::is_empty) {
            known.want_all();
        }
    });
    let rows = Memo::new(move |_| {
        let (needle, store) = (filter.get().to_lowercase(), workspace.name());
        known.here.with(|here| {
            let row = |number: i64| Row {
                number,
                store: store.clone(),
                revision: here.get(&number).cloned(),
            };
            let all = (1..=head.get()).rev().map(row);
            match needle.is_empty() {
                true => Arc::new(all.collect::<Vec<_>>()),
                false => Arc::new(
                    all.filter(|row| {
                        row.revision
                            .as_ref()
                            .is_some_and(|revision| fits(revision, &needle))
                    })
                    .collect(),
                ),
            }
        })
    });
    let selection = Selection::new();
    let two = Memo::new(move |_| {
        selection.keys.with(|keys| {
            let mut numbers: Vec<i64> = keys.iter().filter_map(|key| key.parse().ok()).collect();
            sort::by(&mut numbers, Ord::cmp);
            match numbers.as_slice() {
                [from, to] => Some((*from, *to)),
                _ => None,
            }
        })
    });
    let navigate = use_navigate();
    let go = Callback::new(move |address: String| navigate(&address, NavigateOptions::default()));
    let blocked = Signal::derive(move || {
        two.get()
            .is_none()
            .then(|| "Tick two revisions to compare them.".to_owned())
    });
    let compare = move || {
        if let Some((from, to)) = two.get_untracked() {
            go.run(paths::compare(&workspace.name(), from, to))
        }
    };
    let label = Signal::derive(move || {
        two.get().map_or_else(
            || "Compare two".to_owned(),
            |(from, to)| format!("Compare {from} and {to}"),
        )
    });
    let actions = ViewFn::from(move || view! { <Button label blocked on_press=compare /> });
    let empty = ViewFn::from(move || {
        view! {
            <EmptyState title="No revision fits">
                <p>{move || format!("The filter “{}” hides all of them.", filter.get())}</p>
                <Button label="Clear the filter" on_press=move || set_filter.run(String::new()) />
            </EmptyState>
        }
    });
    let counted = move || match filter.with(String::is_empty) {
        true => words::count(
            usize::try_from(head.get()).unwrap_or(0),
            "revision",
            "revisions",
        ),
        false => {
            let here = known.here.with(BTreeMap::len);
            let searched = if (here as i64) < head.get() {
                format!(", {here} searched so far")
            } else {
                String::new()
            };
            format!(
                "{} of {}{searched}",
                rows.with(|rows| rows.len()),
                head.get()
            )
        }
    };
    view! {
        <Page title="History" of=workspace.name() actions>
            {move || known.failed.get().map(|why| view! {
                <p class="error" role="alert">{format!("The revisions cannot be read. {why}")}
                    " " <Button label="Try again" look=Look::Ghost on_press=move || { known.failed.set(None); known.want(known.head()) } /></p>
            })}
            <div class="toolbar">
                <SearchField label="Filter revisions" placeholder="Number, author, comment or stack" value=filter on_input=set_filter />
                <span class="toolbar-count" role="status">{counted}</span>
            </div>
            <DataTable id="history" label="Revisions" rows key=|row: &Row| row.number.to_string() name=|row: &Row| format!("revision {}", row.number)
                columns=columns() on_open=move |row: Row| go.run(paths::revision(&row.store, row.number)) actions=actions_of(workspace) selection empty />
        </Page>
    }
}

/// The content of a row, once it is here; asking for it where it is not.
fn content(row: &Row, shown: impl FnOnce(&Revision) -> AnyView) -> AnyView {
    match &row.revision {
        Some(revision) => shown(revision),
        None => {
            if let Some(known) = use_context::<Known>() {
                known.want(row.number);
            }
            view! { <span class="soft">"…"</span> }.into_any()
        }
    }
}

fn columns() -> Vec<Column<Row>> {
    vec![
        Column::new("number", "Revision", "6rem", |row: &Row| {
            view! { <a href=paths::revision(&row.store, row.number)>{row.number}</a> }.into_any()
        }).narrow(80.0, 0),
        Column::new("at", "Saved", "10rem", |row: &Row| {
            content(row, |revision| {
                view! { <words::Moment at=revision.at.clone() /> }.into_any()
            })
        }).narrow(140.0, 0),
        Column::new("author", "By", "7rem", |row: &Row| {
            content(row, |revision| revision.author.clone().into_any())
        }).narrow(80.0, 1),
        Column::new("comment", "Comment", "", |row: &Row| {
            content(row, |revision| {
                let from = revision.restored_from.map(|from| view! { <span class="soft">{format!("Content of revision {from}. ")}</span> });
                view! { <span class="clip" title=revision.comment.clone()>{from} {revision.comment.clone()}</span> }.into_any()
            })
        }).narrow(180.0, 0),
        Column::new("changes", "Objects", "6rem", |row: &Row| {
            content(row, |revision| {
                let href = paths::compare(&row.store, row.number - 1, row.number);
                match row.number {
                1 => revision.changes.to_string().into_any(),
                _ => view! { <a href=href title="What it changed">{format!("{} changed", revision.changes)}</a> }.into_any(),
            }
            })
        }).narrow(100.0, 3),
        Column::new("installed", "Installed on", "10rem", |row: &Row| {
            content(row, |revision| {
                let names = revision.installed_on.join(", ");
                let chip = (!names.is_empty())
                    .then(|| view! { <Chip text="installed" colour="green" /> " " });
                view! { <span class="clip" title=names.clone()>{chip} {names.clone()}</span> }
                    .into_any()
            })
        }).narrow(120.0, 2),
    ]
}

fn actions_of(workspace: Workspace) -> RowAction<Row> {
    let store = workspace.name();
    Arc::new(move |row: &Row| {
        let number = row.number;
        let head = workspace.head.with_untracked(|head| head.revision);
        let mut items = vec![Item::Link(
            "Show it".to_owned(),
            paths::revision(&store, number),
        )];
        if number > 1 {
            items.push(Item::Link(
                "What it changed".to_owned(),
                paths::compare(&store, number - 1, number),
            ));
        }
        if number < head {
            items.push(Item::Link(
                "Compare with the newest".to_owned(),
                paths::compare(&store, number, head),
            ));
            items.push(Item::Link(
                "Restore it…".to_owned(),
                paths::restore(&store, number),
            ));
        }
        items.push(Item::Download(
            "Export from here on".to_owned(),
            format!("{}?from={number}", api::export_href(&store)),
        ));
        items
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_revision_moves_no_part() {
        let size = i64::try_from(PAGE).unwrap();
        assert_eq!((part_of(1), part_of(size), part_of(size + 1)), (0, 0, 1));
    }

    #[test]
    fn all_words_of_a_filter_must_be_found() {
        let revision = Revision {
            number: 41,
            author: "Ana".into(),
            at: String::new(),
            comment: "Open port 1414".into(),
            changes: 1,
            restored_from: None,
            installed_on: vec!["COLMVSA.TCPIP".into()],
        };
        assert!(fits(&revision, "ana 1414"));
        assert!(fits(&revision, "colmvsa"));
        assert!(!fits(&revision, "ana 1415"));
    }
}
