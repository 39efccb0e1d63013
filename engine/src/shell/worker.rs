//! One thread: waits for its sockets, and does what the connections say.

mod begin;
mod controlled;
mod link;
mod listener;
mod report;

use std::collections::VecDeque;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rustix::event::Timespec;
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::io::Errno;
use slab::Slab;

use self::link::{Link, index};
use self::listener::Listener;
use super::Mailbox;
use super::pair::Pair;
use super::shared::Shared;
use super::sockets::{self, Read, Socket};
use super::timers::{Key, Timers};
use super::traces::is_meant;
use super::transparent::Trap;
use crate::connection::{Buffers, Command, Event, Side};
use crate::policy::{Instance, Rule};
use control::{ConnectionInfo, Which};
pub use controlled::{Change, Told};

/// Events that are taken from the kernel at once.
const EVENTS: usize = 512;
/// Connections that one listener gives at once, before others have their turn.
const ACCEPTS: usize = 64;
/// Reads of one connection before others have their turn.
const READS: usize = 8;
/// How long nothing is accepted after the host had no descriptor left.
const PAUSE: Duration = Duration::from_millis(100);

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
