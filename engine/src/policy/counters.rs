//! What happens to the connections of a rule, counted.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{SystemTime, UNIX_EPOCH};

use control::Counts;

/// Counters that all threads add to.
#[derive(Debug)]
pub struct Counters {
    since: u64,
    connections: AtomicU64,
    open: AtomicU64,
    handshakes: AtomicU64,
    resumed: AtomicU64,
    failed: AtomicU64,
    bytes: [AtomicU64; 2],
    /// Unix seconds; 0: none came.
    last: AtomicU64,
}

impl Counters {
    /// Begins to count.
    pub fn new(since: u64) -> Self {
        Self {
            since,
            connections: AtomicU64::new(0),
            open: AtomicU64::new(0),
            handshakes: AtomicU64::new(0),
            resumed: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            bytes: Default::default(),
            last: AtomicU64::new(0),
        }
    }

    pub fn came(&self) {
        self.connections.fetch_add(1, Relaxed);
        self.open.fetch_add(1, Relaxed);
        self.last.store(now(), Relaxed);
    }

    pub fn secured(&self, resumed: bool) {
        self.handshakes.fetch_add(1, Relaxed);
        self.resumed.fetch_add(u64::from(resumed), Relaxed);
    }

    pub fn failed(&self) {
        self.failed.fetch_add(1, Relaxed);
    }

    /// Bytes of the partner and of the program that were not counted yet.
    pub fn passed(&self, bytes: [u64; 2]) {
        for (all, new) in self.bytes.iter().zip(bytes) {
            all.fetch_add(new, Relaxed);
        }
    }

    pub fn gone(&self) {
        self.open.fetch_sub(1, Relaxed);
    }

    /// How far they are.
    pub fn counts(&self) -> Counts {
        let [bytes_in, bytes_out] = [&self.bytes[0], &self.bytes[1]].map(|one| one.load(Relaxed));
        let last = self.last.load(Relaxed);
        Counts {
            since: self.since,
            connections: self.connections.load(Relaxed),
            open: self.open.load(Relaxed),
            handshakes: self.handshakes.load(Relaxed),
            resumed: self.resumed.load(Relaxed),
            failed: self.failed.load(Relaxed),
            bytes_in,
            bytes_out,
            last: (last > 0).then_some(last),
        }
    }
}

/// Unix seconds by the clock of the host.
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
