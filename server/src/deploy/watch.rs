//! A look at the targets now and then, and at what waits for a confirmation.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{DeployError, Site, settle, state, trial};
use crate::store;

/// Settles what was cut off, puts back what was not confirmed in time, and from then on does the
/// latter when it is due and looks at the targets at this interval. The task ends with the runtime,
/// or when it is aborted.
pub async fn start(site: Site, interval: Duration) -> tokio::task::JoinHandle<()> {
    if let Err(error) = settle::settle(&site).await {
        tracing::error!(%error, "installs that were cut off are not settled");
    }
    trial::tick(&site).await;
    tokio::spawn(async move {
        tokio::join!(look_on(&site, interval), trial::keep_deadlines(&site));
    })
}

async fn look_on(site: &Site, interval: Duration) {
    loop {
        if let Err(error) = look(site).await {
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
