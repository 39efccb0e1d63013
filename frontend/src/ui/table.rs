//! A table for lists of any length: only visible rows are drawn.

use std::collections::BTreeSet;
use std::sync::Arc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::ResizeObserver;

use super::{Icon, Item, Menu};
use crate::prefs;

/// How a column shows a row, and by what it is sorted.
pub struct Column<R> {
    pub key: &'static str,
    pub label: &'static str,
    /// A second name, small and grey.
    pub word: &'static str,
    /// A CSS width; empty for what is left.
    pub width: &'static str,
    pub cell: fn(&R) -> AnyView,
    /// The fewest pixels that show something useful.
    pub least: f64,
    /// Columns with the highest rank go first when the table is narrow; rank 0 stays.
    pub rank: u8,
    /// `None`: cannot be sorted by.
    pub sort: Option<fn(&R) -> String>,
}

impl<R> Clone for Column<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Column<R> {}

impl<R> Column<R> {
    pub const fn new(
        key: &'static str,
        label: &'static str,
        width: &'static str,
        cell: fn(&R) -> AnyView,
    ) -> Self {
        Self {
            key,
            label,
            word: "",
            width,
            cell,
            least: 110.0,
            rank: 1,
            sort: None,
        }
    }

    /// How narrow it may get, and how early it goes when there is no room.
    pub const fn narrow(mut self, least: f64, rank: u8) -> Self {
        self.least = least;
        self.rank = rank;
        self
    }

    pub const fn word(mut self, word: &'static str) -> Self {
        self.word = word;
        self
    }

    pub const fn sorted(mut self, by: fn(&R) -> String) -> Self {
        self.sort = Some(by);
        self
    }
}

/// What can be done with a row.
pub type RowAction<R> = Arc<dyn Fn(&R) -> Vec<Item> + Send + Sync>;

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

const ROW: f64 = 40.0;
/// Rows drawn above and below what is visible.
const SPARE: usize = 8;

fn shown_columns<R>(id: &str, columns: &[Column<R>]) -> BTreeSet<&'static str> {
    let hidden = prefs::read(&format!("columns.{id}")).unwrap_or_default();
    let hidden: Vec<&str> = hidden.split(',').collect();
    columns
        .iter()
        .map(|column| column.key)
        .filter(|key| !hidden.contains(key))
        .collect()
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
    let sort = RwSignal::new(None::<(&'static str, bool)>);
    let shown = RwSignal::new(shown_columns(id, &columns));
    let all = StoredValue::new(columns);
    let room = RwSignal::new(f64::MAX);
    let visible_columns = Memo::new(move |_| {
        shown.with(|shown| all.with_value(|all| fitting(all, shown, room.get())))
    });
    let sorted = Memo::new(move |_| {
        let rows = rows.get();
        let Some((by, up)) = sort.get() else {
            return rows;
        };
        let Some(by) = all.with_value(|all| {
            all.iter()
                .find(|column| column.key == by)
                .and_then(|column| column.sort)
        }) else {
            return rows;
        };
        let mut rows: Vec<R> = rows.to_vec();
        rows.sort_by_cached_key(|row| natural(&by(row)));
        if !up {
            rows.reverse();
        }
        Arc::new(rows)
    });
    let own = Selection::new();
    let current = selection.unwrap_or(own).current;
    let scroller = NodeRef::<leptos::html::Div>::new();
    let top = RwSignal::new(0.0_f64);
    let height = RwSignal::new(800.0_f64);
    let measure = move || {
        if let Some(element) = scroller.try_get_untracked().flatten() {
            top.set(f64::from(element.scroll_top()));
            height.set(f64::from(element.client_height()).max(ROW * 4.0));
            room.set(f64::from(element.client_width()));
        }
    };
    observe_size(scroller, measure);
    let window = Memo::new(move |_| {
        let count = sorted.with(|rows| rows.len());
        let first = ((top.get() / ROW) as usize)
            .saturating_sub(SPARE)
            .min(count);
        let last = (first + (height.get() / ROW) as usize + 2 * SPARE + 2).min(count);
        (first, last, count)
    });
    let drawn = move || {
        let (first, last, _) = window.get();
        sorted.with(|rows| {
            rows.get(first..last)
                .unwrap_or_default()
                .iter()
                .cloned()
                .enumerate()
                .map(|(at, row)| (first + at, row))
                .collect::<Vec<_>>()
        })
    };
    let go = move |at: usize| {
        let Some(row) = sorted.with_untracked(|rows| rows.get(at).cloned()) else {
            return;
        };
        let key = key(&row);
        if let Some(element) = scroller.get_untracked() {
            let (from, to) = (at as f64 * ROW, (at + 1) as f64 * ROW);
            let (top, height) = (
                f64::from(element.scroll_top()),
                f64::from(element.client_height()) - ROW,
            );
            if from < top {
                element.set_scroll_top(from as i32);
            } else if to > top + height {
                element.set_scroll_top((to - height) as i32);
            }
            measure();
        }
        current.set(Some(key.clone()));
        super::focus_soon(format!("[data-row={}]", super::css_string(&key)));
    };
    let position = move || {
        let key_now = current.get_untracked()?;
        sorted.with_untracked(|rows| rows.iter().position(|row| key(row) == key_now))
    };
    let step = move |by: isize| {
        let last = sorted.with_untracked(|rows| rows.len()).saturating_sub(1);
        let at = position().map_or(0, |at| at.saturating_add_signed(by).min(last));
        go(at);
    };
    let move_row = move |by: isize| {
        let (Some(at), Some(call)) = (position(), on_move) else {
            return;
        };
        let target = at.checked_add_signed(by);
        let keys =
            sorted.with_untracked(|rows| Some((key(rows.get(at)?), key(rows.get(target?)?))));
        if let Some((this, other)) = keys.filter(|_| sort.get_untracked().is_none()) {
            call.run((this.clone(), other));
            super::focus_soon(format!("[data-row={}]", super::css_string(&this)));
        }
    };
    let open_current = move || {
        if let Some(row) =
            position().and_then(|at| sorted.with_untracked(|rows| rows.get(at).cloned()))
        {
            on_open.run(row);
        }
    };
    let on_key = move |event: web_sys::KeyboardEvent| {
        let target = event_target::<web_sys::Element>(&event);
        if target.get_attribute("data-row").is_none() {
            return;
        }
        match event.key().as_str() {
            "ArrowDown" if event.alt_key() => move_row(1),
            "ArrowUp" if event.alt_key() => move_row(-1),
            "ArrowDown" => step(1),
            "ArrowUp" => step(-1),
            "PageDown" => step((height.get_untracked() / ROW) as isize - 2),
            "PageUp" => step(2 - (height.get_untracked() / ROW) as isize),
            "Home" => go(0),
            "End" => go(sorted.with_untracked(|rows| rows.len()).saturating_sub(1)),
            "Enter" | "e" => open_current(),
            "Delete" => {
                let row =
                    position().and_then(|at| sorted.with_untracked(|rows| rows.get(at).cloned()));
                if let (Some(row), Some(call)) = (row, on_delete) {
                    call.run(row);
                }
            }
            " " => {
                if let (Some(selection), Some(now)) = (selection, current.get_untracked()) {
                    selection.toggle(&now);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let chosen_all = move || {
        selection.is_some_and(|selection| {
            let keys = selection.keys.get();
            sorted.with(|rows| !rows.is_empty() && rows.iter().all(|row| keys.contains(&key(row))))
        })
    };
    let toggle_all = move |on: bool| {
        if let Some(selection) = selection {
            let keys = if on {
                sorted.with_untracked(|rows| rows.iter().map(key).collect())
            } else {
                BTreeSet::new()
            };
            selection.keys.set(keys);
        }
    };
    let sort_by = move |by: &'static str| {
        sort.update(|sort| {
            *sort = match *sort {
                Some((now, true)) if now == by => Some((by, false)),
                Some((now, false)) if now == by => None,
                _ => Some((by, true)),
            }
        });
    };
    let dragged = RwSignal::new(None::<String>);
    let has_actions = actions.is_some();
    let extra = usize::from(selection.is_some()) + usize::from(has_actions);
    let body = move || {
        drawn().into_iter().map(|(at, row)| {
        let row_key = key(&row);
        let row_name = name(&row);
        let is_current = {
            let row_key = row_key.clone();
            move || current.with(|current| current.as_ref() == Some(&row_key))
        };
        let is_chosen = {
            let row_key = row_key.clone();
            Signal::derive(move || selection.is_some_and(|selection| selection.keys.with(|keys| keys.contains(&row_key))))
        };
        let first = {
            let is_current = is_current.clone();
            move || if is_current() || (at == 0 && current.with(Option::is_none)) { "0" } else { "-1" }
        };
        let place_key = row_key.clone();
        let (tick, focus_key, drag_key, drop_key) = (row_key.clone(), row_key.clone(), row_key.clone(), row_key.clone());
        let opened = row.clone();
        let items = actions.as_ref().map(|actions| actions(&row));
        view! {
            <tr
                class="row"
                class:is-current=is_current
                class:is-chosen=is_chosen
                data-row=row_key
                aria-rowindex=(at + 2).to_string()
                tabindex=first
                draggable=on_move.map(|_| "true")
                on:focus=move |_| current.set(Some(focus_key.clone()))
                data-object=place_key
                data-field=""
                on:dblclick=move |_| on_open.run(opened.clone())
                on:dragstart=move |_| dragged.set(Some(drag_key.clone()))
                on:dragover=move |event| if dragged.with_untracked(Option::is_some) { event.prevent_default() }
                on:drop=move |event| {
                    event.prevent_default();
                    let from = dragged.get_untracked();
                    dragged.set(None);
                    if let (Some(from), Some(call), None) = (from, on_move, sort.get_untracked()) {
                        if from != drop_key {
                            call.run((from, drop_key.clone()));
                        }
                    }
                }
            >
                {selection.map(|selection| view! {
                    <td class="cell-tick">
                        <input type="checkbox" class="box" aria-label=format!("Choose {row_name}") tabindex="-1"
                            prop:checked=is_chosen on:change=move |_| selection.toggle(&tick) />
                    </td>
                })}
                {visible_columns.get().into_iter().filter_map(|n| {
                    all.with_value(|all| all.get(n).map(|column| view! { <td>{(column.cell)(&row)}</td> }))
                }).collect_view()}
                {items.map(|items| {
                    let label = format!("Actions for {row_name}");
                    view! { <td class="cell-actions"><Menu label items=Signal::stored_local(items) left=true /></td> }
                })}
            </tr>
        }
    }).collect_view()
    };
    let header = move || {
        visible_columns.get().into_iter().filter_map(|n| all.with_value(|all| all.get(n).copied())).map(|column| {
        let direction = move || match sort.get() {
            Some((by, true)) if by == column.key => "ascending",
            Some((by, false)) if by == column.key => "descending",
            _ => "none",
        };
        let word = (!column.word.is_empty()).then(|| view! { " " <small class="second-word">{column.word}</small> });
        view! {
            <th scope="col" style:width=column.width aria-sort=column.sort.map(|_| direction)>
                {match column.sort {
                    Some(_) => view! {
                        <button type="button" class="sort" on:click=move |_| sort_by(column.key)>
                            {column.label} {word}
                            <span class="sort-mark" aria-hidden="true">{move || match direction() { "ascending" => "▲", "descending" => "▼", _ => "" }}</span>
                        </button>
                    }.into_any(),
                    None => view! { <span class="no-sort">{column.label} {word}</span> }.into_any(),
                }}
            </th>
        }
    }).collect_view()
    };
    view! {
        <div class="table-box">
            <div class="table-scroll" node_ref=scroller on:scroll=move |_| measure() on:keydown=on_key>
                <table class="table" aria-rowcount=move || (window.get().2 + 1).to_string() aria-label=move || label.get()>
                    <thead><tr>
                        {selection.map(|_| view! {
                            <th class="cell-tick" scope="col">
                                <input type="checkbox" class="box" aria-label="Choose all rows" prop:checked=chosen_all
                                    on:change=move |event| toggle_all(event_target_checked(&event)) />
                            </th>
                        })}
                        {header}
                        {has_actions.then(|| view! {
                            <th class="cell-actions" scope="col">
                                <span class="cds--visually-hidden">"Actions"</span>
                                <ColumnMenu id=id columns=all.with_value(|all| all.iter().map(|c| (c.key, c.label)).collect()) shown />
                            </th>
                        })}
                    </tr></thead>
                    <tbody>
                        <tr class="spacer" aria-hidden="true"><td colspan=move || (visible_columns.get().len() + extra).to_string() style:height=move || format!("{}px", window.get().0 as f64 * ROW)></td></tr>
                        {body}
                        <tr class="spacer" aria-hidden="true"><td style:height=move || { let (_, last, count) = window.get(); format!("{}px", (count - last) as f64 * ROW) }></td></tr>
                    </tbody>
                </table>
                {move || (window.get().2 == 0).then(|| empty.run())}
            </div>
        </div>
    }
}

/// Calls back when the element gets a size, and whenever it changes.
fn observe_size(element: NodeRef<leptos::html::Div>, call: impl Fn() + Copy + 'static) {
    let observed = StoredValue::new_local(None::<(ResizeObserver, Closure<dyn FnMut()>)>);
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        let closure = Closure::<dyn FnMut()>::new(call);
        if let Ok(observer) = ResizeObserver::new(closure.as_ref().unchecked_ref()) {
            observer.observe(&element);
            observed.set_value(Some((observer, closure)));
        }
    });
    on_cleanup(move || {
        observed.try_update_value(|observed| {
            if let Some((observer, _)) = observed {
                observer.disconnect();
            }
        });
    });
}

/// The positions of the columns that are chosen and have room.
fn fitting<R>(all: &[Column<R>], shown: &BTreeSet<&'static str>, room: f64) -> Vec<usize> {
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
fn ColumnMenu(
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
fn natural(text: &str) -> Vec<(String, u64)> {
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
    use super::natural;

    #[test]
    fn numbers_in_names_sort_by_their_value() {
        let mut names = ["m10", "M2", "A", "M2b", "99999999999999999999999"];
        names.sort_by_cached_key(|name| natural(name));
        assert_eq!(names, ["99999999999999999999999", "A", "M2", "M2b", "m10"]);
    }
}
