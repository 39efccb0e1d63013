//! Calls about accounts, sessions, tokens, members, the audit and the server.

use serde_json::Value;

use super::account::{
    Account, AccountChange, AuditEntry, Member, NewAccount, NewPassword, NewToken, PasswordChange,
    PasswordReset, SessionInfo, Token, TokenSecret,
};
use super::server::Health;
use super::store::Verification;
use super::{Answer, delete, escape, get, send, store_path};
use ::api::Window;

/// How the server is; needs no log-in.
pub async fn health() -> Answer<Health> {
    get("/health").await
}

/// What the last check of everything that is stored found; for administrators of the server.
pub async fn verification() -> Answer<Verification> {
    get("/verification").await
}

/// Checks everything now.
pub async fn verify() -> Answer<Verification> {
    send("POST", "/verification", &Value::Null).await
}

pub async fn change_password(change: &PasswordChange) -> Answer<()> {
    let _: Value = send("PUT", "/account/password", change).await?;
    Ok(())
}

pub async fn sessions() -> Answer<Vec<SessionInfo>> {
    get("/sessions").await
}

pub async fn end_session(handle: &str) -> Answer<()> {
    delete(&format!("/sessions/{}", escape(handle))).await
}

/// Ends all my sessions, this one too.
pub async fn log_out_everywhere() -> Answer<()> {
    delete("/sessions").await
}

pub async fn tokens() -> Answer<Vec<Token>> {
    get("/tokens").await
}

pub async fn create_token(new: &NewToken) -> Answer<TokenSecret> {
    send("POST", "/tokens", new).await
}

pub async fn end_token(id: i64) -> Answer<()> {
    delete(&format!("/tokens/{id}")).await
}

pub async fn accounts() -> Answer<Vec<Account>> {
    get("/accounts").await
}

pub async fn create_account(new: &NewAccount) -> Answer<NewPassword> {
    send("POST", "/accounts", new).await
}

pub async fn change_account(name: &str, change: &AccountChange) -> Answer<()> {
    let _: Value = send("PATCH", &format!("/accounts/{}", escape(name)), change).await?;
    Ok(())
}

pub async fn reset_password(name: &str, reset: &PasswordReset) -> Answer<NewPassword> {
    send(
        "POST",
        &format!("/accounts/{}/password", escape(name)),
        reset,
    )
    .await
}

pub async fn end_sessions_of(name: &str) -> Answer<()> {
    delete(&format!("/accounts/{}/sessions", escape(name))).await
}

pub async fn members(store: &str) -> Answer<Vec<Member>> {
    get(&store_path(store, "/members")).await
}

/// Puts the list in the place of the members.
pub async fn set_members(store: &str, members: &[Member]) -> Answer<Vec<Member>> {
    send("PUT", &store_path(store, "/members"), &members).await
}

pub async fn audit(store: &str, offset: u64, limit: u64) -> Answer<Window<AuditEntry>> {
    get(&store_path(
        store,
        &format!("/audit?offset={offset}&limit={limit}"),
    ))
    .await
}
