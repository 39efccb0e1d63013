use super::*;
use api::store::{CopyOf, Restore};
use server::store::{Page, compare, copy, restore};

fn to(revision: i64, head: i64) -> Restore {
    Restore {
        revision,
        object: None,
        comment: "back".into(),
        head,
    }
}

/// Revision 2: a, b. Revision 3: a changed, b deleted, c new.
async fn history() -> World {
    let world = World::new().await;
    world
        .saved(
            "ana",
            vec![
                put("a", None, ports("A", &[1])),
                put("b", None, ports("B", &[1])),
            ],
        )
        .await;
    let (a, b) = (world.etag("a").await, world.etag("b").await);
    world
        .saved(
            "bo",
            vec![
                put("a", a, ports("A", &[2])),
                delete("b", b),
                put("c", None, ports("C", &[1])),
            ],
        )
        .await;
    world
}

async fn content(world: &World, revision: i64) -> generator::objects::Configuration {
    compare::configuration(&world.db, &world.store, Some(revision))
        .await
        .unwrap()
        .1
}

#[tokio::test]
async fn restoring_makes_a_new_revision_with_the_old_content() {
    let world = history().await;
    let restored = restore::restore(&world.db, &world.store, &actor("cy"), &to(2, 3))
        .await
        .unwrap();
    assert_eq!(
        (restored.number, restored.restored_from, restored.changes),
        (4, Some(2), 3)
    );
    assert_eq!(content(&world, 4).await, content(&world, 2).await);
    assert_ne!(content(&world, 3).await, content(&world, 2).await);
    let again = restore::restore(&world.db, &world.store, &actor("cy"), &to(2, 4)).await;
    assert!(matches!(again, Err(StoreError::NothingTo("restore"))));
    // An object that was deleted is there again under its id, with its history.
    let page = Page::new(0, 10);
    let history = store::object::history(&world.db, &world.store, &oid("b"), page)
        .await
        .unwrap();
    let shown: Vec<_> = history
        .items
        .iter()
        .map(|v| (v.revision, v.body.is_some()))
        .collect();
    assert_eq!(shown, [(4, true), (3, false), (2, true)]);
}

#[tokio::test]
async fn one_object_is_restored_alone() {
    let world = history().await;
    let one = |id: &str, head| Restore {
        object: Some(oid(id)),
        ..to(2, head)
    };
    restore::restore(&world.db, &world.store, &actor("cy"), &one("a", 3))
        .await
        .unwrap();
    assert_eq!(
        world.object("a", None).await.unwrap().body,
        ports("A", &[1])
    );
    assert!(world.object("b", None).await.is_none());
    // It was not there in that revision: it goes.
    restore::restore(&world.db, &world.store, &actor("cy"), &one("c", 4))
        .await
        .unwrap();
    assert!(world.object("c", None).await.is_none());
    let missing = restore::restore(&world.db, &world.store, &actor("cy"), &one("x", 5)).await;
    assert!(matches!(missing, Err(StoreError::NotFound { .. })));
}

#[tokio::test]
async fn a_restore_spares_what_others_edit_and_what_the_asker_has_not_seen() {
    let world = history().await;
    let etag = world.etag("a").await;
    world
        .edit("ana", vec![put("a", etag, ports("A", &[9]))])
        .await
        .unwrap();
    let error = restore::restore(&world.db, &world.store, &actor("cy"), &to(2, 3))
        .await
        .unwrap_err();
    let StoreError::Locked(locks) = error else {
        panic!("{error}")
    };
    assert_eq!(
        locks
            .iter()
            .map(|lock| (&*lock.name, &*lock.lock.holder))
            .collect::<Vec<_>>(),
        [("A", "ana")]
    );
    let error = restore::restore(&world.db, &world.store, &actor("ana"), &to(2, 2))
        .await
        .unwrap_err();
    assert!(
        matches!(error, StoreError::HeadMoved { head: 3 }),
        "{error}"
    );
    // The holder may; the draft stays and merges.
    restore::restore(&world.db, &world.store, &actor("ana"), &to(2, 3))
        .await
        .unwrap();
    assert_eq!(names(&world.draft("ana").await), ["a"]);
    let error = world.save("ana", 4).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflicts(_)), "{error}");
}

#[tokio::test]
async fn a_frozen_store_is_restored_by_its_freezer_only() {
    let world = history().await;
    let freeze = api::store::NewFreeze {
        reason: "window".into(),
        until: None,
    };
    store::freeze::set(&world.db, &world.store, &actor("ana"), &freeze)
        .await
        .unwrap();
    let refused = restore::restore(&world.db, &world.store, &actor("bo"), &to(2, 3)).await;
    assert!(matches!(refused, Err(StoreError::Frozen(_))));
    restore::restore(&world.db, &world.store, &actor("ana"), &to(2, 3))
        .await
        .unwrap();
}

#[tokio::test]
async fn two_revisions_are_compared_in_words() {
    let world = history().await;
    let found = compare::compare(&world.db, &world.store, 2, 3)
        .await
        .unwrap();
    let words: Vec<_> = found.iter().flat_map(|change| &change.words).collect();
    assert_eq!(
        words,
        [
            "Traffic descriptor A: row 1: local port changed from 1 to 2",
            "Traffic descriptor B deleted",
            "Traffic descriptor C added",
        ]
    );
    assert_eq!(
        compare::compare(&world.db, &world.store, 3, 3)
            .await
            .unwrap(),
        []
    );
}

#[tokio::test]
async fn the_configuration_of_a_draft_lies_over_the_newest_revision() {
    let world = history().await;
    let (a, c) = (world.etag("a").await, world.etag("c").await);
    world
        .edit(
            "ana",
            vec![
                put("a", a, ports("A", &[7])),
                delete("c", c),
                put("d", None, ports("D", &[1])),
            ],
        )
        .await
        .unwrap();
    let (head, draft) = draft_configuration(&world.db, &world.store, "ana").await;
    assert_eq!(head, 3);
    let names: Vec<_> = draft
        .objects
        .iter()
        .map(|(id, object)| (&*id.0, object.name()))
        .collect();
    assert_eq!(
        names,
        [
            ("a", "A".into()),
            ("d", "D".into()),
            (SUPPLIED, "GOLD".into())
        ]
    );
    assert_eq!(draft.get(&oid("a")), Some(&ports("A", &[7])));
}

#[tokio::test]
async fn a_copy_has_the_history_or_one_revision() {
    let world = history().await;
    restore::restore(&world.db, &world.store, &actor("cy"), &to(2, 3))
        .await
        .unwrap();
    let new = |name: &str, revision| api::store::NewStore {
        copy_of: Some(CopyOf {
            store: "PROD".into(),
            revision,
        }),
        ..named(name)
    };
    let root = actor("root");
    let whole = copy::copy(&world.db, &root, &new("ALL", None), &world.store, None)
        .await
        .unwrap();
    let one = copy::copy(
        &world.db,
        &root,
        &new("ONE", Some(3)),
        &world.store,
        Some(3),
    )
    .await
    .unwrap();
    for number in 1..=4 {
        let (_, copied) = compare::configuration(&world.db, &whole, Some(number))
            .await
            .unwrap();
        assert_eq!(copied, content(&world, number).await);
    }
    let (number, copied) = compare::configuration(&world.db, &one, None).await.unwrap();
    assert_eq!((number, copied), (1, content(&world, 3).await));
    let first = store::revision::find(&world.db, one.id, None)
        .await
        .unwrap();
    assert_eq!(
        (first.author.as_str(), first.comment.as_str()),
        ("root", "copy of revision 3 of PROD")
    );
    assert_eq!(
        store::revision::find(&world.db, whole.id, Some(4))
            .await
            .unwrap()
            .restored_from,
        Some(2)
    );

    // The stores are apart: a change of one is none of the other.
    let copied = World {
        store: whole,
        ..world
    };
    let etag = copied.etag("a").await;
    copied
        .saved("ana", vec![put("a", etag, ports("A", &[99]))])
        .await;
    let prod = named_store(&copied.db, "PROD").await.unwrap();
    assert_eq!(
        store::object::find(&copied.db, &prod, &oid("a"), None)
            .await
            .unwrap()
            .body,
        ports("A", &[1])
    );
}
