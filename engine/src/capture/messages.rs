//! What one side said, in words.

use super::names;
use super::reader::{Reader, hex};
use super::{certificates, extensions, hello};
use crate::tls::{What, alert_name};

/// Types of records (RFC 8446, 5.1).
const CHANGE_CIPHER_SPEC: u8 = 20;
const ALERT: u8 = 21;

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Words {
    pub kind: String,
    pub summary: String,
    pub details: Vec<String>,
}

impl Words {
    fn new(kind: &str, summary: impl Into<String>) -> Self {
        Self {
            kind: kind.to_owned(),
            summary: summary.into(),
            details: Vec::new(),
        }
    }
}

pub fn words(what: &What) -> Words {
    match what {
        What::Data { records, bytes } => Words::new(
            "application data",
            match records {
                1 => format!("1 record, {bytes} bytes as they are on the wire"),
                _ => format!("{records} records, {bytes} bytes as they are on the wire"),
            },
        ),
        What::Message {
            kind,
            bytes,
            records,
        } => {
            let mut words = message(*kind, bytes);
            let line = |(kind, version, length): &(u8, u16, usize)| {
                format!(
                    "record: {}, {}, {length} bytes",
                    names::record(*kind),
                    names::version(*version)
                )
            };
            words.details.extend(records.iter().map(line));
            words
        }
    }
}

fn message(kind: u8, bytes: &[u8]) -> Words {
    match (kind, bytes) {
        (CHANGE_CIPHER_SPEC, _) => Words::new("ChangeCipherSpec", "what follows is encrypted"),
        (ALERT, [level, code, ..]) => {
            let level = match level {
                1 => "warning",
                2 => "fatal",
                _ => "of an unknown level",
            };
            Words::new("alert", format!("{} ({code}), {level}", alert_name(*code)))
        }
        (ALERT, _) => Words::new("alert", "cut off"),
        (_, [kind, high, middle, low, body @ ..]) => {
            let length = u32::from_be_bytes([0, *high, *middle, *low]) as usize;
            if body.len() < length {
                let words = format!("{} of {length} bytes are kept", body.len());
                return Words::new(&handshake_name(*kind), words);
            }
            let found = handshake(*kind, body);
            found.unwrap_or_else(|| {
                Words::new(
                    &handshake_name(*kind),
                    "damaged: a length in it does not fit",
                )
            })
        }
        _ => Words::new("handshake message", "cut off"),
    }
}

fn handshake_name(kind: u8) -> String {
    match kind {
        0 => "HelloRequest",
        1 => "ClientHello",
        2 => "ServerHello",
        4 => "NewSessionTicket",
        5 => "EndOfEarlyData",
        8 => "EncryptedExtensions",
        11 => "Certificate",
        12 => "ServerKeyExchange",
        13 => "CertificateRequest",
        14 => "ServerHelloDone",
        15 => "CertificateVerify",
        16 => "ClientKeyExchange",
        20 => "Finished",
        22 => "CertificateStatus",
        24 => "KeyUpdate",
        25 => "CompressedCertificate",
        other => return format!("handshake message {other}"),
    }
    .to_owned()
}

/// A message of a handshake; `None`: a length in it goes beyond its end.
fn handshake(kind: u8, body: &[u8]) -> Option<Words> {
    let name = handshake_name(kind);
    let mut rest = Reader(body);
    Some(match kind {
        1 => hello::client(body)?,
        2 => hello::server(body)?,
        11 => certificates::words(body)?,
        8 => {
            let details = extensions::words(rest.part(2)?, extensions::Of::Server)?;
            Words {
                summary: match details.len() {
                    0 => "none".to_owned(),
                    1 => "1 extension".to_owned(),
                    number => format!("{number} lines of extensions"),
                },
                details,
                kind: name,
            }
        }
        4 => {
            let seconds = rest.number(4)?;
            Words::new(&name, format!("good for {seconds} s, {} bytes", body.len()))
        }
        12 => server_key_exchange(&name, body),
        13 => certificate_request(&name, body),
        15 => match body {
            // Since TLS 1.2 the scheme stands before the signature.
            [high, low, rest @ ..] if whole(rest) => {
                let scheme = u16::from_be_bytes([*high, *low]);
                Words::new(&name, names::signature(scheme))
            }
            _ => Words::new(&name, "a signature of an older version"),
        },
        16 => Words::new(&name, format!("{} bytes", body.len())),
        20 => Words::new(&name, "the handshake is confirmed"),
        22 => Words::new(&name, format!("OCSP, {} bytes", body.len())),
        24 => Words::new(
            &name,
            match rest.u8()? {
                0 => "new keys this way",
                _ => "new keys both ways",
            },
        ),
        0 | 5 | 14 => Words::new(&name, ""),
        _ => Words::new(&name, hex(body)),
    })
}

/// Two bytes of length, and exactly so many.
fn whole(bytes: &[u8]) -> bool {
    let mut rest = Reader(bytes);
    rest.part(2).is_some() && rest.is_empty()
}

/// RFC 8422, 5.4; other key exchanges than those with named curves have no type.
fn server_key_exchange(name: &str, body: &[u8]) -> Words {
    let curve = || {
        let mut rest = Reader(body);
        (rest.u8()? == 3).then_some(())?;
        let group = rest.u16()?;
        rest.part(1)?;
        let scheme = rest.u16().filter(|_| whole(rest.0));
        Some((group, scheme))
    };
    match curve() {
        Some((group, Some(scheme))) => Words::new(
            name,
            format!(
                "{}, signed with {}",
                names::group(group),
                names::signature(scheme)
            ),
        ),
        Some((group, None)) => Words::new(name, names::group(group)),
        None => Words::new(name, format!("{} bytes", body.len())),
    }
}

fn certificate_request(name: &str, body: &[u8]) -> Words {
    let new = || {
        let mut rest = Reader(body);
        rest.part(1)?;
        let all = rest.part(2)?;
        rest.is_empty().then_some(())?;
        extensions::words(all, extensions::Of::Client)
    };
    Words {
        details: new().unwrap_or_default(),
        ..Words::new(name, "the client is asked for a certificate")
    }
}
