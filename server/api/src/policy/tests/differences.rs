//! What changes for connections.

use super::*;

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
