//! What a user may do in a backing store.

use std::collections::BTreeMap;

use api::account::Role;
use async_trait::async_trait;

use crate::app::AppState;
use crate::auth::member;
use crate::auth::user::{TokenScope, User, Via};
use crate::db::Db;
use crate::error::{ApiError, ApiResult};

/// Finds backing stores by name.
#[async_trait]
pub trait StoreNames: Send + Sync {
    async fn id_of(&self, db: &Db, name: &str) -> Result<Option<i64>, sqlx::Error>;
    async fn name_of(&self, db: &Db, store_id: i64) -> Result<Option<String>, sqlx::Error>;
}

/// Asks the table of stores.
pub struct SqlStoreNames;

#[async_trait]
impl StoreNames for SqlStoreNames {
    async fn id_of(&self, db: &Db, name: &str) -> Result<Option<i64>, sqlx::Error> {
        sqlx::query_scalar("select store_id from store where lower(name) = lower($1)")
            .bind(name)
            .fetch_optional(db.read())
            .await
    }

    async fn name_of(&self, db: &Db, store_id: i64) -> Result<Option<String>, sqlx::Error> {
        sqlx::query_scalar("select name from store where store_id = $1")
            .bind(store_id)
            .fetch_optional(db.read())
            .await
    }
}

/// A store, and what the user may do in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreAccess {
    pub store_id: i64,
    /// As in the address; a store is the same however its letters are written.
    pub name: String,
    pub role: Role,
}

/// The store called `store`, when the user may do in it what `least` may. A store that the user
/// may not see does not exist for them.
pub async fn access(
    state: &AppState,
    user: &User,
    store: &str,
    least: Role,
) -> ApiResult<StoreAccess> {
    let unknown = || ApiError::not_found(format!("store `{store}`"));
    let store_id = state
        .stores
        .id_of(&state.db, store)
        .await?
        .ok_or_else(unknown)?;
    let role = admitted(state, user, store_id, store, least).await?;
    Ok(StoreAccess {
        store_id,
        name: store.to_owned(),
        role,
    })
}

/// The user's role in a store that is there, when they may do in it what `least` may.
pub async fn admitted(
    state: &AppState,
    user: &User,
    store_id: i64,
    store: &str,
    least: Role,
) -> ApiResult<Role> {
    let role = role_in(state, user, store_id).await?;
    let role = role.ok_or_else(|| ApiError::not_found(format!("store `{store}`")))?;
    if role < least {
        return Err(ApiError::forbidden(format!(
            "This needs the role {}; you are {} of store `{store}`.",
            name_of_role(least),
            name_of_role(role)
        )));
    }
    Ok(role)
}

/// What the user may do in the store, if anything.
pub async fn role_in(state: &AppState, user: &User, store_id: i64) -> ApiResult<Option<Role>> {
    if user.account_administrator() {
        return Ok(user.capped(store_id, Role::Administrator));
    }
    let role = member::role(&state.db, store_id, &user.name).await?;
    Ok(role.and_then(|role| user.capped(store_id, role)))
}

/// Every store that the user may see.
#[derive(Clone, Debug)]
pub struct Visible {
    user: User,
    /// `None`: all of them, as administrator.
    member_of: Option<BTreeMap<i64, Role>>,
}

impl Visible {
    /// What the user may do in the store; `None` when it does not exist for them.
    pub fn role(&self, store_id: i64) -> Option<Role> {
        let role = match &self.member_of {
            None => Role::Administrator,
            Some(roles) => *roles.get(&store_id)?,
        };
        self.user.capped(store_id, role)
    }
}

/// For lists over several stores: one query instead of one for each.
pub async fn visible(state: &AppState, user: &User) -> ApiResult<Visible> {
    let member_of = if user.account_administrator() {
        None
    } else {
        Some(member::roles_of(&state.db, &user.name).await?)
    };
    Ok(Visible {
        user: user.clone(),
        member_of,
    })
}

impl User {
    /// The role in a store after what the token, if any, takes away.
    fn capped(&self, store_id: i64, role: Role) -> Option<Role> {
        match &self.via {
            Via::Session { .. } => Some(role),
            Via::Token {
                role: most, scope, ..
            } => match scope {
                TokenScope::AllStores => Some(role.min(*most)),
                TokenScope::Stores(ids) => ids.contains(&store_id).then(|| role.min(*most)),
            },
        }
    }
}

/// A role as people and the database write it.
pub fn name_of_role(role: Role) -> &'static str {
    match role {
        Role::Viewer => "viewer",
        Role::Editor => "editor",
        Role::Installer => "installer",
        Role::Administrator => "administrator",
    }
}

/// The role that [`name_of_role`] wrote.
pub fn role_named(name: &str) -> Option<Role> {
    [
        Role::Viewer,
        Role::Editor,
        Role::Installer,
        Role::Administrator,
    ]
    .into_iter()
    .find(|role| name_of_role(*role) == name)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_store_is_found_however_its_letters_are_written() {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(&dir.path().join("gatehouse.db"), true)
            .await
            .unwrap();
        for statement in [
            "create table if not exists store (store_id integer primary key, name text, \
             created_by text, created_at text)",
            "insert into store (store_id, name, created_by, created_at) \
             values (7, 'Prod', 'anna', '2026-01-01T00:00:00Z')",
        ] {
            sqlx::query(statement).execute(db.write()).await.unwrap();
        }
        assert_eq!(SqlStoreNames.id_of(&db, "PROD").await.unwrap(), Some(7));
        assert_eq!(SqlStoreNames.id_of(&db, "PRO%").await.unwrap(), None);
        let name = SqlStoreNames.name_of(&db, 7).await.unwrap();
        assert_eq!(name.as_deref(), Some("Prod"));
    }

    #[test]
    fn roles_are_ordered_and_read_back() {
        let roles = ["viewer", "editor", "installer", "administrator"];
        let read: Vec<Role> = roles.iter().filter_map(|name| role_named(name)).collect();
        assert!(read.is_sorted() && read.len() == 4);
        assert!(
            read.iter()
                .zip(roles)
                .all(|(r, name)| name_of_role(*r) == name)
        );
        assert_eq!(role_named("owner"), None);
    }
}
