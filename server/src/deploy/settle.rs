//! Installs that were cut off: the target says how they ended.

use api::install::InstallOutcome;

use super::{DeployError, Site, off_thread};
use crate::install::{Root, TargetError, sha256};
use crate::store::install::InstallRow;
use crate::store::{self, Actor};

/// Settles every install that is still pending. Call it at start, before requests are answered.
pub async fn settle(site: &Site) -> Result<(), DeployError> {
    let _one = site.deployments.one().await;
    settle_locked(site).await
}

/// The same for a caller that keeps other installs out: whatever is pending then has no process.
pub(super) async fn settle_locked(site: &Site) -> Result<(), DeployError> {
    for (store, row) in store::install::pending(&site.db).await? {
        let allowed = site.allowed.clone();
        let (id, name, actor) = (
            row.id,
            row.name.clone(),
            Actor {
                name: row.by.clone(),
                source: "settled by the server".to_owned(),
            },
        );
        match off_thread(move || found(&row, &allowed)).await? {
            Ok(outcome) => {
                tracing::warn!(install = id, stack = %name, ?outcome, "an install was cut off");
                store::install::finish(&site.db, &store, &actor, id, &outcome).await?;
            }
            // It stays pending: perhaps the target can be read later.
            Err(error) => {
                tracing::error!(install = id, stack = %name, %error, "an install cannot be settled");
            }
        }
    }
    Ok(())
}

/// How an install ended, by what is on its target.
fn found(row: &InstallRow, allowed: &[std::path::PathBuf]) -> Result<InstallOutcome, TargetError> {
    let root = Root::open(&row.root, allowed)?;
    root.recover()?;
    let (mut new, mut old) = (0, 0);
    for file in &row.files {
        let now = root.read(&file.path)?.as_deref().map(sha256);
        new += usize::from(now == file.sha256);
        old += usize::from(now == file.before);
    }
    let all = row.files.len();
    Ok(match (new == all, old == all) {
        (true, _) => InstallOutcome::Done,
        (false, true) => InstallOutcome::Failed(
            "the server was cut off; what was there before is there again".to_owned(),
        ),
        (false, false) => InstallOutcome::Failed(format!(
            "the server was cut off; {new} of {all} files are those of this install"
        )),
    })
}
