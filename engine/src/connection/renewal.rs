//! New keys on a connection that is open: another handshake below TLS 1.3, by this side's timer or as the
//! partner asks for it; in TLS 1.3 new keys by the timer.

use std::time::{Duration, Instant};

use super::buffers::{Buffers, Source};
use super::{Connection, Dial, Notice, Phase, Side};
use crate::tls::{Failure, Session};

/// Partners that ask for another handshake sooner than this after the last one only want to keep us busy.
const RENEGOTIATION: Duration = Duration::from_secs(1);

impl Connection {
    pub(super) fn is_renewing(&self) -> bool {
        self.tls.as_ref().is_some_and(Session::is_renewing)
    }

    /// Another handshake began or ended.
    pub(super) fn note_renewal(
        &mut self,
        now: Instant,
        was: bool,
        is: bool,
    ) -> Result<(), Failure> {
        match (was, is) {
            (false, true) => {
                let often = |last: Instant| now < last + RENEGOTIATION;
                if self.asked.replace(now).is_some_and(often) {
                    let words = "the partner asks for one handshake after the other";
                    return Err(Failure::new(432, words));
                }
                self.await_renewal(now);
            }
            (true, false) => {
                self.notices.push(Notice::Renewed);
                if self.dial != Dial::Asked {
                    self.deadline = None;
                }
                let every = self.tls.as_ref().and_then(Session::renewal);
                self.renewal = every.map(|time| now + time);
            }
            (false, false) | (true, true) => {}
        }
        Ok(())
    }

    pub(super) fn await_renewal(&mut self, now: Instant) {
        if self.dial != Dial::Asked {
            self.deadline = self.handshake.map(|time| now + time);
        }
    }

    pub(super) fn is_time_to_renew(&self, now: Instant) -> bool {
        let due = self.renewal.is_some_and(|time| time <= now);
        due && self.phase == Phase::Open && !self.lanes[Side::Net.index()].ended
    }

    pub(super) fn renew(&mut self, now: Instant, buffers: &mut Buffers) {
        self.renewal = None;
        // A partner that does as it is asked is not one that asks too often.
        self.asked = None;
        let Some(tls) = self.tls.as_mut().filter(|tls| !tls.is_renewing()) else {
            return;
        };
        let begun = tls.renew(&mut buffers.wire);
        let every = tls.renewal();
        self.lanes[Side::Net.index()].fresh = Source::Sealed;
        match begun {
            Ok(false) if self.is_renewing() => self.await_renewal(now),
            Ok(false) => {}
            Ok(true) => {
                self.notices.push(Notice::Renewed);
                self.renewal = every.map(|time| now + time);
            }
            Err(failure) => self.fail(now, failure, true),
        }
    }
}
