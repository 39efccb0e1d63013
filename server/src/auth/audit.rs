//! What is noted of log-ins, refusals and changes of accounts, and where to.

use async_trait::async_trait;
use serde_json::Value;

use crate::db::Db;
use crate::store;

/// An event worth keeping. When it happened is for the log to say.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The account; for a log-in that was refused the name that was typed.
    pub who: String,
    /// The client's address.
    pub from: String,
    /// The backing store, when it is about one.
    pub store: Option<i64>,
    /// `log-in`, `log-in-refused`, `account`, `token`, `member`, `refused` ….
    pub action: &'static str,
    /// In words.
    pub what: String,
    /// Before and after, where there is such. Never a secret.
    pub details: Value,
}

/// Keeps events.
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// An event that cannot be kept is an error in the server's log; what it is about goes on.
    async fn note(&self, event: Event);
}

/// Writes events to the server's log.
pub struct LogAudit;

#[async_trait]
impl AuditLog for LogAudit {
    async fn note(&self, event: Event) {
        tracing::info!(
            who = ?event.who,
            from = %event.from,
            store = event.store,
            action = event.action,
            what = ?event.what,
            details = ?event.details.to_string(),
            "audit"
        );
    }
}

/// Keeps events in the audit of the database, and says them in the server's log.
pub struct SqlAudit {
    db: Db,
}

impl SqlAudit {
    pub fn new(db: Db) -> Self {
        Self { db }
    }
}

#[async_trait]
impl AuditLog for SqlAudit {
    async fn note(&self, event: Event) {
        let action = event.action;
        LogAudit.note(event.clone()).await;
        if let Err(error) = store::audit::note(&self.db, event).await {
            tracing::error!(%error, action, "an event was not kept in the audit");
        }
    }
}
