//! One thread: waits for its sockets, and does what the connections say.

mod controlled;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use generator::policy::lookup::{self, Moment, Way};
use rustix::event::Timespec;
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::io::Errno;
use slab::Slab;

use super::Mailbox;
use super::dial::{Caller, Dial};
use super::known::Ends;
use super::pair::Pair;
use super::primaries::{Between, Primary};
use super::shared::Shared;
use super::sockets::{self, Read, Socket};
use super::timers::{Key, Timers};
use super::traces::is_meant;
use super::transparent::{Marks, Trap};
use crate::capture::Capture;
use crate::connection::{Buffers, Command, Connection, Event, Notice, Side, Terms};
use crate::diagnosis::Case;
use crate::messages::{Doing, Subject};
use crate::policy::{Counters, Instance, Protection, Rule};
use crate::tls::{Alert, Evidence, Failure};
use control::{ConnectionInfo, MapType, Which};
pub use controlled::{Change, Told};

/// Events that are taken from the kernel at once.
const EVENTS: usize = 512;
/// Connections that one listener gives at once, before others have their turn.
const ACCEPTS: usize = 64;
/// Reads of one connection before others have their turn.
const READS: usize = 8;
/// How long nothing is accepted after the host had no descriptor left.
const PAUSE: Duration = Duration::from_millis(100);

/// A listening socket.
struct Listener {
    leads: Leads,
    fd: OwnedFd,
    /// The facts by which its connections are mapped: those that they share.
    facts: lookup::Connection,
}

/// Where the connections of a listener are led.
enum Leads {
    To(SocketAddr, Option<Marks>),
    /// Where they went before they were caught.
    On(Marks),
}

/// Where a connection goes, and between whom it is.
struct Course {
    dial: Dial,
    local: Option<SocketAddr>,
    remote: SocketAddr,
}

/// Whether a connection was mapped by itself.
enum Kinship {
    /// It was; others are mapped like it, if there is something that they share.
    Primary(Option<Between>),
    /// It was mapped like another one, which has this partner.
    Secondary(SocketAddr),
}

/// A connection with its sockets.
struct Link {
    key: Key,
    connection: Connection,
    /// By [`Side`]; `None`: not there yet, or not any more.
    sockets: [Option<Socket>; 2],
    dial: Dial,
    subject: Subject,
    began: Instant,
    /// Bytes that were counted, by [`Side`].
    counted: [u64; 2],
    /// The deadline for which a timer runs.
    timed: Option<Instant>,
    /// It waits for its next turn.
    queued: bool,
    /// By which it is known to its program.
    ends: Option<Ends>,
    kinship: Kinship,
    /// A program that waits for what comes of its order.
    told: Option<Sender<Told>>,
    /// Traces that keep what is said on it.
    captures: Box<[Arc<Capture>]>,
}

pub struct Worker {
    /// Which of the threads it is.
    number: usize,
    epoll: OwnedFd,
    /// Becomes readable when there is something new in `shared`.
    wake: Arc<OwnedFd>,
    shared: Arc<Shared>,
    mailbox: Arc<Mailbox>,
    listeners: Vec<Listener>,
    /// Until when nothing is accepted.
    paused: Option<Instant>,
    links: Slab<Link>,
    buffers: Buffers,
    timers: Timers,
    /// Connections that have more to read than their turn allowed.
    queue: VecDeque<Key>,
    instance: Arc<Instance>,
    /// How many policies were replaced by it.
    replaced: u64,
    stamp: u32,
    /// When what is still open is cut.
    ends: Option<Instant>,
}

/// What an event of the kernel is about, in its 64 bits: the stamp, then the place and the side.
enum Token {
    Wake,
    Listener(usize),
    Link(Key, Side),
}

/// The stamp of what is no connection.
const NO_STAMP: u32 = 0;

impl Token {
    fn data(&self) -> EventData {
        let joined =
            |stamp: u32, low: usize| EventData::new_u64(u64::from(stamp) << 32 | low as u64);
        match self {
            Self::Wake => joined(NO_STAMP, 0),
            Self::Listener(at) => joined(NO_STAMP, at + 1),
            Self::Link(key, side) => joined(
                key.stamp,
                key.place << 1 | usize::from(*side == Side::Program),
            ),
        }
    }

    fn of(data: EventData) -> Self {
        let (stamp, low) = (
            (data.u64() >> 32) as u32,
            (data.u64() & 0xffff_ffff) as usize,
        );
        match (stamp, low) {
            (NO_STAMP, 0) => Self::Wake,
            (NO_STAMP, at) => Self::Listener(at - 1),
            (stamp, low) => {
                let side = if low & 1 == 1 {
                    Side::Program
                } else {
                    Side::Net
                };
                Self::Link(
                    Key {
                        place: low >> 1,
                        stamp,
                    },
                    side,
                )
            }
        }
    }
}

impl Worker {
    pub fn new(
        shared: Arc<Shared>,
        wake: Arc<OwnedFd>,
        mailbox: Arc<Mailbox>,
        number: usize,
        listeners: Vec<(Pair, OwnedFd)>,
        traps: Vec<Trap>,
    ) -> Result<Self, Errno> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        epoll::add(&epoll, &*wake, Token::Wake.data(), EventFlags::IN)?;
        let user = shared.options.user.clone();
        let marks = traps.first().map(|trap| trap.marks);
        let listeners: Vec<_> = listeners
            .into_iter()
            .map(|(pair, fd)| Listener::new(pair, fd, &user, marks))
            .chain(traps.into_iter().map(Listener::of_trap))
            .collect();
        for (at, listener) in listeners.iter().enumerate() {
            epoll::add(
                &epoll,
                &listener.fd,
                Token::Listener(at).data(),
                EventFlags::IN,
            )?;
        }
        Ok(Self {
            number,
            epoll,
            wake,
            instance: shared.instance(),
            replaced: 0,
            shared,
            mailbox,
            listeners,
            paused: None,
            links: Slab::new(),
            buffers: Buffers::default(),
            timers: Timers::default(),
            queue: VecDeque::new(),
            stamp: NO_STAMP,
            ends: None,
        })
    }

    /// Works until it is told to end and its connections have ended.
    pub fn run(&mut self) -> Result<(), Errno> {
        let mut events: Vec<epoll::Event> = Vec::with_capacity(EVENTS);
        while !self.is_done() {
            events.clear();
            let timeout = self.timeout();
            match epoll::wait(
                &self.epoll,
                rustix::buffer::spare_capacity(&mut events),
                timeout.as_ref(),
            ) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(error),
            }
            for event in &events {
                match Token::of(event.data) {
                    Token::Wake => self.look_at_shared(),
                    Token::Listener(at) => {
                        self.accept(at);
                    }
                    Token::Link(key, side) => self.on_ready(key, side, event.flags),
                }
            }
            self.work_off_queue();
            self.work_off_timers();
        }
        Ok(())
    }

    fn is_done(&self) -> bool {
        let Some(ends) = self.ends else { return false };
        self.links.is_empty() || Instant::now() >= ends
    }

    fn timeout(&self) -> Option<Timespec> {
        if !self.queue.is_empty() {
            return Some(Timespec::default());
        }
        let times = [self.timers.next(), self.paused, self.ends];
        let next = times.into_iter().flatten().min()?;
        let left = next.saturating_duration_since(Instant::now());
        // The kernel cuts to milliseconds on some releases: never too early.
        Timespec::try_from(left + Duration::from_millis(1)).ok()
    }

    /// Takes the policy that counts now.
    fn take_policy(&mut self) {
        if let Some(newer) = self.shared.newer_instance(&mut self.replaced) {
            self.instance = newer;
        }
    }

    /// Takes the policy that counts now and does what is asked of it, or begins to end.
    fn look_at_shared(&mut self) {
        let mut count = [0; 8];
        let _ = rustix::io::read(&*self.wake, &mut count);
        self.take_policy();
        for errand in self.mailbox.take() {
            errand(self);
        }
        if self.ends.is_none() && self.shared.ends.load(Ordering::Acquire) {
            for at in 0..self.listeners.len() {
                // Who came before the end is not turned away.
                while self.accept(at) {}
            }
            self.listeners.clear();
            self.ends = Some(Instant::now() + self.shared.options.grace);
        }
    }

    fn work_off_queue(&mut self) {
        for _ in 0..self.queue.len() {
            let Some(key) = self.queue.pop_front() else {
                return;
            };
            if let Some(link) = self.link(key) {
                link.queued = false;
                self.turn(key);
            }
        }
    }

    fn work_off_timers(&mut self) {
        let now = Instant::now();
        while let Some(key) = self.timers.due(now) {
            let Some(link) = self.link(key) else { continue };
            link.timed = None;
            if link
                .connection
                .deadline()
                .is_some_and(|deadline| deadline <= now)
            {
                self.tell(key, Event::Timeout);
            }
            self.turn(key);
        }
        if self.paused.is_some_and(|until| until <= now) {
            self.paused = None;
            self.listen(EventFlags::IN);
        }
    }

    fn listen(&self, flags: EventFlags) {
        for (at, listener) in self.listeners.iter().enumerate() {
            let _ = epoll::modify(&self.epoll, &listener.fd, Token::Listener(at).data(), flags);
        }
    }

    /// Nothing is accepted for a moment; who comes waits in the queues of the kernel.
    fn pause(&mut self) {
        self.paused = Some(Instant::now() + PAUSE);
        self.listen(EventFlags::empty());
    }

    /// Takes the connections that wait at a listener; whether there may be more.
    fn accept(&mut self, at: usize) -> bool {
        for _ in 0..ACCEPTS {
            let Some(listener) = self.listeners.get(at) else {
                return false;
            };
            if self.shared.open.load(Ordering::Relaxed) >= self.shared.options.connections {
                self.pause();
                return false;
            }
            match sockets::accept(&listener.fd) {
                Ok((socket, peer)) => self.begin(at, socket, peer),
                Err(Errno::AGAIN) => return false,
                Err(Errno::MFILE | Errno::NFILE | Errno::NOBUFS | Errno::NOMEM) => {
                    let words = "no file descriptor is left: connections wait to be accepted";
                    self.shared.log.connection(Some(words.to_owned()));
                    self.pause();
                    return false;
                }
                // The partner went away meanwhile.
                Err(_) => {}
            }
        }
        true
    }

    /// A connection came: it is mapped, once, and begins as its rule says.
    fn begin(&mut self, at: usize, came: Socket, peer: SocketAddr) {
        // Whoever connects after a policy was said to be loaded meets it.
        self.take_policy();
        let Some(listener) = self.listeners.get_mut(at) else {
            return;
        };
        let way = listener.facts.way;
        let Some(course) = listener.course(&came, peer) else {
            came.reset();
            let text =
                format!("{peer} came to a port that is only for connections that are caught");
            return self.shared.log.connection(Some(text));
        };
        let target = course.dial.target;
        // An outbound connection has its own address only when it is begun.
        let (net, program, dial) = match way {
            Way::Inbound => (Some(came), None, Side::Program),
            Way::Outbound => match course.dial.begin() {
                Ok(dialed) => (Some(dialed), Some(came), Side::Net),
                Err(error) => {
                    came.reset();
                    let text = format!("{target} cannot be reached: {error}");
                    return self.shared.log.connection(Some(text));
                }
            },
        };
        let remote = course.remote;
        let own = || net.as_ref().and_then(|socket| sockets::local(&socket.fd));
        let local = course.local.or_else(own).unwrap_or(target);
        if let (Leads::On(_), Some(programs)) = (&listener.leads, &self.shared.programs) {
            let asks = self.instance.asks();
            let found = programs.find(asks, way, local, remote);
            if asks.jobs && found.job.is_empty() || asks.users && found.user.is_empty() {
                let words =
                    "is of nobody who is known: rules with a job name or user id do not take it";
                let text = format!("the connection from {local} to {remote} {words}");
                self.shared.log.connection(Some(text));
            }
            (listener.facts.job, listener.facts.user) = (found.job, found.user);
        }
        listener.facts.local = local.ip();
        listener.facts.local_port = local.port();
        listener.facts.remote = remote.ip();
        listener.facts.remote_port = remote.port();
        listener.facts.at = if self.instance.is_timed() {
            now_on_the_wall()
        } else {
            None
        };
        // Whatever rule would take it, the second connection is treated as the first.
        let primary = self.shared.primaries.find(&listener.facts);
        let rule = match &primary {
            Some(primary) => Some(&primary.rule),
            None => self.instance.map(&listener.facts),
        };
        let between = rule
            .filter(|rule| primary.is_none() && rule.actions.secondary)
            .and_then(|_| Between::of(&listener.facts));
        let mut subject = Subject {
            id: self.shared.number.fetch_add(1, Ordering::Relaxed),
            way,
            local,
            remote,
            job: listener.facts.job.clone(),
            user: listener.facts.user.clone(),
            rule: rule.cloned(),
            extra: 0,
        };
        subject.extra = self.shared.traces.level(&subject);
        let counters = counters(&self.shared, &subject);
        counters.came();
        let log = &self.shared.log;
        log.connection(subject.mapped());
        if subject.rule.is_none() && self.shared.options.fail_closed {
            let text = format!(
                "refused, as no rule takes it and the engine fails closed: {}",
                subject.ends()
            );
            log.connection(Some(text));
            counters.failed();
            counters.gone();
            [net, program].iter().flatten().for_each(Socket::reset);
            return;
        }
        let environment = rule.and_then(|rule| match &rule.actions.protection {
            Protection::Clear => None,
            Protection::Tls(environment) => Some(&**environment),
        });
        let controlled = rule.is_some_and(|rule| rule.actions.controlled);
        if environment.is_some() && !controlled {
            log.connection(subject.start(Doing::InitialHandshake));
        }
        let session_of = primary.as_ref().map_or(remote, |primary| primary.remote);
        let captures = self.shared.traces.captures(&subject);
        let terms = Terms {
            environment,
            controlled,
            watched: !captures.is_empty(),
            partner: session_of,
            dial,
            handshake: rule.and_then(|rule| rule.actions.handshake),
            cut_is_end: self.shared.options.cut_is_end,
        };
        match Connection::new(&terms, Instant::now(), &mut self.buffers) {
            Ok(connection) => {
                let kinship = match primary {
                    Some(primary) => Kinship::Secondary(primary.remote),
                    None => Kinship::Primary(between),
                };
                self.insert(
                    connection,
                    [net, program],
                    course.dial,
                    subject,
                    kinship,
                    captures,
                );
            }
            Err(failure) => {
                log.connection(subject.error(Doing::ConnectionInit, &failure));
                let case = Case::of(&subject, failure, false, Evidence::default());
                self.shared.failures.add(case);
                counters.failed();
                counters.gone();
                [net, program].iter().flatten().for_each(Socket::reset);
            }
        }
    }

    fn insert(
        &mut self,
        connection: Connection,
        sockets: [Option<Socket>; 2],
        dial: Dial,
        subject: Subject,
        kinship: Kinship,
        captures: Box<[Arc<Capture>]>,
    ) {
        if let (Kinship::Primary(Some(between)), Some(rule)) = (&kinship, &subject.rule) {
            let primary = Primary {
                id: subject.id,
                rule: rule.clone(),
                remote: subject.remote,
            };
            self.shared.primaries.add(between.clone(), primary);
        }
        self.stamp = self.stamp.wrapping_add(1).max(NO_STAMP + 1);
        let entry = self.links.vacant_entry();
        let key = Key {
            place: entry.key(),
            stamp: self.stamp,
        };
        entry.insert(Link {
            key,
            connection,
            sockets,
            dial,
            subject,
            kinship,
            began: Instant::now(),
            counted: [0; 2],
            timed: None,
            queued: false,
            ends: None,
            told: None,
            captures,
        });
        self.make_known(key);
        self.shared.open.fetch_add(1, Ordering::Relaxed);
        for side in Side::BOTH {
            self.watch(key, side);
        }
        self.keep(key);
        self.turn(key);
    }

    /// Has the kernel tell of a socket, once for each change.
    fn watch(&mut self, key: Key, side: Side) {
        let flags = EventFlags::IN | EventFlags::OUT | EventFlags::RDHUP | EventFlags::ET;
        let Some(socket) = self.links.get(key.place).and_then(|link| link.socket(side)) else {
            return;
        };
        let watched = epoll::add(
            &self.epoll,
            &socket.fd,
            Token::Link(key, side).data(),
            flags,
        );
        if watched.is_err() {
            self.tell(key, Event::Lost(side));
        }
    }

    fn link(&mut self, key: Key) -> Option<&mut Link> {
        self.links.get_mut(key.place).filter(|link| link.key == key)
    }

    /// The kernel says something about a socket.
    fn on_ready(&mut self, key: Key, side: Side, flags: EventFlags) {
        let Some(link) = self.link(key) else { return };
        let Some(socket) = link.sockets[index(side)].as_mut() else {
            return;
        };
        let broken = flags.contains(EventFlags::ERR);
        let gone = broken || flags.contains(EventFlags::HUP);
        if socket.dialing {
            if !gone && !flags.contains(EventFlags::OUT) {
                return;
            }
            socket.dialing = false;
            // Who speaks first may have done so already, and the kernel does not say it again.
            socket.ending = gone || flags.contains(EventFlags::RDHUP);
            socket.readable = socket.ending || flags.contains(EventFlags::IN);
            let error = sockets::dial_error(socket);
            let event = if error.is_some() {
                Event::Undialed
            } else {
                Event::Dialed
            };
            self.tell(key, event);
            return self.turn(key);
        }
        socket.ending |= gone || flags.contains(EventFlags::RDHUP);
        socket.readable |= socket.ending || flags.contains(EventFlags::IN);
        let deaf = broken && !link.connection.wants(side);
        if deaf {
            self.tell(key, Event::Lost(side));
        } else if gone || flags.contains(EventFlags::OUT) {
            self.tell(key, Event::Writable(side));
        }
        self.turn(key);
    }

    fn tell(&mut self, key: Key, event: Event) {
        let Some(link) = self.links.get_mut(key.place).filter(|link| link.key == key) else {
            return;
        };
        link.connection
            .on_event(Instant::now(), event, &mut self.buffers);
        self.keep(key);
        self.obey(key);
    }

    /// Hands what was said to the traces that keep it.
    fn keep(&mut self, key: Key) {
        let Some(link) = self.links.get_mut(key.place) else {
            return;
        };
        if link.captures.is_empty() {
            return;
        }
        if let Some(passed) = link.connection.passed() {
            for capture in &link.captures {
                capture.add(&link.subject, &passed);
            }
        }
    }

    /// Reads what a connection wants and has, and does what it says.
    fn turn(&mut self, key: Key) {
        self.obey(key);
        for _ in 0..READS {
            let mut read = false;
            for side in Side::BOTH {
                read |= self.read(key, side);
            }
            if !read {
                break;
            }
        }
        let Some(link) = self.links.get_mut(key.place).filter(|link| link.key == key) else {
            return;
        };
        let more = Side::BOTH.into_iter().any(|side| link.has_more(side));
        if more && !link.queued {
            link.queued = true;
            self.queue.push_back(key);
        }
        if let Some(deadline) = link
            .connection
            .deadline()
            .filter(|deadline| link.timed.is_none_or(|timed| *deadline < timed))
        {
            link.timed = Some(deadline);
            self.timers.add(deadline, key);
        }
    }

    /// One read of a side; whether there was anything to read.
    fn read(&mut self, key: Key, side: Side) -> bool {
        let Some(link) = self.links.get_mut(key.place).filter(|link| link.key == key) else {
            return false;
        };
        if !link.has_more(side) {
            return false;
        }
        let Some(socket) = link.sockets[index(side)].as_mut() else {
            return false;
        };
        let event = match socket.read(self.buffers.room(side)) {
            Read::Bytes(0) => Event::Ended(side),
            Read::Bytes(bytes) => Event::Received(side, bytes),
            Read::Nothing => return false,
            Read::Broken => Event::Lost(side),
        };
        self.tell(key, event);
        true
    }

    /// Does all that a connection says.
    fn obey(&mut self, key: Key) {
        while let Some(link) = self.links.get_mut(key.place).filter(|link| link.key == key) {
            let Some(command) = link.connection.next(&self.buffers) else {
                return;
            };
            match command {
                Command::Dial => self.dial(key),
                Command::Send(side) => self.send(key, side),
                Command::Finish(side) => {
                    link.socket(side).into_iter().for_each(Socket::finish);
                }
                Command::Reset(side) => {
                    if let Some(socket) = link.sockets[index(side)].take() {
                        socket.reset();
                    }
                }
                Command::Tell(notice) => {
                    link.tell_program(&notice);
                    self.report(key, notice);
                }
                Command::Close { reset } => return self.close(key, reset),
            }
        }
    }

    fn dial(&mut self, key: Key) {
        let Some(link) = self.links.get_mut(key.place) else {
            return;
        };
        // An outbound connection was begun before it was mapped.
        if link.sockets.iter().all(Option::is_some) {
            return;
        }
        match link.dial.begin() {
            Ok(socket) => {
                link.sockets[index(Side::Program)] = Some(socket);
                self.make_known(key);
                self.watch(key, Side::Program);
            }
            Err(_) => {
                link.connection
                    .on_event(Instant::now(), Event::Undialed, &mut self.buffers);
            }
        }
    }

    fn send(&mut self, key: Key, side: Side) {
        let Some(link) = self.links.get_mut(key.place) else {
            return;
        };
        let sent = match link.socket(side) {
            Some(socket) => socket.write(link.connection.bytes(side, &self.buffers)),
            None => Err(Errno::NOTCONN),
        };
        match sent {
            Ok(bytes) => link.connection.sent(side, bytes, &self.buffers),
            Err(_) => {
                link.connection
                    .on_event(Instant::now(), Event::Lost(side), &mut self.buffers)
            }
        }
    }

    fn report(&mut self, key: Key, notice: Notice) {
        let Some(link) = self.links.get_mut(key.place) else {
            return;
        };
        let (subject, log) = (&link.subject, &self.shared.log);
        let counters = counters(&self.shared, subject);
        match notice {
            Notice::Secured(agreed) => {
                counters.secured(agreed.resumed);
                let resumed = if agreed.resumed { " resumed" } else { "" };
                let user = agreed.user.as_ref();
                let user = user.map_or_else(String::new, |user| format!(" certificate of {user}"));
                let more = format!("{} {}{resumed}{user}", agreed.version, agreed.suite);
                log.connection(subject.event(Doing::InitialHandshake, 0, &more));
            }
            Notice::Failed { failure, secured } => {
                counters.failed();
                let doing = if secured {
                    Doing::DataDecryption
                } else {
                    Doing::InitialHandshake
                };
                log.connection(subject.error(doing, &failure));
                log.connection(subject.event(doing, failure.code, ""));
                let evidence = link.connection.evidence();
                let case = Case::of(subject, failure, secured, evidence);
                self.shared.failures.add(case);
            }
            Notice::Cut => {
                let words = "the partner ended the connection without saying so in TLS; the program's connection is cut";
                log.connection(subject.error(Doing::ConnectionClose, &Failure::new(420, words)));
            }
            Notice::Renewed => log.connection(subject.event(Doing::ResetCipher, 0, "")),
            Notice::NotRenewed => log.connection(subject.event(Doing::ResetCipher, 432, "")),
            Notice::Stopped => log.connection(subject.event(Doing::ConnectionStop, 0, "")),
            Notice::Silent => {
                let more = "stays in the clear, as the program allows";
                log.connection(subject.event(Doing::InitialHandshake, 5004, more));
            }
            Notice::Undialed => {
                let text = format!(
                    "{} cannot be reached: CONNID: {:08X} {}",
                    link.dial.target,
                    subject.id,
                    subject.ends()
                );
                log.connection(Some(text));
            }
        }
    }

    fn close(&mut self, key: Key, reset: bool) {
        let Some(mut link) = self.links.try_remove(key.place) else {
            return;
        };
        self.forget(&link);
        if let Kinship::Primary(Some(between)) = &link.kinship {
            self.shared.primaries.remove(between, link.subject.id);
        }
        link.count(&self.shared);
        for capture in &link.captures {
            capture.end(link.subject.id);
        }
        counters(&self.shared, &link.subject).gone();
        self.shared.open.fetch_sub(1, Ordering::Relaxed);
        if reset {
            link.sockets.iter().flatten().for_each(Socket::reset);
        }
        let bytes = Side::BOTH.map(|side| link.connection.received(side));
        let more = format!("{} bytes in, {} bytes out", bytes[0], bytes[1]);
        self.shared
            .log
            .connection(link.subject.event(Doing::ConnectionClose, 0, &more));
    }
}

/// What counts the connections of a rule, or of none.
fn counters<'a>(shared: &'a Shared, subject: &'a Subject) -> &'a Counters {
    match &subject.rule {
        Some(rule) => &rule.counters,
        None => &shared.unmapped,
    }
}

/// What others want to know of this thread.
impl Worker {
    /// Adds what has passed on connections that are open to the counters.
    pub fn count(&mut self) {
        for (_, link) in &mut self.links {
            link.count(&self.shared);
        }
    }

    /// Sees anew which connections are traced.
    pub fn look_at_traces(&mut self) {
        for (_, link) in &mut self.links {
            link.subject.extra = self.shared.traces.level(&link.subject);
        }
    }

    /// The connections that are meant.
    pub fn connections(&self, which: &Which) -> Vec<ConnectionInfo> {
        let links = self.links.iter().map(|(_, link)| link);
        let meant = links.filter(|link| is_meant(which, &link.subject));
        meant.map(Link::info).collect()
    }

    /// The rule of a connection, as it was when it was mapped; `None`: this thread has no such connection.
    pub fn rule_of(&self, id: u32) -> Option<Option<Rule>> {
        let mut links = self.links.iter().map(|(_, link)| &link.subject);
        let found = links.find(|subject| subject.id == id)?;
        Some(found.rule.clone())
    }
}

impl Link {
    fn count(&mut self, shared: &Shared) {
        let now = Side::BOTH.map(|side| self.connection.received(side));
        let [net, program] = [0, 1].map(|at| now[at] - self.counted[at]);
        counters(shared, &self.subject).passed([net, program]);
        self.counted = now;
    }

    fn info(&self) -> ConnectionInfo {
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

    fn socket(&self, side: Side) -> Option<&Socket> {
        self.sockets[index(side)].as_ref()
    }

    /// There may be something to read, and it is wanted.
    fn has_more(&self, side: Side) -> bool {
        let readable = self
            .socket(side)
            .is_some_and(|socket| socket.readable && !socket.dialing);
        readable && self.connection.wants(side)
    }
}

impl Listener {
    fn new(pair: Pair, fd: OwnedFd, user: &str, marks: Option<Marks>) -> Self {
        let facts = lookup::Connection {
            local: pair.listen.ip(),
            remote: pair.connect.ip(),
            local_port: pair.listen.port(),
            remote_port: pair.connect.port(),
            job: pair.job.clone(),
            user: pair.user.clone().unwrap_or_else(|| user.to_owned()),
            way: pair.way,
            at: None,
        };
        let leads = Leads::To(pair.connect, marks);
        Self { leads, fd, facts }
    }

    /// One that connections are led to by the packet filter.
    fn of_trap(trap: Trap) -> Self {
        let facts = lookup::Connection {
            local: trap.address.ip(),
            remote: trap.address.ip(),
            local_port: trap.address.port(),
            remote_port: trap.address.port(),
            job: String::new(),
            user: String::new(),
            way: trap.way,
            at: None,
        };
        Self {
            leads: Leads::On(trap.marks),
            fd: trap.fd,
            facts,
        }
    }

    /// Where a connection goes that came. `None`: nowhere, as nothing led it here.
    fn course(&self, came: &Socket, peer: SocketAddr) -> Option<Course> {
        let way = self.facts.way;
        let (target, caller, local) = match (&self.leads, way) {
            (Leads::To(target, marks), Way::Inbound) => {
                // What goes to this host is not to be caught as if it came from a partner.
                let mark = marks.map(|marks| match target.ip().is_loopback() {
                    true => marks.inward(),
                    false => marks.outward(),
                });
                (*target, Caller::Engine(mark), sockets::local(&came.fd))
            }
            (Leads::To(target, marks), Way::Outbound) => {
                (*target, Caller::Engine(marks.map(Marks::outward)), None)
            }
            (Leads::On(marks), Way::Inbound) => {
                let target = sockets::original(&came.fd, peer)?;
                (target, Caller::Partner(peer, *marks), Some(target))
            }
            (Leads::On(marks), Way::Outbound) => {
                let target = sockets::original(&came.fd, peer)?;
                (target, Caller::Program(peer.ip(), *marks), Some(peer))
            }
        };
        let remote = if way == Way::Inbound { peer } else { target };
        Some(Course {
            dial: Dial { target, caller },
            local,
            remote,
        })
    }
}

const fn index(side: Side) -> usize {
    match side {
        Side::Net => 0,
        Side::Program => 1,
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
