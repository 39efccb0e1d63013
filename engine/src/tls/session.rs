//! One connection: handshake, records, end.

mod asked;

use std::mem;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use generator::analysis::handshake::Demand;
use openssl::hash::MessageDigest;
use openssl::pkey::Id;
use openssl::ssl::{
    Error, ErrorCode, NameType, ShutdownState, Ssl, SslContext, SslRef, SslStream, SslVerifyMode,
    SslVersion,
};
use openssl::x509::X509Ref;

use super::alerts::{self, Alert};
use super::context::Environment;
use super::evidence::{self, Early, Evidence, Own};
use super::failure::Failure;
use super::hosts::NAMES;
use super::plan::{ClientAuth, Plan, Role};
use super::raw;
use super::sessions::Sessions;
use super::tap::{Mark, Passed, Tap, Tapped};
use super::wire::{ALERT, Wire};
pub use asked::Terms;
use control::{CertificateInfo, TlsInfo};

/// TLS on one connection. Bytes pass through the [`Wire`] and the buffer of each call.
pub struct Session {
    stream: SslStream<Wire>,
    plan: Arc<Plan>,
    /// Where its session is kept, whatever context the server name led to.
    context: SslContext,
    sessions: Arc<Sessions>,
    /// Bytes of the partner were seen.
    heard: bool,
    /// TLS failed: its session is not to be resumed.
    failed: bool,
    /// Another handshake is under way, below TLS 1.3.
    renewing: bool,
    /// The partner's certificate, where it must not change.
    partner: Option<Box<[u8]>>,
    /// The last alert that was sent or received.
    alert: Option<Alert>,
    /// What the partner said first; nothing once the handshake is done.
    early: Early,
    /// Somebody watches.
    tap: Option<Box<Tap>>,
}

/// What was read of what came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Plaintext in the buffer.
    pub bytes: usize,
    /// The partner said that it sends no more.
    pub closed: bool,
    /// The partner asked for another handshake, and was told that there is none.
    pub refused: bool,
}

/// What both sides agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// `TLSv1.3`.
    pub version: &'static str,
    /// The suite as IANA names it.
    pub suite: String,
    pub resumed: bool,
    /// To whom the partner's certificate belongs, where that was asked.
    pub user: Option<String>,
}

impl Session {
    /// A connection that has not begun; `partner` is the one at its other end.
    pub fn new(environment: &Environment, partner: SocketAddr) -> Result<Self, Failure> {
        Self::begin(environment, partner, Tapped::Nothing)
    }

    /// The same; as `tapped` says, what passes is noted, for [`Self::passed`].
    pub fn begin(
        environment: &Environment,
        partner: SocketAddr,
        tapped: Tapped,
    ) -> Result<Self, Failure> {
        let ssl = match tapped {
            Tapped::Nothing => environment.ssl(partner),
            Tapped::Handshakes | Tapped::Data => environment.watched(partner),
        };
        let mut ssl = ssl.map_err(|error| Failure::of_stack(&error))?;
        match environment.plan.role {
            Role::Client => ssl.set_connect_state(),
            Role::Server => ssl.set_accept_state(),
        }
        let tap = (tapped != Tapped::Nothing).then(|| Box::new(Tap::new(tapped)));
        Self::of(environment, ssl, environment.plan.clone(), tap)
    }

    /// The same for a client that has nothing of its own: no certificate is asked of it.
    pub(super) fn that_asks_for_nothing(
        environment: &Environment,
        partner: SocketAddr,
    ) -> Result<Self, Failure> {
        let mut ssl = environment
            .ssl(partner)
            .map_err(|error| Failure::of_stack(&error))?;
        ssl.set_accept_state();
        ssl.set_verify(SslVerifyMode::NONE);
        let mut plan = (*environment.plan).clone();
        plan.client_auth = ClientAuth::No;
        plan.fragments.required = false;
        Self::of(environment, ssl, Arc::new(plan), None)
    }

    fn of(
        environment: &Environment,
        ssl: Ssl,
        plan: Arc<Plan>,
        tap: Option<Box<Tap>>,
    ) -> Result<Self, Failure> {
        let stream = SslStream::new(ssl, Wire::default());
        Ok(Self {
            stream: stream.map_err(|error| Failure::of_stack(&error))?,
            plan,
            context: environment.context.clone(),
            sessions: environment.sessions.clone(),
            heard: false,
            failed: false,
            renewing: false,
            partner: None,
            alert: None,
            early: Early::default(),
            tap,
        })
    }

    /// This side sends the first bytes.
    pub fn begins(&self) -> bool {
        self.plan.role == Role::Client
    }

    /// Bytes of the partner were seen.
    pub fn heard(&self) -> bool {
        self.heard
    }

    /// Goes on with the handshake as far as what came allows; whether it is done. After a failure there may
    /// be an alert to send.
    pub fn handshake(&mut self, wire: &mut Wire) -> Result<bool, Failure> {
        let first = wire.came().first().copied();
        let clear = !self.heard && first.is_some_and(|byte| !is_tls(byte, self.plan.role));
        self.heard |= first.is_some();
        self.early.add(wire.came(), self.plan.role == Role::Server);
        let done = self.attempt(wire, |stream| match stream.do_handshake() {
            Ok(()) => Ok(true),
            Err(error) if waits(error.code()) => Ok(false),
            Err(error) => Err(Failure::of(&error, stream.ssl())),
        });
        if !wire.to_send().is_empty() {
            self.early.answer();
        }
        match done {
            Err(failure) if clear => Err(failure.of_clear_text()),
            Ok(true) => {
                let judged = self.judge();
                if judged.is_ok() {
                    // An idle connection holds no memory.
                    self.early.forget();
                }
                judged.map(|()| true)
            }
            other => other,
        }
    }

    /// The last alert that was sent or received.
    pub fn alert(&self) -> Option<Alert> {
        self.alert
    }

    /// What passed since this was asked before; `None`: nothing, or nobody watches.
    pub fn passed(&mut self) -> Option<Passed> {
        self.tap.as_mut()?.passed()
    }

    /// What a connection that failed leaves behind.
    pub fn evidence(&mut self) -> Evidence {
        let role = self.plan.role;
        Evidence {
            alert: self.alert,
            opening: self.early.take(|first| is_tls(first, role)),
            own: self
                .stream
                .ssl()
                .certificate()
                .map(|own| Own(own.to_owned())),
        }
    }

    /// What the library does not demand of a handshake, and the plan does.
    fn judge(&mut self) -> Result<(), Failure> {
        let (ssl, plan) = (self.stream.ssl(), &*self.plan);
        if !is_13(ssl) {
            if plan.master_secret == Demand::Required && ssl.extms_support() == Some(false) {
                return Err(Failure::no_master_secret());
            }
            if plan.renegotiation.indicated && !raw::shows_renegotiation(ssl) {
                return Err(Failure::no_indication());
            }
        }
        if plan.fragments.required && !raw::has_fragments(ssl) {
            return Err(Failure::no_fragments());
        }
        if plan.role == Role::Client
            && let Ok(key) = ssl.peer_tmp_key()
            && key.id() == Id::DH
            && key.bits() < plan.least.ephemeral
        {
            return Err(Failure::small_group(key.bits()));
        }
        if plan.client_auth == ClientAuth::User && self.user().is_none() {
            return Err(Failure::no_user());
        }
        if plan.renegotiation.same_certificate {
            self.partner = self.partner_digest();
        }
        Ok(())
    }

    /// To whom the partner's certificate belongs.
    fn user(&self) -> Option<String> {
        if self.plan.client_auth != ClientAuth::User {
            return None;
        }
        let certificate = self.stream.ssl().peer_certificate()?;
        self.plan.users.user_of(&certificate).map(str::to_owned)
    }

    fn partner_digest(&self) -> Option<Box<[u8]>> {
        let certificate = self.stream.ssl().peer_certificate()?;
        let digest = certificate.digest(MessageDigest::sha256()).ok()?;
        Some((*digest).into())
    }

    /// Another handshake is under way: nothing can be sealed until it is done.
    pub fn is_renewing(&self) -> bool {
        self.renewing
    }

    /// How often this side renews the keys.
    pub fn renewal(&self) -> Option<Duration> {
        self.plan.renewal
    }

    /// Renews the keys: what is to be sent for it is in `wire` then. Below TLS 1.3 that is another handshake.
    /// Whether that is all. If not, and nothing is to be sent either, the library waits for the end of a record
    /// that it has in part.
    pub fn renew(&mut self, wire: &mut Wire) -> Result<bool, Failure> {
        let is_13 = is_13(self.stream.ssl());
        let begun = self.attempt(wire, |stream| {
            let noted = raw::renew(stream, is_13);
            noted.map_err(|error| Failure::of_stack(&error))?;
            match stream.do_handshake() {
                Ok(()) => Ok(()),
                Err(error) if waits(error.code()) => Ok(()),
                Err(error) => Err(Failure::of(&error, stream.ssl())),
            }
        });
        self.renewing = !self.stream.ssl().is_init_finished();
        begun.map(|()| is_13)
    }

    /// Looks whether another handshake began or ended with what was read.
    fn note_renewal(&mut self) -> Result<(), Failure> {
        let under_way = !self.stream.ssl().is_init_finished();
        let ended = mem::replace(&mut self.renewing, under_way) && !under_way;
        if !ended {
            return Ok(());
        }
        let before = self.partner.take();
        self.judge()?;
        match before.is_some() && before != self.partner {
            true => Err(Failure::other_certificate()),
            false => Ok(()),
        }
    }

    /// Reads all that came into `plain`, which holds at least [`super::PLAIN`] bytes.
    pub fn open(&mut self, wire: &mut Wire, plain: &mut [u8]) -> Result<Opened, Failure> {
        let opened = self.attempt(wire, |stream| {
            let mut bytes = 0;
            while let Some(room) = plain.get_mut(bytes..).filter(|room| !room.is_empty()) {
                match stream.ssl_read(room) {
                    Ok(read) => bytes += read,
                    Err(error) if waits(error.code()) => break,
                    Err(error) if says_end(&error, stream) => {
                        return Ok(Opened {
                            bytes,
                            closed: true,
                            refused: false,
                        });
                    }
                    Err(error) => return Err(Failure::of(&error, stream.ssl()).after(bytes)),
                }
            }
            Ok(Opened {
                bytes,
                closed: false,
                refused: false,
            })
        })?;
        // Of all that is read after the handshake, nothing else is answered by an alert and goes on.
        let refused = wire.to_send().first() == Some(&ALERT);
        // What came with the end of a handshake that is not to be is not handed on.
        let noted = self.note_renewal();
        self.failed |= noted.is_err();
        noted.map(|()| Opened { refused, ..opened })
    }

    /// Makes records of all of `plain`.
    pub fn seal(&mut self, mut plain: &[u8], wire: &mut Wire) -> Result<(), Failure> {
        self.attempt(wire, |stream| {
            while !plain.is_empty() {
                match stream.ssl_write(plain) {
                    Ok(written) => plain = plain.get(written..).unwrap_or_default(),
                    Err(error) => return Err(Failure::of(&error, stream.ssl())),
                }
            }
            Ok(())
        })
    }

    /// Says to the partner that this side sends no more.
    pub fn close(&mut self, wire: &mut Wire) {
        self.with(wire, |stream| {
            if stream.get_shutdown().contains(ShutdownState::SENT) {
                return;
            }
            // What fails here, fails again and is reported where the partner is read.
            let _said = stream.shutdown();
        });
    }

    /// What both sides agreed on; of a handshake that is not done, what is known so far.
    pub fn agreed(&self) -> Agreed {
        let ssl = self.stream.ssl();
        Agreed {
            version: ssl.version_str(),
            suite: suite(ssl),
            resumed: ssl.session_reused(),
            user: self.user(),
        }
    }

    /// The same with all that an administrator may want to know.
    pub fn details(&self) -> TlsInfo {
        TlsInfo {
            user: self.user(),
            ..seen(self.stream.ssl())
        }
    }

    /// Lends the buffers to the library for one call that may fail.
    fn attempt<T>(
        &mut self,
        wire: &mut Wire,
        call: impl FnOnce(&mut SslStream<Wire>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let result = self.with(wire, call);
        self.failed |= result.is_err();
        let refused = evidence::take_refused();
        result.map_err(|failure| Failure { refused, ..failure })
    }

    /// Lends the buffers to the library for one call.
    fn with<T>(&mut self, wire: &mut Wire, call: impl FnOnce(&mut SslStream<Wire>) -> T) -> T {
        let mark = Mark::of(wire);
        mem::swap(self.stream.get_mut(), wire);
        let result = call(&mut self.stream);
        mem::swap(self.stream.get_mut(), wire);
        self.alert = alerts::take().or(self.alert);
        if let Some(tap) = &mut self.tap {
            let ssl = self.stream.ssl();
            let suite = ssl.current_cipher();
            let encrypts = suite.is_some_and(|suite| suite.bits().secret > 0);
            tap.take(wire, mark, is_13(ssl), encrypts);
        }
        result
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if !self.failed {
            // A partner that goes without a word may come back with its session (RFC 5246, 7.2.1): OpenSSL
            // would forget it.
            self.stream
                .set_shutdown(ShutdownState::SENT | ShutdownState::RECEIVED);
        }
    }
}

/// What both sides agreed on, but for the user of the partner.
pub(super) fn seen(ssl: &SslRef) -> TlsInfo {
    let name = ssl.servername(NameType::HOST_NAME);
    TlsInfo {
        version: ssl.version_str().to_owned(),
        suite: suite(ssl),
        group: raw::group(ssl),
        server_name: name.map(str::to_owned),
        resumed: ssl.session_reused(),
        own: ssl.certificate().map(shown),
        partner: ssl.peer_certificate().as_deref().map(shown),
        user: None,
    }
}

/// As IANA names it.
fn suite(ssl: &SslRef) -> String {
    let suite = ssl.current_cipher();
    let name = suite.map(|suite| suite.standard_name().unwrap_or_else(|| suite.name()));
    name.unwrap_or("none").to_owned()
}

fn is_13(ssl: &SslRef) -> bool {
    ssl.version2() == Some(SslVersion::TLS1_3)
}

/// Whether the partner said that it sends no more. After an alert `user_canceled`, which Java sends before
/// each end in TLS 1.3, OpenSSL takes that for an error without words (`SSL_get_error` asks for the last
/// warning).
fn says_end(error: &Error, stream: &mut SslStream<Wire>) -> bool {
    let mut ended = || stream.get_shutdown().contains(ShutdownState::RECEIVED);
    match error.code() {
        ErrorCode::ZERO_RETURN => true,
        ErrorCode::SYSCALL => error.ssl_error().is_none() && ended(),
        _ => false,
    }
}

/// A certificate as people know it.
pub(super) fn shown(certificate: &X509Ref) -> CertificateInfo {
    let serial = certificate.serial_number().to_bn();
    let serial = serial.and_then(|number| number.to_hex_str());
    CertificateInfo {
        subject: keyring::name(certificate.subject_name()),
        issuer: keyring::name(certificate.issuer_name()),
        serial: serial.map_or_else(|_| String::new(), |digits| digits.to_string()),
        until: certificate.not_after().to_string(),
        names: keyring::hosts(certificate)
            .into_iter()
            .take(NAMES)
            .collect(),
    }
}

fn waits(code: ErrorCode) -> bool {
    code == ErrorCode::WANT_READ || code == ErrorCode::WANT_WRITE
}

/// Whether a first byte can begin TLS: a handshake record, an alert for a client, or the header of a hello
/// in the form of SSL V2, which old clients send.
fn is_tls(byte: u8, role: Role) -> bool {
    match byte {
        0x16 | 0x15 => true,
        _ => role == Role::Server && byte & 0x80 != 0,
    }
}
