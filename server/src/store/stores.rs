//! Stores themselves: creating, listing, renaming, archiving, purging.

use api::account::Role;
use api::store::{Freeze, NewStore, Revision, StoreChange};
use generator::objects::{Object, ObjectId};
use serde_json::json;
use sqlx::SqliteConnection;

use super::body::Body;
use super::cache::Counts;
use super::state::FreezeRow;
use super::{Actor, Result, StoreError, StoreId, audit, now, object, revision, text, trial};
use crate::auth::{access, member};
use crate::db::Db;

/// A store, as it is found by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreRow {
    pub id: StoreId,
    pub name: String,
    pub description: String,
    pub archived: bool,
}

/// A store in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    pub store: StoreRow,
    pub head: Revision,
    pub stacks: i64,
    pub objects: i64,
    /// Stacks that were installed.
    pub installed: i64,
    pub frozen: Option<Freeze>,
}

/// The store of this name, in whatever letters, and the role of the account if it is a member.
pub async fn find(db: &Db, name: &str, account: &str) -> Result<(StoreRow, Option<Role>)> {
    let row: Option<MemberRow> = sqlx::query_as(
        "select s.store_id, s.name, s.description, s.archived, m.role
         from store s left join member m on m.store_id = s.store_id and m.account = $2
         where lower(s.name) = lower($1)",
    )
    .bind(name)
    .bind(account)
    .fetch_optional(db.read())
    .await?;
    let row = row
        .filter(|_| !name.starts_with(UNSEEN))
        .ok_or_else(|| no_store(name))?;
    Ok((
        row.store.into(),
        row.role.as_deref().and_then(access::role_named),
    ))
}

/// The store of this name, in whatever letters.
pub(super) async fn named(connection: &mut SqliteConnection, name: &str) -> Result<StoreRow> {
    let row: Option<Row> = sqlx::query_as(
        "select store_id, name, description, archived from store where lower(name) = lower($1)",
    )
    .bind(name)
    .fetch_optional(connection)
    .await?;
    let row = row.filter(|_| !name.starts_with(UNSEEN));
    row.map(StoreRow::from).ok_or_else(|| no_store(name))
}

/// The name of a store; `None` when it is gone.
pub async fn name_of(db: &Db, id: StoreId) -> Result<Option<String>> {
    let name = sqlx::query_scalar("select name from store where store_id = $1")
        .bind(id.0)
        .fetch_optional(db.read())
        .await?;
    Ok(name)
}

/// The columns of [`SummaryRow`], for the stores that the words name.
macro_rules! select {
    ($which:literal) => {
        concat!(
            "select s.store_id, s.name, s.description, s.archived,
                    r.number, r.author, r.at, r.comment, r.changes, r.restored_from,
                    f.by_user, f.reason, f.since, f.until,
                    (select count(distinct i.stack_id) from install i
                     where i.store_id = s.store_id and i.outcome = 'done'
                       and i.undone = 0 and i.undoes is null) as installed
             from store s join revision r on r.store_id = s.store_id
                 and r.number = (select max(n.number) from revision n
                                 where n.store_id = s.store_id)
             left join freeze f on f.store_id = s.store_id ",
            $which
        )
    };
}

/// All stores by name, archived ones too.
pub async fn list(db: &Db) -> Result<Vec<StoreRow>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select store_id, name, description, archived from store
         where substr(name, 1, 1) <> $1 order by lower(name)",
    )
    .bind(UNSEEN)
    .fetch_all(db.read())
    .await?;
    Ok(rows.into_iter().map(StoreRow::from).collect())
}

/// All stores by name, each with its newest revision and its counts.
pub async fn summaries(db: &Db, counts: &Counts) -> Result<Vec<Summary>> {
    let rows: Vec<SummaryRow> = sqlx::query_as(select!(
        "where substr(s.name, 1, 1) <> $1 order by lower(s.name)"
    ))
    .bind(UNSEEN)
    .fetch_all(db.read())
    .await?;
    let mut summaries = Vec::with_capacity(rows.len());
    for row in rows {
        summaries.push(row.counted(db, counts).await?);
    }
    Ok(summaries)
}

/// One store with its newest revision and its counts.
pub async fn summary(db: &Db, counts: &Counts, store: &StoreRow) -> Result<Summary> {
    let row: Option<SummaryRow> = sqlx::query_as(select!("where s.store_id = $1"))
        .bind(store.id.0)
        .fetch_optional(db.read())
        .await?;
    let row = row.ok_or_else(|| no_store(&store.name))?;
    row.counted(db, counts).await
}

/// Makes a store whose first revision holds the supplied objects.
pub async fn create(
    db: &Db,
    actor: &Actor,
    new: &NewStore,
    supplied: &[(ObjectId, Object)],
) -> Result<StoreRow> {
    db.write(async |mut tx| {
        let id = insert(&mut tx, actor, &new.name, &new.description).await?;
        let first = revision::NewRevision {
            number: 1,
            actor,
            comment: "",
            changes: supplied.len(),
            restored_from: None,
        };
        revision::insert(&mut tx, id, first).await?;
        for (object, body) in supplied {
            text::object_id(object)?;
            object::write(&mut tx, id, 1, object, body, &Body::of(body)?).await?;
        }
        let line = audit::NewLine {
            actor,
            store: Some((id, &new.name)),
            action: "create-store",
            what: format!("created the store {}", new.name),
            details: json!({ "description": new.description }),
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

/// Renames, describes, archives or brings back a store; what is absent stays.
pub async fn change(
    db: &Db,
    store: &StoreRow,
    actor: &Actor,
    change: &StoreChange,
) -> Result<StoreRow> {
    db.write(async |mut tx| {
        let before = reread(&mut tx, store.id).await?;
        let after = StoreRow {
            id: before.id,
            name: change.name.clone().unwrap_or_else(|| before.name.clone()),
            description: change
                .description
                .clone()
                .unwrap_or_else(|| before.description.clone()),
            archived: change.archived.unwrap_or(before.archived),
        };
        if after == before {
            return Ok(after);
        }
        text::store_name(&after.name)?;
        text::lines("the description", &after.description)?;
        free_name(&mut tx, &after.name, Some(before.id)).await?;
        sqlx::query(
            "update store set name = $2, description = $3, archived = $4 where store_id = $1",
        )
        .bind(after.id.0)
        .bind(&after.name)
        .bind(&after.description)
        .bind(i64::from(after.archived))
        .execute(&mut *tx)
        .await?;
        let line = audit::NewLine {
            actor,
            store: Some((after.id, &after.name)),
            action: "change-store",
            what: words(&before, &after),
            details: json!({ "before": facts(&before), "after": facts(&after) }),
        };
        audit::append(&mut tx, line).await?;
        tx.commit().await?;
        Ok(after)
    })
    .await
}

/// Deletes all rows of a store, in the order in which they need each other.
pub(super) async fn delete(connection: &mut SqliteConnection, store: StoreId) -> Result<()> {
    for statement in [
        "delete from object_lock where store_id = $1",
        "delete from draft where store_id = $1",
        "delete from object_revision where store_id = $1",
        "delete from object where store_id = $1",
        "update revision set restored_from = null where store_id = $1",
        "delete from revision where store_id = $1",
        "delete from store where store_id = $1",
    ] {
        let statement = sqlx::query(statement).bind(store.0);
        statement.execute(&mut *connection).await?;
    }
    Ok(())
}

/// Removes an archived store for good; its lines in the audit stay.
pub async fn purge(db: &Db, store: &StoreRow, actor: &Actor, confirm_name: &str) -> Result<()> {
    db.write(async |mut tx| {
        let store = reread(&mut tx, store.id).await?;
        if !store.archived {
            return Err(StoreError::NotArchived);
        }
        if confirm_name != store.name {
            return Err(StoreError::invalid("the name does not match the store's"));
        }
        trial::refuse_in(&mut tx, store.id, None).await?;
        delete(&mut tx, store.id).await?;
        member::forget_store(&mut tx, store.id.0).await?;
        let line = audit::NewLine {
            actor,
            store: Some((store.id, &store.name)),
            action: "purge-store",
            what: format!("purged the store {}", store.name),
            details: json!({ "before": facts(&store) }),
        };
        audit::append(&mut tx, line).await?;
        Ok(tx.commit().await?)
    })
    .await
}

/// The most stores of one database: making more is somebody's error, or worse.
const MOST: i64 = 1000;

/// The first letter of the names of stores that nobody sees: those that are being imported.
const UNSEEN: &str = "/";

/// Inserts the row of a store with a name that is legal and free.
pub(super) async fn insert(
    connection: &mut SqliteConnection,
    actor: &Actor,
    name: &str,
    description: &str,
) -> Result<StoreId> {
    let id = insert_unseen(connection, actor, description).await?;
    show(connection, id, actor, name).await?;
    Ok(id)
}

/// Inserts the row of a store that nobody sees until it is shown.
pub(super) async fn insert_unseen(
    connection: &mut SqliteConnection,
    actor: &Actor,
    description: &str,
) -> Result<StoreId> {
    text::lines("the description", description)?;
    let (there,): (i64,) = sqlx::query_as("select count(*) from store")
        .fetch_one(&mut *connection)
        .await?;
    if there >= MOST {
        return Err(StoreError::TooMany { limit: MOST });
    }
    let (id,): (i64,) = sqlx::query_as(
        "insert into store (name, description, created_by, created_at)
         values ($1 || lower(hex(randomblob(16))), $2, $3, $4) returning store_id",
    )
    .bind(UNSEEN)
    .bind(description)
    .bind(&actor.name)
    .bind(now())
    .fetch_one(connection)
    .await?;
    Ok(StoreId(id))
}

/// Gives a store its name, if that is legal and free; whoever makes a store may do everything in it,
/// and administrators of the server may anyway.
pub(super) async fn show(
    connection: &mut SqliteConnection,
    id: StoreId,
    actor: &Actor,
    name: &str,
) -> Result<()> {
    text::store_name(name)?;
    free_name(connection, name, Some(id)).await?;
    sqlx::query("update store set name = $2 where store_id = $1")
        .bind(id.0)
        .bind(name)
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "insert into member (store_id, account, role)
         select $1, name, 'administrator' from account where name = $2 and administrator = 0",
    )
    .bind(id.0)
    .bind(&actor.name)
    .execute(connection)
    .await?;
    Ok(())
}

/// The stores that nobody sees.
pub(super) async fn unseen(db: &Db) -> Result<Vec<StoreId>> {
    let ids: Vec<i64> =
        sqlx::query_scalar("select store_id from store where substr(name, 1, 1) = $1")
            .bind(UNSEEN)
            .fetch_all(db.read())
            .await?;
    Ok(ids.into_iter().map(StoreId).collect())
}

/// Refuses a name that is not legal or not free, before much is done for it.
pub(super) async fn check_name(db: &Db, name: &str) -> Result<()> {
    text::store_name(name)?;
    free_name(&mut *db.read().acquire().await?, name, None).await
}

/// The store as it is now, if it is there and not archived.
pub(super) async fn active(connection: &mut SqliteConnection, id: StoreId) -> Result<StoreRow> {
    let store = reread(connection, id).await?;
    if store.archived {
        return Err(StoreError::Archived);
    }
    Ok(store)
}

/// The store as it is now.
pub(super) async fn reread(connection: &mut SqliteConnection, id: StoreId) -> Result<StoreRow> {
    let row: Option<Row> = sqlx::query_as(
        "select store_id, name, description, archived from store where store_id = $1",
    )
    .bind(id.0)
    .fetch_optional(connection)
    .await?;
    row.map(StoreRow::from).ok_or_else(|| StoreError::NotFound {
        what: "such store".to_owned(),
    })
}

async fn free_name(
    connection: &mut SqliteConnection,
    name: &str,
    except: Option<StoreId>,
) -> Result<()> {
    let taken: Option<(i64,)> =
        sqlx::query_as("select store_id from store where lower(name) = lower($1)")
            .bind(name)
            .fetch_optional(connection)
            .await?;
    match taken {
        Some((id,)) if except != Some(StoreId(id)) => Err(StoreError::NameTaken {
            name: name.to_owned(),
        }),
        _ => Ok(()),
    }
}

fn no_store(name: &str) -> StoreError {
    StoreError::NotFound {
        what: format!("store `{name}`"),
    }
}

fn facts(store: &StoreRow) -> serde_json::Value {
    json!({ "name": store.name, "description": store.description, "archived": store.archived })
}

fn words(before: &StoreRow, after: &StoreRow) -> String {
    let mut parts = Vec::new();
    if before.name != after.name {
        parts.push(format!("renamed from {} to {}", before.name, after.name));
    }
    if before.description != after.description {
        parts.push("changed the description".to_owned());
    }
    match (before.archived, after.archived) {
        (false, true) => parts.push("archived".to_owned()),
        (true, false) => parts.push("brought back from the archive".to_owned()),
        _ => {}
    }
    parts.join(", ")
}

#[derive(sqlx::FromRow)]
struct Row {
    store_id: i64,
    name: String,
    description: String,
    archived: i64,
}

impl From<Row> for StoreRow {
    fn from(row: Row) -> Self {
        Self {
            id: StoreId(row.store_id),
            name: row.name,
            description: row.description,
            archived: row.archived != 0,
        }
    }
}

#[derive(sqlx::FromRow)]
struct MemberRow {
    #[sqlx(flatten)]
    store: Row,
    role: Option<String>,
}

#[derive(sqlx::FromRow)]
struct SummaryRow {
    #[sqlx(flatten)]
    store: Row,
    #[sqlx(flatten)]
    head: revision::Row,
    #[sqlx(flatten)]
    freeze: FreezeRow,
    installed: i64,
}

impl SummaryRow {
    async fn counted(self, db: &Db, counts: &Counts) -> Result<Summary> {
        let store = StoreRow::from(self.store);
        let head = Revision::from(self.head);
        let count = counts.find(db, store.id, head.number).await?;
        Ok(Summary {
            store,
            head,
            stacks: count.stacks,
            objects: count.objects,
            installed: self.installed,
            frozen: self.freeze.freeze(),
        })
    }
}
