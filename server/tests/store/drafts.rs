use super::*;

#[tokio::test]
async fn a_draft_overlays_the_newest_revision_and_survives_a_restart() {
    let world = World::new().await;
    let draft = world
        .edit("ana", vec![put("mq", None, ports("MQ", &[1414]))])
        .await
        .unwrap();
    assert_eq!((draft.head, names(&draft)), (1, vec!["mq"]));
    assert_eq!(draft.changes[0].base, None);
    assert_eq!(world.object("mq", None).await, None);

    let path = world.db.path();
    world.db.close().await;
    drop(world.db);
    let db = Db::open(&path, false).await.unwrap();
    let again = store::draft::find(&db, &world.store, "ana").await.unwrap();
    assert_eq!(again, draft);
}

#[tokio::test]
async fn an_edit_with_an_old_etag_changes_nothing() {
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
    let (a, b) = (world.etag("a").await, world.etag("b").await);
    let draft = world
        .edit("ana", vec![put("a", a.clone(), ports("A", &[3]))])
        .await
        .unwrap();

    // `a` has another etag in the draft now; `b` in the same edit stays as it was, too.
    let error = world
        .edit(
            "ana",
            vec![
                put("b", b.clone(), ports("B", &[4])),
                put("a", a.clone(), ports("A", &[5])),
            ],
        )
        .await
        .unwrap_err();
    let StoreError::Precondition { object, found } = error else {
        panic!("{error}")
    };
    assert_eq!((object.0.as_str(), found), ("a", tag(&draft, "a")));
    assert_eq!(world.draft("ana").await, draft);
    assert_eq!(world.locks().await, [("a".into(), "ana".into())]);

    for wrong in [
        None,
        Some("\"x\"".to_owned()),
        Some("\"deleted\"".to_owned()),
    ] {
        let error = world
            .edit("ana", vec![put("b", wrong, ports("B", &[4]))])
            .await
            .unwrap_err();
        assert!(matches!(error, StoreError::Precondition { .. }), "{error}");
    }
    world
        .edit("ana", vec![put("a", tag(&draft, "a"), ports("A", &[5]))])
        .await
        .unwrap();
}

#[tokio::test]
async fn a_change_that_equals_the_newest_revision_vanishes_with_its_lock() {
    let world = World::new().await;
    world
        .saved("ana", vec![put("a", None, ports("A", &[1]))])
        .await;
    let etag = world.etag("a").await;
    let draft = world
        .edit("ana", vec![put("a", etag, ports("A", &[2]))])
        .await
        .unwrap();
    assert_eq!(world.locks().await.len(), 1);
    let draft = world
        .edit("ana", vec![put("a", tag(&draft, "a"), ports("A", &[1]))])
        .await
        .unwrap();
    assert_eq!(names(&draft), [""; 0]);
    assert_eq!(world.locks().await, []);
}

#[tokio::test]
async fn a_new_object_that_is_deleted_again_leaves_nothing() {
    let world = World::new().await;
    let draft = world
        .edit("ana", vec![put("a", None, ports("A", &[1]))])
        .await
        .unwrap();
    let draft = world
        .edit("ana", vec![delete("a", tag(&draft, "a"))])
        .await
        .unwrap();
    assert_eq!(names(&draft), [""; 0]);
    assert_eq!(world.locks().await, []);
    let error = world
        .edit("ana", vec![delete("a", None)])
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::NotFound { .. }), "{error}");
}

#[tokio::test]
async fn a_deleted_object_is_made_again_over_its_deletion() {
    let world = World::new().await;
    world
        .saved("ana", vec![put("a", None, ports("A", &[1]))])
        .await;
    let etag = world.etag("a").await;
    let draft = world.edit("ana", vec![delete("a", etag)]).await.unwrap();
    assert_eq!(tag(&draft, "a").as_deref(), Some("\"deleted\""));
    assert_eq!(
        (draft.changes[0].base, draft.changes[0].body.is_none()),
        (Some(2), true)
    );
    let draft = world
        .edit("ana", vec![put("a", tag(&draft, "a"), ports("A", &[7]))])
        .await
        .unwrap();
    assert_eq!(draft.changes[0].body, Some(ports("A", &[7])));
}

#[tokio::test]
async fn a_supplied_object_is_neither_changed_nor_deleted_nor_made() {
    let world = World::new().await;
    let etag = world.etag(SUPPLIED).await;
    let mut body = supplied().remove(0).1;
    for change in [
        put(SUPPLIED, etag.clone(), ports("GOLD", &[1])),
        delete(SUPPLIED, etag),
        put("mine", None, body.clone()),
    ] {
        let error = world.edit("ana", vec![change]).await.unwrap_err();
        assert!(matches!(error, StoreError::Supplied { .. }), "{error}");
    }
    assert_eq!(world.locks().await, []);
    if let Object::SecurityLevel(level) = &mut body {
        level.supplied = false;
    }
    world
        .edit("ana", vec![put("mine", None, body)])
        .await
        .unwrap();
}

#[tokio::test]
async fn an_object_keeps_its_kind_and_its_id_is_plain() {
    let world = World::new().await;
    world
        .saved("ana", vec![put("a", None, ports("A", &[1]))])
        .await;
    let etag = world.etag("a").await;
    for change in [
        put("a", etag, group("A", "", &[])),
        put("a/b", None, ports("A", &[1])),
        put("", None, ports("A", &[1])),
        put(&"x".repeat(65), None, ports("A", &[1])),
    ] {
        let error = world.edit("ana", vec![change]).await.unwrap_err();
        assert!(matches!(error, StoreError::Invalid(_)), "{error}");
    }
    let twice = vec![
        put("n", None, ports("A", &[1])),
        put("n", None, ports("A", &[1])),
    ];
    let error = world.edit("ana", twice).await.unwrap_err();
    assert!(matches!(error, StoreError::Invalid(_)), "{error}");
}

#[tokio::test]
async fn an_object_that_is_too_large_is_refused() {
    let world = World::new().await;
    let body = group("A", &"x".repeat(2 << 20), &[]);
    let error = world
        .edit("ana", vec![put("a", None, body)])
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::TooLarge { .. }), "{error}");
}

#[tokio::test]
async fn undo_and_redo_walk_the_steps_and_a_new_edit_cuts_what_was_undone() {
    let world = World::new().await;
    let ana = actor("ana");
    let first = world
        .edit("ana", vec![put("a", None, ports("A", &[1]))])
        .await
        .unwrap();
    let second = world
        .edit(
            "ana",
            vec![
                put("a", tag(&first, "a"), ports("A", &[2])),
                put("b", None, ports("B", &[1])),
            ],
        )
        .await
        .unwrap();
    let undo = || store::draft::undo(&world.db, &world.store, &ana);
    let redo = || store::draft::redo(&world.db, &world.store, &ana);

    assert_eq!(undo().await.unwrap().changes, first.changes);
    assert_eq!(world.locks().await, [("a".into(), "ana".into())]);
    assert_eq!(redo().await.unwrap().changes, second.changes);
    undo().await.unwrap();
    let empty = undo().await.unwrap();
    assert_eq!(
        (names(&empty), empty.undo.is_some(), empty.redo.is_some()),
        (vec![], false, true)
    );
    assert_eq!(world.locks().await, []);
    assert!(matches!(undo().await, Err(StoreError::NothingTo("undo"))));

    assert_eq!(redo().await.unwrap().changes, first.changes);
    let third = world
        .edit("ana", vec![put("c", None, ports("C", &[1]))])
        .await
        .unwrap();
    assert_eq!((names(&third), third.redo.clone()), (vec!["a", "c"], None));
    assert!(matches!(redo().await, Err(StoreError::NothingTo("redo"))));
    assert_eq!(undo().await.unwrap().changes, first.changes);
}

#[tokio::test]
async fn undo_to_the_newest_revision_frees_the_lock() {
    let world = World::new().await;
    world
        .saved("ana", vec![put("a", None, ports("A", &[1]))])
        .await;
    let etag = world.etag("a").await;
    world
        .edit("ana", vec![put("a", etag, ports("A", &[2]))])
        .await
        .unwrap();
    let draft = store::draft::undo(&world.db, &world.store, &actor("ana"))
        .await
        .unwrap();
    assert_eq!(names(&draft), [""; 0]);
    assert_eq!(world.locks().await, []);
}

#[tokio::test]
async fn discarded_changes_can_be_brought_back() {
    let world = World::new().await;
    let ana = actor("ana");
    world
        .edit(
            "ana",
            vec![
                put("a", None, ports("A", &[1])),
                put("b", None, ports("B", &[1])),
            ],
        )
        .await
        .unwrap();
    let draft = store::draft::discard(&world.db, &world.store, &ana, Some(&[oid("a")]))
        .await
        .unwrap();
    assert_eq!(names(&draft), ["b"]);
    let draft = store::draft::discard(&world.db, &world.store, &ana, None)
        .await
        .unwrap();
    assert_eq!(names(&draft), [""; 0]);
    assert_eq!(world.locks().await, []);
    store::draft::undo(&world.db, &world.store, &ana)
        .await
        .unwrap();
    let draft = store::draft::undo(&world.db, &world.store, &ana)
        .await
        .unwrap();
    assert_eq!(names(&draft), ["a", "b"]);
    assert_eq!(world.locks().await.len(), 2);
}

#[tokio::test]
async fn others_with_changes_are_listed() {
    let world = World::new().await;
    world
        .edit("ana", vec![put("a", None, ports("A", &[1]))])
        .await
        .unwrap();
    world
        .edit("bo", vec![put("b", None, ports("B", &[1]))])
        .await
        .unwrap();
    let found = store::state::find(&world.db, &world.store, "ana")
        .await
        .unwrap();
    assert_eq!(
        found
            .state
            .editors
            .iter()
            .map(|editor| (&*editor.name, editor.changes))
            .collect::<Vec<_>>(),
        [("bo", 1)]
    );
}
