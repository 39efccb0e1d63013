//! The table `account`: names, password hashes, who is an administrator, who is shut out.

use std::fmt;
use std::str::FromStr;

use api::account::{Account, AccountChange};
use sqlx::SqliteConnection;

use crate::app::rfc3339;
use crate::db::Db;
use crate::store::StoreError;

/// A password that somebody else set lapses after three days.
pub const FIRST_PASSWORD_SECONDS: i64 = 3 * 24 * 60 * 60;

/// The name of an account.
///
/// INVARIANT: 1 to 64 ASCII letters, digits or `. _ - @`, beginning with a letter or digit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountName(String);

/// Why a text is no name of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "A name is 1 to 64 letters, digits or `. _ - @`, without accents, and begins with a letter or \
     digit."
)]
pub struct NameError;

impl AccountName {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two spellings of one name have in common.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl FromStr for AccountName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let fits = (1..=64).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "._-@".contains(c));
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError)
        }
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a log-in needs to know of an account.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Credentials {
    pub name: String,
    pub password_hash: String,
    pub administrator: bool,
    pub disabled: bool,
    pub must_change_password: bool,
    pub password_lapses_at: Option<i64>,
}

/// The account of this name, however its letters are written.
pub async fn find(db: &Db, name: &AccountName) -> Result<Option<Credentials>, sqlx::Error> {
    sqlx::query_as(
        "select name, password_hash, administrator, disabled, must_change_password, \
         password_lapses_at from account where name_key = $1",
    )
    .bind(name.key())
    .fetch_optional(db.read())
    .await
}

/// Whether anybody can manage accounts.
pub async fn has_administrator(db: &Db) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select 1 from account where administrator = 1)")
        .fetch_one(db.read())
        .await
}

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    administrator: bool,
    disabled: bool,
    created_at: i64,
    last_log_in_at: Option<i64>,
}

impl From<Row> for Account {
    fn from(row: Row) -> Self {
        Self {
            name: row.name,
            administrator: row.administrator,
            disabled: row.disabled,
            created: rfc3339(row.created_at),
            last_log_in: row.last_log_in_at.map(rfc3339),
        }
    }
}

/// All accounts, by name.
pub async fn list(db: &Db) -> Result<Vec<Account>, sqlx::Error> {
    let rows: Vec<Row> = sqlx::query_as(
        "select name, administrator, disabled, created_at, last_log_in_at from account \
         order by name_key",
    )
    .fetch_all(db.read())
    .await?;
    Ok(rows.into_iter().map(Account::from).collect())
}

/// A new account.
#[derive(Debug)]
pub struct Insert<'a> {
    pub name: &'a AccountName,
    pub password_hash: &'a str,
    pub administrator: bool,
    /// Somebody else chose the password.
    pub must_change_password: bool,
    pub now: i64,
}

/// Adds an account; `false` when the name is taken.
pub async fn insert(
    connection: &mut SqliteConnection,
    new: &Insert<'_>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "insert into account (name, name_key, password_hash, administrator, \
         must_change_password, password_lapses_at, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
    )
    .bind(new.name.as_str())
    .bind(new.name.key())
    .bind(new.password_hash)
    .bind(new.administrator)
    .bind(new.must_change_password)
    .bind(lapses_at(new.must_change_password, new.now))
    .bind(new.now)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Adds an account on its own; `false` when the name is taken.
pub async fn add(db: &Db, new: &Insert<'_>) -> Result<bool, StoreError> {
    db.write(async |mut tx| {
        let added = insert(&mut tx, new).await?;
        tx.commit().await?;
        Ok(added)
    })
    .await
}

fn lapses_at(must_change: bool, now: i64) -> Option<i64> {
    must_change.then(|| now.saturating_add(FIRST_PASSWORD_SECONDS))
}

/// Whether a first password may be used no more: at its time, and when the clock was set back so
/// far that its time is further away than any can be.
pub fn has_lapsed(lapses_at: Option<i64>, now: i64) -> bool {
    lapses_at.is_some_and(|at| at <= now || at > now.saturating_add(FIRST_PASSWORD_SECONDS))
}

/// Notes a log-in.
pub async fn logged_in(db: &Db, name: &str, now: i64) -> Result<(), StoreError> {
    let statement = sqlx::query("update account set last_log_in_at = $1 where name = $2");
    db.execute(statement.bind(now).bind(name)).await?;
    Ok(())
}

/// Puts a new password in the place of the old one; ends the account's sessions but `keep`, and its
/// tokens: whoever knew the old one may have made some with it.
pub async fn set_password(
    db: &Db,
    name: &str,
    password_hash: &str,
    must_change: bool,
    keep: Option<&str>,
    now: i64,
) -> Result<(), StoreError> {
    db.write(async |mut tx| {
        sqlx::query(
            "update account set password_hash = $1, must_change_password = $2, \
             password_lapses_at = $3 where name = $4",
        )
        .bind(password_hash)
        .bind(must_change)
        .bind(lapses_at(must_change, now))
        .bind(name)
        .execute(&mut *tx)
        .await?;
        end_all(&mut tx, name, keep).await?;
        Ok(tx.commit().await?)
    })
    .await
}

/// Ends all sessions and tokens of an account.
pub async fn end_sessions(db: &Db, account: &str) -> Result<(), StoreError> {
    db.write(async |mut tx| {
        end_all(&mut tx, account, None).await?;
        Ok(tx.commit().await?)
    })
    .await
}

/// Ends the tokens of an account, and its sessions but the one with the handle `keep`.
async fn end_all(
    connection: &mut SqliteConnection,
    account: &str,
    keep: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query("delete from session where account = $1 and handle is distinct from $2")
        .bind(account)
        .bind(keep)
        .execute(&mut *connection)
        .await?;
    sqlx::query("delete from token where account = $1")
        .bind(account)
        .execute(connection)
        .await?;
    Ok(())
}

/// Why an account cannot be changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    #[error("there is no such account")]
    Unknown,
    #[error("nobody could manage accounts any more")]
    LastAdministrator,
}

/// Changes an account; a disabled one loses its sessions and tokens at once, and has none when it is
/// let in again. Before and after.
pub async fn change(
    db: &Db,
    name: &AccountName,
    change: &AccountChange,
) -> Result<Result<(Account, Account), ChangeError>, StoreError> {
    db.write(async |mut tx| {
        let Some(before) = row(&mut tx, name).await? else {
            return Ok(Err(ChangeError::Unknown));
        };
        sqlx::query(
            "update account set administrator = coalesce($1, administrator), \
             disabled = coalesce($2, disabled) where name = $3",
        )
        .bind(change.administrator)
        .bind(change.disabled)
        .bind(&before.name)
        .execute(&mut *tx)
        .await?;
        let left: i64 = sqlx::query_scalar(
            "select count(*) from account where administrator = 1 and disabled = 0",
        )
        .fetch_one(&mut *tx)
        .await?;
        if left == 0 {
            return Ok(Err(ChangeError::LastAdministrator));
        }
        let Some(after) = row(&mut tx, name).await? else {
            return Ok(Err(ChangeError::Unknown));
        };
        if after.disabled {
            end_all(&mut tx, &after.name, None).await?;
        }
        tx.commit().await?;
        Ok(Ok((before.into(), after.into())))
    })
    .await
}

async fn row(
    connection: &mut SqliteConnection,
    name: &AccountName,
) -> Result<Option<Row>, sqlx::Error> {
    sqlx::query_as(
        "select name, administrator, disabled, created_at, last_log_in_at from account \
         where name_key = $1",
    )
    .bind(name.key())
    .fetch_optional(connection)
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_password_lapses_also_when_the_clock_goes_back() {
        let made = 1_000_000_000;
        let at = lapses_at(true, made);
        assert!(!has_lapsed(at, made));
        assert!(!has_lapsed(at, made + FIRST_PASSWORD_SECONDS - 1));
        assert!(has_lapsed(at, made + FIRST_PASSWORD_SECONDS));
        assert!(has_lapsed(at, made - 1));
        assert!(!has_lapsed(lapses_at(false, made), made - 1));
    }

    #[test]
    fn names_are_short_and_plain() {
        for good in ["a", "Anna", "colin.p", "j_doe@example-1", &"x".repeat(64)] {
            assert!(good.parse::<AccountName>().is_ok(), "{good}");
        }
        for bad in [
            "",
            " a",
            "a b",
            "ä",
            "-a",
            "a\n",
            "a/b",
            "<b>",
            &"x".repeat(65),
        ] {
            assert!(bad.parse::<AccountName>().is_err(), "{bad:?}");
        }
    }
}
