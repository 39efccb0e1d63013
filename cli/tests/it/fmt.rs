//! `gatehouse fmt` and `completions`: what they write, and how they end.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const LOOSE: &str = "ttlsrule  MQ {\r\nDirection   Inbound\r\n  colour red\r\n}\r\n";
const NEAT: &str = "TTLSRule MQ\n{\n  Direction Inbound\n  colour red\n}\n";

fn gatehouse(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatehouse"));
    command.current_dir(directory).args(arguments);
    command
}

/// What was printed on both channels.
#[track_caller]
fn ends(output: &Output, code: i32) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let printed = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{printed:?}");
    printed
}

#[track_caller]
fn run(directory: &Path, arguments: &[&str], code: i32) -> (String, String) {
    ends(&gatehouse(directory, arguments).output().unwrap(), code)
}

#[test]
fn a_file_is_laid_out_in_place() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let file = here.join("p.policy");
    fs::write(&file, LOOSE).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::{PermissionsExt, symlink};
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("p.policy", here.join("link")).unwrap();
    }
    let (names, _) = run(here, &["fmt", "--check", "p.policy"], 1);
    assert_eq!(names, "p.policy\n");
    let (diff, _) = run(here, &["fmt", "--diff", "p.policy"], 0);
    assert!(diff.contains("\n+TTLSRule MQ\n+{\n"), "{diff}");
    assert_eq!(
        fs::read_to_string(&file).unwrap(),
        LOOSE,
        "nothing was written"
    );

    let (_, said) = run(here, &["fmt", "link"], 0);
    assert_eq!(
        said,
        "gatehouse: link laid out; its lines end with a line feed alone now; 1 line that is not understood stays as it is\n"
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), NEAT);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o640
        );
        assert!(
            fs::symlink_metadata(here.join("link"))
                .unwrap()
                .is_symlink()
        );
    }
    assert_eq!(
        run(here, &["fmt", "p.policy"], 0),
        (String::new(), String::new())
    );
    run(here, &["fmt", "--check", "p.policy"], 0);
}

#[test]
fn standard_input_goes_to_standard_output() {
    let here = tempfile::tempdir().unwrap();
    let mut child = gatehouse(here.path(), &["fmt", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(LOOSE.as_bytes())
        .unwrap();
    let (text, said) = ends(&child.wait_with_output().unwrap(), 0);
    assert_eq!((text.as_str(), said.as_str()), (NEAT, ""));
}

#[test]
fn what_cannot_be_laid_out_is_said_and_the_others_are() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("b"), LOOSE).unwrap();
    let (_, said) = run(here, &["fmt", "none", ".", "b"], 2);
    assert!(said.contains("none: there is no such file"), "{said}");
    assert!(said.contains(".: it is a directory"), "{said}");
    assert_eq!(fs::read_to_string(here.join("b")).unwrap(), NEAT);
}

#[test]
fn a_file_in_ebcdic_stays_in_ebcdic() {
    let folder = tempfile::tempdir().unwrap();
    // "PortRange  P", "{", "Port 1", "}" in IBM-1047.
    let lines: [&[u8]; 4] = [
        b"\xd7\x96\x99\xa3\xd9\x81\x95\x87\x85\x40\x40\xd7",
        b"\xc0",
        b"\xd7\x96\x99\xa3\x40\xf1",
        b"\xd0",
    ];
    let file = folder.path().join("e");
    fs::write(&file, [lines.join(&b"\x15"[..]), b"\x15".to_vec()].concat()).unwrap();
    run(folder.path(), &["fmt", "e"], 0);
    let expected: [&[u8]; 5] = [
        b"\xd7\x96\x99\xa3\xd9\x81\x95\x87\x85\x40\xd7",
        b"\xc0",
        b"\x40\x40\xd7\x96\x99\xa3\x40\xf1",
        b"\xd0",
        b"",
    ];
    assert_eq!(fs::read(&file).unwrap(), expected.join(&b"\x15"[..]));
    fs::write(
        &file,
        [lines.join(&b"\x15"[..]), lines.join(&b"\x25"[..])].concat(),
    )
    .unwrap();
    let (_, said) = run(folder.path(), &["fmt", "e"], 2);
    assert!(said.contains("transfer it as text"), "{said}");
}

#[test]
fn every_shell_gets_its_completions() {
    let here = std::env::temp_dir();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let (script, _) = run(&here, &["completions", shell], 0);
        for word in ["simulate", "--release", "fmt", "refresh", "--netstat"] {
            assert!(
                script.contains(word.trim_start_matches('-')),
                "{shell}: {word}"
            );
        }
    }
    run(&here, &["completions", "tcsh"], 2);
}

/// bash takes the script, and completes a command with it.
#[test]
fn bash_completes_a_command() {
    let here = tempfile::tempdir().unwrap();
    let script = here.path().join("gatehouse.bash");
    fs::write(&script, run(here.path(), &["completions", "bash"], 0).0).unwrap();
    let asked = "source ./gatehouse.bash; COMP_WORDS=(gatehouse sim); COMP_CWORD=1; _gatehouse gatehouse sim gatehouse; echo ${COMPREPLY[*]}";
    let Ok(output) = Command::new("bash")
        .current_dir(here.path())
        .args(["-c", asked])
        .output()
    else {
        eprintln!("skipped: there is no bash");
        return;
    };
    assert_eq!(ends(&output, 0).0, "simulate\n");
}
