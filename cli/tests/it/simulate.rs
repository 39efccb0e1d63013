//! `gatehouse simulate`: the rule of a connection, and what keeps others from applying.

use std::process::Command;

const POLICY: &str = "\
TTLSRule web
{
  LocalPortRange 8443
  Direction Inbound
  Priority 30
  TTLSGroupActionRef on
}
TTLSRule mq
{
  LocalAddr 10.1.0.0/16
  LocalPortRange 1414-1415
  Jobname CSQ*
  Direction Inbound
  Priority 20
  IpTimeConditionRef weekdays
  TTLSGroupActionRef on
}
TTLSRule rest
{
  RemoteAddr 2001:db8::/32
  Direction Both
  TTLSGroupActionRef off
}
TTLSGroupAction on
{
  TTLSEnabled On
}
TTLSGroupAction off
{
  TTLSEnabled Off
}
IpTimeCondition weekdays
{
  DayOfWeekMask 0111110
}
";

/// The code and what was printed, for a connection that the arguments describe.
fn simulated(arguments: &[&str]) -> (Option<i32>, String) {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("p"), POLICY).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_gatehouse"))
        .current_dir(directory.path())
        .args(["simulate", "p"])
        .args(arguments)
        .output()
        .unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
    )
}

const MQ: [&str; 6] = [
    "--local",
    "10.1.1.2:1414",
    "--remote",
    "10.9.9.9:50000",
    "--direction",
    "inbound",
];

#[test]
fn the_rule_is_named_with_what_keeps_the_earlier_ones_away() {
    let found = simulated(&[&MQ[..], &["--job", "CSQ1CHIN"]].concat());
    let expected = "rule `mq` (p:8): TLS\n  not `web` (p:1): other local ports\n";
    assert_eq!(found, (Some(0), expected.to_owned()));
}

#[test]
fn job_time_and_addresses_count() {
    let (code, text) = simulated(&MQ);
    assert_eq!(code, Some(1));
    assert!(
        text.starts_with("no rule applies: the connection stays in the clear\n"),
        "{text}"
    );
    assert!(text.contains("  not `mq` (p:8): another job\n"), "{text}");
    assert!(
        text.contains("  not `rest` (p:18): other remote addresses\n"),
        "{text}"
    );
    let job = ["--job", "CSQ1CHIN", "--at"];
    let friday = simulated(&[&MQ[..], &job, &["2026-11-20T14:30"]].concat());
    assert_eq!(friday.0, Some(0));
    let (code, text) = simulated(&[&MQ[..], &job, &["2026-11-21"]].concat());
    assert_eq!(code, Some(1));
    assert!(text.contains("not at this time"), "{text}");
    let six = [
        "--local",
        "[::1]:23",
        "--remote",
        "[2001:db8::7]:1",
        "--direction",
        "outbound",
    ];
    let (code, text) = simulated(&six);
    assert_eq!(code, Some(0));
    assert!(text.starts_with("rule `rest` (p:18): TLS is off"), "{text}");
}

#[test]
fn what_is_no_connection_is_refused() {
    for wrong in [
        &MQ[..4],
        &["--local", "10.1.1.2"],
        &["--at", "tomorrow"],
        &["--stack", "TCPIP"],
    ] {
        let arguments = match wrong[0] {
            "--at" | "--stack" => [&MQ[..], wrong].concat(),
            _ => wrong.to_vec(),
        };
        assert_eq!(simulated(&arguments).0, Some(2), "{wrong:?}");
    }
}
