use super::*;
use api::store::StoreChange;
use server::store::cache::Counts;
use server::store::{Page, stores};

#[tokio::test]
async fn a_new_store_holds_the_supplied_objects_in_its_first_revision() {
    let world = World::new().await;
    let counts = Counts::default();
    let [summary] = &stores::summaries(&world.db, &counts).await.unwrap()[..] else {
        panic!()
    };
    assert_eq!(
        (summary.head.number, summary.objects, summary.stacks),
        (1, 1, 0)
    );
    assert_eq!(summary.store.name, "PROD");
    assert_eq!(summary.head.author, "root");

    world
        .saved("ana", vec![put("a", None, ports("A", &[1]))])
        .await;
    let after = stores::summary(&world.db, &counts, &world.store)
        .await
        .unwrap();
    assert_eq!((after.head.number, after.objects), (2, 2));
}

#[tokio::test]
async fn names_of_stores_are_unique_in_any_letters_and_plain() {
    let world = World::new().await;
    let root = actor("root");
    for (name, taken) in [
        ("prod", true),
        ("", false),
        ("a/b", false),
        (".x", false),
        ("ä", false),
        (&*"x".repeat(65), false),
    ] {
        let error = stores::create(&world.db, &root, &named(name), &[])
            .await
            .unwrap_err();
        assert_eq!(
            matches!(error, StoreError::NameTaken { .. }),
            taken,
            "{name}: {error}"
        );
    }
    assert_eq!(named_store(&world.db, "proD").await.unwrap(), world.store);
    let test = stores::create(&world.db, &root, &named("TEST"), &[])
        .await
        .unwrap();
    let rename = |name: &str| StoreChange {
        name: Some(name.into()),
        ..StoreChange::default()
    };
    assert!(matches!(
        stores::change(&world.db, &test, &root, &rename("Prod")).await,
        Err(StoreError::NameTaken { .. })
    ));
    let renamed = stores::change(&world.db, &test, &root, &rename("test"))
        .await
        .unwrap();
    assert_eq!((renamed.id, renamed.name.as_str()), (test.id, "test"));
}

#[tokio::test]
async fn an_archived_store_takes_no_changes_until_it_is_brought_back() {
    let world = World::new().await;
    let root = actor("root");
    world
        .edit("ana", vec![put("a", None, ports("A", &[1]))])
        .await
        .unwrap();
    let archive = |on| StoreChange {
        archived: Some(on),
        ..StoreChange::default()
    };
    stores::change(&world.db, &world.store, &root, &archive(true))
        .await
        .unwrap();
    assert!(matches!(
        world
            .edit("ana", vec![put("b", None, ports("B", &[1]))])
            .await,
        Err(StoreError::Archived)
    ));
    assert!(matches!(
        world.save("ana", 1).await,
        Err(StoreError::Archived)
    ));
    stores::change(&world.db, &world.store, &root, &archive(false))
        .await
        .unwrap();
    world.save("ana", 1).await.unwrap();
}

#[tokio::test]
async fn only_an_archived_store_is_purged_and_only_by_its_name() {
    let world = World::new().await;
    let root = actor("root");
    world
        .saved("ana", vec![put("a", None, ports("A", &[1]))])
        .await;
    world
        .edit("ana", vec![put("b", None, ports("B", &[1]))])
        .await
        .unwrap();
    let purge = |name: &'static str| {
        let (db, store, root) = (&world.db, &world.store, &root);
        async move { stores::purge(db, store, root, name).await }
    };
    assert!(matches!(purge("PROD").await, Err(StoreError::NotArchived)));
    let change = StoreChange {
        archived: Some(true),
        ..StoreChange::default()
    };
    stores::change(&world.db, &world.store, &root, &change)
        .await
        .unwrap();
    assert!(matches!(purge("prod").await, Err(StoreError::Invalid(_))));
    purge("PROD").await.unwrap();
    assert!(matches!(
        named_store(&world.db, "PROD").await,
        Err(StoreError::NotFound { .. })
    ));
    assert!(matches!(
        purge("PROD").await,
        Err(StoreError::NotFound { .. })
    ));

    // The name is free, the number is not used again, and the audit still tells.
    let again = stores::create(&world.db, &root, &named("PROD"), &[])
        .await
        .unwrap();
    assert_ne!(again.id, world.store.id);
    let audit = store::audit::list(&world.db, Some(world.store.id), Page::new(0, 10))
        .await
        .unwrap();
    let actions: Vec<_> = audit
        .items
        .iter()
        .map(|line| line.action.as_str())
        .collect();
    assert_eq!(
        actions,
        ["purge-store", "change-store", "save", "create-store"]
    );
}

#[tokio::test]
async fn the_audit_refuses_changes_and_its_chain_shows_them() {
    let world = World::new().await;
    world
        .saved("ana", vec![put("a", None, ports("A", &[1]))])
        .await;
    for sql in ["update audit set who = 'x'", "delete from audit"] {
        assert!(
            sqlx::query(sql)
                .execute(world.db.unwatched())
                .await
                .is_err()
        );
    }
    let verify =
        || async { store::audit::verify(&mut world.db.read().acquire().await.unwrap()).await };
    assert_eq!(verify().await.unwrap(), 2);
    world.sql("drop trigger audit_is_not_updated").await;
    world
        .sql("update audit set who = 'bo' where audit_id = 1")
        .await;
    assert!(matches!(verify().await, Err(StoreError::Damaged(_))));
    world
        .sql("update audit set who = 'root' where audit_id = 1")
        .await;
    assert_eq!(verify().await.unwrap(), 2);
    world.sql("drop trigger audit_is_not_deleted").await;
    world.sql("delete from audit where audit_id = 1").await;
    assert!(matches!(verify().await, Err(StoreError::Damaged(_))));
}
