//! A store as one text file: its revisions in order, each with the objects that it changed.
//!
//! Deterministic: one history has one text. Drafts, locks and the audit are not part of it.

use generator::objects::{Configuration, Object, ObjectId};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use sqlx::SqliteConnection;
use tokio::io::{AsyncWrite, AsyncWriteExt};

use super::transfer::{EndLine, FORMAT, Header, ObjectLine, RevisionLine, WHAT, line};
use super::{Result, StoreError, StoreRow, body, object, revision, stores};
use crate::db::{Db, OBJECT_FORMAT};

/// Writes a store with its whole history, or from revision `from` on as the first one.
///
/// The numbers of the file begin with 1. A reference to a revision that is not in it is left out.
pub async fn export(
    db: &Db,
    store: &StoreRow,
    from: Option<i64>,
    out: &mut (impl AsyncWrite + Unpin + Send),
) -> Result<()> {
    let mut tx = db.snapshot().await?;
    let store = stores::reread(&mut tx, store.id).await?;
    let first = match from {
        Some(number) => revision::known(&mut tx, store.id, Some(number)).await?,
        None => 1,
    };
    let head = revision::head(&mut tx, store.id).await?;
    let mut writer = Writer::new(out);
    writer
        .write(&Header {
            gatehouse: WHAT.to_owned(),
            format: FORMAT,
            objects: OBJECT_FORMAT,
            description: store.description.clone(),
        })
        .await?;
    for number in first..=head {
        let lines = match number == first {
            true => whole(&mut tx, &store, number).await?,
            false => changed(&mut tx, &store, number).await?,
        };
        let revision = revision::show(&mut tx, store.id, number).await?;
        let restored_from = revision.restored_from.filter(|from| *from >= first);
        writer
            .write(&RevisionLine {
                revision: number - first + 1,
                author: revision.author,
                at: revision.at,
                comment: revision.comment,
                restored_from: restored_from.map(|from| from - first + 1),
                changes: i64::try_from(lines.len()).unwrap_or(i64::MAX),
            })
            .await?;
        for object in &lines {
            writer.write(object).await?;
        }
    }
    writer.end().await
}

/// Who made a revision, when and why.
#[derive(Clone, Debug)]
pub struct Made {
    pub author: String,
    /// In UTC as RFC 3339 has it.
    pub at: String,
    pub comment: String,
}

/// A store of one revision as the text of an export.
pub fn first(description: &str, objects: &Configuration, made: Made) -> Result<String> {
    let header = Header {
        gatehouse: WHAT.to_owned(),
        format: FORMAT,
        objects: OBJECT_FORMAT,
        description: description.to_owned(),
    };
    let changes = objects.objects.iter();
    let changes: Vec<_> = changes.map(|(id, object)| (id, Some(object))).collect();
    ended(line(&header)?, 1, &changes, made)
}

/// The text of an export with one more revision.
pub fn next(export: &str, number: i64, changes: &Changes<'_>, made: Made) -> Result<String> {
    let before = export.trim_end_matches('\n').rfind('\n');
    // The last line says where the text ended.
    let before = before.map_or("", |at| &export[..=at]);
    ended(before.to_owned(), number, changes, made)
}

/// Objects as a revision has them; without one, that they are deleted.
pub type Changes<'a> = [(&'a ObjectId, Option<&'a Object>)];

fn ended(mut text: String, revision: i64, changes: &Changes<'_>, made: Made) -> Result<String> {
    let mut changes = changes.to_vec();
    changes.sort_by_key(|(id, _)| *id);
    text.push_str(&line(&RevisionLine {
        revision,
        author: made.author,
        at: made.at,
        comment: made.comment,
        restored_from: None,
        changes: i64::try_from(changes.len()).unwrap_or(i64::MAX),
    })?);
    for (id, object) in changes {
        let body = object.map(body::Body::of).transpose()?;
        let raw = |body: &body::Body| {
            let raw = RawValue::from_string(body.text.clone());
            raw.map_err(|error| StoreError::invalid(format!("the object has no JSON: {error}")))
        };
        text.push_str(&line(&ObjectLine {
            object: id.0.clone(),
            hash: body.as_ref().map(|body| body.hash.clone()),
            body: body.as_ref().map(raw).transpose()?,
        })?);
    }
    let end = EndLine {
        end: text.matches('\n').count() as u64,
        sha256: body::sha256(&[text.as_bytes()]),
    };
    text.push_str(&line(&end)?);
    Ok(text)
}

/// All objects of a revision, by id.
async fn whole(
    connection: &mut SqliteConnection,
    store: &StoreRow,
    number: i64,
) -> Result<Vec<ObjectLine>> {
    let mut rows = object::all(connection, store.id, number).await?;
    rows.sort_by(|a, b| a.object_id.cmp(&b.object_id));
    rows.into_iter()
        .map(|row| object_line(store, row))
        .collect()
}

/// The objects that a revision changed or deleted, by id.
async fn changed(
    connection: &mut SqliteConnection,
    store: &StoreRow,
    number: i64,
) -> Result<Vec<ObjectLine>> {
    let rows: Vec<object::Row> = sqlx::query_as(
        "select object_id, kind, body, hash, from_revision from object_revision
         where store_id = $1 and from_revision = $2",
    )
    .bind(store.id.0)
    .bind(number)
    .fetch_all(&mut *connection)
    .await?;
    let deleted: Vec<(String,)> = sqlx::query_as(
        "select e.object_id from object_revision e
         where e.store_id = $1 and e.to_revision = $2
           and not exists (select 1 from object_revision n where n.store_id = $1
               and n.object_id = e.object_id and n.from_revision = $2)",
    )
    .bind(store.id.0)
    .bind(number)
    .fetch_all(connection)
    .await?;
    let mut lines: Vec<_> = rows
        .into_iter()
        .map(|row| object_line(store, row))
        .collect::<Result<_>>()?;
    lines.extend(deleted.into_iter().map(|(object,)| ObjectLine {
        object,
        hash: None,
        body: None,
    }));
    lines.sort_by(|a, b| a.object.cmp(&b.object));
    Ok(lines)
}

/// The line of an object, after its hash was checked.
fn object_line(store: &StoreRow, row: object::Row) -> Result<ObjectLine> {
    let id = generator::objects::ObjectId(row.object_id.clone());
    let found = row.found(store)?;
    let place = body::Place {
        store: &store.name,
        object: &id,
        revision: Some(found.from_revision),
    };
    let raw = RawValue::from_string(found.body.text)
        .map_err(|error| place.damage(format!("the text is no JSON: {error}")))?;
    Ok(ObjectLine {
        object: id.0,
        hash: Some(found.body.hash),
        body: Some(raw),
    })
}

/// Writes lines in larger pieces, and keeps the hash of all.
struct Writer<'a, W> {
    out: &'a mut W,
    buffer: Vec<u8>,
    digest: Sha256,
    lines: u64,
}

impl<'a, W: AsyncWrite + Unpin> Writer<'a, W> {
    const PIECE: usize = 256 << 10;

    fn new(out: &'a mut W) -> Self {
        Self {
            out,
            buffer: Vec::with_capacity(Self::PIECE * 2),
            digest: Sha256::new(),
            lines: 0,
        }
    }

    async fn write<T: serde::Serialize>(&mut self, value: &T) -> Result<()> {
        let text = line(value)?;
        self.digest.update(text.as_bytes());
        self.lines += 1;
        self.buffer.extend_from_slice(text.as_bytes());
        if self.buffer.len() >= Self::PIECE {
            self.flush().await?;
        }
        Ok(())
    }

    async fn end(mut self) -> Result<()> {
        let end = EndLine {
            end: self.lines,
            sha256: body::hex(&self.digest.clone().finalize()),
        };
        self.buffer.extend_from_slice(line(&end)?.as_bytes());
        self.flush().await?;
        self.out.flush().await.map_err(written)
    }

    async fn flush(&mut self) -> Result<()> {
        self.out.write_all(&self.buffer).await.map_err(written)?;
        self.buffer.clear();
        Ok(())
    }
}

fn written(error: std::io::Error) -> StoreError {
    match error.kind() {
        std::io::ErrorKind::StorageFull => StoreError::DiskFull,
        _ => StoreError::Io(sqlx::Error::Io(error)),
    }
}
