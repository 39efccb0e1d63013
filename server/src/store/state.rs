//! What an open page asks every few seconds: three queries, each by its index.

use api::draft::State;
use api::server::Status;
use api::store::Freeze;

use super::{Result, StoreError, StoreRow, draft, lock, revision};
use crate::db::Db;

/// The newest revision, the freeze, locks and others' drafts of a store, for a user. What drifted,
/// what waits and how the server is are for the caller to say.
pub async fn find(db: &Db, store: &StoreRow, user: &str) -> Result<Found> {
    let mut connection = db.read().acquire().await?;
    let row: Option<Row> = sqlx::query_as(
        "select r.number, r.author, r.at, r.comment, r.changes, r.restored_from,
             f.by_user, f.reason, f.since, f.until, d.active_at, d.stored_at,
             exists(select 1 from trial t where t.store_id = r.store_id) as waits,
             (select max(i.install_id) from install i where i.store_id = r.store_id) as installed
         from revision r left join freeze f on f.store_id = r.store_id
         left join draft d on d.store_id = r.store_id and d.user_name = $2
         where r.store_id = $1 order by r.number desc limit 1",
    )
    .bind(store.id.0)
    .bind(user)
    .fetch_optional(&mut *connection)
    .await?;
    let row = row.ok_or_else(|| StoreError::NotFound {
        what: "such store".to_owned(),
    })?;
    let state = State {
        installed: row.installed,
        head: row.head.into(),
        frozen: row.freeze.freeze(),
        locks: lock::list_in(&mut connection, store.id).await?,
        editors: draft::others(&mut connection, store.id, user).await?,
        draft_stored_at: row.stored_at,
        drifted: Vec::new(),
        waiting: Vec::new(),
        server: Status::Ok,
    };
    Ok(Found {
        state,
        waits: row.waits,
        active_at: row.active_at,
    })
}

/// What was found.
#[derive(Debug)]
pub struct Found {
    pub state: State,
    /// Installs wait for a confirmation.
    pub waits: bool,
    /// When the user was last active in the store, if there is a draft.
    pub active_at: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    waits: bool,
    installed: Option<i64>,
    #[sqlx(flatten)]
    head: revision::Row,
    #[sqlx(flatten)]
    freeze: FreezeRow,
    active_at: Option<String>,
    stored_at: Option<String>,
}

/// The freeze of a store that may have none.
#[derive(sqlx::FromRow)]
pub(super) struct FreezeRow {
    by_user: Option<String>,
    reason: Option<String>,
    since: Option<String>,
    until: Option<String>,
}

impl FreezeRow {
    pub fn freeze(self) -> Option<Freeze> {
        Some(Freeze {
            by: self.by_user?,
            reason: self.reason?,
            since: self.since?,
            until: self.until,
        })
    }
}
