//! Objects of saved revisions.
//!
//! A row says how an object was from one revision up to another. The newest state has an index of
//! its own; an older one is found per object by its newest row that is not newer than the revision,
//! so that reading it costs what the number of objects costs and not the length of the history.

use api::Window;
use api::store::{ObjectVersion, StoredConfiguration, StoredObject};
use futures_util::TryStreamExt as _;
use generator::objects::{Kind, Object, ObjectId};
use serde::Serialize;
use serde_json::value::RawValue;
use sqlx::SqliteConnection;

use super::body::{self, Body, Place};
use super::{Page, Result, StoreError, StoreId, StoreRow, revision};
use crate::db::Db;

/// All objects of a revision, by kind and name; of the newest one for `None`.
pub async fn configuration(
    db: &Db,
    store: &StoreRow,
    number: Option<i64>,
) -> Result<StoredConfiguration> {
    let mut tx = db.snapshot().await?;
    let number = revision::known(&mut tx, store.id, number).await?;
    stored(&mut tx, store, number).await
}

/// All objects of a revision that is there.
pub(super) async fn stored(
    connection: &mut SqliteConnection,
    store: &StoreRow,
    number: i64,
) -> Result<StoredConfiguration> {
    let rows = all(connection, store.id, number).await?;
    let mut objects = Vec::with_capacity(rows.len());
    for row in rows {
        objects.push(row.stored(store)?);
        take_turns(objects.len()).await;
    }
    Ok(StoredConfiguration {
        revision: number,
        objects,
    })
}

/// Lets others have their turn while many objects are read.
pub(super) async fn take_turns(read: usize) {
    if read.is_multiple_of(256) {
        tokio::task::yield_now().await;
    }
}

/// The JSON of a revision's [`StoredConfiguration`]. The bodies go into it as they are stored, once
/// their hashes were checked.
pub(super) async fn configuration_json(db: &Db, store: &StoreRow, number: i64) -> Result<Vec<u8>> {
    let mut tx = db.snapshot().await?;
    let head = revision::head(&mut tx, store.id).await?;
    let mut rows = sqlx::query_as::<_, Row>(if number == head { NEWEST } else { OLDER })
        .bind(store.id.0)
        .bind(number)
        .fetch(&mut *tx);
    let mut json = format!("{{\"revision\":{number},\"objects\":[").into_bytes();
    let mut first = true;
    while let Some(row) = rows.try_next().await? {
        if !std::mem::take(&mut first) {
            json.push(b',');
        }
        serde_json::to_writer(&mut json, &row.text(store)?)
            .map_err(|error| StoreError::invalid(format!("an object has no JSON: {error}")))?;
    }
    json.extend_from_slice(b"]}");
    Ok(json)
}

/// As [`StoredObject`], field by field, with the body as it is stored.
#[derive(Clone, Debug, Serialize)]
pub struct StoredText {
    pub id: ObjectId,
    pub etag: String,
    pub since_revision: i64,
    pub body: Box<RawValue>,
}

/// Some objects of a revision, all kinds or one, by kind and name.
pub async fn list(
    db: &Db,
    store: &StoreRow,
    number: Option<i64>,
    kind: Option<Kind>,
    page: Page,
) -> Result<Window<StoredText>> {
    let mut tx = db.snapshot().await?;
    let head = revision::head(&mut tx, store.id).await?;
    let number = revision::known(&mut tx, store.id, number).await?;
    let (total, rows) = if number == head {
        newest_part(&mut tx, store.id, kind, page).await?
    } else {
        // An older revision: the list is made whole and cut.
        let mut rows = all(&mut tx, store.id, number).await?;
        rows.retain(|row| kind.is_none_or(|kind| row.kind == kind.word()));
        let total = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let skip = usize::try_from(page.offset).unwrap_or(usize::MAX);
        let take = usize::try_from(page.limit).unwrap_or(usize::MAX);
        (total, rows.into_iter().skip(skip).take(take).collect())
    };
    let objects = rows
        .into_iter()
        .map(|row| row.text(store))
        .collect::<Result<_>>()?;
    Ok(page.window(objects, total))
}

/// One object of a revision; of the newest one for `None`.
pub async fn find(
    db: &Db,
    store: &StoreRow,
    id: &ObjectId,
    number: Option<i64>,
) -> Result<StoredObject> {
    let found = match number {
        None => newest(&mut *db.read().acquire().await?, store, id).await?,
        Some(_) => {
            let mut tx = db.snapshot().await?;
            let number = revision::known(&mut tx, store.id, number).await?;
            at(&mut tx, store, id, number).await?
        }
    };
    match found {
        Some(found) => Ok(found.into_stored(id)),
        None => Err(StoreError::no_object(id)),
    }
}

/// What changed an object, newest first.
pub async fn history(
    db: &Db,
    store: &StoreRow,
    id: &ObjectId,
    page: Page,
) -> Result<Window<ObjectVersion>> {
    // A row's end is a deletion when no other row begins there.
    let rows: Vec<HistoryRow> = sqlx::query_as(
        "select v.number, v.kind, v.body, v.hash, r.author, r.at, r.comment from (
             select from_revision as number, kind, body, hash from object_revision
             where store_id = $1 and object_id = $2
             union all
             select e.to_revision, null, null, null from object_revision e
             where e.store_id = $1 and e.object_id = $2 and e.to_revision is not null
               and not exists (select 1 from object_revision n where n.store_id = $1
                   and n.object_id = $2 and n.from_revision = e.to_revision)
         ) v join revision r on r.store_id = $1 and r.number = v.number
         order by v.number desc",
    )
    .bind(store.id.0)
    .bind(&id.0)
    .fetch_all(db.read())
    .await?;
    if rows.is_empty() {
        return Err(StoreError::no_object(id));
    }
    let total = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let versions = rows
        .into_iter()
        .skip(usize::try_from(page.offset).unwrap_or(usize::MAX))
        .take(usize::try_from(page.limit).unwrap_or(usize::MAX))
        .map(|row| row.version(store, id))
        .collect::<Result<_>>()?;
    Ok(page.window(versions, total))
}

/// An object as it stands in a revision.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub object: Object,
    pub body: Body,
    pub from_revision: i64,
}

impl Found {
    pub fn into_stored(self, id: &ObjectId) -> StoredObject {
        StoredObject {
            id: id.clone(),
            etag: body::etag(&self.body.hash),
            since_revision: Some(self.from_revision),
            body: self.object,
        }
    }
}

/// An object in the newest revision.
pub(super) async fn newest(
    connection: &mut SqliteConnection,
    store: &StoreRow,
    id: &ObjectId,
) -> Result<Option<Found>> {
    let row: Option<Row> = sqlx::query_as(
        "select object_id, kind, body, hash, from_revision from object_revision
         where store_id = $1 and object_id = $2 and to_revision is null",
    )
    .bind(store.id.0)
    .bind(&id.0)
    .fetch_optional(connection)
    .await?;
    row.map(|row| row.found(store)).transpose()
}

/// An object in a revision.
pub(super) async fn at(
    connection: &mut SqliteConnection,
    store: &StoreRow,
    id: &ObjectId,
    number: i64,
) -> Result<Option<Found>> {
    let row: Option<Row> = sqlx::query_as(
        "select object_id, kind, body, hash, from_revision from object_revision
         where store_id = $1 and object_id = $2 and from_revision <= $3
           and (to_revision is null or to_revision > $3)
         order by from_revision desc limit 1",
    )
    .bind(store.id.0)
    .bind(&id.0)
    .bind(number)
    .fetch_optional(connection)
    .await?;
    row.map(|row| row.found(store)).transpose()
}

/// All rows that count in a revision, by kind and name.
pub(super) async fn all(
    connection: &mut SqliteConnection,
    store: StoreId,
    number: i64,
) -> Result<Vec<Row>> {
    let head = revision::head(connection, store).await?;
    Ok(sqlx::query_as(if number == head { NEWEST } else { OLDER })
        .bind(store.0)
        .bind(number)
        .fetch_all(connection)
        .await?)
}

/// The rows of the newest revision, whose number `$2` needs no look.
const NEWEST: &str = "select object_id, kind, body, hash, from_revision from object_revision
     where store_id = $1 and to_revision is null and $2 > 0
     order by kind, lower(name), object_id";

/// The rows of any revision.
const OLDER: &str = "select r.object_id, r.kind, r.body, r.hash, r.from_revision
     from object o join object_revision r
       on r.store_id = o.store_id and r.object_id = o.object_id
      and r.from_revision = (select max(n.from_revision) from object_revision n
          where n.store_id = o.store_id and n.object_id = o.object_id
            and n.from_revision <= $2)
     where o.store_id = $1 and (r.to_revision is null or r.to_revision > $2)
     order by r.kind, lower(r.name), r.object_id";

async fn newest_part(
    connection: &mut SqliteConnection,
    store: StoreId,
    kind: Option<Kind>,
    page: Page,
) -> Result<(i64, Vec<Row>)> {
    // Two statements, so that each finds its index.
    let (count, select) = match kind {
        Some(_) => (
            "select count(*) from object_revision
             where store_id = $1 and to_revision is null and kind = $2",
            "select object_id, kind, body, hash, from_revision from object_revision
             where store_id = $1 and to_revision is null and kind = $2
             order by kind, lower(name), object_id limit $3 offset $4",
        ),
        None => (
            "select count(*) from object_revision
             where store_id = $1 and to_revision is null and $2 = ''",
            "select object_id, kind, body, hash, from_revision from object_revision
             where store_id = $1 and to_revision is null and $2 = ''
             order by kind, lower(name), object_id limit $3 offset $4",
        ),
    };
    let word = kind.map_or("", Kind::word);
    let (total,): (i64,) = sqlx::query_as(count)
        .bind(store.0)
        .bind(word)
        .fetch_one(&mut *connection)
        .await?;
    let rows = sqlx::query_as(select)
        .bind(store.0)
        .bind(word)
        .bind(page.limit)
        .bind(page.offset)
        .fetch_all(connection)
        .await?;
    Ok((total, rows))
}

/// Ends the newest state of an object at revision `number`.
pub(super) async fn end(
    connection: &mut SqliteConnection,
    store: StoreId,
    number: i64,
    id: &ObjectId,
) -> Result<()> {
    sqlx::query(
        "update object_revision set to_revision = $3
         where store_id = $1 and object_id = $2 and to_revision is null",
    )
    .bind(store.0)
    .bind(&id.0)
    .bind(number)
    .execute(connection)
    .await?;
    Ok(())
}

/// Begins a new state of an object at revision `number`, after the one before has ended.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    store: StoreId,
    number: i64,
    id: &ObjectId,
    object: &Object,
    body: &Body,
) -> Result<()> {
    sqlx::query(
        "insert into object (store_id, object_id, kind) values ($1, $2, $3)
         on conflict (store_id, object_id) do nothing",
    )
    .bind(store.0)
    .bind(&id.0)
    .bind(object.kind().word())
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "insert into object_revision
             (store_id, object_id, kind, name, body, hash, from_revision, to_revision)
         values ($1, $2, $3, $4, $5, $6, $7, null)",
    )
    .bind(store.0)
    .bind(&id.0)
    .bind(object.kind().word())
    .bind(object.name())
    .bind(&body.text)
    .bind(&body.hash)
    .bind(number)
    .execute(connection)
    .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub object_id: String,
    pub kind: String,
    pub body: String,
    pub hash: String,
    pub from_revision: i64,
}

impl Row {
    /// The object, verified.
    pub fn found(self, store: &StoreRow) -> Result<Found> {
        let id = ObjectId(self.object_id);
        let place = Place {
            store: &store.name,
            object: &id,
            revision: Some(self.from_revision),
        };
        let object = body::read(&place, &self.kind, &self.body, &self.hash)?;
        Ok(Found {
            object,
            body: Body {
                text: self.body,
                hash: self.hash,
            },
            from_revision: self.from_revision,
        })
    }

    /// The object for passing on, verified.
    fn text(self, store: &StoreRow) -> Result<StoredText> {
        let id = ObjectId(self.object_id);
        let place = Place {
            store: &store.name,
            object: &id,
            revision: Some(self.from_revision),
        };
        Ok(StoredText {
            etag: body::etag(&self.hash),
            since_revision: self.from_revision,
            body: body::raw(&place, &self.kind, self.body, &self.hash)?,
            id,
        })
    }

    fn stored(self, store: &StoreRow) -> Result<StoredObject> {
        let id = ObjectId(self.object_id.clone());
        Ok(self.found(store)?.into_stored(&id))
    }
}

#[derive(sqlx::FromRow)]
struct HistoryRow {
    number: i64,
    kind: Option<String>,
    body: Option<String>,
    hash: Option<String>,
    author: String,
    at: String,
    comment: String,
}

impl HistoryRow {
    fn version(self, store: &StoreRow, id: &ObjectId) -> Result<ObjectVersion> {
        let place = Place {
            store: &store.name,
            object: id,
            revision: Some(self.number),
        };
        let body = match (self.kind, self.body, self.hash) {
            (Some(kind), Some(text), Some(hash)) => Some(body::read(&place, &kind, &text, &hash)?),
            _ => None,
        };
        Ok(ObjectVersion {
            revision: self.number,
            author: self.author,
            at: self.at,
            comment: self.comment,
            body,
        })
    }
}
