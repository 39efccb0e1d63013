//! A store that is frozen for a change window: only its freezer saves, restores and installs.
//! Everybody still edits in drafts. A freeze ends when it is lifted, not by the clock.

use api::store::{Freeze, NewFreeze};
use serde_json::json;
use sqlx::SqliteConnection;

use super::{Actor, Result, StoreError, StoreRow, audit, now, stores, text};
use crate::db::Db;

/// Freezes a store. Whoever froze it may give a new reason; others are refused.
pub async fn set(db: &Db, store: &StoreRow, actor: &Actor, freeze: &NewFreeze) -> Result<Freeze> {
    text::line("the reason", &freeze.reason)?;
    if let Some(until) = &freeze.until {
        text::line("the end", until)?;
    }
    db.write(async |mut tx| {
        stores::active(&mut tx, store.id).await?;
        may_change_in(&mut tx, store, &actor.name).await?;
        sqlx::query(
            "insert into freeze (store_id, by_user, reason, since, until) values ($1, $2, $3, $4, $5)
             on conflict (store_id) do update set reason = excluded.reason, until = excluded.until",
        )
        .bind(store.id.0)
        .bind(&actor.name)
        .bind(&freeze.reason)
        .bind(now())
        .bind(&freeze.until)
        .execute(&mut *tx)
        .await?;
        let line = audit::NewLine {
            actor,
            store: Some((store.id, &store.name)),
            action: "freeze",
            what: format!("froze the store: {}", freeze.reason),
            details: json!({ "reason": freeze.reason, "until": freeze.until }),
        };
        audit::append(&mut tx, line).await?;
        let set = find_in(&mut tx, store).await?;
        tx.commit().await?;
        set.ok_or(StoreError::NothingTo("freeze"))
    })
    .await
}

/// Lifts a freeze: one's own, or with `force` anybody's.
pub async fn lift(db: &Db, store: &StoreRow, actor: &Actor, force: bool) -> Result<()> {
    db.write(async |mut tx| {
        let Some(freeze) = find_in(&mut tx, store).await? else {
            return Err(StoreError::NothingTo("lift: the store is not frozen"));
        };
        if !force && freeze.by != actor.name {
            return Err(StoreError::Frozen(Box::new(freeze)));
        }
        sqlx::query("delete from freeze where store_id = $1")
            .bind(store.id.0)
            .execute(&mut *tx)
            .await?;
        let line = audit::NewLine {
            actor,
            store: Some((store.id, &store.name)),
            action: "unfreeze",
            what: format!("lifted the freeze of {}", freeze.by),
            details: json!({ "before": freeze }),
        };
        audit::append(&mut tx, line).await?;
        Ok(tx.commit().await?)
    })
    .await
}

/// The freeze of a store.
pub async fn find(db: &Db, store: &StoreRow) -> Result<Option<Freeze>> {
    find_in(
        &mut *db.read().acquire().await.map_err(StoreError::from)?,
        store,
    )
    .await
}

/// Refuses everybody but the freezer of a frozen store: asked before saves, restores and installs.
pub async fn may_change(db: &Db, store: &StoreRow, user: &str) -> Result<()> {
    may_change_in(&mut *db.read().acquire().await?, store, user).await
}

/// The same within a transaction.
pub async fn may_change_in(
    connection: &mut SqliteConnection,
    store: &StoreRow,
    user: &str,
) -> Result<()> {
    match find_in(connection, store).await? {
        Some(freeze) if freeze.by != user => Err(StoreError::Frozen(Box::new(freeze))),
        _ => Ok(()),
    }
}

pub(super) async fn find_in(
    connection: &mut SqliteConnection,
    store: &StoreRow,
) -> Result<Option<Freeze>> {
    let row: Option<(String, String, String, Option<String>)> =
        sqlx::query_as("select by_user, reason, since, until from freeze where store_id = $1")
            .bind(store.id.0)
            .fetch_optional(connection)
            .await?;
    Ok(row.map(|(by, reason, since, until)| Freeze {
        by,
        reason,
        since,
        until,
    }))
}
