//! Carrying out a plan, and bringing the files of an earlier install back.

use std::collections::BTreeMap;

use api::install::{Install, InstallOutcome, InstallRequest, InstallStep, Return};
use generator::objects::ObjectId;

use super::plan::{Job, JobFile, Plan, obstacle, plan};
use super::progress::Run;
use super::{DeployError, Site, engines, off_thread, settle, trial};
use crate::install::{Root, TargetError, sha256};
use crate::store::install::{InstallRow, NewFile, NewInstall};
use crate::store::{self, Actor, StoreError, StoreRow};

/// Installs what the plan with this hash showed, and nothing else.
pub async fn install(
    site: &Site,
    store: &StoreRow,
    actor: &Actor,
    request: &Install,
) -> Result<Vec<InstallRow>, DeployError> {
    let waits = request.confirm_within.map(trial::within).transpose()?;
    let run = Run::begin(site, store, actor, request.stacks.len());
    let _one = site.deployments.one().await;
    settle::settle_locked(site).await?;
    store::freeze::may_change(&site.db, store, &actor.name).await?;
    let wanted = InstallRequest {
        revision: Some(request.revision),
        stacks: request.stacks.clone(),
        setup_parts: request.setup_parts.clone(),
        files_only: request.files_only,
    };
    let plan = plan(site, store, &wanted).await?;
    if plan.shown.plan_hash != request.plan_hash {
        return Err(DeployError::PlanChanged);
    }
    let files: Vec<_> = plan.jobs.iter().flat_map(Job::paths).collect();
    store::trial::refuse_any(&site.db, &files).await?;
    if let Some(obstacle) = obstacle(&plan.shown, request) {
        return Err(obstacle);
    }
    run.planned(&plan.jobs);
    let engines = match request.files_only {
        true => Vec::new(),
        false => engines::of_stacks(&plan.shown.stacks),
    };
    let mut work = Work::new(site, store, actor);
    let begun = trial::begin(site, store, waits, &engines).await?;
    work.trial = begun.as_ref().map(trial::Begun::id);
    let res = work.write_all(&run, plan, &request.comment).await;
    let step = |step| run.steps_to(step);
    work.end(begun, &engines, step).await?;
    res.map(|()| work.done)
}

/// Writes the files of an earlier install again, as an install of their own.
pub async fn put_back(
    site: &Site,
    store: &StoreRow,
    actor: &Actor,
    id: i64,
    request: &Return,
) -> Result<InstallRow, DeployError> {
    let _one = site.deployments.one().await;
    settle::settle_locked(site).await?;
    store::freeze::may_change(&site.db, store, &actor.name).await?;
    let earlier = store::install::find(&site.db, store.id, id).await?;
    if earlier.outcome != InstallOutcome::Done || earlier.undoes.is_some() {
        return Err(DeployError::Invalid(format!(
            "install {id} wrote no files that could be brought back"
        )));
    }
    let root = store::target::find(&site.db, store.id, &earlier.stack)
        .await?
        .ok_or_else(|| DeployError::Invalid(format!("{} has no target any more", earlier.name)))?;
    let job = earlier_job(site, store, id, root).await?;
    store::trial::refuse_any(&site.db, &job.paths()).await?;
    let drifted = drifted(site, store, &job).await?;
    if !drifted.is_empty() && !request.overwrite_drift {
        return Err(DeployError::Drifted(drifted.join(", ")));
    }
    let mut said = engines::plans(site, &[&job]).await;
    let said = said.pop().unwrap_or_default();
    let engines = match request.files_only {
        true => Vec::new(),
        false => engines::names(&said),
    };
    let reasons = engines::obstacles(&earlier.name, &said);
    if !engines.is_empty() && !reasons.is_empty() {
        return Err(DeployError::Refused {
            detail: reasons.join("; "),
            findings: Vec::new(),
        });
    }
    let mut work = Work::new(site, store, actor);
    let begun = trial::begin(site, store, None, &engines).await?;
    work.trial = begun.as_ref().map(trial::Begun::id);
    let about = About {
        stack: &earlier.stack,
        name: &earlier.name,
        revision: earlier.revision,
        comment: &request.comment,
        returned_to: Some(id),
    };
    let res = work.write(&about, job).await;
    work.end(begun, &engines, |_| {}).await?;
    res?;
    work.done.pop().ok_or(DeployError::CutOff)
}

/// The files of an earlier install, with what is on the target now.
async fn earlier_job(
    site: &Site,
    store: &StoreRow,
    id: i64,
    root: String,
) -> Result<Job, DeployError> {
    let texts = store::install::texts(&site.db, store, id).await?;
    let allowed = site.allowed.clone();
    let read = move || -> Result<Job, TargetError> {
        let target = Root::open(&root, &allowed)?;
        let mut files = Vec::with_capacity(texts.len());
        for file in texts {
            let on_target = target.read(&file.path)?;
            files.push(JobFile {
                seen: on_target.as_deref().map(sha256),
                on_target,
                role: file.role,
                path: file.path,
                text: file.text,
            });
        }
        Ok(Job { root, files })
    };
    off_thread(read)
        .await?
        .map_err(|error| DeployError::Refused {
            detail: error.to_string(),
            findings: Vec::new(),
        })
}

/// The files of a job that are not as they were installed last.
async fn drifted(site: &Site, store: &StoreRow, job: &Job) -> Result<Vec<String>, DeployError> {
    let mut drifted = Vec::new();
    for file in &job.files {
        let last = store::install::last_text(&site.db, store, &job.root, &file.path).await?;
        if last.is_some_and(|last| Some(last.sha256) != file.seen) {
            drifted.push(format!("{}{}", job.root, file.path));
        }
    }
    Ok(drifted)
}

/// What an install says of itself.
struct About<'a> {
    stack: &'a ObjectId,
    name: &'a str,
    revision: i64,
    comment: &'a str,
    returned_to: Option<i64>,
}

struct Work<'a> {
    site: &'a Site,
    store: &'a StoreRow,
    actor: &'a Actor,
    /// What the installs wait in.
    trial: Option<i64>,
    done: Vec<InstallRow>,
    /// What this work wrote, by root and path: stacks share files.
    written: BTreeMap<(String, String), String>,
    /// What was there before this work, of a trial.
    bases: BTreeMap<(String, String), Option<Vec<u8>>>,
}

impl<'a> Work<'a> {
    fn new(site: &'a Site, store: &'a StoreRow, actor: &'a Actor) -> Self {
        Self {
            site,
            store,
            actor,
            trial: None,
            done: Vec::new(),
            written: BTreeMap::new(),
            bases: BTreeMap::new(),
        }
    }

    /// Has the engines load what was written. From then on the install waits for its confirmation; one that
    /// does not is confirmed or, when an engine fails, put back.
    async fn end(
        &mut self,
        begun: Option<trial::Begun>,
        engines: &[String],
        step: impl Fn(InstallStep),
    ) -> Result<(), DeployError> {
        let Some(begun) = begun else {
            return Ok(());
        };
        let (trial, own) = (begun.id(), begun.is_own());
        let mut res = Ok(Vec::new());
        if !self.done.is_empty() && !engines.is_empty() {
            res = engines::activate(self.site, engines, begun.seconds(), &step).await;
        }
        begun.end(self.site, &mut self.done).await;
        if self.done.is_empty() {
            return Ok(());
        }
        let kept = match res {
            Ok(results) if !own => Ok((results, None)),
            Ok(results) => {
                step(InstallStep::Confirm);
                let kept = trial::keep(self.site, self.store, self.actor, trial).await;
                kept.map(|kept| (results, Some(kept)))
            }
            Err(error) => Err(error),
        };
        match kept {
            Ok((results, kept)) => {
                self.done = kept.unwrap_or(std::mem::take(&mut self.done));
                if !results.is_empty() {
                    let (db, done) = (&self.site.db, &mut self.done);
                    store::install::note_engines(db, done, &results).await?;
                }
                Ok(())
            }
            Err(cause) => Err(trial::undo(self.site, self.store, self.actor, trial, cause).await),
        }
    }

    /// Writes one stack after the other, until it is told to end.
    async fn write_all(&mut self, run: &Run, plan: Plan, comment: &str) -> Result<(), DeployError> {
        for (shown, job) in plan.shown.stacks.iter().zip(plan.jobs) {
            if !run.goes_on(&shown.name, &job) {
                return Ok(());
            }
            let files = job.files.len();
            let about = About {
                stack: &shown.stack,
                name: &shown.name,
                revision: plan.shown.revision,
                comment,
                returned_to: None,
            };
            self.write(&about, job).await?;
            run.wrote(files);
        }
        Ok(())
    }

    /// Notes the install, writes its files, and notes how that ended.
    async fn write(&mut self, about: &About<'_>, job: Job) -> Result<(), DeployError> {
        let files: Vec<_> = job
            .files
            .into_iter()
            .map(|file| self.new_file(&job.root, file))
            .collect();
        let new = NewInstall {
            stack: about.stack,
            name: about.name,
            root: &job.root,
            revision: about.revision,
            comment: about.comment,
            returned_to: about.returned_to,
            trial: self.trial,
            files: &files,
        };
        let id = store::install::begin(&self.site.db, self.store, self.actor, &new).await?;
        let hashes: Vec<_> = files
            .iter()
            .map(|file| ((job.root.clone(), file.path.clone()), file.sha256.clone()))
            .collect();
        let (allowed, root) = (self.site.allowed.clone(), job.root);
        let res = off_thread(move || write_files(&root, &allowed, &files)).await?;
        let outcome = match &res {
            Ok(()) => InstallOutcome::Done,
            Err(cause) => InstallOutcome::Failed(cause.to_string()),
        };
        let row = self.finish(id, &outcome).await?;
        match res {
            Ok(()) => {
                self.written.extend(hashes);
                self.done.push(row);
                Ok(())
            }
            Err(cause) => Err(DeployError::Target {
                stack: about.name.to_owned(),
                cause,
                done: self.done.iter().map(|row| row.name.clone()).collect(),
            }),
        }
    }

    fn new_file(&mut self, root: &str, file: JobFile) -> NewFile {
        let key = (root.to_owned(), file.path.clone());
        let base = match self.trial {
            Some(_) => self
                .bases
                .entry(key.clone())
                .or_insert(file.on_target)
                .clone(),
            None => None,
        };
        NewFile {
            base,
            sha256: sha256(file.text.as_bytes()),
            before: self.written.get(&key).cloned().or(file.seen),
            role: file.role,
            path: file.path,
            text: file.text,
        }
    }

    async fn finish(&self, id: i64, outcome: &InstallOutcome) -> Result<InstallRow, StoreError> {
        store::install::finish(&self.site.db, self.store, self.actor, id, outcome).await
    }
}

fn write_files(
    root: &str,
    allowed: &[std::path::PathBuf],
    files: &[NewFile],
) -> Result<(), TargetError> {
    let target = Root::open(root, allowed)?;
    let texts: Vec<_> = files
        .iter()
        .map(|file| (file.path.as_str(), file.text.as_bytes()))
        .collect();
    let seen: Vec<_> = files.iter().map(|file| file.before.clone()).collect();
    let written = target.write_over(&texts, &seen)?;
    for note in &written.notes {
        tracing::warn!(%note, root, "an install left something behind");
    }
    Ok(())
}
