//! The table `throttle`: guessing passwords becomes slow.
//!
//! A try counts before the password is looked at, so that tries at the same time count too; a
//! right password takes it back. Three things are counted: the account from one address, the
//! account from everywhere, and the address for all accounts. After some free tries each further
//! one has to wait, and never for more than a minute: that leaves 60 guesses an hour, and nobody
//! can shut out an administrator. Where an account has logged in from before, tries from elsewhere
//! do not count against it.

use std::net::IpAddr;

use sqlx::SqliteConnection;

use crate::db::Db;
use crate::store::StoreError;

/// Something whose failed tries are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Subject {
    name: String,
    /// Failures that cost nothing.
    free: i64,
}

/// A log-in that is being tried.
#[derive(Clone, Debug)]
pub struct Try {
    account: String,
    address: String,
    now: i64,
}

/// Seconds to wait after the first failure too many, and after all later ones.
const FIRST_WAIT: i64 = 30;
const WAIT: i64 = 60;
/// Failures are forgotten when none was added for this long.
const FORGET: i64 = 15 * 60;
/// The address of a log-in is remembered for this long.
const KNOWN: i64 = 90 * 24 * 60 * 60;

impl Try {
    /// `account` is the key of the name, or whatever was typed, cut to a bounded length.
    pub fn new(account: &str, address: IpAddr, now: i64) -> Self {
        Self {
            account: account.chars().take(64).collect(),
            address: network(address),
            now,
        }
    }

    /// Counts the try. `Err` is the number of seconds to wait; such a try does not count.
    pub async fn begin(&self, db: &Db) -> Result<Result<(), u64>, StoreError> {
        db.write(async |mut tx| {
            let subjects = self.subjects(&mut tx).await?;
            for subject in &subjects {
                let wait = wait(&mut tx, subject, self.now).await?;
                if wait > 0 {
                    return Ok(Err(wait));
                }
            }
            for subject in &subjects {
                count(&mut tx, subject, self.now).await?;
            }
            tx.commit().await?;
            Ok(Ok(()))
        })
        .await
    }

    /// The password was right: what was counted against this account is forgotten, and the
    /// address is known from now on.
    pub async fn succeeded(&self, db: &Db) -> Result<(), StoreError> {
        db.write(async |mut tx| {
            sqlx::query("delete from throttle where subject in ($1, $2)")
                .bind(self.pair())
                .bind(self.everywhere())
                .execute(&mut *tx)
                .await?;
            take_back(&mut tx, &self.of_address()).await?;
            sqlx::query(
                "insert into known_address (account_key, address, last_log_in_at) \
                 values ($1, $2, $3) on conflict (account_key, address) \
                 do update set last_log_in_at = excluded.last_log_in_at",
            )
            .bind(&self.account)
            .bind(&self.address)
            .bind(self.now)
            .execute(&mut *tx)
            .await?;
            Ok(tx.commit().await?)
        })
        .await
    }

    /// The password was not looked at after all.
    pub async fn cancelled(&self, db: &Db) -> Result<(), StoreError> {
        db.write(async |mut tx| {
            for subject in [self.pair(), self.everywhere(), self.of_address()] {
                take_back(&mut tx, &subject).await?;
            }
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn subjects(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<Vec<Subject>, sqlx::Error> {
        let known: bool = sqlx::query_scalar(
            "select exists (select 1 from known_address where account_key = $1 and address = $2)",
        )
        .bind(&self.account)
        .bind(&self.address)
        .fetch_one(connection)
        .await?;
        let mut subjects = vec![
            Subject {
                name: self.pair(),
                free: 5,
            },
            Subject {
                name: self.of_address(),
                free: 30,
            },
        ];
        if !known {
            subjects.push(Subject {
                name: self.everywhere(),
                free: 20,
            });
        }
        Ok(subjects)
    }

    fn pair(&self) -> String {
        format!("account:{} address:{}", self.account, self.address)
    }

    fn everywhere(&self) -> String {
        format!("account:{}", self.account)
    }

    fn of_address(&self) -> String {
        format!("address:{}", self.address)
    }
}

/// One household of IPv6 has 2^64 addresses; they count as one.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// The distance to the last failure counts, in either direction: a clock set back by a year does
/// not shut anybody out for a year.
async fn wait(
    connection: &mut SqliteConnection,
    subject: &Subject,
    now: i64,
) -> Result<u64, sqlx::Error> {
    let row: Option<(i64, i64)> =
        sqlx::query_as("select failures, last_failure_at from throttle where subject = $1")
            .bind(&subject.name)
            .fetch_optional(connection)
            .await?;
    let Some((failures, last)) = row else {
        return Ok(0);
    };
    let wait = match failures - subject.free {
        ..0 => 0,
        0 => FIRST_WAIT,
        _ => WAIT,
    };
    Ok(wait.unsigned_abs().saturating_sub(now.abs_diff(last)))
}

async fn count(
    connection: &mut SqliteConnection,
    subject: &Subject,
    now: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into throttle (subject, failures, last_failure_at) values ($1, 1, $2) \
         on conflict (subject) do update set \
         failures = case when abs(throttle.last_failure_at - $2) > $3 then 1 \
         else throttle.failures + 1 end, last_failure_at = $2",
    )
    .bind(&subject.name)
    .bind(now)
    .bind(FORGET)
    .execute(connection)
    .await?;
    Ok(())
}

async fn take_back(connection: &mut SqliteConnection, subject: &str) -> Result<(), sqlx::Error> {
    sqlx::query("update throttle set failures = failures - 1 where subject = $1 and failures > 0")
        .bind(subject)
        .execute(connection)
        .await?;
    Ok(())
}

/// Takes away what no longer matters.
pub async fn sweep(db: &Db, now: i64) -> Result<(), StoreError> {
    db.write(async |mut tx| {
        sqlx::query("delete from throttle where abs(last_failure_at - $1) > $2")
            .bind(now)
            .bind(FORGET)
            .execute(&mut *tx)
            .await?;
        sqlx::query("delete from known_address where last_log_in_at < $1")
            .bind(now.saturating_sub(KNOWN))
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    })
    .await
}
