//! What programs ask of a thread about their connections, and order.

use std::sync::mpsc::Sender;
use std::time::Instant;

use control::application::Facts;
use generator::policy::lookup::Way;
use generator::policy::table::curves::curve_named;
use generator::policy::table::suites::suite_named;

use super::super::dial::Caller;
use super::super::known::{Ends, Place};
use super::super::sockets;
use super::super::timers::Key;
use super::Worker;
use super::link::{Kinship, Link, index};
use crate::capture::Capture;
use crate::connection::{Denied, Keys, Notice, Side};
use crate::messages::{Doing, explained};
use crate::policy::Protection;
use crate::tls::{ClientAuth, Environment, Role, Session};
use std::sync::Arc;

/// What came of an order that takes long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// The handshake is done.
    Secured,
    /// The partner began none in time.
    Silent,
    /// TLS has ended on both sides.
    Stopped,
    /// The connection is about to be cut, for this reason.
    Failed(String),
}

/// An order that is carried out between two events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    ForgetSession,
    Renew(Keys),
    Ticket,
}

impl Worker {
    /// Makes a connection known by the ends that its program sees.
    pub(super) fn make_known(&mut self, key: Key) {
        if !self.shared.known.is_on() {
            return;
        }
        let place = Place {
            worker: self.number,
            key,
        };
        if let Some(link) = self.link(key)
            && let Some(ends) = link.ends_of_program()
        {
            link.ends = Some(ends);
            self.shared.known.add(ends, place);
        }
    }

    pub(super) fn forget(&self, link: &Link) {
        if let Some(ends) = link.ends {
            let place = Place {
                worker: self.number,
                key: link.key,
            };
            self.shared.known.remove(ends, place);
        }
    }

    /// What is known of a connection. `None`: it is over.
    pub fn facts(&mut self, key: Key, certificate: bool) -> Option<Facts> {
        Some(self.link(key)?.facts(certificate))
    }

    /// Begins an order that starts TLS, or stops it; the ends of the socket that leads to the program.
    pub fn hold(&mut self, key: Key, starts: bool) -> Option<Result<Ends, Denied>> {
        let link = self.link(key)?;
        let ends = link.ends_of_engine()?;
        Some(link.connection.hold(starts).map(|()| ends))
    }

    /// What was begun is not done.
    pub fn release(&mut self, key: Key) {
        if let Some(link) = self.link(key) {
            link.connection.release();
            self.turn(key);
        }
    }

    /// Whether all that came of the program by now was read, and all that came for it was handed on.
    pub fn is_drained(&mut self, key: Key) -> Option<bool> {
        if let Some(socket) = self.link(key)?.sockets[index(Side::Program)].as_mut() {
            // The kernel may not have said yet what it has.
            socket.readable = true;
            socket.acknowledge();
        }
        self.turn(key);
        let link = self.link(key)?;
        let socket = link.socket(Side::Program)?;
        Some(!socket.readable && link.connection.is_drained())
    }

    /// Starts TLS; `told` hears what came of it, and is dropped when the connection is over.
    pub fn secure(
        &mut self,
        key: Key,
        unread: &[u8],
        patient: bool,
        told: Sender<Told>,
    ) -> Option<Result<(), Denied>> {
        let link = self
            .links
            .get_mut(key.place)
            .filter(|link| link.key == key)?;
        let session = match link.environment() {
            None => Err(Denied::NotControlled),
            Some(environment) => {
                let rule = link.subject.rule.as_ref();
                let clear_text = rule.is_some_and(|rule| rule.actions.clear_text);
                let tapped = Capture::tapped(&link.captures, clear_text);
                Session::begin(&environment, link.session_of(), tapped).map_err(|failure| {
                    let text = link.subject.error(Doing::ConnectionInit, &failure);
                    self.shared.log.connection(text);
                    Denied::Failed
                })
            }
        };
        let done = session.and_then(|session| {
            let start = link.subject.start(Doing::InitialHandshake);
            self.shared.log.connection(start);
            link.told = Some(told);
            let now = Instant::now();
            link.connection
                .secure(now, session, unread, patient, &mut self.buffers)
        });
        if done.is_err() {
            link.told = None;
            link.connection.release();
        }
        self.keep(key);
        self.turn(key);
        Some(done)
    }

    /// Stops TLS; `told` as above.
    pub fn stop(&mut self, key: Key, told: Sender<Told>) -> Option<Result<(), Denied>> {
        let link = self
            .links
            .get_mut(key.place)
            .filter(|link| link.key == key)?;
        link.told = Some(told);
        let done = link.connection.stop(Instant::now(), &mut self.buffers);
        if done.is_err() {
            link.told = None;
            link.connection.release();
        }
        self.keep(key);
        self.turn(key);
        Some(done)
    }

    pub fn change(&mut self, key: Key, change: Change) -> Option<Result<(), Denied>> {
        let link = self
            .links
            .get_mut(key.place)
            .filter(|link| link.key == key)?;
        let (connection, buffers) = (&mut link.connection, &mut self.buffers);
        let done = match change {
            Change::ForgetSession => connection.reset_session(),
            Change::Renew(keys) => connection.reset_cipher(Instant::now(), keys, buffers),
            Change::Ticket => connection.send_ticket(buffers),
        };
        self.keep(key);
        self.turn(key);
        Some(done)
    }
}

impl Link {
    /// Tells the program what its order came to.
    pub(super) fn tell_program(&mut self, notice: &Notice) {
        let told = match notice {
            Notice::Secured(_) => Told::Secured,
            Notice::Silent => Told::Silent,
            Notice::Stopped => Told::Stopped,
            Notice::Failed { failure, .. } => {
                Told::Failed(format!("RC {}: {}", failure.code, explained(failure)))
            }
            Notice::Undialed => Told::Failed("the partner cannot be reached".to_owned()),
            Notice::Cut | Notice::Renewed | Notice::NotRenewed => return,
        };
        if let Some(waits) = self.told.take() {
            // It may have gone away.
            let _ = waits.send(told);
        }
    }

    /// The partner whose sessions go on.
    fn session_of(&self) -> std::net::SocketAddr {
        match self.kinship {
            Kinship::Primary(_) => self.subject.remote,
            Kinship::Secondary(partner) => partner,
        }
    }

    fn environment(&self) -> Option<Arc<Environment>> {
        match &self.subject.rule.as_ref()?.actions.protection {
            Protection::Clear => None,
            Protection::Tls(environment) => Some(environment.clone()),
        }
    }

    /// The ends of the socket that leads to the program.
    fn ends_of_engine(&self) -> Option<Ends> {
        let socket = self.socket(Side::Program)?;
        Some(Ends {
            local: sockets::local(&socket.fd)?,
            remote: sockets::peer(&socket.fd)?,
        })
    }

    /// The ends as the program sees them; `None`: it is not there yet.
    fn ends_of_program(&self) -> Option<Ends> {
        let socket = self.socket(Side::Program)?;
        let own = sockets::local(&socket.fd)?;
        Some(match (self.subject.way, self.dial.caller) {
            // What the engine connects to, and as whom.
            (Way::Inbound, _) => Ends {
                local: self.dial.target,
                remote: own,
            },
            // What the program connected to, which is not the engine where it was caught.
            (Way::Outbound, Caller::Program(..)) => Ends {
                local: sockets::peer(&socket.fd)?,
                remote: self.dial.target,
            },
            (Way::Outbound, _) => Ends {
                local: sockets::peer(&socket.fd)?,
                remote: own,
            },
        })
    }

    fn facts(&self, certificate: bool) -> Facts {
        let rule = self.subject.rule.as_ref();
        let actions = rule.map(|rule| &rule.actions);
        let mut facts = Facts {
            policy: match actions.map(|all| (&all.protection, all.controlled)) {
                None => 2,
                Some((Protection::Clear, _)) => 3,
                Some((Protection::Tls(_), false)) => 4,
                Some((Protection::Tls(_), true)) => 5,
            },
            connection: 1,
            secondary: matches!(self.kinship, Kinship::Secondary(_)),
            ..Facts::default()
        };
        if let (Some(rule), Some(actions)) = (rule, actions) {
            facts.rule = rule.name.to_string();
            let names = [&actions.group, &actions.environment, &actions.connection];
            facts.actions = names.map(|name| name.text.clone());
        }
        if let Some(environment) = self.environment() {
            facts.fips = environment.plan.fips;
        }
        let Some(tls) = self.connection.tls() else {
            return facts;
        };
        facts.connection = 2;
        if !self.connection.is_secure() {
            return facts;
        }
        facts.connection = 3;
        let terms = tls.terms();
        facts.protocol = terms.version;
        let suite = terms.suite.as_deref().and_then(suite_named);
        facts.cipher = suite.and_then(|suite| suite.number());
        let curve = terms.group.as_deref().filter(|_| tls.is_13());
        facts.key_share = curve.map_or_else(String::new, |name| {
            // OpenSSL has its own name for one curve.
            let name = if name == "prime256v1" {
                "secp256r1"
            } else {
                name
            };
            curve_named(name).map_or_else(|| name.to_owned(), |curve| curve.code.to_owned())
        });
        facts.user = terms.user.unwrap_or_default();
        facts.security = self.environment().map_or(0, |made| security(&made));
        if certificate {
            facts.certificate = tls.partner_certificate();
        }
        facts
    }
}

/// `TTLSi_Sec_Type`.
fn security(environment: &Environment) -> u8 {
    match (environment.plan.role, environment.plan.client_auth) {
        (Role::Client, _) => 1,
        (Role::Server, ClientAuth::No) => 2,
        (Role::Server, ClientAuth::PassThru) => 3,
        (Role::Server, ClientAuth::Full) => 4,
        (Role::Server, ClientAuth::Required) => 5,
        (Role::Server, ClientAuth::User) => 6,
    }
}
