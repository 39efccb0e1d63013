//! What a program may ask of TLS on its connection, and know about it.

use openssl::ssl::SslStream;

use super::super::failure::Failure;
use super::super::plan::{Allowed, Role};
use super::super::raw;
use super::super::wire::Wire;
use super::{Session, is_13, waits};

/// What a program may know of TLS on its connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// As in a hello: 0x0303 is TLS 1.2.
    pub version: u16,
    /// The suite as IANA names it; `None`: there is none yet.
    pub suite: Option<String>,
    /// The group of the key exchange as OpenSSL names it.
    pub group: Option<String>,
    /// The user to whom the partner's certificate belongs.
    pub user: Option<String>,
}

impl Session {
    pub fn role(&self) -> Role {
        self.plan.role
    }

    /// Version 1.3 was agreed on.
    pub fn is_13(&self) -> bool {
        is_13(self.stream.ssl())
    }

    /// New keys can be asked for: below TLS 1.3 that is another handshake.
    pub fn may_renew(&self) -> bool {
        self.is_13()
            || self.plan.renegotiation.allowed != Allowed::Nobody
            || self.plan.renewal.is_some()
    }

    /// What was agreed on; of a handshake that is not done, what is known so far.
    pub fn terms(&self) -> Terms {
        let ssl = self.stream.ssl();
        let suite = ssl.current_cipher();
        let number = ssl.version2().map(version_number);
        Terms {
            version: number.unwrap_or_default(),
            suite: suite.map(|one| one.standard_name().unwrap_or_else(|| one.name()).to_owned()),
            group: raw::group(ssl),
            user: self.user(),
        }
    }

    /// The partner's certificate in DER.
    pub fn partner_certificate(&self) -> Option<Vec<u8>> {
        self.stream.ssl().peer_certificate()?.to_der().ok()
    }

    /// Has its session not be resumed. Tickets that a server gave away stay good: it keeps no list of them.
    pub fn forget(&mut self) {
        raw::forget(&self.context, self.stream.ssl());
        if self.plan.role == Role::Client {
            self.sessions.forget(self.stream.ssl());
        }
    }

    /// Takes new keys for what this side sends, in TLS 1.3: what is to be sent for it is in `wire` then.
    pub fn renew_write(&mut self, wire: &mut Wire) -> Result<(), Failure> {
        self.note_and_send(wire, raw::renew_write)
    }

    /// Sends another ticket, as a server of TLS 1.3.
    pub fn send_ticket(&mut self, wire: &mut Wire) -> Result<(), Failure> {
        self.note_and_send(wire, raw::add_ticket)
    }

    fn note_and_send(
        &mut self,
        wire: &mut Wire,
        note: impl FnOnce(&mut SslStream<Wire>) -> Result<(), openssl::error::ErrorStack>,
    ) -> Result<(), Failure> {
        self.with(wire, |stream| {
            note(stream).map_err(|error| Failure::of_stack(&error))?;
            match stream.do_handshake() {
                Ok(()) => Ok(()),
                Err(error) if waits(error.code()) => Ok(()),
                Err(error) => Err(Failure::of(&error, stream.ssl())),
            }
        })
    }
}

fn version_number(version: openssl::ssl::SslVersion) -> u16 {
    use openssl::ssl::SslVersion as Version;
    match version {
        Version::SSL3 => 0x0300,
        Version::TLS1 => 0x0301,
        Version::TLS1_1 => 0x0302,
        Version::TLS1_2 => 0x0303,
        Version::TLS1_3 => 0x0304,
        _ => 0,
    }
}
