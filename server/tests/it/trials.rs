//! Installs that wait for a confirmation: kept, put back by the deadline or by hand, and what comes
//! between.

use std::time::Duration;

use api::account::Role;
use api::install::{InstallOutcome, InstallRecord, Waiting};
use serde_json::{Value, json};
use server::deploy::{self, Deployments, Site};
use server::store;

use crate::common::Answer;
use crate::installs::{IMAGE, MAIN, POLICY, World, ok, stack, traffic};

const WAIT: u64 = 300;

impl World {
    async fn on_trial(&self, stacks: &[&str]) -> Vec<InstallRecord> {
        let plan = self.preview(json!({ "stacks": stacks })).await;
        ok(self.install(&plan, json!({ "confirm_within": WAIT })).await)
    }

    /// Installs revision 2 for good, and a revision with another port on trial.
    async fn two_installs(&self) -> [InstallRecord; 2] {
        let first = self.installed(&["stack"]).await.remove(0);
        self.save(vec![("traffic", traffic("1500"))]).await;
        let second = self.on_trial(&["stack"]).await.remove(0);
        assert!(self.read(POLICY).contains("1500"));
        [first, second]
    }

    async fn end(&self, install: i64, how: &str) -> Answer {
        let path = format!("/stores/PROD/installs/{install}/{how}");
        self.installer.post(&path, Value::Null).await
    }

    async fn return_to(&self, install: i64) -> Answer {
        let path = format!("/stores/PROD/installs/{install}/return");
        self.installer.post(&path, json!({})).await
    }

    async fn files(&self, install: i64) -> Value {
        let path = format!("/stores/PROD/installs/{install}/files");
        self.installer.get(&path).await.json()
    }

    async fn waiting(&self) -> Vec<Waiting> {
        let state = self.installer.get("/stores/PROD/state").await;
        serde_json::from_value(state.json()["waiting"].clone()).unwrap()
    }

    fn site(&self) -> Site {
        self.server.state.site()
    }

    async fn tick(&self) {
        deploy::tick(&self.site()).await;
    }

    async fn pass_the_deadline(&self) {
        self.server.advance(Duration::from_secs(WAIT + 1));
        self.tick().await;
    }

    fn texts(&self) -> [String; 3] {
        [POLICY, IMAGE, MAIN].map(|path| self.read(path))
    }

    fn there(&self) -> [bool; 3] {
        [POLICY, IMAGE, MAIN].map(|path| self.path(path).exists())
    }

    async fn audit(&self) -> Vec<(String, String)> {
        let page = store::Page::new(0, 10);
        let lines = store::audit::list(&self.server.state.db, Some(self.store.id), page).await;
        let lines = lines.unwrap().items.into_iter();
        lines.map(|line| (line.action, line.what)).collect()
    }
}

#[tokio::test]
async fn a_confirmed_install_stays() {
    let world = World::new().await;
    let [_, second] = world.two_installs().await;
    let waits = second.waits.unwrap();
    assert!(waits.left > WAIT - 5 && waits.left <= WAIT, "{waits:?}");
    let [waiting] = &world.waiting().await[..] else {
        panic!("one install waits")
    };
    assert_eq!((waiting.install, waiting.by.as_str()), (second.id, "ana"));
    assert_eq!(waiting.stacks[0].name, "COLMVSA.TCPIP");
    assert!(waiting.waits.until.starts_with("2027-01-15T08:05:"));

    let kept: Vec<InstallRecord> = ok(world.end(second.id, "confirm").await);
    assert_eq!((kept[0].id, kept[0].waits.as_ref()), (second.id, None));
    assert!(world.waiting().await.is_empty());
    let texts = world.texts();
    world.pass_the_deadline().await;
    assert_eq!(world.texts(), texts);
    assert_eq!(world.history().await.len(), 2);
    for how in ["confirm", "put-back"] {
        assert_eq!(world.end(second.id, how).await.outcome(), "409 conflict");
        assert_eq!(world.end(4711, how).await.outcome(), "404 not-found");
    }
    let line = ("confirm", "confirmed install 2 of COLMVSA.TCPIP");
    let audit = world.audit().await;
    assert_eq!((audit[0].0.as_str(), audit[0].1.as_str()), line);
}

#[tokio::test]
async fn without_a_wish_an_install_waits_for_nothing() {
    let world = World::new().await;
    let first = world.installed(&["stack"]).await.remove(0);
    assert_eq!(first.waits, None);
    for how in ["confirm", "put-back"] {
        assert_eq!(world.end(first.id, how).await.outcome(), "409 conflict");
    }
}

#[tokio::test]
async fn the_deadline_puts_the_previous_files_back() {
    let world = World::new().await;
    world.installed(&["stack"]).await;
    let before = world.texts();
    world.save(vec![("traffic", traffic("1500"))]).await;
    let second = world.on_trial(&["stack"]).await.remove(0);
    world.tick().await;
    assert!(world.read(POLICY).contains("1500"), "put back too early");

    world.pass_the_deadline().await;
    assert_eq!(world.texts(), before);
    let history = world.history().await;
    let [note, undone, first] = &history[..] else {
        panic!("{history:?}")
    };
    assert_eq!((note.undoes, note.current), (Some(second.id), false));
    assert!(note.comment.contains("put back by the deadline"));
    assert_eq!(note.outcome, InstallOutcome::Done);
    assert_eq!(note.files[0].sha256, first.files[0].sha256);
    assert!(undone.undone && !undone.current && undone.waits.is_none());
    assert!(first.current);
    assert!(world.waiting().await.is_empty());
    let state = &world.drift().await[0];
    assert!(state.drift.is_empty(), "{state:?}");
    assert_eq!(state.installed.as_ref().map(|row| row.id), Some(first.id));
    let texts = world.files(note.id).await;
    assert_eq!(texts[0]["text"], before[0]);
    let [(action, what), ..] = &world.audit().await[..] else {
        panic!("no audit")
    };
    assert_eq!(action, "put-back");
    assert!(what.contains("install 2: nobody confirmed"), "{what}");
    // The note has nothing to return to; what it undid has.
    let answer = world.return_to(note.id).await;
    assert_eq!(answer.outcome(), "422 unprocessable");
    let _: InstallRecord = ok(world.return_to(second.id).await);
    assert!(world.read(POLICY).contains("1500"));
}

#[tokio::test]
async fn files_that_were_not_there_are_taken_away_again() {
    let world = World::new().await;
    world.on_trial(&["stack"]).await;
    let new = world.texts();
    world.pass_the_deadline().await;
    assert_eq!(world.there(), [false; 3]);
    assert_eq!(world.read(&format!("{POLICY}.previous")), new[0]);
    let note = &world.history().await[0];
    assert!(note.files.iter().all(|file| file.sha256.is_none()));
    let state = &world.drift().await[0];
    assert!(state.installed.is_none() && state.drift.is_empty());
    let _: Vec<InstallRecord> = world.installed(&["stack"]).await;
    assert_eq!(world.texts()[2], new[2]);
}

#[tokio::test]
async fn all_stacks_and_targets_of_one_install_come_back_together() {
    let world = World::new().await;
    world
        .save(vec![
            ("stack2", stack("TCPIP2")),
            ("stack3", stack("TCPIP3")),
        ])
        .await;
    world.target("stack2", "mvsa").await;
    world.target("stack3", "mvsb").await;
    let stacks = ["stack", "stack2", "stack3"];
    world.installed(&stacks).await;
    let other = || std::fs::read_to_string(world.roots.path().join("mvsb/etc/pagent.TCPIP3.ttls"));
    let before = (world.texts(), other().unwrap());
    world.save(vec![("traffic", traffic("1500"))]).await;
    let trial = world.on_trial(&stacks).await;
    assert_eq!(world.waiting().await[0].stacks.len(), 3);
    assert_ne!(before.1, other().unwrap());
    let notes: Vec<InstallRecord> = ok(world.end(trial[1].id, "put-back").await);
    assert_eq!(notes.len(), 3);
    assert_eq!((world.texts(), other().unwrap()), before);
    assert!(world.waiting().await.is_empty());
    let states = world.drift().await;
    assert!(
        states.iter().all(|state| state.drift.is_empty()),
        "{states:?}"
    );
}

#[tokio::test]
async fn what_somebody_else_wrote_meanwhile_is_kept_beside() {
    let world = World::new().await;
    let [_, second] = world.two_installs().await;
    let new = world.texts();
    std::fs::write(world.path(POLICY), "by hand").unwrap();
    std::fs::remove_file(world.path(IMAGE)).unwrap();
    world.pass_the_deadline().await;
    assert!(world.read(POLICY).contains("1414"));
    assert!(world.path(IMAGE).exists());
    assert_eq!(world.read(&format!("{POLICY}.previous")), "by hand");
    let note = &world.history().await[0];
    assert_eq!(note.undoes, Some(second.id));
    let texts = world.files(note.id).await;
    assert_eq!(texts[0]["replaced"], "by hand");
    assert_eq!(texts[2]["replaced"], Value::Null);
    assert_ne!(texts[0]["text"], new[0]);
    assert!(world.drift().await[0].drift.is_empty());
}

#[tokio::test]
async fn bytes_that_are_no_text_come_back_as_they_were() {
    let world = World::new().await;
    std::fs::create_dir_all(world.path("/etc")).unwrap();
    std::fs::write(world.path(MAIN), [0xc7, 0x00, 0xff]).unwrap();
    world.on_trial(&["stack"]).await;
    world.pass_the_deadline().await;
    assert_eq!(std::fs::read(world.path(MAIN)).unwrap(), [0xc7, 0x00, 0xff]);
    assert_eq!(world.there(), [false, false, true]);
}

#[tokio::test]
async fn while_one_waits_its_files_are_not_installed_again() {
    let world = World::new().await;
    world
        .save(vec![
            ("stack2", stack("TCPIP2")),
            ("stack3", stack("TCPIP3")),
        ])
        .await;
    world.target("stack2", "mvsa").await;
    world.target("stack3", "mvsb").await;
    let [first, second] = world.two_installs().await;
    let texts = world.texts();
    // The second stack shares the main file.
    for name in ["stack", "stack2"] {
        let plan = world.preview(json!({ "stacks": [name] })).await;
        let refused = plan.stacks[0].refused.as_ref().unwrap();
        assert!(refused.contains("waits until"), "{refused}");
        for more in [json!({}), json!({ "confirm_within": 5 })] {
            let answer = world.install(&plan, more).await;
            assert_eq!(answer.outcome(), "409 conflict");
            assert!(
                answer
                    .text()
                    .contains("Install 2 of COLMVSA.TCPIP waits until")
            );
        }
    }
    let answer = world.return_to(first.id).await;
    assert_eq!(answer.outcome(), "409 conflict");
    // It blocks nothing else.
    world.installed(&["stack3"]).await;
    assert_eq!(world.texts(), texts);
    let _: Value = ok(world.end(second.id, "put-back").await);
    world.installed(&["stack"]).await;
}

#[tokio::test]
async fn of_two_installs_on_trial_at_once_one_happens() {
    let world = World::new().await;
    let plan = world.preview(json!({ "stacks": ["stack"] })).await;
    let more = json!({ "confirm_within": WAIT });
    let (a, b) = tokio::join!(
        world.install(&plan, more.clone()),
        world.install(&plan, more)
    );
    let mut outcomes = [a.outcome(), b.outcome()];
    outcomes.sort();
    assert_eq!(outcomes, ["200", "409 conflict"]);
    assert_eq!(world.waiting().await.len(), 1);
    let (a, b) = tokio::join!(world.end(1, "confirm"), world.end(1, "put-back"));
    let mut outcomes = [a.outcome(), b.outcome()];
    outcomes.sort();
    assert_eq!(outcomes, ["200", "409 conflict"]);
}

#[tokio::test]
async fn a_wait_has_bounds() {
    let world = World::new().await;
    let plan = world.preview(json!({ "stacks": ["stack"] })).await;
    for wait in [json!(0), json!(86_401), json!(-1), json!("5")] {
        let answer = world
            .install(&plan, json!({ "confirm_within": wait }))
            .await;
        let status = answer.status.as_u16();
        assert!(status == 422 || status == 400, "{wait}: {}", answer.text());
    }
    assert!(!world.path("").exists());
}

#[tokio::test]
async fn who_may_not_install_confirms_nothing() {
    let world = World::new().await;
    let [_, second] = world.two_installs().await;
    let eve = world.server.member("eve", "PROD", Role::Editor).await;
    for how in ["confirm", "put-back"] {
        let path = format!("/stores/PROD/installs/{}/{how}", second.id);
        assert_eq!(
            eve.post(&path, Value::Null).await.outcome(),
            "403 forbidden"
        );
    }
    assert_eq!(world.waiting().await.len(), 1);
}

/// As the next start of the server finds it.
fn restarted(world: &World) -> Site {
    Site {
        deployments: Deployments::default(),
        ..world.site()
    }
}

#[tokio::test]
async fn a_start_puts_back_what_is_overdue_and_waits_on_for_the_rest() {
    let world = World::new().await;
    let [_, second] = world.two_installs().await;
    let site = restarted(&world);
    let watching = deploy::start(site, Duration::from_secs(3600)).await;
    assert!(world.read(POLICY).contains("1500"));
    watching.abort();
    world.server.advance(Duration::from_secs(WAIT));
    let watching = deploy::start(restarted(&world), Duration::from_secs(3600)).await;
    // Done before a request is answered.
    assert!(world.read(POLICY).contains("1414"));
    assert_eq!(world.history().await[0].undoes, Some(second.id));
    watching.abort();
}

#[tokio::test]
async fn a_clock_that_went_back_prolongs_no_wait() {
    let world = World::new().await;
    world.two_installs().await;
    world.server.back(Duration::from_secs(430 * 24 * 3600));
    // The running server measures with another clock as well.
    let waiting = deploy::waiting(&world.site(), world.store.id).await;
    assert!(waiting.unwrap()[0].waits.left <= WAIT);
    // A start waits as long as was asked for, at most.
    let site = restarted(&world);
    let waiting = deploy::waiting(&site, world.store.id).await.unwrap();
    assert!(waiting[0].waits.left <= WAIT);
    assert!(deploy::tick(&site).await.unwrap() <= Duration::from_secs(WAIT));
    // Forward, it ends at once.
    world.server.advance(Duration::from_secs(800 * 24 * 3600));
    world.tick().await;
    assert!(world.read(POLICY).contains("1414"));
}

#[tokio::test]
async fn what_cannot_be_put_back_is_said_and_tried_again() {
    let world = World::new().await;
    let [_, second] = world.two_installs().await;
    // Somebody put a folder where a file was.
    std::fs::remove_file(world.path(IMAGE)).unwrap();
    std::fs::create_dir(world.path(IMAGE)).unwrap();
    let watching = deploy::start(world.site(), Duration::from_secs(3600)).await;
    world.server.advance(Duration::from_secs(WAIT + 1));
    let health = async || world.installer.get("/health").await.json()["status"].clone();
    until(async || health().await == "not-put-back").await;
    let waits = world.waiting().await.remove(0).waits;
    let trouble = waits.trouble.unwrap();
    assert!(trouble.contains("is a folder"), "{trouble}");
    assert_eq!(waits.left, 0);
    let state = world.installer.get("/stores/PROD/state").await.json();
    assert_eq!(state["server"], "not-put-back");
    assert!(
        world.read(POLICY).contains("1500"),
        "one file is put back alone"
    );
    let answer = world.end(second.id, "put-back").await;
    assert_eq!(answer.outcome(), "409 conflict");
    assert!(answer.text().contains("is a folder"), "{}", answer.text());
    // It is mended, and nobody says so.
    std::fs::remove_dir(world.path(IMAGE)).unwrap();
    until(async || health().await == "ok").await;
    assert!(world.read(POLICY).contains("1414"));
    assert!(world.waiting().await.is_empty());
    watching.abort();
}

async fn until(reached: impl AsyncFn() -> bool) {
    for _ in 0..200 {
        if reached().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it did not happen in 10 seconds");
}

#[tokio::test]
async fn what_cannot_be_put_back_can_still_be_kept() {
    let world = World::new().await;
    let [_, second] = world.two_installs().await;
    std::fs::remove_file(world.path(IMAGE)).unwrap();
    std::fs::create_dir(world.path(IMAGE)).unwrap();
    world.pass_the_deadline().await;
    let _: Value = ok(world.end(second.id, "confirm").await);
    assert_eq!(world.installer.get("/health").await.json()["status"], "ok");
    assert!(world.waiting().await.is_empty());
}

#[tokio::test]
async fn a_damaged_base_is_not_put_back() {
    let world = World::new().await;
    world.two_installs().await;
    sqlx::query("update install_file set base = x'00' where role = 'image' and base is not null")
        .execute(world.server.state.db.unwatched())
        .await
        .unwrap();
    let db = &world.server.state.db;
    let pace = server::store::verify::Pace::Quick;
    let found = server::store::verify::verify_all(db, pace).await.unwrap();
    assert_eq!(found.damage.len(), 1);
    world.pass_the_deadline().await;
    assert!(world.read(POLICY).contains("1500"));
    let trouble = world.waiting().await.remove(0).waits.trouble.unwrap();
    assert!(trouble.contains("damaged"), "{trouble}");
}

#[tokio::test]
async fn what_was_being_put_back_when_the_server_died_is_put_back_and_never_kept() {
    let world = World::new().await;
    let [_, second] = world.two_installs().await;
    let db = &world.server.state.db;
    let trial = store::trial::list(db, None).await.unwrap().remove(0).id;
    let root = format!("{}/mvsa", world.roots.path().display());
    let found = [(POLICY.to_owned(), b"by hand".to_vec())];
    store::trial::mark_ending(db, trial, Some("ben"), &root, &found)
        .await
        .unwrap();
    let answer = world.end(second.id, "confirm").await;
    assert_eq!(answer.outcome(), "409 conflict");
    assert!(
        answer.text().contains("being put back"),
        "{}",
        answer.text()
    );
    // Long before the deadline.
    let watching = deploy::start(restarted(&world), Duration::from_secs(3600)).await;
    assert!(world.read(POLICY).contains("1414"));
    watching.abort();
    let note = world.history().await.remove(0);
    assert_eq!((note.undoes, note.by.as_str()), (Some(second.id), "ben"));
    // What somebody else had written is known, though it was gone by then.
    assert_eq!(world.files(note.id).await[0]["replaced"], "by hand");
    assert!(world.waiting().await.is_empty());
    let damage = async || {
        let pace = server::store::verify::Pace::Quick;
        server::store::verify::verify_all(db, pace)
            .await
            .unwrap()
            .damage
    };
    assert!(damage().await.is_empty());
    sqlx::query("update install_file set found = x'00' where found is not null")
        .execute(db.unwatched())
        .await
        .unwrap();
    assert_eq!(damage().await.len(), 1);
}

#[tokio::test]
async fn a_target_that_does_not_answer_holds_up_nobody_else() {
    let world = World::new().await;
    world.save(vec![("stack2", stack("TCPIP2"))]).await;
    world.target("stack2", "mvsb").await;
    world.on_trial(&["stack"]).await;
    let other = world.on_trial(&["stack2"]).await.remove(0);
    // Somebody is at work below the first target, and does not end.
    let busy = std::fs::File::open(world.path("/.gatehouse.lock")).unwrap();
    busy.try_lock().unwrap();
    world.server.advance(Duration::from_secs(WAIT - 1));
    let watching = deploy::start(world.site(), Duration::from_secs(3600)).await;
    world.server.advance(Duration::from_secs(2));
    let there = || {
        world
            .roots
            .path()
            .join("mvsb/etc/pagent.TCPIP2.ttls")
            .exists()
    };
    assert!(there());
    until(async || !there()).await;
    // It is noted once the files are back.
    until(async || world.waiting().await.len() == 1).await;
    assert!(world.path(POLICY).exists());
    assert_eq!(
        world.end(other.id, "confirm").await.outcome(),
        "409 conflict"
    );
    drop(busy);
    until(async || !world.path(POLICY).exists()).await;
    watching.abort();
}

#[tokio::test]
async fn an_install_that_was_cut_off_waits_in_sight() {
    let world = World::new().await;
    let [_, second] = world.two_installs().await;
    sqlx::query("update install set outcome = 'pending' where install_id = $1")
        .bind(second.id)
        .execute(world.server.state.db.unwatched())
        .await
        .unwrap();
    assert_eq!(world.waiting().await[0].install, second.id);
    // Its target says how it ended.
    let kept: Vec<InstallRecord> = ok(world.end(second.id, "put-back").await);
    assert_eq!(kept.len(), 1);
    assert!(world.read(POLICY).contains("1414"));
    assert_eq!(world.installer.get("/health").await.json()["status"], "ok");
}

#[tokio::test]
async fn a_target_stays_while_its_files_wait() {
    let world = World::new().await;
    let [_, second] = world.two_installs().await;
    let path = "/stores/PROD/targets/stack";
    let root = format!("{}/mvsc", world.roots.path().display());
    let body = json!({ "stack": "stack", "root": root });
    let moved = world.administrator.put(path, body.clone()).await;
    assert_eq!(moved.outcome(), "409 conflict");
    let removed = world.administrator.call("DELETE", path, None).await;
    assert_eq!(removed.outcome(), "409 conflict");
    assert!(removed.text().contains("waits until"), "{}", removed.text());
    let _: Value = ok(world.end(second.id, "confirm").await);
    let moved = world.administrator.put(path, body).await;
    assert_eq!(moved.outcome(), "200");
}

#[tokio::test]
async fn of_an_install_in_part_only_what_was_written_waits() {
    let world = World::new().await;
    world.save(vec![("stack2", stack("TCPIP2"))]).await;
    world.target("stack2", "mvsb").await;
    let both = world.on_trial(&["stack", "stack2"]).await;
    let [done, failed] = <[InstallRecord; 2]>::try_from(both).unwrap();
    sqlx::query("update install set outcome = 'failed', reason = 'full' where stack_id = 'stack2'")
        .execute(world.server.state.db.unwatched())
        .await
        .unwrap();
    let waits = async |id: i64| {
        let path = format!("/stores/PROD/installs/{id}");
        ok::<InstallRecord>(world.installer.get(&path).await)
            .waits
            .is_some()
    };
    assert!(waits(done.id).await && !waits(failed.id).await);
    for how in ["confirm", "put-back"] {
        let answer = world.end(failed.id, how).await;
        assert_eq!(answer.outcome(), "409 conflict");
    }
    let _: Value = ok(world.end(done.id, "put-back").await);
    let kept =
        "select count(*) from install_file where install_id = $1 and base_sha256 is not null";
    let kept: (i64,) = sqlx::query_as(kept)
        .bind(failed.id)
        .fetch_one(world.server.state.db.read())
        .await
        .unwrap();
    assert_eq!(kept.0, 0);
}

#[tokio::test]
async fn a_store_with_an_install_that_waits_is_not_purged_and_a_frozen_one_keeps_the_deadline() {
    let world = World::new().await;
    world.two_installs().await;
    let root = &world.administrator;
    let frozen = root.put("/stores/PROD/freeze", json!({ "reason": "month end" }));
    assert_eq!(frozen.await.outcome(), "200");
    let archived = root.call("PATCH", "/stores/PROD", Some(json!({ "archived": true })));
    assert_eq!(archived.await.outcome(), "200");
    let purge = || {
        root.call(
            "DELETE",
            "/stores/PROD",
            Some(json!({ "confirm_name": "PROD" })),
        )
    };
    let refused = purge().await;
    assert_eq!(refused.outcome(), "409 conflict");
    assert!(refused.text().contains("waits until"), "{}", refused.text());
    world.pass_the_deadline().await;
    assert!(world.read(POLICY).contains("1414"));
    assert_eq!(purge().await.outcome(), "204");
}

#[tokio::test]
async fn an_install_that_wrote_nothing_leaves_nothing_that_waits() {
    let world = World::new().await;
    let plan = world.preview(json!({ "stacks": ["stack"] })).await;
    // The target's lock file is in the way, so that only the write fails.
    std::fs::create_dir_all(world.path("/.gatehouse.lock")).unwrap();
    let answer = world
        .install(&plan, json!({ "confirm_within": WAIT }))
        .await;
    assert_eq!(answer.outcome(), "409 conflict", "{}", answer.text());
    std::fs::remove_dir(world.path("/.gatehouse.lock")).unwrap();
    assert!(world.waiting().await.is_empty());
    world.installed(&["stack"]).await;
}

#[tokio::test]
async fn cancelling_needs_an_install_of_ones_own_that_is_under_way() {
    let world = World::new().await;
    world.installed(&["stack"]).await;
    let progress = world.installer.get("/stores/PROD/installs/progress").await;
    assert_eq!(progress.show(), "200 []");
    let cancel = "/stores/PROD/installs/cancel";
    let answer = world.installer.post(cancel, Value::Null).await;
    assert_eq!(answer.outcome(), "409 conflict");
}

/// Many stacks in folders of their own: it is seen how far an install of all of them is, and it ends
/// before its next stack when it is told to.
#[tokio::test(flavor = "multi_thread")]
async fn an_install_of_many_stacks_shows_how_far_it_is_and_can_be_cancelled() {
    const STACKS: usize = 60;
    let world = World::new().await;
    let names: Vec<String> = (0..STACKS).map(|number| format!("many{number}")).collect();
    let objects = (0..STACKS).map(|number| stack(&format!("TCPIP{number}")));
    let objects = names.iter().map(String::as_str).zip(objects).collect();
    world.save(objects).await;
    for name in &names {
        world.target(name, name).await;
    }
    let stacks: Vec<&str> = names.iter().map(String::as_str).collect();
    let plan = world.preview(json!({ "stacks": stacks })).await;
    let eve = world.server.member("eve", "PROD", Role::Installer).await;
    let steps = std::sync::Mutex::new(Vec::new());
    let watch = async || {
        loop {
            let answer = world.installer.get("/stores/PROD/installs/progress").await;
            let found: Vec<api::install::Progress> = ok(answer);
            let Some(found) = found.into_iter().next() else {
                tokio::task::yield_now().await;
                continue;
            };
            let done = found.stacks_done;
            steps.lock().unwrap().push(found);
            if done >= 2 {
                return;
            }
        }
    };
    let cancel = async {
        watch().await;
        let path = "/stores/PROD/installs/cancel";
        // Nobody cancels what another one installs.
        assert_eq!(eve.post(path, Value::Null).await.outcome(), "409 conflict");
        let answer = world.installer.post(path, Value::Null).await;
        assert_eq!(answer.json()[0]["cancelled"], true, "{}", answer.text());
    };
    let (answer, ()) = tokio::join!(world.install(&plan, json!({})), cancel);
    let done: Vec<InstallRecord> = ok(answer);
    assert!(done.len() >= 2 && done.len() < STACKS, "{}", done.len());
    // What is written stays written, in order, and in the history; the others are as they were.
    for (position, name) in names.iter().enumerate() {
        let there = world.roots.path().join(name).exists();
        assert_eq!(there, position < done.len(), "{name}");
    }
    let steps = steps.into_inner().unwrap();
    let last = steps.last().unwrap();
    assert_eq!((last.stacks, last.files), (60, 180));
    assert_eq!(last.files_done, 3 * last.stacks_done);
    let rising = |pair: &[api::install::Progress]| pair[0].files_done <= pair[1].files_done;
    assert!(steps.windows(2).all(rising));
    let rest: Vec<&str> = stacks[done.len()..].to_vec();
    assert_eq!(world.installed(&rest).await.len(), STACKS - done.len());
}
