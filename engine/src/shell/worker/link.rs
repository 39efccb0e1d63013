//! A connection with its sockets.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Instant;

use control::{ConnectionInfo, MapType};
use generator::policy::lookup::Way;

use super::super::dial::Dial;
use super::super::known::Ends;
use super::super::primaries::Between;
use super::super::shared::Shared;
use super::super::sockets::Socket;
use super::super::timers::Key;
use super::Told;
use crate::capture::Capture;
use crate::connection::{Connection, Side};
use crate::messages::Subject;
use crate::policy::Counters;
use crate::tls::Alert;

/// Whether a connection was mapped by itself.
pub(super) enum Kinship {
    /// It was; others are mapped like it, if there is something that they share.
    Primary(Option<Between>),
    /// It was mapped like another one, which has this partner.
    Secondary(SocketAddr),
}

/// A connection with its sockets.
pub(super) struct Link {
    pub key: Key,
    pub connection: Connection,
    /// By [`Side`]; `None`: not there yet, or not any more.
    pub sockets: [Option<Socket>; 2],
    pub dial: Dial,
    pub subject: Subject,
    pub began: Instant,
    /// Bytes that were counted, by [`Side`].
    pub counted: [u64; 2],
    /// The deadline for which a timer runs.
    pub timed: Option<Instant>,
    /// It waits for its next turn.
    pub queued: bool,
    /// By which it is known to its program.
    pub ends: Option<Ends>,
    pub kinship: Kinship,
    /// A program that waits for what comes of its order.
    pub told: Option<Sender<Told>>,
    /// Traces that keep what is said on it.
    pub captures: Box<[Arc<Capture>]>,
}

impl Link {
    pub fn count(&mut self, shared: &Shared) {
        let now = Side::BOTH.map(|side| self.connection.received(side));
        let [net, program] = [0, 1].map(|at| now[at] - self.counted[at]);
        counters(shared, &self.subject).passed([net, program]);
        self.counted = now;
    }

    pub fn info(&self) -> ConnectionInfo {
        let subject = &self.subject;
        let actions = subject.rule.as_ref().map(|rule| &rule.actions);
        let controlled = actions.is_some_and(|actions| actions.controlled);
        let actions = actions.map(|all| [&all.group, &all.environment, &all.connection]);
        let actions = actions.map(|all| all.map(|one| one.text.clone()));
        ConnectionInfo {
            id: subject.id,
            inbound: subject.way == Way::Inbound,
            local: subject.local,
            remote: subject.remote,
            job: subject.job.clone(),
            user: subject.user.clone(),
            rule: subject.rule.as_ref().map(|rule| rule.name.to_string()),
            actions: actions.unwrap_or_default(),
            map_type: match self.kinship {
                Kinship::Primary(_) => MapType::Primary,
                Kinship::Secondary(_) => MapType::Secondary,
            },
            controlled,
            phase: self.connection.stage(),
            tls: self.connection.secured(),
            last_alert: self.connection.alert().map(Alert::info),
            bytes_in: self.connection.received(Side::Net),
            bytes_out: self.connection.received(Side::Program),
            age: self.began.elapsed().as_secs(),
        }
    }

    pub fn socket(&self, side: Side) -> Option<&Socket> {
        self.sockets[index(side)].as_ref()
    }

    /// There may be something to read, and it is wanted.
    pub fn has_more(&self, side: Side) -> bool {
        let readable = self
            .socket(side)
            .is_some_and(|socket| socket.readable && !socket.dialing);
        readable && self.connection.wants(side)
    }
}

/// What counts the connections of a rule, or of none.
pub(super) fn counters<'a>(shared: &'a Shared, subject: &'a Subject) -> &'a Counters {
    match &subject.rule {
        Some(rule) => &rule.counters,
        None => &shared.unmapped,
    }
}

pub(super) const fn index(side: Side) -> usize {
    match side {
        Side::Net => 0,
        Side::Program => 1,
    }
}
