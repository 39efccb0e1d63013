//! One step of editing: several objects, all or none.

use std::collections::BTreeSet;

use api::draft::{Draft, Edit, EditChange};
use generator::objects::{Object, ObjectId};
use sqlx::SqliteConnection;

use super::{Base, Change, undo};
use crate::db::Db;
use crate::store::body::{self, Body};
use crate::store::object::{self, Found};
use crate::store::text::{self, MAX_CHANGES};
use crate::store::{Actor, Result, StoreError, StoreRow, lock, revision, stores};

/// Stores an edit in the actor's draft and answers the draft as it is then.
///
/// Each object's etag is checked in the transaction that writes; one mismatch, and nothing changes.
pub async fn edit(db: &Db, store: &StoreRow, actor: &Actor, edit: &Edit) -> Result<Draft> {
    text::line("the words of the edit", &edit.words)?;
    check_ids(edit)?;
    db.write(async |mut tx| {
        stores::active(&mut tx, store.id).await?;
        let draft = super::open(&mut tx, store.id, &actor.name).await?;
        let head = revision::head(&mut tx, store.id).await?;
        let others = lock::Others::read(&mut tx, store.id, draft).await?;
        let mut step = Vec::new();
        for change in &edit.changes {
            let before = super::change(&mut tx, draft, &change.id).await?;
            let after = changed(&mut tx, store, head, &others, before.as_ref(), change).await?;
            super::put(
                &mut tx,
                store.id,
                draft,
                &others,
                &change.id,
                after.as_ref(),
            )
            .await?;
            step.push((change.id.clone(), before, after));
        }
        undo::record(&mut tx, draft, &edit.words, step).await?;
        let shown = super::show(&mut tx, store, &actor.name).await?;
        tx.commit().await?;
        Ok(shown)
    })
    .await
}

/// Drops the actor's changes of some objects or all, as a step that can be undone.
pub async fn discard(
    db: &Db,
    store: &StoreRow,
    actor: &Actor,
    only: Option<&[ObjectId]>,
) -> Result<Draft> {
    db.write(async |mut tx| {
        let draft = super::open(&mut tx, store.id, &actor.name).await?;
        let others = lock::Others::read(&mut tx, store.id, draft).await?;
        let mut step = Vec::new();
        for (id, change) in super::changes(&mut tx, draft).await? {
            if only.is_none_or(|only| only.contains(&id)) {
                super::put(&mut tx, store.id, draft, &others, &id, None).await?;
                step.push((id, Some(change), None));
            }
        }
        if only.is_none() {
            // Locks that were taken over and never used go, too.
            sqlx::query("delete from object_lock where draft_id = $1")
                .bind(draft.0)
                .execute(&mut *tx)
                .await?;
        }
        undo::record(&mut tx, draft, "discard changes", step).await?;
        let shown = super::show(&mut tx, store, &actor.name).await?;
        tx.commit().await?;
        Ok(shown)
    })
    .await
}

fn check_ids(edit: &Edit) -> Result<()> {
    if edit.changes.is_empty() {
        return Err(StoreError::invalid("the edit changes nothing"));
    }
    if edit.changes.len() > MAX_CHANGES {
        return Err(StoreError::invalid(format!(
            "an edit changes at most {MAX_CHANGES} objects"
        )));
    }
    let mut seen = BTreeSet::new();
    for change in &edit.changes {
        text::object_id(&change.id)?;
        if !seen.insert(&change.id) {
            return Err(StoreError::invalid(format!(
                "the edit names the object `{}` twice",
                change.id
            )));
        }
    }
    Ok(())
}

/// The draft's change of one object after the edit; `None` when it is as in the newest revision.
async fn changed(
    connection: &mut SqliteConnection,
    store: &StoreRow,
    head: i64,
    others: &lock::Others,
    before: Option<&Change>,
    change: &EditChange,
) -> Result<Option<Change>> {
    let newest = object::newest(connection, store, &change.id).await?;
    check_seen(before, newest.as_ref(), change)?;
    if let Some(found) = &newest {
        refuse_supplied(&found.object)?;
    }
    others.refuse(&change.id)?;
    let base = base(connection, store, head, before, newest.as_ref(), change).await?;
    let Some(object) = &change.body else {
        return deleted(store, &change.id, before, newest.as_ref(), base);
    };
    refuse_supplied(object)?;
    let kind = object.kind();
    let other = match (before, &newest) {
        (_, Some(found)) => found.object.kind() != kind,
        (Some(before), None) => before.kind(store, &change.id)? != kind,
        (None, None) => false,
    };
    if other {
        return Err(StoreError::invalid(format!(
            "the object `{}` is of another kind",
            change.id
        )));
    }
    let after = Change {
        kind: kind.word().to_owned(),
        name: object.name(),
        body: Some(Body::of(object)?),
        base,
    };
    settle(store, &change.id, after, newest.as_ref())
}

/// The editor must have seen the draft's body, or the newest one where the draft has none.
fn check_seen(before: Option<&Change>, newest: Option<&Found>, change: &EditChange) -> Result<()> {
    let wanted = match (before, newest) {
        (Some(before), _) => Some(before.tag()),
        (None, Some(found)) => Some(found.body.hash.as_str()),
        (None, None) => None,
    };
    if wanted == change.etag.as_deref().map(body::unquoted) {
        return Ok(());
    }
    Err(StoreError::Precondition {
        object: change.id.clone(),
        found: wanted.map(body::etag),
    })
}

fn refuse_supplied(object: &Object) -> Result<()> {
    if object.supplied() {
        return Err(StoreError::Supplied {
            name: object.name(),
        });
    }
    Ok(())
}

/// The body that the change stands on: the one named by `rebase`, the draft's, or the newest.
async fn base(
    connection: &mut SqliteConnection,
    store: &StoreRow,
    head: i64,
    before: Option<&Change>,
    newest: Option<&Found>,
    change: &EditChange,
) -> Result<Option<Base>> {
    if let Some(number) = change.rebase {
        let number = revision::known(connection, store.id, Some(number)).await?;
        let found = object::at(connection, store, &change.id, number).await?;
        return Ok(found.map(|found| Base {
            revision: number,
            hash: found.body.hash,
        }));
    }
    Ok(match before {
        Some(before) => before.base.clone(),
        None => newest.map(|found| Base {
            revision: head,
            hash: found.body.hash.clone(),
        }),
    })
}

fn deleted(
    store: &StoreRow,
    id: &ObjectId,
    before: Option<&Change>,
    newest: Option<&Found>,
    base: Option<Base>,
) -> Result<Option<Change>> {
    if base.is_none() {
        // A new object that was never saved: nothing is left of it.
        return match before {
            Some(_) => Ok(None),
            None => Err(StoreError::no_object(id)),
        };
    }
    let (kind, name) = match (before, newest) {
        (Some(before), _) => (before.kind.clone(), before.name.clone()),
        (None, Some(found)) => (found.object.kind().word().to_owned(), found.object.name()),
        (None, None) => return Err(StoreError::no_object(id)),
    };
    let after = Change {
        kind,
        name,
        body: None,
        base,
    };
    settle(store, id, after, newest)
}

/// A change that leaves the object as in the newest revision is none.
pub(super) fn settle(
    store: &StoreRow,
    id: &ObjectId,
    change: Change,
    newest: Option<&Found>,
) -> Result<Option<Change>> {
    let same = change.object(store, id)?.as_ref() == newest.map(|found| &found.object);
    Ok((!same).then_some(change))
}
