//! Installs that wait for a confirmation, and putting back what was there before.
//!
//! The deadline is stored before the first file is touched, in wall time. A running server also
//! measures the wait with a clock that only goes forward, and whichever is over first counts: a wall
//! clock that goes back does not prolong a wait, one that goes forward shortens it at worst. A start
//! waits at most as long as was asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use api::install::{Install, InstallOutcome, Waiting, WaitingStack, Waits};
use tokio::sync::Notify;

use super::{DeployError, Deployments, Site, off_thread, settle};
use crate::install::{Root, TargetError, sha256};
use crate::store::install::InstallRow;
use crate::store::trial::{PutBack, Trial, TrialFile};
use crate::store::{self, Actor, StoreError, StoreId, StoreRow};

/// Between two looks at the clock while something waits: it may jump.
const TICK: Duration = Duration::from_millis(500);
/// Between two attempts to put back what could not be.
const RETRY: Duration = Duration::from_secs(2);

/// What this process knows of trials beside the database.
#[derive(Debug, Default)]
pub(super) struct Trials {
    /// One end of a trial at a time.
    one: tokio::sync::Mutex<()>,
    known: Mutex<BTreeMap<i64, Known>>,
    news: Notify,
}

#[derive(Debug)]
struct Known {
    due: Instant,
    /// Its install is not over; the deadline is set when it is.
    under_way: bool,
    /// Why it could not be put back, and when to try again.
    trouble: Option<(String, Instant)>,
}

impl Trials {
    fn known(&self) -> MutexGuard<'_, BTreeMap<i64, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn is_in_trouble(&self) -> bool {
        self.known().values().any(|known| known.trouble.is_some())
    }
}

/// A wait in seconds, if it is one.
pub(super) fn within(seconds: u32) -> Result<u32, DeployError> {
    if (1..=Install::LONGEST_WAIT).contains(&seconds) {
        return Ok(seconds);
    }
    Err(DeployError::Invalid(format!(
        "an install waits 1 to {} seconds for its confirmation",
        Install::LONGEST_WAIT
    )))
}

/// A trial whose install is under way.
pub(super) struct Begun {
    deployments: Deployments,
    trial: Trial,
}

/// Stores the deadline of an install that is about to begin.
pub(super) async fn begin(
    site: &Site,
    store: &StoreRow,
    seconds: u32,
) -> Result<Begun, DeployError> {
    let wait = Duration::from_secs(u64::from(seconds));
    let deadline = wall(site).saturating_add(i64::from(seconds) * 1000);
    let trial = store::trial::begin(&site.db, store, seconds, deadline).await?;
    let known = Known {
        due: Instant::now() + wait,
        under_way: true,
        trouble: None,
    };
    site.deployments.0.trials.known().insert(trial.id, known);
    Ok(Begun {
        deployments: site.deployments.clone(),
        trial,
    })
}

impl Begun {
    pub fn id(&self) -> i64 {
        self.trial.id
    }

    /// From now on it waits; a trial that wrote nothing is over.
    pub async fn end(self, site: &Site, done: &mut [InstallRow]) {
        let wait = Duration::from_secs(self.trial.seconds.unsigned_abs());
        let deadline = wall(site).saturating_add(self.trial.seconds * 1000);
        let res = match done {
            [] => store::trial::end(&site.db, self.trial.id).await,
            _ => store::trial::set_deadline(&site.db, self.trial.id, deadline).await,
        };
        if let Err(error) = res {
            // The deadline from before the install counts.
            tracing::error!(%error, "the deadline of an install was not set anew");
            return;
        }
        if let Some(known) = site.deployments.0.trials.known().get_mut(&self.trial.id) {
            known.due = Instant::now() + wait;
        }
        for row in done {
            if let Some(trial) = &mut row.trial {
                trial.deadline = deadline;
            }
        }
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        let trials = &self.deployments.0.trials;
        if let Some(known) = trials.known().get_mut(&self.trial.id) {
            known.under_way = false;
        }
        trials.news.notify_one();
    }
}

/// Milliseconds since 1970.
fn wall(site: &Site) -> i64 {
    i64::try_from(site.clock.now().unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

/// How long a trial still waits; armed when it is seen for the first time.
fn left(site: &Site, trial: &Trial) -> Duration {
    let by_wall = trial.deadline.saturating_sub(wall(site)).max(0);
    let by_wall = Duration::from_millis(by_wall.unsigned_abs());
    let longest = Duration::from_secs(trial.seconds.unsigned_abs());
    let mut all = site.deployments.0.trials.known();
    let known = all.entry(trial.id).or_insert_with(|| Known {
        due: Instant::now() + by_wall.min(longest),
        under_way: false,
        trouble: None,
    });
    by_wall.min(known.due.saturating_duration_since(Instant::now()))
}

/// What is said of a trial that waits.
pub fn waits(site: &Site, trial: &Trial) -> Waits {
    let left = left(site, trial);
    let known = site.deployments.0.trials.known();
    let trouble = known
        .get(&trial.id)
        .and_then(|known| known.trouble.as_ref());
    Waits {
        until: store::at(trial.deadline),
        left: left.as_millis().div_ceil(1000).try_into().unwrap_or(0),
        trouble: trouble.map(|(words, _)| words.clone()),
    }
}

/// The installs of a store that wait.
pub async fn waiting(site: &Site, store: StoreId) -> Result<Vec<Waiting>, StoreError> {
    let mut waiting = Vec::new();
    for trial in store::trial::list(&site.db, Some(store)).await? {
        let mut rows = store::trial::installs(&site.db, trial.id).await?;
        rows.retain(|row| row.outcome == InstallOutcome::Done);
        rows.reverse();
        let Some(first) = rows.first() else {
            continue;
        };
        waiting.push(Waiting {
            install: first.id,
            by: first.by.clone(),
            waits: waits(site, &trial),
            stacks: rows
                .into_iter()
                .map(|row| WaitingStack {
                    stack: row.stack,
                    name: row.name,
                })
                .collect(),
        });
    }
    Ok(waiting)
}

/// Keeps the files of an install that waits, and of the stacks that were installed with it.
pub async fn confirm(
    site: &Site,
    store: &StoreRow,
    actor: &Actor,
    install: i64,
) -> Result<Vec<InstallRow>, DeployError> {
    let _one = site.deployments.0.trials.one.lock().await;
    let trial = ended(site, store, install).await?;
    let kept = store::trial::keep(&site.db, store, actor, trial.id).await?;
    site.deployments.0.trials.known().remove(&trial.id);
    Ok(kept)
}

/// Puts back what was there before an install that waits, and before those made with it; answers the
/// lines of the history that say so.
pub async fn put_back_now(
    site: &Site,
    store: &StoreRow,
    actor: &Actor,
    install: i64,
) -> Result<Vec<InstallRow>, DeployError> {
    let _one = site.deployments.0.trials.one.lock().await;
    let trial = ended(site, store, install).await?;
    let comment = "what was there before was put back";
    let end = End {
        site,
        store,
        trial: &trial,
        comment,
        reason: "",
    };
    end.put_back(actor).await
}

/// The trial of an install, when that install is over.
async fn ended(site: &Site, store: &StoreRow, install: i64) -> Result<Trial, DeployError> {
    let trial = store::trial::of_install(&site.db, store.id, install).await?;
    let known = site.deployments.0.trials.known();
    if known.get(&trial.id).is_some_and(|known| known.under_way) {
        return Err(DeployError::UnderWay);
    }
    Ok(trial)
}

/// Puts back what is overdue, for ever.
pub(super) async fn keep_deadlines(site: &Site) {
    loop {
        match tick(site).await {
            Some(left) => tokio::time::sleep(left.min(TICK)).await,
            None => site.deployments.0.trials.news.notified().await,
        }
    }
}

/// Puts back what is overdue; answers how long to wait for what comes next.
pub async fn tick(site: &Site) -> Option<Duration> {
    let trials = match store::trial::list(&site.db, None).await {
        Ok(trials) => trials,
        Err(error) => {
            tracing::error!(%error, "what waits for a confirmation is not known");
            return Some(RETRY);
        }
    };
    forget_others(site, &trials);
    let mut next = None;
    for trial in trials {
        let wait = match left(site, &trial) {
            Duration::ZERO => overdue(site, &trial).await,
            left => Some(left),
        };
        next = next.into_iter().chain(wait).min();
    }
    next
}

fn forget_others(site: &Site, trials: &[Trial]) {
    let there: BTreeSet<_> = trials.iter().map(|trial| trial.id).collect();
    let mut known = site.deployments.0.trials.known();
    known.retain(|id, known| known.under_way || there.contains(id));
}

/// Tries to put a trial back that nobody confirmed; answers when to try again.
async fn overdue(site: &Site, trial: &Trial) -> Option<Duration> {
    let trials = &site.deployments.0.trials;
    {
        let known = trials.known();
        let known = known.get(&trial.id)?;
        if known.under_way {
            return Some(TICK);
        }
        let retry = known.trouble.as_ref().map(|(_, at)| *at);
        let wait = retry.map(|at| at.saturating_duration_since(Instant::now()));
        if let Some(wait) = wait.filter(|wait| !wait.is_zero()) {
            return Some(wait);
        }
    }
    let error = match put_back_overdue(site, trial).await {
        Ok(()) => return None,
        Err(error) => error.to_string(),
    };
    let mut known = trials.known();
    if let Some(known) = known.get_mut(&trial.id) {
        let before = known.trouble.as_ref().map(|(words, _)| words);
        if before != Some(&error) {
            tracing::error!(trial = trial.id, %error, "an install that nobody confirmed is not put back; trying again");
        }
        known.trouble = Some((error, Instant::now() + RETRY));
    }
    Some(RETRY)
}

async fn put_back_overdue(site: &Site, trial: &Trial) -> Result<(), DeployError> {
    let _one = site.deployments.0.trials.one.lock().await;
    // Somebody may have confirmed it while this waited.
    let still = store::trial::list(&site.db, Some(trial.store)).await?;
    if !still.iter().any(|other| other.id == trial.id) {
        return Ok(());
    }
    let store = store::trial::store_of(&site.db, trial).await?;
    let rows = store::trial::installs(&site.db, trial.id).await?;
    let Some(first) = rows.first() else {
        return Ok(store::trial::end(&site.db, trial.id).await?);
    };
    if rows
        .iter()
        .any(|row| row.outcome == InstallOutcome::Pending)
        && let Ok(_one) = site.deployments.0.one.try_lock()
    {
        settle::settle_locked(site).await?;
    }
    let actor = Actor {
        name: first.by.clone(),
        source: "the deadline of the install".to_owned(),
    };
    let end = End {
        site,
        store: &store,
        trial,
        comment: "put back by the deadline: nobody confirmed the install",
        reason: ": nobody confirmed it in time",
    };
    end.put_back(&actor).await.map(|_| ())
}

/// The end of a trial that puts back what was there before.
struct End<'a> {
    site: &'a Site,
    store: &'a StoreRow,
    trial: &'a Trial,
    comment: &'a str,
    reason: &'a str,
}

impl End<'_> {
    /// All roots that can be, and the first error of the others.
    async fn put_back(&self, actor: &Actor) -> Result<Vec<InstallRow>, DeployError> {
        let rows = store::trial::installs(&self.site.db, self.trial.id).await?;
        let (mut noted, mut failed) = (Vec::new(), None);
        let mut roots: Vec<(&str, &str)> = Vec::new();
        for row in &rows {
            if row.outcome == InstallOutcome::Pending {
                failed = Some(DeployError::Invalid(format!(
                    "install {} of {} was cut off, and its target cannot be read",
                    row.id, row.name
                )));
            } else if roots.iter().all(|(root, _)| *root != row.root) {
                roots.push((&row.root, &row.name));
            }
        }
        for (root, name) in roots {
            match self.put_root_back(actor, root, name).await {
                Ok(rows) => noted.extend(rows),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        match failed {
            Some(error) => Err(error),
            None => {
                self.site
                    .deployments
                    .0
                    .trials
                    .known()
                    .remove(&self.trial.id);
                Ok(noted)
            }
        }
    }

    async fn put_root_back(
        &self,
        actor: &Actor,
        root: &str,
        stack: &str,
    ) -> Result<Vec<InstallRow>, DeployError> {
        let (db, trial) = (&self.site.db, self.trial.id);
        let files = store::trial::files(db, self.store, trial, root).await?;
        let (allowed, target) = (self.site.allowed.clone(), root.to_owned());
        let found = off_thread(move || write_back(&target, &allowed, &files)).await?;
        let found = found.map_err(|cause| DeployError::NotPutBack {
            stack: stack.to_owned(),
            cause,
        })?;
        for (path, _) in &found {
            tracing::warn!(root, %path, "somebody else had changed a file that was put back; it is kept beside it, as `.previous`");
        }
        let note = PutBack {
            comment: self.comment,
            reason: self.reason,
            found: &found,
        };
        let rows = store::trial::put_back(db, self.store, actor, trial, root, &note).await?;
        for row in &rows {
            let (install, undone) = (row.id, row.undoes);
            tracing::warn!(install, undone, stack = %row.name, "what was there before an install is put back{}", self.reason);
        }
        Ok(rows)
    }
}

/// Writes what was there before; answers what somebody else had written there meanwhile.
fn write_back(
    root: &str,
    allowed: &[std::path::PathBuf],
    files: &[TrialFile],
) -> Result<Vec<(String, Vec<u8>)>, TargetError> {
    let target = Root::open(root, allowed)?;
    // What an earlier attempt left half done is neither ours nor somebody else's.
    target.recover()?;
    let (mut wanted, mut seen, mut found) = (Vec::new(), Vec::new(), Vec::new());
    for file in files {
        let now = target.read(&file.path)?;
        let hash = now.as_deref().map(sha256);
        let ours = hash.as_ref() == Some(&file.written) || now == file.base;
        if let Some(bytes) = now.filter(|_| !ours) {
            found.push((file.path.clone(), bytes));
        }
        wanted.push((file.path.as_str(), file.base.as_deref()));
        seen.push(hash);
    }
    for note in &target.put_back(&wanted, &seen)?.notes {
        tracing::warn!(%note, root, "putting back left something behind");
    }
    Ok(found)
}

/// Says what waits when the server ends: the deadline stands, and the next start keeps it.
pub async fn say_waiting(site: &Site) {
    let Ok(trials) = store::trial::list(&site.db, None).await else {
        return;
    };
    for trial in trials {
        let rows = store::trial::installs(&site.db, trial.id).await;
        for row in rows.unwrap_or_default() {
            tracing::warn!(
                install = row.id,
                stack = %row.name,
                until = %store::at(trial.deadline),
                "an install waits for its confirmation; if it is not running then, the next start puts back what was there before"
            );
        }
    }
}
