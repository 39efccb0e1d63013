//! What is kept of a connection that failed, so that somebody who asks can be told why.

use std::cell::RefCell;

use openssl::x509::{X509, X509Ref};

use super::alerts::Alert;
use super::hosts::{Fit, fit};
use super::session::shown;
use control::CertificateInfo;

/// Bytes that the partner sent first, as far as they are kept while a handshake goes on: a ClientHello.
const MOST_OF_CLIENT: usize = 8 << 10;
/// The same of a server, whose first message is short.
const MOST_OF_SERVER: usize = 512;
/// Characters of a name in a certificate.
const NAME: usize = 200;

/// What a connection leaves behind.
#[derive(Debug, Default)]
pub struct Evidence {
    pub alert: Option<Alert>,
    pub opening: Opening,
    /// What this side presented.
    pub own: Option<Own>,
}

/// How the partner began.
#[derive(Debug, Default, PartialEq, Eq)]
pub enum Opening {
    /// It sent nothing.
    #[default]
    Nothing,
    /// The first records, which may be cut off.
    Tls(Box<[u8]>),
    /// No TLS; what it looks like, if that is known. What it says is kept nowhere.
    Clear(Option<&'static str>),
}

/// A certificate of this side.
#[derive(Clone)]
pub struct Own(pub(super) X509);

impl std::fmt::Debug for Own {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Own(_)")
    }
}

impl Own {
    pub fn info(&self) -> CertificateInfo {
        shown(&self.0)
    }

    /// How it is for a host.
    pub fn fit(&self, host: &str) -> Fit {
        fit(&self.0, host)
    }

    /// The name of the authority above the certificates that are sent along: the one that a partner has to
    /// trust.
    pub fn trust(&self, ring: &keyring::Ring) -> String {
        let mut all = ring.personals().map(|(_, one)| one);
        let known = all.find(|one| one.leaf == self.0);
        let top = known.and_then(|one| one.chain.last()).unwrap_or(&self.0);
        keyring::name(top.issuer_name())
    }
}

/// A certificate of the partner that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    pub certificate: CertificateInfo,
    /// 0: the partner's own; above: of the authorities.
    pub depth: u32,
}

thread_local! {
    // The library asks about certificates in the middle of a call, and each call is for one connection.
    static REFUSED: RefCell<Option<Box<Judged>>> = const { RefCell::new(None) };
}

/// A certificate was refused.
pub(super) fn note_refused(certificate: &X509Ref, depth: u32) {
    let mut certificate = shown(certificate);
    for name in [&mut certificate.subject, &mut certificate.issuer] {
        if let Some((end, _)) = name.char_indices().nth(NAME) {
            name.truncate(end);
            name.push('…');
        }
    }
    REFUSED.replace(Some(Box::new(Judged { certificate, depth })));
}

/// The last certificate that was refused on this thread, once.
pub(super) fn take_refused() -> Option<Box<Judged>> {
    REFUSED.take()
}

/// The first bytes of the partner, while the handshake goes on.
#[derive(Debug, Default)]
pub(super) struct Early {
    bytes: Vec<u8>,
    /// This side answered them.
    answered: bool,
}

impl Early {
    pub fn add(&mut self, came: &[u8], of_client: bool) {
        if self.answered {
            return;
        }
        let most = if of_client {
            MOST_OF_CLIENT
        } else {
            MOST_OF_SERVER
        };
        let room = most.saturating_sub(self.bytes.len());
        self.bytes
            .extend_from_slice(came.get(..room).unwrap_or(came));
    }

    /// This side has something to send, which follows from what came, if anything did.
    pub fn answer(&mut self) {
        self.answered |= !self.bytes.is_empty();
    }

    /// What it comes to; nothing is left.
    pub fn take(&mut self, is_tls: impl Fn(u8) -> bool) -> Opening {
        let bytes = std::mem::take(&mut self.bytes);
        match bytes.first() {
            None => Opening::Nothing,
            Some(first) if is_tls(*first) => Opening::Tls(bytes.into_boxed_slice()),
            Some(_) => Opening::Clear(protocol(&bytes)),
        }
    }

    pub fn forget(&mut self) {
        self.bytes = Vec::new();
        self.answered = true;
    }
}

/// What a text looks like that is no TLS.
fn protocol(bytes: &[u8]) -> Option<&'static str> {
    const BEGINNINGS: [(&[u8], &str); 20] = [
        (b"GET ", "HTTP"),
        (b"POST ", "HTTP"),
        (b"HEAD ", "HTTP"),
        (b"PUT ", "HTTP"),
        (b"OPTIONS ", "HTTP"),
        (b"DELETE ", "HTTP"),
        (b"PATCH ", "HTTP"),
        (b"CONNECT ", "HTTP"),
        (b"PRI * HTTP/2", "HTTP/2"),
        (b"HTTP/", "HTTP"),
        (b"SSH-", "SSH"),
        (b"EHLO ", "SMTP"),
        (b"HELO ", "SMTP"),
        (b"USER ", "FTP or POP3"),
        (b"220", "FTP or SMTP"),
        (b"+OK", "POP3"),
        (b"* OK", "IMAP"),
        (b"TSH ", "IBM MQ"),
        (b"\xff\xfb", "TN3270 or Telnet"),
        (b"\xff\xfd", "TN3270 or Telnet"),
    ];
    let found = BEGINNINGS
        .iter()
        .find(|(start, _)| bytes.starts_with(start));
    found.map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opening(pieces: &[&[u8]], of_client: bool) -> Opening {
        let mut early = Early::default();
        for piece in pieces {
            early.add(piece, of_client);
        }
        early.take(|byte| byte == 0x16)
    }

    #[test]
    fn an_opening_is_kept_as_far_as_it_is_tls_and_has_an_end() {
        assert_eq!(opening(&[], true), Opening::Nothing);
        let long = [0x16; 20_000];
        let Opening::Tls(bytes) = opening(&[&long[..3], &long], true) else {
            panic!("it is TLS");
        };
        assert_eq!(bytes.len(), MOST_OF_CLIENT);
        assert!(
            matches!(opening(&[&long], false), Opening::Tls(bytes) if bytes.len() == MOST_OF_SERVER)
        );
        assert_eq!(
            opening(&[b"GE", b"T /secret HTTP/1.1"], true),
            Opening::Clear(Some("HTTP"))
        );
        assert_eq!(opening(&[b"password"], true), Opening::Clear(None));
    }

    #[test]
    fn what_comes_after_the_answer_is_not_kept() {
        let mut early = Early::default();
        // A client speaks first, before anything came.
        early.answer();
        early.add(b"\x16first", true);
        early.answer();
        early.add(b"second", true);
        assert_eq!(early.take(|_| true), Opening::Tls((*b"\x16first").into()));
        early.forget();
        early.add(b"third", true);
        assert_eq!(early.take(|_| true), Opening::Nothing);
    }
}
