//! One request of a program: who it is, which connection is meant, and what is done about it.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use control::application::{Does, Errno, Facts, Outcome, Refusal, Reply, Request, UNREAD, unread};

use super::super::known::{Ends, Place};
use super::super::programs::Diag;
use super::super::worker::{Change, Told, Worker};
use super::super::{Crew, Shared};
use super::Talk;
use crate::connection::{Denied, Keys};

/// How long a connection may take to become known: its program may ask before the engine has heard of it.
const APPEARS: Duration = Duration::from_millis(250);
/// How long what the program wrote before may take to be read, if it waits for that, and if not.
const DRAINS: Duration = Duration::from_secs(10);
const DRAINS_SOON: Duration = Duration::from_secs(1);
/// Between two looks at whether it was.
const LOOK: Duration = Duration::from_millis(2);
/// Between two looks at whether who waits is still there.
const ROUND: Duration = Duration::from_secs(1);

/// What is needed to answer one user.
pub struct Desk<'a> {
    pub user: u32,
    pub shared: &'a Shared,
    pub crew: &'a Crew,
}

impl Desk<'_> {
    pub fn answer(&self, request: &Request, talk: &mut Talk) -> Reply {
        let ends = Ends {
            local: request.local,
            remote: request.remote,
        };
        let owned = request.does.check().and_then(|()| self.owned(ends));
        let mut diag = match owned {
            Ok(diag) => diag,
            Err(refusal) => return super::refused(refusal),
        };
        let Some(place) = self.place(ends) else {
            // Nothing of it comes to the engine: no rule takes it.
            let facts = Facts {
                policy: 2,
                connection: 1,
                ..Facts::default()
            };
            return reply(self.unprotected(request.does), Some(facts));
        };
        let meant = Meant {
            desk: self,
            ends,
            place,
        };
        let done = match request.does.is_query() {
            true => Ok(()),
            false => meant.carry_out(request, &mut diag, talk),
        };
        let certificate = request.does.return_certificate;
        let facts = meant.ask(move |worker| worker.facts(place.key, certificate));
        match (done, facts) {
            (Ok(()), Err(gone)) => super::refused(gone),
            (done, facts) => reply(done, facts.ok()),
        }
    }

    /// Whether the socket with these ends is there and is the user's.
    fn owned(&self, ends: Ends) -> Result<Diag, Refusal> {
        let failed = |error| {
            let words = format!("the kernel does not say whose socket it is: {error}");
            Refusal::new(Errno::EPROTO, "", words)
        };
        let mut diag = Diag::open().map_err(failed)?;
        let found = diag.find(ends.local, ends.remote).map_err(failed)?;
        let Some(found) = found.filter(|found| !found.listens) else {
            let words = "no TCP connection on this host has these ends";
            return Err(Refusal::new(Errno::ENOTCONN, "", words));
        };
        if self.user != 0 && self.user != found.uid {
            let words = "the socket was opened by another user";
            return Err(Refusal::new(Errno::EACCES, "", words));
        }
        Ok(diag)
    }

    fn place(&self, ends: Ends) -> Option<Place> {
        let until = Instant::now() + APPEARS;
        loop {
            let found = self.shared.known.find(ends);
            if found.is_some() || Instant::now() >= until {
                return found;
            }
            thread::sleep(LOOK);
        }
    }

    fn unprotected(&self, does: Does) -> Result<(), Refusal> {
        match does.is_query() {
            true => Ok(()),
            false => Err(denied(Denied::NotControlled)),
        }
    }
}

/// A connection that is meant.
struct Meant<'a> {
    desk: &'a Desk<'a>,
    ends: Ends,
    place: Place,
}

impl Meant<'_> {
    fn carry_out(
        &self,
        request: &Request,
        diag: &mut Diag,
        talk: &mut Talk,
    ) -> Result<(), Refusal> {
        let does = request.does;
        if does.init {
            return self.init(request, diag, talk);
        }
        if does.stop {
            return self.stop(request, diag, talk);
        }
        let changes = [
            (does.reset_session, Change::ForgetSession),
            (does.reset_cipher, Change::Renew(Keys::Both)),
            (does.reset_write_cipher, Change::Renew(Keys::Write)),
            (does.send_session_ticket, Change::Ticket),
        ];
        let key = self.place.key;
        for (_, change) in changes.into_iter().filter(|(wanted, _)| *wanted) {
            self.order(move |worker| worker.change(key, change))?;
        }
        Ok(())
    }

    fn init(&self, request: &Request, diag: &mut Diag, talk: &mut Talk) -> Result<(), Refusal> {
        let (key, patient) = (self.place.key, request.does.allow_hstimeout);
        let held = self.hold(true)?;
        let waiting = held.drain(diag, request.nonblocking)?.ok_or_else(|| {
            let words = "what was written before is not taken by the partner in time";
            Refusal::new(Errno::EPROTO, "", words)
        })?;
        let hello = match waiting {
            0 => Vec::new(),
            1..=UNREAD => wanted(waiting, talk)?,
            _ => {
                let words = format!(
                    "{waiting} bytes of the partner are not read, which are more than begin a handshake"
                );
                return Err(Refusal::new(Errno::EPROTO, "", words));
            }
        };
        let (told, heard) = channel();
        self.order(move |worker| worker.secure(key, &hello, patient, told))?;
        held.leave();
        await_told(&heard, request.nonblocking, talk)
    }

    fn stop(&self, request: &Request, diag: &mut Diag, talk: &mut Talk) -> Result<(), Refusal> {
        let key = self.place.key;
        let held = self.hold(false)?;
        match held.drain(diag, request.nonblocking)? {
            Some(0) => {}
            Some(bytes) => {
                let words = format!("{bytes} bytes of the partner are not read");
                let errnojr = "JrTTLSStopReadDataPending";
                return Err(Refusal::new(Errno::EPROTO, errnojr, words));
            }
            None => {
                let words = "what was written before is not taken by the partner in time";
                let errnojr = "JrTTLSStopWriteDataPending";
                return Err(Refusal::new(Errno::EPROTO, errnojr, words));
            }
        }
        let (told, heard) = channel();
        self.order(move |worker| worker.stop(key, told))?;
        held.leave();
        await_told(&heard, request.nonblocking, talk)
    }

    fn hold(&self, starts: bool) -> Result<Held<'_>, Refusal> {
        let key = self.place.key;
        let engine = self.order(move |worker| worker.hold(key, starts))?;
        Ok(Held {
            meant: Some(self),
            engine,
        })
    }

    /// Asks the thread of the connection.
    fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Worker) -> Option<T> + Send + 'static,
    ) -> Result<T, Refusal> {
        let answer = self.desk.crew.ask_one(self.place.worker, question);
        answer.flatten().ok_or_else(gone)
    }

    fn order<T: Send + 'static>(
        &self,
        order: impl FnOnce(&mut Worker) -> Option<Result<T, Denied>> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.ask(order)?.map_err(denied)
    }
}

/// A connection whose partner is not read, until this is dropped.
struct Held<'a> {
    /// `None`: it goes on by itself.
    meant: Option<&'a Meant<'a>>,
    /// The socket that leads to the program.
    engine: Ends,
}

impl Held<'_> {
    /// Waits until all that the program wrote was read and all that came for it is in its socket: how much
    /// of that it has not read. `None`: that takes too long.
    fn drain(&self, diag: &mut Diag, soon: bool) -> Result<Option<usize>, Refusal> {
        let Some(meant) = self.meant else {
            return Err(gone());
        };
        let (key, ends) = (meant.place.key, meant.ends);
        let until = Instant::now() + if soon { DRAINS_SOON } else { DRAINS };
        let mut look = |ends: Ends| diag.find(ends.local, ends.remote).ok().flatten();
        loop {
            // In this order: nothing is written while the program waits, so that what has arrived and was
            // read is all there is.
            let sent = look(ends).ok_or_else(gone)?.unsent == 0;
            let read = meant.ask(move |worker| worker.is_drained(key))?;
            let arrived = look(self.engine).is_none_or(|socket| socket.unsent == 0);
            if sent && read && arrived {
                let unread = look(ends).ok_or_else(gone)?.unread;
                return Ok(Some(usize::try_from(unread).unwrap_or(usize::MAX)));
            }
            if Instant::now() >= until {
                return Ok(None);
            }
            thread::sleep(LOOK);
        }
    }

    /// The order was given.
    fn leave(mut self) {
        self.meant = None;
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if let Some(meant) = self.meant {
            let key = meant.place.key;
            let _ = meant.ask(move |worker| {
                worker.release(key);
                Some(())
            });
        }
    }
}

/// Has the program hand back what it has not read.
fn wanted(bytes: usize, talk: &mut Talk) -> Result<Vec<u8>, Refusal> {
    let more = reply_of(Outcome::Continue(bytes), None);
    let left = || Refusal::new(Errno::ENOTCONN, "", "the program went away");
    talk.say(&more).map_err(|_| left())?;
    let text = talk.hear().ok().flatten().ok_or_else(left)??;
    let given = unread(&text)?;
    match given.len() == bytes {
        true => Ok(given),
        false => Err(super::invalid(
            "these are not as many bytes as are not read",
        )),
    }
}

/// Waits for what comes of an order. How long that may take at most, the connection knows.
fn await_told(heard: &Receiver<Told>, nonblocking: bool, talk: &Talk) -> Result<(), Refusal> {
    if nonblocking {
        return match heard.try_recv() {
            Ok(told) => outcome(told),
            Err(_) => Err(Refusal::new(
                Errno::EINPROGRESS,
                "JrOK",
                "it has begun; ask how far it is",
            )),
        };
    }
    loop {
        match heard.recv_timeout(ROUND) {
            Ok(told) => return outcome(told),
            Err(RecvTimeoutError::Timeout) if talk.is_gone() => return Err(gone()),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(failed("the connection was ended meanwhile"));
            }
        }
    }
}

fn outcome(told: Told) -> Result<(), Refusal> {
    match told {
        Told::Secured | Told::Stopped => Ok(()),
        Told::Silent => {
            let words = "the partner began no handshake in time; the connection stays in the clear";
            Err(Refusal::new(Errno::ETIMEDOUT, "", words))
        }
        Told::Failed(words) => Err(failed(&words)),
    }
}

fn failed(words: &str) -> Refusal {
    Refusal::new(Errno::ECONNRESET, "JrTTLSHandshakeFailed", words)
}

fn gone() -> Refusal {
    Refusal::new(Errno::ENOTCONN, "", "the connection has ended")
}

fn denied(denied: Denied) -> Refusal {
    let (errno, errnojr, words) = match denied {
        Denied::NotControlled => (
            Errno::EACCES,
            "JrConnDeniedPolicy",
            "no rule with ApplicationControlled On takes the connection",
        ),
        Denied::Already => (
            Errno::EALREADY,
            "JrAlreadyActive",
            "TLS is as asked for already, or about to be",
        ),
        Denied::NotStarted => (Errno::EPROTO, "", "TLS was not started"),
        Denied::Busy => (
            Errno::EWOULDBLOCK,
            "",
            "a handshake, or the end of TLS, is under way",
        ),
        Denied::Ended => (Errno::EPIPE, "", "one of the ends sends no more"),
        Denied::Impatient => (
            Errno::EPROTO,
            "",
            "ALLOW_HSTIMEOUT is for HandshakeRole Server with a HandshakeTimeout above 0",
        ),
        Denied::Version => (
            Errno::EPROTO,
            "",
            "the version of TLS, the role in it or the policy does not have that",
        ),
        Denied::Failed => (Errno::EPROTO, "", "TLS cannot do it; the log says more"),
    };
    Refusal::new(errno, errnojr, words)
}

fn reply(done: Result<(), Refusal>, facts: Option<Facts>) -> Reply {
    match done {
        Ok(()) => reply_of(Outcome::Done, facts),
        Err(refusal) => reply_of(Outcome::Refused(refusal), facts),
    }
}

fn reply_of(outcome: Outcome, facts: Option<Facts>) -> Reply {
    Reply { outcome, facts }
}
