//! A server that is killed while it writes.
//!
//! The test starts itself as a child that edits and saves in a loop and prints a line after each
//! acknowledgement. It is killed at a moment of its own choosing; then everything that was
//! acknowledged must be there whole and in order, and the owner goes on without a manual step.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::*;
use server::store::{compare, verify};

const ROUNDS: u64 = 20;
const CHILD: &str = "GATEHOUSE_CRASH_CHILD";

/// Edits `x` and `y` to the same number in one step, and saves every second time.
async fn child(path: &Path) {
    let db = Db::open(path, true).await.unwrap();
    let ana = actor("ana");
    let store = match named_store(&db, "PROD").await {
        Ok(store) => store,
        Err(_) => store::stores::create(&db, &ana, &named("PROD"), &supplied())
            .await
            .unwrap(),
    };
    let mut number = last_number(&db, &store).await.0.unwrap_or(0);
    loop {
        number += 1;
        let draft = store::draft::find(&db, &store, "ana").await.unwrap();
        let mut changes = Vec::new();
        for id in ["x", "y"] {
            let etag = match tag(&draft, id) {
                Some(etag) => Some(etag),
                None => store::object::find(&db, &store, &oid(id), None)
                    .await
                    .ok()
                    .map(|found| found.etag),
            };
            changes.push(put(id, etag, group("X", &number.to_string(), &[])));
        }
        let edit = Edit {
            words: format!("number {number}"),
            changes,
        };
        store::draft::edit(&db, &store, &ana, &edit).await.unwrap();
        println!("edited {number}");
        if number % 2 == 0 {
            let save = Save {
                comment: number.to_string(),
                head: draft.head,
                only: None,
            };
            let saved = store::save::save(&db, &store, &ana, &save).await.unwrap();
            println!("saved {number} {}", saved.number);
        }
    }
}

/// The numbers of `x` and `y` as the draft has them.
async fn last_number(db: &Db, store: &StoreRow) -> (Option<u64>, Option<u64>) {
    let (_, draft) = draft_configuration(db, store, "ana").await;
    let number = |id| {
        draft
            .get(&oid(id))
            .and_then(|object| object.description().parse().ok())
    };
    (number("x"), number("y"))
}

/// Not a test of its own: does the child's work when the parent asks for it.
#[test]
fn child_of_the_crash_test() {
    if let Some(path) = std::env::var_os(CHILD) {
        tokio::runtime::Runtime::new()
            .unwrap()
            .block_on(child(Path::new(&path)));
    }
}

#[test]
fn what_was_acknowledged_survives_kill_at_random_moments() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("gatehouse.db");
    let (mut saved, mut there) = (Vec::new(), 0);
    for round in 0..ROUNDS {
        // Spread over the life of the child, from its first moments on.
        let lines = round * 7 % 23;
        let extra = Duration::from_micros(round * 1_700 % 9_000);
        let edited = run_and_kill(&path, lines, extra, &mut saved).unwrap_or(there);
        there = tokio::runtime::Runtime::new()
            .unwrap()
            .block_on(check(&path, edited, &saved));
    }
    assert!(
        saved.len() > 20,
        "few saves was acknowledged in {ROUNDS} rounds"
    );
}

/// Starts the child, waits for some acknowledgements and a little more, and kills it. Answers the
/// last edit that was acknowledged.
fn run_and_kill(
    path: &Path,
    lines: u64,
    extra: Duration,
    saved: &mut Vec<(u64, i64)>,
) -> Option<u64> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::child_of_the_crash_test", "--nocapture"])
        .env(CHILD, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    let (mut edited, mut seen) = (None, 0);
    let mut note = |line: String, seen: &mut u64| {
        let words: Vec<_> = line.split(' ').collect();
        match words[..] {
            // The harness writes the name of the test before the first line.
            [.., "edited", number] => edited = Some(number.parse().unwrap()),
            [.., "saved", number, revision] => {
                saved.push((number.parse().unwrap(), revision.parse().unwrap()))
            }
            _ => return,
        }
        *seen += 1;
    };
    while seen < lines {
        note(output.next().unwrap().unwrap(), &mut seen);
    }
    let until = Instant::now() + extra;
    while Instant::now() < until {
        std::hint::spin_loop();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    for line in output {
        note(line.unwrap(), &mut seen);
    }
    edited
}

/// Answers the number that is there after the kill.
async fn check(path: &Path, edited: u64, saved: &[(u64, i64)]) -> u64 {
    // Nothing was made yet when the kill came early: then there is nothing that could be lost.
    let started = Instant::now();
    let db = Db::open(path, true).await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(2));
    let Ok(store) = named_store(&db, "PROD").await else {
        assert_eq!((edited, saved.len()), (0, 0));
        db.close().await;
        return 0;
    };
    assert!(
        verify::verify_all(&db, verify::Pace::Quick)
            .await
            .unwrap()
            .is_clean()
    );

    // The draft or the newest revision has the last acknowledged edit, or one in doubt, whole.
    let (x, y) = last_number(&db, &store).await;
    assert_eq!(x, y);
    let there = x.unwrap_or(0);
    assert!(
        there == edited || there == edited + 1,
        "{there} after {edited}"
    );

    // Every acknowledged save is in the history, whole, under its number.
    for (number, revision) in saved {
        let (_, found) = compare::configuration(&db, &store, Some(*revision))
            .await
            .unwrap();
        for id in ["x", "y"] {
            assert_eq!(
                found.get(&oid(id)).unwrap().description(),
                number.to_string()
            );
        }
        let shown = store::revision::find(&db, store.id, Some(*revision))
            .await
            .unwrap();
        assert_eq!(shown.comment, number.to_string());
    }
    // And the history holds nothing but saves in order.
    let head = store::revision::find(&db, store.id, None)
        .await
        .unwrap()
        .number;
    let mut last = 0;
    for revision in 2..=head {
        let number: u64 = store::revision::find(&db, store.id, Some(revision))
            .await
            .unwrap()
            .comment
            .parse()
            .unwrap();
        assert!(number > last && number.is_multiple_of(2));
        last = number;
    }

    // The owner goes on: what is locked is locked by ana.
    for lock in store::lock::list(&db, store.id).await.unwrap() {
        assert_eq!(lock.holder, "ana");
    }
    let draft = store::draft::find(&db, &store, "ana").await.unwrap();
    if tag(&draft, "x").is_some() {
        let body = group("X", &there.to_string(), &["10.0.0.1"]);
        let edit = Edit {
            words: "go on".into(),
            changes: vec![put("x", tag(&draft, "x"), body)],
        };
        store::draft::edit(&db, &store, &actor("ana"), &edit)
            .await
            .unwrap();
        store::draft::undo(&db, &store, &actor("ana"))
            .await
            .unwrap();
    }
    // Half of the rounds leave the database as a killed server does.
    if there % 2 == 0 {
        db.close().await;
    }
    there
}
