//! `gatehouse check` and `explain`: what they print, and how they end.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const RULE: &str =
    "TTLSRule MQ\n{\n  LocalPortRange 1414\n  Direction Inbound\n  TTLSGroupActionRef ON\n}\n";
const GROUP: &str = "TTLSGroupAction ON\n{\n  TTLSEnabled Off\n}\n";
const WRONG: &str =
    "TTLSRule MQ\n{\n  LocalPortRange 1414\n  Dirction Inbound # tcp\n  TTLSGroupActionRef NO\n}\n";

struct World(tempfile::TempDir);

impl World {
    fn new(files: &[(&str, &str)]) -> Self {
        let world = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            let path = world.0.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        world
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gatehouse"));
        command.current_dir(self.0.path()).args(arguments);
        command
    }

    /// The code, and what was printed.
    #[track_caller]
    fn run(&self, arguments: &[&str], code: i32) -> String {
        printed(self.command(arguments).output().unwrap(), code)
    }

    fn json(&self, arguments: &[&str], code: i32) -> Value {
        let arguments = [&["check", "--format", "json"], arguments].concat();
        serde_json::from_str(&self.run(&arguments, code)).unwrap()
    }

    /// Codes of the findings, with file and line.
    #[track_caller]
    fn finds(&self, arguments: &[&str], code: i32, expected: &[&str]) {
        let found = self.json(arguments, code);
        let findings = found["findings"].as_array().unwrap().iter();
        let line = |finding: &Value| {
            let place = &finding["place"];
            let file = Path::new(place["file"].as_str().unwrap())
                .file_name()
                .unwrap();
            let code = finding["code"].as_str().unwrap();
            format!("{code} {}:{}", file.display(), place["start"]["line"])
        };
        assert_eq!(findings.map(line).collect::<Vec<_>>(), expected);
    }
}

#[track_caller]
fn printed(output: Output, code: i32) -> String {
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{errors}");
    match code {
        2 => errors,
        _ => String::from_utf8(output.stdout).unwrap(),
    }
}

#[test]
fn each_finding_shows_its_line_and_what_to_do() {
    let world = World::new(&[("p.policy", &format!("{WRONG}{GROUP}"))]);
    let text = world.run(&["check", "p.policy"], 1);
    let expected = "\
error[AT002]: `Dirction` is not an attribute of `TTLSRule MQ`
 --> p.policy:4:3
  |
4 |   Dirction Inbound # tcp
  |   ^^^^^^^^
  |
  = help: write `Direction` if that is meant";
    assert!(text.starts_with(expected), "{text}");
    assert!(text.contains("error[AT015]: there is no `TTLSGroupAction` named `NO`"));
    assert!(
        text.ends_with("1 rule, 1 file read\n2 statements: 1 used, 1 unused\n"),
        "{text}"
    );
    let quiet = world.run(&["check", "-q", "p.policy"], 1);
    assert!(
        !quiet.contains("warning") && !quiet.contains("file read"),
        "{quiet}"
    );
}

#[test]
fn the_last_line_says_what_became_of_all_statements() {
    let twice = GROUP.replace("Off", "On");
    let rest = format!("{RULE}{twice}{GROUP}TTLSKeyringParms K\n{{\n  Keyring a\n}}\n");
    let world = World::new(&[
        ("p.policy", &format!("{RULE}{GROUP}")),
        ("q.policy", &rest),
        ("r.policy", "TTLSRul A\n{\n}\n"),
    ]);
    let whole = world.run(&["check", "p.policy"], 0);
    assert!(!whole.contains("statements"), "{whole}");
    let text = world.run(&["check", "p.policy", "q.policy"], 0);
    let sum = "6 statements: 4 used, 1 overridden, 1 unused\n";
    assert!(text.ends_with(sum), "{text}");
    let text = world.run(&["check", "r.policy"], 1);
    assert!(text.ends_with("\n1 statement: 1 refused\n"), "{text}");
    let found = world.json(&["q.policy"], 0);
    let statements = &found["statements"];
    assert_eq!(
        (&statements["read"], &statements["used"]),
        (&4.into(), &2.into())
    );
    let overridden = &statements["left"][0];
    assert_eq!(overridden["fate"], "overridden");
    assert_eq!(overridden["statement"], "TTLSGroupAction ON");
    let line = |place: &Value| place["start"]["line"].as_u64();
    assert_eq!(
        (line(&overridden["place"]), line(&overridden["by"])),
        (Some(7), Some(11))
    );
    assert_eq!(statements["left"][1]["by"], Value::Null);
}

#[test]
fn a_configuration_is_followed_to_files_below_a_root() {
    let world = World::new(&[
        (
            "here/etc/pagent.conf",
            "TcpImage A /etc/a.conf\nTcpImage B /etc/b.conf\n",
        ),
        ("here/etc/a.conf", "TTLSConfig /etc/a.policy\n"),
        ("here/etc/b.conf", "TTLSConfig /etc/b.policy\n"),
        ("here/etc/a.policy", &format!("{RULE}{GROUP}")),
        ("here/etc/b.policy", &format!("{WRONG}{GROUP}")),
    ]);
    let main = "here/etc/pagent.conf";
    world.finds(&["--root", "here", main, "--stack", "A"], 0, &[]);
    let of_b = ["AT002 b.policy:4", "AT015 b.policy:5"];
    world.finds(&["--root", "here", main, "-q"], 1, &of_b);
    // Files that were brought into one directory are found there.
    world.finds(&[main, "-q"], 1, &of_b);
    world.finds(
        &["--root", "elsewhere", main],
        1,
        &["AT201 pagent.conf:1", "AT201 pagent.conf:2"],
    );
    let found = world.json(&[main, "-q"], 1);
    assert_eq!(
        found["stacks"][1],
        serde_json::json!({ "name": "B", "rules": 1 })
    );
}

#[test]
fn a_data_set_is_a_file_that_was_named() {
    let world = World::new(&[
        ("main", "TTLSConfig //'TCPIP.POLICY(TTLS)'\n"),
        ("ttls.txt", &format!("{RULE}{GROUP}")),
    ]);
    let unknown = world.run(&["check", "main"], 1);
    assert!(
        unknown.contains("a data set; say with --map which file"),
        "{unknown}"
    );
    world.finds(
        &["main", "--map", "//'TCPIP.POLICY(TTLS)'=ttls.txt"],
        0,
        &[],
    );
}

#[test]
fn a_directory_is_searched_and_each_file_checked_once() {
    let world = World::new(&[
        ("conf/pagent.conf", "TTLSConfig a.policy\n"),
        ("conf/a.policy", &format!("{WRONG}{GROUP}")),
        (
            "conf/more/alone.policy",
            "TTLSGroupAction ON\n{\n  TTLSEnabled Maybe\n}\nTTLSRule\n",
        ),
        ("conf/README", "How to use these files.\n"),
        ("conf/.hidden", "TTLSRule\n"),
    ]);
    let found = world.json(&["conf", "-q"], 1);
    let codes: Vec<_> = found["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["code"])
        .collect();
    assert_eq!(
        codes.iter().filter(|code| **code == "AT002").count(),
        1,
        "{codes:?}"
    );
    assert!(codes.iter().any(|code| *code == "AT004"), "{codes:?}");
}

#[test]
fn standard_input_is_a_file() {
    let world = World::new(&[]);
    let mut child = world
        .command(&["check", "-q", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(WRONG.as_bytes())
        .unwrap();
    let text = printed(child.wait_with_output().unwrap(), 1);
    assert!(text.contains("--> <stdin>:4:3"), "{text}");
}

#[test]
fn what_cannot_be_read_is_no_clean_bill() {
    let world = World::new(&[("dir/p", GROUP)]);
    let errors = world.run(&["check", "nowhere"], 2);
    assert_eq!(errors, "gatehouse: nowhere: there is no such file\n");
    world.run(&["check", "--release", "9.9", "dir"], 2);
    world.run(&["check", "--map", "x", "dir"], 2);
    world.run(&["check"], 2);
}

#[test]
fn what_only_one_thing_can_be_meant_by_is_mended() {
    let text = "TTLSRul MQ # \u{e4}\r\n{\r\n  Jobname CSQ\r\n  Dirction Inbound\r\n  TTLSGroupActionRef on\r\n  TLSv1.4 On\r\n}\r\nTTLSGroupAction ON\n{\n  TTLSEnabled Off\n}\nTTLSGroupAction ON2\n{\n  TTLSEnabled Off\n}\n";
    let world = World::new(&[("main", "TTLSConfig p.policy\n"), ("p.policy", text)]);
    world.finds(&["-q", "main"], 1, &["AT001 p.policy:1"]);
    let path = world.0.path().join("p.policy");
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        text,
        "nothing without being asked"
    );
    // A statement that is known shows what is wrong inside it.
    world.run(&["check", "-q", "--fix", "main"], 1);
    world.run(&["check", "-q", "--fix", "main"], 1);
    let wanted = text
        .replace("TTLSRul MQ", "TTLSRule MQ")
        .replace("Dirction", "Direction");
    let wanted = wanted.replace("Ref on", "Ref ON");
    assert_eq!(fs::read_to_string(&path).unwrap(), wanted);
    // What is left is for a person.
    world.finds(&["-q", "main"], 1, &["AT002 p.policy:6"]);
}

#[test]
fn a_line_without_end_fills_no_screen() {
    let long = format!("TTLSRule MQ {}\n{{\n", "x ".repeat(200_000));
    let world = World::new(&[("long", &long)]);
    let text = world.run(&["check", "long"], 1);
    assert!(text.len() < 20_000, "{}", text.len());
}

#[test]
fn no_bytes_are_too_strange() {
    let world = World::new(&[]);
    let odd = [
        0xEF, 0xBB, 0xBF, b'{', 0, 0xff, b'\r', b'}', b'}', 0xc3, b'\n', b'#',
    ];
    fs::write(world.0.path().join("odd"), odd).unwrap();
    for format in ["text", "json", "sarif"] {
        world.run(&["check", "--format", format, "odd"], 1);
    }
}

#[test]
fn sarif_says_what_and_where() {
    let world = World::new(&[("p.policy", &format!("{WRONG}{GROUP}"))]);
    let text = world.run(&["check", "-q", "--format", "sarif", "p.policy"], 1);
    let whole: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(whole["version"], "2.1.0");
    let run = &whole["runs"][0];
    let result = &run["results"][0];
    assert_eq!(
        (&result["ruleId"], &result["level"]),
        (&"AT002".into(), &"error".into())
    );
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "p.policy");
    let region =
        serde_json::json!({ "startLine": 4, "startColumn": 3, "endLine": 4, "endColumn": 11 });
    assert_eq!(place["region"], region);
    let change = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(change["insertedContent"]["text"], "Direction");
    assert_eq!(change["deletedRegion"], region);
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 2);
}

#[test]
fn a_code_is_explained_by_number_or_name() {
    let world = World::new(&[]);
    let text = world.run(&["explain", "at015"], 0);
    assert!(
        text.starts_with("AT015 dangling-reference (error)\n"),
        "{text}"
    );
    assert!(text.contains("What to do: "));
    assert!(text.contains("\n\nWrong:\n\n  IpAddrGroup G\n"), "{text}");
    assert!(text.contains("\n\nRight:\n\n  IpAddrGroup G\n"), "{text}");
    assert_eq!(world.run(&["explain", "dangling-reference"], 0), text);
    assert!(world.run(&["explain"], 0).lines().count() > 80);
    let output = world
        .command(&["explain", "dangling-refrence"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("`dangling-reference` is one"), "{errors}");
}
