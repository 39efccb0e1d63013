//! Whole configurations: of a revision, and what differs between two.

use api::store::Difference;
use generator::objects::diff::diff;
use generator::objects::{Configuration, ObjectId};
use sqlx::SqliteConnection;

use super::{Result, StoreRow, object, revision};
use crate::db::Db;

/// The objects of a revision with its number; of the newest one for `None`.
pub async fn configuration(
    db: &Db,
    store: &StoreRow,
    number: Option<i64>,
) -> Result<(i64, Configuration)> {
    let mut tx = db.snapshot().await?;
    let number = revision::known(&mut tx, store.id, number).await?;
    Ok((number, of_revision(&mut tx, store, number).await?))
}

/// What differs between two revisions, in a person's words.
pub async fn compare(db: &Db, store: &StoreRow, from: i64, to: i64) -> Result<Vec<Difference>> {
    let mut tx = db.snapshot().await?;
    let from = revision::known(&mut tx, store.id, Some(from)).await?;
    let to = revision::known(&mut tx, store.id, Some(to)).await?;
    let before = of_revision(&mut tx, store, from).await?;
    let after = of_revision(&mut tx, store, to).await?;
    let difference = |change: generator::objects::diff::ObjectChange| Difference {
        object: change.id,
        kind: change.kind,
        name: change.name,
        words: change.words,
    };
    Ok(diff(&before, &after).into_iter().map(difference).collect())
}

async fn of_revision(
    connection: &mut SqliteConnection,
    store: &StoreRow,
    number: i64,
) -> Result<Configuration> {
    let mut objects = Vec::new();
    for row in object::all(connection, store.id, number).await? {
        let id = ObjectId(row.object_id.clone());
        objects.push((id, row.found(store)?.object));
        object::take_turns(objects.len()).await;
    }
    Ok(objects.into_iter().collect())
}
