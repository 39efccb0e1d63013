//! One side of a handshake: what it offers or accepts, whoever it belongs to.

use std::fmt;

use crate::policy::table::curves::curves;
use crate::policy::table::suites::{CipherSuite, Protocol, suite_by_number};

/// What one side offers as a client, or accepts as a server. Numbers are those of IANA's registries of
/// TLS; every list has the most preferred first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Side {
    /// Oldest first.
    pub versions: Vec<Protocol>,
    pub suites: Vec<u16>,
    /// What counts for TLS 1.2 instead, under a profile.
    pub suite_b: Option<&'static SuiteB>,
    /// Groups below TLS 1.3; `None`: any.
    pub groups: Option<Vec<u16>>,
    /// Groups of TLS 1.3; `None`: any.
    pub groups13: Option<Vec<u16>>,
    /// Groups for which a client sends a key share at once.
    pub shares: Vec<u16>,
    /// `None`: nothing is said.
    pub signatures: Option<Vec<u16>>,
    /// Kinds of certificate that a server may have.
    pub keys: Vec<Key>,
    /// Whether a client has a certificate to show; `None`: not known.
    pub certificate: Option<bool>,
    /// Whether a server asks for one.
    pub asks: Asks,
    pub master_secret: Demand,
    /// The indication of RFC 5746.
    pub renegotiation: Demand,
    /// The name of the server (RFC 6066).
    pub server_name: Demand,
    /// A client says that it fell back; a server heeds that (RFC 7507).
    pub fallback: bool,
    /// A server that follows the client's order of suites.
    pub follows_client: bool,
}

/// What a Suite B profile leaves for TLS 1.2.
#[derive(Debug, PartialEq, Eq)]
pub struct SuiteB {
    pub suites: &'static [u16],
    pub groups: &'static [u16],
    pub signatures: &'static [u16],
}

/// The kind of key in a server's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Rsa,
    Ecdsa,
}

/// What a server wants of a client's certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Asks {
    #[default]
    No,
    /// Goes on without one.
    Requested,
    Required,
}

/// How a side stands to an extension.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Demand {
    Off,
    #[default]
    On,
    Required,
}

impl Key {
    pub const ALL: [Self; 2] = [Self::Rsa, Self::Ecdsa];

    /// Whether a signature scheme can be made with such a key in this version: RFC 5246, 7.4.1.4.1;
    /// RFC 8446, 4.2.3.
    pub fn signs(self, version: Protocol, scheme: u16) -> bool {
        let (hash, algorithm) = (scheme >> 8, scheme & 0xff);
        let pss = matches!(scheme, 0x0804..=0x0806);
        match (self, version) {
            (Self::Rsa, Protocol::Tls13) => pss,
            (Self::Rsa, _) => pss || (hash < 7 && algorithm == 1),
            (Self::Ecdsa, Protocol::Tls13) => matches!(scheme, 0x0403 | 0x0503 | 0x0603),
            (Self::Ecdsa, _) => hash < 7 && algorithm == 3,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rsa => "RSA",
            Self::Ecdsa => "ECDSA",
        })
    }
}

impl Side {
    /// The profile, if it counts for a version.
    pub fn profile_of(&self, version: Protocol) -> Option<&'static SuiteB> {
        self.suite_b.filter(|_| version == Protocol::Tls12)
    }

    /// The suites of a version, the most preferred first.
    pub fn suites_of(&self, version: Protocol) -> Vec<u16> {
        if let Some(profile) = self.profile_of(version) {
            return profile.suites.to_vec();
        }
        let all = self.suites.iter().copied();
        all.filter(|suite| works(*suite, version)).collect()
    }

    /// The groups of a version; `None`: any.
    pub fn groups_of(&self, version: Protocol) -> Option<&[u16]> {
        match (self.profile_of(version), version) {
            (Some(profile), _) => Some(profile.groups),
            (None, Protocol::Tls13) => self.groups13.as_deref(),
            (None, _) => self.groups.as_deref(),
        }
    }

    /// The signature schemes of a version; a client that names none means those of RFC 5246, 7.4.1.4.1.
    pub fn schemes(&self, version: Protocol) -> &[u16] {
        match (self.profile_of(version), &self.signatures) {
            (Some(profile), _) => profile.signatures,
            (None, Some(signatures)) => signatures,
            (None, None) => &[0x0201, 0x0203],
        }
    }
}

fn works(suite: u16, version: Protocol) -> bool {
    match suite_by_number(suite) {
        Some(suite) => suite.works_with(version),
        // AES-CCM of TLS 1.3, which System SSL does not have.
        None => (0x13..0x14).contains(&(suite >> 8)) == (version == Protocol::Tls13),
    }
}

/// The certificate that a suite below TLS 1.3 needs. `None`: one with a DSA or Diffie-Hellman key, or none
/// at all; such are not looked for.
pub fn key_of(suite: &CipherSuite) -> Option<Key> {
    match (suite.key_exchange, suite.authentication) {
        ("RSA" | "RSA-EXPORT" | "DHE" | "ECDHE", "RSA") => Some(Key::Rsa),
        ("ECDH", _) | ("ECDHE", "ECDSA") => Some(Key::Ecdsa),
        _ => None,
    }
}

/// The name of a suite, or its number.
pub fn suite_name(number: u16) -> String {
    let known = suite_by_number(number);
    known.map_or_else(|| format!("{number:04X}"), |suite| suite.name.to_owned())
}

/// The name of a group, or its number.
pub fn group_name(number: u16) -> String {
    let known = curves().iter().find(|curve| curve.iana == number);
    match (known, number) {
        (Some(curve), _) => curve.name.to_owned(),
        (_, 0x0100..=0x0104) => format!("ffdhe group {number:04X}"),
        (_, 0x11eb..=0x11ed) => format!("hybrid ML-KEM group {number:04X}"),
        _ => format!("group {number:04X}"),
    }
}

/// The first of `order` that `other` has, too.
pub fn first_common(order: &[u16], other: &[u16]) -> Option<u16> {
    order.iter().copied().find(|one| other.contains(one))
}
