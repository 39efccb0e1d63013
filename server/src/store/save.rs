//! Saving: a draft, or a part of it, becomes the next revision.
//!
//! A change whose base is still the newest body is applied. Where a newer revision came between, the
//! two merge by field; what cannot be merged is answered with both sides, and nothing is saved.

use std::collections::BTreeSet;

use api::draft::{Conflict, Save};
use api::store::Revision;
use generator::objects::merge::merge;
use generator::objects::{Configuration, Object, ObjectId};
use serde_json::{Value, json};
use sqlx::SqliteConnection;

use super::body::Body;
use super::draft::{self, Change, DraftId};
use super::object::{self, Found};
use super::{Actor, Result, StoreError, StoreRow, audit, freeze, lock, revision, stores, text};
use crate::db::Db;

/// Saves the actor's draft as the next revision.
pub async fn save(db: &Db, store: &StoreRow, actor: &Actor, save: &Save) -> Result<Revision> {
    text::lines("the comment", &save.comment)?;
    db.write(async |mut tx| {
        stores::active(&mut tx, store.id).await?;
        freeze::may_change_in(&mut tx, store, &actor.name).await?;
        // The head that the editor knows must exist; an older one than the newest is merged.
        revision::known(&mut tx, store.id, Some(save.head)).await?;
        let head = revision::head(&mut tx, store.id).await?;
        let draft = draft::open(&mut tx, store.id, &actor.name).await?;
        let changes = chosen(&mut tx, draft, save.only.as_deref()).await?;
        if changes.is_empty() {
            return Err(StoreError::NothingToSave);
        }
        let others = lock::Others::read(&mut tx, store.id, draft).await?;
        let (mut writes, mut conflicts) = (Vec::new(), Vec::new());
        for (id, change) in &changes {
            match outcome(&mut tx, store, &others, id, change).await? {
                Outcome::Same => {}
                Outcome::Write(write) => writes.push(*write),
                Outcome::Conflict(conflict) => conflicts.push(*conflict),
            }
        }
        if !conflicts.is_empty() {
            return Err(StoreError::Conflicts(conflicts));
        }
        draft::remove(&mut tx, store.id, draft, save.only.as_deref()).await?;
        if writes.is_empty() {
            // Others have saved the same: the draft is done, and there is no revision to make.
            tx.commit().await?;
            return Err(StoreError::NothingToSave);
        }
        let new = revision::NewRevision {
            number: head + 1,
            actor,
            comment: &save.comment,
            changes: writes.len(),
            restored_from: None,
        };
        let saved = commit_revision(&mut tx, store, "save", new, &writes).await?;
        tx.commit().await?;
        Ok(saved)
    })
    .await
}

/// What saving a user's draft, or a part of it, would leave the store with. What is in conflict is as in
/// the newest revision, and nothing is written.
pub async fn planned(
    db: &Db,
    store: &StoreRow,
    user: &str,
    only: Option<&[ObjectId]>,
) -> Result<Configuration> {
    let mut tx = db.snapshot().await?;
    let head = revision::head(&mut tx, store.id).await?;
    let newest = object::stored(&mut tx, store, head).await?.objects;
    let mut planned: Configuration = newest.into_iter().map(|one| (one.id, one.body)).collect();
    let Some(draft) = draft::id_of(&mut tx, store.id, user).await? else {
        return Ok(planned);
    };
    let others = lock::Others::read(&mut tx, store.id, draft).await?;
    for (id, change) in draft::changes(&mut tx, draft).await? {
        if only.is_some_and(|only| !only.contains(&id)) {
            continue;
        }
        let Outcome::Write(write) = outcome(&mut tx, store, &others, &id, &change).await? else {
            continue;
        };
        match write.after {
            Some((object, _)) => planned.objects.insert(id, object),
            None => planned.objects.remove(&id),
        };
    }
    Ok(planned)
}

/// One object of a new revision.
pub(super) struct Write {
    pub id: ObjectId,
    pub before: Option<Found>,
    /// `None`: the revision deletes it.
    pub after: Option<(Object, Body)>,
}

/// Writes a revision, its objects and its line in the audit.
pub(super) async fn commit_revision(
    connection: &mut SqliteConnection,
    store: &StoreRow,
    action: &str,
    new: revision::NewRevision<'_>,
    writes: &[Write],
) -> Result<Revision> {
    let (number, actor, comment) = (new.number, new.actor, new.comment);
    let restored_from = new.restored_from;
    revision::insert(connection, store.id, new).await?;
    for write in writes {
        if write.before.is_some() {
            object::end(connection, store.id, number, &write.id).await?;
        }
        if let Some((object, body)) = &write.after {
            object::write(connection, store.id, number, &write.id, object, body).await?;
        }
    }
    let line = audit::NewLine {
        actor,
        store: Some((store.id, &store.name)),
        action,
        what: match restored_from {
            Some(from) => format!("saved revision {number} with the content of revision {from}"),
            None => format!("saved revision {number}"),
        },
        details: details(number, comment, restored_from, writes),
    };
    audit::append(connection, line).await?;
    revision::show(connection, store.id, number).await
}

/// Before and after by their hashes: the bodies stand in the revisions. Of many objects the first
/// are named, so that a page of the audit stays small.
fn details(number: i64, comment: &str, restored_from: Option<i64>, writes: &[Write]) -> Value {
    const LISTED: usize = 100;
    let listed: Vec<Value> = writes
        .iter()
        .take(LISTED)
        .map(|write| {
            let named = write.after.as_ref().map(|(object, _)| object);
            let named = named.or(write.before.as_ref().map(|found| &found.object));
            json!({
                "object": write.id,
                "kind": named.map(|object| object.kind().word()),
                "name": named.map(Object::name),
                "before": write.before.as_ref().map(|found| &found.body.hash),
                "after": write.after.as_ref().map(|(_, body)| &body.hash),
            })
        })
        .collect();
    let mut details = json!({
        "revision": number,
        "comment": comment,
        "changes": writes.len(),
        "objects": listed,
    });
    if let Some(from) = restored_from {
        details["restored_from"] = from.into();
    }
    details
}

/// The changes to be saved; each one that is named must be there.
async fn chosen(
    connection: &mut SqliteConnection,
    draft: DraftId,
    only: Option<&[ObjectId]>,
) -> Result<Vec<(ObjectId, Change)>> {
    let mut changes = draft::changes(connection, draft).await?;
    if let Some(only) = only {
        let wanted: BTreeSet<_> = only.iter().collect();
        changes.retain(|(id, _)| wanted.contains(id));
        if changes.len() < wanted.len() {
            return Err(StoreError::NotFound {
                what: "change of every named object in the draft".to_owned(),
            });
        }
    }
    Ok(changes)
}

enum Outcome {
    /// The newest revision has it already.
    Same,
    Write(Box<Write>),
    Conflict(Box<Conflict>),
}

async fn outcome(
    connection: &mut SqliteConnection,
    store: &StoreRow,
    others: &lock::Others,
    id: &ObjectId,
    change: &Change,
) -> Result<Outcome> {
    let newest = object::newest(connection, store, id).await?;
    let mine = change.object(store, id)?;
    if mine.as_ref() == newest.as_ref().map(|found| &found.object) {
        return Ok(Outcome::Same);
    }
    if let Some(held) = others.get(id) {
        return Ok(Outcome::Conflict(Box::new(Conflict {
            lock: Some(held.lock.clone()),
            mine,
            ..blank(id, change)
        })));
    }
    let base_hash = change.base.as_ref().map(|base| &base.hash);
    if base_hash == newest.as_ref().map(|found| &found.body.hash) {
        return written(id, newest, mine);
    }
    let base = match &change.base {
        Some(base) => object::at(connection, store, id, base.revision).await?,
        None => None,
    };
    let merged = match (&base, &mine, &newest) {
        (Some(base), Some(mine), Some(newest)) => Some(merge(&base.object, mine, &newest.object)),
        // Deleted on one side and changed on the other, or new on both.
        _ => None,
    };
    if let Some(merged) = &merged
        && merged.conflicts.is_empty()
    {
        return written(id, newest, Some(merged.merged.clone()));
    }
    let (theirs_revision, theirs_author) = last_change(connection, store, id).await?;
    Ok(Outcome::Conflict(Box::new(Conflict {
        theirs_revision,
        theirs_author,
        theirs: newest.map(|found| found.object),
        mine,
        base: base.map(|found| found.object),
        fields: merged
            .iter()
            .flat_map(|merged| &merged.conflicts)
            .map(ToString::to_string)
            .collect(),
        merged: merged.map(|merged| merged.merged),
        ..blank(id, change)
    })))
}

fn written(id: &ObjectId, before: Option<Found>, after: Option<Object>) -> Result<Outcome> {
    if after.as_ref() == before.as_ref().map(|found| &found.object) {
        return Ok(Outcome::Same);
    }
    let after = match after {
        Some(object) => {
            let body = Body::of(&object)?;
            Some((object, body))
        }
        None => None,
    };
    Ok(Outcome::Write(Box::new(Write {
        id: id.clone(),
        before,
        after,
    })))
}

fn blank(id: &ObjectId, change: &Change) -> Conflict {
    Conflict {
        id: id.clone(),
        name: change.name.clone(),
        lock: None,
        theirs_revision: None,
        theirs_author: None,
        theirs: None,
        mine: None,
        base: None,
        merged: None,
        fields: Vec::new(),
    }
}

/// The revision that changed or deleted an object last, and its author.
async fn last_change(
    connection: &mut SqliteConnection,
    store: &StoreRow,
    id: &ObjectId,
) -> Result<(Option<i64>, Option<String>)> {
    let row: Option<(i64, String)> = sqlx::query_as(
        "select r.number, r.author from object_revision o
         join revision r on r.store_id = o.store_id
             and r.number = coalesce(o.to_revision, o.from_revision)
         where o.store_id = $1 and o.object_id = $2
         order by o.from_revision desc limit 1",
    )
    .bind(store.id.0)
    .bind(&id.0)
    .fetch_optional(connection)
    .await?;
    Ok(row.unzip())
}
