//! ClientHello and ServerHello in words (RFC 8446, 4.1.2 and 4.1.3).

use super::extensions::{self, Of};
use super::messages::Words;
use super::names;
use super::reader::{Reader, hex};

/// The random value of a ServerHello that asks for another ClientHello (RFC 8446, 4.1.3).
const RETRY: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

pub fn client(body: &[u8]) -> Option<Words> {
    let mut rest = Reader(body);
    let version = rest.u16()?;
    rest.take(32)?;
    let session = rest.part(1)?.0;
    let suites = rest.part(2)?.numbers();
    let compression = rest.part(1)?.0;
    let all = match rest.is_empty() {
        true => Reader(&[]),
        false => rest.part(2)?,
    };
    let mut details = vec![format!("version: {}", names::version(version))];
    if !session.is_empty() {
        details.push(format!("session id: {}", hex(session)));
    }
    details.push("cipher suites:".to_owned());
    details.extend(
        suites
            .iter()
            .map(|suite| format!("  {}", names::suite(*suite))),
    );
    if compression != [0] {
        details.push(format!("compression: {}", hex(compression)));
    }
    details.push("extensions:".to_owned());
    details.extend(extensions::words(all, Of::Client)?);
    let versions = found(all, 43).and_then(|mut data| Some(data.part(1)?.numbers()));
    let mut versions: Vec<_> = match versions {
        Some(list) => list.into_iter().filter(|number| number >> 8 == 3).collect(),
        None => vec![version],
    };
    versions.sort_unstable();
    let versions: Vec<_> = versions.into_iter().map(names::short_version).collect();
    let up_to = match found(all, 43) {
        None => "up to ",
        Some(_) => "",
    };
    let name = found(all, 0).and_then(|mut data| {
        let mut names = data.part(2)?;
        names.u8()?;
        Some(String::from_utf8_lossy(names.part(2)?.0).into_owned())
    });
    let name = name.map_or_else(String::new, |name| format!(", for {name}"));
    let number = suites.len();
    Some(Words {
        kind: "ClientHello".to_owned(),
        summary: format!(
            "offers {up_to}{}, {number} cipher suites{name}",
            versions.join(", ")
        ),
        details,
    })
}

pub fn server(body: &[u8]) -> Option<Words> {
    let mut rest = Reader(body);
    let legacy = rest.u16()?;
    let retry = rest.take(32)? == RETRY;
    let session = rest.part(1)?.0;
    let suite = rest.u16()?;
    rest.u8()?;
    let all = match rest.is_empty() {
        true => Reader(&[]),
        false => rest.part(2)?,
    };
    let of = if retry { Of::Retry } else { Of::Server };
    let version = found(all, 43).and_then(|mut data| data.u16());
    let version = version.unwrap_or(legacy);
    let mut details = vec![
        format!("version: {}", names::version(legacy)),
        format!("cipher suite: {}", names::suite(suite)),
    ];
    if !session.is_empty() {
        details.push(format!("session id: {}", hex(session)));
    }
    details.push("extensions:".to_owned());
    details.extend(extensions::words(all, of)?);
    let group = found(all, 51).and_then(|mut data| data.u16());
    let group = group.map_or_else(String::new, |group| format!(", {}", names::group(group)));
    let (kind, verb) = match retry {
        true => ("HelloRetryRequest", "asks for another ClientHello: "),
        false => ("ServerHello", "chooses "),
    };
    Some(Words {
        kind: kind.to_owned(),
        summary: format!(
            "{verb}{}, {}{group}",
            names::short_version(version),
            names::suite(suite)
        ),
        details,
    })
}

/// The data of an extension.
fn found(mut all: Reader<'_>, wanted: u16) -> Option<Reader<'_>> {
    while !all.is_empty() {
        let number = all.u16()?;
        let data = all.part(2)?;
        if number == wanted {
            return Some(data);
        }
    }
    None
}
