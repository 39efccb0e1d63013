//! The table `session`: who is logged in, since when, from where.
//!
//! A session ends when it is idle for too long, when it is too old, and when its end is asked for.
//! Both limits count the distance between two times in either direction, so that a clock set back
//! ends sessions too, and makes none last longer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::SqliteConnection;

use crate::auth::secret;
use crate::db::Db;
use crate::store::StoreError;

/// A session and the account behind it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Session {
    pub handle: String,
    pub account: String,
    pub administrator: bool,
    pub must_change_password: bool,
    pub password_lapses_at: Option<i64>,
    pub created_at: i64,
    pub last_active_at: i64,
}

/// How long sessions last.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub idle: Duration,
    pub absolute: Duration,
}

impl Limits {
    fn allow(&self, created_at: i64, last_active_at: i64, now: i64) -> bool {
        now.abs_diff(last_active_at) < self.idle.as_secs()
            && now.abs_diff(created_at) < self.absolute.as_secs()
    }

    /// Being active is written down at most this often, so that reading does not mean writing.
    fn grain(&self) -> u64 {
        (self.idle.as_secs() / 10).min(60)
    }
}

/// The session with this id, when it and its account are still good.
pub async fn find(
    db: &Db,
    uses: &Uses,
    id: &str,
    limits: Limits,
    now: i64,
) -> Result<Option<Session>, sqlx::Error> {
    let session: Option<Session> = sqlx::query_as(
        "select session.handle, session.account, account.administrator, \
         account.must_change_password, account.password_lapses_at, session.created_at, \
         session.last_active_at from session join account on account.name = session.account \
         where session.id_hash = $1 and account.disabled = 0",
    )
    .bind(secret::hash(id))
    .fetch_optional(db.read())
    .await?;
    Ok(session
        .map(|s| Session {
            last_active_at: uses.latest(&s.handle, s.last_active_at),
            ..s
        })
        .filter(|s| limits.allow(s.created_at, s.last_active_at, now)))
}

/// Notes that the session was used.
///
/// The request does not wait for the database: while somebody writes, or nothing can be written, the
/// use is kept in memory and counts all the same, so that nobody who is active is logged out; a later
/// use writes it down, or [`sweep`] before it takes sessions away. A restart forgets it: then a
/// session counts from its last use that was written.
pub async fn touch(db: &Db, uses: &Uses, session: &Session, limits: Limits, now: i64) {
    if now.abs_diff(session.last_active_at) < limits.grain().max(1) {
        return;
    }
    uses.keep(&session.handle, now);
    let handle = session.handle.clone();
    let written = db.write_if_free(async move |mut tx| {
        write_use(&mut tx, &handle, now).await?;
        Ok(tx.commit().await?)
    });
    if written.await {
        uses.forget(&session.handle, now);
    }
}

async fn write_use(
    connection: &mut SqliteConnection,
    handle: &str,
    at: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query("update session set last_active_at = $1 where handle = $2")
        .bind(at)
        .bind(handle)
        .execute(connection)
        .await?;
    Ok(())
}

/// Uses of sessions that are not written down yet: by the session's handle, when.
#[derive(Clone, Debug, Default)]
pub struct Uses(Arc<Mutex<HashMap<String, i64>>>);

impl Uses {
    /// When the session was used last, where `written` is what the database says.
    fn latest(&self, handle: &str, written: i64) -> i64 {
        self.all().get(handle).copied().unwrap_or(written)
    }

    fn keep(&self, handle: &str, at: i64) {
        self.all().insert(handle.to_owned(), at);
    }

    /// For a use that was written down; a later one stays.
    fn forget(&self, handle: &str, at: i64) {
        let mut all = self.all();
        if all.get(handle) == Some(&at) {
            all.remove(handle);
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sessions of one account at the same time; a further log-in ends the one that was idle longest.
const MOST_SESSIONS: i64 = 50;

/// A new session; the secret goes into the cookie and is not kept.
pub async fn create(
    db: &Db,
    account: &str,
    address: &str,
    now: i64,
) -> Result<NewSession, CreateError> {
    let new = NewSession {
        id: secret::new()?,
        handle: secret::random_hex(8)?,
    };
    db.write(async |mut tx| {
        sqlx::query(
            "insert into session (id_hash, handle, account, created_at, last_active_at, address) \
             values ($1, $2, $3, $4, $4, $5)",
        )
        .bind(secret::hash(&new.id))
        .bind(&new.handle)
        .bind(account)
        .bind(now)
        .bind(address)
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "delete from session where account = $1 and handle <> $2 and handle not in \
             (select handle from session where account = $1 \
              order by last_active_at desc, handle limit $3)",
        )
        .bind(account)
        .bind(&new.handle)
        .bind(MOST_SESSIONS)
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    })
    .await?;
    Ok(new)
}

/// The id and the handle of a session that was just made.
pub struct NewSession {
    pub id: String,
    pub handle: String,
}

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    #[error(transparent)]
    NoRandomness(#[from] secret::NoRandomness),
    #[error(transparent)]
    Database(#[from] StoreError),
}

/// A session in its owner's list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    pub handle: String,
    pub created_at: i64,
    pub last_active_at: i64,
    pub address: String,
}

/// The account's sessions that are still good, the newest first.
pub async fn list(
    db: &Db,
    uses: &Uses,
    account: &str,
    limits: Limits,
    now: i64,
) -> Result<Vec<Listed>, sqlx::Error> {
    let rows: Vec<Listed> = sqlx::query_as(
        "select handle, created_at, last_active_at, address from session where account = $1 \
         order by created_at desc, handle",
    )
    .bind(account)
    .fetch_all(db.read())
    .await?;
    Ok(rows
        .into_iter()
        .map(|s| Listed {
            last_active_at: uses.latest(&s.handle, s.last_active_at),
            ..s
        })
        .filter(|s| limits.allow(s.created_at, s.last_active_at, now))
        .collect())
}

/// Ends one session of an account; `false` when there is none.
pub async fn end(db: &Db, account: &str, handle: &str) -> Result<bool, StoreError> {
    let statement = sqlx::query("delete from session where account = $1 and handle = $2");
    let ended = db.execute(statement.bind(account).bind(handle)).await?;
    Ok(ended > 0)
}

/// Ends the session with this id, whoever's it is.
pub async fn end_id(db: &Db, id: &str) -> Result<(), StoreError> {
    let statement = sqlx::query("delete from session where id_hash = $1");
    db.execute(statement.bind(secret::hash(id))).await?;
    Ok(())
}

/// Ends all sessions of an account.
pub async fn end_all(db: &Db, account: &str) -> Result<(), StoreError> {
    let statement = sqlx::query("delete from session where account = $1");
    db.execute(statement.bind(account)).await?;
    Ok(())
}

/// Writes down the uses that are not yet, and takes away sessions that ended by themselves.
pub async fn sweep(db: &Db, uses: &Uses, limits: Limits, now: i64) -> Result<(), StoreError> {
    let seconds = |limit: Duration| i64::try_from(limit.as_secs()).unwrap_or(i64::MAX);
    let kept = uses.all().clone();
    db.write(async |mut tx| {
        for (handle, at) in &kept {
            write_use(&mut tx, handle, *at).await?;
        }
        sqlx::query("delete from session where last_active_at <= $1 or created_at <= $2")
            .bind(now.saturating_sub(seconds(limits.idle)))
            .bind(now.saturating_sub(seconds(limits.absolute)))
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    })
    .await?;
    for (handle, at) in kept {
        uses.forget(&handle, at);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        idle: Duration::from_secs(60),
        absolute: Duration::from_secs(600),
    };

    #[test]
    fn a_session_ends_when_idle_when_old_and_when_the_clock_goes_back() {
        assert!(LIMITS.allow(1000, 1500, 1559));
        assert!(!LIMITS.allow(1000, 1500, 1560));
        assert!(!LIMITS.allow(1000, 1599, 1600));
        assert!(!LIMITS.allow(1000, 1000, 1000 - 430 * 86_400));
    }
}
