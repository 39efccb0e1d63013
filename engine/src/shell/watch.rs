//! What happens by itself, once a second: key rings that change are used for new connections, and traces
//! and trials end when their time has come.
//!
//! Looking at the files each second needs nothing of the file system that holds them, and finds a ring
//! whose directory was put in the place of another one.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

use keyring::{Rings, Stamp};

use super::Crew;
use super::orders::{Cause, Order, Orders, Work};
use super::reload::retire;
use super::shared::Shared;
use crate::policy::{RenewError, Renewed};

/// How often the files are looked at. What looks the same twice is not being written any more.
const PERIOD: Duration = Duration::from_secs(1);

/// Watches until the engine ends. Only what runs holds the engine: the watch does not keep it.
pub fn start(rings: Rings, shared: &Arc<Shared>, crew: &Arc<Crew>, orders: Orders) {
    let (shared, crew) = (Arc::downgrade(shared), Arc::downgrade(crew));
    let mut watch = Watch {
        rings,
        orders,
        looked: Instant::now(),
        seen: BTreeMap::new(),
        refused: BTreeMap::new(),
    };
    thread::spawn(move || {
        while let Some(()) = watch.turn(&shared, &crew) {
            thread::sleep(PERIOD);
        }
    });
}

struct Watch {
    rings: Rings,
    orders: Orders,
    /// When the files of the policy were looked at last, as far as this knows.
    looked: Instant,
    /// Rings that differ from what is in use, as they were last seen.
    seen: BTreeMap<String, Stamp>,
    /// Rings that could not be used as they were then, which was said.
    refused: BTreeMap<String, Stamp>,
}

impl Watch {
    /// Looks once; `None`: the engine ends.
    fn turn(&mut self, shared: &Weak<Shared>, crew: &Weak<Crew>) -> Option<()> {
        let (shared, crew) = (shared.upgrade()?, crew.upgrade()?);
        if shared.ends.load(Ordering::Acquire) {
            return None;
        }
        let over = shared.traces.expire(Instant::now());
        for number in &over {
            shared.log.engine(format!("trace {number} is over"));
        }
        if !over.is_empty() {
            crew.look_again();
        }
        if let Some(number) = shared.trials.overdue()
            && let Err(error) = self.orders.give(Order::unheard(Work::Overdue(number)))
        {
            let words = format!("trial {number} is over, and that cannot be told: {error}");
            shared.log.engine(words);
        }
        self.keep_interval(&shared);
        let changed = self.changed(&shared);
        if changed.is_empty() {
            return Some(());
        }
        let old = self.renew(&shared, &changed);
        crew.wake();
        drop((shared, crew));
        old.into_iter().for_each(retire);
        Some(())
    }

    /// Has the files looked at when their own time for it has come.
    fn keep_interval(&mut self, shared: &Shared) {
        if self.looked.elapsed() < shared.instance().interval {
            return;
        }
        self.looked = Instant::now();
        let order = Order::unheard(Work::Load(Cause::Interval));
        if let Err(error) = self.orders.give(order) {
            let words = format!("files cannot be looked at again: {error}");
            shared.log.engine(words);
        }
    }

    /// The rings that changed and have come to rest.
    fn changed(&mut self, shared: &Shared) -> Vec<String> {
        let instance = shared.instance();
        let mut changed = Vec::new();
        for (name, stamp) in instance.rings() {
            let now = self.rings.stamp(name);
            if now == *stamp {
                self.seen.remove(name);
                self.refused.remove(name);
            } else if self.refused.get(name) == Some(&now) {
                // Said once.
            } else if self.seen.get(name) == Some(&now) {
                changed.push(name.clone());
            } else {
                self.seen.insert(name.clone(), now);
            }
        }
        changed
    }

    /// Uses these rings as they are now; the policies that this replaced.
    fn renew(&mut self, shared: &Shared, changed: &[String]) -> Vec<Arc<crate::policy::Instance>> {
        let _one_at_a_time = shared.changing();
        let mut old = Vec::new();
        for name in changed {
            let seen = self.seen.remove(name).unwrap_or_default();
            let instance = shared.instance();
            // A reload may have read it meanwhile.
            let used = instance.rings().get(name);
            if used.is_none_or(|used| *used == self.rings.stamp(name)) {
                continue;
            }
            match instance.renewed(&self.rings, name) {
                Ok(renewed) => {
                    let words = said(name, &renewed);
                    old.push(shared.replace(Arc::new(renewed.instance)));
                    shared.log.engine(words);
                }
                Err(error) => {
                    shared.log.engine(refused(name, &error));
                    self.refused.insert(name.clone(), seen);
                }
            }
        }
        old
    }
}

fn said(name: &str, renewed: &Renewed) -> String {
    let (before, after) = (renewed.before.join(", "), renewed.after.join(", "));
    match (before == after, after.is_empty()) {
        (_, true) | (true, _) => {
            format!("key ring {name} has changed and counts for new connections")
        }
        _ => format!(
            "key ring {name} has changed and counts for new connections: serial number {after}, before {before}"
        ),
    }
}

fn refused(name: &str, error: &RenewError) -> String {
    format!(
        "RC {}: key ring {name} has changed and cannot be used; connections go on with what was read before: {error}",
        error.code()
    )
}
