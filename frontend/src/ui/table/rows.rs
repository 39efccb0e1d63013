//! The rows of any list, behind one type: a table is compiled once, not once for each list.

use std::any::Any;
use std::sync::Arc;

use leptos::prelude::*;

use super::super::Item;
use super::columns::Column;

/// What can be done with a row.
pub type RowAction<R> = Arc<dyn Fn(&R) -> Vec<Item> + Send + Sync>;

/// What a table asks of its rows; a place that is not there answers with nothing.
pub(super) trait Rows: Send + Sync {
    fn len(&self) -> usize;
    fn key(&self, at: usize) -> String;
    fn name(&self, at: usize) -> String;
    fn cell(&self, at: usize, column: usize) -> AnyView;
    /// By what this column sorts the row.
    fn sort_key(&self, at: usize, column: usize) -> String;
    fn items(&self, at: usize) -> Vec<Item>;
    fn open(&self, at: usize);
    fn delete(&self, at: usize);
    /// Whether the row shows what that row of other rows shows.
    fn same(&self, at: usize, other: &dyn Rows, there: usize) -> bool;
    fn any(&self) -> &dyn Any;
}

/// What the caller of a table says of each row.
pub(super) struct Says<R: 'static> {
    pub key: fn(&R) -> String,
    pub name: fn(&R) -> String,
    pub columns: Vec<Column<R>>,
    pub actions: Option<RowAction<R>>,
    pub on_open: Callback<R>,
    pub on_delete: Option<Callback<R>>,
}

pub(super) struct RowsOf<R: 'static> {
    pub list: Arc<Vec<R>>,
    pub says: Arc<Says<R>>,
}

impl<R: 'static> RowsOf<R> {
    fn ask<T>(&self, at: usize, call: impl FnOnce(&R) -> T) -> Option<T> {
        self.list.get(at).map(call)
    }
}

impl<R: Clone + PartialEq + Send + Sync + 'static> Rows for RowsOf<R> {
    fn len(&self) -> usize {
        self.list.len()
    }

    fn key(&self, at: usize) -> String {
        self.ask(at, self.says.key).unwrap_or_default()
    }

    fn name(&self, at: usize) -> String {
        self.ask(at, self.says.name).unwrap_or_default()
    }

    fn cell(&self, at: usize, column: usize) -> AnyView {
        let column = self.says.columns.get(column);
        let cell = column.and_then(|column| self.ask(at, column.cell));
        cell.unwrap_or_else(|| ().into_any())
    }

    fn sort_key(&self, at: usize, column: usize) -> String {
        let sort = self.says.columns.get(column).and_then(|column| column.sort);
        sort.and_then(|by| self.ask(at, by)).unwrap_or_default()
    }

    fn items(&self, at: usize) -> Vec<Item> {
        let actions = self.says.actions.as_ref();
        actions
            .and_then(|actions| self.ask(at, |row| actions(row)))
            .unwrap_or_default()
    }

    fn open(&self, at: usize) {
        self.ask(at, |row| self.says.on_open.run(row.clone()));
    }

    fn delete(&self, at: usize) {
        if let Some(call) = self.says.on_delete {
            self.ask(at, |row| call.run(row.clone()));
        }
    }

    fn same(&self, at: usize, other: &dyn Rows, there: usize) -> bool {
        other
            .any()
            .downcast_ref::<Self>()
            .is_some_and(|other| self.list.get(at) == other.list.get(there))
    }

    fn any(&self) -> &dyn Any {
        self
    }
}

/// One row, wherever it stands; equal when it shows the same at the same place.
#[derive(Clone)]
pub(super) struct RowRef {
    pub rows: Arc<dyn Rows>,
    /// Its place in `rows`.
    pub at: usize,
    /// Its place in the order that is shown.
    pub place: usize,
}

impl PartialEq for RowRef {
    fn eq(&self, other: &Self) -> bool {
        self.place == other.place && self.rows.same(self.at, &*other.rows, other.at)
    }
}
