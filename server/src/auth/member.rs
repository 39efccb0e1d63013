//! The table `member`: who may do what in which store.

use std::collections::BTreeMap;

use api::account::{Member, Role};
use sqlx::SqliteConnection;

use crate::auth::access::{name_of_role, role_named};
use crate::db::Db;
use crate::store::StoreError;

/// The stores an account is a member of.
pub async fn roles_of(db: &Db, account: &str) -> Result<BTreeMap<i64, Role>, sqlx::Error> {
    let rows: Vec<(i64, String)> =
        sqlx::query_as("select store_id, role from member where account = $1")
            .bind(account)
            .fetch_all(db.read())
            .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(store_id, role)| Some((store_id, role_named(&role)?)))
        .collect())
}

/// The members of a store, by name.
pub async fn list(db: &Db, store_id: i64) -> Result<Vec<Member>, sqlx::Error> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("select account, role from member where store_id = $1 order by account")
            .bind(store_id)
            .fetch_all(db.read())
            .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(name, role)| {
            Some(Member {
                role: role_named(&role)?,
                name,
            })
        })
        .collect())
}

/// Makes an account a member of a store, or changes its role; inside the caller's transaction.
pub async fn grant(
    connection: &mut SqliteConnection,
    store_id: i64,
    account: &str,
    role: Role,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into member (store_id, account, role) values ($1, $2, $3) \
         on conflict (store_id, account) do update set role = excluded.role",
    )
    .bind(store_id)
    .bind(account)
    .bind(name_of_role(role))
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes all members of a store away, and the store out of all tokens; inside the transaction that
/// deletes the store. A token that was for this store alone is then for none.
pub async fn forget_store(
    connection: &mut SqliteConnection,
    store_id: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query("delete from member where store_id = $1")
        .bind(store_id)
        .execute(&mut *connection)
        .await?;
    sqlx::query("delete from token_store where store_id = $1")
        .bind(store_id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Puts `members` in the place of the store's members.
pub async fn replace(db: &Db, store_id: i64, members: &[Member]) -> Result<(), StoreError> {
    db.write(async |mut tx| {
        sqlx::query("delete from member where store_id = $1")
            .bind(store_id)
            .execute(&mut *tx)
            .await?;
        for member in members {
            grant(&mut tx, store_id, &member.name, member.role).await?;
        }
        Ok(tx.commit().await?)
    })
    .await
}
