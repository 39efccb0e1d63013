//! `gatehouse test`: whether a policy does what is expected of it.

use super::command::{self, files};
use std::path::Path;

const POLICY: &str = "\
TTLSRule MQ
{
  LocalPortRange 1414
  Direction Inbound
  TTLSGroupActionRef on
}
TTLSGroupAction on
{
  TTLSEnabled On
}
";

/// The code, and what was printed.
fn run(directory: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    command::run(directory, "test", arguments, b"").answer()
}

#[test]
fn what_fails_is_shown_with_the_rule_and_the_connection() {
    let directory = tempfile::tempdir().unwrap();
    let tests = "# who\ninbound local port 1414 must be protected\ninbound local port 1414-1415 must be protected with at least TLSv1.2\n";
    files(
        directory.path(),
        &[
            ("p", POLICY),
            ("tests", tests),
            ("good", "inbound local port 1414 must be protected\n"),
        ],
    );
    let (code, text) = run(directory.path(), &["p", "tests", "--junit", "report.xml"]);
    assert_eq!(code, Some(1), "{text}");
    for expected in [
        "error[AT304]: inbound from 192.0.2.1 to 192.0.2.1 port 1414 meets rule `MQ`: TLSv1 is on by default",
        "port 1415 meets no rule: they stay in the clear",
        "--> tests:3:1",
        "::: p:1:10",
        "this rule",
        "2 expectations: 1 hold, 1 fail\n",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    let report = std::fs::read_to_string(directory.path().join("report.xml")).unwrap();
    for expected in [
        "<testsuite name=\"p\" tests=\"2\" failures=\"1\" errors=\"0\">",
        "name=\"inbound local port 1414 must be protected\" file=\"tests\" line=\"2\"/>",
        "<failure type=\"AT304\"",
    ] {
        assert!(report.contains(expected), "{expected}\n{report}");
    }
    let good = run(directory.path(), &["p", "good"]);
    assert_eq!(
        good,
        (
            Some(0),
            "1 expectations: 1 hold\n".replace("expectations", "expectation")
        )
    );
}

#[test]
fn programs_get_each_line_with_its_result() {
    let directory = tempfile::tempdir().unwrap();
    files(
        directory.path(),
        &[
            ("p", POLICY),
            ("tests", "any local port 1414 must be clear\n"),
        ],
    );
    let (code, text) = run(directory.path(), &["p", "tests", "--json"]);
    let whole: serde_json::Value = serde_json::from_str(&text).unwrap();
    let one = &whole["expectations"][0];
    assert_eq!(
        (code, &one["result"]),
        (Some(1), &serde_json::json!("fails"))
    );
    assert_eq!(one["failures"][0]["rule"], "MQ");
    assert_eq!(one["failures"][0]["connection"]["direction"], "inbound");
    assert_eq!(one["findings"][0]["place"]["start"]["line"], 1);
}

#[test]
fn a_section_is_looked_at_for_its_stack() {
    let directory = tempfile::tempdir().unwrap();
    let tests = "stack A:\nany local port 1414 must meet rule MQ\nstack B:\nany local port 1414 must be clear\n";
    files(
        directory.path(),
        &[
            ("main", "TcpImage A a\nTcpImage B b\n"),
            ("a", "TTLSConfig p\n"),
            ("b", "TTLSConfig q\n"),
            ("p", &POLICY.replace("Inbound", "Both")),
            ("q", &POLICY.replace("On", "Off")),
            ("tests", tests),
            ("unknown", "stack C:\nany must be clear\n"),
        ],
    );
    let (code, text) = run(directory.path(), &["main", "tests"]);
    assert_eq!((code, text.as_str()), (Some(0), "2 expectations: 2 hold\n"));
    let (code, text) = run(directory.path(), &["main", "unknown"]);
    assert_eq!(code, Some(2), "{text}");
    assert!(
        text.contains("error[AT307]: there is no stack `C`"),
        "{text}"
    );
}

#[test]
fn what_is_not_understood_does_not_pass() {
    let directory = tempfile::tempdir().unwrap();
    files(
        directory.path(),
        &[
            ("p", POLICY),
            ("tests", "inbuond must be clear\n"),
            ("empty", "# nothing\n"),
        ],
    );
    let (code, text) = run(directory.path(), &["p", "tests"]);
    assert_eq!(code, Some(2));
    assert!(
        text.contains("help: write `inbound` if that is meant"),
        "{text}"
    );
    for arguments in [
        &["p", "empty"][..],
        &["p", "nowhere"],
        &["nowhere", "tests"],
        &["p"],
    ] {
        assert_eq!(run(directory.path(), arguments).0, Some(2), "{arguments:?}");
    }
}

/// The example of docs/policy-tests.md is run as it stands there.
#[test]
fn the_example_of_the_documentation_runs() {
    let page = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/policy-tests.md"),
    )
    .unwrap();
    let block = |name: &str| {
        let (_, rest) = page.split_once(&format!("```{name}\n")).unwrap();
        rest.split_once("```").unwrap().0.to_owned()
    };
    let directory = tempfile::tempdir().unwrap();
    files(
        directory.path(),
        &[
            ("pagent.policy", &block("policy")),
            ("expected", &block("tests")),
        ],
    );
    let (code, text) = run(directory.path(), &["pagent.policy", "expected"]);
    assert_eq!(code, Some(1));
    assert_eq!(text, block("text"));
}
