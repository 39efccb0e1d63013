//! Many objects. Times are printed, and bounded only where a slip would make them grow without end.

use std::time::Instant;

use super::*;
use server::store::{Page, compare, export, import};

#[tokio::test]
async fn a_small_change_of_a_large_store_stays_small() {
    const OBJECTS: usize = 2_000;
    let world = World::new().await;
    let all = (0..OBJECTS).map(|at| {
        put(
            &format!("o{at}"),
            None,
            ports(&format!("P{at}"), &[1, 2, 3]),
        )
    });
    let start = Instant::now();
    world.edit("ana", all.collect()).await.unwrap();
    println!("{OBJECTS} new objects edited: {:?}", start.elapsed());
    let start = Instant::now();
    world.save("ana", 1).await.unwrap();
    println!("and saved: {:?}", start.elapsed());

    for number in 0..50_u16 {
        let etag = world.etag("o7").await;
        world
            .saved("ana", vec![put("o7", etag, ports("P7", &[number + 10]))])
            .await;
    }
    let (rows,): (i64,) = sqlx::query_as("select count(*) from object_revision")
        .fetch_one(world.db.read())
        .await
        .unwrap();
    assert_eq!(rows, i64::try_from(OBJECTS).unwrap() + 1 + 50);

    let head = world.head().await;
    for number in [1, 2, head - 1, head] {
        let start = Instant::now();
        let (_, found) = compare::configuration(&world.db, &world.store, Some(number))
            .await
            .unwrap();
        println!(
            "revision {number}: {} objects in {:?}",
            found.objects.len(),
            start.elapsed()
        );
    }
    let start = Instant::now();
    let page = Page::new(500, 100);
    let part = store::object::list(&world.db, &world.store, None, None, page)
        .await
        .unwrap();
    println!("a window: {:?}", start.elapsed());
    assert_eq!(part.items.len(), 100);

    let mut file = Vec::new();
    let start = Instant::now();
    export::export(&world.db, &world.store, None, &mut file)
        .await
        .unwrap();
    println!("exported {} bytes in {:?}", file.len(), start.elapsed());
    let start = Instant::now();
    import::import(&world.db, &actor("root"), &named("COPY"), file)
        .await
        .unwrap();
    println!("imported in {:?}", start.elapsed());
}

/// So many more can be asked for in the environment.
const IMPORTED: (&str, usize) = ("GATEHOUSE_IMPORTED_OBJECTS", 4_000);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_waits_for_one_part_of_an_import_and_not_for_all() {
    let objects = std::env::var(IMPORTED.0).map_or(IMPORTED.1, |number| number.parse().unwrap());
    let world = World::new().await;
    for part in 0..objects / 2_000 {
        let of_part = (0..2_000).map(|at| {
            let name = format!("P{}", part * 2_000 + at);
            put(&name.to_lowercase(), None, ports(&name, &[1, 2, 3]))
        });
        world.saved("ana", of_part.collect()).await;
    }
    let mut file = Vec::new();
    export::export(&world.db, &world.store, None, &mut file)
        .await
        .unwrap();

    let (db, root) = (world.db.clone(), actor("root"));
    let start = Instant::now();
    let import = tokio::spawn(async move {
        import::import(&db, &root, &named("COPY"), file)
            .await
            .unwrap();
        start.elapsed()
    });
    let (mut waits, mut number) = (Vec::new(), 0);
    while !import.is_finished() {
        number += 1;
        let name = format!("E{number}");
        let change = put(&name.to_lowercase(), None, ports(&name, &[1]));
        let start = Instant::now();
        world.edit("bo", vec![change]).await.unwrap();
        waits.push(start.elapsed());
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let took = import.await.unwrap();
    waits.sort();
    let (middle, longest) = (waits[waits.len() / 2], waits[waits.len() - 1]);
    println!(
        "{objects} objects imported in {took:?}; {} edits meanwhile: half of them in {middle:?}, the slowest in {longest:?}",
        waits.len()
    );
    // One writer for the whole import would make an edit wait for nearly all of it.
    assert!(longest < took / 4, "{longest:?} of {took:?}");
}

#[tokio::test]
async fn what_is_left_of_an_import_is_not_seen_and_goes() {
    let world = World::new().await;
    world
        .saved("ana", vec![put("a", None, ports("A", &[1]))])
        .await;
    let mut file = Vec::new();
    export::export(&world.db, &world.store, None, &mut file)
        .await
        .unwrap();
    import::import(&world.db, &actor("root"), &named("COPY"), file)
        .await
        .unwrap();
    // As it is while it is being written.
    world
        .sql("update store set name = '/0123' where name = 'COPY'")
        .await;
    for name in ["COPY", "/0123"] {
        let found = named_store(&world.db, name).await;
        assert!(matches!(found, Err(StoreError::NotFound { .. })), "{name}");
    }
    assert_eq!(store::stores::list(&world.db).await.unwrap().len(), 1);
    let left = import::left(&world.db).await.unwrap();
    assert_eq!(left.len(), 1);
    import::remove(&world.db, left[0]).await.unwrap();
    for table in ["store", "revision", "object", "object_revision"] {
        let count = format!(
            "select count(*) from {table} where store_id = {}",
            left[0].0
        );
        let (rows,): (i64,) = sqlx::query_as(sqlx::AssertSqlSafe(count))
            .fetch_one(world.db.read())
            .await
            .unwrap();
        assert_eq!(rows, 0, "{table}");
    }
    assert!(world.object("a", None).await.is_some());
}

/// Reading goes through an index, whatever the revision.
#[tokio::test]
async fn no_query_of_a_revision_walks_the_whole_history() {
    let world = World::new().await;
    for sql in [
        "explain query plan select object_id from object_revision
         where store_id = 1 and to_revision is null order by kind, lower(name), object_id limit 10",
        "explain query plan select object_id from object_revision
         where store_id = 1 and object_id = 'x' and to_revision is null",
        "explain query plan select object_id from object_revision
         where store_id = 1 and object_id = 'x' and from_revision <= 3 order by from_revision desc limit 1",
        "explain query plan select r.object_id from object o join object_revision r
           on r.store_id = o.store_id and r.object_id = o.object_id
          and r.from_revision = (select max(n.from_revision) from object_revision n
              where n.store_id = o.store_id and n.object_id = o.object_id and n.from_revision <= 3)
         where o.store_id = 1 and (r.to_revision is null or r.to_revision > 3)",
        "explain query plan select object_id from object_revision where store_id = 1 and from_revision = 2",
        "explain query plan select object_id from object_revision where store_id = 1 and to_revision = 2",
        "explain query plan select * from audit where store_id = 1 order by audit_id desc limit 5",
    ] {
        let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(sql).fetch_all(world.db.read()).await.unwrap();
        for (.., step) in plan {
            assert!(!step.contains("SCAN") && !step.contains("TEMP B-TREE"), "{sql}\n{step}");
        }
    }
}
