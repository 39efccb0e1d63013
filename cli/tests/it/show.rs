//! `gatehouse show`: conditions and parameters with their origin, the account of the files, and the
//! layout of `pasearch`.

use std::process::Command;

const POLICY: &str = "\
TTLSRule mq
{
  LocalPortRange 1414
  RemoteAddrGroupRef office
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
    TLSv1.1 On
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
IpAddrGroup office
{
  IpAddrSet
  {
    Prefix 10.1.0.0/16
  }
}
";

/// The code, the answer and the errors of a program that has these files.
fn run(files: &[(&str, &str)], arguments: &[&str]) -> (Option<i32>, String, String) {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(directory.path().join(name), text).unwrap();
    }
    let output = Command::new(env!("CARGO_BIN_EXE_gatehouse"))
        .current_dir(directory.path())
        .arg("show")
        .args(arguments)
        .output()
        .unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

fn shown(arguments: &[&str]) -> (Option<i32>, String) {
    let arguments = [&["p"], arguments].concat();
    let (code, text, _) = run(&[("p", POLICY)], &arguments);
    (code, text)
}

#[test]
fn what_is_coded_is_shown_with_its_place_and_what_it_beat() {
    let expected = "\
rule `mq` (p:1)
  LocalPortRange      1414  condition (p:3)
  RemoteAddrGroupRef  10.1.0.0/16  condition (p:4), IpAddrGroup office (p:39)
  Direction           Inbound  condition (p:5)
  TTLSEnabled         On  group (p:12)
  HandshakeRole       Server  environment (p:16)
  TLSv1.1             On  environment (p:23)
  TLSv1.2             On  environment (p:24)
  HandshakeTimeout    30  connection (p:32), not 20 of environment (p:25)
  Keyring             CSQ1/RING  environment (p:19)
";
    assert_eq!(shown(&[]), (Some(0), expected.to_owned()));
    assert_eq!(shown(&["--rule", "mq"]).1, expected);
}

#[test]
fn what_is_as_the_default_can_be_left_out() {
    let (code, text) = shown(&["--own"]);
    assert_eq!(code, Some(0));
    assert!(
        text.contains("TLSv1.2") && !text.contains("TLSv1.1"),
        "{text}"
    );
    let (_, newer) = shown(&["--own", "--release", "3.2"]);
    assert!(
        !newer.contains("TLSv1.2") && newer.contains("TLSv1.1"),
        "{newer}"
    );
    assert_eq!(shown(&["--own", "--all"]).0, Some(2));
}

#[test]
fn defaults_are_those_of_the_release() {
    let (_, text) = shown(&["--all"]);
    let line = |text: &str, name: &str| {
        let found = text
            .lines()
            .find(|line| line.trim_start().starts_with(name));
        found.unwrap().trim_end().to_owned()
    };
    assert!(line(&text, "TLSv1 ").ends_with(" On  default"), "{text}");
    assert!(
        line(&text, "Priority ").ends_with(" 1  condition, default"),
        "{text}"
    );
    assert!(
        !text.contains("RemoteAddr "),
        "coded in another form: {text}"
    );
    let (_, newer) = shown(&["--all", "--release", "3.2"]);
    assert!(line(&newer, "TLSv1 ").ends_with(" Off  default"), "{newer}");
}

#[test]
fn a_rule_that_is_not_there_is_said() {
    assert_eq!(shown(&["--rule", "MQ"]), (Some(1), String::new()));
    assert_eq!(shown(&["--stack", "TCPIP"]).0, Some(2));
    let (code, text) = shown(&["--pasearch", "-f", "MQ"]);
    assert_eq!(code, Some(1));
    assert!(text.contains("No policies retrieved"), "{text}");
}

#[test]
fn programs_get_the_same_as_json() {
    let (code, text) = shown(&["--json"]);
    assert_eq!(code, Some(0));
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["release"], "3.1");
    let rule = &value["stacks"][0]["rules"][0];
    assert_eq!(rule["name"], "mq");
    assert_eq!(rule["priority"], 1);
    assert_eq!(rule["protects"], true);
    let condition = &rule["conditions"][1];
    assert_eq!(condition["coded"], "office");
    assert_eq!(condition["values"][0], "10.1.0.0/16");
    let timeout = rule["parameters"].as_array().unwrap().iter();
    let timeout = timeout
        .clone()
        .find(|one| one["name"] == "HandshakeTimeout");
    let expected = serde_json::json!({
        "name": "HandshakeTimeout",
        "statement": "TTLSEnvironmentAdvancedParms",
        "values": ["30"],
        "origin": "connection",
        "place": { "file": "p", "line": 32 },
        "default": "10",
        "beaten": [{
            "values": ["20"],
            "origin": "environment",
            "place": { "file": "p", "line": 25 },
        }],
    });
    assert_eq!(timeout, Some(&expected));
}

#[test]
fn yaml_holds_the_same() {
    let (code, text) = shown(&["--yaml"]);
    assert_eq!(code, Some(0));
    let lines = "        priority: 1\n        protects: true\n";
    assert!(text.contains(lines), "{text}");
    assert!(
        text.contains("            values:\n              - \"10.1.0.0/16\"\n"),
        "{text}"
    );
    assert_eq!(shown(&["--yaml", "--json"]).0, Some(2));
}

const FILES: [(&str, &str); 4] = [
    (
        "main",
        "CommonTTLSConfig common\nTcpImage TCPIP image FLUSH 600\n",
    ),
    ("image", "TTLSConfig other\nTTLSConfig own PURGE\n"),
    (
        "common",
        "TTLSGroupAction off\n{\n TTLSEnabled On\n}\nTTLSKeyringParms K\n{\n Keyring a/b\n}\n",
    ),
    (
        "own",
        "TTLSRule a\n{\n Jobname J\n Direction Both\n TTLSGroupActionRef off\n}\nTTLSGroupAction off\n{\n TTLSEnabled Off\n}\n",
    ),
];

#[test]
fn the_account_says_what_became_of_each_statement() {
    let (code, text, _) = run(&FILES, &["--files", "main"]);
    let expected = "\
TCPIP: FLUSH, PURGE, read again after 600 seconds
  image file image
    image:1: AT203: this `TTLSConfig` has no effect because another one follows
  common file common
    TTLSGroupAction off (common:1): overridden, by own:7
    TTLSKeyringParms K (common:5): unused, nothing refers to it
  policy file own
    TTLSRule a (own:1): used
    TTLSGroupAction off (own:7): used
";
    assert_eq!((code, text.as_str()), (Some(0), expected));
    let mut broken = FILES;
    broken[3].1 = "TTLSRule a\n{\n Jobname J\n Direction Sideways\n}\nTTLSRul b\n{\n}\n";
    let (_, text, _) = run(&broken, &["--files", "main"]);
    assert!(
        text.contains("    TTLSRule a (own:1): refused, AT"),
        "{text}"
    );
    assert!(
        text.contains("    TTLSRul b (own:6): refused, AT001: "),
        "{text}"
    );
    let (_, json, _) = run(&FILES, &["--files", "--json", "main"]);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    let statement = &value["stacks"][0]["files"][1]["statements"][0];
    assert_eq!(statement["fate"], "overridden");
    assert_eq!(statement["why"], "by own:7");
}

#[test]
fn the_switches_of_pasearch_are_taken() {
    let (code, text, _) = run(&FILES, &["main", "--pasearch", "-t", "-n"]);
    let expected = "
TCP/IP pasearch CS 3.1                    Image Name: TCPIP                    \n  \
  Date:                 <not available>   Time:  <not available> \n  \
  TTLS Instance Id:     <not available>\n
policyRule:             a
  TTLS Action:          off
";
    assert_eq!((code, text.as_str()), (Some(0), expected));
    let (_, text, _) = run(&FILES, &["main", "--pasearch", "-t", "-c", "-p", "TCPIP"]);
    for line in [
        "TTLS Policy Object:\n  ConfigLocation:       Local             LDAPServer:        False\n",
        "  CommonFileName:       common\n  ImageFileName:        own\n",
        "  ApplyFlush:           True              PolicyFlush:       True\n",
        "  ApplyPurge:           True              PurgePolicies:     True\n",
        "  Configured:           True              UpdateInterval:    600\n",
    ] {
        assert!(text.contains(line), "{line:?} in {text}");
    }
    let (_, text, _) = run(&FILES, &["main", "--pasearch", "-r"]);
    assert!(text.contains("policyRule:") && !text.contains("TTLS Action:"));
    let (_, text, _) = run(&FILES, &["main", "--pasearch", "-a", "-f", "off"]);
    assert!(
        text.contains("    TTLSEnabled:                Off "),
        "{text}"
    );
    assert_eq!(
        run(&FILES, &["main", "--pasearch", "-p", "OTHER"]).0,
        Some(2)
    );
    // Without the layout the switches mean nothing.
    assert_eq!(run(&FILES, &["main", "-t"]).0, Some(2));
}
