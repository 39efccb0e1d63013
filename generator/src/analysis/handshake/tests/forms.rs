//! Hex dumps as programs print them.

use super::captures::{known, record};
use super::*;

fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn letters(bytes: &[u8]) -> String {
    let letter = |byte: &u8| {
        if byte.is_ascii_graphic() {
            *byte as char
        } else {
            '.'
        }
    };
    bytes.iter().map(letter).collect()
}

/// Lines of 16 bytes, each from its offset and bytes.
fn lines(bytes: &[u8], line: impl Fn(usize, &[u8]) -> String) -> String {
    let lines = bytes.chunks(16).enumerate();
    lines
        .map(|(at, bytes)| line(at * 16, bytes) + "\n")
        .collect()
}

fn words(bytes: &[u8], width: usize) -> String {
    let words: Vec<_> = bytes.chunks(width).map(digits).collect();
    words.join(" ")
}

fn packet() -> Vec<u8> {
    let record = record();
    let total = ((record.len() + 40) as u16).to_be_bytes();
    let ip = [
        &[0x45, 0][..],
        &total,
        &[0, 1, 0x40, 0, 64, 6, 0, 0],
        &[10; 8],
    ]
    .concat();
    let tcp = [
        &[
            0xc0, 0, 1, 0xbb, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0,
        ][..],
        &record,
    ];
    [ip, tcp.concat()].concat()
}

pub fn all() -> Vec<(&'static str, String)> {
    let record = record();
    let halves = |bytes: &[u8]| {
        let (one, other) = bytes.split_at(bytes.len().min(8));
        format!("{}  {}", words(one, 1), words(other, 1))
    };
    let swapped: Vec<u8> = record
        .chunks(2)
        .flat_map(|pair| pair.iter().rev().copied())
        .collect();
    let dumped = |at: usize, bytes: &[u8]| {
        format!("\t0x{at:04x}:  {:<39}  {}", words(bytes, 2), letters(bytes))
    };
    let header = "12:30:01.000001 IP 10.10.10.10.49152 > 10.10.10.10.443: Flags";
    vec![
        ("one line", digits(&record)),
        (
            "xxd -p",
            record.chunks(30).map(|line| digits(line) + "\n").collect(),
        ),
        (
            "colons",
            record
                .iter()
                .map(|byte| format!("{byte:02X}:"))
                .collect::<String>()
                .trim_end_matches(':')
                .to_owned(),
        ),
        (
            "escaped",
            record
                .chunks(16)
                .map(|line| {
                    let line: String = line.iter().map(|byte| format!("\\x{byte:02x}")).collect();
                    format!("\"{line}\"\n")
                })
                .collect(),
        ),
        (
            "xxd",
            lines(&record, |at, bytes| {
                format!("{at:08x}: {:<39}  {}", words(bytes, 2), letters(bytes))
            }),
        ),
        (
            "hexdump -C",
            lines(&record, |at, bytes| {
                format!("{at:08x}  {:<48}  |{}|", halves(bytes), letters(bytes))
            }),
        ),
        (
            "hexdump",
            lines(&swapped, |at, bytes| {
                format!("{at:07x} {}", words(bytes, 2))
            }),
        ),
        (
            "Wireshark",
            lines(&record, |at, bytes| {
                format!("{at:04x}   {:<47}   {}", words(bytes, 1), letters(bytes))
            }),
        ),
        (
            "tcpdump -X",
            format!(
                "{header} [S], seq 0, length 0\n{}{header} [P.], length 297\n{}",
                lines(&packet()[..40], dumped),
                lines(&packet(), dumped),
            ),
        ),
        (
            "tcpdump -XX",
            lines(&[&[1; 12][..], &[8, 0], &packet()].concat(), dumped),
        ),
    ]
}

#[test]
fn dumps_of_every_program_are_read() {
    for (name, text) in all() {
        assert_eq!(client_hello(text.as_bytes()), Ok(known()), "{name}\n{text}");
    }
}
