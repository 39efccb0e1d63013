//! Changes on targets that somebody looked at and keeps for later.

use std::collections::BTreeMap;

use generator::objects::ObjectId;
use serde_json::json;

use super::{Actor, Result, StoreId, StoreRow, audit, now, stores, text};
use crate::db::Db;

/// What was found in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewNote {
    /// As PAGENT names it.
    pub path: String,
    /// Empty where the file was gone.
    pub sha256: String,
    pub text: Option<String>,
}

/// The hashes of what is kept, by stack and path.
pub async fn kept(db: &Db, store: StoreId) -> Result<BTreeMap<(ObjectId, String), String>> {
    let rows: Vec<(String, String, String)> =
        sqlx::query_as("select stack_id, path, sha256 from drift_note where store_id = $1")
            .bind(store.0)
            .fetch_all(db.read())
            .await?;
    Ok(rows
        .into_iter()
        .map(|(stack, path, sha256)| ((ObjectId(stack), path), sha256))
        .collect())
}

/// Keeps what was found in the files of a stack.
pub async fn keep(
    db: &Db,
    store: &StoreRow,
    actor: &Actor,
    stack: &ObjectId,
    comment: &str,
    notes: &[NewNote],
) -> Result<()> {
    text::lines("the comment", comment)?;
    db.write(async |mut tx| {
        stores::active(&mut tx, store.id).await?;
        for note in notes {
            sqlx::query(
                "insert into drift_note
                     (store_id, stack_id, path, sha256, text, by_user, at, comment)
                 values ($1, $2, $3, $4, $5, $6, $7, $8)
                 on conflict (store_id, stack_id, path) do update
                 set sha256 = excluded.sha256, text = excluded.text, by_user = excluded.by_user,
                     at = excluded.at, comment = excluded.comment",
            )
            .bind(store.id.0)
            .bind(&stack.0)
            .bind(&note.path)
            .bind(&note.sha256)
            .bind(&note.text)
            .bind(&actor.name)
            .bind(now())
            .bind(comment)
            .execute(&mut *tx)
            .await?;
        }
        let paths: Vec<_> = notes.iter().map(|note| &note.path).collect();
        let line = audit::NewLine {
            actor,
            store: Some((store.id, &store.name)),
            action: "keep-drift",
            what: format!("kept {} changed files of a stack for later", notes.len()),
            details: json!({ "stack": stack, "files": paths, "comment": comment }),
        };
        audit::append(&mut tx, line).await?;
        Ok(tx.commit().await?)
    })
    .await
}
