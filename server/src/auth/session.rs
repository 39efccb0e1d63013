//! The table `session`: who is logged in, since when, from where.
//!
//! A session ends when it is idle for too long, when it is too old, and when its end is asked for.
//! Both limits count the distance between two times in either direction, so that a clock set back
//! ends sessions too, and makes none last longer.

use std::time::Duration;

use crate::auth::secret;
use crate::db::Db;

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
    Ok(session.filter(|s| limits.allow(s.created_at, s.last_active_at, now)))
}

/// Notes that the session was used.
pub async fn touch(
    db: &Db,
    session: &Session,
    limits: Limits,
    now: i64,
) -> Result<(), sqlx::Error> {
    if now.abs_diff(session.last_active_at) < limits.grain().max(1) {
        return Ok(());
    }
    sqlx::query("update session set last_active_at = $1 where handle = $2")
        .bind(now)
        .bind(&session.handle)
        .execute(db.write())
        .await?;
    Ok(())
}
