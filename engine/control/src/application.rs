//! What a program says over the socket for applications about a connection of its own, as it would by
//! SIOCTTLSCTL on z/OS.
//!
//! A message is lines of a key, a blank and a value, and ends with an empty line. It is not JSON, as the
//! control socket has it, so that a program in C can read it safely with two dozen lines of code and no
//! memory of its own: each line is short, no value is nested, and a reader passes over keys that it does not
//! know. Only the certificate is longer, in hexadecimal digits that can be taken as they come.
//!
//! One [`Request`] is answered by one [`Reply`], but for an INIT of a program that has not read all that came
//! in the clear: the engine answers `result CONTINUE` and `unread N`, the program takes these N bytes from its
//! socket and sends them as `unread` in hexadecimal digits, because they begin the handshake.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use thiserror::Error;

/// The version of the form.
pub const VERSION: u32 = 1;
/// Bytes of one message at most.
pub const LONGEST: usize = 64 * 1024;
/// Bytes at most that a program gives back when it starts TLS: those of a large hello.
pub const UNREAD: usize = 16 * 1024;

/// A question or an order about a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// The ends as the program sees them: `getsockname` and `getpeername`.
    pub local: SocketAddr,
    pub remote: SocketAddr,
    pub does: Does,
    /// What takes long goes on while the program does, which asks how far it is.
    pub nonblocking: bool,
}

/// The bits of a request; none: it only asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Does {
    /// `TTLS_INIT_CONNECTION`
    pub init: bool,
    /// `TTLS_ALLOW_HSTIMEOUT`
    pub allow_hstimeout: bool,
    /// `TTLS_STOP_CONNECTION`
    pub stop: bool,
    /// `TTLS_RESET_SESSION`
    pub reset_session: bool,
    /// `TTLS_RESET_CIPHER`
    pub reset_cipher: bool,
    /// `TTLS_RESET_WRITE_CIPHER`
    pub reset_write_cipher: bool,
    /// `TTLS_SEND_SESSION_TICKET`
    pub send_session_ticket: bool,
    /// `TTLS_RETURN_CERTIFICATE`
    pub return_certificate: bool,
}

/// Why nothing was done, as a program on z/OS would see it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{errno}: {reason}")]
pub struct Refusal {
    pub errno: Errno,
    /// The name of the reason code, where there is one.
    pub errnojr: &'static str,
    pub reason: String,
}

macro_rules! errnos {
    ($($name:ident $about:literal)*) => {
        /// Errors by the names of errno.h, as their numbers differ between systems.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Errno { $(#[doc = $about] $name,)* }

        impl Errno {
            pub const ALL: &[Self] = &[$(Self::$name),*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }
        }
    };
}

errnos! {
    EACCES "The policy leaves nothing to the program, or the connection is that of another user."
    EALREADY "It is as asked for already, or about to be."
    EBUSY "Too many ask at a time."
    ECONNRESET "The handshake failed, and the connection is gone."
    EINPROGRESS "It has begun."
    EINVAL "The request is not understood."
    ENOTCONN "There is no such connection."
    EPERM "These requests do not go together."
    EPIPE "One of the ends sends no more."
    EPROTO "TLS is not far enough for that, or cannot do it."
    ETIMEDOUT "The partner began no handshake in time; the connection stays in the clear."
    EWOULDBLOCK "A handshake is under way."
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a request is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub outcome: Outcome,
    /// `None`: the connection is not known, or not the program's.
    pub facts: Option<Facts>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// So many bytes that the program has not read are wanted.
    Continue(usize),
    Refused(Refusal),
}

/// What is known of a connection; numbers as in the structure TTLS_IOCTL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// 2 no policy, 3 not enabled, 4 enabled, 5 application controlled.
    pub policy: u8,
    /// 1 not secure, 2 handshake in progress, 3 secure.
    pub connection: u8,
    /// 0x0304 is TLS 1.3; 0: none.
    pub protocol: u16,
    /// IANA's number of the suite.
    pub cipher: Option<u16>,
    /// The group of the key exchange in TLS 1.3, such as `0023`.
    pub key_share: String,
    /// 0 unknown, 1 client, 2 server, 3 to 6 server with client authentication: pass through, full, required,
    /// SAF check.
    pub security: u8,
    /// The user to whom the partner's certificate belongs.
    pub user: String,
    pub fips: bool,
    /// It was mapped like another connection, by `SecondaryMap`.
    pub secondary: bool,
    pub rule: String,
    /// Group, environment and connection action.
    pub actions: [String; 3],
    /// The partner's certificate in DER, where it was asked for and there is one.
    pub certificate: Option<Vec<u8>>,
}

impl Refusal {
    pub fn new(errno: Errno, errnojr: &'static str, reason: impl Into<String>) -> Self {
        Self {
            errno,
            errnojr,
            reason: reason.into(),
        }
    }

    fn invalid(reason: impl Into<String>) -> Self {
        Self::new(Errno::EINVAL, "JrSocketCallParmError", reason)
    }
}

impl Does {
    /// Whether the requests go together.
    pub fn check(&self) -> Result<(), Refusal> {
        let resets = self.reset_session || self.reset_cipher || self.reset_write_cipher;
        let changes = resets || self.send_session_ticket;
        let words = if self.allow_hstimeout && !self.init {
            "ALLOW_HSTIMEOUT goes with INIT_CONNECTION only"
        } else if self.init && (changes || self.stop) {
            "INIT_CONNECTION does not go with STOP_CONNECTION, with a reset or with a ticket"
        } else if self.stop && changes {
            "STOP_CONNECTION does not go with a reset or with a ticket"
        } else if self.reset_cipher && self.reset_write_cipher {
            "RESET_CIPHER renews the keys of RESET_WRITE_CIPHER, too"
        } else {
            return Ok(());
        };
        Err(Refusal::new(Errno::EPERM, "", words))
    }

    /// It only asks.
    pub fn is_query(&self) -> bool {
        let orders = Self {
            return_certificate: false,
            ..*self
        };
        orders == Self::default()
    }

    fn bit(&mut self, word: &str) -> Option<&mut bool> {
        Some(match word {
            "init" => &mut self.init,
            "allow-hstimeout" => &mut self.allow_hstimeout,
            "stop" => &mut self.stop,
            "reset-session" => &mut self.reset_session,
            "reset-cipher" => &mut self.reset_cipher,
            "reset-write-cipher" => &mut self.reset_write_cipher,
            "send-session-ticket" => &mut self.send_session_ticket,
            "return-certificate" => &mut self.return_certificate,
            _ => return None,
        })
    }
}

impl FromStr for Request {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let lines = lines(text)?;
        let value = |key: &str| lines.get(key).copied();
        if value("version") != Some("1") {
            let words = format!("the version of a request is {VERSION}");
            return Err(Refusal::new(Errno::EINVAL, "JrInvalidVersion", words));
        }
        let end = |key: &str| {
            let missing = || Refusal::invalid(format!("`{key}` is an address and a port"));
            value(key).and_then(address).ok_or_else(missing)
        };
        let mut does = Does::default();
        for word in value("do").unwrap_or_default().split_whitespace() {
            let unknown = || Refusal::invalid("`do` has a word that is no request");
            *does.bit(word).ok_or_else(unknown)? = true;
        }
        Ok(Self {
            local: end("local")?,
            remote: end("remote")?,
            does,
            nonblocking: value("nonblocking") == Some("1"),
        })
    }
}

/// The bytes that a program gives back.
pub fn unread(text: &str) -> Result<Vec<u8>, Refusal> {
    let bytes = lines(text)?.get("unread").and_then(|digits| bytes(digits));
    bytes.ok_or_else(|| Refusal::invalid("`unread` has two hexadecimal digits for each byte"))
}

fn lines(text: &str) -> Result<BTreeMap<&str, &str>, Refusal> {
    let lines = text.lines().filter(|line| !line.is_empty());
    let pairs = lines.map(|line| line.split_once(' ').unwrap_or((line, "")));
    let mut found = BTreeMap::new();
    for (key, value) in pairs {
        if found.insert(key, value).is_some() {
            return Err(Refusal::invalid("a key stands in a request once"));
        }
    }
    Ok(found)
}

/// `127.0.0.1 25`; one that is embedded in IPv6 is the same.
fn address(text: &str) -> Option<SocketAddr> {
    let (host, port) = text.split_once(' ')?;
    let host: IpAddr = host.parse().ok()?;
    Some(SocketAddr::new(host.to_canonical(), port.parse().ok()?))
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    let byte = |pair: &[u8]| {
        let pair = std::str::from_utf8(pair)
            .ok()
            .filter(|pair| pair.len() == 2)?;
        let fits = pair.bytes().all(|one| one.is_ascii_hexdigit());
        fits.then(|| u8::from_str_radix(pair, 16).ok())?
    };
    pairs.map(byte).collect()
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "version {VERSION}")?;
        match &self.outcome {
            Outcome::Done => writeln!(f, "result OK")?,
            Outcome::Continue(bytes) => writeln!(f, "result CONTINUE\nunread {bytes}")?,
            Outcome::Refused(refusal) => {
                writeln!(f, "result {}", refusal.errno)?;
                line(f, "errnojr", refusal.errnojr)?;
                line(f, "reason", &refusal.reason)?;
            }
        }
        if let Some(facts) = &self.facts {
            facts.fmt(f)?;
        }
        writeln!(f)
    }
}

impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "policy {}\nconnection {}", self.policy, self.connection)?;
        writeln!(
            f,
            "protocol {:04X}\nsecurity {}",
            self.protocol, self.security
        )?;
        writeln!(f, "fips {}", u8::from(self.fips))?;
        writeln!(f, "secondary {}", u8::from(self.secondary))?;
        if let Some(cipher) = self.cipher {
            // Of a number with more than two digits, the two say to look at the four.
            match u8::try_from(cipher) {
                Ok(short) => writeln!(f, "cipher {short:02X}")?,
                Err(_) => writeln!(f, "cipher 4X")?,
            }
            writeln!(f, "cipher4 {cipher:04X}")?;
        }
        line(f, "key-share", &self.key_share)?;
        line(f, "user", &self.user)?;
        line(f, "rule", &self.rule)?;
        let keys = ["group-action", "environment-action", "connection-action"];
        for (key, name) in keys.into_iter().zip(&self.actions) {
            line(f, key, name)?;
        }
        if let Some(certificate) = &self.certificate {
            writeln!(f, "certificate-length {}", certificate.len())?;
            let digits = certificate.iter().map(|byte| format!("{byte:02X}"));
            writeln!(f, "certificate {}", digits.collect::<String>())?;
        }
        Ok(())
    }
}

/// A line of one line, unless there is no value.
fn line(f: &mut fmt::Formatter<'_>, key: &str, value: &str) -> fmt::Result {
    if value.is_empty() {
        return Ok(());
    }
    let value = value.replace(|one: char| one.is_control(), "?");
    writeln!(f, "{key} {value}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(text: &str) -> Result<Request, Refusal> {
        format!("version 1\nlocal 127.0.0.1 25\nremote ::ffff:192.0.2.1 4711\n{text}\n").parse()
    }

    #[test]
    fn a_request_names_both_ends_and_what_to_do() {
        let found = request("do init allow-hstimeout return-certificate\nnonblocking 1\nnew key")
            .expect("a request");
        assert_eq!(found.local.to_string(), "127.0.0.1:25");
        assert_eq!(found.remote.to_string(), "192.0.2.1:4711");
        let does = found.does;
        assert!(does.init && does.allow_hstimeout && does.return_certificate && !does.stop);
        assert!(found.nonblocking && !does.is_query());
        let found = request("do return-certificate").expect("a request");
        assert!(found.does.is_query() && !found.nonblocking);
    }

    #[test]
    fn what_is_no_request_is_told_why() {
        let wrong = |text: &str| text.parse::<Request>().expect_err("no request");
        for (text, errnojr) in [
            ("", "JrInvalidVersion"),
            ("version 2\n", "JrInvalidVersion"),
            ("version 1\nlocal 127.0.0.1 25\n", "JrSocketCallParmError"),
            ("version 1\nversion 1\n", "JrSocketCallParmError"),
            (
                "version 1\nlocal x 25\nremote 127.0.0.1 1\n",
                "JrSocketCallParmError",
            ),
            (
                "version 1\nlocal 127.0.0.1 70000\nremote ::1 1\n",
                "JrSocketCallParmError",
            ),
        ] {
            let refusal = wrong(text);
            assert_eq!(
                (refusal.errno, refusal.errnojr),
                (Errno::EINVAL, errnojr),
                "{text}"
            );
        }
        let refusal = request("do dance").expect_err("no request");
        assert_eq!(refusal.errno, Errno::EINVAL);
    }

    #[test]
    fn requests_that_do_not_go_together_are_refused() {
        let check = |words: &str| {
            request(&format!("do {words}"))
                .expect("a request")
                .does
                .check()
        };
        for words in [
            "",
            "init",
            "init allow-hstimeout return-certificate",
            "stop",
            "reset-session reset-cipher",
            "send-session-ticket reset-write-cipher",
        ] {
            assert_eq!(check(words), Ok(()), "{words}");
        }
        for words in [
            "allow-hstimeout",
            "stop allow-hstimeout",
            "init stop",
            "init reset-session",
            "init reset-cipher",
            "init reset-write-cipher",
            "init send-session-ticket",
            "stop reset-session",
            "stop reset-cipher",
            "stop send-session-ticket",
            "reset-cipher reset-write-cipher",
        ] {
            let refusal = check(words).expect_err("no");
            assert_eq!(refusal.errno, Errno::EPERM, "{words}");
        }
    }

    #[test]
    fn a_reply_is_lines_and_ends_with_an_empty_one() {
        let facts = Facts {
            policy: 5,
            connection: 3,
            protocol: 0x0304,
            cipher: Some(0x1301),
            key_share: "0023".to_owned(),
            security: 2,
            user: "A\nB".to_owned(),
            rule: "MAIL".to_owned(),
            actions: ["G".to_owned(), "E".to_owned(), String::new()],
            certificate: Some(vec![0x30, 0x82, 0]),
            ..Facts::default()
        };
        let reply = Reply {
            outcome: Outcome::Done,
            facts: Some(facts),
        };
        let expected = "version 1\nresult OK\npolicy 5\nconnection 3\nprotocol 0304\nsecurity 2\nfips 0\nsecondary 0\ncipher 4X\ncipher4 1301\nkey-share 0023\nuser A?B\nrule MAIL\ngroup-action G\nenvironment-action E\ncertificate-length 3\ncertificate 308200\n\n";
        assert_eq!(reply.to_string(), expected);
        let refusal = Refusal::new(Errno::EPERM, "", "no\nway");
        let reply = Reply {
            outcome: Outcome::Refused(refusal),
            facts: None,
        };
        assert_eq!(
            reply.to_string(),
            "version 1\nresult EPERM\nreason no?way\n\n"
        );
    }

    #[test]
    fn unread_bytes_are_pairs_of_digits() {
        assert_eq!(unread("unread 1603fF\n"), Ok(vec![0x16, 3, 0xff]));
        for wrong in [
            "",
            "unread 160\n",
            "unread 1g\n",
            "unread +1\n",
            "unread é\n",
        ] {
            assert!(unread(wrong).is_err(), "{wrong}");
        }
    }
}
