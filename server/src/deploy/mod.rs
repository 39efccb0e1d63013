//! Installs from end to end: what one would do, doing it, bringing an earlier one back, and whether
//! the files on targets are still those that were installed.
//!
//! Ties `store`, `install` and the generator together; knows no HTTP.

mod draft;
mod engines;
mod execute;
mod files;
mod header;
mod plan;
mod progress;
mod scope;
mod settle;
mod state;
mod trial;
mod watch;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use api::finding::Finding;
use generator::objects::ObjectId;
use thiserror::Error;

use crate::app::Clock;
use crate::db::Db;
use crate::install::TargetError;
use crate::store::{StoreError, StoreId};

pub use execute::{install, put_back};
pub use files::{StackFiles, files};
pub use plan::{Plan, plan};
pub use progress::{cancel, progress};
pub use settle::settle;
pub use state::{State, keep, states};
pub use trial::{confirm, put_back_now, say_waiting, tick, waiting, waits};
pub use watch::{Watching, look, start};

/// One install at a time in this process, what waits for a confirmation, and what the last look at
/// the targets found.
#[derive(Clone, Debug, Default)]
pub struct Deployments(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    one: tokio::sync::Mutex<()>,
    /// An engine has large files checked for one at a time.
    checks: tokio::sync::Mutex<()>,
    drifted: RwLock<BTreeSet<(StoreId, ObjectId)>>,
    trials: trial::Trials,
    runs: progress::Runs,
}

impl Deployments {
    /// The stacks whose files were not as installed at the last look, kept ones left out.
    pub fn drifted(&self, store: StoreId) -> Vec<ObjectId> {
        let drifted = self
            .0
            .drifted
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let of_store = drifted.iter().filter(|(id, _)| *id == store);
        of_store.map(|(_, stack)| stack.clone()).collect()
    }

    /// Answers what is new since the last look.
    fn set_drifted(&self, now: BTreeSet<(StoreId, ObjectId)>) -> Vec<(StoreId, ObjectId)> {
        let mut drifted = self
            .0
            .drifted
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let new = now.difference(&drifted).cloned().collect();
        *drifted = now;
        new
    }

    /// True while something that nobody confirmed cannot be put back.
    pub fn is_in_trouble(&self) -> bool {
        self.0.trials.is_in_trouble()
    }

    async fn one(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.0.one.lock().await
    }
}

/// Where things are.
#[derive(Clone, Debug)]
pub struct Site {
    pub db: Db,
    /// Installs write below these directories and nowhere else.
    pub allowed: Vec<PathBuf>,
    /// Where the control sockets of the engines of this machine are.
    pub engines: PathBuf,
    pub deployments: Deployments,
    pub clock: Clock,
}

/// Why an install did not happen, or not wholly.
#[derive(Debug, Error)]
pub enum DeployError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The request cannot be done as it is.
    #[error("{0}")]
    Invalid(String),
    /// Errors in the configuration, or a target that cannot be used.
    #[error("{detail}")]
    Refused {
        detail: String,
        findings: Vec<Finding>,
    },
    /// Something is not as the plan showed it.
    #[error(
        "something changed since the plan was shown; nothing was written, look at the new plan"
    )]
    PlanChanged,
    /// These files on the target are not those that were installed.
    #[error(
        "changed on the target since they were installed: {0}; adopt the change, or choose to overwrite it"
    )]
    Drifted(String),
    /// A stack could not be written; the stacks before it are.
    #[error("{stack} was not installed: {cause}{}", before(.done))]
    Target {
        stack: String,
        cause: TargetError,
        done: Vec<String>,
    },
    /// The install is not over, so its wait has not begun.
    #[error("the install is still under way; it waits from its end on")]
    UnderWay,
    /// What an install has written is not known, so it cannot be put back; it waits on.
    #[error("install {install} of {stack} was cut off, and its target cannot be read")]
    Unsettled { install: i64, stack: String },
    /// Too late to keep the files.
    #[error("what was there before is being put back; the install cannot be kept any more")]
    PuttingBack,
    /// What was there before an install could not be put back; it waits on.
    #[error("what was there before on {stack} could not be put back: {cause}")]
    NotPutBack { stack: String, cause: TargetError },
    /// An engine that reads the files did not do its part.
    #[error("engine {name}: {why}")]
    Engine { name: String, why: String },
    /// The same, after the files were written.
    #[error("nothing is installed: {cause}; what was there before is there again")]
    Undone { cause: Box<DeployError> },
    /// And they could not be put back at once.
    #[error("{cause}; and {undo}; the server tries again to put back what was there before")]
    NotUndone {
        cause: Box<DeployError>,
        undo: Box<DeployError>,
    },
    /// Work on another thread ended without a result.
    #[error("the work was cut off")]
    CutOff,
}

fn before(done: &[String]) -> String {
    match done {
        [] => String::new(),
        done => format!("; installed before it: {}", done.join(", ")),
    }
}

/// Runs work that blocks on files or takes long.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, DeployError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| DeployError::CutOff)
}
