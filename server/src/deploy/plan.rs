//! What an install would do: made from a saved revision, shown, and made again before anything is
//! written.

use std::collections::{BTreeMap, BTreeSet};

use api::install::{FilePlan, FileRole, Install, InstallPlan, InstallRequest, StackPlan};
use generator::finding::Severity;
use generator::objects::{Configuration, Object, ObjectId};

use super::draft::{Drafts, StackDraft};
use super::{DeployError, Site, engines, header, off_thread};
use crate::install::sha256;
use crate::store::{self, Page, StoreError, StoreRow};

/// The most stacks of one install.
const MAX_STACKS: usize = 1000;

/// What an install would do, and what the target held when that was found out.
#[derive(Clone, Debug)]
pub struct Plan {
    pub shown: InstallPlan,
    /// As `shown.stacks`.
    pub(super) jobs: Vec<Job>,
}

/// The files of one stack, in the order in which they take their places.
#[derive(Clone, Debug, Default)]
pub(super) struct Job {
    pub root: String,
    pub files: Vec<JobFile>,
}

#[derive(Clone, Debug)]
pub(super) struct JobFile {
    pub role: FileRole,
    /// As PAGENT names it.
    pub path: String,
    pub text: String,
    /// SHA-256 of what is on the target.
    pub seen: Option<String>,
    /// What is on the target.
    pub on_target: Option<Vec<u8>>,
}

/// Finds out what an install would do. Changes nothing.
pub async fn plan(
    site: &Site,
    store: &StoreRow,
    request: &InstallRequest,
) -> Result<Plan, DeployError> {
    let distinct: BTreeSet<_> = request.stacks.iter().collect();
    if request.stacks.is_empty() || distinct.len() != request.stacks.len() {
        return Err(DeployError::Invalid(
            "name each stack to install once".into(),
        ));
    }
    if request.stacks.len() > MAX_STACKS {
        return Err(DeployError::Invalid(format!(
            "{MAX_STACKS} stacks can be installed at once"
        )));
    }
    let drafts = drafts(site, store, request).await?;
    let revision = drafts.revision;
    let (mut stacks, mut jobs) = (Vec::new(), Vec::new());
    let waits = !store::trial::list(&site.db, None).await?.is_empty();
    for draft in off_thread(move || drafts.stacks()).await? {
        let (mut shown, job) = finish(site, store, draft).await?;
        if waits {
            shown.refused = refusal(site, &job).await?.or(shown.refused);
        }
        stacks.push(shown);
        jobs.push(job);
    }
    let mut shown = InstallPlan {
        revision,
        stacks,
        plan_hash: String::new(),
    };
    // What engines say is asked again, and stops an install or not, whatever was shown.
    shown.plan_hash = plan_hash(store, &shown, &jobs);
    if !request.files_only {
        let said = engines::plans(site, &jobs.iter().collect::<Vec<_>>()).await;
        for (stack, engines) in shown.stacks.iter_mut().zip(said) {
            stack.engines = engines;
        }
    }
    Ok(Plan { shown, jobs })
}

/// Over everything that is shown, and the exact bytes on the target: shown text may stand for bytes
/// that are none.
fn plan_hash(store: &StoreRow, shown: &InstallPlan, jobs: &[Job]) -> String {
    let seen: Vec<Vec<_>> = jobs
        .iter()
        .map(|job| job.files.iter().map(|file| &file.seen).collect())
        .collect();
    sha256(
        serde_json::json!([store.id.0, shown, seen])
            .to_string()
            .as_bytes(),
    )
}

async fn drafts(
    site: &Site,
    store: &StoreRow,
    request: &InstallRequest,
) -> Result<Drafts, DeployError> {
    let stored = store::object::configuration(&site.db, store, request.revision).await?;
    let revision = store::revision::find(&site.db, store.id, Some(stored.revision)).await?;
    let configuration: Configuration = stored
        .objects
        .into_iter()
        .map(|object| (object.id, object.body))
        .collect();
    let targets: BTreeMap<_, _> = store::target::list(&site.db, store.id)
        .await?
        .into_iter()
        .map(|target| (target.stack, target.root))
        .collect();
    let mut stacks = Vec::with_capacity(request.stacks.len());
    for stack in &request.stacks {
        if !matches!(configuration.get(stack), Some(Object::Stack(_))) {
            return Err(DeployError::Invalid(format!(
                "revision {} has no stack `{stack}`",
                revision.number
            )));
        }
        let history = history(site, store, stack).await?;
        let header = header::header(&store.name, &revision, history);
        stacks.push((stack.clone(), targets.get(stack).cloned(), header));
    }
    Ok(Drafts {
        configuration,
        revision: revision.number,
        stacks,
        setup_parts: request.setup_parts.clone(),
        allowed: site.allowed.clone(),
    })
}

/// The last installs of a stack, the newest last.
async fn history(
    site: &Site,
    store: &StoreRow,
    stack: &ObjectId,
) -> Result<Vec<String>, DeployError> {
    let page = Page::new(0, store::saved::INSTALLS);
    let installs = store::install::list(&site.db, store.id, Some(stack), page).await?;
    Ok(header::history(&installs.items))
}

async fn finish(
    site: &Site,
    store: &StoreRow,
    draft: StackDraft,
) -> Result<(StackPlan, Job), DeployError> {
    let StackDraft {
        mut plan,
        root,
        files,
    } = draft;
    let mut job = Job {
        root,
        files: Vec::new(),
    };
    for file in files {
        let seen = file.on_target.as_deref().map(sha256);
        let installed = store::install::last_text(&site.db, store, &job.root, &file.path).await?;
        let shown = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
        plan.files.push(FilePlan {
            role: file.role,
            path: format!("{}{}", job.root.trim_end_matches('/'), file.path),
            text: file.text.clone(),
            on_target: file.on_target.as_ref().map(shown),
            drifted: installed
                .as_ref()
                .is_some_and(|installed| Some(&installed.sha256) != seen.as_ref()),
            installed: installed.map(|installed| installed.text),
            refused: file.refused,
        });
        job.files.push(JobFile {
            role: file.role,
            path: file.path,
            text: file.text,
            seen,
            on_target: file.on_target,
        });
    }
    Ok((plan, job))
}

/// Why a job cannot be done while an install waits for its confirmation.
async fn refusal(site: &Site, job: &Job) -> Result<Option<String>, DeployError> {
    match store::trial::refuse_any(&site.db, &job.paths()).await {
        Ok(()) => Ok(None),
        Err(waits @ StoreError::Waits { .. }) => Ok(Some(waits.to_string())),
        Err(other) => Err(other.into()),
    }
}

impl Job {
    /// Root and path of each file.
    pub(super) fn paths(&self) -> Vec<(&str, &str)> {
        let files = self.files.iter();
        files
            .map(|file| (self.root.as_str(), file.path.as_str()))
            .collect()
    }
}

/// Why a plan cannot be carried out; `None` when it can.
pub(super) fn obstacle(plan: &InstallPlan, request: &Install) -> Option<DeployError> {
    let mut findings = Vec::new();
    let mut reasons = Vec::new();
    for stack in &plan.stacks {
        let errors = stack
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error);
        let before = findings.len();
        findings.extend(errors.cloned());
        match findings.len() - before {
            0 => {}
            1 => reasons.push(format!("{} has an error", stack.name)),
            count => reasons.push(format!("{} has {count} errors", stack.name)),
        }
        if let Some(refused) = &stack.refused {
            let file = stack.files.iter().find_map(|file| file.refused.as_ref());
            reasons.push(format!("{}: {}", stack.name, file.unwrap_or(refused)));
        }
        if !request.files_only {
            reasons.extend(engines::obstacles(&stack.name, &stack.engines));
        }
    }
    if !reasons.is_empty() {
        return Some(DeployError::Refused {
            detail: reasons.join("; "),
            findings,
        });
    }
    let drifted: Vec<_> = plan
        .stacks
        .iter()
        .flat_map(|stack| &stack.files)
        .filter(|file| file.drifted && !request.overwrite_drift)
        .map(|file| file.path.as_str())
        .collect();
    match drifted.is_empty() {
        true => None,
        false => Some(DeployError::Drifted(drifted.join(", "))),
    }
}
