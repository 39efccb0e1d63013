use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::*;
use server::db::OpenError;

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// A closed database with one saved object.
async fn closed() -> (tempfile::TempDir, PathBuf) {
    let world = World::new().await;
    world
        .saved("ana", vec![put("a", None, ports("A", &[1]))])
        .await;
    let path = world.db.path();
    world.db.close().await;
    (world.directory, path)
}

#[tokio::test]
async fn files_are_for_their_owner_only() {
    let world = World::new().await;
    let path = world.db.path();
    let directory = path.parent().unwrap();
    assert_eq!(mode(directory), 0o700);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(mode(&entry.path()), 0o600, "{:?}", entry.path());
        found.push(entry.file_name().into_string().unwrap());
    }
    found.sort();
    assert_eq!(
        found,
        [
            "gatehouse.db",
            "gatehouse.db-shm",
            "gatehouse.db-wal",
            "gatehouse.lock",
            "gatehouse.marker"
        ]
    );
}

#[tokio::test]
async fn a_second_server_is_refused_and_told_who_has_it() {
    let world = World::new().await;
    let error = Db::open(&world.db.path(), false).await.unwrap_err();
    let OpenError::InUse { holder, .. } = error else {
        panic!("{error}")
    };
    assert!(
        holder.starts_with(&format!("process {} since 2", std::process::id())),
        "{holder}"
    );
}

#[tokio::test]
async fn a_database_is_made_only_when_asked_and_never_twice() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("gatehouse.db");
    assert!(matches!(
        Db::open(&path, false).await,
        Err(OpenError::Missing(_))
    ));
    assert!(!path.exists());

    let (_directory, path) = closed().await;
    std::fs::remove_file(&path).unwrap();
    for create in [true, false] {
        assert!(matches!(
            Db::open(&path, create).await,
            Err(OpenError::Lost(_))
        ));
        assert!(!path.exists());
    }
    std::fs::write(&path, "").unwrap();
    assert!(matches!(
        Db::open(&path, true).await,
        Err(OpenError::Emptied(_))
    ));
    assert_eq!(std::fs::read(&path).unwrap(), b"");
}

#[tokio::test]
async fn a_damaged_file_is_refused_and_stays_as_it_is() {
    let (_directory, path) = closed().await;
    let whole = std::fs::read(&path).unwrap();
    let half = whole.len() / 2 / 4096 * 4096;
    let mut torn = whole.clone();
    torn[half..half + 4096].fill(0x5a);
    let mut head = whole.clone();
    head[..100].fill(0);
    let mut page = whole.clone();
    page[4096 * 2..4096 * 3].fill(0xff);
    for (name, bytes) in [
        ("cut in half", &whole[..half]),
        ("a torn page", &torn),
        ("no header", &head),
        ("a page of ones", &page),
        (
            "other text",
            b"this is no database, and long enough to be read as one".as_slice(),
        ),
    ] {
        std::fs::write(&path, bytes).unwrap();
        let error = Db::open(&path, true).await.unwrap_err();
        assert!(
            matches!(error, OpenError::Damaged { .. }),
            "{name}: {error}"
        );
        assert_eq!(std::fs::read(&path).unwrap(), bytes, "{name}");
    }
    std::fs::write(&path, &whole).unwrap();
    Db::open(&path, false).await.unwrap();
}

#[tokio::test]
async fn data_of_a_newer_version_is_refused_with_a_sentence() {
    for sql in [
        "pragma user_version = 2",
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values (9999, 'future', 1, x'00', 0)",
    ] {
        let world = World::new().await;
        world.sql(sql).await;
        let path = world.db.path();
        world.db.close().await;
        drop(world.db);
        let before = std::fs::read(&path).unwrap();
        let error = Db::open(&path, false).await.unwrap_err();
        assert!(matches!(error, OpenError::Newer { .. }), "{error}");
        assert!(error.to_string().contains("newer version of Gatehouse"));
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
}

#[tokio::test]
async fn a_lost_write_ahead_file_of_a_killed_server_is_told() {
    let world = World::new().await;
    world
        .saved("ana", vec![put("a", None, ports("A", &[1]))])
        .await;
    let path = world.db.path();
    let copy = tempfile::tempdir().unwrap();
    let file = |name: &str| (path.with_file_name(name), copy.path().join(name));
    // What a killed server leaves behind, with and without its write-ahead file.
    let names = [
        "gatehouse.db",
        "gatehouse.db-wal",
        "gatehouse.lock",
        "gatehouse.marker",
    ];
    for (from, to) in names.map(file) {
        std::fs::copy(from, to).unwrap();
    }
    let (database, wal) = (
        copy.path().join("gatehouse.db"),
        copy.path().join("gatehouse.db-wal"),
    );
    let kept = std::fs::read(&wal).unwrap();
    std::fs::write(&wal, vec![0xa5; kept.len()]).unwrap();
    assert!(matches!(
        Db::open(&database, false).await,
        Err(OpenError::WalLost(_))
    ));
    std::fs::remove_file(&wal).unwrap();
    assert!(matches!(
        Db::open(&database, true).await,
        Err(OpenError::WalLost(_))
    ));
    std::fs::write(&wal, kept).unwrap();
    let db = Db::open(&database, false).await.unwrap();
    assert_eq!(
        store::revision::find(&db, world.store.id, None)
            .await
            .unwrap()
            .number,
        2
    );
    db.close().await;
    drop(db);
    // Closed in order: there is no write-ahead file that could be missing.
    assert!(!wal.exists());
    Db::open(&database, false).await.unwrap();
}

#[tokio::test]
async fn closing_does_not_wait_for_reading_that_does_not_end() {
    let world = World::new().await;
    world
        .saved("ana", vec![put("a", None, ports("A", &[1]))])
        .await;
    let (path, store) = (world.db.path(), world.store.id);
    let reading = world.db.read().acquire().await.unwrap();
    let begun = std::time::Instant::now();
    world.db.close_within(Duration::from_millis(50)).await;
    assert!(begun.elapsed() < Duration::from_secs(2));
    // What was read from goes with the process; the write-ahead file stays for the next start.
    drop((reading, world.db));
    let lock = std::fs::read_to_string(path.with_file_name("gatehouse.lock")).unwrap();
    assert!(lock.starts_with("open: "), "{lock}");
    let db = Db::open(&path, false).await.unwrap();
    let newest = store::revision::find(&db, store, None).await.unwrap();
    assert_eq!(newest.number, 2);
}

/// What a server that is killed now leaves behind, and where its write-ahead file is.
fn killed(database: &Path) -> (tempfile::TempDir, PathBuf, PathBuf) {
    let copy = tempfile::tempdir().unwrap();
    for name in [
        "gatehouse.db",
        "gatehouse.db-wal",
        "gatehouse.lock",
        "gatehouse.marker",
    ] {
        std::fs::copy(database.with_file_name(name), copy.path().join(name)).unwrap();
    }
    let database = copy.path().join("gatehouse.db");
    let wal = copy.path().join("gatehouse.db-wal");
    (copy, database, wal)
}

#[tokio::test]
async fn a_server_that_is_killed_before_its_first_write_starts_again() {
    let (_directory, path) = closed().await;
    let db = Db::open(&path, false).await.unwrap();
    let (_copy, database, _) = killed(&path);
    Db::open(&database, false).await.unwrap();
    drop(db);
}

#[tokio::test]
async fn a_write_ahead_file_that_is_empty_after_a_kill_is_told() {
    let world = World::new().await;
    for length in [0, 31, 32, 33, 4000] {
        let (_copy, database, wal) = killed(&world.db.path());
        let bytes = std::fs::read(&wal).unwrap();
        std::fs::write(&wal, &bytes[..length]).unwrap();
        let error = Db::open(&database, false).await.unwrap_err();
        assert!(matches!(error, OpenError::WalLost(_)), "{length}: {error}");
    }
}

#[tokio::test]
async fn a_flipped_bit_in_the_write_ahead_file_takes_no_save_back_in_silence() {
    let world = World::new().await;
    world
        .saved("ana", vec![put("a", None, ports("A", &[1]))])
        .await;
    let (_copy, _, wal) = killed(&world.db.path());
    let upto = std::fs::read(&wal).unwrap().len();
    // A last commit cannot be told from one that the power cut through.
    for user in ["bo", "cy"] {
        let change = put(user, None, ports(user, &[1]));
        world.edit(user, vec![change]).await.unwrap();
    }
    let (mut told, mut kept) = (0, 0);
    for place in (0..32).chain((32..upto).step_by(1021)) {
        let (_copy, database, wal) = killed(&world.db.path());
        let mut bytes = std::fs::read(&wal).unwrap();
        bytes[place] ^= 0x10;
        std::fs::write(&wal, &bytes).unwrap();
        match Db::open(&database, false).await {
            Err(OpenError::WalLost(_)) => {
                told += 1;
                assert_eq!(std::fs::read(&wal).unwrap(), bytes, "{place}");
            }
            Err(error) => panic!("{place}: {error}"),
            Ok(db) => {
                kept += 1;
                let newest = store::revision::find(&db, world.store.id, None).await;
                assert_eq!(newest.unwrap().number, 2, "{place}");
            }
        }
    }
    assert!(told > 32 && kept == 0, "{told} told, {kept} kept");
}

#[tokio::test]
async fn what_was_cut_off_or_taken_back_at_the_end_is_no_damage() {
    let world = World::new().await;
    world
        .saved("ana", vec![put("a", None, ports("A", &[1]))])
        .await;
    // More than the cache holds, so that it stands in the file before it is taken back.
    let large = "update object_revision set body = body || hex(zeroblob(4000000))";
    let taken_back = world.db.write(async |mut tx| {
        sqlx::query(large).execute(&mut *tx).await?;
        Err::<(), _>(StoreError::NothingToSave)
    });
    taken_back.await.unwrap_err();
    world
        .edit("bo", vec![put("b", None, ports("B", &[1]))])
        .await
        .unwrap();
    let whole = std::fs::metadata(killed(&world.db.path()).2).unwrap().len();
    assert!(whole > 4_000_000, "{whole}");
    let committed = whole - 8_000_000;
    for length in [whole, whole - 1, whole - 5000, whole - 4_000_000, committed] {
        let (_copy, database, wal) = killed(&world.db.path());
        let file = std::fs::OpenOptions::new().write(true).open(&wal).unwrap();
        file.set_len(length).unwrap();
        let db = Db::open(&database, false).await.unwrap();
        let newest = store::revision::find(&db, world.store.id, None).await;
        assert_eq!(newest.unwrap().number, 2, "{length}");
    }
}

#[tokio::test]
async fn a_write_ahead_file_that_sqlite_begins_anew_is_whole() {
    let world = World::new().await;
    world
        .saved("ana", vec![put("a", None, ports("A", &[1]))])
        .await;
    let length = |wal: &Path| std::fs::metadata(wal).unwrap().len();
    let salts = |wal: &Path| std::fs::read(wal).unwrap()[16..24].to_vec();
    let (_before, _, first) = killed(&world.db.path());
    // As SQLite does by itself when the file has become long.
    world.sql("pragma wal_checkpoint(restart)").await;
    for round in 0..2 {
        let (_copy, database, wal) = killed(&world.db.path());
        assert_eq!(length(&wal), length(&first));
        assert_eq!(salts(&wal) == salts(&first), round == 0);
        let db = Db::open(&database, false).await.unwrap();
        let newest = store::revision::find(&db, world.store.id, None).await;
        assert_eq!(newest.unwrap().number, 2);
        world.sql("pragma user_version = 1").await;
    }
}

#[tokio::test]
async fn a_write_ahead_file_of_another_database_is_never_used() {
    let world = World::new().await;
    let saved = |id: &'static str| world.saved("ana", vec![put(id, None, ports(id, &[1]))]);
    saved("a").await;
    let path = world.db.path();
    let others = tempfile::tempdir().unwrap();
    let other = |name: &str| others.path().join(name);
    // From before the last start, and of another installation.
    let (_closed, earlier) = closed().await;
    std::fs::copy(&earlier, other("another")).unwrap();
    std::fs::copy(&earlier, other("earlier")).unwrap();
    let db = Db::open(&earlier, false).await.unwrap();
    for (database, other) in [(&path, other("another")), (&earlier, other("earlier"))] {
        let (_copy, database, wal) = killed(database);
        std::fs::copy(&other, &database).unwrap();
        let before = [&database, &wal].map(|path| std::fs::read(path).unwrap());
        for create in [true, false] {
            let error = Db::open(&database, create).await.unwrap_err();
            assert!(
                matches!(error, OpenError::ForeignWal { .. }),
                "{other:?}: {error}"
            );
        }
        let after = [&database, &wal].map(|path| std::fs::read(path).unwrap());
        assert!(before == after, "{other:?}");
        // As the sentence says.
        std::fs::remove_file(&wal).unwrap();
        Db::open(&database, false).await.unwrap();
    }
    drop(db);
}

/// As `cp` makes one while no server runs, and as another `cp` brings it back.
#[tokio::test]
async fn a_copy_made_by_hand_puts_no_files_back() {
    let (directory, path) = closed().await;
    let db = Db::open(&path, false).await.unwrap();
    let store = server::store::stores::find(&db, "PROD", "")
        .await
        .unwrap()
        .0;
    let new = server::store::trial::NewTrial {
        seconds: 60,
        deadline: 0,
        engines: &[],
        own: false,
    };
    server::store::trial::begin(&db, &store, &new)
        .await
        .unwrap();
    db.close().await;
    drop(db);
    let waiting = async || {
        let db = Db::open(&path, false).await.unwrap();
        let waiting = server::store::trial::list(&db, None).await.unwrap().len();
        db.close().await;
        waiting
    };
    let copy = directory.path().join("by-hand.db");
    std::fs::copy(&path, &copy).unwrap();
    assert_eq!(waiting().await, 1, "the same file, by the next start");
    std::fs::copy(&copy, &path).unwrap();
    assert_eq!(waiting().await, 0, "an older one");
    // In a data directory of its own, too.
    std::fs::copy(&copy, &path).unwrap();
    std::fs::remove_file(path.with_file_name("gatehouse.lock")).unwrap();
    assert_eq!(waiting().await, 0);
}

/// What a kill in the first start of a restored copy leaves: a database without a write-ahead file,
/// and the journal of a change that did not end.
#[tokio::test]
async fn a_first_start_that_was_killed_is_undone_by_the_next_one() {
    use sqlx::{ConnectOptions, Connection};
    let (directory, path) = closed().await;
    let copy = directory.path().join("copy.db");
    server::db::backup::backup(&path, &copy).await.unwrap();
    server::db::restore::restore(&path, &copy).await.unwrap();
    let before = std::fs::read(&path).unwrap();
    let half = directory.path().join("half.db");
    std::fs::write(&half, &before).unwrap();
    let mut connection = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(&half)
        .connect()
        .await
        .unwrap();
    // One page of room: the change goes to the file before it is committed.
    for statement in [
        "pragma cache_size = 1",
        "begin immediate",
        "create table half (word text)",
        "insert into half with recursive n (n) as (select 1 union all select n + 1 from n where n < 5000)
         select 'nothing of this may stay' from n",
        "update store set name = 'HALF'",
    ] {
        sqlx::query(statement).execute(&mut connection).await.unwrap();
    }
    let journal = |of: &Path| PathBuf::from(format!("{}-journal", of.display()));
    // The killed start had taken the lock for this file.
    std::fs::remove_file(path.with_file_name("gatehouse.lock")).unwrap();
    std::fs::copy(&half, &path).unwrap();
    std::fs::copy(journal(&half), journal(&path)).unwrap();
    connection.close().await.unwrap();
    let cut = std::fs::read(&path).unwrap();
    assert_ne!(cut, before);
    // Until then it can be neither checked nor copied, and both say what to do.
    let unfinished = server::db::inspect::database(&path).await.unwrap_err();
    assert!(
        unfinished.to_string().contains("Start Gatehouse once"),
        "{unfinished}"
    );
    assert!(!unfinished.is_damage());
    server::db::backup::backup(&path, &copy).await.unwrap_err();
    assert_eq!(std::fs::read(&path).unwrap(), cut);
    let db = Db::open(&path, false).await.unwrap();
    let (names, half): (String, i64) = sqlx::query_as(
        "select group_concat(name), (select count(*) from sqlite_master where name = 'half') from store",
    )
    .fetch_one(db.read())
    .await
    .unwrap();
    assert_eq!((names.as_str(), half), ("PROD", 0));
    db.close().await;
}
