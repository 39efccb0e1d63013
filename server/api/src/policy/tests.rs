#![expect(clippy::unwrap_used, reason = "a test may panic")]

use generator::objects::{Configuration, Kind, Object, ObjectId, library};

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

/// Asks what files become; ids count from 1.
fn adopted(asked: &Adopt, base: &Configuration) -> Adopted {
    let mut made = base.objects.len();
    let mut new_id = || {
        made += 1;
        ObjectId(format!("new-{made}"))
    };
    let etag = |id: &ObjectId| Some(format!("etag of {id}"));
    adopt(asked, base, &etag, &mut new_id).unwrap()
}

fn empty() -> Configuration {
    library::supplied().into_iter().collect()
}

/// All files are there and nothing is wrong in them.
fn of_mvsa() -> Sources {
    Sources {
        files: vec![
            text("mvsa/etc/main.conf", "TcpImage TCPIP /etc/image.conf\n"),
            text("mvsa/etc/image.conf", IMAGE),
            text("mvsa/etc/tcpip.policy", POLICY),
        ],
        ..Sources::default()
    }
}

fn onto(image: &str) -> Adopt {
    let stack = AdoptStack {
        stack: "TCPIP".into(),
        image: Some(image.into()),
        ..AdoptStack::default()
    };
    Adopt {
        sources: of_mvsa(),
        stacks: Some(vec![stack]),
        despite_errors: false,
    }
}

/// The configuration after the edit.
fn after(base: &Configuration, adopted: &Adopted) -> Configuration {
    let mut after = base.clone();
    for change in &adopted.changes {
        match &change.body {
            Some(body) => after.objects.insert(change.id.clone(), body.clone()),
            None => after.objects.remove(&change.id),
        };
    }
    after
}

#[test]
fn files_become_a_stack_that_treats_every_connection_alike() {
    let base = empty();
    let found = adopted(&onto("MVSA"), &base);
    let stack = &found.stacks[0];
    assert_eq!((stack.image_is_new, stack.is_new), (true, true));
    assert!(stack.problems.is_empty(), "{:?}", stack.problems);
    let result = stack.result.as_ref().unwrap();
    // Without its password a key database cannot be opened; nothing else is different.
    let differences: Vec<_> = (result.proof.differences.iter())
        .flat_map(|one| &one.changes)
        .collect();
    assert_eq!(differences, ["KeyringPw ******** → nothing"; 2]);
    assert_eq!((result.proof.same, result.proof.total), (false, 2));
    assert_eq!(result.counts, found.counts);
    assert_eq!(found.counts.new, found.changes.len());
    assert!(found.changes.iter().all(|change| change.etag.is_none()));
    let title = |group: &AdoptGroup| group.title.clone();
    let titles: Vec<_> = result.report.iter().map(title).collect();
    assert_eq!(titles, ["Left out", "Taken over"], "{:?}", result.report);
    let at = result.report[0].lines[0].at.as_ref().unwrap();
    assert_eq!((at.file.as_str(), at.line), ("mvsa/etc/tcpip.policy", 27));
    let json = serde_json::to_string(&found).unwrap();
    assert!(!json.contains("zaubernuss"), "passwords are not kept");
}

#[test]
fn paths_of_another_machine_do_not_become_paths_of_the_stack() {
    let base = empty();
    let main = |asked: &Adopt| {
        let found = adopted(asked, &base);
        let changes = found.changes.iter();
        let mut stacks = changes.filter_map(|change| match &change.body {
            Some(Object::Stack(stack)) => Some(stack.files.clone()),
            _ => None,
        });
        let files = stacks.next().unwrap();
        (files.main.to_string(), files.policy.to_string())
    };
    let (here, policy) = main(&onto("MVSA"));
    assert_eq!(
        (here.as_str(), policy.as_str()),
        ("/etc/main.conf", "/etc/tcpip.policy")
    );
    let mut flat = onto("MVSA");
    for file in &mut flat.sources.files {
        file.path = file.path.replace("mvsa/etc/", "");
    }
    assert_eq!(main(&flat).0, "", "the usual one");
    let alone = Adopt {
        sources: Sources {
            files: vec![text("pasted-1", POLICY)],
            ..Sources::default()
        },
        stacks: Some(vec![AdoptStack {
            image: Some("MVSA".into()),
            ..AdoptStack::default()
        }]),
        despite_errors: false,
    };
    assert_eq!(main(&alone), (String::new(), String::new()));
}

#[test]
fn what_was_taken_over_changes_nothing_again() {
    let base = empty();
    let first = adopted(&onto("MVSA"), &base);
    let base = after(&base, &first);
    let again = adopted(&onto("mvsa"), &base);
    let stack = &again.stacks[0];
    assert_eq!((stack.image_is_new, stack.is_new), (false, false));
    assert!(again.changes.is_empty(), "{:?}", again.changes);
    assert!(again.counts.reused > 0);
    // What is not said is proposed.
    let proposed = Adopt {
        stacks: None,
        ..onto("")
    };
    let proposed = adopted(&proposed, &base);
    assert_eq!(proposed.stacks[0].image, "MVSA");
    assert_eq!(proposed.images[0].stacks, ["TCPIP"]);
    let written = &stack.result.as_ref().unwrap().files;
    assert_eq!(written[0].read.as_deref(), Some("mvsa/etc/tcpip.policy"));
    // The files that the store writes are its own.
    let mut own = onto("MVSA");
    for (file, path) in own.sources.files.iter_mut().zip([2, 1, 0]) {
        file.text = Some(written[path].text.clone());
    }
    let own = adopted(&own, &base);
    assert!(own.changes.is_empty(), "{:?}", own.changes);
    assert_eq!(own.errors, 0);
}

#[test]
fn an_edited_file_changes_what_was_edited_and_says_what_was_seen() {
    let base = empty();
    let first = adopted(&onto("MVSA"), &base);
    let base = after(&base, &first);
    let mut edited = onto("MVSA");
    let (mq, _) = POLICY.split_once("TTLSRule Telnet").unwrap();
    let rest = &POLICY[POLICY.find("TTLSGroupAction On\n{").unwrap()..];
    edited.sources.files[2].text = Some(format!("{}{rest}", mq.replace("1414", "1415")));
    let found = adopted(&edited, &base);
    assert!(found.counts.removed >= 1, "{:?}", found.counts);
    let (seen, new): (Vec<_>, Vec<_>) =
        (found.changes.iter()).partition(|change| base.get(&change.id).is_some());
    assert!(seen.iter().all(|change| change.etag.is_some()));
    assert!(new.iter().all(|change| change.etag.is_none()));
    let result = found.stacks[0].result.as_ref().unwrap();
    assert_eq!(result.objects[0].fate, AdoptFate::Removed);
}

#[test]
fn errors_stop_everything_unless_somebody_says_otherwise() {
    let base = empty();
    let mut asked = onto("MVSA");
    asked.sources.files[2].text = Some(POLICY.replace(
        "Priority 20\n  TTLSGroupActionRef On",
        "Priority 20\n  TTLSGroupActionRef None",
    ));
    let found = adopted(&asked, &base);
    assert_eq!((found.errors, found.changes.len()), (1, 0));
    assert!(found.stacks[0].result.is_none());
    asked.despite_errors = true;
    let found = adopted(&asked, &base);
    assert!(!found.changes.is_empty());
    let result = found.stacks[0].result.as_ref().unwrap();
    assert_eq!(result.report[0].what, AdoptWhat::LeftOut);
    // An error of a stack that stays is no error of the one that is taken.
    let mut other = onto("MVSA");
    other.sources.files[0].text = Some(MAIN.into());
    let found = adopted(&other, &base);
    assert_eq!(found.errors, 0);
    assert_eq!(found.stacks.len(), 2);
    assert!(!found.changes.is_empty());
}

#[test]
fn what_cannot_be_a_name_is_said_at_its_field() {
    let base = empty();
    let problems = |change: &dyn Fn(&mut AdoptStack)| {
        let mut asked = onto("MVSA");
        change(&mut asked.stacks.as_mut().unwrap()[0]);
        let found = adopted(&asked, &base);
        assert!(found.changes.is_empty());
        let problems = found.stacks[0].problems.iter();
        problems
            .map(|one| (one.field, one.detail.clone()))
            .collect::<Vec<_>>()
    };
    let found = problems(&|stack| stack.name = Some("TCP-IP".into()));
    assert_eq!(found[0].0, AdoptField::As);
    assert!(
        found[0]
            .1
            .starts_with("`TCP-IP` cannot be the name of the stack:"),
        "{found:?}"
    );
    let found = problems(&|stack| stack.image = Some(String::new()));
    assert_eq!(
        found,
        [(AdoptField::Image, "Type a name for the image.".to_owned())]
    );
    let found = problems(&|stack| stack.release = Some("9.9".into()));
    assert_eq!(found[0].0, AdoptField::Release);
}

#[test]
fn two_stacks_of_the_files_can_share_a_new_image_and_not_a_name() {
    let base = empty();
    let mut asked = onto("MVSA");
    asked.sources.files[0].text =
        Some("TcpImage TCPIP /etc/image.conf\nTcpImage OTHER /etc/image.conf\n".into());
    let mut other = asked.stacks.as_ref().unwrap()[0].clone();
    other.stack = "OTHER".into();
    asked.stacks.as_mut().unwrap().push(other);
    let found = adopted(&asked, &base);
    assert!(
        found.stacks.iter().all(|stack| stack.result.is_some()),
        "{:?}",
        found.stacks
    );
    let of = |kind| {
        let bodies = found
            .changes
            .iter()
            .filter_map(|change| change.body.as_ref());
        bodies.filter(|body| body.kind() == kind).count()
    };
    assert_eq!((of(Kind::Image), of(Kind::Stack)), (1, 2));
    for stack in &found.stacks {
        // Both stay in the main file.
        let result = stack.result.as_ref().unwrap();
        let mut groups = result.report.iter();
        assert!(
            groups.all(|group| group.what != AdoptWhat::Conflict),
            "{:?}",
            result.report
        );
        assert_eq!(result.files[2].text.matches("TcpImage").count(), 2);
    }
    let mut one = asked.clone();
    one.stacks.as_mut().unwrap().pop();
    let one = adopted(&one, &base);
    let report = &one.stacks[0].result.as_ref().unwrap().report;
    assert!(
        report.iter().any(|group| group.what == AdoptWhat::Conflict),
        "{report:?}"
    );
    assert_eq!(found.counts.new, found.changes.len());
    asked.stacks.as_mut().unwrap()[1].name = Some("TCPIP".into());
    let found = adopted(&asked, &base);
    assert_eq!(found.stacks[1].problems[0].field, AdoptField::As);
    assert!(found.changes.is_empty());
}

#[test]
fn a_question_about_a_stack_that_is_not_there_cannot_be_answered() {
    let base = empty();
    let mut asked = onto("MVSA");
    asked.stacks.as_mut().unwrap()[0].stack = "NONE".into();
    let answer = adopt(&asked, &base, &|_| None, &mut || ObjectId(String::new()));
    let detail = answer.unwrap_err().detail;
    assert_eq!(detail, "The files describe no stack `NONE`.");
}

#[test]
fn every_statement_is_accounted_for() {
    let extra = "TTLSGroupAction On\n{\n  TTLSEnabled Off\n}\nTTLSGroupAction Spare\n{\n  TTLSEnabled On\n}\nNonsense\n";
    let mut asked = of_mvsa();
    asked.files[2].text = Some(format!("{POLICY}{extra}"));
    let found = check(&asked).unwrap();
    let of = |path: &str| found.account.iter().find(|one| one.path == path).unwrap();
    let main = of("mvsa/etc/main.conf");
    assert_eq!((main.read, main.used), (1, 1));
    let file = of("mvsa/etc/tcpip.policy");
    let sum = file.used + file.overridden + file.unused + file.refused;
    assert_eq!((file.read, sum), (7, 7));
    let left: Vec<_> = (file.left.iter())
        .map(|one| (one.fate.as_str(), one.statement.as_str(), one.at.line))
        .collect();
    assert_eq!(
        left,
        [
            ("overridden", "TTLSGroupAction On", 17),
            ("unused", "TTLSGroupAction Spare", 40),
            ("refused", "Nonsense", 44),
        ]
    );
    assert_eq!(file.left[0].by.as_ref().unwrap().line, 36);
}
