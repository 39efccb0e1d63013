//! The ClientHello of OpenSSL 3.0.19 (`openssl s_client`), whole, cut, altered and in packets.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

/// The record as it was sent.
pub fn record() -> Vec<u8> {
    let digits: Vec<_> = include_str!("hello.hex")
        .bytes()
        .filter(u8::is_ascii_hexdigit)
        .collect();
    let value = |digit: &u8| (*digit as char).to_digit(16).unwrap() as u8;
    digits
        .as_chunks::<2>()
        .0
        .iter()
        .map(|[a, b]| value(a) * 16 + value(b))
        .collect()
}

pub fn known() -> Hello {
    client_hello(&record()).unwrap()
}

#[test]
fn everything_in_it_is_read() {
    let hello = known();
    assert_eq!(hello.legacy_version, 0x0303);
    assert_eq!(hello.supported_versions, [0x0304, 0x0303, 0x0302, 0x0301]);
    assert_eq!(hello.versions(), Protocol::ALL[2..]);
    assert_eq!(hello.suites[..5], [0x1302, 0x1303, 0x1301, 0xC02C, 0xC030]);
    assert_eq!(hello.suites.len(), 31);
    assert_eq!(hello.groups, [29, 23, 30, 25, 24, 256, 257, 258, 259, 260]);
    assert_eq!(hello.key_shares, [29]);
    assert_eq!(hello.signatures[..3], [0x0403, 0x0503, 0x0603]);
    assert!(hello.extended_master_secret && hello.session_ticket);
    assert!(hello.secure_renegotiation() && !hello.renegotiation_info && !hello.fallback());
    assert_eq!((hello.server_name, hello.alpn), (None, Vec::new()));
}

#[test]
fn the_library_offers_what_the_program_sends() {
    let (hello, library) = (known(), profile("openssl-3").unwrap());
    let mut suites = library.suites.concat();
    suites.push(0x00ff);
    assert_eq!(hello.suites, suites);
    assert_eq!(hello.signatures, library.signatures);
    assert_eq!(hello.key_shares, library.shares);
    assert_eq!(hello.groups[..5], *library.groups);
}

#[test]
fn a_sender_is_judged_as_a_peer_is() {
    let peer = from_client_hello(&record()).unwrap();
    let found = with(&MODERN, Release::V3R1, |settings| {
        handshake(settings, &peer)
    });
    assert_eq!(line(&found), "TLS 1.3, TLS_AES_256_GCM_SHA384, x25519");
}

#[test]
fn a_hello_that_is_cut_off_says_so_wherever_it_is_cut() {
    let record = record();
    for end in 2..record.len() {
        let found = client_hello(&record[..end]);
        let Err(HelloError::CutOff { have, need }) = found else {
            panic!("{end}: {found:?}")
        };
        assert!(have < need, "{end}: {have} of {need}");
    }
    assert_eq!(client_hello(&[]), Err(HelloError::Empty));
    assert_eq!(
        client_hello(b"GET / HTTP/1.1\r\n"),
        Err(HelloError::Unknown)
    );
    assert_eq!(
        client_hello(&[0x16, 3, 3, 0, 4, 2, 0, 0, 0]),
        Err(HelloError::NoHello)
    );
}

/// The message in records of so many bytes.
fn in_records(size: usize) -> Vec<u8> {
    let record = record();
    let pieces = record[5..].chunks(size);
    pieces
        .flat_map(|piece| {
            [
                &[0x16, 3, 1, (piece.len() >> 8) as u8, piece.len() as u8],
                piece,
            ]
            .concat()
        })
        .collect()
}

#[test]
fn records_are_put_together() {
    for size in [1, 3, 100, 291] {
        assert_eq!(client_hello(&in_records(size)), Ok(known()), "{size}");
    }
}

#[test]
fn grease_names_and_old_clients_are_read() {
    let name = b"\x00\x00\x00\x0d\x00\x0b\x00\x00\x08web.test";
    let alpn = b"\x00\x10\x00\x05\x00\x03\x02h2";
    let grease = b"\x0a\x0a\x00\x00\x00\x2b\x00\x05\x04\x1a\x1a\x03\x03\x00\x0a\x00\x06\x00\x04\xfa\xfa\x00\x17";
    let extensions = [&name[..], alpn, grease].concat();
    let mut body = [
        &[3, 3][..],
        &[7; 32],
        &[0],
        b"\x00\x06\x2a\x2a\xc0\x2f\x56\x00\x01\x00",
    ]
    .concat();
    let message = |body: &[u8]| {
        let length = body.len() as u8;
        [&[0x16, 3, 1, 0, length + 4, 1, 0, 0, length], body].concat()
    };
    let old = client_hello(&message(&body)).unwrap();
    assert_eq!(old.versions(), Protocol::ALL[1..5]);
    assert_eq!(
        (old.suites.clone(), old.fallback()),
        (vec![0xC02F, 0x5600], true)
    );
    body.extend([0, extensions.len() as u8]);
    body.extend(&extensions);
    let hello = client_hello(&message(&body)).unwrap();
    assert_eq!(hello.server_name.as_deref(), Some("web.test"));
    assert_eq!(hello.alpn, ["h2"]);
    assert_eq!(
        (hello.supported_versions, hello.groups),
        (vec![0x0303], vec![23])
    );
}

/// A TCP segment in an IP packet.
fn ip(six: bool, number: u32, syn: bool, data: &[u8]) -> Vec<u8> {
    let mut tcp = [&[0xc0, 0, 0x01, 0xbb][..], &number.to_be_bytes(), &[0; 4]].concat();
    tcp.extend([0x50, if syn { 2 } else { 0x18 }, 0xff, 0xff, 0, 0, 0, 0]);
    tcp.extend(data);
    let length = |more: usize| ((tcp.len() + more) as u16).to_be_bytes();
    let header = match six {
        true => [
            &[0x60, 0, 0, 0][..],
            &length(8),
            &[60, 64],
            &[0x20; 32],
            &[6, 0, 1, 4, 0, 0, 0, 0],
        ]
        .concat(),
        false => [
            &[0x45, 0][..],
            &length(20),
            &[0, 1, 0x40, 0, 64, 6, 0, 0],
            &[10; 8],
        ]
        .concat(),
    };
    [header, tcp].concat()
}

/// Segments of a stream that wraps around, out of order, one of them twice.
fn packets(six: bool) -> Vec<Vec<u8>> {
    let start = u32::MAX - 50;
    let record = in_records(120);
    let mut all = vec![ip(six, start.wrapping_sub(1), true, &[])];
    let pieces: Vec<_> = record.chunks(90).enumerate().collect();
    for at in [0, 2, 1, 1, 3] {
        let (place, piece) = pieces[at];
        all.push(ip(six, start.wrapping_add(place as u32 * 90), false, piece));
    }
    all
}

fn link(kind: u32, packet: &[u8]) -> Vec<u8> {
    let six = packet[0] >> 4 == 6;
    let of = if six { [0x86, 0xdd] } else { [8, 0] };
    let before = match kind {
        0 => vec![2, 0, 0, 0],
        1 => [&[1; 12][..], &[0x81, 0, 0, 7], &of].concat(),
        113 => [&[0; 14][..], &of].concat(),
        276 => [&of[..], &[0; 18]].concat(),
        _ => Vec::new(),
    };
    [before, packet.to_vec()].concat()
}

fn number(value: u32, big: bool) -> [u8; 4] {
    if big {
        value.to_be_bytes()
    } else {
        value.to_le_bytes()
    }
}

fn pcap(kind: u32, big: bool, packets: &[Vec<u8>]) -> Vec<u8> {
    let mut file = number(0xa1b2_c3d4, big).to_vec();
    file.extend([0; 16]);
    file.extend(number(kind, big));
    for packet in packets {
        let packet = link(kind, packet);
        let length = number(packet.len() as u32, big);
        file.extend([[0; 4], [0; 4], length, length].concat());
        file.extend(packet);
    }
    file
}

fn pcapng(kind: u32, big: bool, packets: &[Vec<u8>]) -> Vec<u8> {
    let block = |kind: u32, body: &[u8]| {
        let padded = body.len().next_multiple_of(4);
        let length = number(padded as u32 + 12, big);
        let padding = vec![0; padded - body.len()];
        [&number(kind, big), &length, body, &padding, &length].concat()
    };
    let mut file = block(
        0x0a0d_0d0a,
        &[&number(0x1a2b_3c4d, big)[..], &[0; 12]].concat(),
    );
    let link_type = if big {
        number(kind << 16, big)
    } else {
        number(kind, big)
    };
    file.extend(block(1, &[link_type, [0; 4]].concat()));
    for packet in packets {
        let packet = link(kind, packet);
        let length = number(packet.len() as u32, big);
        file.extend(block(
            6,
            &[&[0; 12][..], &length, &length, &packet].concat(),
        ));
    }
    file
}

#[test]
fn packets_of_every_kind_are_put_together() {
    for six in [false, true] {
        for kind in [0, 1, 101, 113, 276] {
            for big in [false, true] {
                let packets = packets(six);
                let named = format!("{kind} {big} {six}");
                assert_eq!(
                    client_hello(&pcap(kind, big, &packets)),
                    Ok(known()),
                    "pcap {named}"
                );
                assert_eq!(
                    client_hello(&pcapng(kind, big, &packets)),
                    Ok(known()),
                    "pcapng {named}"
                );
                let cut = client_hello(&pcap(kind, big, &packets[..4]));
                assert!(
                    matches!(cut, Err(HelloError::CutOff { .. })),
                    "{named}: {cut:?}"
                );
            }
        }
    }
    assert_eq!(
        client_hello(&pcap(105, false, &packets(false))),
        Err(HelloError::LinkType(105))
    );
    assert_eq!(client_hello(&pcap(1, false, &[])), Err(HelloError::NoHello));
}

/// One capture of each form.
static CAPTURES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let mut all = vec![record(), in_records(50)];
    all.push(pcap(1, false, &packets(true)));
    all.push(pcapng(113, true, &packets(false)));
    all.extend(forms::all().into_iter().map(|(_, text)| text.into_bytes()));
    all
});

#[test]
fn a_capture_cut_anywhere_does_no_harm() {
    for capture in CAPTURES.iter() {
        for end in 0..capture.len() {
            let _ = client_hello(&capture[..end]);
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = client_hello(&bytes);
        let _ = client_hello(&[&[0x16, 3, 1][..], &bytes].concat());
    }

    #[test]
    fn altered_captures_are_read_without_a_panic(
        which in 0_usize..16,
        places in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let capture = &mut CAPTURES[which % CAPTURES.len()].clone();
        for (place, byte) in places {
            let place = place.index(capture.len());
            capture[place] = byte;
        }
        if let Ok(peer) = from_client_hello(capture) {
            with(&MODERN, Release::V3R1, |settings| handshake(settings, &peer));
        }
    }
}
