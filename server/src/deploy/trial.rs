//! Installs that wait for a confirmation, and putting back what was there before.
//!
//! The deadline is stored before the first file is touched, in wall time. A running server also
//! measures the wait with a clock that only goes forward, and whichever is over first counts: a wall
//! clock that goes back does not prolong a wait, one that goes forward shortens it at worst. A start
//! waits at most as long as was asked for.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use api::install::{Install, InstallOutcome, Waiting, WaitingStack, Waits};
use tokio::sync::{Notify, OwnedMutexGuard};
use tokio::task::JoinHandle;

use super::{DeployError, Deployments, Site, engines, off_thread, settle};
use crate::install::{Root, TargetError, sha256};
use crate::store::install::InstallRow;
use crate::store::trial::{NewTrial, PutBack, Trial, TrialFile};
use crate::store::{self, Actor, StoreError, StoreId, StoreRow};

/// Between two looks at the clock while something waits: it may jump.
const TICK: Duration = Duration::from_millis(500);
/// Between two attempts to put back what could not be.
const RETRY: Duration = Duration::from_secs(2);

/// What this process knows of trials beside the database.
#[derive(Debug, Default)]
pub(super) struct Trials {
    known: Mutex<BTreeMap<i64, Known>>,
    news: Notify,
}

#[derive(Debug)]
struct Known {
    due: Instant,
    /// Its install is not over; the deadline is set when it is.
    under_way: bool,
    /// Its end is one person's, or the deadline's, at a time. One of another trial waits for nothing:
    /// a target that does not answer holds up its own files only.
    one: Arc<tokio::sync::Mutex<()>>,
    /// The deadline is putting it back.
    trying: bool,
    next_try: Option<Instant>,
    /// Why it could not be put back.
    trouble: Option<String>,
}

impl Known {
    fn new(due: Instant, under_way: bool) -> Self {
        Self {
            due,
            under_way,
            one: Arc::default(),
            trying: false,
            next_try: None,
            trouble: None,
        }
    }
}

impl Trials {
    fn known(&self) -> MutexGuard<'_, BTreeMap<i64, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn forget(&self, trial: i64) {
        self.known().remove(&trial);
    }

    fn is_under_way(&self, trial: i64) -> bool {
        self.known()
            .get(&trial)
            .is_some_and(|known| known.under_way)
    }

    pub fn is_in_trouble(&self) -> bool {
        self.known().values().any(|known| known.trouble.is_some())
    }
}

impl Site {
    fn trials(&self) -> &Trials {
        &self.deployments.0.trials
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

/// Stores the deadline of an install that is about to begin, which waits so many seconds, or for its engines
/// only. `None`: it waits for neither.
pub(super) async fn begin(
    site: &Site,
    store: &StoreRow,
    waits: Option<u32>,
    engines: &[String],
) -> Result<Option<Begun>, DeployError> {
    let own = waits.is_none();
    if own && engines.is_empty() {
        return Ok(None);
    }
    let seconds = waits.unwrap_or(engines::OWN);
    let wait = Duration::from_secs(u64::from(seconds));
    // What is cut off and waits for nobody is put back by the next start at once.
    let wall_wait = if own { 0 } else { i64::from(seconds) * 1000 };
    let new = NewTrial {
        seconds,
        deadline: wall(site).saturating_add(wall_wait),
        engines,
        own,
    };
    let trial = store::trial::begin(&site.db, store, &new).await?;
    let known = Known::new(Instant::now() + wait, true);
    site.trials().known().insert(trial.id, known);
    Ok(Some(Begun {
        deployments: site.deployments.clone(),
        trial,
    }))
}

impl Begun {
    pub fn id(&self) -> i64 {
        self.trial.id
    }

    /// Nobody is asked to confirm it.
    pub fn is_own(&self) -> bool {
        self.trial.own
    }

    /// How long it waits.
    pub fn seconds(&self) -> u32 {
        u32::try_from(self.trial.seconds).unwrap_or(u32::MAX)
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
        if let Some(known) = site.trials().known().get_mut(&self.trial.id) {
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

/// How long a trial still waits by the clock on the wall.
fn by_wall(site: &Site, trial: &Trial) -> Duration {
    if trial.ending {
        return Duration::ZERO;
    }
    let left = trial.deadline.saturating_sub(wall(site)).max(0);
    Duration::from_millis(left.unsigned_abs())
}

/// What is known of a trial; armed when it is seen for the first time.
fn armed<T>(site: &Site, trial: &Trial, ask: impl FnOnce(&mut Known) -> T) -> T {
    let longest = Duration::from_secs(trial.seconds.unsigned_abs());
    let wait = by_wall(site, trial).min(longest);
    let mut all = site.trials().known();
    let known = all.entry(trial.id);
    ask(known.or_insert_with(|| Known::new(Instant::now() + wait, false)))
}

/// How long a trial still waits.
fn left(site: &Site, trial: &Trial) -> Duration {
    let due = armed(site, trial, |known| known.due);
    by_wall(site, trial).min(due.saturating_duration_since(Instant::now()))
}

/// What is said of a trial that waits.
pub fn waits(site: &Site, trial: &Trial) -> Waits {
    let left = left(site, trial);
    Waits {
        until: store::at(trial.deadline),
        left: left.as_millis().div_ceil(1000).try_into().unwrap_or(0),
        trouble: armed(site, trial, |known| known.trouble.clone()),
    }
}

/// The installs of a store that wait. One that was cut off is among them: nobody knows how it ended.
pub async fn waiting(site: &Site, store: StoreId) -> Result<Vec<Waiting>, StoreError> {
    let mut waiting = Vec::new();
    for trial in store::trial::list(&site.db, Some(store)).await? {
        let trouble = || armed(site, &trial, |known| known.trouble.is_some());
        if trial.own && !trouble() {
            continue;
        }
        let mut rows = store::trial::installs(&site.db, trial.id).await?;
        if site.trials().is_under_way(trial.id) {
            rows.retain(|row| row.outcome == InstallOutcome::Done);
        }
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
    End::of_install(site, store, install)
        .await?
        .keep(actor)
        .await
}

/// Keeps what an install wrote that waits for nobody but its engines.
pub(super) async fn keep(
    site: &Site,
    store: &StoreRow,
    actor: &Actor,
    trial: i64,
) -> Result<Vec<InstallRow>, DeployError> {
    End::of_trial(site, store, trial).await?.keep(actor).await
}

/// Puts back what was there before an install that failed after it had written; answers the error.
pub(super) async fn undo(
    site: &Site,
    store: &StoreRow,
    actor: &Actor,
    trial: i64,
    cause: DeployError,
) -> DeployError {
    let words = Words {
        comment: format!("put back by the install: {cause}").into(),
        reason: format!(": {cause}").into(),
        asked: false,
    };
    let undone = async {
        let end = End::of_trial(site, store, trial).await?;
        end.put_back(actor, &words).await
    };
    let cause = Box::new(cause);
    match undone.await {
        Ok(_) => DeployError::Undone { cause },
        Err(undo) => {
            make_due(site, trial).await;
            let undo = Box::new(undo);
            DeployError::NotUndone { cause, undo }
        }
    }
}

/// What could not be undone is tried again as soon as can be.
async fn make_due(site: &Site, trial: i64) {
    if let Err(error) = store::trial::set_deadline(&site.db, trial, wall(site)).await {
        // It is put back when its time is over.
        tracing::error!(%error, "the deadline of an install was not set anew");
    }
    site.trials().news.notify_one();
}

/// Puts back what was there before an install that waits, and before those made with it; answers the
/// lines of the history that say so.
pub async fn put_back_now(
    site: &Site,
    store: &StoreRow,
    actor: &Actor,
    install: i64,
) -> Result<Vec<InstallRow>, DeployError> {
    let end = End::of_install(site, store, install).await?;
    end.put_back(actor, &BY_HAND).await
}

/// Puts back what is overdue, for ever.
pub(super) async fn keep_deadlines(site: &Site) {
    loop {
        let (_, next) = begin_overdue(site).await;
        let news = site.trials().news.notified();
        match next {
            Some(left) => drop(tokio::time::timeout(left.min(TICK), news).await),
            None => news.await,
        }
    }
}

/// Puts back what is overdue; answers how long to wait for what comes next.
pub async fn tick(site: &Site) -> Option<Duration> {
    let (begun, next) = begin_overdue(site).await;
    for task in begun {
        let _ = task.await;
    }
    next
}

/// Begins to put back what is overdue, each on its own; the tasks go on when nobody waits for them.
async fn begin_overdue(site: &Site) -> (Vec<JoinHandle<()>>, Option<Duration>) {
    let mut begun = Vec::new();
    let trials = match store::trial::list(&site.db, None).await {
        Ok(trials) => trials,
        Err(error) => {
            tracing::error!(%error, "what waits for a confirmation is not known");
            return (begun, Some(RETRY));
        }
    };
    forget_others(site, &trials);
    let mut next = None;
    for trial in trials {
        let wait = match left(site, &trial) {
            Duration::ZERO => match Trying::begin(site, &trial) {
                Ok(trying) => {
                    begun.push(tokio::spawn(trying.put_back(trial)));
                    None
                }
                Err(wait) => wait,
            },
            left => Some(left),
        };
        next = next.into_iter().chain(wait).min();
    }
    (begun, next)
}

fn forget_others(site: &Site, trials: &[Trial]) {
    let there: BTreeSet<_> = trials.iter().map(|trial| trial.id).collect();
    let mut known = site.trials().known();
    known.retain(|id, known| known.under_way || there.contains(id));
}

/// An attempt to put back what nobody confirmed.
struct Trying {
    site: Site,
    trial: i64,
}

impl Trying {
    /// Or how long to wait before the next attempt; `None`: the one that is under way says when it
    /// is over.
    fn begin(site: &Site, trial: &Trial) -> Result<Self, Option<Duration>> {
        armed(site, trial, |known| {
            if known.under_way {
                return Err(Some(TICK));
            }
            if known.trying {
                return Err(None);
            }
            let now = Instant::now();
            let wait = known.next_try.map(|at| at.saturating_duration_since(now));
            if let Some(wait) = wait.filter(|wait| !wait.is_zero()) {
                return Err(Some(wait));
            }
            known.trying = true;
            known.next_try = Some(now + RETRY);
            Ok(())
        })?;
        Ok(Self {
            site: site.clone(),
            trial: trial.id,
        })
    }

    async fn put_back(self, trial: Trial) {
        let Err(error) = put_back_overdue(&self.site, &trial).await else {
            return;
        };
        let error = error.to_string();
        let mut known = self.site.trials().known();
        if let Some(known) = known.get_mut(&self.trial) {
            if known.trouble.as_ref() != Some(&error) {
                tracing::error!(trial = trial.id, %error, "an install that nobody confirmed is not put back; trying again");
            }
            known.trouble = Some(error);
            known.next_try = Some(Instant::now() + RETRY);
        }
    }
}

impl Drop for Trying {
    fn drop(&mut self) {
        let trials = self.site.trials();
        if let Some(known) = trials.known().get_mut(&self.trial) {
            known.trying = false;
        }
        trials.news.notify_one();
    }
}

async fn put_back_overdue(site: &Site, trial: &Trial) -> Result<(), DeployError> {
    let store = store::trial::store_of(&site.db, trial).await?;
    // Somebody may have confirmed it while this waited.
    let Some(end) = End::begin(site, &store, trial).await? else {
        return Ok(());
    };
    let asked_by = store::trial::asked_by(&site.db, trial.id).await?;
    let words = match (&asked_by, trial.own) {
        (Some(_), _) => &BY_HAND,
        (None, false) => &OVERDUE,
        (None, true) => &CUT_OFF,
    };
    let Some(name) = asked_by.or_else(|| Some(end.rows.first()?.by.clone())) else {
        return end.of_nothing().await;
    };
    let source = "the deadline of the install".to_owned();
    end.put_back(&Actor { name, source }, words).await?;
    Ok(())
}

/// How the end of a trial is told.
struct Words {
    /// To the history.
    comment: Cow<'static, str>,
    /// To the audit, behind what was put back.
    reason: Cow<'static, str>,
    asked: bool,
}

const BY_HAND: Words = Words {
    comment: Cow::Borrowed("what was there before was put back"),
    reason: Cow::Borrowed(""),
    asked: true,
};

const OVERDUE: Words = Words {
    comment: Cow::Borrowed("put back by the deadline: nobody confirmed the install"),
    reason: Cow::Borrowed(": nobody confirmed it in time"),
    asked: false,
};

const CUT_OFF: Words = Words {
    comment: Cow::Borrowed("put back: the install was cut off before its engines had tried it"),
    reason: Cow::Borrowed(": it was cut off before its engines had tried it"),
    asked: false,
};

/// A trial that is about to end; nobody else ends it meanwhile.
struct End<'a> {
    site: &'a Site,
    store: &'a StoreRow,
    trial: Trial,
    /// Its installs that wrote their files, or may have; the newest first.
    rows: Vec<InstallRow>,
    _one: OwnedMutexGuard<()>,
}

impl<'a> End<'a> {
    async fn of_install(
        site: &'a Site,
        store: &'a StoreRow,
        install: i64,
    ) -> Result<Self, DeployError> {
        let trial = store::trial::of_install(&site.db, store.id, install).await?;
        // One that waits for engines only ends by itself, unless it cannot.
        if trial.own && armed(site, &trial, |known| known.trouble.is_none()) {
            return Err(StoreError::NothingTo(store::trial::NOT_WAITING).into());
        }
        let end = Self::begin(site, store, &trial).await?;
        Ok(end.ok_or(StoreError::NothingTo(store::trial::NOT_WAITING))?)
    }

    async fn of_trial(
        site: &'a Site,
        store: &'a StoreRow,
        trial: i64,
    ) -> Result<Self, DeployError> {
        let gone = || StoreError::NothingTo(store::trial::NOT_WAITING);
        let trial = store::trial::find(&site.db, trial)
            .await?
            .ok_or_else(gone)?;
        let end = Self::begin(site, store, &trial).await?;
        Ok(end.ok_or_else(gone)?)
    }

    /// `None` when it is over by now.
    async fn begin(
        site: &'a Site,
        store: &'a StoreRow,
        trial: &Trial,
    ) -> Result<Option<Self>, DeployError> {
        let one = armed(site, trial, |known| known.one.clone());
        let one = one.lock_owned().await;
        let Some(trial) = store::trial::find(&site.db, trial.id).await? else {
            return Ok(None);
        };
        if site.trials().is_under_way(trial.id) {
            return Err(DeployError::UnderWay);
        }
        let mut rows = store::trial::installs(&site.db, trial.id).await?;
        let is_pending = |row: &InstallRow| row.outcome == InstallOutcome::Pending;
        if rows.iter().any(is_pending)
            && let Ok(_one) = site.deployments.0.one.try_lock()
        {
            settle::settle_locked(site).await?;
            rows = store::trial::installs(&site.db, trial.id).await?;
        }
        Ok(Some(Self {
            site,
            store,
            trial,
            rows,
            _one: one,
        }))
    }

    /// Ends it: its files stay, and so does the policy of its engines.
    async fn keep(self, actor: &Actor) -> Result<Vec<InstallRow>, DeployError> {
        if self.trial.ending {
            return Err(DeployError::PuttingBack);
        }
        let (site, store) = (self.site, self.store);
        engines::confirm(site, &self.trial, &self.rows).await?;
        let kept = store::trial::keep(&site.db, store, actor, self.trial.id).await?;
        site.trials().forget(self.trial.id);
        Ok(kept)
    }

    /// Ends a trial that wrote nothing.
    async fn of_nothing(self) -> Result<(), DeployError> {
        store::trial::end(&self.site.db, self.trial.id).await?;
        self.site.trials().forget(self.trial.id);
        Ok(())
    }

    /// All roots that can be, and the first error of the others.
    async fn put_back(self, actor: &Actor, words: &Words) -> Result<Vec<InstallRow>, DeployError> {
        let (mut noted, mut failed) = (Vec::new(), None);
        let mut roots: Vec<(&str, &str)> = Vec::new();
        for row in &self.rows {
            if row.outcome == InstallOutcome::Pending {
                failed = Some(DeployError::Unsettled {
                    install: row.id,
                    stack: row.name.clone(),
                });
            } else if roots.iter().all(|(root, _)| *root != row.root) {
                roots.push((&row.root, &row.name));
            }
        }
        for (root, name) in roots {
            match self.put_root_back(actor, words, root, name).await {
                Ok(rows) => noted.extend(rows),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        engines::back(self.site, &self.trial, &self.rows).await;
        match failed {
            Some(error) => Err(error),
            None if noted.is_empty() => self.of_nothing().await.map(|()| noted),
            None => {
                self.site.trials().forget(self.trial.id);
                Ok(noted)
            }
        }
    }

    async fn put_root_back(
        &self,
        actor: &Actor,
        words: &Words,
        root: &str,
        stack: &str,
    ) -> Result<Vec<InstallRow>, DeployError> {
        let (db, trial) = (&self.site.db, self.trial.id);
        let not_put_back = |cause| DeployError::NotPutBack {
            stack: stack.to_owned(),
            cause,
        };
        let files = store::trial::files(db, self.store, trial, root).await?;
        let (allowed, target) = (self.site.allowed.clone(), root.to_owned());
        let looked = off_thread(move || Before::look(target, allowed, files)).await?;
        let before = looked.map_err(not_put_back)?;
        for (path, _) in &before.found {
            tracing::warn!(root, %path, "somebody else had changed a file that is put back; it is kept beside it, as `.previous`");
        }
        // From here on until it is noted, a kill leaves files that are back and a trial that says so.
        let asked_by = words.asked.then_some(actor.name.as_str());
        store::trial::mark_ending(db, trial, asked_by, root, &before.found).await?;
        if let Err(cause) = off_thread(move || before.write()).await? {
            // Nothing of it was written.
            if let Err(error) = store::trial::unmark(db, trial).await {
                tracing::error!(trial, %error, "a trial cannot be confirmed until it is put back");
            }
            return Err(not_put_back(cause));
        }
        let note = PutBack {
            comment: &words.comment,
            reason: &words.reason,
        };
        let rows = store::trial::put_back(db, self.store, actor, trial, root, &note).await?;
        for row in &rows {
            let (install, undone) = (row.id, row.undoes);
            tracing::warn!(install, undone, stack = %row.name, "what was there before an install is put back{}", words.reason);
        }
        Ok(rows)
    }
}

/// What is to be put back below a root, after a look at what is there.
struct Before {
    root: String,
    allowed: Vec<PathBuf>,
    files: Vec<TrialFile>,
    /// The hash of each file that is there.
    seen: Vec<Option<String>>,
    /// What somebody else wrote there meanwhile, by path.
    found: Vec<(String, Vec<u8>)>,
}

impl Before {
    fn look(
        root: String,
        allowed: Vec<PathBuf>,
        files: Vec<TrialFile>,
    ) -> Result<Self, TargetError> {
        let target = Root::open(&root, &allowed)?;
        // What an earlier attempt left half done is neither ours nor somebody else's.
        target.recover()?;
        let (mut seen, mut found) = (Vec::new(), Vec::new());
        for file in &files {
            let now = target.read(&file.path)?;
            let hash = now.as_deref().map(sha256);
            let ours = hash.as_ref() == Some(&file.written) || now == file.base;
            if let Some(bytes) = now.filter(|_| !ours) {
                found.push((file.path.clone(), bytes));
            }
            seen.push(hash);
        }
        Ok(Self {
            root,
            allowed,
            files,
            seen,
            found,
        })
    }

    /// Writes what was there before, unless something is there by now that nobody looked at.
    fn write(self) -> Result<(), TargetError> {
        let Self {
            root,
            allowed,
            files,
            seen,
            ..
        } = self;
        let wanted = files.iter();
        let wanted: Vec<_> = wanted
            .map(|file| (file.path.as_str(), file.base.as_deref()))
            .collect();
        let target = Root::open(&root, &allowed)?;
        for note in &target.put_back(&wanted, &seen)?.notes {
            tracing::warn!(%note, root, "putting back left something behind");
        }
        Ok(())
    }
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
