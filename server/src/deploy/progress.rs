//! How far installs are, and ending one before its next stack.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use api::install::{InstallStep, Progress};

use super::plan::Job;
use super::{Deployments, Site};
use crate::store::{Actor, StoreId, StoreRow};

/// The installs that are under way, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Runs(Mutex<BTreeMap<u64, Entry>>);

#[derive(Debug)]
struct Entry {
    store: StoreId,
    shown: Progress,
}

impl Runs {
    fn all(&self) -> MutexGuard<'_, BTreeMap<u64, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The installs of a store that are under way, or wait for another one to end.
pub fn progress(site: &Site, store: &StoreRow) -> Vec<Progress> {
    let runs = site.deployments.0.runs.all();
    let here = runs.values().filter(|entry| entry.store == store.id);
    here.map(|entry| entry.shown.clone()).collect()
}

/// Lets the installs of this person in a store end before their next stack; answers these.
pub fn cancel(site: &Site, store: &StoreRow, actor: &Actor) -> Vec<Progress> {
    let mut runs = site.deployments.0.runs.all();
    let mut cancelled = Vec::new();
    for entry in runs.values_mut() {
        if entry.store == store.id && entry.shown.by == actor.name {
            entry.shown.cancelled = true;
            cancelled.push(entry.shown.clone());
        }
    }
    cancelled
}

/// An install that is under way until this is dropped.
pub(super) struct Run {
    deployments: Deployments,
    number: u64,
}

impl Run {
    pub fn begin(site: &Site, store: &StoreRow, actor: &Actor, stacks: usize) -> Self {
        let mut runs = site.deployments.0.runs.all();
        let number = runs.last_key_value().map_or(0, |(last, _)| last + 1);
        let shown = Progress {
            by: actor.name.clone(),
            stacks: stacks as u64,
            stacks_done: 0,
            files: 0,
            files_done: 0,
            stack: None,
            writing: Vec::new(),
            cancelled: false,
            step: InstallStep::Check,
        };
        let store = store.id;
        runs.insert(number, Entry { store, shown });
        Self {
            deployments: site.deployments.clone(),
            number,
        }
    }

    /// What is to be written is known.
    pub fn planned(&self, jobs: &[Job]) {
        let files: usize = jobs.iter().map(|job| job.files.len()).sum();
        self.change(|shown| shown.files = files as u64);
    }

    /// Says which stack comes next; false when the install is to end before it.
    pub fn goes_on(&self, stack: &str, job: &Job) -> bool {
        let root = job.root.trim_end_matches('/');
        let path = |file: &super::plan::JobFile| format!("{root}{}", file.path);
        self.change(|shown| {
            if !shown.cancelled {
                shown.step = InstallStep::Write;
                shown.stack = Some(stack.to_owned());
                shown.writing = job.files.iter().map(path).collect();
            }
            !shown.cancelled
        })
        .unwrap_or(false)
    }

    /// The stack is written.
    pub fn wrote(&self, files: usize) {
        self.change(|shown| {
            shown.stacks_done += 1;
            shown.files_done += files as u64;
            shown.stack = None;
            shown.writing.clear();
        });
    }

    /// All that is to be written is; engines are next.
    pub fn steps_to(&self, step: InstallStep) {
        self.change(|shown| shown.step = step);
    }

    fn change<T>(&self, change: impl FnOnce(&mut Progress) -> T) -> Option<T> {
        let mut runs = self.deployments.0.runs.all();
        runs.get_mut(&self.number)
            .map(|entry| change(&mut entry.shown))
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.deployments.0.runs.all().remove(&self.number);
    }
}
