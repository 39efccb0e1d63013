//! The first ClientHello in a capture, in any of the forms in which people pass one on.
//!
//! Takes any bytes without a panic; what is read and kept is bounded.

mod hello;
mod hex;
mod pcap;
mod streams;

use thiserror::Error;

pub use hello::Hello;
use streams::Streams;

/// Larger captures are not looked through: one handshake is needed.
const LARGEST: usize = 64 << 20;

/// Why there is no ClientHello to judge.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HelloError {
    #[error("it is empty")]
    Empty,
    #[error("it is larger than {} MiB; cut out the handshake", LARGEST >> 20)]
    TooLarge,
    #[error("it is no TLS record, hex dump, pcap or pcapng file")]
    Unknown,
    #[error("it holds no ClientHello: no stream of TCP begins with one")]
    NoHello,
    #[error("the ClientHello is cut off: {have} of {need} bytes are there; capture whole packets")]
    CutOff { have: usize, need: usize },
    #[error("the ClientHello is damaged: {what}")]
    Damaged { what: &'static str },
    #[error(
        "packets of link type {0} cannot be read; take Ethernet, raw IP, Linux cooked or loopback"
    )]
    LinkType(u32),
}

/// Reads the ClientHello of a capture.
///
/// # Errors
/// When there is none, or only a part of one.
pub fn client_hello(bytes: &[u8]) -> Result<Hello, HelloError> {
    match bytes {
        [] => Err(HelloError::Empty),
        _ if bytes.len() > LARGEST => Err(HelloError::TooLarge),
        [0x16, 0x03, ..] => hello::of_records(bytes),
        [0xd4, 0xc3, 0xb2, 0xa1, ..] | [0x4d, 0x3c, 0xb2, 0xa1, ..] => pcap::classic(bytes, false),
        [0xa1, 0xb2, 0xc3, 0xd4, ..] | [0xa1, 0xb2, 0x3c, 0x4d, ..] => pcap::classic(bytes, true),
        [0x0a, 0x0d, 0x0d, 0x0a, ..] => pcap::next_generation(bytes),
        _ => of_text(bytes),
    }
}

/// A hex dump of a record or of packets.
fn of_text(bytes: &[u8]) -> Result<Hello, HelloError> {
    let text = std::str::from_utf8(bytes).map_err(|_| HelloError::Unknown)?;
    let blocks = hex::blocks(text);
    let mut streams = Streams::default();
    for block in &blocks {
        match block.as_slice() {
            [0x16, 0x03, ..] => return hello::of_records(block),
            [0x03, 0x16, ..] => return hello::of_records(&swapped(block)),
            packet => streams.packet_of_any_kind(packet),
        }
        if let Some(hello) = streams.hello() {
            return hello;
        }
    }
    match blocks.is_empty() {
        true => Err(HelloError::Unknown),
        false => streams.end(),
    }
}

/// `hexdump` without options writes words of a little-endian machine.
fn swapped(words: &[u8]) -> Vec<u8> {
    let pairs = words.chunks(2);
    pairs.flat_map(|pair| pair.iter().rev().copied()).collect()
}
