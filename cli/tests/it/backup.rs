//! `gatehouse backup`, `verify` and `restore`: what they print, how they end, what is there after a
//! kill at any moment.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use api::draft::{Edit, EditChange, Save};
use api::store::{NewStore, StoreSummary};
use generator::objects::{AddressGroup, Entry, Object, ObjectId};

use crate::program::{Client, Program, Start};

/// A data directory, and a place for backups.
struct World {
    directory: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("backups")).unwrap();
        Self { directory }
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    fn database(&self) -> PathBuf {
        self.data().join("gatehouse.db")
    }

    fn copy(&self) -> PathBuf {
        self.directory.path().join("backups/copy.db")
    }

    /// Starts a server with an administrator and one store.
    fn first(&self) -> (Program, Client) {
        let server = Start {
            first: true,
            ..Start::on(&self.data())
        }
        .start();
        let client = server.administrator("anna", "brunnenfrosch 7");
        add_store(&client, "ONE");
        (server, client)
    }

    /// Starts the server on what is there; its stores.
    fn stores(&self) -> Vec<String> {
        let server = Start::on(&self.data()).start();
        let log_in = serde_json::json!({ "name": "anna", "password": "brunnenfrosch 7" });
        let mut client = server.client();
        let answer = client.post("/session", &log_in).unwrap();
        let (_, cookie) = answer.head.split_once("set-cookie: ").unwrap();
        client.cookie = Some(cookie.split(';').next().unwrap().to_owned());
        let list: Vec<StoreSummary> = client.get("/stores").unwrap().json();
        server.stop();
        list.into_iter().map(|store| store.name).collect()
    }

    /// Runs a command on the data directory, with shell in front of it.
    fn command(&self, before: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new("sh");
        command
            .arg("-c")
            .arg(format!("{before} exec \"$@\""))
            .args(["sh", env!("CARGO_BIN_EXE_gatehouse")])
            .args(arguments)
            .env("GATEHOUSE_DATA", self.data());
        command
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(&self.command("", arguments).output().unwrap())
    }

    fn backup(&self) -> Ended {
        self.run(&["backup", self.copy().to_str().unwrap()])
    }

    fn restore(&self) -> Ended {
        self.run(&["restore", self.copy().to_str().unwrap()])
    }

    fn verify(&self, file: &Path) -> Ended {
        self.run(&["verify", file.to_str().unwrap()])
    }

    /// A start that is refused; what it says.
    fn refused(&self) -> String {
        let ended = self.run(&["serve", "--listen", "127.0.0.1:0"]);
        assert_eq!(ended.code, Some(1), "{}", ended.errors);
        ended.errors
    }

    fn kept(&self) -> Vec<PathBuf> {
        let mut kept = names(&self.data());
        kept.retain(|name| name.contains(".kept-") && !name.ends_with("-wal"));
        kept.iter().map(|name| self.data().join(name)).collect()
    }
}

/// How a command ended.
struct Ended {
    code: Option<i32>,
    text: String,
    errors: String,
}

impl Ended {
    fn of(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            text: String::from_utf8_lossy(&output.stdout).into_owned(),
            errors: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    #[track_caller]
    fn holds(&self, stores: usize) {
        assert_eq!(self.code, Some(0), "{}", self.errors);
        let words = format!(": {stores} stores, ");
        assert!(self.text.contains(&words), "{}", self.text);
    }
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name();
    let mut names: Vec<_> = entries
        .map(|entry| name(entry).into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn add_store(client: &Client, name: &str) {
    let new = NewStore {
        name: name.to_owned(),
        description: String::new(),
        copy_of: None,
    };
    let answer = client.post("/stores", &new).unwrap();
    assert_eq!(answer.status, 201, "{}", answer.body);
}

/// Saves an object with a description of this length.
fn save(client: &Client, id: &str, length: usize) {
    let object: Object = AddressGroup {
        name: Entry::read(id),
        description: "k".repeat(length),
        ..AddressGroup::default()
    }
    .into();
    let edit = Edit {
        words: id.to_owned(),
        changes: vec![EditChange {
            id: ObjectId(id.to_owned()),
            etag: None,
            body: Some(object),
            rebase: None,
        }],
    };
    let answer = client.post("/stores/ONE/draft/edits", &edit).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    let store: StoreSummary = client.get("/stores/ONE").unwrap().json();
    let save = Save {
        head: store.revision,
        ..Save::default()
    };
    let answer = client.post("/stores/ONE/draft/save", &save).unwrap();
    assert!((200..300).contains(&answer.status), "{}", answer.body);
}

/// Flips bits in the text of an object, wherever SQLite has kept it.
fn damage(path: &Path) -> Vec<u8> {
    let mut bytes = fs::read(path).unwrap();
    let mut run = 0;
    for byte in &mut bytes {
        run = if *byte == b'k' { run + 1 } else { 0 };
        if run == 64 {
            *byte ^= 1;
        }
    }
    fs::write(path, &bytes).unwrap();
    bytes
}

#[test]
fn a_backup_of_a_running_server_is_restored() {
    let world = World::new();
    let (server, client) = world.first();
    save(&client, "a", 100);
    let made = world.backup();
    made.holds(1);
    assert!(made.text.contains(" 2 revisions, "), "{}", made.text);
    add_store(&client, "TWO");
    world.run(&["verify"]).holds(2);

    let refused = world.restore();
    assert_eq!(refused.code, Some(2));
    assert!(
        refused
            .errors
            .contains("is open in another server: process "),
        "{}",
        refused.errors
    );
    server.stop();
    let bytes = fs::read(world.copy()).unwrap();
    world.restore().holds(1);
    assert_eq!(fs::read(world.copy()).unwrap(), bytes);
    assert_eq!(world.stores(), ["ONE"]);
    let kept = world.kept();
    assert_eq!(kept.len(), 1);
    world.verify(&kept[0]).holds(2);
    // What was kept is a backup like any other.
    world.run(&["restore", kept[0].to_str().unwrap()]).holds(2);
    assert_eq!(world.stores(), ["ONE", "TWO"]);
}

#[test]
fn a_backup_is_for_its_owner_and_nothing_stands_beside_it() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    let (server, _) = world.first();
    server.stop();
    let copy = world.copy();
    let mut command = world.command("umask 0;", &["backup", copy.to_str().unwrap()]);
    Ended::of(&command.output().unwrap()).holds(1);
    assert_eq!(
        fs::metadata(&copy).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let bytes = fs::read(&copy).unwrap();
    world.verify(&copy).holds(1);
    assert_eq!(fs::read(&copy).unwrap(), bytes);
    assert_eq!(names(copy.parent().unwrap()), ["copy.db"]);
    // An empty data directory takes it, too.
    fs::remove_dir_all(world.data()).unwrap();
    world.restore().holds(1);
    assert_eq!(
        names(&world.data()),
        ["gatehouse.db", "gatehouse.lock", "gatehouse.marker"]
    );
    assert_eq!(world.stores(), ["ONE"]);
}

#[test]
fn damage_is_told_and_replaces_no_backup() {
    let world = World::new();
    let (server, client) = world.first();
    save(&client, "a", 5000);
    server.stop();
    world.backup().holds(1);
    let good = fs::read(world.copy()).unwrap();

    let bad = damage(&world.database());
    let found = world.run(&["verify"]);
    assert_eq!(found.code, Some(1));
    assert!(
        found
            .text
            .contains("damaged: store ONE, object a, revision 2: "),
        "{}",
        found.text
    );
    let refused = world.backup();
    assert_eq!(refused.code, Some(1));
    assert!(
        refused
            .errors
            .contains("did not pass its check: store ONE, object a"),
        "{}",
        refused.errors
    );
    assert_eq!(fs::read(world.copy()).unwrap(), good);
    assert_eq!(names(&world.directory.path().join("backups")), ["copy.db"]);
    assert_eq!(fs::read(world.database()).unwrap(), bad);

    // Nor is a damaged backup restored.
    damage(&world.copy());
    let refused = world.restore();
    assert_eq!(refused.code, Some(1), "{}", refused.errors);
    assert_eq!(fs::read(world.database()).unwrap(), bad);
    fs::write(world.copy(), &good[..good.len() / 2]).unwrap();
    for command in ["verify", "restore"] {
        let refused = world.run(&[command, world.copy().to_str().unwrap()]);
        assert_eq!(refused.code, Some(1), "{command}: {}", refused.errors);
    }
    assert_eq!(world.kept(), [""; 0].map(PathBuf::from));
    fs::write(world.copy(), &good).unwrap();
    world.restore().holds(1);
    assert_eq!(world.stores(), ["ONE"]);
}

#[test]
fn what_cannot_be_done_is_a_sentence() {
    let world = World::new();
    let missing = world.verify(Path::new("/nonexistent/copy.db"));
    assert_eq!(missing.code, Some(2));
    assert_eq!(
        missing.errors,
        "gatehouse: There is no file /nonexistent/copy.db.\n"
    );
    let nothing = world.backup();
    assert_eq!(nothing.code, Some(2));
    assert!(
        nothing
            .errors
            .starts_with("gatehouse: There is no database at "),
        "{}",
        nothing.errors
    );
    assert!(!world.data().exists());
    let (server, _) = world.first();
    server.stop();
    let nowhere = world.run(&["backup", "/nonexistent/copy.db"]);
    assert_eq!(nowhere.code, Some(2), "{}", nowhere.errors);
    let text = world.directory.path().join("text");
    fs::write(
        &text,
        "this is no database, and long enough to be read as one",
    )
    .unwrap();
    assert_eq!(world.verify(&text).code, Some(1));
    // A lost database is told, and comes back.
    world.backup().holds(1);
    fs::remove_file(world.database()).unwrap();
    assert_eq!(world.run(&["verify"]).code, Some(1));
    world.restore().holds(1);
    assert_eq!(world.stores(), ["ONE"]);
}

#[test]
fn a_file_that_cannot_grow_replaces_no_backup() {
    let world = World::new();
    let (server, client) = world.first();
    world.backup().holds(1);
    let before = fs::read(world.copy()).unwrap();
    save(&client, "a", 900_000);
    server.stop();
    let copy = world.copy();
    let limit = "ulimit -f 1000; trap '' XFSZ;";
    let mut command = world.command(limit, &["backup", copy.to_str().unwrap()]);
    let refused = Ended::of(&command.output().unwrap());
    assert_eq!(refused.code, Some(2), "{}", refused.errors);
    assert_eq!(fs::read(&copy).unwrap(), before);
    assert_eq!(names(copy.parent().unwrap()), ["copy.db"]);
}

#[test]
fn a_database_that_is_copied_over_another_by_hand_never_gets_its_write_ahead_file() {
    let world = World::new();
    let (server, client) = world.first();
    world.backup().holds(1);
    add_store(&client, "TWO");
    save(&client, "a", 5000);
    server.kill();
    let wal = world.data().join("gatehouse.db-wal");
    assert!(fs::metadata(&wal).unwrap().len() > 0);
    let foreign = fs::read(&wal).unwrap();
    fs::copy(world.copy(), world.database()).unwrap();
    let said = world.refused();
    assert!(
        said.contains("the write-ahead file") && said.contains("is not of this one"),
        "{said}"
    );
    assert_eq!(world.run(&["verify"]).code, Some(1));
    assert_eq!(fs::read(&wal).unwrap(), foreign);
    assert_eq!(
        fs::read(world.database()).unwrap(),
        fs::read(world.copy()).unwrap()
    );
    // As the sentence says.
    fs::rename(&wal, world.data().join("old-wal")).unwrap();
    assert_eq!(world.stores(), ["ONE"]);
}

#[test]
fn restoring_after_a_kill_keeps_what_the_write_ahead_file_holds() {
    let world = World::new();
    let (server, client) = world.first();
    world.backup().holds(1);
    add_store(&client, "TWO");
    server.kill();
    world.restore().holds(1);
    assert_eq!(world.stores(), ["ONE"]);
    world.verify(&world.kept()[0]).holds(2);
}

const ROUNDS: u32 = 8;

/// Runs a command and kills it at a moment; whether it was killed.
fn killed(world: &World, arguments: &[&str], moment: impl FnOnce()) -> bool {
    let mut command = world.command("", arguments);
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    moment();
    child.kill().unwrap();
    !child.wait().unwrap().success()
}

#[test]
fn the_database_is_no_place_for_its_own_copy() {
    let world = World::new();
    let (server, client) = world.first();
    let data = world.data();
    let link = world.directory.path().join("link.db");
    std::os::unix::fs::symlink(world.database(), &link).unwrap();
    let names = [
        "gatehouse.db",
        "gatehouse.db-wal",
        "gatehouse.db-shm",
        "gatehouse.db-journal",
    ];
    let names = names
        .into_iter()
        .chain(["gatehouse.lock", "gatehouse.marker"]);
    let file = |path: &Path| fs::metadata(path).ok().map(|found| found.ino());
    for to in names.map(|name| data.join(name)).chain([link]) {
        let before = file(&to);
        let ended = world.run(&["backup", to.to_str().unwrap()]);
        assert_eq!(ended.code, Some(2), "{to:?}: {}", ended.errors);
        assert!(
            ended.errors.contains("of the database itself"),
            "{}",
            ended.errors
        );
        assert_eq!(file(&to), before, "{to:?}");
    }
    add_store(&client, "TWO");
    server.stop();
    assert_eq!(world.stores(), ["ONE", "TWO"]);
}

#[test]
fn what_a_killed_backup_left_goes_with_the_next_one_and_what_another_writes_stays() {
    let world = World::new();
    let (server, _) = world.first();
    let part = |number: &str| {
        world
            .copy()
            .with_file_name(format!("copy.db.{number}.part"))
    };
    // Numbers of processes say nothing: in a container all are 1.
    fs::write(part("1"), "left").unwrap();
    fs::write(part("2"), "at work").unwrap();
    let at_work = fs::File::open(part("2")).unwrap();
    at_work.try_lock().unwrap();
    world.backup().holds(1);
    let found = names(world.copy().parent().unwrap());
    assert_eq!(found, ["copy.db", "copy.db.2.part"]);
    server.stop();
}

#[test]
fn kill_in_the_middle_of_a_backup_leaves_the_old_one_or_the_new_one() {
    let world = World::new();
    let (server, client) = world.first();
    for id in ["a", "b"] {
        save(&client, id, 900_000);
    }
    world.backup().holds(1);
    add_store(&client, "TWO");
    let old = fs::read(world.copy()).unwrap();
    let copy = world.copy();
    let begun = Instant::now();
    world.run(&["backup", copy.with_extension("other").to_str().unwrap()]);
    let mut whole = begun.elapsed();
    fs::remove_file(copy.with_extension("other")).unwrap();
    let mut kills = 0;
    for round in 0..ROUNDS * 4 {
        let moment = || std::thread::sleep(whole * (round % ROUNDS) / ROUNDS);
        let arguments = ["backup", copy.to_str().unwrap()];
        match killed(&world, &arguments, moment) {
            true => kills += 1,
            // The machine is faster than it was when the whole was measured.
            false => whole = whole * 3 / 4,
        }
        if kills > ROUNDS {
            break;
        }
        let stores = if fs::read(&copy).unwrap() == old {
            1
        } else {
            2
        };
        world.verify(&copy).holds(stores);
    }
    assert!(kills > ROUNDS / 2, "{kills}");
    world.backup().holds(2);
    assert_eq!(names(copy.parent().unwrap()), ["copy.db"]);
    server.stop();
}

#[test]
fn kill_in_the_middle_of_a_restore_leaves_the_old_database_or_the_new_one() {
    let world = World::new();
    let (server, client) = world.first();
    for id in ["a", "b"] {
        save(&client, id, 900_000);
    }
    world.backup().holds(1);
    add_store(&client, "TWO");
    // There is a write-ahead file, and it holds what the database does not.
    server.kill();
    let data = world.data();
    let left = world.directory.path().join("left");
    fs::create_dir(&left).unwrap();
    for name in names(&data) {
        fs::copy(data.join(&name), left.join(&name)).unwrap();
    }
    let copy = world.copy();
    let begun = Instant::now();
    world.restore().holds(1);
    let mut whole = begun.elapsed();
    let (mut kills, mut seen) = (0, [0; 3]);
    for round in 0..ROUNDS * 2 {
        fs::remove_dir_all(&data).unwrap();
        fs::create_dir(&data).unwrap();
        for name in names(&left) {
            fs::copy(left.join(&name), data.join(&name)).unwrap();
        }
        // Most of the time goes into the copy; what matters comes behind it.
        let moment = || {
            if round < ROUNDS {
                return std::thread::sleep(whole * round / ROUNDS);
            }
            let until = Instant::now() + Duration::from_secs(30);
            while world.kept().is_empty() && Instant::now() < until {}
            std::thread::sleep(Duration::from_micros(400) * (round - ROUNDS));
        };
        let arguments = ["restore", copy.to_str().unwrap()];
        match killed(&world, &arguments, moment) {
            true => kills += 1,
            false => whole = whole * 3 / 4,
        }
        let found = world.run(&["verify"]);
        let kind = match found.code {
            Some(0) if found.text.contains(": 2 stores, ") => 0,
            Some(0) => {
                found.holds(1);
                1
            }
            _ => {
                assert!(world.refused().contains("is not of this one"));
                2
            }
        };
        seen[kind] += 1;
        world.restore().holds(1);
        let parts = names(&data);
        assert!(
            parts.iter().all(|name| !name.contains(".part")),
            "{parts:?}"
        );
    }
    println!(
        "killed {kills} of {}; old, new, refused: {seen:?}",
        2 * ROUNDS + 1
    );
    assert!(kills > ROUNDS / 2 && seen[0] > 0, "{kills} {seen:?}");
    // Nor does a kill in the first start of what was restored need a hand.
    for round in 0..ROUNDS {
        let moment = || std::thread::sleep(Duration::from_millis(10) * round);
        killed(&world, &["serve", "--listen", "127.0.0.1:0"], moment);
    }
    assert_eq!(world.stores(), ["ONE"]);
}
