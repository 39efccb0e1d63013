//! Lines of logs in the layouts of AT-TLS and of the Policy Agent.

use super::super::*;

const MAP: &str = "Nov 02 14:07:11 SYSA TTLS[33554480]: 14:07:11 TCPIPA EZD1281I TTLS Map CONNID: 000001F4 LOCAL: 10.4.0.9..1414 REMOTE: 10.7.3.2..51200 JOBNAME: CSQ1CHIN USERID: MQUSER TYPE: InBound STATUS: Enabled RULE: mq_in ACTIONS: grp_on env_srv **N/A**";
const FAILED: &str = "Nov 02 14:07:12 SYSA TTLS[33554480]: 14:07:12 TCPIPA EZD1286I TTLS Error GRPID: 0000000A ENVID: 00000002 CONNID: 000001F4 LOCAL: 10.4.0.9..1414 REMOTE: 10.7.3.2..51200 JOBNAME: CSQ1CHIN USERID: MQUSER RULE: mq_in RC:  402 Initial Handshake";
const CONSOLE: &str = "EZD1287I TTLS Error RC: 5003 Initial Handshake
  LOCAL: ::FFFF:10.4.0.9..3010
  REMOTE: ::FFFF:10.7.3.2..443
  JOBNAME: WEBJOB1 RULE: web_out
  USERID: WEBUSR GRPID: 0000000B ENVID: 00000001 CONNID: 000002A0";

fn values(message: &Message) -> Vec<String> {
    let values = message.values.iter();
    values
        .map(|value| format!("{}={}", value.name, value.text))
        .collect()
}

const FAILED_VALUES: [&str; 10] = [
    "GRPID=0000000A",
    "ENVID=00000002",
    "CONNID=000001F4",
    "LOCAL=10.4.0.9..1414",
    "REMOTE=10.7.3.2..51200",
    "JOBNAME=CSQ1CHIN",
    "USERID=MQUSER",
    "RULE=mq_in",
    "RC=402",
    "EVENT=Initial Handshake",
];

#[test]
fn a_line_is_taken_apart_with_its_wrapper_and_without() {
    let bare = FAILED.split_once("TCPIPA ").unwrap().1;
    for text in [FAILED, bare, &FAILED.replace("RC:  402", "RC:402")] {
        let answer = explain(text);
        let [message] = &answer.messages[..] else {
            panic!("{answer:?}");
        };
        assert_eq!(values(message), FAILED_VALUES, "{text}");
        assert_eq!(
            (message.id, message.rc, message.rest.as_str()),
            ("EZD1286I", Some(402), "")
        );
        assert_eq!(answer.explanations[0].subject, "402");
        assert_eq!(answer.explanations[1].subject, "EZD1286I");
    }
    assert_eq!(explain(FAILED).messages[0].stack, "TCPIPA");
    assert_eq!(explain(bare).messages[0].stack, "");
}

#[test]
fn case_colours_quoting_and_broken_lines_do_not_matter() {
    let broken = FAILED
        .replace(" JOBNAME:", "\n JOBNAME:")
        .replace("Initial Handshake", "Initial\nHandshake\nMore words");
    let answer = explain(&broken);
    assert_eq!(values(&answer.messages[0]), FAILED_VALUES);
    assert_eq!(answer.unread, 1, "what is complete goes on no further");
    let apart = FAILED
        .replace("EZD1286I TTLS", "EZD1286I\nTTLS")
        .replace("GRPID: ", "GRPID:\n");
    assert_eq!(values(&explain(&apart).messages[0]), FAILED_VALUES);
    let coloured = format!(
        "\u{feff}> \u{1b}[31m{}\u{1b}[0m\r\n>\r\n> regards",
        FAILED.replace("RC:", "\n> RC:")
    );
    assert_eq!(values(&explain(&coloured).messages[0]), FAILED_VALUES);
    let lower = explain(&FAILED.to_ascii_lowercase());
    assert_eq!(lower.messages[0].value("JOBNAME"), "csq1chin");
    assert_eq!(lower.messages[0].value("EVENT"), "Initial Handshake");
    assert_eq!(lower.connections[0].id, "000001F4");
}

#[test]
fn the_console_has_it_on_several_lines() {
    let answer = explain(CONSOLE);
    let expected = [
        "RC=5003",
        "LOCAL=::FFFF:10.4.0.9..3010",
        "REMOTE=::FFFF:10.7.3.2..443",
        "JOBNAME=WEBJOB1",
        "RULE=web_out",
        "USERID=WEBUSR",
        "GRPID=0000000B",
        "ENVID=00000001",
        "CONNID=000002A0",
        "EVENT=Initial Handshake",
    ];
    assert_eq!(values(&answer.messages[0]), expected);
    assert_eq!(answer.unread, 0);
    assert_eq!(answer.explanations[0].source, "AT-TLS");
}

#[test]
fn the_lines_of_a_connection_are_joined() {
    let event = "Nov 02 14:07:12 SYSA TTLS[33554480]: 14:07:12 TCPIPA EZD1283I TTLS Event GRPID: 0000000A ENVID: 00000002 CONNID: 000001F4 RC: 402 Initial Handshake 0000";
    let text = [
        MAP,
        "Nov 02 14:07:11 SYSA INETD[17]: nothing of ours",
        event,
        FAILED,
        CONSOLE,
    ]
    .join("\n");
    let answer = explain(&text);
    let [mq, web] = &answer.connections[..] else {
        panic!("{answer:#?}");
    };
    assert_eq!(mq.lines, [1, 3, 4]);
    assert_eq!((mq.rule.as_str(), mq.status.as_str()), ("mq_in", "Enabled"));
    assert_eq!(mq.actions, ["grp_on", "env_srv"]);
    assert_eq!(
        mq.words(),
        "Connection 000001F4 of job CSQ1CHIN of user ID MQUSER met rule `mq_in` and failed in its initial handshake with 402. There is no cipher suite that both ends can use. The event narrows it down. The partner: its versions, ciphers, certificate, or its silence."
    );
    assert_eq!(web.failures[0].rc, 5003);
    let codes: Vec<_> = answer
        .explanations
        .iter()
        .map(|one| one.subject.as_str())
        .collect();
    assert_eq!(codes, ["402", "5003"], "of a longer log the codes alone");
    assert_eq!(answer.unread, 1);
}

#[test]
fn a_number_that_is_mapped_again_is_another_connection() {
    let text = format!("{MAP}\n{FAILED}\n{}", MAP.replace("mq_in", "mq_new"));
    let rules: Vec<_> = explain(&text)
        .connections
        .into_iter()
        .map(|one| (one.rule, one.failures.len()))
        .collect();
    assert_eq!(rules, [("mq_in".to_owned(), 1), ("mq_new".to_owned(), 0)]);
    let other = format!("{MAP}\n{}", FAILED.replace("TCPIPA", "TCPIPB"));
    assert_eq!(
        explain(&other).connections.len(),
        2,
        "numbers are those of a stack"
    );
}

#[test]
fn a_consequence_leads_to_its_cause() {
    let environment = "EZD1286I TTLS Error GRPID: 0000000A ENVID: 00000002 CONNID: 00000000 LOCAL: 10.4.0.9..1414 REMOTE: 10.7.3.2..51200 JOBNAME: CSQ1CHIN USERID: MQUSER RULE: mq_in RC: 202 Environment Init";
    let later = FAILED.replace("402 Initial Handshake", "5006 Connection Init");
    let answer = explain(&format!("{environment}\n{MAP}\n{later}"));
    assert_eq!(answer.connections[0].id, "", "about an environment");
    assert!(
        answer.connections[0]
            .words()
            .starts_with("Environment 00000002 of group 0000000A"),
        "{}",
        answer.connections[0].words()
    );
    assert_eq!(answer.connections[1].failures[0].cause, Some((1, 202)));
    assert!(
        answer.connections[1]
            .words()
            .ends_with("in line 1, with 202: that is the cause.")
    );
    let other = explain(&format!(
        "{}\n{later}",
        environment.replace("0000000A", "0000000C")
    ));
    assert_eq!(other.connections[1].failures[0].cause, None);
}

#[test]
fn what_is_well_is_no_failure() {
    let text = "EZD1283I TTLS Event GRPID: 0000000A ENVID: 00000002 CONNID: 000001F4 RC: 0 Initial Handshake
EZD1284I TTLS Flow GRPID: 0000000A ENVID: 00000002 CONNID: 000001F4 RC: 0 Set GSK_SESSION_TYPE(501) - 2
EZD1284I TTLS Flow GRPID: 0000000A ENVID: 00000002 CONNID: 000001F4 RC: 502 Call GSK_SECURE_SOCKET_READ - 0
EZD1285I TTLS Data CONNID: 000001F4 RECV CIPHER 1703030015";
    let answer = explain(text);
    assert!(answer.connections[0].secured && answer.connections[0].failures.is_empty());
    assert_eq!(
        answer.messages[1].value("EVENT"),
        "Set GSK_SESSION_TYPE(501) - 2"
    );
    assert_eq!(answer.messages[3].value("EVENT"), "RECV CIPHER 1703030015");
    assert_eq!(answer.connections[0].lines, [1, 2, 3, 4]);
    let clear = explain(&MAP.replace("Enabled", "Not Enabled"));
    assert_eq!(clear.connections[0].status, "Not Enabled");
    assert!(clear.connections[0].words().contains("stays in the clear"));
}

#[test]
fn a_code_that_is_not_known_is_said_once() {
    let answer = explain(&[FAILED.replace("402", "423"), FAILED.replace("402", "423")].join("\n"));
    assert_eq!(answer.unknown.len(), 1);
    assert_eq!(
        (answer.unknown[0].subject.as_str(), answer.messages.len()),
        ("423", 2)
    );
}

#[test]
fn the_policy_agent_and_the_console_are_understood() {
    let text = "10/31 06:00:01 SYSERR :001: plfm_kernel_init: socket(INET, DGRAM, 0), failed, errno=EDC5112I Resource temporarily unavailable., errno2=74610296
10/31 06:00:02 OBJERR :005: ...process_TTLS_attribute_table: Unknown attribute \u{2018}Keyrng\u{2019} for TTLSKeyringParms
10/31 06:00:02 EVENT  :005: pzos_install_A_PolicyRule: Finished installing policy rule: 'MQ'
EZZ8438I PAGENT POLICY DEFINITIONS CONTAIN ERRORS FOR TCPIPA : TTLS
EZZ4249I TCPIPA INSTALLED TTLS POLICY HAS NO RULES";
    let answer = explain(text);
    let ids: Vec<_> = answer.messages.iter().map(|one| one.id).collect();
    assert_eq!(ids, ["SYSERR", "OBJERR", "EVENT", "EZZ8438I", "EZZ4249I"]);
    let unknown = &answer.messages[1];
    assert_eq!(unknown.value("FUNCTION"), "process_TTLS_attribute_table");
    assert_eq!(
        unknown.rest,
        "Unknown attribute 'Keyrng' for TTLSKeyringParms"
    );
    assert_eq!(
        answer.messages[3].rest,
        "PAGENT POLICY DEFINITIONS CONTAIN ERRORS FOR TCPIPA : TTLS"
    );
    let subjects: Vec<_> = answer
        .explanations
        .iter()
        .map(|one| one.subject.as_str())
        .collect();
    let expected = [
        "SYSERR errno2=74610296",
        "EAGAIN",
        "OBJERR Unknown attribute",
        "EVENT Finished installing policy rule",
        "EZZ8438I",
        "EZZ4249I",
    ];
    assert_eq!(subjects, expected);
    assert_eq!(answer.explanations[2].foreseen, ["AT002"]);
    assert_eq!(answer.unread, 0);
}

#[test]
fn real_lines_of_the_seed_are_read() {
    let Some(seeds) = crate::corpus::files(&["../seeds"]) else {
        return;
    };
    let mut found = Vec::new();
    for seed in seeds {
        let bytes = std::fs::read(seed).unwrap();
        let answer = explain(&String::from_utf8_lossy(&bytes));
        found.extend(
            answer
                .messages
                .into_iter()
                .map(|one| (one.id, one.value("CONNID").to_owned())),
        );
    }
    for expected in [
        ("EZD1284I", "00000053"),
        ("EZD1285I", "00000053"),
        ("OBJERR", ""),
        ("SYSERR", ""),
        ("EZZ8438I", ""),
    ] {
        assert!(
            found
                .iter()
                .any(|(id, connection)| (*id, connection.as_str()) == expected),
            "{expected:?}"
        );
    }
}
