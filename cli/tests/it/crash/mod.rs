//! The crash rule: after `kill -9` at any moment of any edit, save, copy, restore, import or install,
//! the database opens, no acknowledged edit is missing, no revision is half there, and the owner of a
//! lock continues at once.
//!
//! Three clients work on one server without end, each in stores of its own and each with a model of
//! what was acknowledged. The server is killed while a chosen kind of request is under way and is
//! started again on the same data; then each client holds what it finds against its model, where only
//! its last request may have happened or not. They all go on with the session that they had.

mod editor;
pub mod installer;
mod stores;
pub mod worker;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use api::store::Verification;

use self::editor::Editor;
pub use self::editor::new_store;
use self::installer::Installer;
use self::stores::Stores;
use self::worker::{Board, Kind, Worker};
use crate::program::{Client, Program, Start};

/// More rounds and other moments can be asked for in the environment.
const ROUNDS: (&str, u64) = ("GATEHOUSE_CRASH_ROUNDS", 14);
const SEED: (&str, u64) = ("GATEHOUSE_CRASH_SEED", 0x6a7e_05e5);

#[test]
fn what_was_acknowledged_outlives_kill_at_any_moment() {
    let mut world = World::new();
    let (rounds, mut random) = (asked(ROUNDS), Random(asked(SEED)));
    let kinds = Kind::ALL.into_iter().cycle();
    for (round, kind) in (1..=rounds).zip(kinds) {
        world.work_and_kill(kind, &mut random);
        world.start_and_check(round == rounds);
    }
    println!("{}", world.board.summary());
    for kind in Kind::ALL {
        assert!(
            world.board.acknowledged(kind) > 0,
            "no {kind:?} was answered"
        );
    }
    let log = world.stop();
    for line in log.lines() {
        let bad = line.contains(" ERROR ") || line.contains("panicked");
        assert!(!bad, "{line}");
    }
}

fn asked((name, default): (&str, u64)) -> u64 {
    std::env::var(name).map_or(default, |value| value.parse().unwrap())
}

struct World {
    directory: tempfile::TempDir,
    server: Option<Program>,
    client: Client,
    board: Board,
    editor: Editor,
    stores: Stores,
    installer: Installer,
}

impl World {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join("roots")).unwrap();
        let server = start(directory.path(), "127.0.0.1:0", true);
        let client = server.administrator("anna", "brunnenfrosch 7");
        let board = Board::default();
        let worker = Worker {
            client: &client,
            board: &board,
        };
        let target = directory.path().join("roots/mvsa");
        Self {
            editor: Editor::new(&worker).unwrap(),
            stores: Stores::new(&worker).unwrap(),
            installer: Installer::new(&worker, &target).unwrap(),
            server: Some(server),
            client,
            board,
            directory,
        }
    }

    /// Lets everybody work, and kills the server while a request of this kind is under way.
    fn work_and_kill(&mut self, kind: Kind, random: &mut Random) {
        let server = self.server.take().unwrap();
        let worker = Worker {
            client: &self.client,
            board: &self.board,
        };
        let warm = Duration::from_millis(random.below(150));
        let part = random.below(1000);
        self.board.begin();
        std::thread::scope(|scope| {
            let (editor, stores) = (&mut self.editor, &mut self.stores);
            let installer = &mut self.installer;
            let mut choices = Random(random.next());
            scope.spawn(move || editor.work(&worker, &mut choices));
            scope.spawn(move || stores.work(&worker));
            scope.spawn(move || installer.work(&worker));
            let warm = Instant::now() + warm;
            let took = worker.board.wait_for(kind, warm);
            spin_until(Instant::now() + took.mul_f64(part as f64 / 1000.0));
            worker.board.end();
            server.kill();
        });
    }

    /// Starts the server on the same data and port, and looks at everything.
    fn start_and_check(&mut self, whole: bool) {
        let begun = Instant::now();
        let address = self.client.address.clone();
        let server = start(self.directory.path(), &address, false);
        println!("ready after {} ms", begun.elapsed().as_millis());
        self.server = Some(server);
        let worker = Worker {
            client: &self.client,
            board: &self.board,
        };
        let found: Verification = worker.post("/verification", &()).unwrap();
        assert_eq!(found.damage, [""; 0]);
        assert!(found.bodies > 0 && found.audit_lines > 0);
        self.editor.check(&worker, whole).unwrap();
        self.stores.check(&worker).unwrap();
        self.installer.check(&worker).unwrap();
    }

    /// Ends the server in order; its log of all rounds.
    fn stop(&mut self) -> String {
        self.server.take().unwrap().stop();
        std::fs::read_to_string(self.directory.path().join("log")).unwrap()
    }
}

fn start(directory: &Path, listen: &str, first: bool) -> Program {
    let path = |name: &str| -> PathBuf { directory.join(name) };
    let roots = path("roots").display().to_string();
    Start {
        listen,
        first,
        flags: &[
            "--install-root",
            &roots,
            "--log-level",
            "warn",
            "--max-writes-per-minute",
            "1000000",
        ],
        log: Some(&path("log")),
        ..Start::on(&path("data"))
    }
    .start()
}

/// Sleeping would be too coarse.
fn spin_until(moment: Instant) {
    while Instant::now() < moment {
        std::thread::yield_now();
    }
}

/// Xorshift: the same choices in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}
