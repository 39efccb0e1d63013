//! The table `setup_link`: the one-time secret that makes the first administrator.

use crate::auth::account::{self, AccountName};
use crate::auth::secret;
use crate::auth::session::CreateError;
use crate::db::Db;
use crate::store::StoreError;

/// The link is good for 15 minutes.
pub const LINK_SECONDS: i64 = 15 * 60;

/// A new secret in the place of any older one.
pub async fn new_link(db: &Db, now: i64) -> Result<String, CreateError> {
    let text = secret::new()?;
    let statement = sqlx::query(
        "insert into setup_link (setup_link_id, secret_hash, expires_at) values (1, $1, $2) \
         on conflict (setup_link_id) do update set secret_hash = excluded.secret_hash, \
         expires_at = excluded.expires_at",
    )
    .bind(secret::hash(&text))
    .bind(now.saturating_add(LINK_SECONDS));
    db.execute(statement).await?;
    Ok(text)
}

/// Whether the secret is that of the link, and in time. A clock set back ends the link too.
pub async fn is_good(db: &Db, text: &str, now: i64) -> Result<bool, sqlx::Error> {
    let row: Option<(String, i64)> =
        sqlx::query_as("select secret_hash, expires_at from setup_link where setup_link_id = 1")
            .fetch_optional(db.read())
            .await?;
    Ok(row.is_some_and(|(hash, expires_at)| {
        secret::same(&hash, &secret::hash(text))
            && now < expires_at
            && expires_at.saturating_sub(now) <= LINK_SECONDS
    }))
}

/// How the first log-in of a server went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstAdministrator {
    Made,
    /// The link was used meanwhile, or there is an administrator.
    TooLate,
}

/// Uses the link up and makes the administrator, both or neither.
pub async fn make_administrator(
    db: &Db,
    text: &str,
    name: &AccountName,
    password_hash: &str,
    now: i64,
) -> Result<FirstAdministrator, StoreError> {
    db.write(async |mut tx| {
        let used = sqlx::query("delete from setup_link where secret_hash = $1")
            .bind(secret::hash(text))
            .execute(&mut *tx)
            .await?;
        let there: bool =
            sqlx::query_scalar("select exists (select 1 from account where administrator = 1)")
                .fetch_one(&mut *tx)
                .await?;
        if used.rows_affected() == 0 || there {
            return Ok(FirstAdministrator::TooLate);
        }
        let new = account::Insert {
            name,
            password_hash,
            administrator: true,
            must_change_password: false,
            now,
        };
        if !account::insert(&mut tx, &new).await? {
            return Ok(FirstAdministrator::TooLate);
        }
        tx.commit().await?;
        Ok(FirstAdministrator::Made)
    })
    .await
}
