//! `gatehouse import`: from policy files to an exported store and back.

use std::fs;
use std::path::Path;
use std::process::Command;

const MAIN: &str = "LogLevel 511\nTcpImage TCPIP image NOFLUSH NOPURGE 600\n";
const IMAGE: &str = "IPSecConfig /etc/ipsec\nTTLSConfig own\n";
const POLICY: &str = "\
# queue managers
TTLSRule mq
{
  LocalPortRange 1414
  Direction Inbound
  TTLSGroupActionRef on
  TTLSEnvironmentActionRef mq-env
}
TTLSGroupAction on
{
  TTLSEnabled On
}
TTLSEnvironmentAction mq-env
{
  HandshakeRole Server
  TTLSKeyringParms
  {
    Keyring MQ/RING
  }
  TTLSEnvironmentAdvancedParms
  {
    TLSv1 Off
    TLSv1.1 Off
    TLSv1.2 On
  }
}
";

fn gatehouse(directory: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_gatehouse"))
        .current_dir(directory)
        .args(arguments)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

fn files(policy: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in [("main", MAIN), ("image", IMAGE), ("own", policy)] {
        fs::write(directory.path().join(name), text).unwrap();
    }
    directory
}

const IMPORT: [&str; 6] = ["import", "main", "--image", "MVSA", "--out", "store.export"];

#[test]
fn files_become_a_store_that_generates_files_of_the_same_meaning() {
    let directory = files(POLICY);
    let (code, text) = gatehouse(directory.path(), &IMPORT);
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains("proven: every connection is treated as before"),
        "{text}"
    );
    assert!(text.contains("image:1: `IPSecConfig` is kept"), "{text}");
    let generate = [
        "generate",
        "--export",
        "store.export",
        "--stack",
        "TCPIP",
        "--stdout",
    ];
    let (code, written) = gatehouse(directory.path(), &generate);
    assert_eq!(code, Some(0), "{written}");
    fs::write(directory.path().join("written"), written).unwrap();
    let (code, text) = gatehouse(directory.path(), &["diff", "own", "written"]);
    assert_eq!(code, Some(0), "{text}");
}

#[test]
fn an_edit_becomes_the_next_revision_of_the_store() {
    let directory = files(POLICY);
    gatehouse(directory.path(), &IMPORT);
    fs::write(directory.path().join("own"), POLICY.replace("1414", "1415")).unwrap();
    let again = ["--into", "store.export"];
    let (code, text) = gatehouse(directory.path(), &[&IMPORT[..], &again].concat());
    assert_eq!(code, Some(0), "{text}");
    let export = fs::read_to_string(directory.path().join("store.export")).unwrap();
    let revisions: Vec<_> = export
        .lines()
        .filter(|line| line.starts_with("{\"revision\":"))
        .collect();
    assert_eq!(revisions.len(), 2);
    assert!(revisions[1].ends_with("\"changes\":2}"), "{}", revisions[1]);
    let (code, text) = gatehouse(
        directory.path(),
        &["generate", "--export", "store.export", "--stdout"],
    );
    assert_eq!((code, text.matches("1415").count()), (Some(0), 1), "{text}");
}

#[test]
fn a_policy_with_errors_is_taken_over_only_where_that_is_asked_for() {
    let directory = files(&POLICY.replace(
        "TTLSEnvironmentActionRef mq-env",
        "TTLSEnvironmentActionRef none",
    ));
    let (code, text) = gatehouse(directory.path(), &IMPORT);
    assert_eq!(code, Some(1));
    assert!(
        text.contains("error[AT015]") && text.contains("nothing is taken over"),
        "{text}"
    );
    assert!(!directory.path().join("store.export").exists());
    let despite = ["--despite-errors"];
    let (code, text) = gatehouse(directory.path(), &[&IMPORT[..], &despite].concat());
    assert_eq!(code, Some(1));
    assert!(
        text.contains("rule `mq`: it protects, and names no environment action"),
        "{text}"
    );
    assert!(directory.path().join("store.export").exists());
}

#[test]
fn what_stands_in_the_way_is_said() {
    let directory = files(POLICY);
    fs::write(directory.path().join("broken.export"), "{}\n").unwrap();
    for (arguments, words) in [
        (&["nowhere", "--image", "MVSA", "--out", "o"][..], "nowhere"),
        (
            &[
                "main",
                "--image",
                "MVSA",
                "--out",
                "o",
                "--into",
                "broken.export",
            ],
            "exported store",
        ),
        (
            &["main", "--image", "MVSA", "--out", "no/such/folder"],
            "no/such/folder",
        ),
        (&["main", "--image", "M V S", "--out", "o"], "--image"),
    ] {
        let (code, text) = gatehouse(directory.path(), &[&["import"], arguments].concat());
        assert_eq!(code, Some(2), "{text}");
        assert!(text.contains(words), "{text}");
    }
}
