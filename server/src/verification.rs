//! Checks of everything that is stored: after the start, then each day, and when an administrator
//! asks. What the last one found is kept for the health and for administrators.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use api::store::Verification;
use tokio::task::JoinHandle;

use crate::db::Db;
use crate::error::chain;
use crate::store::verify::{Pace, verify_all};
use crate::store::{self, StoreError};

/// Between two checks.
pub const INTERVAL: Duration = Duration::from_secs(24 * 60 * 60);

/// One check at a time, and what the last one found.
#[derive(Clone, Debug, Default)]
pub struct Verifications(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    one: tokio::sync::Mutex<()>,
    last: RwLock<Option<Verification>>,
}

impl Verifications {
    /// What the last check found.
    pub fn last(&self) -> Option<Verification> {
        let last = self.0.last.read().unwrap_or_else(PoisonError::into_inner);
        last.clone()
    }

    /// Checks everything; what is damaged goes to the log.
    pub async fn run(&self, db: &Db, pace: Pace) -> Result<Verification, StoreError> {
        let _one = self.0.one.lock().await;
        let begun = Instant::now();
        let report = verify_all(db, pace).await?;
        for damage in &report.damage {
            tracing::error!(%damage, "what is stored is damaged");
        }
        tracing::info!(
            bodies = report.bodies,
            files = report.files,
            audit_lines = report.audit_lines,
            damaged = report.damage.len(),
            ms = begun.elapsed().as_millis(),
            "checked everything that is stored"
        );
        let found = Verification {
            at: store::now(),
            bodies: report.bodies,
            files: report.files,
            audit_lines: report.audit_lines.unsigned_abs(),
            damage: report.damage.iter().map(ToString::to_string).collect(),
        };
        let mut last = self.0.last.write().unwrap_or_else(PoisonError::into_inner);
        *last = Some(found.clone());
        Ok(found)
    }
}

/// Checks now and at this interval, without haste. The task ends with the runtime, or when it is
/// aborted.
pub fn start(db: Db, verifications: Verifications, interval: Duration) -> JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            if let Err(error) = verifications.run(&db, Pace::Gentle).await {
                tracing::error!(error = %chain(&error), "what is stored could not be checked");
            }
            tokio::time::sleep(interval).await;
        }
    })
}
