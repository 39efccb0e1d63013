//! The table `token`: keys for scripts.

use crate::auth::secret;
use crate::db::Db;

/// What a token's secret starts with, so that it can be recognised where it should not be.
pub const PREFIX: &str = "gh_";

/// A token and the account behind it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TokenRow {
    pub token_id: i64,
    pub account: String,
    pub administrator: bool,
    pub role: String,
    pub all_stores: bool,
    pub last_used_at: Option<i64>,
}

/// The token with this secret, when it and its account are still good.
pub async fn find(db: &Db, text: &str, now: i64) -> Result<Option<TokenRow>, sqlx::Error> {
    let Some(text) = text
        .strip_prefix(PREFIX)
        .filter(|text| secret::well_formed(text))
    else {
        return Ok(None);
    };
    sqlx::query_as(
        "select token.token_id, token.account, account.administrator, token.role, \
         token.all_stores, token.last_used_at \
         from token join account on account.name = token.account \
         where token.secret_hash = $1 and token.expires_at > $2 and token.created_at <= $3 \
         and account.disabled = 0 and account.must_change_password = 0",
    )
    .bind(secret::hash(text))
    .bind(now)
    .bind(now.saturating_add(CLOCK_SLACK))
    .fetch_optional(db.read())
    .await
}

/// A token made further in the future than this was made under another clock; a clock set back
/// must not make it last longer.
const CLOCK_SLACK: i64 = 24 * 60 * 60;

/// The stores that a token is for.
pub async fn stores(db: &Db, token_id: i64) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar("select store_id from token_store where token_id = $1 order by store_id")
        .bind(token_id)
        .fetch_all(db.read())
        .await
}

/// Notes that the token was used, to the minute.
pub async fn touch(db: &Db, token: &TokenRow, now: i64) -> Result<(), sqlx::Error> {
    if token.last_used_at.is_some_and(|at| now.abs_diff(at) < 60) {
        return Ok(());
    }
    sqlx::query("update token set last_used_at = $1 where token_id = $2")
        .bind(now)
        .bind(token.token_id)
        .execute(db.write())
        .await?;
    Ok(())
}
