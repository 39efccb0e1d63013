//! Who gets through.

use super::*;

fn shake(sources: Sources, with: Partners) -> Result<Handshakes, Unanswered> {
    let asked = Handshake {
        sources,
        stack: Some("tcpip".into()),
        connection: connection(1414),
        with,
    };
    Ok(handshake(&asked)?.remove(0))
}

#[test]
fn a_partner_gets_through_or_is_told_what_to_change() {
    let with = Partners {
        peers: vec!["openssl-3".into(), "schannel-2022".into()],
        ..Partners::default()
    };
    let good = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";
    let found = shake(with_suite(good), with.clone()).unwrap();
    assert_eq!(found.rule.unwrap().name, "MQ~1");
    let agreed = found.partners[0].agreed.as_ref().unwrap();
    assert_eq!(
        (agreed.version.as_str(), agreed.choices[0].suite.as_str()),
        ("TLS 1.2", good)
    );
    assert_eq!(agreed.client_certificate, "no");
    let found = shake(with_suite("TLS_RSA_WITH_NULL_SHA"), with).unwrap();
    let refused = found.partners[1].refused.as_ref().unwrap();
    assert_eq!((refused.code, refused.coded), (Some(402), true));
    assert_eq!(
        (refused.at.file.as_str(), refused.at.line),
        ("up/tcpip.policy", 31)
    );
    assert!(refused.change.is_some(), "{refused:?}");
    assert!(!found.assumed.is_empty());
}

#[test]
fn without_a_name_every_peer_is_asked() {
    let found = shake(sources(), Partners::default()).unwrap();
    assert_eq!(found.partners.len(), peers().len());
    assert!(
        found
            .partners
            .iter()
            .all(|one| one.agreed.is_some() != one.refused.is_some())
    );
}

#[test]
fn a_captured_hello_and_another_rule_are_partners_too() {
    // A ClientHello of TLS 1.2 with TLS_RSA_WITH_AES_128_CBC_SHA alone.
    let mut body = vec![3, 3];
    body.extend([7; 32]);
    body.extend([0, 0, 2, 0x00, 0x2f, 1, 0]);
    let length = u8::try_from(body.len()).unwrap();
    let mut hello = vec![0x16, 3, 1, 0, length + 4, 1, 0, 0, length];
    hello.extend(body);
    let hex: Vec<String> = hello.iter().map(|byte| format!("{byte:02x}")).collect();
    let with = |hello: Capture| Partners {
        hello: Some(hello),
        rules: vec!["Telnet".into()],
        ..Partners::default()
    };
    let text = Capture {
        text: Some(hex.join(" ")),
        base64: None,
    };
    let suite = "TLS_RSA_WITH_AES_128_CBC_SHA";
    let found = shake(with_suite(suite), with(text)).unwrap();
    let [hello, other] = &found.partners[..] else {
        panic!("{found:?}")
    };
    assert_eq!(hello.agreed.as_ref().unwrap().choices[0].suite, suite);
    // Two servers.
    assert_eq!(other.refused.as_ref().unwrap().parameter, "HandshakeRole");
    let nothing = shake(sources(), with(Capture::default())).unwrap_err();
    assert!(nothing.detail.contains("either"), "{}", nothing.detail);
    let empty = Capture {
        text: Some(String::new()),
        base64: None,
    };
    let empty = shake(sources(), with(empty)).unwrap_err();
    assert!(empty.detail.contains("it is empty"), "{}", empty.detail);
    let unknown = Partners {
        peers: vec!["nobody".into()],
        ..Partners::default()
    };
    let unknown = shake(sources(), unknown).unwrap_err();
    assert!(unknown.detail.contains("`nobody`"), "{}", unknown.detail);
}

#[test]
fn a_connection_in_the_clear_shakes_no_hands() {
    let asked = Handshake {
        sources: sources(),
        stack: None,
        connection: connection(80),
        with: Partners::default(),
    };
    let found = handshake(&asked).unwrap();
    assert_eq!((found[0].rule.as_ref(), found[0].partners.len()), (None, 0));
}

#[test]
fn what_is_not_coded_leads_to_the_object_that_can_say_it() {
    let store = stored();
    let with = Partners {
        hello: Some(Capture {
            // TLS 1.3 alone: a ClientHello that names that version only.
            text: Some("16030100 38 01000034 0303 0707070707070707070707070707070707070707070707070707070707070707 00 0002 1302 01 00 0009 002b 0005 04 0304 0304".replace(' ', "")),
            base64: None,
        }),
        ..Partners::default()
    };
    let found = handshake_stack(&store, &ObjectId("s".into()), &connection(1414), &with);
    let found = found.unwrap();
    let refused = found.partners[0].refused.as_ref().unwrap();
    assert_eq!(refused.at.object.as_ref().unwrap().0, "l", "{refused:?}");
    assert!(
        refused
            .at
            .field
            .as_ref()
            .unwrap()
            .0
            .starts_with("versions/")
    );
}
