use super::*;

#[tokio::test]
async fn an_object_in_another_draft_is_locked_and_says_by_whom() {
    let world = World::new().await;
    world
        .saved("ana", vec![put("a", None, ports("A", &[1]))])
        .await;
    let etag = world.etag("a").await;
    world
        .edit("ana", vec![put("a", etag.clone(), ports("A", &[2]))])
        .await
        .unwrap();
    let error = world
        .edit("bo", vec![put("a", etag, ports("A", &[3]))])
        .await
        .unwrap_err();
    let StoreError::Locked(held) = error else {
        panic!("{error}")
    };
    assert_eq!(held[0].name, "A");
    let lock = &held[0].lock;
    assert_eq!((lock.object.0.as_str(), lock.holder.as_str()), ("a", "ana"));
    assert!(lock.last_active >= lock.since);
    assert_eq!(names(&world.draft("bo").await), [""; 0]);
}

#[tokio::test]
async fn one_id_for_two_new_objects_is_refused() {
    let world = World::new().await;
    world
        .edit("ana", vec![put("n", None, ports("A", &[1]))])
        .await
        .unwrap();
    let error = world
        .edit("bo", vec![put("n", None, ports("B", &[1]))])
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Locked(_)), "{error}");
}

#[tokio::test]
async fn a_lock_is_taken_over_with_a_reason_and_the_loser_keeps_the_text() {
    let world = World::new().await;
    world
        .saved("ana", vec![put("a", None, ports("A", &[1]))])
        .await;
    let etag = world.etag("a").await;
    let before = world
        .edit("ana", vec![put("a", etag.clone(), ports("A", &[2]))])
        .await
        .unwrap();
    let take = |reason: &'static str| {
        let world = &world;
        async move {
            store::lock::take_over(&world.db, &world.store, &oid("a"), &actor("bo"), reason).await
        }
    };
    assert!(matches!(take(" ").await, Err(StoreError::Invalid(_))));
    assert_eq!(take("Ana is on leave").await.unwrap().holder, "bo");
    assert_eq!(world.draft("ana").await.changes, before.changes);

    // The loser can neither edit nor save the object.
    let error = world
        .edit("ana", vec![put("a", tag(&before, "a"), ports("A", &[4]))])
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Locked(_)), "{error}");
    let error = world.save("ana", 2).await.unwrap_err();
    let StoreError::Conflicts(conflicts) = error else {
        panic!("{error}")
    };
    assert_eq!(conflicts[0].lock.as_ref().unwrap().holder, "bo");
    assert_eq!(conflicts[0].mine, Some(ports("A", &[2])));

    // The taker saves; the loser's change meets the new body by field.
    world
        .edit("bo", vec![put("a", etag, ports("A", &[3]))])
        .await
        .unwrap();
    world.save("bo", 2).await.unwrap();
    let error = world.save("ana", 2).await.unwrap_err();
    let StoreError::Conflicts(conflicts) = error else {
        panic!("{error}")
    };
    assert_eq!(conflicts[0].theirs, Some(ports("A", &[3])));
    assert_eq!(conflicts[0].theirs_author.as_deref(), Some("bo"));
    assert_eq!(conflicts[0].fields, ["rows/0/local_port"]);

    let audit = store::audit::list(&world.db, Some(world.store.id), store::Page::new(0, 10))
        .await
        .unwrap();
    let line = audit
        .items
        .iter()
        .find(|line| line.action == "take-over")
        .unwrap();
    assert_eq!(
        (line.who.as_str(), &line.details["before"]["holder"]),
        ("bo", &"ana".into())
    );
    assert!(line.what.contains("Ana is on leave"));
}

#[tokio::test]
async fn a_lock_that_was_taken_over_in_vain_is_given_up() {
    let world = World::new().await;
    world
        .edit("ana", vec![put("a", None, ports("A", &[1]))])
        .await
        .unwrap();
    let (a, bo) = (oid("a"), actor("bo"));
    store::lock::take_over(&world.db, &world.store, &a, &bo, "to look")
        .await
        .unwrap();
    let error = store::lock::release(&world.db, &world.store, &a, &actor("ana"))
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Locked(_)), "{error}");
    store::lock::release(&world.db, &world.store, &a, &bo)
        .await
        .unwrap();
    assert_eq!(world.locks().await, []);
    world.save("ana", 1).await.unwrap();
}

#[tokio::test]
async fn a_lock_that_a_change_needs_is_not_given_up_alone() {
    let world = World::new().await;
    world
        .edit("ana", vec![put("a", None, ports("A", &[1]))])
        .await
        .unwrap();
    let error = store::lock::release(&world.db, &world.store, &oid("a"), &actor("ana"))
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Invalid(_)), "{error}");
}

#[tokio::test]
async fn undo_of_a_change_whose_lock_is_gone_is_refused_while_another_has_it() {
    let world = World::new().await;
    let draft = world
        .edit("ana", vec![put("a", None, ports("A", &[1]))])
        .await
        .unwrap();
    world
        .edit("ana", vec![put("a", tag(&draft, "a"), ports("A", &[2]))])
        .await
        .unwrap();
    store::lock::take_over(&world.db, &world.store, &oid("a"), &actor("bo"), "mine now")
        .await
        .unwrap();
    let error = store::draft::undo(&world.db, &world.store, &actor("ana"))
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Locked(_)), "{error}");
    let draft = store::draft::discard(&world.db, &world.store, &actor("ana"), None)
        .await
        .unwrap();
    assert_eq!(names(&draft), [""; 0]);
    assert_eq!(world.locks().await, [("a".into(), "bo".into())]);
}
