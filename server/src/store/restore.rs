//! Bringing back old content: as a new revision, never by going back.

use std::collections::BTreeMap;

use api::store::{Restore, Revision};
use generator::objects::ObjectId;
use sqlx::SqliteConnection;

use super::object::{self, Found};
use super::save::{Write, commit_revision};
use super::{Actor, Result, StoreError, StoreRow, draft, freeze, lock, revision, stores, text};
use crate::db::Db;

/// Makes a revision with the content of an older one: of the whole store, or of one object.
///
/// Refused when a newer revision than the asker knows exists, and when it would touch an object that
/// another draft holds.
pub async fn restore(
    db: &Db,
    store: &StoreRow,
    actor: &Actor,
    restore: &Restore,
) -> Result<Revision> {
    text::lines("the comment", &restore.comment)?;
    db.write(async |mut tx| {
        stores::active(&mut tx, store.id).await?;
        freeze::may_change_in(&mut tx, store, &actor.name).await?;
        let head = revision::head(&mut tx, store.id).await?;
        if restore.head != head {
            return Err(StoreError::HeadMoved { head });
        }
        let from = revision::known(&mut tx, store.id, Some(restore.revision)).await?;
        let writes = match &restore.object {
            Some(id) => one(&mut tx, store, id, from).await?,
            None => all(&mut tx, store, from, head).await?,
        };
        if writes.is_empty() {
            return Err(StoreError::NothingTo("restore"));
        }
        refuse_locked(&mut tx, store, actor, &writes).await?;
        let new = revision::NewRevision {
            number: head + 1,
            actor,
            comment: &restore.comment,
            changes: writes.len(),
            restored_from: Some(from),
        };
        let saved = commit_revision(&mut tx, store, "restore", new, &writes).await?;
        tx.commit().await?;
        Ok(saved)
    })
    .await
}

async fn one(
    connection: &mut SqliteConnection,
    store: &StoreRow,
    id: &ObjectId,
    from: i64,
) -> Result<Vec<Write>> {
    let before = object::newest(connection, store, id).await?;
    let after = object::at(connection, store, id, from).await?;
    if before.is_none() && after.is_none() {
        return Err(StoreError::no_object(id));
    }
    Ok(write(id.clone(), before, after).into_iter().collect())
}

async fn all(
    connection: &mut SqliteConnection,
    store: &StoreRow,
    from: i64,
    head: i64,
) -> Result<Vec<Write>> {
    type Pair = (Option<object::Row>, Option<object::Row>);
    let mut pairs: BTreeMap<String, Pair> = BTreeMap::new();
    for row in object::all(connection, store.id, head).await? {
        let id = row.object_id.clone();
        pairs.entry(id).or_default().0 = Some(row);
    }
    for row in object::all(connection, store.id, from).await? {
        let id = row.object_id.clone();
        pairs.entry(id).or_default().1 = Some(row);
    }
    let mut writes = Vec::new();
    for (id, (before, after)) in pairs {
        let same = |a: &object::Row, b: &object::Row| a.hash == b.hash;
        if before
            .as_ref()
            .zip(after.as_ref())
            .is_some_and(|(b, a)| same(b, a))
        {
            continue;
        }
        let found = |row: Option<object::Row>| row.map(|row| row.found(store)).transpose();
        writes.extend(write(ObjectId(id), found(before)?, found(after)?));
    }
    Ok(writes)
}

fn write(id: ObjectId, before: Option<Found>, after: Option<Found>) -> Option<Write> {
    let hash = |found: &Option<Found>| found.as_ref().map(|found| found.body.hash.clone());
    (hash(&before) != hash(&after)).then(|| Write {
        id,
        before,
        after: after.map(|found| (found.object, found.body)),
    })
}

async fn refuse_locked(
    connection: &mut SqliteConnection,
    store: &StoreRow,
    actor: &Actor,
    writes: &[Write],
) -> Result<()> {
    let mine = draft::open(connection, store.id, &actor.name).await?;
    let others = lock::Others::read(connection, store.id, mine).await?;
    let held = writes.iter().filter_map(|write| others.get(&write.id));
    let locks: Vec<_> = held.cloned().collect();
    match locks.is_empty() {
        true => Ok(()),
        false => Err(StoreError::Locked(locks)),
    }
}
