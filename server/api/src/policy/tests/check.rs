//! What is wrong in files, and which leads to which.

use super::*;

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
