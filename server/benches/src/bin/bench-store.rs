//! The bars of the store: saving one field among 100,000 objects, and reading any revision.
//!
//! `cargo run --release -p server-bench --bin bench-store`
//!
//! Ratios of times in one run: against a bare commit of one row with the same durability on the same
//! disk, and against reading the newest revision.
#![expect(clippy::unwrap_used, reason = "a bench ends by it")]

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use api::draft::{Edit, EditChange, Save};
use api::store::NewStore;
use generator::objects::{Object, ObjectId};
use server::db::Db;
use server::store::{self, Actor, StoreRow};
use server_bench::{bar, directory, id, quantile, stack_of, traffic};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

/// Two objects each, and sixty-three others.
const RULES: usize = 50_000;
const REVISIONS: usize = 300;

#[tokio::main]
async fn main() -> ExitCode {
    let directory = directory();
    let bench = Bench::new(directory.path()).await;
    let mut bare = bare(&directory.path().join("bare.db")).await;
    let (mut edits, mut saves, mut commits) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..REVISIONS {
        let (edit, save) = bench.change(number).await;
        edits.push(edit);
        saves.push(save);
        commits.push(commit(&mut bare, number).await);
    }
    let (edit, save) = (quantile(edits, 0.5), quantile(saves, 0.5));
    let commit = quantile(commits, 0.5);
    let mut all = vec![bar(
        "save one field of 100,000 objects",
        save / commit,
        5.0,
        "x",
    )];
    println!(
        "medians of {REVISIONS}: bare commit {:.2} ms, save {:.2} ms, the edit before it {:.2} ms",
        commit * 1e3,
        save * 1e3,
        edit * 1e3
    );
    all.extend(bench.reads().await);
    bench.db.close().await;
    ExitCode::from(u8::from(all.contains(&false)))
}

struct Bench {
    db: Db,
    store: StoreRow,
    actor: Actor,
}

impl Bench {
    async fn new(directory: &Path) -> Self {
        let db = Db::open(&directory.join("data/gatehouse.db"), true)
            .await
            .unwrap();
        let actor = Actor {
            name: "ana".to_owned(),
            source: "bench".to_owned(),
        };
        let new = NewStore {
            name: "PROD".to_owned(),
            description: String::new(),
            copy_of: None,
        };
        let store = store::stores::create(&db, &actor, &new, &[]).await.unwrap();
        let bench = Self { db, store, actor };
        let start = Instant::now();
        for part in stack_of(RULES).chunks(20_000) {
            let changes = part
                .iter()
                .map(|(id, object)| put(id.clone(), None, object.clone()));
            bench.edit(changes.collect()).await;
            bench.save().await;
        }
        println!("100,063 objects stored in {:.1?}", start.elapsed());
        bench
    }

    async fn edit(&self, changes: Vec<EditChange>) {
        let edit = Edit {
            words: "change".to_owned(),
            changes,
        };
        store::draft::edit(&self.db, &self.store, &self.actor, &edit)
            .await
            .unwrap();
    }

    async fn save(&self) {
        let save = Save {
            comment: "bench".to_owned(),
            head: self.head().await,
            only: None,
        };
        store::save::save(&self.db, &self.store, &self.actor, &save)
            .await
            .unwrap();
    }

    async fn head(&self) -> i64 {
        store::revision::find(&self.db, self.store.id, None)
            .await
            .unwrap()
            .number
    }

    /// Changes one field of one object and saves it. Every second time the object is the same one,
    /// which then has a long history.
    async fn change(&self, number: usize) -> (Duration, Duration) {
        let at = if number.is_multiple_of(2) {
            7
        } else {
            number * 101
        };
        let object = id(format!("traffic{at}"));
        let seen = store::object::find(&self.db, &self.store, &object, None)
            .await
            .unwrap();
        let text = format!("changed {number}");
        let changes = vec![put(object, Some(seen.etag), traffic(at, &text))];
        let start = Instant::now();
        self.edit(changes).await;
        let edited = start.elapsed();
        let start = Instant::now();
        self.save().await;
        (edited, start.elapsed())
    }

    /// Reads whole revisions, and one object of each, against the newest.
    async fn reads(&self) -> Vec<bool> {
        let head = self.head().await;
        // All objects are there from this one on.
        let first = head - i64::try_from(REVISIONS).unwrap();
        let asked = [first, head - 150, head];
        let mut whole = [const { Vec::new() }; 3];
        let mut single = [const { Vec::new() }; 3];
        for _ in 0..5 {
            for (number, times) in asked.iter().zip(&mut whole) {
                let start = Instant::now();
                let found = store::object::configuration(&self.db, &self.store, Some(*number))
                    .await
                    .unwrap();
                times.push(start.elapsed());
                assert_eq!(found.objects.len(), 2 * RULES + 63);
            }
        }
        for _ in 0..300 {
            for (number, times) in asked.iter().zip(&mut single) {
                let start = Instant::now();
                store::object::find(&self.db, &self.store, &id("traffic7"), Some(*number))
                    .await
                    .unwrap();
                times.push(start.elapsed());
            }
        }
        let mut all = ratios("read a revision", whole).to_vec();
        all.extend(ratios("read one object", single));
        all
    }
}

fn ratios(what: &str, times: [Vec<Duration>; 3]) -> [bool; 2] {
    let [first, middle, newest] = times.map(|times| quantile(times, 0.5));
    println!(
        "{what}: first {:.2} ms, middle {:.2} ms, newest {:.2} ms",
        first * 1e3,
        middle * 1e3,
        newest * 1e3
    );
    [
        bar(
            &format!("{what}, first against newest"),
            first / newest,
            2.0,
            "x",
        ),
        bar(
            &format!("{what}, middle against newest"),
            middle / newest,
            2.0,
            "x",
        ),
    ]
}

fn put(id: ObjectId, etag: Option<String>, body: Object) -> EditChange {
    EditChange {
        id,
        etag,
        body: Some(body),
        rebase: None,
    }
}

/// A database with one table, durable as ours.
async fn bare(path: &Path) -> SqliteConnection {
    let mut connection = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .connect()
        .await
        .unwrap();
    sqlx::query("create table row (number integer primary key, text text not null) strict")
        .execute(&mut connection)
        .await
        .unwrap();
    connection
}

async fn commit(connection: &mut SqliteConnection, number: usize) -> Duration {
    let start = Instant::now();
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await.unwrap();
    sqlx::query("insert into row (text) values ($1)")
        .bind(format!("changed {number}"))
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    start.elapsed()
}
