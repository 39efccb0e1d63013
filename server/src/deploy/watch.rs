//! A look at the targets now and then, and at what waits for a confirmation.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{DeployError, Site, settle, state, trial};
use crate::store;

/// How long a start waits for targets that do not answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Settles what was cut off, puts back what was not confirmed in time, and from then on does the
/// latter when it is due and looks at the targets at this interval. The tasks end with the runtime,
/// or when they are aborted. A target that does not answer keeps nobody from starting.
pub async fn start(site: Site, interval: Duration) -> Watching {
    let first = tokio::spawn({
        let site = site.clone();
        async move {
            if let Err(error) = settle::settle(&site).await {
                tracing::error!(%error, "installs that were cut off are not settled");
            }
            trial::tick(&site).await;
        }
    });
    if tokio::time::timeout(PATIENCE, first).await.is_err() {
        tracing::warn!(
            "a target does not answer; what was cut off or is overdue there is looked into when it does"
        );
    }
    let deadlines = {
        let site = site.clone();
        tokio::spawn(async move { trial::keep_deadlines(&site).await })
    };
    let looks = tokio::spawn(async move { look_on(&site, interval).await });
    Watching([deadlines, looks])
}

/// What goes on beside the requests.
#[derive(Debug)]
pub struct Watching([tokio::task::JoinHandle<()>; 2]);

impl Watching {
    pub fn abort(&self) {
        for task in &self.0 {
            task.abort();
        }
    }
}

async fn look_on(site: &Site, interval: Duration) {
    loop {
        // A task of its own: whatever becomes of one look, there is a next one.
        let site = site.clone();
        let looked = tokio::spawn(async move { look(&site).await }).await;
        if let Err(error) = looked.unwrap_or(Err(DeployError::CutOff)) {
            tracing::error!(%error, "the targets were not looked at");
        }
        tokio::time::sleep(interval).await;
    }
}

/// One look at the targets of all stores.
pub async fn look(site: &Site) -> Result<(), DeployError> {
    let mut drifted = BTreeSet::new();
    for store in store::stores::list(&site.db).await? {
        if store.archived {
            continue;
        }
        for state in state::states(site, &store).await? {
            if state.is_drifted() {
                drifted.insert((store.id, state.stack));
            }
        }
    }
    for (store, stack) in site.deployments.set_drifted(drifted) {
        tracing::warn!(store = store.0, %stack, "files on a target are not as installed");
    }
    Ok(())
}
