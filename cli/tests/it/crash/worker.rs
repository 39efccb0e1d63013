//! How clients ask, and how the killer learns what is under way.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::program::{Answer, Client};

/// What a kill is aimed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Edit,
    Save,
    Copy,
    Restore,
    Import,
    Install,
    Confirm,
}

impl Kind {
    pub const ALL: [Self; 7] = [
        Self::Edit,
        Self::Save,
        Self::Copy,
        Self::Restore,
        Self::Import,
        Self::Install,
        Self::Confirm,
    ];
}

/// The server was killed: the request under way has no answer.
#[derive(Debug)]
pub struct Gone;

/// What all clients do.
#[derive(Default)]
pub struct Board {
    seen: Mutex<Seen>,
    begun: Condvar,
}

#[derive(Default)]
struct Seen {
    killed: bool,
    counts: BTreeMap<Kind, Count>,
}

#[derive(Clone, Copy, Default)]
struct Count {
    begun: usize,
    acknowledged: usize,
    /// How long the last one took.
    took: Duration,
}

impl Board {
    pub fn begin(&self) {
        self.seen.lock().unwrap().killed = false;
    }

    /// From now on an error means that the server was killed.
    pub fn end(&self) {
        self.seen.lock().unwrap().killed = true;
    }

    /// Returns when the next request of this kind after `from` begins: how long one takes.
    pub fn wait_for(&self, kind: Kind, from: Instant) -> Duration {
        std::thread::sleep(from.saturating_duration_since(Instant::now()));
        let seen = self.seen.lock().unwrap();
        let of = |seen: &Seen| seen.counts.get(&kind).copied().unwrap_or_default();
        let before = of(&seen).begun;
        let patience = Duration::from_secs(20);
        let (seen, late) = self
            .begun
            .wait_timeout_while(seen, patience, |seen| of(seen).begun == before)
            .unwrap();
        assert!(!late.timed_out(), "nobody began a {kind:?}");
        of(&seen).took
    }

    pub fn acknowledged(&self, kind: Kind) -> usize {
        let seen = self.seen.lock().unwrap();
        seen.counts.get(&kind).map_or(0, |count| count.acknowledged)
    }

    pub fn summary(&self) -> String {
        let seen = self.seen.lock().unwrap();
        let words = seen.counts.iter().map(|(kind, count)| {
            let (all, begun) = (count.acknowledged, count.begun);
            format!("{kind:?}: {all} of {begun} acknowledged")
        });
        words.collect::<Vec<_>>().join(", ")
    }

    fn note_begin(&self, kind: Kind) {
        let mut seen = self.seen.lock().unwrap();
        seen.counts.entry(kind).or_default().begun += 1;
        self.begun.notify_all();
    }

    fn note_end(&self, kind: Kind, took: Duration) {
        let mut seen = self.seen.lock().unwrap();
        let count = seen.counts.entry(kind).or_default();
        count.acknowledged += 1;
        count.took = took;
    }
}

/// Asks the server; whatever it refuses fails the test.
#[derive(Clone, Copy)]
pub struct Worker<'a> {
    pub client: &'a Client,
    pub board: &'a Board,
}

impl Worker<'_> {
    pub fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Gone> {
        Ok(self.ask("GET", path, "")?.json())
    }

    /// `None` for what is not there.
    pub fn find<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, Gone> {
        let answer = self.arrived(self.client.get(path))?;
        Ok(match answer.status {
            404 => None,
            _ => Some(granted(path, answer).json()),
        })
    }

    pub fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, Gone> {
        Ok(self.ask("POST", path, &json(body))?.json())
    }

    /// Posts what a kill may be aimed at.
    pub fn act<T: DeserializeOwned>(
        &self,
        kind: Kind,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Gone> {
        self.act_with(kind, path, "application/json", &json(body))
    }

    pub fn act_with<T: DeserializeOwned>(
        &self,
        kind: Kind,
        path: &str,
        media: &str,
        body: &str,
    ) -> Result<T, Gone> {
        self.board.note_begin(kind);
        let begun = Instant::now();
        let answer = self.arrived(self.client.call("POST", path, media, body))?;
        let answer = granted(path, answer);
        self.board.note_end(kind, begun.elapsed());
        Ok(answer.json())
    }

    pub fn ask(&self, method: &str, path: &str, body: &str) -> Result<Answer, Gone> {
        let answer = self.client.call(method, path, "application/json", body);
        Ok(granted(path, self.arrived(answer)?))
    }

    fn arrived(&self, answer: std::io::Result<Answer>) -> Result<Answer, Gone> {
        answer.map_err(|error| {
            let killed = self.board.seen.lock().unwrap().killed;
            assert!(killed, "the server runs and does not answer: {error}");
            Gone
        })
    }
}

fn granted(path: &str, answer: Answer) -> Answer {
    let good = (200..300).contains(&answer.status);
    assert!(good, "{path}: {} {}", answer.status, answer.body);
    answer
}

pub fn json(body: &impl Serialize) -> String {
    serde_json::to_string(body).unwrap()
}
