//! What a ring holds, in words and numbers: for lists, reports and checks.

use std::fmt;

use jiff::Timestamp;
use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{HasPublic, Id, PKeyRef};
use openssl::x509::{X509, X509NameRef, X509Ref};

use crate::judge::SOON;
use crate::ring::{Ring, chain, has_root, is_root};
use crate::write::Usage;

/// One certificate of a ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub label: String,
    pub usage: Usage,
    /// As RFC 4514 writes names.
    pub subject: String,
    pub issuer: String,
    /// Hexadecimal digits.
    pub serial: String,
    pub not_before: Timestamp,
    pub not_after: Timestamp,
    pub key: Key,
    /// The algorithm of the signature, by the name that OpenSSL gives it.
    pub signature: String,
    /// The DNS names and addresses that it is for.
    pub hosts: Vec<String>,
    /// SHA-256, hexadecimal digits.
    pub fingerprint: String,
    /// It is presented when no label is coded.
    pub is_default: bool,
    /// It may issue others.
    pub is_authority: bool,
    pub is_root: bool,
    /// The subjects of the issuers up to the root, nearest first, as far as the ring has them.
    pub chain: Vec<String>,
    /// The root is among them, or it is one itself.
    pub complete: bool,
}

/// The kind of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    Rsa,
    Ec,
    Ed25519,
    /// DSA, Ed448 and what else there is.
    Other,
}

/// Kind and size of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub kind: KeyKind,
    pub bits: u32,
    /// The name of the curve, such as `P-256`; empty where there is none.
    pub curve: String,
}

/// How near the end of a certificate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expiry {
    Ended,
    /// Within 1 day.
    Day,
    /// Within 7 days.
    Week,
    /// Within 30 days.
    Month,
}

impl Held {
    /// How near its end is; `None`: more than 30 days.
    pub fn expiry(&self, now: Timestamp) -> Option<Expiry> {
        match self.days_left(now) {
            ..0 => Some(Expiry::Ended),
            0 => Some(Expiry::Day),
            1..7 => Some(Expiry::Week),
            7..SOON => Some(Expiry::Month),
            _ => None,
        }
    }

    /// Whole days until it ends, at a time; below zero: it has ended.
    pub fn days_left(&self, now: Timestamp) -> i64 {
        let seconds = self.not_after.as_second() - now.as_second();
        seconds.div_euclid(DAY)
    }

    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.not_before <= now && now <= self.not_after
    }
}

/// Seconds of a day.
pub(crate) const DAY: i64 = 86_400;

/// All certificates of a ring: those with keys, then the authorities, each by label.
pub fn held(ring: &Ring) -> Vec<Held> {
    let default = ring.default_label();
    let personal = ring.personals().map(|(label, one)| {
        let mut held = of(label, Usage::Personal, &one.leaf, &one.chain, one.complete);
        held.is_default = default == Some(label);
        held
    });
    let known = ring.authorities();
    let authorities = ring.labelled_authorities().map(|(label, one)| {
        let issuers = chain(one, known.iter());
        let complete = has_root(one, &issuers, known.iter());
        of(label, Usage::Authority, one, &issuers, complete)
    });
    personal.chain(authorities).collect()
}

/// A certificate with its issuers below the root, and whether the root is known.
fn of(label: &str, usage: Usage, one: &X509, issuers: &[X509], complete: bool) -> Held {
    let subjects = issuers.iter().map(|one| name(one.subject_name()));
    let mut subjects: Vec<_> = subjects.collect();
    let last = issuers.last().unwrap_or(one);
    if complete && !is_root(last) {
        subjects.push(name(last.issuer_name()));
    }
    Held {
        label: label.to_owned(),
        usage,
        subject: name(one.subject_name()),
        issuer: name(one.issuer_name()),
        serial: serial(one),
        not_before: time(one.not_before()),
        not_after: time(one.not_after()),
        key: Key::of(one),
        signature: signature(one),
        hosts: hosts(one),
        fingerprint: hexadecimal(
            &one.digest(MessageDigest::sha256())
                .map(|digest| digest.to_vec())
                .unwrap_or_default(),
        ),
        is_default: false,
        is_authority: is_authority(one),
        is_root: is_root(one),
        chain: subjects,
        complete,
    }
}

impl Key {
    /// The key of a certificate.
    fn of(one: &X509Ref) -> Self {
        match one.public_key() {
            Ok(key) => Self::of_key(&key),
            Err(_) => Self {
                kind: KeyKind::Other,
                bits: 0,
                curve: String::new(),
            },
        }
    }

    pub fn of_key<T: HasPublic>(key: &PKeyRef<T>) -> Self {
        let kind = match key.id() {
            Id::RSA | Id::RSA_PSS => KeyKind::Rsa,
            Id::EC => KeyKind::Ec,
            Id::ED25519 => KeyKind::Ed25519,
            _ => KeyKind::Other,
        };
        let curve = key.ec_key().ok().and_then(|key| key.group().curve_name());
        Self {
            kind,
            bits: key.bits(),
            curve: curve.map(curve_name).unwrap_or_default(),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            KeyKind::Rsa => write!(f, "RSA {}", self.bits),
            KeyKind::Ec if self.curve.is_empty() => write!(f, "EC {}", self.bits),
            KeyKind::Ec => write!(f, "EC {}", self.curve),
            KeyKind::Ed25519 => f.write_str("Ed25519"),
            KeyKind::Other => write!(f, "other, {} bits", self.bits),
        }
    }
}

fn curve_name(curve: Nid) -> String {
    match curve {
        Nid::X9_62_PRIME256V1 => "P-256".to_owned(),
        Nid::SECP384R1 => "P-384".to_owned(),
        Nid::SECP521R1 => "P-521".to_owned(),
        other => other.short_name().unwrap_or_default().to_owned(),
    }
}

/// A name as RFC 4514 writes it: the last part first, with what is special behind a backslash.
pub fn name(name: &X509NameRef) -> String {
    let parts = name.entries().map(|entry| {
        let object = entry.object();
        let kind = match object.nid() {
            Nid::UNDEF => object.to_string(),
            nid => nid.short_name().unwrap_or_default().to_owned(),
        };
        let value = match entry.data().to_string() {
            Ok(text) => escaped(&text),
            Err(_) => format!("#{}", hexadecimal(entry.data().as_slice())),
        };
        format!("{kind}={value}")
    });
    let mut parts: Vec<_> = parts.collect();
    parts.reverse();
    parts.join(",")
}

fn escaped(value: &str) -> String {
    let last = value.chars().count().saturating_sub(1);
    let mut text = String::with_capacity(value.len());
    for (at, letter) in value.chars().enumerate() {
        let edge = at == 0 || at == last;
        match letter {
            ',' | '+' | '"' | '\\' | '<' | '>' | ';' => text.extend(['\\', letter]),
            '#' if at == 0 => text.push_str("\\#"),
            ' ' if edge => text.push_str("\\ "),
            // A terminal is not to obey a certificate.
            letter if letter.is_control() => {
                let mut bytes = [0; 4];
                for byte in letter.encode_utf8(&mut bytes).bytes() {
                    text.push_str(&format!("\\{byte:02X}"));
                }
            }
            letter => text.push(letter),
        }
    }
    text
}

pub fn serial(one: &X509Ref) -> String {
    let number = one.serial_number().to_bn();
    let digits = number.and_then(|number| number.to_hex_str());
    digits.map_or_else(|_| String::new(), |digits| digits.to_string())
}

/// A time that no calendar has is taken for the beginning of Unix time.
pub fn time(time: &Asn1TimeRef) -> Timestamp {
    let since = Asn1Time::from_unix(0).and_then(|begin| begin.diff(time));
    let seconds = since.map_or(0, |since| {
        i64::from(since.days) * DAY + i64::from(since.secs)
    });
    Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn signature(one: &X509Ref) -> String {
    let algorithm = one.signature_algorithm().object();
    match algorithm.nid() {
        Nid::UNDEF => algorithm.to_string(),
        nid => nid.long_name().unwrap_or_default().to_owned(),
    }
}

/// The names and addresses of hosts among the alternative names of a certificate.
pub fn hosts(one: &X509Ref) -> Vec<String> {
    let names = one.subject_alt_names();
    let names = names.iter().flatten();
    let hosts = names.filter_map(|name| match (name.dnsname(), name.ipaddress()) {
        (Some(dns), _) => Some(escaped(dns)),
        (_, Some(bytes)) => address(bytes),
        _ => None,
    });
    hosts.collect()
}

fn address(bytes: &[u8]) -> Option<String> {
    let four: Option<[u8; 4]> = bytes.try_into().ok();
    let sixteen: Option<[u8; 16]> = bytes.try_into().ok();
    four.map(|four| std::net::Ipv4Addr::from(four).to_string())
        .or_else(|| sixteen.map(|sixteen| std::net::Ipv6Addr::from(sixteen).to_string()))
}

/// Whether the basic constraints say that it may issue others (RFC 5280, 4.2.1.9). OpenSSL tells that only
/// to C, so the extension is looked for in the bytes.
pub fn is_authority(one: &X509Ref) -> bool {
    /// The object 2.5.29.19.
    const NAME: [u8; 5] = [0x06, 0x03, 0x55, 0x1d, 0x13];
    const CRITICAL: [u8; 3] = [0x01, 0x01, 0xff];
    let Ok(der) = one.to_der() else { return false };
    let Some(at) = der.windows(NAME.len()).position(|bytes| bytes == NAME) else {
        return false;
    };
    let rest = der.get(at + NAME.len()..).unwrap_or_default();
    let rest = rest.strip_prefix(&CRITICAL).unwrap_or(rest);
    // An octet string with a sequence that begins with `cA`.
    matches!(rest, [0x04, _, 0x30, _, 0x01, 0x01, 0xff, ..])
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}
