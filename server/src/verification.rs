//! Checks of everything that is stored: after the start, then each day, and when an administrator
//! asks. What the last one found is kept for the health and for administrators, and so is why one
//! could not be done: what cannot be read is not known to be whole.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use api::store::{Verification, VerificationFailure};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::db::Db;
use crate::error::chain;
use crate::store;
use crate::store::verify::{Pace, Report, Unread, verify_all};

/// Between two checks.
pub const INTERVAL: Duration = Duration::from_secs(24 * 60 * 60);

/// Between a check that could not be done and the next.
const RETRY: Duration = Duration::from_secs(5 * 60);

/// One check at a time, and what the last one found.
#[derive(Clone, Debug, Default)]
pub struct Verifications(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    one: tokio::sync::Mutex<()>,
    last: RwLock<Last>,
    failed: Notify,
}

/// How the last checks ended.
#[derive(Clone, Debug, Default)]
pub struct Last {
    /// What the last one found that was done to its end.
    pub done: Option<Verification>,
    /// The one after it could not be done.
    pub failure: Option<VerificationFailure>,
}

impl Verifications {
    pub fn last(&self) -> Last {
        let last = self.0.last.read().unwrap_or_else(PoisonError::into_inner);
        last.clone()
    }

    /// Checks everything; what is damaged goes to the log.
    pub async fn run(&self, db: &Db, pace: Pace) -> Result<Verification, Unread> {
        let _one = self.0.one.lock().await;
        let begun = Instant::now();
        match verify_all(db, pace).await {
            Ok(report) => {
                log(&report, begun);
                let found = shown(report);
                self.keep(|last| {
                    *last = Last {
                        done: Some(found.clone()),
                        failure: None,
                    };
                });
                Ok(found)
            }
            Err(unread) => {
                tracing::error!(error = %chain(&unread), "what is stored could not be checked");
                let failure = VerificationFailure {
                    at: store::now(),
                    reason: unread.to_string(),
                };
                self.keep(|last| last.failure = Some(failure));
                self.0.failed.notify_one();
                Err(unread)
            }
        }
    }

    fn keep(&self, change: impl FnOnce(&mut Last)) {
        change(&mut self.0.last.write().unwrap_or_else(PoisonError::into_inner));
    }
}

fn log(report: &Report, begun: Instant) {
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
}

fn shown(report: Report) -> Verification {
    Verification {
        at: store::now(),
        bodies: report.bodies,
        files: report.files,
        audit_lines: report.audit_lines.unsigned_abs(),
        damage: report.damage.iter().map(ToString::to_string).collect(),
        failure: None,
    }
}

/// Checks now and at this interval, without haste, and soon again after a check that could not be
/// done. The task ends with the runtime, or when it is aborted.
pub fn start(db: Db, verifications: Verifications, interval: Duration) -> JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            // A failure is kept and logged where it is found.
            let _ = verifications.run(&db, Pace::Gentle).await;
            tokio::select! {
                () = tokio::time::sleep(interval) => {}
                () = verifications.0.failed.notified() => {
                    tokio::time::sleep(RETRY.min(interval)).await;
                }
            }
        }
    })
}
