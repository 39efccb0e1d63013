//! What happens on one connection, without sockets and without a clock.
//!
//! The caller does the reading and writing and tells what came of it; [`Connection::next`] says what to do.
//! Bytes stay in the [`Buffers`] that all connections of a thread share; a connection keeps only what its
//! sockets would not take, and reads from one side no further than the other side follows.

mod application;
mod buffers;
mod lane;
mod renewal;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::tls::{Agreed, Alert, Environment, Evidence, Failure, Passed, Session, Tapped};

use application::Controlled;
pub use application::{Denied, Keys};
pub use buffers::Buffers;
use buffers::Source;
use lane::Lane;

/// After an alert was sent, the partner has this long to read it before the connection is cut.
const LINGER: Duration = Duration::from_secs(2);
/// How long a connection to the other end may take to come about.
const DIAL: Duration = Duration::from_secs(10);

/// One of the two ends that a connection joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The network: where TLS is spoken, if it is.
    Net,
    /// The program on this host.
    Program,
}

impl Side {
    pub const BOTH: [Self; 2] = [Self::Net, Self::Program];

    pub const fn other(self) -> Self {
        match self {
            Self::Net => Self::Program,
            Self::Program => Self::Net,
        }
    }

    const fn index(self) -> usize {
        match self {
            Self::Net => 0,
            Self::Program => 1,
        }
    }
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The connection that [`Command::Dial`] asked for is there.
    Dialed,
    /// It could not be made.
    Undialed,
    /// So many bytes were read into the buffer of a side.
    Received(Side, usize),
    /// A side sends no more.
    Ended(Side),
    /// A side is gone.
    Lost(Side),
    /// A side takes bytes again.
    Writable(Side),
    /// The time of [`Connection::deadline`] came.
    Timeout,
}

/// What the caller has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Connect to the end that did not come by itself.
    Dial,
    /// Send [`Connection::bytes`] to a side, and say with [`Connection::sent`] how many it took.
    Send(Side),
    /// Tell a side that there is no more to come.
    Finish(Side),
    /// Cut the connection to a side; nothing is read of it and nothing sent to it any more.
    Reset(Side),
    /// Something is to be told to people.
    Tell(Notice),
    /// All is over; cut what is still open, or end it in order.
    Close { reset: bool },
}

/// What people want to know of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The handshake is done.
    Secured(Agreed),
    /// TLS failed, before or after the handshake was done.
    Failed { failure: Failure, secured: bool },
    /// The partner ended without saying so in TLS: what it sent may have been cut off by somebody.
    Cut,
    /// The keys are new.
    Renewed,
    /// The partner asked for another handshake, which the policy forbids.
    NotRenewed,
    /// The other end cannot be reached.
    Undialed,
    /// The program had TLS stopped.
    Stopped,
    /// The partner began no handshake in time, and the connection stays in the clear as the program wished.
    Silent,
}

/// How a connection is dealt with.
pub struct Terms<'a> {
    /// `None`: in the clear.
    pub environment: Option<&'a Environment>,
    /// The program may start and stop TLS itself, and it does not begin by itself.
    pub controlled: bool,
    /// What is noted of what passes, for [`Connection::passed`].
    pub tapped: Tapped,
    /// The partner on the network.
    pub partner: SocketAddr,
    /// The side that did not come by itself.
    pub dial: Side,
    pub handshake: Option<Duration>,
    /// An end without the end of TLS is an end all the same.
    pub cut_is_end: bool,
}

/// How far the end that is dialed is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dial {
    /// Not before the handshake is done: nobody reaches a program who cannot speak to it.
    Later,
    Wanted,
    Asked,
    Done,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Handshake,
    Open,
    /// The program had TLS stopped; the partner has not answered yet.
    Stopping,
    /// The partner may read an alert; nothing else happens any more.
    Failing,
    Over {
        reset: bool,
    },
    Closed,
}

/// One connection.
pub struct Connection {
    tls: Option<Session>,
    phase: Phase,
    dial: Dial,
    dialed: Side,
    deadline: Option<Instant>,
    handshake: Option<Duration>,
    /// When the keys are to be renewed.
    renewal: Option<Instant>,
    /// When the partner asked for another handshake.
    asked: Option<Instant>,
    cut_is_end: bool,
    controlled: Controlled,
    /// What is on its way to each side.
    lanes: [Lane; 2],
    notices: Vec<Notice>,
    /// Bytes of plaintext that came from each side.
    received: [u64; 2],
}

impl Connection {
    /// One end came by itself. After this, do what [`Self::next`] says.
    pub fn new(terms: &Terms<'_>, now: Instant, buffers: &mut Buffers) -> Result<Self, Failure> {
        let environment = terms.environment.filter(|_| !terms.controlled);
        let tls =
            environment.map(|environment| Session::begin(environment, terms.partner, terms.tapped));
        let tls = tls.transpose()?;
        let secure = tls.is_some();
        let mut connection = Self {
            phase: if secure {
                Phase::Handshake
            } else {
                Phase::Open
            },
            dial: match (secure, terms.dial) {
                (true, Side::Program) => Dial::Later,
                _ => Dial::Wanted,
            },
            dialed: terms.dial,
            deadline: Some(now + DIAL),
            handshake: terms.handshake,
            renewal: None,
            asked: None,
            cut_is_end: terms.cut_is_end,
            controlled: Controlled::new(terms.controlled),
            lanes: [Lane::default(), Lane::default()],
            notices: Vec::new(),
            received: [0; 2],
            tls,
        };
        buffers.clear();
        if connection.dial == Dial::Later {
            connection.begin(now, buffers);
        }
        Ok(connection)
    }

    /// Takes note of what happened.
    pub fn on_event(&mut self, now: Instant, event: Event, buffers: &mut Buffers) {
        if matches!(self.phase, Phase::Over { .. } | Phase::Closed) {
            return;
        }
        match event {
            Event::Received(side, bytes) => self.begin_turn(|| buffers.filled(side, bytes)),
            Event::Dialed | Event::Ended(_) => self.begin_turn(|| buffers.clear()),
            Event::Timeout if self.is_time_to_renew(now) => self.begin_turn(|| buffers.clear()),
            // These can come in the middle of a turn, and put nothing into the buffers.
            Event::Undialed | Event::Lost(_) | Event::Writable(_) | Event::Timeout => {}
        }
        match event {
            Event::Dialed => self.on_dialed(now, buffers),
            Event::Undialed => self.on_undialed(),
            Event::Received(side, bytes) => self.on_received(now, side, bytes, buffers),
            Event::Ended(side) => self.on_ended(side, buffers),
            Event::Lost(side) => self.on_lost(side),
            Event::Writable(side) => self.lane(side).blocked = false,
            Event::Timeout => self.on_timeout(now, buffers),
        }
    }

    /// When to tell of [`Event::Timeout`], unless something else happens first.
    pub fn deadline(&self) -> Option<Instant> {
        let times = [self.deadline, self.renewal];
        times.into_iter().flatten().min()
    }

    /// Whether a side is to be read when it has something.
    pub fn wants(&self, side: Side) -> bool {
        match self.phase {
            Phase::Handshake => side == Side::Net && self.is_there(side),
            Phase::Open => {
                let onward = &self.lanes[side.other().index()];
                let gone = self.lanes[side.index()].gone;
                // While there is another handshake, nothing of the program can be sent.
                let held = match side {
                    Side::Program => self.is_renewing(),
                    Side::Net => !self.controlled.reads(),
                };
                self.is_there(side) && !gone && !held && !onward.ended && !onward.is_waiting()
            }
            Phase::Stopping => {
                let [net, program] = &self.lanes;
                side == Side::Net && !net.gone && !program.is_waiting()
            }
            Phase::Failing => side == Side::Net && !self.lanes[side.index()].gone,
            Phase::Over { .. } | Phase::Closed => false,
        }
    }

    /// What is to be sent to a side.
    pub fn bytes<'b>(&'b self, side: Side, buffers: &'b Buffers) -> &'b [u8] {
        let lane = &self.lanes[side.index()];
        match lane.is_waiting() {
            true => lane.waiting(),
            false => buffers.of(lane.fresh),
        }
    }

    /// A side took so many of [`Self::bytes`]; fewer than all means that it takes no more for now.
    pub fn sent(&mut self, side: Side, bytes: usize, buffers: &Buffers) {
        let lane = self.lane(side);
        if lane.is_waiting() {
            lane.blocked = bytes < lane.waiting().len();
            return lane.drop_waiting(bytes);
        }
        let all = buffers.of(std::mem::take(&mut lane.fresh));
        lane.blocked = bytes < all.len();
        lane.wait(all.get(bytes..).unwrap_or_default());
    }

    /// What to do next; `None`: wait for an event. Everything in the buffers is sent or kept by then.
    pub fn next(&mut self, buffers: &Buffers) -> Option<Command> {
        if !self.notices.is_empty() {
            return Some(Command::Tell(self.notices.remove(0)));
        }
        if let Phase::Over { reset } = self.phase {
            self.phase = Phase::Closed;
            return Some(Command::Close { reset });
        }
        if self.phase == Phase::Closed {
            return None;
        }
        if self.dial == Dial::Wanted {
            self.dial = Dial::Asked;
            return Some(Command::Dial);
        }
        Side::BOTH
            .into_iter()
            .find_map(|side| self.next_of(side, buffers))
            .or_else(|| self.next_end(buffers))
    }

    /// Bytes of plaintext that came from a side.
    pub fn received(&self, side: Side) -> u64 {
        self.received[side.index()]
    }

    /// How far it is.
    pub fn stage(&self) -> control::Phase {
        match self.phase {
            Phase::Handshake => control::Phase::Handshake,
            Phase::Open | Phase::Stopping => control::Phase::Open,
            Phase::Failing | Phase::Over { .. } | Phase::Closed => control::Phase::Ending,
        }
    }

    /// What both sides agreed on, once they did.
    pub fn secured(&self) -> Option<control::TlsInfo> {
        let tls = self.tls.as_ref().filter(|_| self.is_secure())?;
        Some(tls.details())
    }

    /// The last alert that was sent or received.
    pub fn alert(&self) -> Option<Alert> {
        self.tls.as_ref().and_then(Session::alert)
    }

    /// What passed since this was asked before, where it is watched.
    pub fn passed(&mut self) -> Option<Passed> {
        self.tls.as_mut()?.passed()
    }

    /// What it leaves behind when it failed.
    pub fn evidence(&mut self) -> Evidence {
        self.tls.as_mut().map(Session::evidence).unwrap_or_default()
    }

    /// The handshake is done, or there is none.
    pub fn is_open(&self) -> bool {
        self.phase == Phase::Open
    }

    /// The buffers served other connections meanwhile: nothing that is in them is this one's.
    fn begin_turn(&mut self, set: impl FnOnce()) {
        for lane in &mut self.lanes {
            debug_assert_eq!(
                lane.fresh,
                Source::Nothing,
                "next() was not asked to its end"
            );
            lane.fresh = Source::Nothing;
        }
        set();
    }

    fn lane(&mut self, to: Side) -> &mut Lane {
        &mut self.lanes[to.index()]
    }

    fn is_there(&self, side: Side) -> bool {
        side != self.dialed || self.dial == Dial::Done
    }

    fn next_of(&mut self, side: Side, buffers: &Buffers) -> Option<Command> {
        let there = self.is_there(side);
        let lane = &mut self.lanes[side.index()];
        if buffers.of(lane.fresh).is_empty() {
            lane.fresh = Source::Nothing;
        }
        if lane.gone {
            lane.fresh = Source::Nothing;
            lane.drop_waiting(usize::MAX);
            return None;
        }
        if lane.is_waiting() || lane.blocked || !there {
            // What is new stands behind what waits.
            let fresh = std::mem::take(&mut lane.fresh);
            lane.wait(buffers.of(fresh));
        }
        if !there || lane.blocked {
            return None;
        }
        if lane.is_waiting() || lane.fresh != Source::Nothing {
            return Some(Command::Send(side));
        }
        if lane.cut {
            lane.gone = true;
            return Some(Command::Reset(side));
        }
        (lane.ended && !std::mem::replace(&mut lane.finished, true))
            .then_some(Command::Finish(side))
    }

    /// All is over when nothing more can come or go.
    fn next_end(&mut self, buffers: &Buffers) -> Option<Command> {
        let [net, program] = &self.lanes;
        let done = |lane: &Lane| lane.gone || lane.finished;
        let over = match self.phase {
            Phase::Open => done(net) && done(program),
            // Of a program that still has to be cut, what was on its way must not look like all there was.
            Phase::Failing => net.gone && (program.gone || !self.is_there(Side::Program)),
            Phase::Handshake | Phase::Stopping | Phase::Over { .. } | Phase::Closed => false,
        };
        if !over {
            return None;
        }
        // What had to be cut was cut by a command of its own.
        self.phase = Phase::Over { reset: false };
        self.next(buffers)
    }

    /// The handshake begins, as both of its ends are there.
    fn begin(&mut self, now: Instant, buffers: &mut Buffers) {
        self.deadline = self.handshake.map(|time| now + time);
        if self.tls.as_ref().is_some_and(Session::begins) {
            self.shake(now, buffers);
        }
    }

    fn on_dialed(&mut self, now: Instant, buffers: &mut Buffers) {
        self.dial = Dial::Done;
        let handshake = self.handshake.filter(|_| self.is_renewing());
        self.deadline = handshake.map(|time| now + time);
        if self.phase == Phase::Handshake {
            self.begin(now, buffers);
        }
    }

    fn on_undialed(&mut self) {
        self.notices.push(Notice::Undialed);
        self.phase = Phase::Over { reset: true };
    }

    fn on_received(&mut self, now: Instant, side: Side, bytes: usize, buffers: &mut Buffers) {
        match (self.phase, side) {
            (Phase::Handshake, Side::Net) => self.shake(now, buffers),
            (Phase::Open, Side::Net) if self.controlled.parted => self.keep_clear(buffers),
            (Phase::Open | Phase::Stopping, Side::Net) => self.open(now, buffers),
            (Phase::Open, Side::Program) => self.seal(now, bytes, buffers),
            // Read only so that what the partner still sent does not cut off the alert.
            (Phase::Failing, _) => {}
            (Phase::Handshake | Phase::Stopping, Side::Program)
            | (Phase::Over { .. } | Phase::Closed, _) => {}
        }
    }

    fn shake(&mut self, now: Instant, buffers: &mut Buffers) {
        let Some(tls) = &mut self.tls else { return };
        let done = tls.handshake(&mut buffers.wire);
        self.lanes[Side::Net.index()].fresh = Source::Sealed;
        match done {
            Ok(false) => {}
            Ok(true) => {
                self.notices.push(Notice::Secured(tls.agreed()));
                self.renewal = tls.renewal().map(|time| now + time);
                self.phase = Phase::Open;
                self.deadline = None;
                if self.dial == Dial::Later {
                    self.dial = Dial::Wanted;
                    self.deadline = Some(now + DIAL);
                }
                self.open(now, buffers);
            }
            Err(failure) => self.fail(now, failure, false),
        }
    }

    /// Bytes of the network go to the program.
    fn open(&mut self, now: Instant, buffers: &mut Buffers) {
        let (fresh, closed) = match &mut self.tls {
            None => (Source::Came, false),
            Some(tls) => {
                let was_renewing = tls.is_renewing();
                let opened = tls.open(&mut buffers.wire, &mut buffers.plain);
                let is_renewing = tls.is_renewing();
                self.lanes[Side::Net.index()].fresh = Source::Sealed;
                if opened.is_ok()
                    && let Err(failure) = self.note_renewal(now, was_renewing, is_renewing)
                {
                    return self.fail(now, failure, true);
                }
                match opened {
                    Ok(opened) => {
                        if opened.refused {
                            self.notices.push(Notice::NotRenewed);
                        }
                        (Source::Plain(opened.bytes), opened.closed)
                    }
                    Err(failure) => {
                        // What came before the fault was whole.
                        self.pass_on(Source::Plain(failure.bytes), buffers);
                        return self.fail(now, failure, true);
                    }
                }
            }
        };
        self.pass_on(fresh, buffers);
        if closed {
            self.on_parted(now, buffers);
        }
    }

    fn pass_on(&mut self, fresh: Source, buffers: &Buffers) {
        self.received[Side::Net.index()] += buffers.of(fresh).len() as u64;
        self.lane(Side::Program).fresh = fresh;
    }

    /// Bytes of the program go to the network.
    fn seal(&mut self, now: Instant, bytes: usize, buffers: &mut Buffers) {
        self.received[Side::Program.index()] += bytes as u64;
        let Some(tls) = &mut self.tls else {
            self.lane(Side::Net).fresh = Source::Plain(bytes);
            return;
        };
        let plain = buffers.plain.get(..bytes).unwrap_or_default();
        let sealed = tls.seal(plain, &mut buffers.wire);
        self.lane(Side::Net).fresh = Source::Sealed;
        if let Err(failure) = sealed {
            self.fail(now, failure, true);
        }
    }

    fn on_ended(&mut self, side: Side, buffers: &mut Buffers) {
        match (self.phase, side) {
            (Phase::Handshake, Side::Net) => {
                let words = "the partner ended the connection before the handshake was done";
                self.tell_failure(Failure::new(420, words), false);
                self.phase = Phase::Over { reset: true };
            }
            (Phase::Open, Side::Net) => self.on_net_ended(),
            (Phase::Open, Side::Program) => {
                if let Some(tls) = &mut self.tls {
                    tls.close(&mut buffers.wire);
                    self.lane(Side::Net).fresh = Source::Sealed;
                }
                self.lane(Side::Net).ended = true;
            }
            (Phase::Stopping, Side::Net) => {
                self.phase = Phase::Open;
                self.on_net_ended();
            }
            // It has the alert, or never will.
            (Phase::Failing, Side::Net) => self.lane(Side::Net).gone = true,
            // Nothing is read of the program then; it is looked at again when the handshake is done.
            (Phase::Handshake | Phase::Stopping | Phase::Failing, Side::Program) => {}
            (Phase::Over { .. } | Phase::Closed, _) => {}
        }
    }

    fn on_net_ended(&mut self) {
        let told = self.controlled.parted || self.lanes[Side::Program.index()].ended;
        let said_so = self.tls.is_none() || told;
        let answered = self.lanes[Side::Net.index()].ended;
        if !said_so && !answered && !self.cut_is_end {
            self.notices.push(Notice::Cut);
            return self.lose(Side::Net);
        }
        self.lane(Side::Program).ended = true;
    }

    fn on_lost(&mut self, side: Side) {
        match self.phase {
            Phase::Open | Phase::Stopping => {
                self.phase = Phase::Open;
                let ended = self.controlled.parted || self.lanes.iter().any(|lane| lane.ended);
                if side == Side::Net && self.tls.is_some() && !ended {
                    self.notices.push(Notice::Cut);
                }
                self.lose(side);
            }
            Phase::Handshake => {
                let words = "the connection was cut before the handshake was done";
                self.tell_failure(Failure::new(406, words), false);
                self.phase = Phase::Over { reset: true };
            }
            Phase::Failing | Phase::Over { .. } | Phase::Closed => {
                self.phase = Phase::Over { reset: true };
            }
        }
    }

    /// A side is gone. The other one gets what is on its way, and is cut then, so that it does not take that
    /// for all there was; unless all there was is on its way.
    fn lose(&mut self, side: Side) {
        let gone = self.lane(side);
        (gone.gone, gone.ended) = (true, true);
        let other = self.lane(side.other());
        other.cut |= !std::mem::replace(&mut other.ended, true);
    }

    fn on_timeout(&mut self, now: Instant, buffers: &mut Buffers) {
        if self.is_time_to_renew(now) {
            return self.renew(now, buffers);
        }
        self.renewal = self.renewal.filter(|time| now < *time);
        if self.deadline.is_none_or(|deadline| now < deadline) {
            return;
        }
        self.deadline = None;
        let held = self.lanes[Side::Program.index()].is_waiting();
        // What the partner answers is not read as long as the program takes nothing.
        if self.phase == Phase::Open && held && self.is_renewing() {
            return self.await_renewal(now);
        }
        if self.phase == Phase::Stopping && held {
            return self.await_answer(now);
        }
        if self.dial == Dial::Asked {
            return self.on_undialed();
        }
        if self.leaves_in_clear() || self.ends_quietly() {
            return;
        }
        if self.phase == Phase::Handshake {
            let heard = self.tls.as_ref().is_some_and(Session::heard);
            let failure = match heard {
                false => Failure::new(5004, "the partner sent nothing"),
                true => Failure::new(5005, "the partner did not finish the handshake"),
            };
            self.tell_failure(failure, false);
        }
        if self.phase == Phase::Open && self.is_renewing() {
            let words = "the partner did not finish the handshake for new keys";
            self.tell_failure(Failure::new(5005, words), true);
        }
        if self.phase == Phase::Stopping {
            let words = "the partner did not answer the end of TLS that the program asked for";
            self.tell_failure(Failure::new(5005, words), true);
        }
        self.phase = Phase::Over { reset: true };
    }

    fn tell_failure(&mut self, failure: Failure, secured: bool) {
        self.notices.push(Notice::Failed { failure, secured });
    }

    /// TLS cannot go on. The alert is sent, and the program's end is cut.
    fn fail(&mut self, now: Instant, failure: Failure, secured: bool) {
        self.tell_failure(failure, secured);
        self.phase = Phase::Failing;
        self.deadline = Some(now + LINGER);
        self.lane(Side::Net).ended = true;
        self.lane(Side::Program).ended = true;
        if self.is_there(Side::Program) {
            self.lane(Side::Program).cut = true;
        }
        if self.dial != Dial::Done && self.dialed == Side::Program {
            // It is not needed any more.
            self.dial = Dial::Later;
        }
    }
}
