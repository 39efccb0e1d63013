//! Whether the writing connection may be used again, after how its last work ended.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::store::StoreError;

/// INVARIANT: only a fresh connection that passed its check regains what was lost.
#[derive(Debug, Default)]
pub struct Trust {
    /// The connection reported an error after which it is not believed.
    lost: AtomicBool,
    /// Work was dropped before it ended, as that of a request whose client went away: what its last
    /// statement reported was seen by nobody. No reason to say that the server does not write, but
    /// the connection is replaced all the same.
    unseen: AtomicBool,
}

impl Trust {
    /// Watches over one piece of work.
    pub fn watch(&self) -> Watch<'_> {
        Watch(self)
    }

    pub fn lose(&self) {
        self.lost.store(true, Ordering::Release);
    }

    pub fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Acquire)
    }

    /// Whether the connection that did the last work may do the next.
    pub fn allows_reuse(&self) -> bool {
        !self.is_lost() && !self.unseen.load(Ordering::Acquire)
    }

    /// For a fresh connection that has passed its check.
    pub fn regain(&self) {
        self.unseen.store(false, Ordering::Release);
        self.lost.store(false, Ordering::Release);
    }
}

/// Work that is going on.
#[must_use]
pub struct Watch<'a>(&'a Trust);

impl Watch<'_> {
    /// Takes note of how the work ended.
    pub fn ended<T>(self, outcome: &Result<T, StoreError>) {
        if outcome.as_ref().is_err_and(StoreError::is_suspect) {
            self.0.lose();
        }
        std::mem::forget(self);
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.0.unseen.store(true, Ordering::Release);
    }
}
