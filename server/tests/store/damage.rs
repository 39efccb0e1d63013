use super::*;
use server::store::verify::{Pace, verify_all};

#[tokio::test]
async fn a_full_check_names_every_damaged_body_and_goes_on() {
    let world = World::new().await;
    world
        .saved(
            "ana",
            vec![
                put("a", None, ports("A", &[1])),
                put("b", None, ports("B", &[2])),
            ],
        )
        .await;
    world
        .edit(
            "bo",
            vec![
                put("c", None, ports("C", &[3])),
                put("d", None, ports("D", &[4])),
            ],
        )
        .await
        .unwrap();
    let report = verify_all(&world.db, Pace::Quick).await.unwrap();
    assert!(report.is_clean());
    assert_eq!((report.bodies, report.audit_lines), (5, 2));

    world
        .sql("update object_revision set body = replace(body, 'B', 'X') where object_id = 'b'")
        .await;
    world
        .sql("update draft_change set hash = substr(hash, 2) || 'x' where object_id = 'c'")
        .await;
    world
        .sql("update object_revision set kind = 'rule' where object_id = 'a'")
        .await;
    let report = verify_all(&world.db, Pace::Quick).await.unwrap();
    let found: Vec<_> = report
        .damage
        .iter()
        .map(|damage| (&*damage.object.as_ref().unwrap().0, damage.revision))
        .collect();
    assert_eq!(found, [("a", Some(2)), ("b", Some(2)), ("c", None)]);
    assert_eq!(report.bodies, 5);
}

#[tokio::test]
async fn a_full_check_reads_long_drafts_to_their_end() {
    let world = World::new().await;
    let changes = (0..250).map(|number| {
        let id = format!("g{number:03}");
        put(&id, None, group(&id.to_uppercase(), "", &[]))
    });
    world.edit("ana", changes.collect()).await.unwrap();
    world
        .edit("bo", vec![put("a", None, ports("A", &[1]))])
        .await
        .unwrap();
    world
        .sql("update draft_change set body = body || ' ' where object_id in ('g100', 'a')")
        .await;
    let report = verify_all(&world.db, Pace::Gentle).await.unwrap();
    let found: Vec<_> = report
        .damage
        .iter()
        .map(|damage| &*damage.object.as_ref().unwrap().0)
        .collect();
    assert_eq!(found, ["g100", "a"]);
    assert_eq!(report.bodies, 1 + 250 + 1);
}

/// Lets the writing connection meet a full disk; the object for which there was no room. The limit
/// goes with that connection.
async fn fill_disk(world: &World) -> Object {
    // SQLite reports a full disk when the file may not grow; it takes no limit below what there is.
    world.sql("pragma max_page_count = 1").await;
    let large = group("B", &"x".repeat(900_000), &[]);
    let error = world
        .edit("ana", vec![put("b", None, large.clone())])
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::DiskFull), "{error}");
    large
}

#[tokio::test]
async fn a_full_disk_refuses_saves_and_they_work_again_without_a_restart() {
    let world = World::new().await;
    let before = world
        .saved("ana", vec![put("a", None, ports("A", &[1]))])
        .await;
    let draft = world.draft("ana").await;
    let large = fill_disk(&world).await;
    assert!(!world.db.writes_are_trusted());
    assert_eq!(world.head().await, before);
    assert_eq!(world.draft("ana").await.changes, draft.changes);
    assert_eq!(world.locks().await, []);

    // The connection that failed is gone, and with it the limit.
    world
        .edit("ana", vec![put("b", None, large)])
        .await
        .unwrap();
    assert!(world.db.writes_are_trusted());
    world.save("ana", before).await.unwrap();
    assert!(verify_all(&world.db, Pace::Quick).await.unwrap().is_clean());
}

#[tokio::test]
async fn a_database_that_cannot_be_written_is_still_read() {
    let world = World::new().await;
    world
        .saved("ana", vec![put("a", None, ports("A", &[1]))])
        .await;
    world.sql("pragma query_only = 1").await;
    let error = world
        .edit("ana", vec![put("b", None, ports("B", &[1]))])
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly), "{error}");
    assert!(!world.db.writes_are_trusted());
    assert!(world.object("a", None).await.is_some());
    // The connection that was for reading only is gone.
    world
        .edit("ana", vec![put("b", None, ports("B", &[1]))])
        .await
        .unwrap();
}

/// Gives up the right to write what is not writable, for this thread and those it starts: SQLite
/// reads and writes on threads of its own.
fn obey_modes() {
    let mut now = rustix::thread::capabilities(None).unwrap();
    now.effective = rustix::thread::CapabilitySet::empty();
    rustix::thread::set_capabilities(None, now).unwrap();
}

/// Sets the mode of the database and of what stands beside it.
fn set_modes(database: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    for suffix in ["", "-wal", "-shm"] {
        let mut path = database.as_os_str().to_owned();
        path.push(suffix);
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(path, mode).unwrap();
    }
}

#[tokio::test]
async fn a_connection_that_was_opened_for_reading_only_is_not_trusted() {
    obey_modes();
    let world = World::new().await;
    let large = fill_disk(&world).await;
    // The next connection is opened while the file system is read-only.
    set_modes(&world.db.path(), 0o400);
    for _ in 0..2 {
        let error = world
            .edit("ana", vec![put("b", None, large.clone())])
            .await
            .unwrap_err();
        assert!(matches!(error, StoreError::ReadOnly), "{error}");
        assert!(!world.db.writes_are_trusted());
    }
    // Mended: saves work again without a restart.
    set_modes(&world.db.path(), 0o600);
    world
        .edit("ana", vec![put("b", None, large)])
        .await
        .unwrap();
    assert!(world.db.writes_are_trusted());
}

#[tokio::test]
async fn a_file_that_is_damaged_under_the_server_takes_no_more_saves() {
    let world = World::new().await;
    world
        .saved("ana", vec![put("a", None, ports("A", &[1]))])
        .await;
    world.sql("pragma wal_checkpoint(truncate)").await;
    // The disk fails, and what it holds is no longer what was written.
    let bytes = std::fs::read(world.db.path()).unwrap();
    let mut damaged = bytes.clone();
    for page in damaged.chunks_mut(4096).skip(2) {
        page[..8].fill(0xff);
    }
    let large = fill_disk(&world).await;
    std::fs::write(world.db.path(), &damaged).unwrap();
    for _ in 0..2 {
        let error = world
            .edit("ana", vec![put("b", None, large.clone())])
            .await
            .unwrap_err();
        assert!(matches!(error, StoreError::Untrusted), "{error}");
    }
    // Mended: saves work again without a restart.
    std::fs::write(world.db.path(), &bytes).unwrap();
    world
        .edit("ana", vec![put("b", None, large)])
        .await
        .unwrap();
    assert!(world.db.writes_are_trusted());
}

#[tokio::test]
async fn after_a_write_that_was_dropped_the_next_has_a_fresh_connection() {
    let world = World::new().await;
    world
        .sql("create temp table mark (of_this_connection)")
        .await;
    // As when a client goes away: nobody hears how its work ended.
    let dropped = world
        .db
        .write(async |_| std::future::pending::<Result<(), StoreError>>().await);
    let brief = std::time::Duration::from_millis(20);
    tokio::time::timeout(brief, dropped).await.unwrap_err();
    assert!(world.db.writes_are_trusted());
    world
        .edit("ana", vec![put("a", None, ports("A", &[1]))])
        .await
        .unwrap();
    let mark = sqlx::query("select * from temp.mark");
    mark.execute(world.db.unwatched()).await.unwrap_err();
}
