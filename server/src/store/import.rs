//! A new store from an exported file.
//!
//! Every line must be as an export would write it, which is why what was imported exports again to
//! the same bytes. Anything else is refused with the line and the reason, and leaves nothing behind.
//!
//! The file is read to its end before anything is written. Then it is written in parts, so that
//! nobody else waits for more than one of them: into a store whose name no store can have and that
//! nobody sees, until the last part gives it its name. What a server that ended left of one is taken
//! away by the next.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use api::store::{NewStore, Revision};
use generator::objects::{Kind, Object, ObjectId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::SqliteConnection;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::body::{self, Body};
use super::text::{self, MAX_BODY};
use super::transfer::{EndLine, FORMAT, Header, ObjectLine, RevisionLine, WHAT, line};
use super::{Actor, Result, StoreError, StoreId, StoreRow, audit, object, stores};
use crate::db::{Db, OBJECT_FORMAT};

/// The most bytes of one line: a body and what stands around it.
const MAX_LINE: usize = MAX_BODY + 4096;

/// A part that is written at once ends after this many changes, or this many bytes of bodies.
const PART: (usize, usize) = (250, 256 << 10);

/// Reads an exported store into a new one called `new.name`; an empty description is the file's.
///
/// To be driven to its end: what is dropped before stays until the next start.
pub async fn import(db: &Db, actor: &Actor, new: &NewStore, file: Vec<u8>) -> Result<StoreRow> {
    stores::check_name(db, &new.name).await?;
    let file = Arc::new(file);
    let whole = file.clone();
    let checked = tokio::task::spawn_blocking(move || check(&whole)).await;
    let checked = checked.map_err(|error| StoreError::Io(sqlx::Error::Io(error.into())))??;
    let description = match new.description.is_empty() {
        true => &checked.description,
        false => &new.description,
    };
    let id = db
        .write(async |mut tx| {
            let id = stores::insert_unseen(&mut tx, actor, description).await?;
            tx.commit().await?;
            Ok(id)
        })
        .await?;
    let written = async {
        write(db, id, &file).await?;
        show(db, actor, id, new, &checked).await
    };
    match written.await {
        Ok(()) => Ok(StoreRow {
            id,
            name: new.name.clone(),
            description: description.clone(),
            archived: false,
        }),
        Err(error) => {
            if let Err(left) = remove(db, id).await {
                tracing::warn!(error = %left, "what was written of an import stays until the next start");
            }
            Err(error)
        }
    }
}

/// What a whole file holds.
struct Checked {
    description: String,
    revisions: i64,
    lines: u64,
}

fn check(file: &[u8]) -> Result<Checked> {
    let mut reader = Reader::new(file)?;
    while reader.next()?.is_some() {}
    Ok(Checked {
        description: reader.description,
        revisions: reader.revision,
        lines: reader.lines.number,
    })
}

/// A revision of an exported store; `None` for the newest. All of the file is checked.
pub(super) fn revision(
    file: &[u8],
    number: Option<i64>,
) -> Result<(Revision, BTreeMap<ObjectId, Object>)> {
    let mut reader = Reader::new(file)?;
    let (mut revision, mut objects) = (None, BTreeMap::new());
    let is_later = |found: i64| number.is_some_and(|number| found > number);
    while let Some(change) = reader.next()? {
        match change {
            Change::Revision(found) if !is_later(found.revision) => revision = Some(found),
            Change::Object {
                revision, id, now, ..
            } if !is_later(revision) => match now {
                Some(now) => drop(objects.insert(id, now.0)),
                None => drop(objects.remove(&id)),
            },
            Change::Revision(_) | Change::Object { .. } => {}
        }
    }
    let found = revision.filter(|found| number.is_none_or(|number| found.revision == number));
    let found = found.ok_or_else(|| StoreError::no_revision(number.unwrap_or_default()))?;
    let revision = Revision {
        number: found.revision,
        author: found.author,
        at: found.at,
        comment: found.comment,
        changes: found.changes,
        restored_from: found.restored_from,
        installed_on: Vec::new(),
    };
    Ok((revision, objects))
}

/// Writes what the file holds, part by part.
async fn write(db: &Db, store: StoreId, file: &[u8]) -> Result<()> {
    let mut reader = Reader::new(file)?;
    loop {
        let part = reader.part()?;
        if part.is_empty() {
            return Ok(());
        }
        db.write(async |mut tx| {
            for change in &part {
                change.write(&mut tx, store).await?;
            }
            Ok(tx.commit().await?)
        })
        .await?;
    }
}

/// Gives the store its name: from here on everybody sees it.
async fn show(
    db: &Db,
    actor: &Actor,
    id: StoreId,
    new: &NewStore,
    checked: &Checked,
) -> Result<()> {
    db.write(async |mut tx| {
        stores::show(&mut tx, id, actor, &new.name).await?;
        let line = audit::NewLine {
            actor,
            store: Some((id, &new.name)),
            action: "import-store",
            what: format!("imported {} with {} revisions", new.name, checked.revisions),
            details: json!({ "revisions": checked.revisions, "lines": checked.lines }),
        };
        audit::append(&mut tx, line).await?;
        Ok(tx.commit().await?)
    })
    .await
}

/// What imports left that did not end. To be asked before any begins.
pub async fn left(db: &Db) -> Result<Vec<StoreId>> {
    stores::unseen(db).await
}

/// Takes away what an import left: what there is much of in parts, too.
pub async fn remove(db: &Db, store: StoreId) -> Result<()> {
    for statement in [
        "delete from object_revision where object_revision_id in
             (select object_revision_id from object_revision where store_id = $1 limit $2)",
        "delete from object where store_id = $1 and object_id in
             (select object_id from object where store_id = $1 limit $2)",
    ] {
        let most = PART.0 as i64;
        while db
            .execute(sqlx::query(statement).bind(store.0).bind(most))
            .await?
            > 0
        {}
    }
    db.write(async |mut tx| {
        stores::delete(&mut tx, store).await?;
        Ok(tx.commit().await?)
    })
    .await
}

/// One line of the file that changes the store.
enum Change {
    Revision(RevisionLine),
    Object {
        revision: i64,
        id: ObjectId,
        was_there: bool,
        /// `None`: the revision deletes it.
        now: Option<Box<(Object, Body)>>,
    },
}

impl Change {
    fn bytes(&self) -> usize {
        match self {
            Self::Object {
                now: Some(object), ..
            } => object.1.text.len(),
            Self::Revision(_) | Self::Object { .. } => 0,
        }
    }

    async fn write(&self, connection: &mut SqliteConnection, store: StoreId) -> Result<()> {
        match self {
            Self::Revision(revision) => insert_revision(connection, store, revision).await,
            Self::Object {
                revision,
                id,
                was_there,
                now,
            } => {
                if *was_there {
                    object::end(connection, store, *revision, id).await?;
                }
                let Some(now) = now else { return Ok(()) };
                let (object, body) = &**now;
                object::write(connection, store, *revision, id, object, body).await
            }
        }
    }
}

struct Reader<'a> {
    lines: Lines<'a>,
    description: String,
    /// The revision that is being read; 0 before the first.
    revision: i64,
    /// Lines of it that are still to come.
    left: i64,
    /// The object of its last line.
    last: String,
    at_end: bool,
    /// An id has one kind for ever.
    kinds: BTreeMap<String, Kind>,
    /// The ids that have an object now.
    alive: BTreeSet<String>,
}

impl<'a> Reader<'a> {
    fn new(file: &'a [u8]) -> Result<Self> {
        let mut lines = Lines::new(file);
        let header = header(&mut lines)?;
        Ok(Self {
            lines,
            description: header.description,
            revision: 0,
            left: 0,
            last: String::new(),
            at_end: false,
            kinds: BTreeMap::new(),
            alive: BTreeSet::new(),
        })
    }

    /// What is written at once; empty behind the last.
    fn part(&mut self) -> Result<Vec<Change>> {
        let (mut part, mut bytes) = (Vec::new(), 0);
        while part.len() < PART.0 && bytes < PART.1 {
            let Some(change) = self.next()? else { break };
            bytes += change.bytes();
            part.push(change);
        }
        Ok(part)
    }

    /// The next change; `None` behind the last, when all of the file is as it was written.
    fn next(&mut self) -> Result<Option<Change>> {
        if self.at_end {
            return Ok(None);
        }
        if self.left > 0 {
            self.left -= 1;
            return self.object().map(Some);
        }
        let before = self.lines.digest.clone();
        let text = self.lines.next()?;
        if text.starts_with("{\"end\"") {
            let end: EndLine = self.lines.parse(text)?;
            self.check_end(&end, before)?;
            self.at_end = true;
            return Ok(None);
        }
        let revision: RevisionLine = self.lines.parse(text)?;
        self.revision += 1;
        self.check_revision(&revision, self.revision)?;
        self.left = revision.changes;
        self.last.clear();
        Ok(Some(Change::Revision(revision)))
    }

    fn check_end(&self, end: &EndLine, before: Sha256) -> Result<()> {
        if self.revision == 0 {
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
        match self.lines.rest.is_empty() {
            true => Ok(()),
            false => Err(self.lines.refuse("there is more after the last line")),
        }
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

    fn object(&mut self) -> Result<Change> {
        let text = self.lines.next()?;
        let change: ObjectLine = self.lines.parse(text)?;
        if change.object <= self.last {
            return Err(self
                .lines
                .refuse("the objects of a revision stand by their ids, each once"));
        }
        self.last.clone_from(&change.object);
        let id = ObjectId(change.object);
        text::object_id(&id).map_err(|error| self.lines.refuse(&error.to_string()))?;
        let was_there = self.alive.remove(&id.0);
        let now = match (change.body, change.hash) {
            (Some(body), Some(hash)) => Some(Box::new(self.body(&id, body.get(), hash)?)),
            (None, None) if was_there => None,
            (None, None) => {
                return Err(self.lines.refuse("an object is deleted that is not there"));
            }
            _ => return Err(self.lines.refuse("a body and its hash stand together")),
        };
        Ok(Change::Object {
            revision: self.revision,
            id,
            was_there,
            now,
        })
    }

    fn body(&mut self, id: &ObjectId, text: &str, hash: String) -> Result<(Object, Body)> {
        let object: Object = serde_json::from_str(text).map_err(|error| {
            self.lines
                .refuse(&format!("the body is no object: {error}"))
        })?;
        let kind = object.kind();
        if body::hash(kind.word(), text) != hash {
            return Err(self
                .lines
                .refuse("the body does not have its hash: it was changed"));
        }
        if *self.kinds.entry(id.0.clone()).or_insert(kind) != kind {
            return Err(self.lines.refuse("the object was of another kind before"));
        }
        self.alive.insert(id.0.clone());
        let text = text.to_owned();
        Ok((object, Body { text, hash }))
    }
}

fn header(lines: &mut Lines) -> Result<Header> {
    let text = lines.next()?;
    let header: Header = lines
        .parse(text)
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
struct Lines<'a> {
    rest: &'a [u8],
    number: u64,
    digest: Sha256,
}

impl<'a> Lines<'a> {
    fn new(file: &'a [u8]) -> Self {
        Self {
            rest: file,
            number: 0,
            digest: Sha256::new(),
        }
    }

    /// The next line with its line feed.
    fn next(&mut self) -> Result<&'a str> {
        self.number += 1;
        let most = self.rest.len().min(MAX_LINE + 1);
        let end = self.rest[..most].iter().position(|byte| *byte == b'\n');
        let Some(end) = end.filter(|end| *end < MAX_LINE) else {
            return Err(self.refuse(match most > MAX_LINE {
                true => "the line or the file is too large",
                false => "the file ends too early",
            }));
        };
        let (line, rest) = self.rest.split_at(end + 1);
        self.rest = rest;
        self.digest.update(line);
        std::str::from_utf8(line).map_err(|_| self.refuse("the text is no UTF-8"))
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
