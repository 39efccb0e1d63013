//! Extensions of hellos in words.

use super::names;
use super::reader::{Reader, hex};

/// Whose extensions these are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Of {
    Client,
    Server,
    /// A request to the client for another hello.
    Retry,
}

/// A line for each, and lines below; `None`: a length in it goes beyond its end.
pub fn words(mut all: Reader<'_>, of: Of) -> Option<Vec<String>> {
    let mut lines = Vec::new();
    while !all.is_empty() {
        let number = all.u16()?;
        let data = all.part(2)?;
        let name = names::extension(number);
        let inside = one(number, data, of).unwrap_or_else(|| vec![hex(data.0)]);
        let head = format!("{name} ({number})");
        match inside.as_slice() {
            [] => lines.push(format!("  {head}")),
            [one] => lines.push(format!("  {head}: {one}")),
            several => {
                lines.push(format!("  {head}:"));
                lines.extend(several.iter().map(|line| format!("    {line}")));
            }
        }
    }
    Some(lines)
}

/// What one extension says (RFC 8446, 4.2; 6066; 7301; 8422).
fn one(number: u16, mut data: Reader<'_>, of: Of) -> Option<Vec<String>> {
    let list = |numbers: Vec<u16>, name: fn(u16) -> String| numbers.into_iter().map(name).collect();
    Some(match (number, of) {
        _ if data.is_empty() => Vec::new(),
        (0, Of::Client) => {
            let mut names = data.part(2)?;
            let kind = names.u8()?;
            let name = String::from_utf8_lossy(names.part(2)?.0).into_owned();
            match kind {
                0 => vec![name],
                _ => vec![format!("of type {kind}: {name}")],
            }
        }
        (1, _) => match data.u8()? {
            code @ 1..=4 => vec![format!("{} bytes", 256u16 << code)],
            code => vec![format!("code {code}")],
        },
        (10, _) => list(data.part(2)?.numbers(), names::group),
        (11, _) => {
            let formats = data.part(1)?.0.iter().map(|format| match format {
                0 => "uncompressed".to_owned(),
                1 => "ansiX962_compressed_prime".to_owned(),
                2 => "ansiX962_compressed_char2".to_owned(),
                other => other.to_string(),
            });
            vec![formats.collect::<Vec<_>>().join(", ")]
        }
        (13 | 50, _) => list(data.part(2)?.numbers(), names::signature),
        (16, _) => {
            let mut names = data.part(2)?;
            let mut found = Vec::new();
            while !names.is_empty() {
                found.push(String::from_utf8_lossy(names.part(1)?.0).into_owned());
            }
            found
        }
        (21, _) => vec![format!("{} bytes", data.0.len())],
        (35, _) => vec![format!("a ticket of {} bytes", data.0.len())],
        (41, Of::Client) => {
            let mut identities = data.part(2)?;
            let mut found = Vec::new();
            while !identities.is_empty() {
                let length = identities.part(2)?.0.len();
                identities.number(4)?;
                found.push(format!("a ticket of {length} bytes"));
            }
            found
        }
        (41, _) => vec![format!(
            "the client's number {} is taken: the session goes on",
            data.u16()?
        )],
        (43, Of::Client) => list(data.part(1)?.numbers(), names::version),
        (43, _) => vec![names::version(data.u16()?)],
        (45, _) => {
            let modes = data.part(1)?.0.iter().map(|mode| match mode {
                0 => "psk_ke".to_owned(),
                1 => "psk_dhe_ke".to_owned(),
                other => other.to_string(),
            });
            vec![modes.collect::<Vec<_>>().join(", ")]
        }
        (51, Of::Client) => {
            let mut shares = data.part(2)?;
            let mut found = Vec::new();
            while !shares.is_empty() {
                let group = shares.u16()?;
                let length = shares.part(2)?.0.len();
                found.push(format!("{}, {length} bytes", names::group(group)));
            }
            found
        }
        (51, Of::Retry) => vec![format!("wanted: {}", names::group(data.u16()?))],
        (51, Of::Server) => {
            let group = data.u16()?;
            vec![format!(
                "{}, {} bytes",
                names::group(group),
                data.part(2)?.0.len()
            )]
        }
        (0xff01, _) => match data.part(1)?.0 {
            [] => vec!["of the first handshake".to_owned()],
            _ => vec!["of another handshake".to_owned()],
        },
        (5, _) => vec!["OCSP".to_owned()],
        _ => vec![hex(data.0)],
    })
}
