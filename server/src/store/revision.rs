//! Revisions: who saved what when, and the newest.

use api::Window;
use api::store::Revision;
use sqlx::SqliteConnection;

use super::{Actor, Page, Result, StoreError, StoreId, now};
use crate::db::Db;

/// The revisions of a store, newest first.
pub async fn list(db: &Db, store: StoreId, page: Page) -> Result<Window<Revision>> {
    let mut tx = db.snapshot().await?;
    let (total,): (i64,) = sqlx::query_as("select count(*) from revision where store_id = $1")
        .bind(store.0)
        .fetch_one(&mut *tx)
        .await?;
    let rows: Vec<Row> = sqlx::query_as(
        "select number, author, at, comment, changes, restored_from from revision
         where store_id = $1 order by number desc limit $2 offset $3",
    )
    .bind(store.0)
    .bind(page.limit)
    .bind(page.offset)
    .fetch_all(&mut *tx)
    .await?;
    let revisions = rows.into_iter().map(Revision::from).collect();
    Ok(page.window(revisions, total))
}

/// One revision; `None` for the newest.
pub async fn find(db: &Db, store: StoreId, number: Option<i64>) -> Result<Revision> {
    let mut tx = db.snapshot().await?;
    let number = known(&mut tx, store, number).await?;
    show(&mut tx, store, number).await
}

/// The number itself if the store has such a revision; the newest one for `None`.
pub async fn number(db: &Db, store: StoreId, number: Option<i64>) -> Result<i64> {
    known(&mut *db.read().acquire().await?, store, number).await
}

/// The number itself if the store has such a revision; the newest one for `None`.
pub(super) async fn known(
    connection: &mut SqliteConnection,
    store: StoreId,
    number: Option<i64>,
) -> Result<i64> {
    let head = head(connection, store).await?;
    match number {
        None => Ok(head),
        Some(number) if (1..=head).contains(&number) => Ok(number),
        Some(number) => Err(StoreError::no_revision(number)),
    }
}

/// The newest revision's number.
pub(super) async fn head(connection: &mut SqliteConnection, store: StoreId) -> Result<i64> {
    let (head,): (Option<i64>,) =
        sqlx::query_as("select max(number) from revision where store_id = $1")
            .bind(store.0)
            .fetch_one(connection)
            .await?;
    head.ok_or_else(|| StoreError::NotFound {
        what: "such store".to_owned(),
    })
}

pub(super) async fn show(
    connection: &mut SqliteConnection,
    store: StoreId,
    number: i64,
) -> Result<Revision> {
    let row: Option<Row> = sqlx::query_as(
        "select number, author, at, comment, changes, restored_from from revision
         where store_id = $1 and number = $2",
    )
    .bind(store.0)
    .bind(number)
    .fetch_optional(connection)
    .await?;
    row.map(Revision::from)
        .ok_or_else(|| StoreError::no_revision(number))
}

/// What a new revision says of itself.
pub(super) struct NewRevision<'a> {
    pub number: i64,
    pub actor: &'a Actor,
    pub comment: &'a str,
    pub changes: usize,
    pub restored_from: Option<i64>,
}

pub(super) async fn insert(
    connection: &mut SqliteConnection,
    store: StoreId,
    new: NewRevision<'_>,
) -> Result<()> {
    sqlx::query(
        "insert into revision (store_id, number, author, at, comment, changes, restored_from)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(store.0)
    .bind(new.number)
    .bind(&new.actor.name)
    .bind(now())
    .bind(new.comment)
    .bind(i64::try_from(new.changes).unwrap_or(i64::MAX))
    .bind(new.restored_from)
    .execute(connection)
    .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    number: i64,
    author: String,
    at: String,
    comment: String,
    changes: i64,
    restored_from: Option<i64>,
}

impl From<Row> for Revision {
    fn from(row: Row) -> Self {
        Self {
            number: row.number,
            author: row.author,
            at: row.at,
            comment: row.comment,
            changes: row.changes,
            restored_from: row.restored_from,
            installed_on: Vec::new(),
        }
    }
}
