//! The audit: who did what, when and from where. Lines are added and never changed; each carries a
//! hash over itself and the hash of the line before, so that a changed or missing line shows.

use api::Window;
use api::account::AuditEntry;
use serde_json::Value;
use sqlx::SqliteConnection;

use super::body::sha256;
use super::{Actor, Damage, Page, Result, StoreError, StoreId, now, stores};
use crate::auth::audit::Event;
use crate::db::Db;

/// What the first line is chained to.
const BEGIN: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One line to be added.
#[derive(Clone, Debug)]
pub struct NewLine<'a> {
    pub actor: &'a Actor,
    /// The store, and its name at this time.
    pub store: Option<(StoreId, &'a str)>,
    /// `save`, `take-over`, `log-in` ….
    pub action: &'a str,
    /// In words.
    pub what: String,
    /// Before and after.
    pub details: Value,
}

/// Adds a line in a transaction of the caller, which is a writing one.
pub async fn append(connection: &mut SqliteConnection, line: NewLine<'_>) -> Result<()> {
    let (previous,) = last(connection).await?;
    let mut row = Row {
        audit_id: 0,
        at: now(),
        who: line.actor.name.clone(),
        source: line.actor.source.clone(),
        store_id: line.store.map(|(id, _)| id.0),
        store_name: line.store.map(|(_, name)| name.to_owned()),
        action: line.action.to_owned(),
        what: line.what,
        details: line.details.to_string(),
        hash: String::new(),
    };
    row.hash = row.chained_to(&previous);
    sqlx::query(
        "insert into audit (at, who, source, store_id, store_name, action, what, details, hash)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(row.at)
    .bind(row.who)
    .bind(row.source)
    .bind(row.store_id)
    .bind(row.store_name)
    .bind(row.action)
    .bind(row.what)
    .bind(row.details)
    .bind(row.hash)
    .execute(connection)
    .await?;
    Ok(())
}

/// Adds a line on its own, such as a log-in.
pub async fn record(db: &Db, line: NewLine<'_>) -> Result<()> {
    db.write(async |mut tx| {
        append(&mut tx, line).await?;
        Ok(tx.commit().await?)
    })
    .await
}

/// Adds a line about an event of accounts and access.
pub async fn note(db: &Db, event: Event) -> Result<()> {
    db.write(async |mut tx| {
        let store = match event.store {
            Some(id) => match stores::reread(&mut tx, StoreId(id)).await {
                Ok(store) => Some(store),
                Err(StoreError::NotFound { .. }) => None,
                Err(error) => return Err(error),
            },
            None => None,
        };
        let actor = Actor {
            name: event.who,
            source: event.from,
        };
        let line = NewLine {
            actor: &actor,
            store: store.as_ref().map(|store| (store.id, &*store.name)),
            action: event.action,
            what: event.what,
            details: event.details,
        };
        append(&mut tx, line).await?;
        Ok(tx.commit().await?)
    })
    .await
}

/// The lines of all stores or one, newest first.
pub async fn list(db: &Db, store: Option<StoreId>, page: Page) -> Result<Window<AuditEntry>> {
    let mut tx = db.snapshot().await?;
    let (total, rows): ((i64,), Vec<Row>) = match store {
        Some(id) => (
            sqlx::query_as("select count(*) from audit where store_id = $1")
                .bind(id.0)
                .fetch_one(&mut *tx)
                .await?,
            sqlx::query_as(
                "select * from audit where store_id = $1 order by audit_id desc limit $2 offset $3",
            )
            .bind(id.0)
            .bind(page.limit)
            .bind(page.offset)
            .fetch_all(&mut *tx)
            .await?,
        ),
        None => (
            // Numbers have no gaps.
            sqlx::query_as("select coalesce(max(audit_id), 0) from audit")
                .fetch_one(&mut *tx)
                .await?,
            sqlx::query_as("select * from audit order by audit_id desc limit $1 offset $2")
                .bind(page.limit)
                .bind(page.offset)
                .fetch_all(&mut *tx)
                .await?,
        ),
    };
    let entries = rows.into_iter().map(AuditEntry::from).collect();
    Ok(page.window(entries, total.0))
}

/// Walks the chain; the error names the first line that does not fit. Answers how many lines there are.
pub async fn verify(connection: &mut SqliteConnection) -> Result<i64> {
    const STEP: i64 = 1000;
    let (mut previous, mut number, mut lines) = (BEGIN.to_owned(), 0, 0);
    loop {
        let rows: Vec<Row> =
            sqlx::query_as("select * from audit where audit_id > $1 order by audit_id limit $2")
                .bind(number)
                .bind(STEP)
                .fetch_all(&mut *connection)
                .await?;
        for row in &rows {
            // Numbers have no gaps: a line whose transaction failed took none.
            if row.audit_id != number + 1 || row.chained_to(&previous) != row.hash {
                return Err(StoreError::Damaged(Damage {
                    store: row.store_name.clone().unwrap_or_else(|| "(none)".into()),
                    object: None,
                    revision: None,
                    what: format!(
                        "line {} of the audit does not follow line {number}",
                        row.audit_id
                    ),
                }));
            }
            (previous, number, lines) = (row.hash.clone(), row.audit_id, lines + 1);
        }
        if rows.is_empty() {
            return Ok(lines);
        }
    }
}

async fn last(connection: &mut SqliteConnection) -> Result<(String,)> {
    let last = sqlx::query_as("select hash from audit order by audit_id desc limit 1")
        .fetch_optional(connection)
        .await?;
    Ok(last.unwrap_or_else(|| (BEGIN.to_owned(),)))
}

#[derive(sqlx::FromRow)]
struct Row {
    audit_id: i64,
    at: String,
    who: String,
    source: String,
    store_id: Option<i64>,
    store_name: Option<String>,
    action: String,
    what: String,
    details: String,
    hash: String,
}

impl Row {
    fn chained_to(&self, previous: &str) -> String {
        // JSON, so that no two lines have the same text.
        let line = serde_json::json!([
            self.at,
            self.who,
            self.source,
            self.store_id,
            self.store_name,
            self.action,
            self.what,
            self.details,
        ]);
        sha256(&[previous.as_bytes(), b"\n", line.to_string().as_bytes()])
    }
}

impl From<Row> for AuditEntry {
    fn from(row: Row) -> Self {
        Self {
            number: row.audit_id,
            at: row.at,
            who: row.who,
            from: row.source,
            store: row.store_name,
            action: row.action,
            what: row.what,
            details: serde_json::from_str(&row.details).unwrap_or(Value::Null),
            hash: row.hash,
        }
    }
}
