//! `gatehouse show`: parameters with their origin.

use std::process::Command;

const POLICY: &str = "\
TTLSRule mq
{
  LocalPortRange 1414
  Direction Inbound
  TTLSGroupActionRef on
  TTLSEnvironmentActionRef server
  TTLSConnectionActionRef one
}
TTLSGroupAction on
{
  TTLSEnabled On
}
TTLSEnvironmentAction server
{
  HandshakeRole Server
  TTLSKeyringParms
  {
    Keyring CSQ1/RING
  }
  TTLSEnvironmentAdvancedParms
  {
    TLSv1.2 On
    HandshakeTimeout 20
  }
}
TTLSConnectionAction one
{
  TTLSConnectionAdvancedParms
  {
    HandshakeTimeout 30
  }
}
";

fn shown(arguments: &[&str]) -> (Option<i32>, String) {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("p"), POLICY).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_gatehouse"))
        .current_dir(directory.path())
        .args(["show", "p"])
        .args(arguments)
        .output()
        .unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
    )
}

#[test]
fn what_is_coded_is_shown_with_its_place_and_what_it_beat() {
    let expected = "\
rule `mq` (p:1)
  TTLSEnabled       On  group (p:11)
  HandshakeRole     Server  environment (p:15)
  TLSv1.2           On  environment (p:22)
  HandshakeTimeout  30  connection (p:30), not 20 of environment (p:23)
  Keyring           CSQ1/RING  environment (p:18)
";
    assert_eq!(shown(&[]), (Some(0), expected.to_owned()));
    assert_eq!(shown(&["--rule", "mq"]).1, expected);
}

#[test]
fn defaults_are_those_of_the_release() {
    let (_, text) = shown(&["--all"]);
    assert!(text.contains("\n  TLSv1.1 "), "{text}");
    let line = |text: &str| {
        text.lines()
            .find(|line| line.starts_with("  TLSv1.1 "))
            .unwrap()
            .to_owned()
    };
    assert!(line(&text).ends_with(" On  default"), "{text}");
    let (_, newer) = shown(&["--all", "--release", "3.2"]);
    assert!(line(&newer).ends_with(" Off  default"), "{newer}");
}

#[test]
fn a_rule_that_is_not_there_is_said() {
    assert_eq!(shown(&["--rule", "MQ"]), (Some(1), String::new()));
    assert_eq!(shown(&["--stack", "TCPIP"]).0, Some(2));
}
