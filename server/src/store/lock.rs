//! Locks: who edits which object. A lock belongs to a draft and goes with the draft's change.
//!
//! A lock only tells people of each other early. What keeps a change from being overwritten is its
//! base, checked when it is saved.

use api::draft::Lock;
use generator::objects::ObjectId;
use serde_json::json;
use sqlx::SqliteConnection;

use super::draft::{self, DraftId};
use super::{Actor, Result, StoreError, StoreId, StoreRow, audit, now, stores, text};
use crate::db::Db;

/// All locks of a store, by object.
pub async fn list(db: &Db, store: StoreId) -> Result<Vec<Lock>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select l.object_id, l.draft_id, d.user_name, l.since, d.active_at
         from object_lock l join draft d on d.draft_id = l.draft_id
         where l.store_id = $1 order by l.object_id",
    )
    .bind(store.0)
    .fetch_all(db.read())
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
    db.watch(async {
        let mut tx = db.begin().await?;
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
    db.watch(async {
        let mut tx = db.begin().await?;
        let draft = draft::open(&mut tx, store.id, &actor.name).await?;
        match find(&mut tx, store.id, object).await? {
            Some(row) if row.draft_id == draft.0 => {}
            Some(row) => return Err(StoreError::Locked(Box::new(row.into()))),
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

/// Takes the lock of an object for a draft, or says who has it.
pub(super) async fn acquire(
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
    .execute(&mut *connection)
    .await?;
    match held_by_other(connection, store, draft, object).await? {
        Some(lock) => Err(StoreError::Locked(Box::new(lock))),
        None => Ok(()),
    }
}

/// The lock of an object, if another draft has it.
pub(super) async fn held_by_other(
    connection: &mut SqliteConnection,
    store: StoreId,
    draft: DraftId,
    object: &ObjectId,
) -> Result<Option<Lock>> {
    let row = find(connection, store, object).await?;
    Ok(row.filter(|row| row.draft_id != draft.0).map(Lock::from))
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
        "select l.object_id, l.draft_id, d.user_name, l.since, d.active_at
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
