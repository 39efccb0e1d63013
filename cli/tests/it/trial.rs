//! An install that waits for its confirmation outlives `kill -9` and an end in order: its deadline and
//! what was there before are on disk.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::crash::installer::Installer;
use crate::crash::worker::{Board, Worker};
use crate::program::{Client, Program, Start};

struct Bench {
    directory: tempfile::TempDir,
    address: String,
    board: Board,
    policy: PathBuf,
}

impl Bench {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join("roots")).unwrap();
        Self {
            policy: directory.path().join("roots/mvsa/etc/pagent.TCPIP.ttls"),
            address: "127.0.0.1:0".to_owned(),
            board: Board::default(),
            directory,
        }
    }

    fn start(&mut self, first: bool) -> Program {
        let path = |name: &str| self.directory.path().join(name).display().to_string();
        let server = Start {
            listen: &self.address,
            first,
            flags: &["--install-root", &path("roots")],
            log: Some(Path::new(&path("log"))),
            ..Start::on(Path::new(&path("data")))
        }
        .start();
        self.address.clone_from(&server.address);
        server
    }

    fn worker<'a>(&'a self, client: &'a Client) -> Worker<'a> {
        let board = &self.board;
        Worker { client, board }
    }

    fn policy(&self) -> String {
        std::fs::read_to_string(&self.policy).unwrap()
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("log")).unwrap()
    }

    /// One install for good and one that waits so many seconds; the texts of both, and when the wait
    /// is over at the latest.
    fn install(&self, client: &Client, seconds: u32) -> (String, String, Instant) {
        let worker = self.worker(client);
        let target = self.directory.path().join("roots/mvsa");
        let mut installer = Installer::new(&worker, &target).unwrap();
        installer.next(&worker).unwrap();
        let before = self.policy();
        installer.confirm_within = Some(seconds);
        let record = installer.next(&worker).unwrap();
        let over = Instant::now() + Duration::from_secs(u64::from(seconds));
        assert!(record.waits.is_some());
        let new = self.policy();
        assert_ne!(before, new);
        (before, new, over)
    }
}

#[test]
fn a_start_after_the_deadline_puts_back_before_it_answers() {
    let mut bench = Bench::new();
    let server = bench.start(true);
    let client = server.administrator("anna", "brunnenfrosch 7");
    let (before, new, over) = bench.install(&client, 2);
    server.kill();
    assert_eq!(bench.policy(), new);
    std::thread::sleep(over.saturating_duration_since(Instant::now()));
    let server = bench.start(false);
    assert_eq!(bench.policy(), before);
    assert!(bench.log().contains("nobody confirmed it in time"));
    server.stop();
}

#[test]
fn a_start_before_the_deadline_keeps_it() {
    let mut bench = Bench::new();
    let server = bench.start(true);
    let client = server.administrator("anna", "brunnenfrosch 7");
    let (before, new, over) = bench.install(&client, 12);
    server.kill();
    // The next one is told to end, and says what waits.
    bench.start(false).stop();
    assert!(
        bench
            .log()
            .contains("an install waits for its confirmation")
    );
    let server = bench.start(false);
    if Instant::now() < over - Duration::from_secs(1) {
        assert_eq!(bench.policy(), new, "put back too early");
    }
    while bench.policy() == new {
        let late = Instant::now().saturating_duration_since(over);
        assert!(late < Duration::from_secs(2), "not put back in time");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(bench.policy(), before);
    server.stop();
}

#[test]
fn a_backup_that_is_restored_puts_nothing_back() {
    let mut bench = Bench::new();
    let server = bench.start(true);
    let client = server.administrator("anna", "brunnenfrosch 7");
    let (_, new, _) = bench.install(&client, 3600);
    let data = bench.directory.path().join("data");
    let copy = bench.directory.path().join("copy.db");
    let gatehouse = |verb: &str| {
        let done = std::process::Command::new(env!("CARGO_BIN_EXE_gatehouse"))
            .arg(verb)
            .arg(&copy)
            .arg("--data")
            .arg(&data)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.success(), "{verb}: {said}");
    };
    gatehouse("backup");
    server.stop();
    gatehouse("restore");
    bench.start(false).stop();
    assert_eq!(bench.policy(), new);
    assert!(bench.log().contains("the database is a copy"));
    let ended = bench.log();
    let (_, ended) = ended.rsplit_once("the database is a copy").unwrap();
    assert!(!ended.contains("an install waits for its confirmation"));
}
