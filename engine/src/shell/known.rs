//! Which connections there are, as their programs name them.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use super::timers::Key;

/// The two ends of a connection as its program sees them: its own, and the other one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ends {
    pub local: SocketAddr,
    pub remote: SocketAddr,
}

/// Where a connection is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The number of the thread.
    pub worker: usize,
    pub key: Key,
}

/// The list of connections; the threads share it. It is kept only where somebody asks.
#[derive(Debug, Default)]
pub struct Known {
    on: bool,
    places: Mutex<HashMap<Ends, Place>>,
}

impl Known {
    pub fn new(on: bool) -> Self {
        Self {
            on,
            places: Mutex::default(),
        }
    }

    pub fn is_on(&self) -> bool {
        self.on
    }

    pub fn add(&self, ends: Ends, place: Place) {
        self.with(|places| places.insert(ends, place));
    }

    /// Another connection may have the same ends by now, which stays.
    pub fn remove(&self, ends: Ends, place: Place) {
        self.with(|places| {
            if places.get(&ends) == Some(&place) {
                places.remove(&ends);
            }
        });
    }

    pub fn find(&self, ends: Ends) -> Option<Place> {
        self.with(|places| places.get(&ends).copied())
    }

    fn with<T>(&self, call: impl FnOnce(&mut HashMap<Ends, Place>) -> T) -> T {
        call(&mut self.places.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
