//! The table `token`: keys for scripts.

use api::account::Role;

use crate::auth::access::name_of_role;
use crate::auth::secret;
use crate::db::Db;
use crate::store::StoreError;

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

/// Notes that the token was used, to the minute; only people read it, so it may be left out.
pub async fn touch(db: &Db, token: &TokenRow, now: i64) {
    if token.last_used_at.is_some_and(|at| now.abs_diff(at) < 60) {
        return;
    }
    let id = token.token_id;
    db.write_if_free(async move |mut tx| {
        sqlx::query("update token set last_used_at = $1 where token_id = $2")
            .bind(now)
            .bind(id)
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    })
    .await;
}

/// Tokens of one account; enough for every script, and a bound for a script gone wild.
pub const MOST_TOKENS: i64 = 100;

/// A new token.
#[derive(Debug)]
pub struct Insert<'a> {
    pub account: &'a str,
    pub label: &'a str,
    pub role: Role,
    /// Empty for all of its owner's.
    pub stores: &'a [i64],
    pub secret: &'a str,
    pub now: i64,
    pub expires_at: i64,
}

/// Adds a token; `None` when the account has too many.
pub async fn insert(db: &Db, new: &Insert<'_>) -> Result<Option<i64>, StoreError> {
    db.write(async |mut tx| {
        let there: i64 = sqlx::query_scalar("select count(*) from token where account = $1")
            .bind(new.account)
            .fetch_one(&mut *tx)
            .await?;
        if there >= MOST_TOKENS {
            return Ok(None);
        }
        let id: i64 = sqlx::query_scalar(
            "insert into token (secret_hash, account, label, role, all_stores, created_at, \
             expires_at) values ($1, $2, $3, $4, $5, $6, $7) returning token_id",
        )
        .bind(secret::hash(new.secret))
        .bind(new.account)
        .bind(new.label)
        .bind(name_of_role(new.role))
        .bind(new.stores.is_empty())
        .bind(new.now)
        .bind(new.expires_at)
        .fetch_one(&mut *tx)
        .await?;
        for store_id in new.stores {
            sqlx::query("insert into token_store (token_id, store_id) values ($1, $2)")
                .bind(id)
                .bind(store_id)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(Some(id))
    })
    .await
}

/// A token in its owner's list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    pub token_id: i64,
    pub label: String,
    pub role: String,
    pub all_stores: bool,
    pub created_at: i64,
    pub expires_at: i64,
    pub last_used_at: Option<i64>,
}

/// The account's tokens, the newest first.
pub async fn list(db: &Db, account: &str) -> Result<Vec<Listed>, sqlx::Error> {
    sqlx::query_as(
        "select token_id, label, role, all_stores, created_at, expires_at, last_used_at \
         from token where account = $1 order by token_id desc",
    )
    .bind(account)
    .fetch_all(db.read())
    .await
}

/// Ends a token of the account; `false` when there is none.
pub async fn end(db: &Db, account: &str, token_id: i64) -> Result<bool, StoreError> {
    let statement = sqlx::query("delete from token where account = $1 and token_id = $2");
    let ended = db.execute(statement.bind(account).bind(token_id)).await?;
    Ok(ended > 0)
}
