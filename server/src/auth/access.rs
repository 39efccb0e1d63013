//! What a user may do in a backing store.

use std::collections::BTreeMap;

use api::account::Role;

use crate::app::AppState;
use crate::auth::member;
use crate::auth::user::{TokenScope, User, Via};
use crate::error::ApiResult;

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
        let member = self.member_of.as_ref();
        let role = member.and_then(|roles| roles.get(&store_id).copied());
        self.user.role_in(store_id, role)
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
    /// What the user may do in a store with the role `member`, if he is one; `None` when the store
    /// does not exist for him.
    pub fn role_in(&self, store_id: i64, member: Option<Role>) -> Option<Role> {
        if self.account_administrator() {
            return self.capped(store_id, Role::Administrator);
        }
        self.capped(store_id, member?)
    }

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
mod tests {
    use super::*;

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
