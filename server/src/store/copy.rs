//! A copy of a store: with its whole history, or from one revision.

use api::store::NewStore;
use serde_json::json;

use super::{Actor, Result, StoreRow, audit, object, revision, stores};
use crate::db::Db;

/// Makes a store from another one. Drafts and locks are not copied.
pub async fn copy(
    db: &Db,
    actor: &Actor,
    new: &NewStore,
    from: &StoreRow,
    number: Option<i64>,
) -> Result<StoreRow> {
    db.write(async |mut tx| {
        let from = stores::reread(&mut tx, from.id).await?;
        let id = stores::insert(&mut tx, actor, &new.name, &new.description).await?;
        match number {
            None => {
                for statement in HISTORY {
                    sqlx::query(statement)
                        .bind(id.0)
                        .bind(from.id.0)
                        .execute(&mut *tx)
                        .await?;
                }
            }
            Some(number) => {
                let number = revision::known(&mut tx, from.id, Some(number)).await?;
                let rows = object::all(&mut tx, from.id, number).await?;
                let comment = format!("copy of revision {number} of {}", from.name);
                let first = revision::NewRevision {
                    number: 1,
                    actor,
                    comment: &comment,
                    changes: rows.len(),
                    restored_from: None,
                };
                revision::insert(&mut tx, id, first).await?;
                for row in rows {
                    let object_id = generator::objects::ObjectId(row.object_id.clone());
                    let found = row.found(&from)?;
                    object::write(&mut tx, id, 1, &object_id, &found.object, &found.body).await?;
                }
            }
        }
        let line = audit::NewLine {
            actor,
            store: Some((id, &new.name)),
            action: "copy-store",
            what: match number {
                Some(number) => {
                    format!("copied revision {number} of {} to {}", from.name, new.name)
                }
                None => format!("copied {} to {}", from.name, new.name),
            },
            details: json!({ "from": from.name, "revision": number }),
        };
        audit::append(&mut tx, line).await?;
        tx.commit().await?;
        Ok(StoreRow {
            id,
            name: new.name.clone(),
            description: new.description.clone(),
            archived: false,
        })
    })
    .await
}

/// Copies rows as they are, so that a damaged one stays recognisable.
const HISTORY: [&str; 3] = [
    "insert into revision (store_id, number, author, at, comment, changes, restored_from)
     select $1, number, author, at, comment, changes, restored_from
     from revision where store_id = $2 order by number",
    "insert into object (store_id, object_id, kind)
     select $1, object_id, kind from object where store_id = $2",
    "insert into object_revision
         (store_id, object_id, kind, name, body, hash, from_revision, to_revision)
     select $1, object_id, kind, name, body, hash, from_revision, to_revision
     from object_revision where store_id = $2 order by object_revision_id",
];
