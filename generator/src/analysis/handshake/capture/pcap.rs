//! pcap and pcapng files: packets with the kind of link they come from.

use super::streams::Streams;
use super::{Hello, HelloError};

/// So many packets are looked at.
const MOST_PACKETS: usize = 200_000;

/// A number of four bytes at a place.
fn u32_at(bytes: &[u8], at: usize, big: bool) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    Some(if big {
        u32::from_be_bytes(four)
    } else {
        u32::from_le_bytes(four)
    })
}

/// The link type of an interface: two bytes, and two that are reserved.
fn link_of(body: &[u8], big: bool) -> u32 {
    let four = u32_at(body, 0, big).unwrap_or(u32::MAX);
    if big { four >> 16 } else { four & 0xffff }
}

fn size_at(bytes: &[u8], at: usize, big: bool) -> Option<usize> {
    usize::try_from(u32_at(bytes, at, big)?).ok()
}

/// The format of libpcap: pcap-savefile(5).
pub fn classic(bytes: &[u8], big: bool) -> Result<Hello, HelloError> {
    let link = u32_at(bytes, 20, big).ok_or(HelloError::NoHello)? & 0xffff;
    let mut streams = Streams::default();
    let mut at = 24;
    for _ in 0..MOST_PACKETS {
        let Some(length) = size_at(bytes, at + 8, big) else {
            break;
        };
        let from = at + 16;
        let end = from.saturating_add(length).min(bytes.len());
        let Some(packet) = bytes.get(from..end) else {
            break;
        };
        streams.packet(link, packet)?;
        if let Some(hello) = streams.hello() {
            return hello;
        }
        at = end;
    }
    streams.end()
}

/// pcapng: blocks of any section (draft-ietf-opsawg-pcapng).
pub fn next_generation(bytes: &[u8]) -> Result<Hello, HelloError> {
    let mut streams = Streams::default();
    let (mut big, mut at) = (false, 0_usize);
    let mut links: Vec<u32> = Vec::new();
    for _ in 0..MOST_PACKETS {
        let Some(kind) = u32_at(bytes, at, big) else {
            break;
        };
        if kind == 0x0a0d_0d0a {
            big = bytes.get(at + 8..at + 12) == Some(&[0x1a, 0x2b, 0x3c, 0x4d]);
            links.clear();
        }
        let Some(length) = size_at(bytes, at + 4, big).filter(|length| *length >= 12) else {
            break;
        };
        let end = at.saturating_add(length).min(bytes.len());
        let body = bytes
            .get(at + 8..end.saturating_sub(4).max(at + 8))
            .unwrap_or_default();
        match kind {
            // An interface; more of them than anybody has are not kept.
            1 if links.len() < 1000 => links.push(link_of(body, big)),
            // An enhanced and a simple packet.
            6 => {
                let link = size_at(body, 0, big).and_then(|index| links.get(index));
                let length = size_at(body, 12, big).unwrap_or(0);
                let packet = body.get(20..20_usize.saturating_add(length).min(body.len()));
                if let (Some(link), Some(packet)) = (link, packet) {
                    streams.packet(*link, packet)?;
                }
            }
            3 => {
                if let (Some(link), Some(packet)) = (links.first(), body.get(4..)) {
                    streams.packet(*link, packet)?;
                }
            }
            _ => {}
        }
        if let Some(hello) = streams.hello() {
            return hello;
        }
        at = end;
    }
    streams.end()
}
