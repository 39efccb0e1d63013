//! `gatehouse diff`: what changes for connections.

use super::command;

const OLD: &str = "\
TTLSRule mq
{
  LocalPortRange 1414-1415
  Direction Inbound
  TTLSGroupActionRef on
}
TTLSGroupAction on
{
  TTLSEnabled On
}
";

/// The code and what was printed, for two policies and more arguments.
fn compared(old: &str, new: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let directory = tempfile::tempdir().unwrap();
    let files = [
        ("old", old),
        ("new", new),
        ("old.conf", "TcpImage TCPIP image\nTcpImage TCPIP2 image2\n"),
        ("new.conf", "TcpImage TCPIP image\nTcpImage TCPIP3 image2\n"),
        ("image", "TTLSConfig old\n"),
        ("image2", "TTLSConfig new\n"),
    ];
    command::files(directory.path(), &files);
    let arguments = match arguments.first() {
        Some(first) if !first.starts_with('-') => arguments.to_vec(),
        _ => [&["old", "new"], arguments].concat(),
    };
    command::run(directory.path(), "diff", &arguments, b"").answer()
}

#[test]
fn another_name_is_no_difference() {
    let found = compared(OLD, &OLD.replace("mq", "other"), &[]);
    assert_eq!(
        found,
        (Some(0), "nothing changes for any connection\n".to_owned())
    );
}

#[test]
fn what_changes_is_shown_with_rules_and_a_connection() {
    let new = OLD.replace("1415", "1414");
    let expected = "\
TLS → clear
  old rule `mq` (old:1), new no rule
  such as inbound from 192.0.2.1 to 192.0.2.1 port 1415
  among inbound, local port 1414-1415
1 difference
";
    assert_eq!(compared(OLD, &new, &[]), (Some(1), expected.to_owned()));
    let (code, text) = compared(OLD, &new, &["--json"]);
    let whole: serde_json::Value = serde_json::from_str(&text).unwrap();
    let one = &whole["stacks"][0]["differences"][0];
    assert_eq!((code, &whole["same"]), (Some(1), &serde_json::json!(false)));
    assert_eq!(
        one["old"],
        serde_json::json!({ "name": "mq", "file": "old", "line": 1 })
    );
    assert_eq!(
        (&one["new"], &one["connection"]["local_port"]),
        (&serde_json::Value::Null, &serde_json::json!(1415))
    );
    assert_eq!(one["changes"][0]["after"], serde_json::json!(["clear"]));
}

#[test]
fn a_release_changes_what_is_not_coded() {
    let (code, text) = compared(OLD, OLD, &["--old-release", "3.1", "--new-release", "3.2"]);
    assert_eq!(code, Some(1));
    assert!(text.contains("TLSv1.2 Off → On"), "{text}");
}

#[test]
fn stacks_are_compared_by_name() {
    let (code, text) = compared(OLD, OLD, &["old.conf", "new.conf"]);
    assert_eq!(code, Some(1), "{text}");
    let lines: Vec<_> = text
        .lines()
        .filter(|line| line.starts_with("stack"))
        .collect();
    assert_eq!(
        lines,
        [
            "stack TCPIP: nothing changes for any connection",
            "stack TCPIP2: only in OLD",
            "stack TCPIP2: TLS → clear",
            "stack TCPIP2: 1 difference",
            "stack TCPIP3: only in NEW",
            "stack TCPIP3: clear → TLS",
            "stack TCPIP3: 1 difference",
        ]
    );
    let one = compared(OLD, OLD, &["old.conf", "new.conf", "--stack", "tcpip"]);
    assert_eq!(one.0, Some(0), "{}", one.1);
}

#[test]
fn what_cannot_be_read_is_said() {
    for arguments in [
        &["old", "nowhere"][..],
        &["old"],
        &["old.conf", "new.conf", "--stack", "NONE"],
    ] {
        let (code, text) = compared(OLD, OLD, arguments);
        assert_eq!(code, Some(2), "{text}");
    }
}
