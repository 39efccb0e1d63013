//! What a table knows while it is shown: order, window, focus.

use std::collections::HashMap;
use std::sync::Arc;

use generator::sort;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{KeyboardEvent, ResizeObserver};

use super::super::{css_string, focus_soon};
use super::Selection;
use super::columns::{Head, fitting, natural, shown_columns};
use super::rows::{RowRef, Rows};

pub(super) const ROW: f64 = 40.0;
/// Rows drawn above and below what is visible.
const SPARE: usize = 8;

/// The rows in the order that they are shown in, and the place of each.
#[derive(Clone)]
pub(super) struct Order {
    rows: Arc<dyn Rows>,
    /// Which row stands at each place.
    shown: Arc<Vec<usize>>,
    place: Arc<HashMap<String, usize>>,
}

impl PartialEq for Order {
    fn eq(&self, other: &Self) -> bool {
        self.shown == other.shown
            && self.place == other.place
            && (0..self.rows.len()).all(|at| self.rows.same(at, &*other.rows, at))
    }
}

impl Order {
    pub fn place(&self, key: &str) -> Option<usize> {
        self.place.get(key).copied()
    }

    pub fn len(&self) -> usize {
        self.shown.len()
    }

    pub fn key(&self, place: usize) -> Option<String> {
        self.shown.get(place).map(|at| self.rows.key(*at))
    }

    pub fn keys(&self) -> impl Iterator<Item = String> {
        self.shown.iter().map(|at| self.rows.key(*at))
    }

    fn row(&self, place: usize) -> Option<RowRef> {
        self.shown.get(place).map(|at| RowRef {
            rows: Arc::clone(&self.rows),
            at: *at,
            place,
        })
    }
}

/// The part of the rows that is drawn: first, one past the last, and how many there are.
pub(super) type Window = (usize, usize, usize);

#[derive(Clone, Copy)]
pub(super) struct Grid {
    pub columns: StoredValue<Vec<Head>>,
    pub chosen_columns: RwSignal<std::collections::BTreeSet<&'static str>>,
    pub visible_columns: Memo<Vec<usize>>,
    pub sort: RwSignal<Option<(&'static str, bool)>>,
    pub order: Memo<Order>,
    pub window: Memo<Window>,
    /// The keys of the drawn rows. A memo: a view that read the window and then the rows that the
    /// window depends on would miss rows that change while the window stays.
    pub drawn: Memo<Vec<String>>,
    pub selection: Selection,
    pub on_move: Option<Callback<(String, String)>>,
    pub scroller: NodeRef<Div>,
    /// A row that moves, and takes the focus along.
    moving: StoredValue<Option<String>>,
    top: RwSignal<f64>,
    height: RwSignal<f64>,
    room: RwSignal<f64>,
}

impl Grid {
    pub fn new(
        id: &'static str,
        rows: Signal<Arc<dyn Rows>>,
        heads: Vec<Head>,
        selection: Selection,
        on_move: Option<Callback<(String, String)>>,
    ) -> Self {
        let chosen_columns = RwSignal::new(shown_columns(id, &heads));
        let columns = StoredValue::new(heads);
        let room = RwSignal::new(f64::MAX);
        let visible_columns = Memo::new(move |_| {
            chosen_columns.with(|chosen| columns.with_value(|all| fitting(all, chosen, room.get())))
        });
        let sort = RwSignal::new(None);
        let order = Memo::new(move |_| {
            let rows = rows.get();
            let shown = columns.with_value(|all| sorted(&*rows, sort.get(), all));
            let place = shown.iter().enumerate();
            let place = place.map(|(place, at)| (rows.key(*at), place)).collect();
            Order {
                rows,
                shown: Arc::new(shown),
                place: Arc::new(place),
            }
        });
        let (top, height) = (RwSignal::new(0.0_f64), RwSignal::new(800.0_f64));
        let window = Memo::new(move |_| {
            let count = order.with(Order::len);
            let first = ((top.get() / ROW) as usize)
                .saturating_sub(SPARE)
                .min(count);
            let last = (first + (height.get() / ROW) as usize + 2 * SPARE + 2).min(count);
            (first, last, count)
        });
        let drawn = Memo::new(move |_| {
            let (first, last, _) = window.get();
            order.with(|order| (first..last).filter_map(|at| order.key(at)).collect())
        });
        let grid = Self {
            columns,
            chosen_columns,
            visible_columns,
            sort,
            order,
            window,
            drawn,
            selection,
            on_move,
            scroller: NodeRef::new(),
            moving: StoredValue::new(None),
            top,
            height,
            room,
        };
        observe_size(grid.scroller, move || grid.measure());
        // An element that is moved in the page loses the focus.
        Effect::new(move |_| {
            grid.order.with(|_| ());
            if let Some(key) = grid.moving.try_update_value(Option::take).flatten() {
                focus_soon(format!("[data-row={}]", css_string(&key)));
            }
        });
        grid
    }

    /// The row with this key; tracked.
    pub fn row(self, key: &str) -> Option<RowRef> {
        self.order.with(|order| order.row(order.place(key)?))
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
        self.order.with_untracked(Order::len)
    }

    fn key(self, at: usize) -> Option<String> {
        self.order.with_untracked(|order| order.key(at))
    }

    fn position(self) -> Option<usize> {
        let now = self.selection.current.get_untracked()?;
        self.order.with_untracked(|order| order.place(&now))
    }

    fn go(self, at: usize) {
        let Some(key) = self.key(at) else { return };
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
        let other = at.checked_add_signed(by).and_then(|at| self.key(at));
        if let (Some(this), Some(other)) = (self.key(at), other) {
            self.move_to(this, other);
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
            "Enter" | "e" => self.on_current(|row| row.rows.open(row.at)),
            "Delete" => self.on_current(|row| row.rows.delete(row.at)),
            " " => {
                if let Some(now) = self.selection.current.get_untracked() {
                    self.selection.toggle(&now);
                }
            }
            _ => return,
        }
        event.prevent_default();
    }

    fn on_current(self, call: impl FnOnce(RowRef)) {
        let row = self
            .position()
            .and_then(|at| self.order.with_untracked(|order| order.row(at)));
        if let Some(row) = row {
            call(row);
        }
    }
}

/// The places of the rows, sorted by a column.
fn sorted(rows: &dyn Rows, sort: Option<(&'static str, bool)>, columns: &[Head]) -> Vec<usize> {
    let mut shown: Vec<usize> = (0..rows.len()).collect();
    let Some((by, up)) = sort else { return shown };
    if let Some(column) = columns.iter().position(|column| column.key == by) {
        sort::by_key(&mut shown, |at| natural(&rows.sort_key(*at, column)));
        if !up {
            shown.reverse();
        }
    }
    shown
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
