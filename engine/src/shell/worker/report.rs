//! What is logged and counted of a connection, up to its end.

use std::sync::atomic::Ordering;

use super::super::sockets::Socket;
use super::super::timers::Key;
use super::Worker;
use super::link::{Kinship, counters};
use crate::connection::{Notice, Side};
use crate::diagnosis::Case;
use crate::messages::Doing;
use crate::tls::Failure;

impl Worker {
    pub(super) fn report(&mut self, key: Key, notice: Notice) {
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

    pub(super) fn close(&mut self, key: Key, reset: bool) {
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
