//! Drafts: what a person has changed and not saved. One per store and user, over the newest
//! revision: an object that the draft does not name is as in that one.
//!
//! Each change remembers the body that it was made on, so that saving can tell what came between.

mod edit;
mod undo;

use api::draft::{Draft, DraftChange, Editor};
use generator::objects::{Kind, Object, ObjectId};
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

use super::body::{self, Body, Place};
use super::{Result, StoreError, StoreId, StoreRow, lock, now};
use crate::db::Db;

pub use edit::{discard, edit};
pub use undo::{redo, undo};

/// A draft within the database; never shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DraftId(pub i64);

/// A user's draft of a store; an empty one when there is none yet.
pub async fn find(db: &Db, store: &StoreRow, user: &str) -> Result<Draft> {
    Ok(find_seen(db, store, user).await?.0)
}

/// A user's draft, and when the user was last active in it, if there is one.
pub async fn find_seen(db: &Db, store: &StoreRow, user: &str) -> Result<(Draft, Option<String>)> {
    let mut tx = db.snapshot().await?;
    read(&mut tx, store, user).await
}

/// One object of a user's draft; `None` where the draft does not name it.
pub async fn find_one(
    db: &Db,
    store: &StoreRow,
    user: &str,
    object: &ObjectId,
) -> Result<Option<DraftChange>> {
    let row: Option<Row> = sqlx::query_as(
        "select c.object_id, c.kind, c.name, c.body, c.hash, c.base_revision, c.base_hash
         from draft d join draft_change c on c.draft_id = d.draft_id
         where d.store_id = $1 and d.user_name = $2 and c.object_id = $3",
    )
    .bind(store.id.0)
    .bind(user)
    .bind(&object.0)
    .fetch_optional(db.read())
    .await?;
    row.map(|row| row.change().1.shown(store, object.clone()))
        .transpose()
}

/// Notes that the user is here, which others see at his locks. At most one write a minute; one that
/// is left out only shows him as away, until the next request tries again.
pub async fn touch(db: &Db, store: StoreId, user: &str, seen: Option<&str>) {
    let now = now();
    let minute = |time: &str| time.get(..16).unwrap_or_default().to_owned();
    if seen.is_none_or(|seen| minute(seen) == minute(&now)) {
        return;
    }
    let user = user.to_owned();
    db.write_if_free(async move |mut tx| {
        sqlx::query("update draft set active_at = $3 where store_id = $1 and user_name = $2")
            .bind(store.0)
            .bind(user)
            .bind(now)
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    })
    .await;
}

/// Everybody but this user who has changes in a draft.
pub(super) async fn others(
    connection: &mut SqliteConnection,
    store: StoreId,
    user: &str,
) -> Result<Vec<Editor>> {
    let rows: Vec<(String, i64, String)> = sqlx::query_as(
        "select d.user_name, count(*), d.active_at
         from draft d join draft_change c on c.draft_id = d.draft_id
         where d.store_id = $1 and d.user_name <> $2
         group by d.draft_id, d.user_name, d.active_at order by d.user_name",
    )
    .bind(store.0)
    .bind(user)
    .fetch_all(connection)
    .await?;
    let editor = |(name, changes, last_active)| Editor {
        name,
        changes,
        last_active,
    };
    Ok(rows.into_iter().map(editor).collect())
}

/// What a draft does to one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Change {
    pub kind: String,
    pub name: String,
    /// `None`: deletes the object.
    pub body: Option<Body>,
    /// The body that it was made on; `None` for a new object.
    pub base: Option<Base>,
}

/// A body of an object in the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Base {
    pub revision: i64,
    pub hash: String,
}

impl Change {
    /// The hash that an editor of this change must have seen.
    pub fn tag(&self) -> &str {
        self.body.as_ref().map_or(body::DELETED, |body| &body.hash)
    }

    /// The object as the draft has it, verified; `None` for a deletion.
    pub fn object(&self, store: &StoreRow, id: &ObjectId) -> Result<Option<Object>> {
        let place = Place {
            store: &store.name,
            object: id,
            revision: None,
        };
        self.body
            .as_ref()
            .map(|body| body::read(&place, &self.kind, &body.text, &body.hash))
            .transpose()
    }

    fn shown(&self, store: &StoreRow, id: ObjectId) -> Result<DraftChange> {
        Ok(DraftChange {
            etag: body::etag(self.tag()),
            base: self.base.as_ref().map(|base| base.revision),
            body: self.object(store, &id)?,
            id,
        })
    }

    pub fn kind(&self, store: &StoreRow, id: &ObjectId) -> Result<Kind> {
        let place = Place {
            store: &store.name,
            object: id,
            revision: None,
        };
        body::kind(&place, &self.kind)
    }
}

/// The draft of a user, made when there is none.
pub(super) async fn open(
    connection: &mut SqliteConnection,
    store: StoreId,
    user: &str,
) -> Result<DraftId> {
    let now = now();
    let (id,): (i64,) = sqlx::query_as(
        "insert into draft (store_id, user_name, stored_at, active_at) values ($1, $2, $3, $3)
         on conflict (store_id, user_name) do update set active_at = excluded.active_at
         returning draft_id",
    )
    .bind(store.0)
    .bind(user)
    .bind(now)
    .fetch_one(connection)
    .await?;
    Ok(DraftId(id))
}

/// The draft of a user, if there is one.
pub(super) async fn id_of(
    connection: &mut SqliteConnection,
    store: StoreId,
    user: &str,
) -> Result<Option<DraftId>> {
    let row: Option<(i64,)> =
        sqlx::query_as("select draft_id from draft where store_id = $1 and user_name = $2")
            .bind(store.0)
            .bind(user)
            .fetch_optional(connection)
            .await?;
    Ok(row.map(|(id,)| DraftId(id)))
}

/// A user's draft, as the page gets it.
pub(super) async fn show(
    connection: &mut SqliteConnection,
    store: &StoreRow,
    user: &str,
) -> Result<Draft> {
    Ok(read(connection, store, user).await?.0)
}

async fn read(
    connection: &mut SqliteConnection,
    store: &StoreRow,
    user: &str,
) -> Result<(Draft, Option<String>)> {
    let found: Option<HeadRow> = sqlx::query_as(
        "select r.number, d.draft_id, d.position, d.stored_at, d.active_at
         from revision r left join draft d on d.store_id = r.store_id and d.user_name = $2
         where r.store_id = $1 order by r.number desc limit 1",
    )
    .bind(store.id.0)
    .bind(user)
    .fetch_optional(&mut *connection)
    .await?;
    let found = found.ok_or_else(|| StoreError::NotFound {
        what: "such store".to_owned(),
    })?;
    let mut draft = Draft {
        head: found.number,
        ..Draft::default()
    };
    let Some(id) = found.draft_id.map(DraftId) else {
        return Ok((draft, None));
    };
    for (object, change) in changes(connection, id).await? {
        draft.changes.push(change.shown(store, object)?);
    }
    let position = found.position.unwrap_or_default();
    (draft.undo, draft.redo) = undo::words(connection, id, position).await?;
    draft.stored_at = found.stored_at;
    Ok((draft, found.active_at))
}

/// All changes of a draft, by object.
pub(super) async fn changes(
    connection: &mut SqliteConnection,
    draft: DraftId,
) -> Result<Vec<(ObjectId, Change)>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select object_id, kind, name, body, hash, base_revision, base_hash
         from draft_change where draft_id = $1 order by object_id",
    )
    .bind(draft.0)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Row::change).collect())
}

/// What the draft does to one object.
pub(super) async fn change(
    connection: &mut SqliteConnection,
    draft: DraftId,
    object: &ObjectId,
) -> Result<Option<Change>> {
    let row: Option<Row> = sqlx::query_as(
        "select object_id, kind, name, body, hash, base_revision, base_hash
         from draft_change where draft_id = $1 and object_id = $2",
    )
    .bind(draft.0)
    .bind(&object.0)
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| row.change().1))
}

/// Stores or removes a draft's change of an object; its lock comes and goes with it.
pub(super) async fn put(
    connection: &mut SqliteConnection,
    store: StoreId,
    draft: DraftId,
    others: &lock::Others,
    object: &ObjectId,
    change: Option<&Change>,
) -> Result<()> {
    let Some(change) = change else {
        sqlx::query("delete from draft_change where draft_id = $1 and object_id = $2")
            .bind(draft.0)
            .bind(&object.0)
            .execute(&mut *connection)
            .await?;
        return lock::free(connection, store, draft, object).await;
    };
    others.refuse(object)?;
    lock::take(connection, store, draft, object).await?;
    let (text, hash) = match &change.body {
        Some(body) => (Some(&body.text), Some(&body.hash)),
        None => (None, None),
    };
    sqlx::query(
        "insert into draft_change
             (draft_id, object_id, kind, name, body, hash, base_revision, base_hash)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (draft_id, object_id) do update set
             kind = excluded.kind, name = excluded.name, body = excluded.body,
             hash = excluded.hash, base_revision = excluded.base_revision,
             base_hash = excluded.base_hash",
    )
    .bind(draft.0)
    .bind(&object.0)
    .bind(&change.kind)
    .bind(&change.name)
    .bind(text)
    .bind(hash)
    .bind(change.base.as_ref().map(|base| base.revision))
    .bind(change.base.as_ref().map(|base| &base.hash))
    .execute(connection)
    .await?;
    Ok(())
}

/// Removes what was saved of a draft, with its locks and its steps: some objects, or all.
pub(super) async fn remove(
    connection: &mut SqliteConnection,
    store: StoreId,
    draft: DraftId,
    only: Option<&[ObjectId]>,
) -> Result<()> {
    let Some(only) = only else {
        // What was undone and may be done again names other objects, and stays.
        for statement in [
            "delete from object_lock where draft_id = $1 and object_id in
                 (select object_id from draft_change where draft_id = $1)",
            "delete from draft_step_object where draft_id = $1 and object_id in
                 (select object_id from draft_change where draft_id = $1)",
            "delete from draft_change where draft_id = $1",
        ] {
            sqlx::query(statement)
                .bind(draft.0)
                .execute(&mut *connection)
                .await?;
        }
        return undo::prune(connection, draft).await;
    };
    for object in only {
        sqlx::query("delete from draft_change where draft_id = $1 and object_id = $2")
            .bind(draft.0)
            .bind(&object.0)
            .execute(&mut *connection)
            .await?;
        lock::free(connection, store, draft, object).await?;
        undo::forget(connection, draft, object).await?;
    }
    undo::prune(connection, draft).await
}

/// Notes the undo position, and that something was stored.
pub(super) async fn stored(
    connection: &mut SqliteConnection,
    draft: DraftId,
    position: i64,
) -> Result<()> {
    sqlx::query(
        "update draft set position = $2, stored_at = $3, active_at = $3 where draft_id = $1",
    )
    .bind(draft.0)
    .bind(position)
    .bind(now())
    .execute(connection)
    .await?;
    Ok(())
}

/// The undo position of a draft.
pub(super) async fn position(connection: &mut SqliteConnection, draft: DraftId) -> Result<i64> {
    let (position,) = sqlx::query_as("select position from draft where draft_id = $1")
        .bind(draft.0)
        .fetch_one(connection)
        .await?;
    Ok(position)
}

/// The newest revision, and the draft if there is one.
#[derive(sqlx::FromRow)]
struct HeadRow {
    number: i64,
    draft_id: Option<i64>,
    position: Option<i64>,
    stored_at: Option<String>,
    active_at: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    object_id: String,
    kind: String,
    name: String,
    body: Option<String>,
    hash: Option<String>,
    base_revision: Option<i64>,
    base_hash: Option<String>,
}

impl Row {
    fn change(self) -> (ObjectId, Change) {
        let body = self
            .body
            .zip(self.hash)
            .map(|(text, hash)| Body { text, hash });
        let base = self
            .base_revision
            .zip(self.base_hash)
            .map(|(revision, hash)| Base { revision, hash });
        let change = Change {
            kind: self.kind,
            name: self.name,
            body,
            base,
        };
        (ObjectId(self.object_id), change)
    }
}
