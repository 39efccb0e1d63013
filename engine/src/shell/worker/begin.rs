//! A connection begins: who it is, which rule takes it, and what that says.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Instant;

use generator::policy::lookup::{Moment, Way};

use super::super::dial::Dial;
use super::super::primaries::{Between, Primary};
use super::super::sockets::{self, Socket};
use super::super::timers::Key;
use super::link::{Kinship, Link, counters, index};
use super::listener::Leads;
use super::{NO_STAMP, Worker};
use crate::capture::Capture;
use crate::connection::{Connection, Side, Terms};
use crate::diagnosis::Case;
use crate::messages::{Doing, Subject};
use crate::policy::Protection;
use crate::tls::Evidence;

impl Worker {
    /// A connection came: it is mapped, once, and begins as its rule says.
    pub(super) fn begin(&mut self, at: usize, came: Socket, peer: SocketAddr) {
        // Whoever connects after a policy was said to be loaded meets it.
        self.take_policy();
        let Some(listener) = self.listeners.get(at) else {
            return;
        };
        let Some(course) = listener.course(&came, peer) else {
            came.reset();
            let text =
                format!("{peer} came to a port that is only for connections that are caught");
            return self.shared.log.connection(Some(text));
        };
        let target = course.dial.target;
        // An outbound connection has its own address only when it is begun.
        let (sockets, to_dial) = match listener.facts.way {
            Way::Inbound => ([Some(came), None], Side::Program),
            Way::Outbound => match course.dial.begin() {
                Ok(dialed) => ([Some(dialed), Some(came)], Side::Net),
                Err(error) => {
                    came.reset();
                    let text = format!("{target} cannot be reached: {error}");
                    return self.shared.log.connection(Some(text));
                }
            },
        };
        let net = sockets[index(Side::Net)].as_ref();
        let own = || sockets::local(&net?.fd);
        let local = course.local.or_else(own).unwrap_or(target);
        let Some((subject, kinship)) = self.map(at, local, course.remote) else {
            return;
        };
        counters(&self.shared, &subject).came();
        self.shared.log.connection(subject.mapped());
        if subject.rule.is_none() && self.shared.options.fail_closed {
            let words = "refused, as no rule takes it and the engine fails closed";
            let text = format!("{words}: {}", subject.ends());
            self.shared.log.connection(Some(text));
            return self.turn_away(&subject, &sockets);
        }
        self.open(subject, kinship, sockets, course.dial, to_dial);
    }

    /// Between whom a connection is, and by which rule, or by which other connection, it is treated.
    fn map(
        &mut self,
        at: usize,
        local: SocketAddr,
        remote: SocketAddr,
    ) -> Option<(Subject, Kinship)> {
        let listener = self.listeners.get_mut(at)?;
        let facts = &mut listener.facts;
        if let (Leads::On(_), Some(programs)) = (&listener.leads, &self.shared.programs) {
            let asks = self.instance.asks();
            let found = programs.find(asks, facts.way, local, remote);
            if asks.jobs && found.job.is_empty() || asks.users && found.user.is_empty() {
                let words =
                    "is of nobody who is known: rules with a job name or user id do not take it";
                let text = format!("the connection from {local} to {remote} {words}");
                self.shared.log.connection(Some(text));
            }
            (facts.job, facts.user) = (found.job, found.user);
        }
        (facts.local, facts.local_port) = (local.ip(), local.port());
        (facts.remote, facts.remote_port) = (remote.ip(), remote.port());
        let is_timed = self.instance.is_timed();
        facts.at = is_timed.then(now_on_the_wall).flatten();
        // Whatever rule would take it, the second connection is treated as the first.
        let (rule, kinship) = match self.shared.primaries.find(facts) {
            Some(primary) => (Some(primary.rule), Kinship::Secondary(primary.remote)),
            None => {
                let rule = self.instance.map(facts).cloned();
                let leads = rule.as_ref().filter(|rule| rule.actions.secondary);
                let between = leads.and_then(|_| Between::of(facts));
                (rule, Kinship::Primary(between))
            }
        };
        let mut subject = Subject {
            id: self.shared.number.fetch_add(1, Ordering::Relaxed),
            way: facts.way,
            local,
            remote,
            job: facts.job.clone(),
            user: facts.user.clone(),
            rule,
            extra: 0,
        };
        subject.extra = self.shared.traces.level(&subject);
        Some((subject, kinship))
    }

    /// Begins a connection as its rule says; `to_dial` is the side that is not there yet, or not yet open.
    fn open(
        &mut self,
        subject: Subject,
        kinship: Kinship,
        sockets: [Option<Socket>; 2],
        dial: Dial,
        to_dial: Side,
    ) {
        let log = &self.shared.log;
        let actions = subject.rule.as_ref().map(|rule| &rule.actions);
        let environment = actions.and_then(|actions| match &actions.protection {
            Protection::Clear => None,
            Protection::Tls(environment) => Some(&**environment),
        });
        let controlled = actions.is_some_and(|actions| actions.controlled);
        if environment.is_some() && !controlled {
            log.connection(subject.start(Doing::InitialHandshake));
        }
        let captures = self.shared.traces.captures(&subject);
        let terms = Terms {
            environment,
            controlled,
            tapped: Capture::tapped(&captures, actions.is_some_and(|actions| actions.clear_text)),
            partner: match kinship {
                Kinship::Primary(_) => subject.remote,
                Kinship::Secondary(remote) => remote,
            },
            dial: to_dial,
            handshake: actions.and_then(|actions| actions.handshake),
            cut_is_end: self.shared.options.cut_is_end,
        };
        match Connection::new(&terms, Instant::now(), &mut self.buffers) {
            Ok(connection) => {
                let link = Link {
                    key: self.vacant_key(),
                    connection,
                    sockets,
                    dial,
                    subject,
                    began: Instant::now(),
                    counted: [0; 2],
                    timed: None,
                    queued: false,
                    ends: None,
                    kinship,
                    told: None,
                    captures,
                };
                self.enter(link);
            }
            Err(failure) => {
                log.connection(subject.error(Doing::ConnectionInit, &failure));
                let case = Case::of(&subject, failure, false, Evidence::default());
                self.shared.failures.add(case);
                self.turn_away(&subject, &sockets);
            }
        }
    }

    /// A connection that came is not to be.
    fn turn_away(&self, subject: &Subject, sockets: &[Option<Socket>]) {
        let counters = counters(&self.shared, subject);
        counters.failed();
        counters.gone();
        sockets.iter().flatten().for_each(Socket::reset);
    }

    fn vacant_key(&mut self) -> Key {
        self.stamp = self.stamp.wrapping_add(1).max(NO_STAMP + 1);
        Key {
            place: self.links.vacant_key(),
            stamp: self.stamp,
        }
    }

    /// A connection is one of those that this thread serves.
    fn enter(&mut self, link: Link) {
        let (key, subject) = (link.key, &link.subject);
        if let (Kinship::Primary(Some(between)), Some(rule)) = (&link.kinship, &subject.rule) {
            let primary = Primary {
                id: subject.id,
                rule: rule.clone(),
                remote: subject.remote,
            };
            self.shared.primaries.add(between.clone(), primary);
        }
        self.links.insert(link);
        self.make_known(key);
        self.shared.open.fetch_add(1, Ordering::Relaxed);
        for side in Side::BOTH {
            self.watch(key, side);
        }
        self.keep(key);
        self.turn(key);
    }
}

/// The time of rules, which is that of the host.
fn now_on_the_wall() -> Option<Moment> {
    let now = jiff::Zoned::now();
    let small = |number: i8| u8::try_from(number).ok();
    Some(Moment {
        year: u16::try_from(now.year()).ok()?,
        month: small(now.month())?,
        day: small(now.day())?,
        hour: small(now.hour())?,
        minute: small(now.minute())?,
        second: small(now.second())?,
    })
}
