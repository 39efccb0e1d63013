//! The ClientHello itself: RFC 8446, 4.1.2; its extensions: RFC 6066, 5746, 5077, 7301, 7627, 8422.

use super::HelloError;
use crate::policy::table::suites::Protocol;

/// What a client offers. Values that exist only to keep servers tolerant (GREASE, RFC 8701) are left out;
/// every list is in the order of the client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hello {
    pub legacy_version: u16,
    pub supported_versions: Vec<u16>,
    /// With the signalling values 00FF and 5600, if they are there.
    pub suites: Vec<u16>,
    pub groups: Vec<u16>,
    pub signatures: Vec<u16>,
    pub certificate_signatures: Vec<u16>,
    pub key_shares: Vec<u16>,
    pub server_name: Option<String>,
    /// The names of application protocols.
    pub alpn: Vec<String>,
    pub extended_master_secret: bool,
    pub session_ticket: bool,
    pub renegotiation_info: bool,
}

/// `TLS_EMPTY_RENEGOTIATION_INFO_SCSV`, RFC 5746.
const RENEGOTIATION_SCSV: u16 = 0x00ff;
/// `TLS_FALLBACK_SCSV`, RFC 7507.
const FALLBACK_SCSV: u16 = 0x5600;
/// A ClientHello of a few KB is a large one; post-quantum key shares make it so.
const LARGEST: usize = 1 << 18;

impl Hello {
    /// The versions that it takes, oldest first: those it names, or all up to the one that it names.
    pub fn versions(&self) -> Vec<Protocol> {
        let all = Protocol::ALL.into_iter();
        let takes = |number| match self.supported_versions.is_empty() {
            true => number <= self.legacy_version.min(0x0303) && number >= 0x0300,
            false => self.supported_versions.contains(&number),
        };
        all.filter(|version| number_of(*version).is_some_and(takes))
            .collect()
    }

    pub fn secure_renegotiation(&self) -> bool {
        self.renegotiation_info || self.suites.contains(&RENEGOTIATION_SCSV)
    }

    /// It says that it fell back to an older version.
    pub fn fallback(&self) -> bool {
        self.suites.contains(&FALLBACK_SCSV)
    }
}

/// The number of a version in a record; SSL 2.0 has other records.
fn number_of(version: Protocol) -> Option<u16> {
    match version {
        Protocol::SslV2 => None,
        Protocol::SslV3 => Some(0x0300),
        Protocol::Tls10 => Some(0x0301),
        Protocol::Tls11 => Some(0x0302),
        Protocol::Tls12 => Some(0x0303),
        Protocol::Tls13 => Some(0x0304),
    }
}

/// The ClientHello that TLS records begin with, put together from several if need be.
pub fn of_records(bytes: &[u8]) -> Result<Hello, HelloError> {
    let mut rest = Reader(bytes);
    let mut message = Vec::new();
    let mut seen = 0;
    loop {
        if let Some(need) = length(&message)?
            && let Some(body) = message.get(4..need)
        {
            return hello(body).ok_or(HelloError::Damaged {
                what: "lengths in it do not fit",
            });
        }
        if rest.0.is_empty() {
            return Err(cut_off(&message, seen, None));
        }
        let Some((kind, length)) = rest.record() else {
            return Err(cut_off(&message, seen, Some(rest.0.len() + 5)));
        };
        if kind != 0x16 {
            return Err(HelloError::Damaged {
                what: "another record stands within it",
            });
        }
        let here = length.min(rest.0.len());
        message.extend_from_slice(&rest.0[..here]);
        rest.0 = &rest.0[here..];
        seen = seen.max(message.len() + length - here);
    }
}

fn cut_off(message: &[u8], seen: usize, least: Option<usize>) -> HelloError {
    let need = length(message).ok().flatten().or(least);
    let have = message.len();
    HelloError::CutOff {
        have,
        need: need.unwrap_or(4).max(seen).max(have + 1),
    }
}

/// The length of a ClientHello with its header, as soon as it is known.
fn length(message: &[u8]) -> Result<Option<usize>, HelloError> {
    match message {
        [1, high, middle, low, ..] => {
            let length = u32::from_be_bytes([0, *high, *middle, *low]) as usize;
            match length > LARGEST {
                true => Err(HelloError::Damaged {
                    what: "it says that it is longer than any",
                }),
                false => Ok(Some(4 + length)),
            }
        }
        [1, ..] | [] => Ok(None),
        _ => Err(HelloError::NoHello),
    }
}

/// The body of a ClientHello; `None`: a length in it goes beyond its end.
fn hello(body: &[u8]) -> Option<Hello> {
    let mut rest = Reader(body);
    let mut hello = Hello {
        legacy_version: rest.u16()?,
        ..Hello::default()
    };
    rest.take(32)?;
    rest.short()?;
    hello.suites = rest.long()?.numbers();
    rest.short()?;
    if rest.0.is_empty() {
        return Some(hello);
    }
    let mut extensions = rest.long()?;
    while !extensions.0.is_empty() {
        let kind = extensions.u16()?;
        let data = extensions.long()?;
        extension(&mut hello, kind, data)?;
    }
    Some(hello)
}

fn extension(hello: &mut Hello, kind: u16, mut data: Reader<'_>) -> Option<()> {
    match kind {
        0 => {
            let mut names = data.long()?;
            let of_host = names.u8()? == 0;
            let name = String::from_utf8_lossy(names.long()?.0);
            hello.server_name = of_host.then(|| name.into_owned());
        }
        10 => hello.groups = data.long()?.numbers(),
        13 => hello.signatures = data.long()?.numbers(),
        16 => {
            let mut names = data.long()?;
            while !names.0.is_empty() {
                let name = String::from_utf8_lossy(names.short()?.0);
                hello.alpn.push(name.into_owned());
            }
        }
        23 => hello.extended_master_secret = true,
        35 => hello.session_ticket = true,
        43 => hello.supported_versions = data.short()?.numbers(),
        50 => hello.certificate_signatures = data.long()?.numbers(),
        51 => {
            let mut shares = data.long()?;
            while !shares.0.is_empty() {
                let group = shares.u16()?;
                shares.long()?;
                hello
                    .key_shares
                    .extend(Some(group).filter(|one| !is_grease(*one)));
            }
        }
        0xff01 => hello.renegotiation_info = true,
        _ => {}
    }
    Some(())
}

/// RFC 8701: 0A0A, 1A1A, and so on.
fn is_grease(number: u16) -> bool {
    number & 0x0f0f == 0x0a0a && number >> 8 == number & 0xff
}

/// Bytes that are taken from the front.
#[derive(Clone, Copy)]
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn u8(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    /// Bytes with their length in one byte before them.
    fn short(&mut self) -> Option<Self> {
        let length = self.u8()?;
        self.take(length.into()).map(Self)
    }

    /// Bytes with their length in two bytes before them.
    fn long(&mut self) -> Option<Self> {
        let length = self.u16()?;
        self.take(length.into()).map(Self)
    }

    /// Numbers of two bytes, without GREASE.
    fn numbers(self) -> Vec<u16> {
        let pairs = self.0.as_chunks::<2>().0.iter();
        let numbers = pairs.map(|pair| u16::from_be_bytes(*pair));
        numbers.filter(|number| !is_grease(*number)).collect()
    }

    /// Kind and length of a record.
    fn record(&mut self) -> Option<(u8, usize)> {
        let [kind, _, _, high, low] = *self.take(5)? else {
            return None;
        };
        Some((kind, u16::from_be_bytes([high, low]).into()))
    }
}
