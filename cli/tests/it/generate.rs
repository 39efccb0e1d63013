//! `gatehouse generate`: the bytes that the server would install, from a database or an exported store,
//! without a server.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use api::install::{InstallPlan, InstallRequest};
use generator::objects::ObjectId;

use crate::crash::installer::Installer;
use crate::crash::worker::{Board, Worker};
use crate::program::Start;

/// A data directory with the store `INSTALL`, an export of it, and what the server would install.
struct Bench {
    directory: tempfile::TempDir,
    /// Path as the Policy Agent names it, and text.
    planned: Vec<(String, String)>,
    newest: i64,
}

impl Bench {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        let roots = path("roots");
        std::fs::create_dir(&roots).unwrap();
        let server = Start {
            first: true,
            flags: &["--install-root", &roots.display().to_string()],
            log: Some(&path("log")),
            ..Start::on(&path("data"))
        }
        .start();
        let client = server.administrator("anna", "brunnenfrosch 7");
        let board = Board::default();
        let worker = Worker {
            client: &client,
            board: &board,
        };
        let target = roots.join("mvsa");
        let mut installer = Installer::new(&worker, &target).unwrap();
        installer.next(&worker).unwrap();
        installer.next(&worker).unwrap();
        let request = InstallRequest {
            revision: None,
            stacks: vec![ObjectId("stack".to_owned())],
            setup_parts: Vec::new(),
            files_only: false,
        };
        let plan: InstallPlan = worker
            .post("/stores/INSTALL/installs/preview", &request)
            .unwrap();
        let root = target.display().to_string();
        let planned = plan.stacks[0].files.iter();
        let planned = planned.map(|file| {
            let path = file.path.strip_prefix(&root).unwrap().to_owned();
            (path, file.text.clone())
        });
        let export = client.get("/stores/INSTALL/export").unwrap();
        assert_eq!(export.status, 200);
        std::fs::write(path("INSTALL.gatehouse.ndjson"), export.body).unwrap();
        let planned = planned.collect();
        server.stop();
        Self {
            planned,
            newest: plan.revision,
            directory,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Code, answer and errors.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_gatehouse"))
            .current_dir(self.directory.path())
            .env("GATEHOUSE_DATA", self.path("data"))
            .arg("generate")
            .args(arguments)
            .output()
            .unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    }
}

const EXPORT: [&str; 2] = ["--export", "INSTALL.gatehouse.ndjson"];

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

fn without_header(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with("##"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_files_are_those_that_the_server_would_install() {
    let bench = Bench::new();
    let (code, said, errors) = bench.run(&["--store", "install", "--out", "db"]);
    assert_eq!(code, Some(0), "{errors}");
    assert_eq!(bench.planned.len(), 3);
    for (path, planned) in &bench.planned {
        let file = bench.path(&format!("db{path}"));
        assert_eq!(&text(&file), planned, "{path}");
        assert!(said.contains(&format!("written db{path}\n")), "{said}");
    }
    assert!(
        bench
            .planned
            .iter()
            .any(|(_, text)| text.contains("Install history:"))
    );
    // An exported store holds no installs, so that only the history in the header is another.
    let (code, _, errors) = bench.run(&[&EXPORT[..], &["--out", "export"]].concat());
    assert_eq!(code, Some(0), "{errors}");
    for (path, planned) in &bench.planned {
        let file = text(&bench.path(&format!("export{path}")));
        assert_eq!(without_header(&file), without_header(planned));
        let revision = format!("Store: INSTALL   Revision: {}", bench.newest);
        assert!(file.contains(&revision), "{file}");
    }
    // An older revision, from both.
    let older = ["--revision", "2", "--stack", "COLMVSA.TCPIP", "--stdout"];
    let from_export = bench.run(&[&EXPORT[..], &older].concat());
    let from_database = bench.run(&[&["--store", "INSTALL"][..], &older].concat());
    assert_eq!(from_export.0, Some(0), "{}", from_export.2);
    assert_eq!(
        without_header(&from_export.1),
        without_header(&from_database.1)
    );
    assert!(
        from_export.1.contains("LocalPortRange"),
        "{}",
        from_export.1
    );
    assert_ne!(
        without_header(&from_export.1),
        without_header(&bench.planned[0].1)
    );
}

#[test]
fn what_is_there_is_compared_and_not_overwritten() {
    let bench = Bench::new();
    let to = [&EXPORT[..], &["--out", "here"]].concat();
    let with = |more: &[&str]| bench.run(&[&to[..], more].concat());
    let (code, said, _) = with(&["--check"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("--- /dev/null\n+++ here/"), "{said}");
    assert!(!bench.path("here").exists(), "nothing is written");
    assert_eq!(with(&[]).0, Some(0));
    assert_eq!(with(&["--check"]), (Some(0), String::new(), String::new()));
    let (code, said, _) = with(&[]);
    assert_eq!(code, Some(0));
    assert!(
        said.lines().all(|line| line.starts_with("unchanged ")),
        "{said}"
    );
    let policy = bench.path(&format!("here{}", bench.planned[0].0));
    let generated = text(&policy);
    std::fs::write(&policy, generated.replace("Inbound", "Outbound")).unwrap();
    let (code, said, _) = with(&["--check"]);
    assert_eq!(code, Some(1));
    assert!(
        said.contains("\n-") && said.contains("Outbound") && said.contains("\n+"),
        "{said}"
    );
    assert!(said.contains("(revision "), "{said}");
    let (code, _, errors) = with(&[]);
    assert_eq!(code, Some(2));
    assert!(errors.contains("--force"), "{errors}");
    assert!(text(&policy).contains("Outbound"));
    assert_eq!(with(&["--force"]).0, Some(0));
    assert_eq!(text(&policy), generated);
    let left = std::fs::read_dir(policy.parent().unwrap()).unwrap();
    let mut left = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(left.all(|name| !name.starts_with(".gatehouse")));
}

#[test]
fn nothing_is_written_outside_of_the_directory() {
    let bench = Bench::new();
    std::fs::create_dir(bench.path("here")).unwrap();
    std::fs::create_dir(bench.path("elsewhere")).unwrap();
    symlink(bench.path("elsewhere"), bench.path("here/etc")).unwrap();
    let (code, _, errors) = bench.run(&[&EXPORT[..], &["--out", "here", "--force"]].concat());
    assert_eq!(code, Some(2));
    assert!(errors.contains("here/etc is a symbolic link"), "{errors}");
    assert_eq!(
        std::fs::read_dir(bench.path("elsewhere")).unwrap().count(),
        0
    );
}

#[test]
fn what_cannot_be_done_is_said() {
    let bench = Bench::new();
    let fails = |arguments: &[&str], words: &str| {
        let (code, said, errors) = bench.run(arguments);
        assert_eq!((code, said.as_str()), (Some(2), ""), "{errors}");
        assert!(errors.contains(words), "{errors}");
    };
    let with = |more: &[&'static str]| [&EXPORT[..], more].concat();
    fails(&EXPORT, "--out");
    fails(&["--out", "x"], "--store");
    fails(&["--store", "OTHER", "--out", "x"], "store `OTHER`");
    fails(
        &with(&["--stdout", "--stack", "TCPIP9"]),
        "it has COLMVSA.TCPIP",
    );
    fails(&with(&["--stdout", "--revision", "99"]), "revision 99");
    fails(&["--export", "missing", "--stdout"], "missing");
    std::fs::write(bench.path("broken"), "nothing\n").unwrap();
    fails(&["--export", "broken", "--stdout"], "line 1");
    // A revision whose stack has no image or key ring: the first one is empty.
    fails(&with(&["--stdout", "--revision", "1"]), "has no stack");
}

#[test]
fn errors_stop_it_unless_it_is_told_otherwise() {
    let directory = tempfile::tempdir().unwrap();
    let server = Start {
        first: true,
        log: Some(&directory.path().join("log")),
        ..Start::on(&directory.path().join("data"))
    }
    .start();
    let client = server.administrator("anna", "brunnenfrosch 7");
    let board = Board::default();
    let worker = Worker {
        client: &client,
        board: &board,
    };
    crate::crash::installer::broken_store(&worker).unwrap();
    server.stop();
    let run = |more: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_gatehouse"))
            .env("GATEHOUSE_DATA", directory.path().join("data"))
            .args(["generate", "--store", "BROKEN", "--stdout"])
            .args(more)
            .output()
            .unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (code, said, errors) = run(&[]);
    assert_eq!((code, said.as_str()), (Some(1), ""), "{errors}");
    assert!(
        errors.contains("error[GH") && errors.contains("traffic descriptor `MQ`"),
        "{errors}"
    );
    let (code, said, _) = run(&["--despite-errors"]);
    assert_eq!(code, Some(0));
    assert!(
        said.contains("AT-TLS Policy Agent Configuration file"),
        "{said}"
    );
}
