//! From packets to the streams of TCP, as far as a ClientHello needs.

use super::{Hello, HelloError, hello};

/// Streams that are followed at once.
const MOST_STREAMS: usize = 4096;
/// Segments of one stream that are kept; a ClientHello fits into a few.
const MOST_SEGMENTS: usize = 64;
/// Bytes of all segments that are kept.
const MOST_BYTES: usize = 16 << 20;

/// The streams seen so far.
#[derive(Default)]
pub struct Streams {
    streams: Vec<Stream>,
    bytes: usize,
    found: Option<Hello>,
    /// The first thing that looked like a ClientHello and was none.
    failed: Option<HelloError>,
}

/// One direction of a connection.
struct Stream {
    /// Addresses and ports.
    id: Vec<u8>,
    /// The number of the first byte, from its SYN or its first data.
    start: u32,
    segments: Vec<(u32, Vec<u8>)>,
}

impl Streams {
    /// What was found, as soon as it is.
    pub fn hello(&mut self) -> Option<Result<Hello, HelloError>> {
        self.found.take().map(Ok)
    }

    /// There are no more packets.
    pub fn end(self) -> Result<Hello, HelloError> {
        match (self.found, self.failed) {
            (Some(hello), _) => Ok(hello),
            (None, failed) => Err(failed.unwrap_or(HelloError::NoHello)),
        }
    }

    /// A packet as it was captured; link types are those of <https://www.tcpdump.org/linktypes.html>.
    pub fn packet(&mut self, link: u32, packet: &[u8]) -> Result<(), HelloError> {
        let ip = match link {
            // BSD loopback; the family says which IP, as its first byte does.
            0 | 108 => packet.get(4..),
            1 => ethernet(packet, 12),
            12 | 14 | 101 | 228 | 229 => Some(packet),
            // Linux cooked, first and second version.
            113 => ethernet(packet, 14),
            276 => packet.get(20..).filter(|_| is_ip(packet.get(..2))),
            other => return Err(HelloError::LinkType(other)),
        };
        if let Some(ip) = ip {
            self.ip(ip);
        }
        Ok(())
    }

    /// A packet of a dump that does not say where it begins.
    pub fn packet_of_any_kind(&mut self, packet: &[u8]) {
        match (packet.first(), ethernet(packet, 12)) {
            (_, Some(ip)) => self.ip(ip),
            (Some(0x45..=0x4f | 0x60..=0x6f), None) => self.ip(packet),
            _ => {}
        }
    }

    fn ip(&mut self, packet: &[u8]) {
        let found = match packet.first().map(|first| first >> 4) {
            Some(4) => ipv4(packet),
            Some(6) => ipv6(packet),
            _ => None,
        };
        if let Some((addresses, segment)) = found {
            self.tcp(addresses, segment);
        }
    }

    fn tcp(&mut self, addresses: &[u8], segment: &[u8]) -> Option<()> {
        let mut id = addresses.to_vec();
        id.extend(segment.get(..4)?);
        let number = u32::from_be_bytes(segment.get(4..8)?.try_into().ok()?);
        let data = segment.get(usize::from(segment.get(12)? >> 4) * 4..)?;
        let syn = segment.get(13)? & 2 != 0;
        let known = self.streams.iter().position(|stream| stream.id == id);
        let index = match (known, syn || starts(data)) {
            (Some(index), _) => index,
            (None, true) if self.streams.len() < MOST_STREAMS => {
                let start = number.wrapping_add(u32::from(syn));
                self.streams.push(Stream {
                    id,
                    start,
                    segments: Vec::new(),
                });
                self.streams.len() - 1
            }
            (None, _) => return None,
        };
        let stream = self.streams.get_mut(index)?;
        if syn {
            // The ports were used before.
            stream.start = number.wrapping_add(1);
            stream.segments.clear();
        }
        if data.is_empty() || stream.segments.len() >= MOST_SEGMENTS || self.bytes > MOST_BYTES {
            return None;
        }
        self.bytes += data.len();
        // Data of a SYN comes after it.
        stream
            .segments
            .push((number.wrapping_add(u32::from(syn)), data.to_vec()));
        let bytes = stream.bytes();
        if starts(&bytes) {
            match hello::of_records(&bytes) {
                Ok(hello) => self.found = Some(hello),
                // More segments may come.
                Err(error) => self.failed = Some(error),
            }
        }
        Some(())
    }
}

/// A handshake record.
fn starts(data: &[u8]) -> bool {
    matches!(data, [0x16, 0x03, ..])
}

impl Stream {
    /// The bytes from its start on, without a gap.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // Each round takes the segment that goes on where the bytes end; repeated ones go on nowhere.
        for _ in 0..self.segments.len() {
            let next = self.segments.iter().find_map(|(number, data)| {
                let from = number.wrapping_sub(self.start) as usize;
                let new = bytes.len().checked_sub(from)?;
                data.get(new..).filter(|rest| !rest.is_empty())
            });
            match next {
                Some(rest) => bytes.extend_from_slice(rest),
                None => break,
            }
        }
        bytes
    }
}

fn is_ip(kind: Option<&[u8]>) -> bool {
    matches!(kind, Some([0x08, 0x00] | [0x86, 0xdd]))
}

/// What stands behind an Ethernet type at this place, and behind tags of VLANs.
fn ethernet(frame: &[u8], mut at: usize) -> Option<&[u8]> {
    for _ in 0..4 {
        let kind = frame.get(at..at + 2);
        if is_ip(kind) {
            return frame.get(at + 2..);
        }
        if !matches!(kind, Some([0x81, 0x00] | [0x88, 0xa8] | [0x91, 0x00])) {
            return None;
        }
        at += 4;
    }
    None
}

/// Addresses and TCP segment. Fragments are left out.
fn ipv4(packet: &[u8]) -> Option<(&[u8], &[u8])> {
    let header = usize::from(packet.first()? & 15) * 4;
    let total = usize::from(u16::from_be_bytes(packet.get(2..4)?.try_into().ok()?));
    // A total of 0 comes from cards that cut packets themselves.
    let end = if total == 0 {
        packet.len()
    } else {
        total.min(packet.len())
    };
    let first = packet.get(6)? & 0x3f == 0 && *packet.get(7)? == 0;
    let tcp = *packet.get(9)? == 6 && first && header >= 20;
    tcp.then_some(())?;
    Some((packet.get(12..20)?, packet.get(header..end)?))
}

fn ipv6(packet: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = usize::from(u16::from_be_bytes(packet.get(4..6)?.try_into().ok()?));
    let end = if length == 0 {
        packet.len()
    } else {
        (40 + length).min(packet.len())
    };
    let (mut next, mut at) = (*packet.get(6)?, 40);
    // Hop-by-hop, routing and destination options may stand before TCP.
    for _ in 0..8 {
        match next {
            6 => return Some((packet.get(8..40)?, packet.get(at..end)?)),
            0 | 43 | 60 => {
                next = *packet.get(at)?;
                at += 8 + usize::from(*packet.get(at + 1)?) * 8;
            }
            _ => return None,
        }
    }
    None
}
