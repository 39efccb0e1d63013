//! What a table knows while it is shown: order, window, focus.

use std::collections::HashMap;
use std::sync::Arc;

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{KeyboardEvent, ResizeObserver};

use super::super::{css_string, focus_soon};
use super::Selection;
use super::columns::{Column, fitting, natural, shown_columns};

pub(super) const ROW: f64 = 40.0;
/// Rows drawn above and below what is visible.
const SPARE: usize = 8;

/// The rows in the order that they are shown in, and the place of each.
#[derive(Clone, PartialEq)]
pub(super) struct Order<R> {
    pub rows: Arc<Vec<R>>,
    place: Arc<HashMap<String, usize>>,
}

impl<R> Order<R> {
    pub fn place(&self, key: &str) -> Option<usize> {
        self.place.get(key).copied()
    }
}

/// The part of the rows that is drawn: first, one past the last, and how many there are.
pub(super) type Window = (usize, usize, usize);

pub(super) struct Grid<R: Send + Sync + 'static> {
    pub key: fn(&R) -> String,
    pub columns: StoredValue<Vec<Column<R>>>,
    pub chosen_columns: RwSignal<std::collections::BTreeSet<&'static str>>,
    pub visible_columns: Memo<Vec<usize>>,
    pub sort: RwSignal<Option<(&'static str, bool)>>,
    pub order: Memo<Order<R>>,
    pub window: Memo<Window>,
    pub selection: Selection,
    pub on_open: Callback<R>,
    pub on_move: Option<Callback<(String, String)>>,
    pub on_delete: Option<Callback<R>>,
    pub scroller: NodeRef<Div>,
    /// A row that moves, and takes the focus along.
    moving: StoredValue<Option<String>>,
    top: RwSignal<f64>,
    height: RwSignal<f64>,
    room: RwSignal<f64>,
}

impl<R: Send + Sync + 'static> Clone for Grid<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Send + Sync + 'static> Copy for Grid<R> {}

/// What the caller of a table decides.
pub(super) struct Wishes<R: Send + Sync + 'static> {
    pub id: &'static str,
    pub rows: Signal<Arc<Vec<R>>>,
    pub key: fn(&R) -> String,
    pub columns: Vec<Column<R>>,
    pub selection: Selection,
    pub on_open: Callback<R>,
    pub on_move: Option<Callback<(String, String)>>,
    pub on_delete: Option<Callback<R>>,
}

impl<R: Clone + PartialEq + Send + Sync + 'static> Grid<R> {
    pub fn new(wishes: Wishes<R>) -> Self {
        let Wishes {
            id,
            rows,
            key,
            columns,
            selection,
            on_open,
            on_move,
            on_delete,
        } = wishes;
        let chosen_columns = RwSignal::new(shown_columns(id, &columns));
        let columns = StoredValue::new(columns);
        let room = RwSignal::new(f64::MAX);
        let visible_columns = Memo::new(move |_| {
            chosen_columns.with(|chosen| columns.with_value(|all| fitting(all, chosen, room.get())))
        });
        let sort = RwSignal::new(None);
        let order = Memo::new(move |_| {
            let rows = sorted(rows.get(), sort.get(), columns);
            let place = rows
                .iter()
                .enumerate()
                .map(|(at, row)| (key(row), at))
                .collect();
            Order {
                rows,
                place: Arc::new(place),
            }
        });
        let (top, height) = (RwSignal::new(0.0_f64), RwSignal::new(800.0_f64));
        let window = Memo::new(move |_| {
            let count = order.with(|order| order.rows.len());
            let first = ((top.get() / ROW) as usize)
                .saturating_sub(SPARE)
                .min(count);
            let last = (first + (height.get() / ROW) as usize + 2 * SPARE + 2).min(count);
            (first, last, count)
        });
        let grid = Self {
            key,
            columns,
            chosen_columns,
            visible_columns,
            sort,
            order,
            window,
            selection,
            on_open,
            on_move,
            on_delete,
            scroller: NodeRef::new(),
            moving: StoredValue::new(None),
            top,
            height,
            room,
        };
        observe_size(grid.scroller, move || grid.measure());
        // An element that is moved in the page loses the focus.
        Effect::new(move |_| {
            grid.order.track();
            if let Some(key) = grid.moving.try_update_value(Option::take).flatten() {
                focus_soon(format!("[data-row={}]", css_string(&key)));
            }
        });
        grid
    }

    /// The keys of the drawn rows.
    pub fn drawn(self) -> Vec<String> {
        let (first, last, _) = self.window.get();
        self.order.with(|order| {
            order
                .rows
                .get(first..last)
                .unwrap_or_default()
                .iter()
                .map(self.key)
                .collect()
        })
    }

    /// The row with this key, with its place; tracked.
    pub fn row(self, key: &str) -> Option<(usize, R)> {
        self.order.with(|order| {
            let at = order.place(key)?;
            Some((at, order.rows.get(at)?.clone()))
        })
    }

    pub fn measure(self) {
        if let Some(element) = self.scroller.try_get_untracked().flatten() {
            self.top.set(f64::from(element.scroll_top()));
            self.height
                .set(f64::from(element.client_height()).max(ROW * 4.0));
            self.room.set(f64::from(element.client_width()));
        }
    }

    pub fn sort_by(self, by: &'static str) {
        self.sort.update(|sort| {
            *sort = match *sort {
                Some((now, true)) if now == by => Some((by, false)),
                Some((now, false)) if now == by => None,
                _ => Some((by, true)),
            }
        });
    }

    /// Moves a row to the place of another; while sorted by a column, there is no place to move to.
    pub fn move_to(self, this: String, other: String) {
        if let (Some(call), None, true) = (self.on_move, self.sort.get_untracked(), this != other) {
            self.moving.set_value(Some(this.clone()));
            call.run((this, other));
        }
    }

    fn count(self) -> usize {
        self.order.with_untracked(|order| order.rows.len())
    }

    fn at(self, at: usize) -> Option<R> {
        self.order
            .with_untracked(|order| order.rows.get(at).cloned())
    }

    fn position(self) -> Option<usize> {
        let now = self.selection.current.get_untracked()?;
        self.order.with_untracked(|order| order.place(&now))
    }

    fn current(self) -> Option<R> {
        self.at(self.position()?)
    }

    fn go(self, at: usize) {
        let Some(row) = self.at(at) else { return };
        let key = (self.key)(&row);
        if let Some(element) = self.scroller.get_untracked() {
            let (from, to) = (at as f64 * ROW, (at + 1) as f64 * ROW);
            let top = f64::from(element.scroll_top());
            let height = f64::from(element.client_height()) - ROW;
            if from < top {
                element.set_scroll_top(from as i32);
            } else if to > top + height {
                element.set_scroll_top((to - height) as i32);
            }
            self.measure();
        }
        self.selection.current.set(Some(key.clone()));
        focus_soon(format!("[data-row={}]", css_string(&key)));
    }

    fn step(self, by: isize) {
        let last = self.count().saturating_sub(1);
        self.go(self
            .position()
            .map_or(0, |at| at.saturating_add_signed(by).min(last)));
    }

    fn move_by(self, by: isize) {
        let Some(at) = self.position() else { return };
        let other = at.checked_add_signed(by).and_then(|at| self.at(at));
        if let (Some(this), Some(other)) = (self.at(at), other) {
            self.move_to((self.key)(&this), (self.key)(&other));
        }
    }

    /// Keys count while a row itself has the focus, not something in it.
    pub fn pressed(self, event: &KeyboardEvent) {
        if event_target::<web_sys::Element>(event)
            .get_attribute("data-row")
            .is_none()
        {
            return;
        }
        let page = (self.height.get_untracked() / ROW) as isize - 2;
        match event.key().as_str() {
            "ArrowDown" if event.alt_key() => self.move_by(1),
            "ArrowUp" if event.alt_key() => self.move_by(-1),
            "ArrowDown" => self.step(1),
            "ArrowUp" => self.step(-1),
            "PageDown" => self.step(page),
            "PageUp" => self.step(-page),
            "Home" => self.go(0),
            "End" => self.go(self.count().saturating_sub(1)),
            "Enter" | "e" => self.run_on_current(Some(self.on_open)),
            "Delete" => self.run_on_current(self.on_delete),
            " " => {
                if let Some(now) = self.selection.current.get_untracked() {
                    self.selection.toggle(&now);
                }
            }
            _ => return,
        }
        event.prevent_default();
    }

    fn run_on_current(self, call: Option<Callback<R>>) {
        if let (Some(row), Some(call)) = (self.current(), call) {
            call.run(row);
        }
    }
}

fn sorted<R: Clone + Send + Sync + 'static>(
    rows: Arc<Vec<R>>,
    sort: Option<(&'static str, bool)>,
    columns: StoredValue<Vec<Column<R>>>,
) -> Arc<Vec<R>> {
    let Some((by, up)) = sort else { return rows };
    let column = columns.with_value(|all| all.iter().find(|column| column.key == by).copied());
    let Some(by) = column.and_then(|column| column.sort) else {
        return rows;
    };
    let mut rows: Vec<R> = rows.to_vec();
    rows.sort_by_cached_key(|row| natural(&by(row)));
    if !up {
        rows.reverse();
    }
    Arc::new(rows)
}

/// Calls back when the element gets a size, and whenever it changes.
fn observe_size(element: NodeRef<Div>, call: impl Fn() + Copy + 'static) {
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
