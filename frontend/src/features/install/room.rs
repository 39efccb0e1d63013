//! What the install page knows, and how it asks for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use generator::objects::ObjectId;
use generator::sort;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::facts::{self, Line};
use super::wait::Wait;
use crate::api::account::Role;
use crate::api::install::{
    Install, InstallPlan, InstallRecord, InstallRequest, KeepDrift, Progress, Return, StackPlan,
    StackState,
};
use crate::api::{Failure, deploy};
use crate::frame::use_query;
use crate::workspace::{Head, Workspace, pause};

/// How many lines of the history are read at once.
const PAGE: u64 = 200;

/// So many milliseconds between two looks at an install that is under way.
const FOLLOW: i32 = 500;
/// What takes the place of the button that was pressed, and so the focus.
const RUN: &str = "[data-run]";
/// So many stacks are compared with their targets in one request, for the table.
const BATCH: usize = 16;

/// What became of the last install.
#[derive(Clone, Debug, PartialEq)]
pub enum Run {
    Idle,
    /// The files that are being written, in their order.
    Running(Vec<String>),
    /// What was installed, and the stacks that were not, because somebody cancelled it before them.
    Done(Vec<InstallRecord>, Vec<String>),
    Failed(String),
}

/// Installs of all stacks, the newest first, as far as they are read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Past {
    pub records: Arc<Vec<InstallRecord>>,
    pub total: u64,
}

/// The plan of the chosen stacks.
#[derive(Clone, Debug, PartialEq)]
pub enum Planned {
    Nothing,
    Asking,
    Plan(Arc<InstallPlan>),
    Failed(String),
}

#[derive(Clone, Copy)]
pub struct Room {
    pub workspace: Workspace,
    pub lines: Memo<Arc<Vec<Line>>>,
    /// Why the page knows nothing.
    pub failed: RwSignal<Option<String>>,
    pub loaded: RwSignal<bool>,
    pub targets: RwSignal<BTreeMap<ObjectId, String>>,
    pub states: RwSignal<BTreeMap<ObjectId, StackState>>,
    /// One plan per stack, for the table.
    pub previews: RwSignal<BTreeMap<ObjectId, Result<Arc<StackPlan>, String>>>,
    pub past: RwSignal<Past>,
    pub chosen: Memo<Vec<ObjectId>>,
    set_chosen: Callback<String>,
    pub parts: Memo<Vec<String>>,
    pub set_parts: Callback<String>,
    pub plan: RwSignal<Planned>,
    pub overwrite: RwSignal<BTreeSet<ObjectId>>,
    /// Engines that read the files are left alone.
    pub files_only: RwSignal<bool>,
    /// Of the next install.
    pub comment: RwSignal<String>,
    pub run: RwSignal<Run>,
    /// How far the install is that is under way; `None` until that is known.
    pub progress: RwSignal<Option<Progress>>,
    /// How long an install waits for its confirmation.
    pub wait: Wait,
    /// Counts what makes plans stale, beside a newer revision.
    round: RwSignal<u32>,
}

/// The newest revision, and how often all was read for it.
type Round = (i64, u32);

fn list(text: &str) -> Vec<String> {
    text.split(',')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

impl Room {
    pub fn new() -> Self {
        let workspace = Workspace::here();
        let (stacks, set_chosen) = use_query("stacks");
        let (parts, set_parts) = use_query("parts");
        let lines = Memo::new(move |_| {
            workspace
                .head
                .with(|head| Arc::new(facts::lines(&head.objects)))
        });
        let room = Self {
            workspace,
            lines,
            failed: RwSignal::new(None),
            loaded: RwSignal::new(false),
            targets: RwSignal::new(BTreeMap::new()),
            states: RwSignal::new(BTreeMap::new()),
            previews: RwSignal::new(BTreeMap::new()),
            past: RwSignal::new(Past::default()),
            chosen: Memo::new(move |_| {
                // What the newest revision does not have cannot be installed.
                let there =
                    |id: &ObjectId| lines.with(|lines| lines.iter().any(|line| line.id == *id));
                list(&stacks.get())
                    .into_iter()
                    .map(ObjectId)
                    .filter(there)
                    .collect()
            }),
            set_chosen,
            parts: Memo::new(move |_| list(&parts.get())),
            set_parts,
            plan: RwSignal::new(Planned::Nothing),
            overwrite: RwSignal::new(BTreeSet::new()),
            files_only: RwSignal::new(false),
            comment: RwSignal::new(String::new()),
            run: RwSignal::new(Run::Idle),
            progress: RwSignal::new(None),
            wait: Wait::new(),
            round: RwSignal::new(0),
        };
        // Somebody may save a newer revision while the page is open.
        let revision = Memo::new(move |_| workspace.head.with(|head| head.revision));
        let round = Memo::new(move |_| (revision.get(), room.round.get()));
        // One that waits may be kept or put back from elsewhere, or by its deadline.
        let waiting = Memo::new(move |_| workspace.waiting());
        Effect::new(move |before: Option<Vec<i64>>| {
            let now = waiting.get();
            if before.is_some_and(|before| before != now) {
                room.again();
            }
            now
        });
        Effect::new(move |_| spawn_local(room.load(round.get())));
        Effect::new(move |before: Option<Vec<ObjectId>>| {
            let round = round.get();
            let (stacks, parts) = (room.chosen.get(), room.parts.get());
            if before.as_ref().is_some_and(|before| *before != stacks) {
                room.run.set(Run::Idle);
                room.overwrite.set(BTreeSet::new());
                room.files_only.set(false);
                room.comment.set(String::new());
            }
            spawn_local(room.ask_plan(round, stacks.clone(), parts));
            stacks
        });
        room
    }

    pub fn choose(self, stacks: &[ObjectId]) {
        let words: Vec<&str> = stacks.iter().map(|id| id.0.as_str()).collect();
        self.set_chosen.run(words.join(","));
    }

    pub fn toggle(self, stack: &ObjectId) {
        let mut chosen = self.chosen.get_untracked();
        match chosen.iter().position(|id| id == stack) {
            Some(at) => drop(chosen.remove(at)),
            None => chosen.push(stack.clone()),
        }
        self.choose(&chosen);
    }

    /// Reads everything again.
    pub fn again(self) {
        self.round.update(|round| *round += 1);
    }

    /// Whether what was asked for in this round is still wanted.
    fn current(self, round: Round) -> bool {
        let revision = |head: &Arc<Head>| head.revision;
        let newest = self.workspace.head.try_with_untracked(revision);
        (newest, self.round.try_get_untracked()) == (Some(round.0), Some(round.1))
    }

    async fn load(self, round: Round) {
        match self.read().await {
            Ok(()) => {
                self.failed.try_set(None);
            }
            Err(failure) => {
                self.failed.try_set(Some(failure.words()));
                return;
            }
        }
        self.loaded.try_set(true);
        let name = self.workspace.name();
        let Some(lines) = self.lines.try_get_untracked() else {
            return;
        };
        // A few stacks after the other, so that the first rows are full early.
        for lines in lines.chunks(BATCH) {
            let request = InstallRequest {
                revision: None,
                stacks: lines.iter().map(|line| line.id.clone()).collect(),
                setup_parts: Vec::new(),
                files_only: true,
            };
            let answer = deploy::preview(&name, &request).await;
            if !self.current(round) {
                return;
            }
            self.previews.update(|previews| match answer {
                Ok(plan) => {
                    for stack in plan.stacks {
                        previews.insert(stack.stack.clone(), Ok(Arc::new(stack)));
                    }
                }
                Err(failure) => {
                    for line in lines {
                        previews.insert(line.id.clone(), Err(failure.words()));
                    }
                }
            });
        }
    }

    async fn read(self) -> Result<(), Failure> {
        let name = self.workspace.name();
        let targets = deploy::targets(&name).await?;
        let states = deploy::drift(&name).await?;
        let past = deploy::installs(&name, 0, PAGE).await?;
        self.targets.try_set(sort::map(
            targets
                .into_iter()
                .map(|target| (target.stack, target.root)),
        ));
        self.states.try_set(sort::map(
            states.into_iter().map(|state| (state.stack.clone(), state)),
        ));
        self.past.try_set(Past {
            records: Arc::new(past.items),
            total: past.total,
        });
        Ok(())
    }

    /// Reads the next part of the history.
    pub fn older(self) {
        let offset = self.past.with_untracked(|past| past.records.len() as u64);
        spawn_local(async move {
            match deploy::installs(&self.workspace.name(), offset, PAGE).await {
                Ok(window) => {
                    self.past.try_update(|past| {
                        let mut records = past.records.to_vec();
                        records.extend(window.items);
                        *past = Past {
                            records: Arc::new(records),
                            total: window.total,
                        };
                    });
                }
                Err(failure) => drop(self.failed.try_set(Some(failure.words()))),
            }
        });
    }

    async fn ask_plan(self, round: Round, stacks: Vec<ObjectId>, parts: Vec<String>) {
        if stacks.is_empty() {
            self.plan.try_set(Planned::Nothing);
            return;
        }
        // The plan that is shown stays until the new one is there, unless it is about other stacks.
        let same = self.plan.with_untracked(|plan| match plan {
            Planned::Plan(plan) => plan.stacks.iter().map(|stack| &stack.stack).eq(&stacks),
            _ => false,
        });
        if !same {
            self.plan.set(Planned::Asking);
        }
        let request = InstallRequest {
            revision: None,
            stacks: stacks.clone(),
            setup_parts: parts,
            files_only: false,
        };
        let answer = deploy::preview(&self.workspace.name(), &request).await;
        if self.current(round)
            && self
                .chosen
                .try_get_untracked()
                .is_some_and(|now| now == stacks)
        {
            self.plan.set(match answer {
                Ok(plan) => Planned::Plan(Arc::new(plan)),
                Err(failure) => Planned::Failed(failure.words()),
            });
        }
    }

    /// Why nothing can be installed by me now; tracked.
    pub fn closed(self) -> Option<String> {
        if !self.workspace.may(Role::Installer) {
            return Some("You may look at installs of this store, not make them.".to_owned());
        }
        if self.workspace.offline.get() {
            return Some("The server does not answer.".to_owned());
        }
        if matches!(self.run.get(), Run::Running(_)) {
            return Some("An install is under way.".to_owned());
        }
        self.workspace.frozen()
    }

    /// Installs the plan that is shown.
    pub fn install(self) {
        let Planned::Plan(plan) = self.plan.get_untracked() else {
            return;
        };
        let body = Install {
            revision: plan.revision,
            stacks: plan
                .stacks
                .iter()
                .map(|stack| stack.stack.clone())
                .collect(),
            setup_parts: self.parts.get_untracked(),
            plan_hash: plan.plan_hash.clone(),
            overwrite_drift: self
                .overwrite
                .with_untracked(|overwrite| !overwrite.is_empty()),
            comment: self.comment.get_untracked(),
            confirm_within: self.wait.chosen(),
            files_only: self.files_only.get_untracked(),
        };
        let files = plan
            .stacks
            .iter()
            .flat_map(|stack| &stack.files)
            .map(|file| file.path.clone());
        self.begin(files.collect());
        spawn_local(async move {
            let answer = deploy::install(&self.workspace.name(), &body).await;
            let left_out = answer.as_ref().map_or(Vec::new(), |done| {
                let written = |stack: &&StackPlan| done.iter().any(|row| row.stack == stack.stack);
                let others = plan.stacks.iter().filter(|stack| !written(stack));
                others.map(|stack| stack.name.clone()).collect()
            });
            self.finish(answer, left_out);
        });
    }

    fn begin(self, files: Vec<String>) {
        self.progress.set(None);
        self.run.set(Run::Running(files));
        crate::ui::focus_soon(RUN);
        spawn_local(async move {
            loop {
                pause(FOLLOW).await;
                if !matches!(self.run.try_get_untracked(), Some(Run::Running(_))) {
                    return;
                }
                let me = self.workspace.me();
                if let Ok(progress) = deploy::progress(&self.workspace.name(), &me).await {
                    self.progress.try_set(progress);
                }
            }
        });
    }

    /// Ends the install before its next stack.
    pub fn cancel(self) {
        spawn_local(async move {
            if let Err(failure) = deploy::cancel(&self.workspace.name()).await {
                self.workspace.say(failure.words());
            }
        });
    }

    /// Brings the files of an earlier install back.
    pub fn return_to(self, install: i64, files: Vec<String>, overwrite_drift: bool) {
        self.begin(files);
        spawn_local(async move {
            let body = Return {
                comment: String::new(),
                overwrite_drift,
                files_only: false,
            };
            self.finish(
                deploy::return_to(&self.workspace.name(), install, &body)
                    .await
                    .map(|record| vec![record]),
                Vec::new(),
            );
        });
    }

    fn finish(self, answer: Result<Vec<InstallRecord>, Failure>, left_out: Vec<String>) {
        spawn_local(self.workspace.poll());
        self.run.try_set(match answer {
            Ok(records) => Run::Done(records, left_out),
            Err(failure) => Run::Failed(failure.words()),
        });
        crate::ui::focus_soon(RUN);
        self.overwrite.try_set(BTreeSet::new());
        if self.round.try_get_untracked().is_some() {
            self.again();
        }
    }

    /// Keeps what was changed on a target for later.
    pub fn keep(self, stack: ObjectId) {
        spawn_local(async move {
            match deploy::keep_drift(&self.workspace.name(), &stack, &KeepDrift::default()).await {
                Ok(()) => self.again(),
                Err(failure) => drop(self.run.try_set(Run::Failed(failure.words()))),
            }
        });
    }
}
