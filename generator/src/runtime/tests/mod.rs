//! Questions and their answers.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod logs;
mod tables;

use proptest::prelude::*;

use super::*;

/// Kind and subject of each explanation.
fn subjects(text: &str) -> Vec<String> {
    let answer = explain(text);
    let explanations = answer.explanations.iter();
    explanations
        .map(|one| format!("{:?} {}", one.kind, one.subject))
        .collect()
}

#[test]
fn a_code_is_asked_for_in_many_ways() {
    for text in [
        "402",
        " 402.\n",
        "rc 402",
        "RC=402",
        "RC:  402",
        "return code 402",
        "gsk return code: 402",
        "0x192",
        "x'192'",
        "GSK_ERR_NO_CIPHERS",
        "gsk_err_no_ciphers",
        "`402`",
        "RC: Code 402 Initial handshake",
        "> SSL handshake failed with GSK_ERR_NO_CIPHERS",
        "the handshake ends with return code 402 (sometimes)",
    ] {
        assert_eq!(subjects(text), ["Code 402"], "{text}");
    }
    assert_eq!(subjects("19C"), ["Code 412"], "as TN3270 prints it");
    assert_eq!(subjects("5012"), ["Code 5012"], "one of a range");
    assert_eq!(
        subjects("GSK_ERR_SERVER_REF_ID_NO_MATCH"),
        ["Code GSK_ERR_SERVER_REF_ID_NO_MATCH"]
    );
    assert_eq!(subjects("0"), ["Code 0"]);
}

#[test]
fn what_a_program_sees_is_an_errno() {
    for text in [
        "ECONNRESET",
        "errno 1121",
        "1121",
        "EDC8121I",
        "JrTTLSHandshakeFailed",
        "connect: EDC8121I Connection reset.",
    ] {
        assert_eq!(subjects(text), ["Errno ECONNRESET"], "{text}");
    }
    for text in [
        "errno2=74610296",
        "74610296",
        "EDC5112I Resource temporarily unavailable., errno2=74610296",
    ] {
        assert_eq!(subjects(text), ["Errno EAGAIN"], "{text}");
    }
}

#[test]
fn a_code_says_which_parameters_it_is_about() {
    let answer = explain("515");
    let one = &answer.explanations[0];
    assert_eq!((one.number, one.source), (Some(515), "System SSL"));
    let first = Parameter {
        statement: "TTLSSignatureParms",
        attribute: "ClientKeyShareGroups",
    };
    assert_eq!(one.parameters[0], first);
    assert_eq!(one.foreseen, ["GH052"]);
    assert!(!one.unsure && !one.to_do.is_empty() && !one.commands.is_empty());
    assert!(explain("5005").explanations[0].unsure);
}

#[test]
fn a_message_is_asked_for_by_its_id() {
    for text in [
        "EZD1286I",
        "ezd1286i",
        "EZD1286",
        "what does EZD1286I mean for me?",
    ] {
        assert_eq!(subjects(text), ["Message EZD1286I"], "{text}");
    }
    let answer = explain("EZD1286I");
    let names: Vec<_> = answer.explanations[0]
        .facts
        .iter()
        .map(|fact| fact.name.as_str())
        .collect();
    let values = [
        "GRPID", "ENVID", "CONNID", "LOCAL", "REMOTE", "JOBNAME", "USERID", "RULE", "RC", "EVENT",
    ];
    assert_eq!(names[..3], ["text", "goes to", "in syslogd"]);
    assert_eq!(names[3..], values);
}

#[test]
fn words_of_the_policy_language_are_explained() {
    let answer = explain("handshaketimeout");
    let one = &answer.explanations[0];
    assert_eq!(
        (one.kind, one.subject.as_str()),
        (Kind::Attribute, "HandshakeTimeout")
    );
    assert_eq!(one.facts[0].name, "TTLSEnvironmentAdvancedParms");
    assert!(
        one.facts.iter().any(
            |fact| fact.words.contains("0 to 600 seconds") && fact.words.contains("default 10")
        ),
        "{:?}",
        one.facts
    );
    assert_eq!(one.related, ["5004", "5005"]);
    assert_eq!(subjects("TTLSKeyringParms"), ["Statement TTLSKeyringParms"]);
    assert_eq!(subjects("pepinstance"), ["Statement TcpImage"]);
}

#[test]
fn what_is_not_known_is_said_with_what_is_next_to_it() {
    let unknown = |text: &str| {
        let answer = explain(text);
        assert!(!answer.is_known(), "{answer:?}");
        answer.unknown.into_iter().next().unwrap()
    };
    let code = unknown("423");
    assert!(code.words.contains("400 to 499"), "{code:?}");
    assert_eq!(code.nearest, ["422", "427"]);
    assert_eq!(unknown("4000000000").nearest, ["5018"]);
    assert_eq!(unknown("HandshakeTimout").nearest, ["HandshakeTimeout"]);
    assert_eq!(unknown("GSK_ERR_NO_CIFERS").nearest, ["GSK_ERR_NO_CIPHERS"]);
    assert_eq!(unknown("EZD1296I").subject, "EZD1296I");
    assert!(!explain("").is_known() && explain("").unknown.is_empty());
    assert!(!explain("hello\nworld").is_known());
}

/// What logs are made of, and what they are not.
fn piece() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "EZD1281I",
        "EZD1282I",
        "EZD1283I",
        "EZD1284I",
        "EZD1285I",
        "EZD1286I",
        "EZD1287I",
        "EZZ4249I",
        "TTLS",
        "Map",
        "Error",
        "Event",
        "GRPID:",
        "ENVID:",
        "CONNID:",
        "00000053",
        "00000000",
        "LOCAL:",
        "REMOTE:",
        "10.1.1.2..1414",
        "::FFFF:10.1.1.2..1",
        "JOBNAME:",
        "USERID:",
        "RULE:",
        "MQ",
        "STATUS:",
        "Not",
        "Enabled",
        "ACTIONS:",
        "**N/A**",
        "RC:",
        "402",
        "5006",
        "0",
        "Initial",
        "Handshake",
        "Environment",
        "Init",
        "\n",
        "\n\n",
        "\r",
        "> ",
        "May 29 09:25:30 S0W1 TTLS[1]: 09:25:30 TCPIP",
        "OBJERR",
        ":005:",
        "f:",
        "errno2=74610296",
        "\u{1b}[31m",
        "\u{feff}",
        "ä",
        "code",
    ]);
    prop_oneof![
        9 => words.prop_map(str::to_owned),
        1 => any::<String>(),
    ]
}

/// Every message has its line, every connection its lines, every explanation its words.
fn look(text: &str) -> Answer {
    let answer = explain(text);
    assert!(answer.messages.is_sorted_by_key(|one| one.line));
    for one in &answer.connections {
        assert!(
            !one.lines.is_empty() && one.words().ends_with(['.', ' ']),
            "{}",
            one.words()
        );
    }
    for one in &answer.explanations {
        assert!(!one.subject.is_empty() && !one.meaning.is_empty());
    }
    answer
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn pieces_in_any_order_are_answered(pieces in prop::collection::vec(piece(), 0..60)) {
        look(&pieces.join(" "));
        look(&pieces.concat());
    }
}

#[test]
fn a_megabyte_is_answered_in_bounded_time() {
    // A second for each is plenty; what goes over the text once for each of its words takes hours.
    let started = std::time::Instant::now();
    for piece in [
        "EZD1286I ",
        "EZD1286I TTLS Error CONNID: 1 RC: 5006 x\n",
        "RC: ",
        "\u{1b}[",
        "> \n",
        "x",
        "RC: 1\n",
        "EZD1287I TTLS\nLOCAL: ",
    ] {
        let text = piece.repeat(LONGEST / piece.len() + 10);
        let answer = look(&text);
        assert!(answer.cut && answer.messages.len() <= 10_000, "{piece}");
    }
    assert!(started.elapsed().as_secs() < 300, "{:?}", started.elapsed());
}
