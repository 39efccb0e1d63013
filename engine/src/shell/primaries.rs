//! Connections whose rule says `SecondaryMap On`: others of the same program with the same partner are mapped
//! like them, as FTP's data connections have ports that no rule can name.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use generator::policy::lookup::Connection;

use crate::policy::Rule;

/// What two connections have to share. It stands in for the process of the program, which often is another
/// one: servers have one for each client.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Between {
    local: IpAddr,
    remote: IpAddr,
    job: String,
    user: String,
}

/// A connection by which others are mapped.
#[derive(Clone, Debug)]
pub struct Primary {
    /// CONNID in messages.
    pub id: u32,
    pub rule: Rule,
    /// Its sessions are those that the others go on with.
    pub remote: SocketAddr,
}

/// The list of them; the threads share it.
#[derive(Debug, Default)]
pub struct Primaries {
    /// How many there are, so that who has none need not wait for others.
    count: AtomicUsize,
    list: Mutex<HashMap<Between, Vec<Primary>>>,
}

impl Between {
    /// `None`: it is not known whose connection it is.
    pub fn of(facts: &Connection) -> Option<Self> {
        (!facts.job.is_empty() && !facts.user.is_empty()).then(|| Self {
            local: facts.local,
            remote: facts.remote,
            job: facts.job.clone(),
            user: facts.user.clone(),
        })
    }
}

impl Primaries {
    pub fn add(&self, between: Between, primary: Primary) {
        self.with(|list| list.entry(between).or_default().push(primary));
        self.count.fetch_add(1, Ordering::AcqRel);
    }

    pub fn remove(&self, between: &Between, id: u32) {
        let gone = self.with(|list| {
            let Some(known) = list.get_mut(between) else {
                return 0;
            };
            let before = known.len();
            known.retain(|one| one.id != id);
            let gone = before - known.len();
            if known.is_empty() {
                list.remove(between);
            }
            gone
        });
        self.count.fetch_sub(gone, Ordering::AcqRel);
    }

    /// The primary connection of another one: of several the one that came last.
    pub fn find(&self, facts: &Connection) -> Option<Primary> {
        if self.count.load(Ordering::Acquire) == 0 {
            return None;
        }
        let between = Between::of(facts)?;
        self.with(|list| list.get(&between)?.last().cloned())
    }

    fn with<T>(&self, call: impl FnOnce(&mut HashMap<Between, Vec<Primary>>) -> T) -> T {
        call(&mut self.list.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
