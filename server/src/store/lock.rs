//! Locks: who edits which object. A lock belongs to a draft and goes with the draft's change.
//!
//! A lock only tells people of each other early. What keeps a change from being overwritten is its
//! base, checked when it is saved.

use std::collections::BTreeMap;

use api::draft::Lock;
use generator::objects::ObjectId;
use serde_json::json;
use sqlx::SqliteConnection;

use super::draft::{self, DraftId};
use super::{Actor, Held, Result, StoreError, StoreId, StoreRow, audit, now, stores, text};
use crate::db::Db;

/// All locks of a store, by object.
pub async fn list(db: &Db, store: StoreId) -> Result<Vec<Lock>> {
    list_in(&mut *db.read().acquire().await?, store).await
}

pub(super) async fn list_in(
    connection: &mut SqliteConnection,
    store: StoreId,
) -> Result<Vec<Lock>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select l.object_id, l.draft_id, d.user_name, l.since, d.active_at, l.object_id as name
         from object_lock l join draft d on d.draft_id = l.draft_id
         where l.store_id = $1 order by l.object_id",
    )
    .bind(store.0)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Lock::from).collect())
}

/// Moves the lock of an object to the asker's draft. The draft that had it keeps its text, and its
/// change meets the taker's when it is saved.
pub async fn take_over(
    db: &Db,
    store: &StoreRow,
    object: &ObjectId,
    actor: &Actor,
    reason: &str,
) -> Result<Lock> {
    text::line("the reason", reason)?;
    db.write(async |mut tx| {
        stores::active(&mut tx, store.id).await?;
        let Some(row) = find(&mut tx, store.id, object).await? else {
            return Err(StoreError::NotFound {
                what: format!("lock on the object `{object}`"),
            });
        };
        let draft = draft::open(&mut tx, store.id, &actor.name).await?;
        if row.draft_id == draft.0 {
            return Ok(row.into());
        }
        sqlx::query(
            "update object_lock set draft_id = $3, since = $4
             where store_id = $1 and object_id = $2",
        )
        .bind(store.id.0)
        .bind(&object.0)
        .bind(draft.0)
        .bind(now())
        .execute(&mut *tx)
        .await?;
        let line = audit::NewLine {
            actor,
            store: Some((store.id, &store.name)),
            action: "take-over",
            what: format!(
                "took over the lock of {} on {object}: {reason}",
                row.user_name
            ),
            details: json!({
                "object": object,
                "reason": reason,
                "before": { "holder": row.user_name, "since": row.since },
            }),
        };
        audit::append(&mut tx, line).await?;
        let taken = find(&mut tx, store.id, object).await?;
        tx.commit().await?;
        taken
            .map(Lock::from)
            .ok_or_else(|| StoreError::no_object(object))
    })
    .await
}

/// Gives up a lock of one's own that no change needs, such as one that was taken over.
pub async fn release(db: &Db, store: &StoreRow, object: &ObjectId, actor: &Actor) -> Result<()> {
    db.write(async |mut tx| {
        let draft = draft::open(&mut tx, store.id, &actor.name).await?;
        match find(&mut tx, store.id, object).await? {
            Some(row) if row.draft_id == draft.0 => {}
            Some(row) => return Err(StoreError::Locked(vec![row.held()])),
            None => {
                return Err(StoreError::NotFound {
                    what: format!("lock on the object `{object}`"),
                });
            }
        }
        if draft::change(&mut tx, draft, object).await?.is_some() {
            return Err(StoreError::invalid(
                "the draft changes the object; discard the change to give up the lock",
            ));
        }
        free(&mut tx, store.id, draft, object).await?;
        Ok(tx.commit().await?)
    })
    .await
}

/// What other drafts hold in a store, as it is throughout a writing transaction.
pub(super) struct Others(BTreeMap<ObjectId, Held>);

impl Others {
    pub async fn read(
        connection: &mut SqliteConnection,
        store: StoreId,
        draft: DraftId,
    ) -> Result<Self> {
        let rows: Vec<Row> = sqlx::query_as(
            "select l.object_id, l.draft_id, d.user_name, l.since, d.active_at,
                 coalesce(c.name, r.name, l.object_id) as name
             from object_lock l join draft d on d.draft_id = l.draft_id
             left join draft_change c on c.draft_id = l.draft_id and c.object_id = l.object_id
             left join object_revision r on r.store_id = l.store_id
                 and r.object_id = l.object_id and r.to_revision is null
             where l.store_id = $1 and l.draft_id <> $2",
        )
        .bind(store.0)
        .bind(draft.0)
        .fetch_all(connection)
        .await?;
        let held = rows.into_iter().map(Row::held);
        Ok(Self(
            held.map(|held| (held.lock.object.clone(), held)).collect(),
        ))
    }

    pub fn get(&self, object: &ObjectId) -> Option<&Held> {
        self.0.get(object)
    }

    /// Says who has the object, if another draft does.
    pub fn refuse(&self, object: &ObjectId) -> Result<()> {
        match self.get(object) {
            Some(held) => Err(StoreError::Locked(vec![held.clone()])),
            None => Ok(()),
        }
    }
}

/// Takes the lock of an object for a draft; a lock that it has stays as old as it is.
pub(super) async fn take(
    connection: &mut SqliteConnection,
    store: StoreId,
    draft: DraftId,
    object: &ObjectId,
) -> Result<()> {
    sqlx::query(
        "insert into object_lock (store_id, object_id, draft_id, since) values ($1, $2, $3, $4)
         on conflict (store_id, object_id) do nothing",
    )
    .bind(store.0)
    .bind(&object.0)
    .bind(draft.0)
    .bind(now())
    .execute(connection)
    .await?;
    Ok(())
}

/// Frees a lock that this draft has.
pub(super) async fn free(
    connection: &mut SqliteConnection,
    store: StoreId,
    draft: DraftId,
    object: &ObjectId,
) -> Result<()> {
    sqlx::query("delete from object_lock where store_id = $1 and object_id = $2 and draft_id = $3")
        .bind(store.0)
        .bind(&object.0)
        .bind(draft.0)
        .execute(connection)
        .await?;
    Ok(())
}

async fn find(
    connection: &mut SqliteConnection,
    store: StoreId,
    object: &ObjectId,
) -> Result<Option<Row>> {
    Ok(sqlx::query_as(
        "select l.object_id, l.draft_id, d.user_name, l.since, d.active_at, l.object_id as name
         from object_lock l join draft d on d.draft_id = l.draft_id
         where l.store_id = $1 and l.object_id = $2",
    )
    .bind(store.0)
    .bind(&object.0)
    .fetch_optional(connection)
    .await?)
}

#[derive(sqlx::FromRow)]
struct Row {
    object_id: String,
    draft_id: i64,
    user_name: String,
    since: String,
    active_at: String,
    name: String,
}

impl Row {
    fn held(self) -> Held {
        Held {
            name: self.name.clone(),
            lock: self.into(),
        }
    }
}

impl From<Row> for Lock {
    fn from(row: Row) -> Self {
        Self {
            object: ObjectId(row.object_id),
            holder: row.user_name,
            since: row.since,
            last_active: row.active_at,
        }
    }
}
