use proptest::prelude::*;

use super::*;
use crate::tls::Said;

fn message(body: &[u8]) -> Said {
    Said {
        from_partner: true,
        what: What::Message {
            kind: 22,
            bytes: body.to_vec(),
            records: vec![(22, 0x0301, body.len())],
        },
    }
}

fn subject(id: u32) -> Subject {
    Subject {
        id,
        ..crate::messages::tests::subject(0)
    }
}

fn passed(said: Vec<Said>, wire: usize) -> Passed {
    Passed {
        said,
        wire: vec![(true, vec![0x16; wire])],
        secrets: Vec::new(),
    }
}

#[test]
fn what_is_kept_is_bounded_and_what_is_missing_is_counted() {
    let capture = Capture::default();
    for id in 0..3 * CONNECTIONS as u32 {
        capture.add(&subject(id), &passed(vec![message(&[0; 4])], 10));
    }
    let amount = capture.amount();
    assert_eq!(amount.records, CONNECTIONS as u64);
    assert_eq!(amount.dropped, 2 * CONNECTIONS as u64);
    let (told, dropped) = capture.records(0);
    assert_eq!((told.len(), dropped), (ANSWER, amount.dropped));
    assert_eq!(told[0].number, 2 * CONNECTIONS as u64 + 1);
    assert_eq!(capture.records(3 * CONNECTIONS as u64 - 2).0.len(), 2);

    let capture = Capture::default();
    for _ in 0..100 {
        for id in 0..100 {
            let said = (0..10).map(|_| message(&[0; 4])).collect();
            capture.add(&subject(id), &passed(said, 10_000));
        }
    }
    let kept = capture.kept.lock().expect("a lock");
    assert!(kept.bytes <= TRACE);
    let sum: usize = kept.connections.iter().map(|one| one.bytes).sum();
    assert_eq!(kept.bytes, sum);
    for one in &kept.connections {
        assert!(one.bytes <= CONNECTION && one.records.len() <= RECORDS);
    }
}

#[test]
fn each_trace_keeps_the_secrets_that_it_is_for() {
    let lines = [
        "SERVER_HANDSHAKE_TRAFFIC_SECRET 00 11",
        "CLIENT_RANDOM 00 22",
    ];
    let passed = Passed {
        secrets: lines.map(str::to_owned).to_vec(),
        ..passed(vec![message(&[0; 4])], 10)
    };
    let of_handshakes = Arc::new(Capture::default());
    let of_data = Arc::new(Capture::of_data("INC0042".to_owned()));
    for (capture, kept) in [(&of_handshakes, 1), (&of_data, 2)] {
        capture.add(&subject(1), &passed);
        let all = capture.kept.lock().expect("a lock");
        assert_eq!(all.connections[0].secrets, lines[..kept]);
    }
    let both = [of_handshakes.clone(), of_data];
    assert_eq!(Capture::tapped(&[], true), Tapped::Nothing);
    assert_eq!(Capture::tapped(&[of_handshakes], true), Tapped::Handshakes);
    assert_eq!(Capture::tapped(&both, true), Tapped::Data);
    // Its rule does not say CtraceClearText On.
    assert_eq!(Capture::tapped(&both, false), Tapped::Handshakes);
}

#[test]
fn whatever_is_said_has_words() {
    // Every kind of message, cut anywhere.
    let hello = include_bytes!("tests/client_hello.bin");
    for length in 0..hello.len() {
        let said = message(&hello[..length]);
        let words = messages::words(&said.what);
        assert!(!words.kind.is_empty());
    }
    for kind in 0..=255 {
        for body in [&[][..], &[0; 3], &[0xff; 40], &[0, 2, 0, 0, 1]] {
            let length = u8::try_from(body.len()).expect("a length");
            let bytes = [&[kind, 0, 0, length], body].concat();
            assert!(!messages::words(&message(&bytes).what).kind.is_empty());
        }
    }
}

proptest! {
    /// What a peer sends is any bytes: of no kind, or a hello of which some are others.
    #[test]
    fn whatever_a_peer_sends_has_words(
        kind: u8,
        length: Option<u16>,
        body in proptest::collection::vec(any::<u8>(), 0..600),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let length = length.map_or(body.len(), usize::from);
        let [_, high, middle, low] = u32::try_from(length).expect("a length").to_be_bytes();
        let sent = [&[kind, high, middle, low], &body[..]].concat();
        prop_assert!(!messages::words(&message(&sent).what).kind.is_empty());
        let mut hello = include_bytes!("tests/client_hello.bin").to_vec();
        for (at, byte) in changes {
            let at = at.index(hello.len());
            hello[at] = byte;
        }
        prop_assert!(!messages::words(&message(&hello).what).kind.is_empty());
    }
}

#[test]
fn a_client_hello_is_told_by_its_names() {
    let hello = include_bytes!("tests/client_hello.bin");
    let words = messages::words(&message(hello).what);
    assert_eq!(words.kind, "ClientHello");
    assert_eq!(
        words.summary,
        "offers TLS 1.2, TLS 1.3, 3 cipher suites, for www.example.com"
    );
    let all = words.details.join("\n");
    for line in [
        "  TLS_AES_128_GCM_SHA256 (1301)",
        "  server_name (0): www.example.com",
        "    x25519 (001D)",
        "    rsa_pss_rsae_sha256 (0804)",
        "    ecdsa_secp256r1_sha256 (0403)",
        "  application_layer_protocol_negotiation (16): http/1.1",
        "    TLS 1.3 (0304)",
        "  key_share (51): x25519 (001D), 32 bytes",
    ] {
        assert!(all.contains(line), "{line}: {all}");
    }
    assert!(all.ends_with(&format!(
        "record: handshake, TLS 1.0 (0301), {} bytes",
        hello.len()
    )));
}
