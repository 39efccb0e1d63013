//! What traces keep of connections: what was said in the handshake, and what was on the wire. Bounded, and
//! without anything that programs say, but for secrets that open it where somebody gave a reason.

mod certificates;
mod extensions;
mod hello;
mod messages;
mod names;
mod pcapng;
mod reader;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use generator::policy::lookup::Way;

use crate::messages::Subject;
use crate::tls::{Passed, Tapped, What, is_of_handshake};
use control::CapturedRecord;

/// Bytes that are kept of one connection.
const CONNECTION: usize = 128 << 10;
/// Records that are kept of one connection.
const RECORDS: usize = 300;
/// Bytes that one trace keeps.
const TRACE: usize = 2 << 20;
/// Connections that one trace keeps.
const CONNECTIONS: usize = 1000;
/// What a record takes besides its bytes, about.
const BESIDES: usize = 96;
/// Records of one answer.
const ANSWER: usize = 500;

/// Secrets that are kept of one connection.
const SECRETS: usize = 8;

/// What one trace keeps.
#[derive(Debug, Default)]
pub struct Capture {
    /// Why it keeps secrets that open the data of programs; `None`: it does not.
    reason: Option<String>,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// The oldest first; it goes first, too.
    connections: VecDeque<Conversation>,
    /// Records that there were.
    seen: u64,
    dropped: u64,
    bytes: usize,
    /// The trace is over: nothing more comes.
    over: bool,
}

/// What is kept of one connection.
#[derive(Debug)]
struct Conversation {
    id: u32,
    way: Way,
    local: SocketAddr,
    remote: SocketAddr,
    /// Microseconds since 1970.
    began: u64,
    ended: Option<u64>,
    records: Vec<Record>,
    chunks: Vec<Chunk>,
    secrets: Vec<String>,
    bytes: usize,
    /// More was said than is kept: from here on there is a gap.
    full: bool,
}

#[derive(Debug)]
struct Record {
    number: u64,
    time: u64,
    from_partner: bool,
    what: What,
}

/// Bytes that were on the wire in one piece.
#[derive(Debug)]
struct Chunk {
    time: u64,
    from_partner: bool,
    bytes: Box<[u8]>,
}

/// How much there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    pub records: u64,
    pub dropped: u64,
}

impl Capture {
    /// One that keeps what opens the data of programs, too, for this reason.
    pub fn of_data(reason: String) -> Self {
        Self {
            reason: Some(reason),
            ..Self::default()
        }
    }

    /// Why it keeps what opens the data of programs; `None`: it does not.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// What is to be noted of a connection for these; `allowed`: its rule lets traces keep what programs say.
    pub fn tapped(captures: &[Arc<Self>], allowed: bool) -> Tapped {
        match captures {
            [] => Tapped::Nothing,
            all if allowed && all.iter().any(|one| one.reason.is_some()) => Tapped::Data,
            _ => Tapped::Handshakes,
        }
    }

    /// Something passed on a connection.
    pub fn add(&self, subject: &Subject, passed: &Passed) {
        let now = microseconds();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.over {
            return;
        }
        kept.add(subject, passed, now, self.reason.is_some());
        while kept.bytes > TRACE || kept.connections.len() > CONNECTIONS {
            let Some(oldest) = kept.connections.pop_front() else {
                break;
            };
            kept.bytes -= oldest.bytes;
            kept.dropped += oldest.records.len() as u64;
        }
    }

    /// A connection ended.
    pub fn end(&self, connection: u32) {
        let now = microseconds();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = kept.connections.iter_mut();
        if let Some(one) = all.find(|one| one.id == connection) {
            one.ended = Some(now);
        }
    }

    /// Nothing more is to be kept.
    pub fn close(&self) {
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .over = true;
    }

    pub fn amount(&self) -> Amount {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let all = kept.connections.iter();
        Amount {
            records: all.map(|one| one.records.len() as u64).sum(),
            dropped: kept.dropped,
        }
    }

    /// Records with larger numbers in words, the oldest first and as many as one answer has, and how many are
    /// missing in all.
    pub fn records(&self, after: u64) -> (Vec<CapturedRecord>, u64) {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let of = |one: &'_ Conversation| one.id;
        let mut found: Vec<(u32, &Record)> = Vec::new();
        for one in &kept.connections {
            let newer = one.records.iter().filter(|record| record.number > after);
            found.extend(newer.map(|record| (of(one), record)));
        }
        found.sort_unstable_by_key(|(_, record)| record.number);
        found.truncate(ANSWER);
        let told = found
            .into_iter()
            .map(|(connection, record)| record.told(connection));
        (told.collect(), kept.dropped)
    }

    /// All of it as packets.
    pub fn pcapng(&self, with_secrets: bool) -> Vec<u8> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        pcapng::file(&kept.connections, with_secrets)
    }
}

impl Kept {
    fn add(&mut self, subject: &Subject, passed: &Passed, now: u64, opens_data: bool) {
        // Those that speak are among the last that came.
        let known = self
            .connections
            .iter()
            .rposition(|one| one.id == subject.id);
        let at = known.unwrap_or_else(|| {
            self.connections.push_back(Conversation {
                id: subject.id,
                way: subject.way,
                local: subject.local,
                remote: subject.remote,
                began: now,
                ended: None,
                records: Vec::new(),
                chunks: Vec::new(),
                secrets: Vec::new(),
                bytes: BESIDES,
                full: false,
            });
            self.bytes += BESIDES;
            self.connections.len() - 1
        });
        let Some(one) = self.connections.get_mut(at) else {
            return;
        };
        let before = one.bytes;
        for said in &passed.said {
            self.seen += 1;
            let bytes = BESIDES
                + match &said.what {
                    What::Message { bytes, .. } => bytes.len(),
                    What::Data { .. } => 0,
                };
            if one.bytes + bytes > CONNECTION || one.records.len() >= RECORDS {
                self.dropped += 1;
                continue;
            }
            one.bytes += bytes;
            one.records.push(Record {
                number: self.seen,
                time: now,
                from_partner: said.from_partner,
                what: said.what.clone(),
            });
        }
        for (from_partner, piece) in &passed.wire {
            let bytes = BESIDES + piece.len();
            // After a gap, what follows cannot be read.
            one.full |= one.bytes + bytes > CONNECTION;
            if !one.full {
                one.bytes += bytes;
                one.chunks.push(Chunk {
                    time: now,
                    from_partner: *from_partner,
                    bytes: piece.as_slice().into(),
                });
            }
        }
        for secret in &passed.secrets {
            if one.secrets.len() < SECRETS && (opens_data || is_of_handshake(secret)) {
                one.bytes += secret.len();
                one.secrets.push(secret.clone());
            }
        }
        self.bytes += one.bytes - before;
    }
}

impl Record {
    fn told(&self, connection: u32) -> CapturedRecord {
        let words = messages::words(&self.what);
        CapturedRecord {
            number: self.number,
            time_us: self.time,
            connection,
            from_partner: self.from_partner,
            kind: words.kind,
            summary: words.summary,
            details: words.details,
        }
    }
}

fn microseconds() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
    })
}
