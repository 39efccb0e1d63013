//! The backing store: named stores, their revisions, and what people do to them.
//!
//! A function here is one thing that a person or program does, in one transaction; it answers after
//! the commit. Nothing here knows HTTP. Order is by number; a time is shown and never
//! compared, but for the one deadline that `trial` holds.

pub mod audit;
pub mod body;
pub mod cache;
pub mod compare;
pub mod copy;
pub mod draft;
pub mod drift;
pub mod error;
pub mod export;
pub mod freeze;
pub mod import;
pub mod install;
pub mod lock;
pub mod object;
pub mod restore;
pub mod revision;
pub mod save;
pub mod saved;
pub mod state;
pub mod stores;
pub mod target;
mod text;
mod transfer;
pub mod trial;
pub mod verify;

pub use error::{Damage, Held, StoreError};
pub use stores::StoreRow;
pub use text::{at, now};

/// What store functions answer.
pub type Result<T> = std::result::Result<T, StoreError>;

/// A store within the database; never shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoreId(pub i64);

/// Who does something, and from where: both go into the audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub name: String,
    /// An address, or the words for something that is no request.
    pub source: String,
}

/// A part of a list that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    pub offset: i64,
    pub limit: i64,
}

impl Page {
    /// The most items of one answer.
    pub const MAX: i64 = 1000;

    /// Any two numbers, brought into what is allowed.
    pub fn new(offset: i64, limit: i64) -> Self {
        Self {
            offset: offset.max(0),
            limit: limit.clamp(1, Self::MAX),
        }
    }

    fn window<T>(self, items: Vec<T>, total: i64) -> api::Window<T> {
        api::Window {
            items,
            total: total.unsigned_abs(),
            offset: self.offset.unsigned_abs(),
        }
    }
}
