use super::*;
use api::store::StoredObject;
use server::store::Page;
use server::store::object::StoredText;

const PAGE: Page = Page {
    offset: 0,
    limit: 100,
};

#[tokio::test]
async fn every_revision_can_be_read() {
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
    let etag = world.etag("a").await;
    world
        .saved("ana", vec![put("a", etag, ports("A", &[2]))])
        .await;
    let (a, b) = (world.etag("a").await, world.etag("b").await);
    world
        .saved("bo", vec![delete("a", a), put("b", b, ports("C", &[3]))])
        .await;
    let bodies = |number| {
        let world = &world;
        async move {
            let found = store::object::configuration(&world.db, &world.store, number)
                .await
                .unwrap();
            found
                .objects
                .into_iter()
                .map(|object| {
                    (
                        object.id.0,
                        object.body.name(),
                        object.since_revision.unwrap(),
                    )
                })
                .collect::<Vec<_>>()
        }
    };
    let gold = |since| (SUPPLIED.to_owned(), "GOLD".to_owned(), since);
    let row = |id: &str, name: &str, since| (id.to_owned(), name.to_owned(), since);
    assert_eq!(bodies(Some(1)).await, [gold(1)]);
    assert_eq!(
        bodies(Some(2)).await,
        [gold(1), row("a", "A", 2), row("b", "B", 2)]
    );
    assert_eq!(
        bodies(Some(3)).await,
        [gold(1), row("a", "A", 3), row("b", "B", 2)]
    );
    assert_eq!(bodies(Some(4)).await, [gold(1), row("b", "C", 4)]);
    assert_eq!(bodies(None).await, bodies(Some(4)).await);
    assert_eq!(
        world.object("a", Some(2)).await.unwrap().body,
        ports("A", &[1])
    );
    assert_eq!(world.object("a", Some(4)).await, None);
    for number in [0, -1, 5] {
        let error = store::object::configuration(&world.db, &world.store, Some(number))
            .await
            .unwrap_err();
        assert!(matches!(error, StoreError::NotFound { .. }));
    }
}

#[tokio::test]
async fn an_object_shows_what_changed_it() {
    let world = World::new().await;
    world
        .saved("ana", vec![put("a", None, ports("A", &[1]))])
        .await;
    let etag = world.etag("a").await;
    world.saved("bo", vec![delete("a", etag)]).await;
    world
        .saved("cy", vec![put("a", None, ports("A", &[2]))])
        .await;
    let history = store::object::history(&world.db, &world.store, &oid("a"), PAGE)
        .await
        .unwrap();
    let shown: Vec<_> = history
        .items
        .iter()
        .map(|v| (v.revision, &*v.author, v.body.is_some()))
        .collect();
    assert_eq!(shown, [(4, "cy", true), (3, "bo", false), (2, "ana", true)]);
    let missing = store::object::history(&world.db, &world.store, &oid("x"), PAGE).await;
    assert!(matches!(missing, Err(StoreError::NotFound { .. })));
}

#[tokio::test]
async fn lists_come_in_windows() {
    let world = World::new().await;
    let many = (0..7)
        .map(|at| put(&format!("o{at}"), None, ports(&format!("P{at}"), &[1])))
        .collect();
    world.saved("ana", many).await;
    for revision in [None, Some(2)] {
        for kind in [Some(generator::objects::Kind::TrafficDescriptor), None] {
            let offset = if kind.is_none() { 6 } else { 5 };
            let page = Page::new(offset, 3);
            let window = store::object::list(&world.db, &world.store, revision, kind, page)
                .await
                .unwrap();
            let names: Vec<_> = window
                .items
                .iter()
                .map(|object| read(object).body.name())
                .collect();
            assert_eq!(
                (window.total, names),
                (
                    if kind.is_none() { 8 } else { 7 },
                    vec!["P5".into(), "P6".into()]
                )
            );
        }
    }
    let revisions = store::revision::list(&world.db, world.store.id, Page::new(1, 5))
        .await
        .unwrap();
    assert_eq!(
        (
            revisions.total,
            revisions.items.len(),
            revisions.items[0].number
        ),
        (2, 1, 1)
    );
    let huge = Page::new(i64::MAX, i64::MAX);
    let none = store::object::list(&world.db, &world.store, None, None, huge).await;
    assert!(none.unwrap().items.is_empty());
}

/// The object that a client reads.
fn read(text: &StoredText) -> StoredObject {
    serde_json::from_str(&serde_json::to_string(text).unwrap()).unwrap()
}

#[tokio::test]
async fn altered_text_is_an_error_that_names_the_place_and_is_never_shown() {
    let world = World::new().await;
    world
        .saved(
            "ana",
            vec![
                put("a", None, ports("A", &[1414])),
                put("b", None, ports("B", &[1])),
            ],
        )
        .await;
    world
        .sql(
            "update object_revision set body = replace(body, '1414', '1415') where object_id = 'a'",
        )
        .await;
    let error = store::object::find(&world.db, &world.store, &oid("a"), None)
        .await
        .unwrap_err();
    let StoreError::Damaged(damage) = error else {
        panic!("{error}")
    };
    assert_eq!(
        (damage.store.as_str(), damage.object, damage.revision),
        ("PROD", Some(oid("a")), Some(2))
    );
    for error in [
        store::object::configuration(&world.db, &world.store, None)
            .await
            .err(),
        store::object::history(&world.db, &world.store, &oid("a"), PAGE)
            .await
            .err(),
        world
            .edit("bo", vec![put("a", Some("x".into()), ports("A", &[2]))])
            .await
            .err(),
    ] {
        assert!(matches!(error, Some(StoreError::Damaged(_))), "{error:?}");
    }
    assert!(world.object("b", None).await.is_some());
}
