use super::*;

#[tokio::test]
async fn saving_makes_one_revision_and_empties_the_draft() {
    let world = World::new().await;
    world
        .edit(
            "ana",
            vec![
                put("a", None, ports("A", &[1])),
                put("b", None, ports("B", &[2])),
            ],
        )
        .await
        .unwrap();
    let saved = world.save("ana", 1).await.unwrap();
    assert_eq!(
        (saved.number, saved.author.as_str(), saved.changes),
        (2, "ana", 2)
    );
    let draft = world.draft("ana").await;
    assert_eq!(
        (draft.head, names(&draft), draft.undo.clone()),
        (2, vec![], None)
    );
    assert_eq!(world.locks().await, []);
    assert_eq!(
        world.object("a", None).await.unwrap().since_revision,
        Some(2)
    );
}

#[tokio::test]
async fn an_empty_save_and_one_on_an_unknown_revision_are_refused() {
    let world = World::new().await;
    assert!(matches!(
        world.save("ana", 1).await,
        Err(StoreError::NothingToSave)
    ));
    world
        .edit("ana", vec![put("a", None, ports("A", &[1]))])
        .await
        .unwrap();
    for head in [-1, 0, 2] {
        assert!(matches!(
            world.save("ana", head).await,
            Err(StoreError::NotFound { .. })
        ));
    }
    world.save("ana", 1).await.unwrap();
}

#[tokio::test]
async fn a_part_of_the_draft_is_saved_and_the_rest_can_be_undone() {
    let world = World::new().await;
    let draft = world
        .edit(
            "ana",
            vec![
                put("a", None, ports("A", &[1])),
                put("b", None, ports("B", &[1])),
            ],
        )
        .await
        .unwrap();
    world
        .edit("ana", vec![put("b", tag(&draft, "b"), ports("B", &[2]))])
        .await
        .unwrap();
    let save = |only: &[&str]| Save {
        comment: String::new(),
        head: 1,
        only: Some(only.iter().map(|id| oid(id)).collect()),
    };
    let missing =
        store::save::save(&world.db, &world.store, &actor("ana"), &save(&["a", "c"])).await;
    assert!(matches!(missing, Err(StoreError::NotFound { .. })));
    let saved = store::save::save(&world.db, &world.store, &actor("ana"), &save(&["a"]))
        .await
        .unwrap();
    assert_eq!((saved.number, saved.changes), (2, 1));
    let draft = world.draft("ana").await;
    assert_eq!(names(&draft), ["b"]);
    assert_eq!(world.locks().await, [("b".into(), "ana".into())]);
    let ana = actor("ana");
    let draft = store::draft::undo(&world.db, &world.store, &ana)
        .await
        .unwrap();
    assert_eq!(draft.changes[0].body, Some(ports("B", &[1])));
    let draft = store::draft::undo(&world.db, &world.store, &ana)
        .await
        .unwrap();
    assert_eq!(names(&draft), [""; 0]);
    assert!(world.object("a", None).await.is_some());
}

/// Two people with drafts of one object on one base: `bo` has taken the lock over and saved.
async fn overtaken(world: &World, base: Object, mine: Object, theirs: Object) -> Option<String> {
    world.saved("ana", vec![put("a", None, base)]).await;
    let etag = world.etag("a").await;
    let draft = world
        .edit("ana", vec![put("a", etag.clone(), mine)])
        .await
        .unwrap();
    store::lock::take_over(&world.db, &world.store, &oid("a"), &actor("bo"), "urgent")
        .await
        .unwrap();
    world.saved("bo", vec![put("a", etag, theirs)]).await;
    tag(&draft, "a")
}

#[tokio::test]
async fn changes_of_fields_that_are_apart_merge() {
    let world = World::new().await;
    overtaken(
        &world,
        group("A", "", &["10.0.0.1"]),
        group("A", "mine", &["10.0.0.1"]),
        group("A", "", &["10.0.0.1", "10.0.0.2"]),
    )
    .await;
    assert_eq!(world.save("ana", 2).await.unwrap().number, 4);
    let merged = world.object("a", None).await.unwrap();
    assert_eq!(merged.body, group("A", "mine", &["10.0.0.1", "10.0.0.2"]));
}

#[tokio::test]
async fn a_conflict_saves_nothing_and_is_settled_by_a_rebased_edit() {
    let world = World::new().await;
    let etag = overtaken(
        &world,
        group("A", "", &[]),
        group("A", "mine", &[]),
        group("A", "theirs", &[]),
    )
    .await;
    world
        .edit("ana", vec![put("b", None, ports("B", &[1]))])
        .await
        .unwrap();
    let error = world.save("ana", 3).await.unwrap_err();
    let StoreError::Conflicts(conflicts) = error else {
        panic!("{error}")
    };
    let [conflict] = &conflicts[..] else { panic!() };
    assert_eq!(
        (conflict.theirs_revision, conflict.theirs_author.as_deref()),
        (Some(3), Some("bo"))
    );
    assert_eq!(conflict.fields, ["description"]);
    assert_eq!(conflict.base, Some(group("A", "", &[])));
    assert_eq!(conflict.merged, Some(group("A", "mine", &[])));
    assert_eq!(
        (world.head().await, world.object("b", None).await),
        (3, None)
    );

    let change = EditChange {
        rebase: conflict.theirs_revision,
        ..put("a", etag.clone(), group("A", "both", &[]))
    };
    let stale = EditChange {
        etag: Some("\"x\"".to_owned()),
        ..change.clone()
    };
    assert!(matches!(
        world.edit("ana", vec![stale]).await,
        Err(StoreError::Precondition { .. })
    ));
    let draft = world.edit("ana", vec![change]).await.unwrap();
    assert_eq!(draft.changes[0].base, Some(3));
    world.save("ana", 3).await.unwrap();
    assert_eq!(
        world.object("a", None).await.unwrap().body,
        group("A", "both", &[])
    );
}

#[tokio::test]
async fn deleted_on_one_side_and_changed_on_the_other_is_a_conflict() {
    let world = World::new().await;
    world
        .saved("ana", vec![put("a", None, ports("A", &[1]))])
        .await;
    let etag = world.etag("a").await;
    let draft = world
        .edit("ana", vec![put("a", etag.clone(), ports("A", &[2]))])
        .await
        .unwrap();
    store::lock::take_over(&world.db, &world.store, &oid("a"), &actor("bo"), "gone")
        .await
        .unwrap();
    world.saved("bo", vec![delete("a", etag)]).await;
    let error = world.save("ana", 3).await.unwrap_err();
    let StoreError::Conflicts(conflicts) = error else {
        panic!("{error}")
    };
    assert_eq!(
        (conflicts[0].theirs.as_ref(), conflicts[0].theirs_revision),
        (None, Some(3))
    );
    // Keeping it makes it a new object.
    let keep = EditChange {
        rebase: Some(3),
        ..put("a", tag(&draft, "a"), ports("A", &[2]))
    };
    world.edit("ana", vec![keep]).await.unwrap();
    world.save("ana", 3).await.unwrap();
    assert_eq!(
        world.object("a", None).await.unwrap().since_revision,
        Some(4)
    );
}

#[tokio::test]
async fn a_change_that_others_saved_too_is_done() {
    let world = World::new().await;
    overtaken(&world, ports("A", &[1]), ports("A", &[2]), ports("A", &[2])).await;
    assert!(matches!(
        world.save("ana", 2).await,
        Err(StoreError::NothingToSave)
    ));
    assert_eq!(names(&world.draft("ana").await), [""; 0]);
    assert_eq!(world.head().await, 3);
}

#[tokio::test]
async fn drafts_of_different_objects_are_saved_one_after_the_other() {
    let world = World::new().await;
    world
        .edit("ana", vec![put("a", None, ports("A", &[1]))])
        .await
        .unwrap();
    world
        .edit("bo", vec![put("b", None, ports("B", &[1]))])
        .await
        .unwrap();
    let (one, other) = tokio::join!(world.save("ana", 1), world.save("bo", 1));
    let mut numbers = [one.unwrap().number, other.unwrap().number];
    numbers.sort_unstable();
    assert_eq!(numbers, [2, 3]);
}

#[tokio::test]
async fn only_the_freezer_saves_while_all_edit() {
    let world = World::new().await;
    let freeze = api::store::NewFreeze {
        reason: "change window".into(),
        until: None,
    };
    store::freeze::set(&world.db, &world.store, &actor("ana"), &freeze)
        .await
        .unwrap();
    world
        .edit("ana", vec![put("a", None, ports("A", &[1]))])
        .await
        .unwrap();
    world
        .edit("bo", vec![put("b", None, ports("B", &[1]))])
        .await
        .unwrap();
    let error = world.save("bo", 1).await.unwrap_err();
    let StoreError::Frozen(freeze) = error else {
        panic!("{error}")
    };
    assert_eq!(
        (freeze.by.as_str(), freeze.reason.as_str()),
        ("ana", "change window")
    );
    let bo = actor("bo");
    assert!(
        store::freeze::may_change(&world.db, &world.store, "bo")
            .await
            .is_err()
    );
    assert!(
        store::freeze::set(
            &world.db,
            &world.store,
            &bo,
            &api::store::NewFreeze {
                reason: "mine".into(),
                until: None
            }
        )
        .await
        .is_err()
    );
    assert!(
        store::freeze::lift(&world.db, &world.store, &bo, false)
            .await
            .is_err()
    );
    world.save("ana", 1).await.unwrap();
    store::freeze::lift(&world.db, &world.store, &bo, true)
        .await
        .unwrap();
    world.save("bo", 1).await.unwrap();
    assert!(
        store::freeze::find(&world.db, &world.store)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn what_was_undone_can_be_done_again_after_a_save_of_other_objects() {
    let world = World::new().await;
    let ana = actor("ana");
    world
        .edit("ana", vec![put("a", None, ports("A", &[1]))])
        .await
        .unwrap();
    world
        .edit("ana", vec![put("b", None, ports("B", &[1]))])
        .await
        .unwrap();
    store::draft::undo(&world.db, &world.store, &ana)
        .await
        .unwrap();
    world.save("ana", 1).await.unwrap();
    let draft = store::draft::redo(&world.db, &world.store, &ana)
        .await
        .unwrap();
    assert_eq!(names(&draft), ["b"]);
    assert_eq!(world.locks().await, [("b".into(), "ana".into())]);
    assert!(
        store::draft::undo(&world.db, &world.store, &ana)
            .await
            .unwrap()
            .undo
            .is_none()
    );
}
