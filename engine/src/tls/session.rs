//! One connection: handshake, records, end.

use std::mem;
use std::net::SocketAddr;

use generator::analysis::handshake::Demand;
use openssl::ssl::{ErrorCode, ShutdownState, SslStream};

use super::context::Environment;
use super::failure::Failure;
use super::plan::Role;
use super::wire::Wire;

/// TLS on one connection. Bytes pass through the [`Wire`] and the buffer of each call.
pub struct Session {
    stream: SslStream<Wire>,
    role: Role,
    /// Bytes of the partner were seen.
    heard: bool,
    /// TLS failed: its session is not to be resumed.
    failed: bool,
    master_secret: Demand,
}

/// What was read of what came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Plaintext in the buffer.
    pub bytes: usize,
    /// The partner said that it sends no more.
    pub closed: bool,
}

/// What both sides agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// `TLSv1.3`.
    pub version: &'static str,
    /// The suite as IANA names it.
    pub suite: String,
    pub resumed: bool,
}

impl Session {
    /// A connection that has not begun; `partner` is the one at its other end.
    pub fn new(environment: &Environment, partner: SocketAddr) -> Result<Self, Failure> {
        let begun = environment.ssl(partner).and_then(|mut ssl| {
            match environment.plan.role {
                Role::Client => ssl.set_connect_state(),
                Role::Server => ssl.set_accept_state(),
            }
            SslStream::new(ssl, Wire::default())
        });
        Ok(Self {
            stream: begun.map_err(|error| Failure::of_stack(&error))?,
            role: environment.plan.role,
            heard: false,
            failed: false,
            master_secret: environment.plan.master_secret,
        })
    }

    /// This side sends the first bytes.
    pub fn begins(&self) -> bool {
        self.role == Role::Client
    }

    /// Bytes of the partner were seen.
    pub fn heard(&self) -> bool {
        self.heard
    }

    /// Goes on with the handshake as far as what came allows; whether it is done. After a failure there may
    /// be an alert to send.
    pub fn handshake(&mut self, wire: &mut Wire) -> Result<bool, Failure> {
        let first = wire.came().first().copied();
        let clear = !self.heard && first.is_some_and(|byte| !is_tls(byte, self.role));
        self.heard |= first.is_some();
        let done = self.attempt(wire, |stream| match stream.do_handshake() {
            Ok(()) => Ok(true),
            Err(error) if waits(error.code()) => Ok(false),
            Err(error) => Err(Failure::of(&error, stream.ssl())),
        });
        match done {
            Err(failure) if clear => Err(failure.of_clear_text()),
            Ok(true) if self.lacks_master_secret() => Err(Failure::no_master_secret()),
            other => other,
        }
    }

    fn lacks_master_secret(&self) -> bool {
        let ssl = self.stream.ssl();
        let old = ssl.version_str() != "TLSv1.3";
        self.master_secret == Demand::Required && old && ssl.extms_support() == Some(false)
    }

    /// Reads all that came into `plain`, which holds at least [`super::PLAIN`] bytes.
    pub fn open(&mut self, wire: &mut Wire, plain: &mut [u8]) -> Result<Opened, Failure> {
        self.attempt(wire, |stream| {
            let mut bytes = 0;
            while let Some(room) = plain.get_mut(bytes..).filter(|room| !room.is_empty()) {
                match stream.ssl_read(room) {
                    Ok(read) => bytes += read,
                    Err(error) if waits(error.code()) => break,
                    Err(error) if error.code() == ErrorCode::ZERO_RETURN => {
                        return Ok(Opened {
                            bytes,
                            closed: true,
                        });
                    }
                    Err(error) => return Err(Failure::of(&error, stream.ssl()).after(bytes)),
                }
            }
            Ok(Opened {
                bytes,
                closed: false,
            })
        })
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
        let suite = ssl.current_cipher();
        let name = suite.map(|suite| suite.standard_name().unwrap_or_else(|| suite.name()));
        Agreed {
            version: ssl.version_str(),
            suite: name.unwrap_or("none").to_owned(),
            resumed: ssl.session_reused(),
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
        result
    }

    /// Lends the buffers to the library for one call.
    fn with<T>(&mut self, wire: &mut Wire, call: impl FnOnce(&mut SslStream<Wire>) -> T) -> T {
        mem::swap(self.stream.get_mut(), wire);
        let result = call(&mut self.stream);
        mem::swap(self.stream.get_mut(), wire);
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
