//! Conversations as a file of packets (pcapng, draft-ietf-opsawg-pcapng). The engine sees streams; packets
//! around them are made so that programs put the streams together again.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};

use generator::policy::lookup::Way;

use super::{Chunk, Conversation};

/// Packets that begin with a header of IP.
const RAW: u16 = 101;
/// A key log of TLS, among decryption secrets.
const KEY_LOG: u32 = 0x544c_534b;
/// Payload of one packet.
const PAYLOAD: usize = 16 << 10;
/// What both ends say they could take.
const WINDOW: u16 = u16::MAX;

mod block {
    pub const SECTION: u32 = 0x0a0d_0d0a;
    pub const INTERFACE: u32 = 1;
    pub const PACKET: u32 = 6;
    pub const SECRETS: u32 = 10;
}

mod flag {
    pub const FIN: u8 = 1;
    pub const SYN: u8 = 2;
    pub const PUSH: u8 = 8;
    pub const ACK: u8 = 16;
}

pub fn file(all: &VecDeque<Conversation>, with_secrets: bool) -> Vec<u8> {
    let mut file = Vec::new();
    let mut section = Vec::new();
    section.extend(0x1a2b_3c4d_u32.to_le_bytes());
    section.extend(1u16.to_le_bytes());
    section.extend(0u16.to_le_bytes());
    // The length of the section is not said.
    section.extend(u64::MAX.to_le_bytes());
    write(&mut file, block::SECTION, &section);
    let mut interface = Vec::new();
    interface.extend(RAW.to_le_bytes());
    interface.extend(0u16.to_le_bytes());
    interface.extend(0u32.to_le_bytes());
    write(&mut file, block::INTERFACE, &interface);
    let secrets = all.iter().flat_map(|one| &one.secrets);
    let secrets: String = secrets.map(|line| format!("{line}\n")).collect();
    // They have to stand before the packets that they open.
    if with_secrets && !secrets.is_empty() {
        let mut body = KEY_LOG.to_le_bytes().to_vec();
        body.extend(u32::try_from(secrets.len()).unwrap_or(0).to_le_bytes());
        body.extend(secrets.as_bytes());
        write(&mut file, block::SECRETS, &body);
    }
    let mut packets: Vec<(u64, Vec<u8>)> = Vec::new();
    for one in all {
        Talk::of(one).packets(one, &mut packets);
    }
    // Those of one moment stay in their order.
    packets.sort_by_key(|(time, _)| *time);
    for (time, packet) in packets {
        let mut body = Vec::with_capacity(packet.len() + 20);
        body.extend(0u32.to_le_bytes());
        body.extend(((time >> 32) as u32).to_le_bytes());
        body.extend((time as u32).to_le_bytes());
        let length = u32::try_from(packet.len()).unwrap_or(0).to_le_bytes();
        body.extend(length);
        body.extend(length);
        body.extend(packet);
        write(&mut file, block::PACKET, &body);
    }
    file
}

/// A block with its length before and behind it, in steps of four bytes.
fn write(file: &mut Vec<u8>, kind: u32, body: &[u8]) {
    let padding = body.len().next_multiple_of(4) - body.len();
    let length = u32::try_from(body.len() + padding + 12).unwrap_or(u32::MAX);
    file.extend(kind.to_le_bytes());
    file.extend(length.to_le_bytes());
    file.extend(body);
    file.extend(std::iter::repeat_n(0, padding));
    file.extend(length.to_le_bytes());
}

/// A connection of TCP that is played.
struct Talk {
    /// The engine's side, and the partner's.
    ends: [SocketAddr; 2],
    /// The number of the next byte of each.
    next: [u32; 2],
    /// The side that begins.
    first: usize,
}

/// Indices of the sides.
const HERE: usize = 0;
const PARTNER: usize = 1;

impl Talk {
    fn of(one: &Conversation) -> Self {
        let first = match one.way {
            Way::Inbound => PARTNER,
            Way::Outbound => HERE,
        };
        Self {
            ends: one_family(one.local, one.remote),
            next: [one.id, one.id.wrapping_add(1 << 31)],
            first,
        }
    }

    fn packets(mut self, one: &Conversation, packets: &mut Vec<(u64, Vec<u8>)>) {
        let (first, second) = (self.first, 1 - self.first);
        let mut add = |time: u64, packet: Vec<u8>| packets.push((time, packet));
        add(one.began, self.packet(first, flag::SYN, &[]));
        self.count(first, 1);
        add(one.began, self.packet(second, flag::SYN | flag::ACK, &[]));
        self.count(second, 1);
        add(one.began, self.packet(first, flag::ACK, &[]));
        for Chunk {
            time,
            from_partner,
            bytes,
        } in &one.chunks
        {
            let side = if *from_partner { PARTNER } else { HERE };
            for piece in bytes.chunks(PAYLOAD) {
                add(*time, self.packet(side, flag::PUSH | flag::ACK, piece));
                self.count(side, piece.len());
            }
        }
        let Some(ended) = one.ended else { return };
        if one.full {
            // What is missing had numbers, too; how many is not known.
            self.count(HERE, 1);
            self.count(PARTNER, 1);
        }
        for side in [PARTNER, HERE] {
            add(ended, self.packet(side, flag::FIN | flag::ACK, &[]));
            self.count(side, 1);
        }
        add(ended, self.packet(PARTNER, flag::ACK, &[]));
    }

    fn count(&mut self, side: usize, bytes: usize) {
        let bytes = u32::try_from(bytes).unwrap_or(0);
        self.next[side] = self.next[side].wrapping_add(bytes);
    }

    fn packet(&self, from: usize, flags: u8, payload: &[u8]) -> Vec<u8> {
        let (source, target) = (self.ends[from], self.ends[1 - from]);
        let mut tcp = Vec::with_capacity(20 + payload.len());
        tcp.extend(source.port().to_be_bytes());
        tcp.extend(target.port().to_be_bytes());
        tcp.extend(self.next[from].to_be_bytes());
        let acknowledged = if flags & flag::ACK == 0 {
            0
        } else {
            self.next[1 - from]
        };
        tcp.extend(acknowledged.to_be_bytes());
        // The length of the header, in steps of four bytes.
        tcp.extend([5 << 4, flags]);
        tcp.extend(WINDOW.to_be_bytes());
        tcp.extend([0; 4]);
        tcp.extend(payload);
        let sum = checksum(&[&pseudo(source.ip(), target.ip(), tcp.len()), &tcp]);
        tcp[16..18].copy_from_slice(&sum.to_be_bytes());
        let mut packet = header(source.ip(), target.ip(), tcp.len());
        packet.extend(tcp);
        packet
    }
}

/// Both addresses of one kind: IPv4 where both are.
fn one_family(local: SocketAddr, remote: SocketAddr) -> [SocketAddr; 2] {
    let both = [local, remote].map(|end| SocketAddr::new(end.ip().to_canonical(), end.port()));
    if both[HERE].is_ipv4() == both[PARTNER].is_ipv4() {
        return both;
    }
    both.map(|end| match end.ip() {
        IpAddr::V4(ip) => SocketAddr::new(ip.to_ipv6_mapped().into(), end.port()),
        IpAddr::V6(_) => end,
    })
}

/// The header of IP before so many bytes of TCP.
fn header(source: IpAddr, target: IpAddr, length: usize) -> Vec<u8> {
    let length = u16::try_from(length).unwrap_or(0);
    match (source, target) {
        (IpAddr::V4(source), IpAddr::V4(target)) => {
            let total = length.saturating_add(20).to_be_bytes();
            let mut header = vec![0x45, 0, total[0], total[1], 0, 0, 0x40, 0, 64, 6, 0, 0];
            header.extend(source.octets());
            header.extend(target.octets());
            let sum = checksum(&[&header]).to_be_bytes();
            header[10..12].copy_from_slice(&sum);
            header
        }
        (source, target) => {
            let length = length.to_be_bytes();
            let mut header = vec![0x60, 0, 0, 0, length[0], length[1], 6, 64];
            header.extend(octets(source));
            header.extend(octets(target));
            header
        }
    }
}

fn octets(ip: IpAddr) -> [u8; 16] {
    match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().octets(),
        IpAddr::V6(ip) => ip.octets(),
    }
}

/// What the checksum of TCP covers besides (RFC 9293, 3.1; RFC 8200, 8.1).
fn pseudo(source: IpAddr, target: IpAddr, length: usize) -> Vec<u8> {
    let mut bytes = match (source, target) {
        (IpAddr::V4(source), IpAddr::V4(target)) => [source.octets(), target.octets()].concat(),
        (source, target) => [octets(source), octets(target)].concat(),
    };
    bytes.extend(u32::try_from(length).unwrap_or(0).to_be_bytes());
    bytes.extend(6u32.to_be_bytes());
    bytes
}

/// RFC 1071. All parts but the last have an even length.
fn checksum(parts: &[&[u8]]) -> u16 {
    let mut sum = 0u32;
    for pair in parts.iter().flat_map(|part| part.chunks(2)) {
        let low = pair.get(1).copied().unwrap_or(0);
        sum += u32::from(u16::from_be_bytes([pair[0], low]));
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}
