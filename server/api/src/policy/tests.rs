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
