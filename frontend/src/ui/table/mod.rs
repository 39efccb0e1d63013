//! A table for lists of any length: only visible rows are drawn.

mod columns;
mod grid;
mod rows;

use std::collections::BTreeSet;
use std::sync::Arc;

use leptos::prelude::*;

use super::Menu;
pub use columns::Column;
use columns::{ColumnMenu, Head};
use grid::{Grid, Order, ROW};
pub use rows::RowAction;
use rows::{Rows, RowsOf, Says};

/// The chosen rows, by key.
#[derive(Clone, Copy)]
pub struct Selection {
    pub keys: RwSignal<BTreeSet<String>>,
    /// The row that has the focus, or had it last.
    pub current: RwSignal<Option<String>>,
}

impl Selection {
    pub fn new() -> Self {
        Self {
            keys: RwSignal::new(BTreeSet::new()),
            current: RwSignal::new(None),
        }
    }

    pub fn clear(self) {
        self.keys.set(BTreeSet::new());
    }

    fn toggle(self, key: &str) {
        self.keys.update(|keys| {
            if !keys.remove(key) {
                keys.insert(key.to_owned());
            }
        });
    }
}

/// "3 of 30": how many rows a filter leaves. What it filters is read first; see ARCHITECTURE.md.
pub fn counted<R: Send + Sync + 'static>(
    all: Signal<Arc<Vec<R>>>,
    shown: Signal<Arc<Vec<R>>>,
) -> impl Fn() -> String + Clone {
    move || {
        let all = all.with(|all| all.len());
        format!("{} of {all}", shown.with(|shown| shown.len()))
    }
}

/// `rows` come filtered and in their own order; the table sorts, draws and lets choose.
#[component]
pub fn DataTable<R>(
    /// Remembers the choice of columns.
    id: &'static str,
    #[prop(into)] label: Signal<String>,
    #[prop(into)] rows: Signal<Arc<Vec<R>>>,
    key: fn(&R) -> String,
    /// What a row is called, for the names of its controls.
    name: fn(&R) -> String,
    columns: Vec<Column<R>>,
    #[prop(into)] on_open: Callback<R>,
    #[prop(optional)] actions: Option<RowAction<R>>,
    /// Rows can be chosen by ticking.
    #[prop(optional)]
    selection: Option<Selection>,
    /// Moves a row to the place of another: keys of both. Only while sorted by nothing.
    #[prop(optional)]
    on_move: Option<Callback<(String, String)>>,
    #[prop(optional)] on_delete: Option<Callback<R>>,
    #[prop(optional, into)] empty: ViewFn,
) -> impl IntoView
where
    R: Clone + PartialEq + Send + Sync + 'static,
{
    let ticks = selection.is_some();
    let selection = selection.unwrap_or_else(Selection::new);
    let acts = actions.is_some();
    let heads = columns.iter().map(|column| column.head).collect();
    let says = Arc::new(Says {
        key,
        name,
        columns,
        actions,
        on_open,
        on_delete,
    });
    let rows = Signal::derive(move || {
        let (list, says) = (rows.get(), Arc::clone(&says));
        Arc::new(RowsOf { list, says }) as Arc<dyn Rows>
    });
    let grid = Grid::new(id, rows, heads, selection, on_move);
    view! { <Table id label grid ticks acts empty /> }
}

/// The table itself, which knows nothing of what its rows are.
#[component]
fn Table(
    id: &'static str,
    label: Signal<String>,
    grid: Grid,
    ticks: bool,
    acts: bool,
    empty: ViewFn,
) -> impl IntoView {
    let extra = usize::from(ticks) + usize::from(acts);
    let span = move || (grid.visible_columns.get().len() + extra).to_string();
    let count = move || grid.window.get().2;
    let dragged = RwSignal::new(None::<String>);
    let above = move || format!("{}px", grid.window.get().0 as f64 * ROW);
    let below = move || {
        let (_, last, count) = grid.window.get();
        format!("{}px", (count - last) as f64 * ROW)
    };
    view! {
        <div class="table-box">
            <div class="table-scroll" node_ref=grid.scroller on:scroll=move |_| grid.measure() on:keydown=move |event| grid.pressed(&event)>
                <table class="table" aria-rowcount=move || (count() + 1).to_string() aria-label=move || label.get()>
                    <thead><tr>
                        {ticks.then(|| view! { <TickAll grid /> })}
                        <Heads grid />
                        {acts.then(|| view! {
                            <th class="cell-actions" scope="col">
                                <span class="cds--visually-hidden">"Actions"</span>
                                <ColumnMenu id shown=grid.chosen_columns
                                    columns=grid.columns.with_value(|all| all.iter().map(|column| (column.key, column.label)).collect()) />
                            </th>
                        })}
                    </tr></thead>
                    <tbody>
                        <tr class="spacer" aria-hidden="true"><td colspan=span style:height=above></td></tr>
                        <For each=move || grid.drawn.get() key=Clone::clone let:row_key>
                            <Row grid row_key acts ticks dragged />
                        </For>
                        <tr class="spacer" aria-hidden="true"><td colspan=span style:height=below></td></tr>
                    </tbody>
                </table>
                {move || (count() == 0).then(|| empty.run())}
            </div>
        </div>
    }
}

#[component]
fn TickAll(grid: Grid) -> impl IntoView {
    let keys = grid.selection.keys;
    let all = move || {
        let chosen = |order: &Order| {
            order.len() > 0 && keys.with(|keys| order.keys().all(|key| keys.contains(&key)))
        };
        grid.order.with(chosen)
    };
    let toggle = move |on: bool| {
        keys.set(if on {
            grid.order.with_untracked(|order| order.keys().collect())
        } else {
            BTreeSet::new()
        });
    };
    view! {
        <th class="cell-tick" scope="col">
            <input type="checkbox" class="box" aria-label="Choose all rows" prop:checked=all
                on:change=move |event| toggle(event_target_checked(&event)) />
        </th>
    }
}

#[component]
fn Heads(grid: Grid) -> impl IntoView {
    let columns = move || {
        let visible = grid.visible_columns.get();
        grid.columns.with_value(|all| {
            visible
                .iter()
                .filter_map(|at| all.get(*at).copied())
                .collect::<Vec<_>>()
        })
    };
    let head = move |column: Head| {
        let direction = move || match grid.sort.get() {
            Some((by, true)) if by == column.key => "ascending",
            Some((by, false)) if by == column.key => "descending",
            _ => "none",
        };
        let mark = move || match direction() {
            "ascending" => "▲",
            "descending" => "▼",
            _ => "",
        };
        let word = (!column.word.is_empty())
            .then(|| view! { " " <small class="second-word">{column.word}</small> });
        view! {
            <th scope="col" style:width=column.width aria-sort=column.sorts.then_some(direction)>
                {match column.sorts {
                    true => view! {
                        <button type="button" class="sort" on:click=move |_| grid.sort_by(column.key)>
                            {column.label} {word} <span class="sort-mark" aria-hidden="true">{mark}</span>
                        </button>
                    }.into_any(),
                    false => view! { <span class="no-sort">{column.label} {word}</span> }.into_any(),
                }}
            </th>
        }
    };
    move || columns().into_iter().map(head).collect_view()
}

/// One row; it stays the same element while its content or place changes, so that the focus stays.
#[component]
fn Row(
    grid: Grid,
    row_key: String,
    acts: bool,
    ticks: bool,
    dragged: RwSignal<Option<String>>,
) -> impl IntoView {
    let own = StoredValue::new(row_key.clone());
    let row = Memo::new(move |_| own.with_value(|key| grid.row(key)));
    let selection = grid.selection;
    let is_current = move || {
        own.with_value(|key| {
            selection
                .current
                .with(|current| current.as_ref() == Some(key))
        })
    };
    let is_chosen = Signal::derive(move || {
        own.with_value(|key| selection.keys.with(|keys| keys.contains(key)))
    });
    let at = move || row.with(|row| row.as_ref().map_or(0, |row| row.place));
    // One row is reached by Tab: the last one that had the focus, or the first.
    let tab = move || {
        let nothing = selection.current.with(|current| {
            current
                .as_ref()
                .is_none_or(|key| grid.order.with(|order| order.place(key).is_none()))
        });
        if is_current() || (nothing && at() == 0) {
            "0"
        } else {
            "-1"
        }
    };
    let called = move || {
        row.with(|row| {
            row.as_ref()
                .map(|row| row.rows.name(row.at))
                .unwrap_or_default()
        })
    };
    let cells = move || {
        let visible = grid.visible_columns.get();
        row.with(|row| {
            row.as_ref().map(|row| {
                let cell = |column: &usize| row.rows.cell(row.at, *column);
                visible
                    .iter()
                    .map(cell)
                    .map(|cell| view! { <td>{cell}</td> })
                    .collect_view()
            })
        })
    };
    let items = Signal::derive_local(move || {
        row.with(|row| {
            row.as_ref()
                .map(|row| row.rows.items(row.at))
                .unwrap_or_default()
        })
    });
    let open = move |_| {
        if let Some(row) = row.get_untracked() {
            row.rows.open(row.at);
        }
    };
    let dropped = move |event: web_sys::DragEvent| {
        event.prevent_default();
        if let Some(from) = dragged.get_untracked() {
            dragged.set(None);
            grid.move_to(from, own.get_value());
        }
    };
    view! {
        <tr
            class="row"
            class:is-current=is_current
            class:is-chosen=is_chosen
            data-row=row_key.clone()
            data-object=row_key
            data-field=""
            aria-rowindex=move || (at() + 2).to_string()
            tabindex=tab
            draggable=grid.on_move.map(|_| "true")
            on:focus=move |_| selection.current.set(Some(own.get_value()))
            on:dblclick=open
            on:dragstart=move |_| dragged.set(Some(own.get_value()))
            on:dragover=move |event| if dragged.with_untracked(Option::is_some) { event.prevent_default() }
            on:drop=dropped
        >
            {ticks.then(|| view! {
                <td class="cell-tick">
                    <input type="checkbox" class="box" aria-label=move || format!("Choose {}", called()) tabindex="-1"
                        prop:checked=is_chosen on:change=move |_| own.with_value(|key| selection.toggle(key)) />
                </td>
            })}
            {cells}
            {acts.then(|| view! {
                <td class="cell-actions"><Menu label=Signal::derive(move || format!("Actions for {}", called())) items left=true /></td>
            })}
        </tr>
    }
}
