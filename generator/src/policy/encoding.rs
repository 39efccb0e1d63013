//! Text that was brought from z/OS without being translated.
//!
//! The Policy Agent's own files are in EBCDIC, IBM-1047 unless `Codepage` says otherwise. What is
//! transferred as text arrives as ASCII or UTF-8; what is transferred as bytes arrives as it was.

use std::borrow::Cow;

use crate::finding::{Finding, Page, Place, Severity};

/// The bytes as UTF-8 when they are text in IBM-1047, otherwise as they are.
pub fn readable(bytes: &[u8]) -> Cow<'_, [u8]> {
    match is_ebcdic(bytes) {
        true => Cow::Owned(from_ibm_1047(bytes)),
        false => Cow::Borrowed(bytes),
    }
}

/// Says that a file was read as EBCDIC, if it was.
pub fn finding(path: &str, bytes: &[u8]) -> Option<Finding> {
    let place = Place::Text {
        file: path.to_owned(),
        start: 0,
        end: 0,
    };
    is_ebcdic(bytes).then(|| Finding::new(&IN_EBCDIC, place).fact("path", path))
}

pub(super) static IN_EBCDIC: Page = Page {
    code: "AT209",
    name: "file-in-ebcdic",
    severity: Severity::Info,
    message: "`{path}` is in EBCDIC, and was read as IBM-1047",
    help: "transfer it as text if it is in another code page",
    why: "The Policy Agent reads files in the code page that `Codepage` names, IBM-1047 when it names none.",
};

/// So many bytes at the beginning of a file tell its code page.
const SAMPLE: usize = 1 << 16;

/// Whether bytes are text in EBCDIC: blanks and ends of lines are EBCDIC's, and hardly any are ASCII's.
pub fn is_ebcdic(bytes: &[u8]) -> bool {
    let bytes = &bytes[..bytes.len().min(SAMPLE)];
    let (mut ebcdic, mut ascii, mut letters) = (0_usize, 0_usize, 0_usize);
    for byte in bytes {
        match byte {
            b' ' | b'\n' | b'\r' | b'\t' => ascii += 1,
            0x40 | 0x15 | 0x25 => ebcdic += 1,
            0x81..=0x89 | 0x91..=0x99 | 0xA2..=0xA9 => letters += 1,
            0xC1..=0xC9 | 0xD1..=0xD9 | 0xE2..=0xE9 | 0xF0..=0xF9 => letters += 1,
            _ => {}
        }
    }
    ebcdic > 0 && ascii * 20 < ebcdic && letters * 2 > bytes.len()
}

/// The bytes of a text in the encoding of another one, which [`readable`] made it from. `None`: it
/// cannot be written so that it reads back.
pub fn written_like(original: &[u8], text: &[u8]) -> Option<Vec<u8>> {
    if !is_ebcdic(original) {
        return Some(text.to_vec());
    }
    let newlines = |newline: u8| original.contains(&newline);
    let newline = match (newlines(0x15), newlines(0x25)) {
        (true, true) => return None,
        (false, true) => 0x25,
        (_, false) => 0x15,
    };
    let mut bytes = [0_u8; 256];
    for (byte, letter) in (0..=u8::MAX).zip(IBM_1047) {
        bytes[usize::from(letter)] = byte;
    }
    bytes[usize::from(b'\n')] = newline;
    let letters = std::str::from_utf8(text).ok()?.chars();
    let letters = letters.map(|letter| u8::try_from(letter).ok());
    let written: Option<Vec<u8>> = letters
        .map(|letter| Some(bytes[usize::from(letter?)]))
        .collect();
    written.filter(|written| readable(written) == text)
}

fn from_ibm_1047(bytes: &[u8]) -> Vec<u8> {
    let letters = bytes.iter().map(|byte| match byte {
        // Both end lines: NL on z/OS UNIX, LF in some transfers.
        0x15 | 0x25 => '\n',
        byte => char::from(IBM_1047[usize::from(*byte)]),
    });
    letters.collect::<String>().into_bytes()
}

/// What each byte is in ISO 8859-1, which has the same characters.
#[rustfmt::skip]
const IBM_1047: [u8; 256] = [
    0x00, 0x01, 0x02, 0x03, 0x9c, 0x09, 0x86, 0x7f, 0x97, 0x8d, 0x8e, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f,
    0x10, 0x11, 0x12, 0x13, 0x9d, 0x85, 0x08, 0x87, 0x18, 0x19, 0x92, 0x8f, 0x1c, 0x1d, 0x1e, 0x1f,
    0x80, 0x81, 0x82, 0x83, 0x84, 0x0a, 0x17, 0x1b, 0x88, 0x89, 0x8a, 0x8b, 0x8c, 0x05, 0x06, 0x07,
    0x90, 0x91, 0x16, 0x93, 0x94, 0x95, 0x96, 0x04, 0x98, 0x99, 0x9a, 0x9b, 0x14, 0x15, 0x9e, 0x1a,
    0x20, 0xa0, 0xe2, 0xe4, 0xe0, 0xe1, 0xe3, 0xe5, 0xe7, 0xf1, 0xa2, 0x2e, 0x3c, 0x28, 0x2b, 0x7c,
    0x26, 0xe9, 0xea, 0xeb, 0xe8, 0xed, 0xee, 0xef, 0xec, 0xdf, 0x21, 0x24, 0x2a, 0x29, 0x3b, 0x5e,
    0x2d, 0x2f, 0xc2, 0xc4, 0xc0, 0xc1, 0xc3, 0xc5, 0xc7, 0xd1, 0xa6, 0x2c, 0x25, 0x5f, 0x3e, 0x3f,
    0xf8, 0xc9, 0xca, 0xcb, 0xc8, 0xcd, 0xce, 0xcf, 0xcc, 0x60, 0x3a, 0x23, 0x40, 0x27, 0x3d, 0x22,
    0xd8, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0xab, 0xbb, 0xf0, 0xfd, 0xfe, 0xb1,
    0xb0, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x70, 0x71, 0x72, 0xaa, 0xba, 0xe6, 0xb8, 0xc6, 0xa4,
    0xb5, 0x7e, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0xa1, 0xbf, 0xd0, 0x5b, 0xde, 0xae,
    0xac, 0xa3, 0xa5, 0xb7, 0xa9, 0xa7, 0xb6, 0xbc, 0xbd, 0xbe, 0xdd, 0xa8, 0xaf, 0x5d, 0xb4, 0xd7,
    0x7b, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0xad, 0xf4, 0xf6, 0xf2, 0xf3, 0xf5,
    0x7d, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f, 0x50, 0x51, 0x52, 0xb9, 0xfb, 0xfc, 0xf9, 0xfa, 0xff,
    0x5c, 0xf7, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0xb2, 0xd4, 0xd6, 0xd2, 0xd3, 0xd5,
    0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0xb3, 0xdb, 0xdc, 0xd9, 0xda, 0x9f,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn to_ibm_1047(text: &str) -> Vec<u8> {
        let byte = |letter: u8| {
            (0..=255)
                .find(|byte| IBM_1047[usize::from(*byte)] == letter)
                .unwrap_or(0)
        };
        let letters = text.bytes();
        letters
            .map(|letter| if letter == b'\n' { 0x15 } else { byte(letter) })
            .collect()
    }

    const TEXT: &str = "# Both ports [of ^ the ledger]\nTTLSRule ledger~1\n{\n  Jobname LDG*\n}\n";

    #[test]
    fn every_byte_is_one_character() {
        let mut all = IBM_1047;
        all.sort_unstable();
        assert!(all.iter().copied().eq(0..=255));
    }

    #[test]
    fn text_in_ebcdic_is_read_as_what_it_says() {
        let bytes = to_ibm_1047(TEXT);
        assert_eq!(readable(&bytes), TEXT.as_bytes());
        assert_eq!(&bytes[..4], [0x7B, 0x40, 0xC2, 0x96]);
        let transferred: Vec<_> = bytes
            .iter()
            .map(|byte| if *byte == 0x15 { 0x25 } else { *byte })
            .collect();
        assert_eq!(readable(&transferred), TEXT.as_bytes());
    }

    #[test]
    fn text_in_ebcdic_is_written_back() {
        let bytes = to_ibm_1047(TEXT);
        let other: Vec<_> = bytes
            .iter()
            .map(|byte| if *byte == 0x15 { 0x25 } else { *byte })
            .collect();
        for original in [&bytes, &other] {
            let written = written_like(original, &readable(original));
            assert_eq!(written.as_ref(), Some(original));
        }
        let mixed = [&bytes[..], &other[..]].concat();
        assert_eq!(written_like(&mixed, &readable(&mixed)), None);
        assert_eq!(written_like(&bytes, "TTLSRule \u{20ac}\n".as_bytes()), None);
        assert_eq!(written_like(b"plain", b"text"), Some(b"text".to_vec()));
    }

    #[test]
    fn other_text_stays_as_it_is() {
        for bytes in [
            TEXT.as_bytes(),
            "Größe: ÄÖÜ\n".as_bytes(),
            b"",
            b"@@@@",
            &[0xff; 40],
            b"\xe9t\xe9 \xe0 l'\xe9cole",
        ] {
            assert_eq!(readable(bytes), bytes);
        }
    }
}
