//! A program that starts and stops TLS itself, in the middle of a connection.
//!
//! Where clear text ends and TLS begins is what this is about:
//!
//! - What the program wrote before it asked goes out first, in the clear before TLS and in TLS before the end
//!   of TLS. So an order has two parts. From [`Connection::hold`] on, nothing more is read of the partner, and
//!   of the program all that there is; the caller goes on with the second part when the program has nothing
//!   under way and [`Connection::is_drained`] says that nothing is kept here either.
//! - What the partner sent and the program has not read when TLS starts is not clear text, as the program did
//!   not ask for it: it begins the handshake, and is handed back with [`Connection::secure`]. What was not read
//!   of the partner before the hold is read as the handshake.
//! - TLS stops when both sides have said its end. What follows is clear, also where it comes in one piece
//!   with the partner's end. A partner that says the end first is not ended: the program may stop TLS, too,
//!   or the partner ends TCP; when neither happens for a while, the program is told of an end.

use std::time::{Duration, Instant};

use super::buffers::{Buffers, Source};
use super::{Connection, Dial, Notice, Phase, Side};
use crate::tls::{Failure, Role, Session};

/// How long a partner that said the end of TLS may keep TCP before the program is told of an end.
pub(super) const QUIET: Duration = Duration::from_secs(5);
/// How long a partner may take to answer the end of TLS where handshakes may take for ever.
const ANSWER: Duration = Duration::from_secs(10);

/// Why an order of a program is not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// The rule does not leave TLS to the program.
    NotControlled,
    /// TLS has begun, or has ended, already.
    Already,
    /// TLS was never started.
    NotStarted,
    /// A handshake, or the end of TLS, is under way.
    Busy,
    /// One of the ends sends no more.
    Ended,
    /// Only a server that waits for a limited time can go on without a partner's hello.
    Impatient,
    /// The version that was agreed on, the role or the policy does not have that.
    Version,
    /// TLS cannot do it now.
    Failed,
}

/// What a program may ask for that concerns the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// New ones both ways.
    Both,
    /// New ones for what this side sends, since TLS 1.3.
    Write,
}

/// What only matters where a program controls TLS.
#[derive(Debug, Default)]
pub(super) struct Controlled {
    /// The rule leaves TLS to the program.
    pub on: bool,
    /// An order is being carried out: the partner is not read.
    pub held: bool,
    /// A partner that is silent when a handshake begins is left in the clear.
    patient: bool,
    /// TLS was started once.
    started: bool,
    /// The partner said the end of TLS, which the program does not know.
    pub parted: bool,
    /// What the partner sent behind that.
    clear: Vec<u8>,
}

impl Controlled {
    pub fn new(on: bool) -> Self {
        Self {
            on,
            ..Self::default()
        }
    }

    /// The partner is to be read.
    pub fn reads(&self) -> bool {
        !self.held && self.clear.is_empty()
    }
}

impl Connection {
    /// Gets ready to start TLS, or to stop it.
    pub fn hold(&mut self, starts: bool) -> Result<(), Denied> {
        match starts {
            true => self.may_start()?,
            false => self.may_stop()?,
        }
        if self.controlled.held {
            return Err(Denied::Busy);
        }
        self.controlled.held = true;
        Ok(())
    }

    /// What was to be started or stopped is not.
    pub fn release(&mut self) {
        self.controlled.held = false;
    }

    /// All that was read of the partner before is with the program.
    pub fn is_drained(&self) -> bool {
        let there = matches!(self.dial, Dial::Done) || self.dialed == Side::Net;
        there && !self.lanes[Side::Program.index()].is_waiting()
    }

    /// Starts TLS. `unread` is what the program had not read of what the partner sent; `patient`: a partner
    /// that says nothing in time is left in the clear.
    pub fn secure(
        &mut self,
        now: Instant,
        session: Session,
        unread: &[u8],
        patient: bool,
        buffers: &mut Buffers,
    ) -> Result<(), Denied> {
        self.may_start()?;
        if patient && (session.role() == Role::Client || self.handshake.is_none()) {
            return Err(Denied::Impatient);
        }
        self.begin_turn(|| {
            buffers.clear();
            buffers.wire.put(unread);
        });
        self.tls = Some(session);
        self.phase = Phase::Handshake;
        self.controlled.held = false;
        self.controlled.started = true;
        self.controlled.patient = patient;
        // Otherwise it begins when the partner is there.
        if self.is_there(Side::Net) {
            self.begin(now, buffers);
        }
        if !unread.is_empty() && self.phase == Phase::Handshake {
            self.shake(now, buffers);
        }
        Ok(())
    }

    /// Stops TLS: what follows is in the clear, when the partner has said its end, too.
    pub fn stop(&mut self, now: Instant, buffers: &mut Buffers) -> Result<(), Denied> {
        self.may_stop()?;
        self.begin_turn(|| buffers.clear());
        self.controlled.held = false;
        self.renewal = None;
        if let Some(tls) = &mut self.tls {
            tls.close(&mut buffers.wire);
            self.lane(Side::Net).fresh = Source::Sealed;
        }
        match self.controlled.parted {
            true => self.on_stopped(),
            false => {
                self.phase = Phase::Stopping;
                self.await_answer(now);
            }
        }
        Ok(())
    }

    /// Has the session of the connection not be resumed by later ones.
    pub fn reset_session(&mut self) -> Result<(), Denied> {
        self.may_reset()?;
        self.tls.as_mut().ok_or(Denied::NotStarted)?.forget();
        Ok(())
    }

    /// Takes new keys.
    pub fn reset_cipher(
        &mut self,
        now: Instant,
        keys: Keys,
        buffers: &mut Buffers,
    ) -> Result<(), Denied> {
        self.may_reset()?;
        let tls = self.tls.as_mut().ok_or(Denied::NotStarted)?;
        match keys {
            Keys::Both if !tls.may_renew() => Err(Denied::Version),
            Keys::Both => {
                self.begin_turn(|| buffers.clear());
                self.renew(now, buffers);
                Ok(())
            }
            Keys::Write if !tls.is_13() => Err(Denied::Version),
            Keys::Write => self.say(buffers, Session::renew_write),
        }
    }

    /// Sends the partner another ticket to come back with.
    pub fn send_ticket(&mut self, buffers: &mut Buffers) -> Result<(), Denied> {
        self.may_reset()?;
        let tls = self.tls.as_ref().ok_or(Denied::NotStarted)?;
        if !tls.is_13() || tls.role() == Role::Client {
            return Err(Denied::Version);
        }
        self.say(buffers, Session::send_ticket)
    }

    /// The TLS that is spoken, or being agreed on.
    pub fn tls(&self) -> Option<&Session> {
        self.tls.as_ref()
    }

    /// TLS protects what is sent.
    pub fn is_secure(&self) -> bool {
        self.tls.is_some() && matches!(self.phase, Phase::Open | Phase::Stopping)
    }

    /// One message of TLS that no answer belongs to.
    fn say(
        &mut self,
        buffers: &mut Buffers,
        call: impl FnOnce(&mut Session, &mut crate::tls::Wire) -> Result<(), Failure>,
    ) -> Result<(), Denied> {
        self.begin_turn(|| buffers.clear());
        let tls = self.tls.as_mut().ok_or(Denied::NotStarted)?;
        let said = call(tls, &mut buffers.wire);
        self.lane(Side::Net).fresh = Source::Sealed;
        said.map_err(|_| Denied::Failed)
    }

    fn may_start(&self) -> Result<(), Denied> {
        self.may_ask()?;
        match self.tls {
            Some(_) => Err(Denied::Already),
            None => Ok(()),
        }
    }

    fn may_stop(&self) -> Result<(), Denied> {
        self.may_ask()?;
        match self.tls {
            None if self.controlled.started => Err(Denied::Already),
            None => Err(Denied::NotStarted),
            Some(_) if self.is_renewing() => Err(Denied::Busy),
            Some(_) => Ok(()),
        }
    }

    fn may_reset(&self) -> Result<(), Denied> {
        match self.may_stop() {
            Err(Denied::Already) => Err(Denied::NotStarted),
            other => other,
        }
    }

    fn may_ask(&self) -> Result<(), Denied> {
        if !self.controlled.on {
            return Err(Denied::NotControlled);
        }
        match self.phase {
            Phase::Open if self.lanes.iter().any(|lane| lane.ended) => Err(Denied::Ended),
            Phase::Open => Ok(()),
            Phase::Handshake => Err(Denied::Already),
            Phase::Stopping => Err(Denied::Busy),
            Phase::Failing | Phase::Over { .. } | Phase::Closed => Err(Denied::Ended),
        }
    }

    pub(super) fn await_answer(&mut self, now: Instant) {
        self.deadline = Some(now + self.handshake.unwrap_or(ANSWER));
    }

    /// The partner said the end of TLS.
    pub(super) fn on_parted(&mut self, now: Instant, buffers: &Buffers) {
        let lane = &mut self.lanes[Side::Program.index()];
        if self.phase == Phase::Stopping {
            // In the order in which it came.
            let fresh = std::mem::take(&mut lane.fresh);
            lane.wait(buffers.of(fresh));
            self.controlled.clear = buffers.wire.came().to_vec();
            return self.on_stopped();
        }
        if !self.controlled.on {
            lane.ended = true;
            return;
        }
        self.controlled.parted = true;
        self.controlled.clear = buffers.wire.came().to_vec();
        self.deadline = Some(now + QUIET);
    }

    /// What came after the partner's end of TLS is clear, and waits until the program knows.
    pub(super) fn keep_clear(&mut self, buffers: &Buffers) {
        self.controlled.clear.extend_from_slice(buffers.wire.came());
    }

    /// TLS is over on both sides, and the connection goes on in the clear.
    fn on_stopped(&mut self) {
        self.tls = None;
        self.phase = Phase::Open;
        self.deadline = None;
        self.controlled.parted = false;
        let clear = std::mem::take(&mut self.controlled.clear);
        self.received[Side::Net.index()] += clear.len() as u64;
        self.lane(Side::Program).wait(&clear);
        self.notices.push(Notice::Stopped);
    }

    /// Whether the time of a handshake that need not be is over, in which case the connection is left in the
    /// clear. Nothing of it was sent or received.
    pub(super) fn leaves_in_clear(&mut self) -> bool {
        let heard = self.tls.as_ref().is_some_and(Session::heard);
        if self.phase != Phase::Handshake || !self.controlled.patient || heard {
            return false;
        }
        self.tls = None;
        self.phase = Phase::Open;
        self.controlled.started = false;
        self.notices.push(Notice::Silent);
        true
    }

    /// Whether the program was told of an end, as the partner that said the end of TLS does nothing more.
    pub(super) fn ends_quietly(&mut self) -> bool {
        if self.phase != Phase::Open || !self.controlled.parted {
            return false;
        }
        self.lane(Side::Program).ended = true;
        true
    }
}
