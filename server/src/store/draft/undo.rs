//! The undo log of a draft: its steps in order, and a position in them.
//!
//! A new step cuts what could be redone. What was saved leaves the log; the rest stays in order.

use api::draft::Draft;
use generator::objects::ObjectId;
use sqlx::SqliteConnection;

use super::{Change, DraftId, edit};
use crate::db::Db;
use crate::store::{Actor, Damage, Result, StoreError, StoreRow, lock, now, object, stores};

/// How many steps back one can go.
const KEPT: i64 = 1000;

/// What a step did to one object: before and after.
pub(super) type StepObject = (ObjectId, Option<Change>, Option<Change>);

/// Takes back the last step.
pub async fn undo(db: &Db, store: &StoreRow, actor: &Actor) -> Result<Draft> {
    walk(db, store, actor, Way::Back).await
}

/// Does the step again that was taken back last.
pub async fn redo(db: &Db, store: &StoreRow, actor: &Actor) -> Result<Draft> {
    walk(db, store, actor, Way::Forth).await
}

#[derive(Clone, Copy)]
enum Way {
    Back,
    Forth,
}

async fn walk(db: &Db, store: &StoreRow, actor: &Actor, way: Way) -> Result<Draft> {
    db.write(async |mut tx| {
        stores::active(&mut tx, store.id).await?;
        let draft = super::open(&mut tx, store.id, &actor.name).await?;
        let position = super::position(&mut tx, draft).await?;
        let (back, forth) = neighbours(&mut tx, draft, position).await?;
        let (step, position) = match way {
            Way::Back => {
                let step = back.ok_or(StoreError::NothingTo("undo"))?;
                (step, step - 1)
            }
            Way::Forth => {
                let step = forth.ok_or(StoreError::NothingTo("redo"))?;
                (step, step)
            }
        };
        let others = lock::Others::read(&mut tx, store.id, draft).await?;
        for (id, before, after) in objects(&mut tx, store, draft, step).await? {
            let wanted = match way {
                Way::Back => before,
                Way::Forth => after,
            };
            let newest = object::newest(&mut tx, store, &id).await?;
            let wanted = match wanted {
                Some(change) => edit::settle(store, &id, change, newest.as_ref())?,
                None => None,
            };
            super::put(&mut tx, store.id, draft, &others, &id, wanted.as_ref()).await?;
        }
        super::stored(&mut tx, draft, position).await?;
        let shown = super::show(&mut tx, store, &actor.name).await?;
        tx.commit().await?;
        Ok(shown)
    })
    .await
}

/// Adds a step after the position and goes there. One that changed nothing is none.
pub(super) async fn record(
    connection: &mut SqliteConnection,
    draft: DraftId,
    words: &str,
    objects: Vec<StepObject>,
) -> Result<()> {
    let position = super::position(connection, draft).await?;
    if objects.iter().all(|(_, before, after)| before == after) {
        return Ok(());
    }
    sqlx::query("delete from draft_step where draft_id = $1 and (sequence > $2 or sequence <= $3)")
        .bind(draft.0)
        .bind(position)
        .bind(position - KEPT)
        .execute(&mut *connection)
        .await?;
    let sequence = position + 1;
    sqlx::query("insert into draft_step (draft_id, sequence, words, at) values ($1, $2, $3, $4)")
        .bind(draft.0)
        .bind(sequence)
        .bind(words)
        .bind(now())
        .execute(&mut *connection)
        .await?;
    for (id, before, after) in objects {
        sqlx::query(
            "insert into draft_step_object (draft_id, sequence, object_id, before, after)
             values ($1, $2, $3, $4, $5)",
        )
        .bind(draft.0)
        .bind(sequence)
        .bind(id.0)
        .bind(json(before.as_ref())?)
        .bind(json(after.as_ref())?)
        .execute(&mut *connection)
        .await?;
    }
    super::stored(connection, draft, sequence).await
}

/// Takes an object that was saved out of the log.
pub(super) async fn forget(
    connection: &mut SqliteConnection,
    draft: DraftId,
    object: &ObjectId,
) -> Result<()> {
    sqlx::query("delete from draft_step_object where draft_id = $1 and object_id = $2")
        .bind(draft.0)
        .bind(&object.0)
        .execute(connection)
        .await?;
    Ok(())
}

/// Removes the steps that have no object left.
pub(super) async fn prune(connection: &mut SqliteConnection, draft: DraftId) -> Result<()> {
    sqlx::query(
        "delete from draft_step where draft_id = $1 and not exists (
             select 1 from draft_step_object o
             where o.draft_id = draft_step.draft_id and o.sequence = draft_step.sequence)",
    )
    .bind(draft.0)
    .execute(connection)
    .await?;
    Ok(())
}

/// What undo and redo would do, in words.
pub(super) async fn words(
    connection: &mut SqliteConnection,
    draft: DraftId,
    position: i64,
) -> Result<(Option<String>, Option<String>)> {
    let undo: Option<(String,)> = sqlx::query_as(
        "select words from draft_step where draft_id = $1 and sequence <= $2
         order by sequence desc limit 1",
    )
    .bind(draft.0)
    .bind(position)
    .fetch_optional(&mut *connection)
    .await?;
    let redo: Option<(String,)> = sqlx::query_as(
        "select words from draft_step where draft_id = $1 and sequence > $2
         order by sequence limit 1",
    )
    .bind(draft.0)
    .bind(position)
    .fetch_optional(connection)
    .await?;
    Ok((undo.map(|row| row.0), redo.map(|row| row.0)))
}

/// The steps before and after the position.
async fn neighbours(
    connection: &mut SqliteConnection,
    draft: DraftId,
    position: i64,
) -> Result<(Option<i64>, Option<i64>)> {
    Ok(sqlx::query_as(
        "select max(case when sequence <= $2 then sequence end),
                min(case when sequence > $2 then sequence end)
         from draft_step where draft_id = $1",
    )
    .bind(draft.0)
    .bind(position)
    .fetch_one(connection)
    .await?)
}

async fn objects(
    connection: &mut SqliteConnection,
    store: &StoreRow,
    draft: DraftId,
    step: i64,
) -> Result<Vec<StepObject>> {
    let rows: Vec<(String, Option<String>, Option<String>)> = sqlx::query_as(
        "select object_id, before, after from draft_step_object
         where draft_id = $1 and sequence = $2 order by object_id",
    )
    .bind(draft.0)
    .bind(step)
    .fetch_all(connection)
    .await?;
    let read = |id: &ObjectId, text: Option<String>| -> Result<Option<Change>> {
        let Some(text) = text else { return Ok(None) };
        serde_json::from_str(&text).map(Some).map_err(|error| {
            StoreError::Damaged(Damage {
                store: store.name.clone(),
                object: Some(id.clone()),
                revision: None,
                what: format!("a step of the undo log cannot be read: {error}"),
            })
        })
    };
    rows.into_iter()
        .map(|(id, before, after)| {
            let id = ObjectId(id);
            Ok((id.clone(), read(&id, before)?, read(&id, after)?))
        })
        .collect()
}

fn json(change: Option<&Change>) -> Result<Option<String>> {
    change
        .map(serde_json::to_string)
        .transpose()
        .map_err(|error| StoreError::invalid(format!("the change has no JSON: {error}")))
}
