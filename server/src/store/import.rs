//! A new store from an exported file.
//!
//! Every line must be as an export would write it, which is why what was imported exports again to
//! the same bytes. Anything else is refused with the line and the reason, and leaves nothing behind.

use std::collections::{BTreeMap, BTreeSet};

use api::store::NewStore;
use generator::objects::{Kind, Object, ObjectId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::SqliteConnection;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt};

use super::body::{self, Body};
use super::text::{self, MAX_BODY};
use super::transfer::{EndLine, FORMAT, Header, ObjectLine, RevisionLine, WHAT, line};
use super::{Actor, Result, StoreError, StoreId, StoreRow, audit, object, stores};
use crate::db::{Db, OBJECT_FORMAT};

/// The most bytes of one line: a body and what stands around it.
const MAX_LINE: usize = MAX_BODY + 4096;
/// The most bytes of a file.
pub const MAX_FILE: u64 = 4 << 30;

/// Reads an exported store into a new one called `new.name`; an empty description is the file's.
pub async fn import(
    db: &Db,
    actor: &Actor,
    new: &NewStore,
    file: impl AsyncBufRead + Unpin + Send,
) -> Result<StoreRow> {
    db.write(async |mut tx| {
        let mut lines = Lines::new(file);
        let header = header(&mut lines).await?;
        let description = match new.description.is_empty() {
            true => &header.description,
            false => &new.description,
        };
        let id = stores::insert(&mut tx, actor, &new.name, description).await?;
        let mut reader = Reader {
            lines,
            store: id,
            kinds: BTreeMap::new(),
            alive: BTreeSet::new(),
        };
        let revisions = reader.revisions(&mut tx).await?;
        let line = audit::NewLine {
            actor,
            store: Some((id, &new.name)),
            action: "import-store",
            what: format!("imported {} with {revisions} revisions", new.name),
            details: json!({ "revisions": revisions, "lines": reader.lines.number }),
        };
        audit::append(&mut tx, line).await?;
        tx.commit().await?;
        Ok(StoreRow {
            id,
            name: new.name.clone(),
            description: description.clone(),
            archived: false,
        })
    })
    .await
}

async fn header(lines: &mut Lines<impl AsyncBufRead + Unpin>) -> Result<Header> {
    let text = lines.next().await?;
    let header: Header = lines
        .parse(&text)
        .map_err(|_| lines.refuse("this is no exported store of Gatehouse"))?;
    if header.gatehouse != WHAT {
        return Err(lines.refuse("this is no exported store of Gatehouse"));
    }
    if header.format > FORMAT || header.objects > OBJECT_FORMAT {
        return Err(lines.refuse("the file was written by a newer version of Gatehouse"));
    }
    if header.format < FORMAT || header.objects < OBJECT_FORMAT {
        return Err(lines.refuse("there is no such format"));
    }
    Ok(header)
}

struct Reader<R> {
    lines: Lines<R>,
    store: StoreId,
    /// An id has one kind for ever.
    kinds: BTreeMap<String, Kind>,
    /// The ids that have an object now.
    alive: BTreeSet<String>,
}

impl<R: AsyncBufRead + Unpin> Reader<R> {
    /// Reads up to the end line and answers how many revisions there were.
    async fn revisions(&mut self, connection: &mut SqliteConnection) -> Result<i64> {
        let mut number = 0;
        loop {
            let before = self.lines.digest.clone();
            let text = self.lines.next().await?;
            if text.starts_with("{\"end\"") {
                let end: EndLine = self.lines.parse(&text)?;
                self.check_end(&end, before, number)?;
                return match self.lines.is_at_end().await? {
                    true => Ok(number),
                    false => Err(self.lines.refuse("there is more after the last line")),
                };
            }
            let revision: RevisionLine = self.lines.parse(&text)?;
            number += 1;
            self.check_revision(&revision, number)?;
            insert_revision(connection, self.store, &revision).await?;
            self.objects(connection, &revision).await?;
        }
    }

    fn check_end(&self, end: &EndLine, before: Sha256, revisions: i64) -> Result<()> {
        if revisions == 0 {
            return Err(self.lines.refuse("the file holds no revision"));
        }
        if end.end != self.lines.number - 1 {
            return Err(self.lines.refuse("the number of lines is another"));
        }
        if end.sha256 != body::hex(&before.finalize()) {
            return Err(self
                .lines
                .refuse("the hash of the file is another: it was changed"));
        }
        Ok(())
    }

    fn check_revision(&self, revision: &RevisionLine, number: i64) -> Result<()> {
        let refuse = |reason: &str| Err(self.lines.refuse(reason));
        if revision.revision != number {
            return refuse(&format!("revision {number} belongs here"));
        }
        if OffsetDateTime::parse(&revision.at, &Rfc3339).is_err() {
            return refuse("the time is none");
        }
        if revision
            .restored_from
            .is_some_and(|from| !(1..number).contains(&from))
        {
            return refuse("a revision can only have the content of an earlier one");
        }
        text::line("the author", &revision.author)
            .and_then(|()| text::lines("the comment", &revision.comment))
            .or_else(|error| refuse(&error.to_string()))?;
        match revision.changes {
            0.. => Ok(()),
            _ => refuse("the number of changes is none"),
        }
    }

    async fn objects(
        &mut self,
        connection: &mut SqliteConnection,
        revision: &RevisionLine,
    ) -> Result<()> {
        let mut last = String::new();
        for _ in 0..revision.changes {
            let text = self.lines.next().await?;
            let change: ObjectLine = self.lines.parse(&text)?;
            if change.object <= last {
                return Err(self
                    .lines
                    .refuse("the objects of a revision stand by their ids, each once"));
            }
            last.clone_from(&change.object);
            self.object(connection, revision.revision, change).await?;
        }
        Ok(())
    }

    async fn object(
        &mut self,
        connection: &mut SqliteConnection,
        number: i64,
        change: ObjectLine,
    ) -> Result<()> {
        let id = ObjectId(change.object);
        text::object_id(&id).map_err(|error| self.lines.refuse(&error.to_string()))?;
        let was_there = self.alive.remove(&id.0);
        if was_there {
            object::end(connection, self.store, number, &id).await?;
        }
        let (text, hash) = match (change.body, change.hash) {
            (Some(body), Some(hash)) => (body.get().to_owned(), hash),
            (None, None) if was_there => return Ok(()),
            (None, None) => {
                return Err(self.lines.refuse("an object is deleted that is not there"));
            }
            _ => return Err(self.lines.refuse("a body and its hash stand together")),
        };
        let object: Object = serde_json::from_str(&text).map_err(|error| {
            self.lines
                .refuse(&format!("the body is no object: {error}"))
        })?;
        let kind = object.kind();
        if body::hash(kind.word(), &text) != hash {
            return Err(self
                .lines
                .refuse("the body does not have its hash: it was changed"));
        }
        if *self.kinds.entry(id.0.clone()).or_insert(kind) != kind {
            return Err(self.lines.refuse("the object was of another kind before"));
        }
        self.alive.insert(id.0.clone());
        let body = Body { text, hash };
        object::write(connection, self.store, number, &id, &object, &body).await
    }
}

async fn insert_revision(
    connection: &mut SqliteConnection,
    store: StoreId,
    revision: &RevisionLine,
) -> Result<()> {
    sqlx::query(
        "insert into revision (store_id, number, author, at, comment, changes, restored_from)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(store.0)
    .bind(revision.revision)
    .bind(&revision.author)
    .bind(&revision.at)
    .bind(&revision.comment)
    .bind(revision.changes)
    .bind(revision.restored_from)
    .execute(connection)
    .await?;
    Ok(())
}

/// Lines of limited length, their number, and the hash of all so far.
struct Lines<R> {
    file: R,
    number: u64,
    bytes: u64,
    digest: Sha256,
}

impl<R: AsyncBufRead + Unpin> Lines<R> {
    fn new(file: R) -> Self {
        Self {
            file,
            number: 0,
            bytes: 0,
            digest: Sha256::new(),
        }
    }

    /// The next line with its line feed.
    async fn next(&mut self) -> Result<String> {
        let mut bytes = Vec::new();
        self.number += 1;
        (&mut self.file)
            .take(MAX_LINE as u64 + 1)
            .read_until(b'\n', &mut bytes)
            .await
            .map_err(|error| self.refuse(&format!("the file cannot be read: {error}")))?;
        self.bytes += bytes.len() as u64;
        if bytes.len() > MAX_LINE || self.bytes > MAX_FILE {
            return Err(self.refuse("the line or the file is too large"));
        }
        if bytes.last() != Some(&b'\n') {
            return Err(self.refuse("the file ends too early"));
        }
        self.digest.update(&bytes);
        String::from_utf8(bytes).map_err(|_| self.refuse("the text is no UTF-8"))
    }

    async fn is_at_end(&mut self) -> Result<bool> {
        let rest = self.file.fill_buf().await;
        rest.map(<[u8]>::is_empty)
            .map_err(|error| self.refuse(&format!("the file cannot be read: {error}")))
    }

    /// Reads a line that is exactly as an export writes it.
    fn parse<T: DeserializeOwned + Serialize>(&self, text: &str) -> Result<T> {
        let value: T = serde_json::from_str(text)
            .map_err(|error| self.refuse(&format!("the line cannot be read: {error}")))?;
        if line(&value)? != text {
            return Err(self.refuse("the line is not as an export writes it"));
        }
        Ok(value)
    }

    fn refuse(&self, reason: &str) -> StoreError {
        StoreError::Import {
            line: self.number,
            reason: reason.to_owned(),
        }
    }
}
