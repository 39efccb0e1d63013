//! Where the files of a stack go.

use generator::objects::ObjectId;
use serde_json::json;
use sqlx::SqliteConnection;

use super::{
    Actor, Result, StoreError, StoreId, StoreRow, audit, freeze, now, stores, text, trial,
};
use crate::db::Db;

/// The target of a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetRow {
    pub stack: ObjectId,
    pub root: String,
}

/// The targets of a store, by stack.
pub async fn list(db: &Db, store: StoreId) -> Result<Vec<TargetRow>> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("select stack_id, root from target where store_id = $1 order by stack_id")
            .bind(store.0)
            .fetch_all(db.read())
            .await?;
    let row = |(stack, root)| TargetRow {
        stack: ObjectId(stack),
        root,
    };
    Ok(rows.into_iter().map(row).collect())
}

/// The target of one stack.
pub async fn find(db: &Db, store: StoreId, stack: &ObjectId) -> Result<Option<String>> {
    find_in(&mut *db.read().acquire().await?, store, stack).await
}

async fn find_in(
    connection: &mut SqliteConnection,
    store: StoreId,
    stack: &ObjectId,
) -> Result<Option<String>> {
    let row: Option<(String,)> =
        sqlx::query_as("select root from target where store_id = $1 and stack_id = $2")
            .bind(store.0)
            .bind(&stack.0)
            .fetch_optional(connection)
            .await?;
    Ok(row.map(|(root,)| root))
}

/// Sets the target of a stack. Refused when another target lies above or below it, as a write sweeps
/// what earlier ones left below its own directory, when another store writes there, and while files
/// below the target of before wait for a confirmation.
pub async fn set(
    db: &Db,
    store: &StoreRow,
    actor: &Actor,
    stack: &ObjectId,
    root: &str,
) -> Result<()> {
    text::object_id(stack)?;
    db.write(async |mut tx| {
        stores::active(&mut tx, store.id).await?;
        freeze::may_change_in(&mut tx, store, &actor.name).await?;
        refuse_overlap(&mut tx, store.id, stack, root).await?;
        let before = find_in(&mut tx, store.id, stack).await?;
        if let Some(before) = before.as_deref().filter(|before| *before != root) {
            trial::refuse_in(&mut tx, store.id, Some(before)).await?;
        }
        sqlx::query(
            "insert into target (store_id, stack_id, root, set_by, set_at)
             values ($1, $2, $3, $4, $5)
             on conflict (store_id, stack_id) do update
             set root = excluded.root, set_by = excluded.set_by, set_at = excluded.set_at",
        )
        .bind(store.id.0)
        .bind(&stack.0)
        .bind(root)
        .bind(&actor.name)
        .bind(now())
        .execute(&mut *tx)
        .await?;
        let line = audit::NewLine {
            actor,
            store: Some((store.id, &store.name)),
            action: "target",
            what: format!("set the target of a stack to {root}"),
            details: json!({ "stack": stack, "before": before, "after": root }),
        };
        audit::append(&mut tx, line).await?;
        Ok(tx.commit().await?)
    })
    .await
}

/// Takes the target of a stack away; its files stay.
pub async fn remove(db: &Db, store: &StoreRow, actor: &Actor, stack: &ObjectId) -> Result<()> {
    db.write(async |mut tx| {
        stores::active(&mut tx, store.id).await?;
        freeze::may_change_in(&mut tx, store, &actor.name).await?;
        let Some(before) = find_in(&mut tx, store.id, stack).await? else {
            return Err(StoreError::NotFound {
                what: "target of this stack".to_owned(),
            });
        };
        trial::refuse_in(&mut tx, store.id, Some(&before)).await?;
        sqlx::query("delete from target where store_id = $1 and stack_id = $2")
            .bind(store.id.0)
            .bind(&stack.0)
            .execute(&mut *tx)
            .await?;
        let line = audit::NewLine {
            actor,
            store: Some((store.id, &store.name)),
            action: "target",
            what: format!("took away the target {before} of a stack"),
            details: json!({ "stack": stack, "before": before, "after": null }),
        };
        audit::append(&mut tx, line).await?;
        Ok(tx.commit().await?)
    })
    .await
}

async fn refuse_overlap(
    connection: &mut SqliteConnection,
    store: StoreId,
    stack: &ObjectId,
    root: &str,
) -> Result<()> {
    let others: Vec<(i64, String)> = sqlx::query_as(
        "select store_id, root from target where not (store_id = $1 and stack_id = $2)",
    )
    .bind(store.0)
    .bind(&stack.0)
    .fetch_all(connection)
    .await?;
    let below = |inner: &str, outer: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.starts_with('/'))
    };
    let nested = |other: &str| below(other, root) || below(root, other);
    for (owner, other) in &others {
        if *owner != store.0 && (other == root || nested(other)) {
            return Err(StoreError::invalid(format!(
                "another store writes to `{root}`, or to a folder above or below it; a folder \
                 belongs to one store"
            )));
        }
        if nested(other) {
            return Err(StoreError::invalid(format!(
                "`{root}` and `{other}`, which is a target already, lie in each other; choose the \
                 same folder or one beside it"
            )));
        }
    }
    Ok(())
}
