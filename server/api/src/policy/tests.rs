#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::*;

fn text(path: &str, text: &str) -> PolicyFile {
    PolicyFile {
        path: path.to_owned(),
        text: Some(text.to_owned()),
        base64: None,
    }
}

const MAIN: &str = "TcpImage TCPIP /etc/image.conf\nTcpImage OTHER //'SYS1.PARM(OTHER)'\n";
const IMAGE: &str = "TTLSConfig /etc/tcpip.policy\n";
const POLICY: &str = "\
TTLSRule MQ~1\n{\n  LocalPortRange 1414\n  Direction Inbound\n  Priority 20\n  TTLSGroupActionRef On\n  TTLSEnvironmentActionRef Server\n}
TTLSRule Telnet\n{\n  LocalPortRange 23\n  Direction Inbound\n  Priority 30\n  TTLSGroupActionRef On\n  TTLSEnvironmentActionRef Server\n}
TTLSGroupAction On\n{\n  TTLSEnabled On\n}
TTLSEnvironmentAction Server\n{\n  HandshakeRole Server\n  TTLSKeyringParms\n  {\n    Keyring /etc/k.kdb\n    KeyringPw zaubernuss\n  }\n  TTLSEnvironmentAdvancedParms\n  {\n    TLSv1 Off\n    TLSv1.1 Off\n    TLSv1.2 On\n  }\n}
";

fn sources() -> Sources {
    Sources {
        files: vec![
            text("up/tcpip.policy", POLICY),
            text("up/main.conf", MAIN),
            text("up/image.conf", IMAGE),
        ],
        ..Sources::default()
    }
}

fn connection(port: u16) -> Connection {
    Connection {
        way: Way::Inbound,
        local: "10.1.1.2".into(),
        local_port: port,
        remote: "10.1.0.2".into(),
        remote_port: 51844,
        job: String::new(),
        user: String::new(),
        at: None,
    }
}

fn tree(check: &Check) -> Vec<String> {
    let line = |one: &Named| {
        let found = one.path.as_deref().unwrap_or("-");
        format!(
            "{}{:?} {} = {found}",
            " ".repeat(one.depth),
            one.role,
            one.name
        )
    };
    check.tree.iter().map(line).collect()
}

#[test]
fn files_are_followed_by_the_ends_of_their_paths() {
    let found = check(&sources()).unwrap();
    assert_eq!(
        tree(&found),
        [
            "Main up/main.conf = up/main.conf",
            " Image /etc/image.conf = up/image.conf",
            "  Policy /etc/tcpip.policy = up/tcpip.policy",
            " Image //'SYS1.PARM(OTHER)' = -",
        ]
    );
    let codes: Vec<_> = found.findings.iter().map(|one| one.code.as_str()).collect();
    assert_eq!(codes, ["AT201"]);
    assert_eq!(found.findings[0].at.file, "up/main.conf");
    assert_eq!(
        (found.findings[0].at.line, found.findings[0].at.column),
        (2, 10)
    );
    assert_eq!(found.stacks[0].rules, 2);
    assert_eq!(found.stacks[0].policy.as_deref(), Some("up/tcpip.policy"));
}

#[test]
fn a_name_means_what_the_table_says() {
    let mut asked = sources();
    asked
        .names
        .insert("//'SYS1.PARM(OTHER)'".into(), "up/image.conf".into());
    let found = check(&asked).unwrap();
    assert_eq!(found.total, 0, "{:?}", found.findings);
    assert_eq!(found.stacks.len(), 2);
    asked.files.push(text("down/image.conf", IMAGE));
    let found = check(&asked).unwrap();
    let reason = found.tree[1].missing.as_deref().unwrap();
    assert!(reason.contains("can both be meant"), "{reason}");
}

#[test]
fn a_fix_is_an_edit_of_the_text() {
    let asked = Sources {
        files: vec![text("p", &POLICY.replace("Direction", "Dirction"))],
        ..Sources::default()
    };
    let found = check(&asked).unwrap();
    let fix = found.findings[0].fix.as_ref().unwrap();
    assert_eq!(fix.edits[0].text, "Direction");
    assert_eq!(
        (
            fix.edits[0].at.line,
            fix.edits[0].at.column,
            fix.edits[0].at.end_column
        ),
        (4, 3, 11)
    );
    assert!(fix.safe);
}

#[test]
fn a_file_of_bytes_comes_back_as_text() {
    // "TTLSRule A" and a new line in IBM-1047.
    let file = PolicyFile {
        path: "p".into(),
        text: None,
        base64: Some("4+PT4tmkk4VAwRU=".into()),
    };
    let asked = Sources {
        files: vec![file],
        ..Sources::default()
    };
    let found = check(&asked).unwrap();
    assert_eq!(found.texts["p"], "TTLSRule A\n");
    assert!(found.findings.iter().any(|one| one.code == "AT209"));
}

#[test]
fn what_cannot_be_asked_is_said() {
    let ask = |change: fn(&mut Sources)| {
        let mut asked = sources();
        change(&mut asked);
        check(&asked).unwrap_err().detail
    };
    assert_eq!(
        ask(|s| s.release = Some("9.9".into())),
        "`9.9` is not a z/OS release that is known here."
    );
    assert!(ask(|s| s.main = Some("nowhere".into())).contains("`nowhere`"));
    assert!(ask(|s| s.files.push(text("up/main.conf", ""))).contains("two files"));
    assert!(ask(|s| s.files[0].text = None).contains("either"));
    assert!(
        ask(|s| {
            s.files[0].text = None;
            s.files[0].base64 = Some("§".into())
        })
        .contains("base64")
    );
}

#[test]
fn a_connection_meets_its_rule_and_gets_what_that_says() {
    let asked = |connection| Simulate {
        sources: sources(),
        stack: Some("tcpip".into()),
        connection,
    };
    let found = simulate(&asked(connection(1414))).unwrap();
    let [stack] = &found[..] else {
        panic!("{found:?}")
    };
    let rule = stack.rule.as_ref().unwrap();
    assert_eq!(
        (rule.name.as_str(), rule.protects, rule.at.line),
        ("MQ~1", Some(true), 1)
    );
    assert_eq!(rule.at.file, "up/tcpip.policy");
    assert_eq!(stack.passed_over[0].name, "Telnet");
    assert_eq!(stack.passed_over[0].why, "other local ports");
    let of = |name: &str| rule.parameters.iter().find(|one| one.name == name).unwrap();
    let role = of("HandshakeRole").said.as_ref().unwrap();
    assert_eq!(
        (role.scope.as_str(), role.value.as_str(), role.at.line),
        ("environment", "Server", 23)
    );
    assert!(of("ClientAuthType").said.is_none());
    assert!(
        !serde_json::to_string(&found)
            .unwrap()
            .contains("zaubernuss")
    );
    let none = simulate(&asked(connection(80))).unwrap();
    assert_eq!(
        (none[0].rule.as_ref(), none[0].passed_over_total),
        (None, 2)
    );
    let wrong = Connection {
        local: "here".into(),
        ..connection(1)
    };
    assert!(
        simulate(&asked(wrong))
            .unwrap_err()
            .detail
            .contains("local address `here`")
    );
}

#[test]
fn codes_and_attributes_are_explained() {
    let found = explain("at015");
    assert_eq!(found.found.len(), 1);
    assert_eq!(found.found[0].key, "AT015");
    assert!(found.found[0].why.ends_with('.'));
    let parts = &found.found[0].parts;
    assert_eq!(parts[0].form, ExplainForm::Text);
    assert_eq!(parts[0].lines[..2], ["IpAddrGroup G", "{"]);
    assert_eq!([&parts[0].title, &parts[1].title], ["Wrong", "Right"]);
    let found = explain("HandshakeTimeout");
    assert!(
        found
            .found
            .iter()
            .all(|one| one.kind == ExplainKind::Attribute)
    );
    assert!(
        found.found[0]
            .facts
            .iter()
            .any(|(name, value)| name == "Default" && value.contains("10"))
    );
    assert!(explain("").total > 100);
    assert!(explain("job name").total > 1);
    assert_eq!(
        explain("HandshakeTimeuot").meant.as_deref(),
        Some("HandshakeTimeout")
    );
    assert_eq!(explain("xyzzy plugh").total, 0);
}

#[test]
fn return_codes_and_lines_of_a_log_are_explained() {
    let found = explain("402");
    assert!(found.exact);
    assert_eq!(found.found[0].kind, ExplainKind::Code);
    let parts = &found.found[0].parts;
    assert!(parts.iter().any(|part| part.form == ExplainForm::Sentences));
    let found = explain("EZD1286I");
    assert_eq!(found.found[0].kind, ExplainKind::Message);
    let found = explain("rc 64999");
    assert_eq!(found.total, 0);
    assert!(found.unknown[0].contains("64999"), "{:?}", found.unknown);
}

#[test]
fn questions_and_answers_are_texts_too() {
    let asked = format!(
        "{{\"check\":{}}}",
        serde_json::to_string(&sources()).unwrap()
    );
    let answer: serde_json::Value = serde_json::from_str(&ask(&asked)).unwrap();
    assert_eq!(answer["answer"]["total"], 1);
    assert!(ask("{\"explain\":\"AT015\"}").starts_with("{\"answer\""));
    for wrong in ["", "{}", "{\"check\":{\"files\":[],\"release\":\"9\"}}"] {
        assert!(ask(wrong).starts_with("{\"detail\""), "{wrong}");
    }
}

/// The policy with TLS 1.2 and one suite of it.
fn with_suite(suite: &str) -> Sources {
    let policy = POLICY.replace(
        "  TTLSEnvironmentAdvancedParms\n",
        &format!(
            "  TTLSCipherParms\n  {{\n    V3CipherSuites {suite}\n  }}\n  TTLSEnvironmentAdvancedParms\n"
        ),
    );
    let mut sources = sources();
    sources.files[0].text = Some(policy);
    sources
}

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

/// The same without the stack whose file is not there.
fn whole() -> Sources {
    let mut sources = sources();
    let main = MAIN.lines().next().map(|line| format!("{line}\n"));
    sources.files[1].text = main;
    sources
}

#[test]
fn of_a_part_of_the_files_nothing_is_claimed() {
    let asked = Diff {
        from: whole(),
        to: sources(),
        stack: None,
    };
    let detail = diff(&asked).unwrap_err().detail;
    assert!(detail.contains("`//'SYS1.PARM(OTHER)'`"), "{detail}");
    let asked = Test {
        sources: sources(),
        stack: None,
        tests: "any must be clear".into(),
    };
    assert_eq!(test(&asked).unwrap_err().detail, detail);
    let asked = Test {
        stack: Some("TCPIP".into()),
        ..asked
    };
    assert_eq!(test(&asked).unwrap().fails, 1);
}

#[test]
fn what_changes_for_connections_is_shown_with_one() {
    let mut other = whole();
    let text = POLICY.replace("LocalPortRange 23", "LocalPortRange 992");
    other.files[0].text = Some(text);
    let found = diff(&Diff {
        from: whole(),
        to: other.clone(),
        stack: None,
    })
    .unwrap();
    assert_eq!(found.compared, 1);
    let stack = &found.stacks[0];
    assert_eq!((stack.stack.as_str(), stack.total), ("TCPIP", 2));
    let gone = stack.differences.iter().find(|one| one.after.is_none());
    let gone = gone.unwrap();
    assert_eq!(gone.before.as_ref().unwrap().name, "Telnet");
    assert_eq!(gone.connection.local_port, 23);
    assert_eq!(gone.changes[0].name, "TTLSEnabled");
    assert_eq!(
        (
            gone.changes[0].before.join(""),
            gone.changes[0].after.join("")
        ),
        ("TLS".into(), "clear".into())
    );
    let same = diff(&Diff {
        from: other.clone(),
        to: other,
        stack: None,
    })
    .unwrap();
    assert_eq!((same.compared, same.stacks.len()), (1, 0));
}

#[test]
fn expectations_hold_or_name_a_connection() {
    let asked = |tests: &str| Test {
        sources: whole(),
        stack: None,
        tests: tests.into(),
    };
    let found = test(&asked(
        "# all\ninbound local port 1414 must be protected\ninbound local port 21 must be protected\n\nstack TCPIP:\nany local port 9443 must meet no rule\n",
    ))
    .unwrap();
    assert_eq!((found.holds, found.fails, found.undecided), (2, 1, 0));
    let failed = &found.results[1];
    assert_eq!((failed.result, failed.at.line), (TestVerdict::Fails, 3));
    assert_eq!(failed.failures[0].connection.local_port, 21);
    assert_eq!(failed.failures[0].rule, None);
    assert_eq!(found.findings_total, 0);
    let wrong = test(&asked("inbund must be clear\nstack NONE:\n")).unwrap();
    let codes: Vec<_> = wrong.findings.iter().map(|one| one.code.as_str()).collect();
    assert_eq!(codes, ["AT301", "AT307"]);
    assert_eq!(
        (wrong.findings[0].at.line, wrong.findings[1].at.line),
        (1, 2)
    );
    assert!(wrong.findings[0].fix.is_some());
    assert_eq!(
        wrong.examples,
        [
            "inbound local port 23 must be protected with at least TLSv1.2",
            "inbound local port 1414 must be protected with at least TLSv1.2"
        ]
    );
    let held = test(&asked(&wrong.examples.join("\n"))).unwrap();
    assert_eq!((held.holds, held.fails, held.examples.len()), (2, 0, 0));
}

/// A store with two images of one group, each with a stack; one rule of the group.
fn stored() -> generator::objects::Configuration {
    let objects = serde_json::json!({
        "g": { "kind": "group", "name": "GR", "tests": "any local port 23 must be clear" },
        "i": { "kind": "image", "name": "MVSA", "group": "g", "keyring": "A/RING" },
        "j": { "kind": "image", "name": "MVSB", "group": "g", "keyring": "B/RING" },
        "s": { "kind": "stack", "name": "TCPIP", "image": "i",
            "tests": "inbound local port 1414 must be protected with keyring A/RING" },
        "t": { "kind": "stack", "name": "TCPIP", "image": "j" },
        "d": { "kind": "traffic-descriptor", "name": "MQ", "rows": [{ "local_port": "1414", "direction": "inbound" }] },
        "l": { "kind": "security-level", "name": "OWN", "versions": { "tls13": false } },
        "r": { "kind": "rule", "name": "Mq_in", "owner": "g", "order": "b",
            "map": { "own": [{ "traffic": "d", "level": "l" }] } },
    });
    let serde_json::Value::Object(objects) = objects else {
        panic!("no objects")
    };
    let object = |(id, body)| (ObjectId(id), serde_json::from_value(body).unwrap());
    objects.into_iter().map(object).collect()
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

#[test]
fn what_is_no_longer_protected_stands_first_however_much_changes() {
    let rule = |number: usize, port: usize, action: &str| {
        format!(
            "TTLSRule R{number}\n{{\n  LocalPortRange {port}\n  Direction Inbound\n  TTLSGroupActionRef On\n  TTLSEnvironmentActionRef {action}\n}}\n"
        )
    };
    let actions = "TTLSGroupAction On\n{\n  TTLSEnabled On\n}\nTTLSEnvironmentAction A\n{\n  HandshakeRole Server\n}\nTTLSEnvironmentAction B\n{\n  HandshakeRole ServerWithClientAuth\n}\n";
    let policy = |rules: std::ops::Range<usize>, action: &str| {
        let rules = rules.map(|at| rule(at, 1000 + at, action));
        Sources {
            files: vec![text(
                "p",
                &format!("{}{actions}", rules.collect::<String>()),
            )],
            ..Sources::default()
        }
    };
    let found = diff(&Diff {
        from: policy(0..150, "A"),
        to: policy(0..149, "B"),
        stack: None,
    })
    .unwrap();
    let stack = &found.stacks[0];
    assert_eq!((stack.total, stack.differences.len()), (150, 100));
    let first = &stack.differences[0];
    assert_eq!(
        (first.connection.local_port, first.after.as_ref()),
        (1149, None)
    );
}

#[test]
fn stacks_of_a_store_are_compared_by_their_ids() {
    let before = stored();
    let mut after = before.clone();
    after.objects.remove(&ObjectId("r".into()));
    let found = diff_stacks(&before, &after, None).unwrap();
    let names: Vec<_> = found.stacks.iter().map(|one| one.stack.as_str()).collect();
    assert_eq!(names, ["MVSA.TCPIP", "MVSB.TCPIP"]);
    let gone = &found.stacks[0].differences[0];
    assert_eq!(
        gone.before.as_ref().unwrap().at.object.as_ref().unwrap().0,
        "r"
    );
    assert!(gone.such_as.starts_with("inbound from"), "{}", gone.such_as);
    let only = diff_stacks(&before, &after, Some(&ObjectId("t".into()))).unwrap();
    assert_eq!((only.compared, only.stacks.len()), (1, 1));
    let same = diff_stacks(&before, &before, None).unwrap();
    assert_eq!((same.compared, same.stacks.len()), (2, 0));
    assert!(diff_stacks(&before, &after, Some(&ObjectId("x".into()))).is_err());
}

#[test]
fn kept_tests_are_those_of_the_stack_and_of_what_is_above_it() {
    let store = stored();
    let of = |owner: Option<&str>, tests: Option<&str>| {
        let owner = owner.map(|id| ObjectId(id.into()));
        test_stacks(&store, owner.as_ref(), tests).unwrap()
    };
    let all = of(None, None);
    assert_eq!((all.stacks, all.holds, all.fails), (2, 3, 0), "{all:?}");
    let of_a = of(Some("i"), None);
    assert_eq!((of_a.stacks, of_a.holds), (1, 2));
    let own = of(
        Some("g"),
        Some("stack MVSB.TCPIP:\nany local port 1414 must be protected with keyring A/RING\n"),
    );
    assert_eq!((own.holds, own.fails), (0, 1));
    // Outbound connections meet no rule; inbound ones one with another key ring.
    assert_eq!(own.results[0].failures.len(), 2, "{own:?}");
    assert_eq!(own.results[0].stack, "MVSB.TCPIP");
}
