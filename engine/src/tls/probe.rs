//! Handshakes that try what a policy comes to, with a client of our own at the other end.

use std::io::{self, Read, Write};

use control::TlsInfo;
use generator::policy::table::suites::Protocol;
use openssl::error::ErrorStack;
use openssl::ssl::{
    ErrorCode, HandshakeError, Ssl, SslContextBuilder, SslMethod, SslOptions, SslStream,
    SslVerifyMode,
};

use super::context::Environment;
use super::failure::Failure;
use super::hosts::{Fit, fit};
use super::names;
use super::plan::{Plan, Role};
use super::session::{Session, seen};
use super::wire::Wire;

/// Flights of a handshake, of which there are four or five.
const FLIGHTS: usize = 20;
/// The partner of a handshake in memory: nobody.
const NOBODY: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

/// What came of a handshake with an environment.
#[derive(Debug)]
pub enum Probed {
    /// As the side of the environment sees it.
    Server(TlsInfo),
    /// A client of today fails, one that takes whatever there is does not.
    Outdated(TlsInfo, Failure),
    /// The environment is of a client, and has so many bytes of hello.
    Client(usize),
}

impl Environment {
    /// Makes a handshake in memory. No client certificate is asked for, as there is none here.
    pub fn probe(&self) -> Result<Probed, Failure> {
        if self.plan.role == Role::Client {
            let mut session = Session::new(self, NOBODY.into())?;
            let mut wire = Wire::new();
            session.handshake(&mut wire)?;
            return Ok(Probed::Client(wire.to_send().len()));
        }
        let failed = |error: ErrorStack| Failure::of_stack(&error);
        let modern = match shake(self, modern().map_err(failed)?) {
            Ok(done) => return Ok(Probed::Server(done)),
            Err(failure) => failure,
        };
        let willing = shake(self, willing(&self.plan).map_err(failed)?)?;
        Ok(Probed::Outdated(willing, modern))
    }
}

/// A handshake over a connection, as a client of today that trusts anybody; what it sees, and how the
/// certificate of the server is for the name that was sent.
pub fn dial<S: Read + Write>(
    stream: S,
    name: Option<&str>,
) -> Result<(TlsInfo, Option<Fit>), Failure> {
    let failed = |error: ErrorStack| Failure::of_stack(&error);
    let mut ssl = Ssl::new(&modern().map_err(failed)?.build()).map_err(failed)?;
    if let Some(name) = name {
        ssl.set_hostname(name).map_err(failed)?;
    }
    match ssl.connect(stream) {
        Ok(mut stream) => {
            let info = seen(stream.ssl());
            let certificate = stream.ssl().peer_certificate();
            let fitting = certificate.zip(name);
            let fitting = fitting.map(|(certificate, name)| fit(&certificate, name));
            // It is over; who does not hear of it finds out.
            let _said = stream.shutdown();
            Ok((info, fitting))
        }
        Err(HandshakeError::SetupFailure(error)) => Err(failed(error)),
        Err(HandshakeError::WouldBlock(_)) => {
            Err(Failure::new(5006, "the handshake took too long"))
        }
        Err(HandshakeError::Failure(stream)) => Err(Failure::of(stream.error(), stream.ssl())),
    }
}

/// What clients of today offer.
fn modern() -> Result<SslContextBuilder, ErrorStack> {
    let mut builder = SslContextBuilder::new(SslMethod::tls_client())?;
    builder.set_verify(SslVerifyMode::NONE);
    Ok(builder)
}

/// Whatever the library has that a policy could want.
fn willing(plan: &Plan) -> Result<SslContextBuilder, ErrorStack> {
    let mut builder = names::context(SslMethod::tls_client())?;
    builder.set_verify(SslVerifyMode::NONE);
    builder.set_security_level(0);
    builder.set_min_proto_version(None)?;
    for (off, _) in Protocol::ALL.into_iter().filter_map(names::version) {
        builder.clear_options(off);
    }
    builder.clear_options(SslOptions::NO_COMPRESSION);
    builder.set_cipher_list("ALL:COMPLEMENTOFALL:@SECLEVEL=0")?;
    let groups = plan.groups.iter().flatten().copied();
    let groups: Vec<_> = groups.filter_map(names::group).collect();
    if !groups.is_empty() {
        builder.set_groups_list(&groups.join(":"))?;
    }
    Ok(builder)
}

/// A handshake of an environment with a client; what the environment sees.
fn shake(environment: &Environment, client: SslContextBuilder) -> Result<TlsInfo, Failure> {
    let failed = |error: ErrorStack| Failure::of_stack(&error);
    let mut session = Session::that_asks_for_nothing(environment, NOBODY.into())?;
    let mut ssl = Ssl::new(&client.build()).map_err(failed)?;
    if let Some((name, _)) = environment.plan.server_name.known.first() {
        ssl.set_hostname(name).map_err(failed)?;
    }
    ssl.set_connect_state();
    let mut client = SslStream::new(ssl, Pipe::default()).map_err(failed)?;
    let mut wire = Wire::new();
    for _ in 0..FLIGHTS {
        let client_done = match client.do_handshake() {
            Ok(()) => true,
            Err(error) if error.code() == ErrorCode::WANT_READ => false,
            Err(error) => return Err(Failure::of(&error, client.ssl())),
        };
        let sent = std::mem::take(&mut client.get_mut().outgoing);
        wire.clear();
        wire.put(&sent);
        // What the client says of a failure is less than what the environment knows of it.
        let done = session.handshake(&mut wire)?;
        client.get_mut().incoming.extend_from_slice(wire.to_send());
        if done && client_done {
            return Ok(session.details());
        }
    }
    Err(Failure::new(438, "the handshake does not end"))
}

/// Bytes between the client and the environment.
#[derive(Debug, Default)]
struct Pipe {
    incoming: Vec<u8>,
    outgoing: Vec<u8>,
}

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.incoming.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let read = self.incoming.as_slice().read(buffer)?;
        self.incoming.drain(..read);
        Ok(read)
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.outgoing.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::super::plan::ClientAuth;
    use super::super::tests::{plan, ring};
    use super::*;

    fn probe(change: impl FnOnce(&mut Plan)) -> Result<Probed, Failure> {
        let mut plan = plan(Role::Server);
        change(&mut plan);
        Environment::new(plan, ring()).unwrap().probe()
    }

    #[test]
    fn a_server_shows_what_it_presents() {
        let Ok(Probed::Server(info)) = probe(|_| {}) else {
            panic!("a handshake");
        };
        assert_eq!(info.version, "TLSv1.3");
        assert_eq!(info.own.unwrap().subject, "CN=localhost");
    }

    #[test]
    fn a_client_certificate_is_not_asked_for() {
        let probed = probe(|plan| plan.client_auth = ClientAuth::Required);
        assert!(matches!(probed, Ok(Probed::Server(_))), "{probed:?}");
    }

    #[test]
    fn what_no_client_can_agree_on_fails() {
        // An RSA certificate alone, and suites for EC ones.
        let failure = probe(|plan| {
            plan.versions = vec![Protocol::Tls12];
            plan.labels = vec!["RSA".to_owned()];
            plan.suites = vec![0xC02B];
        });
        assert_eq!(failure.unwrap_err().code, 402);
    }

    #[test]
    fn what_only_an_old_client_agrees_on_is_told() {
        let probed = probe(|plan| {
            plan.versions = vec![Protocol::Tls10];
            plan.suites = vec![0xC013, 0xC009];
        });
        let Ok(Probed::Outdated(info, modern)) = probed else {
            panic!("{probed:?}");
        };
        assert_eq!((info.version.as_str(), modern.code), ("TLSv1", 412));
    }

    #[test]
    fn a_client_has_a_hello() {
        let probed = Environment::new(plan(Role::Client), ring())
            .unwrap()
            .probe();
        assert!(matches!(probed, Ok(Probed::Client(100..))), "{probed:?}");
    }
}
