//! What an install would do: made from a saved revision, shown, and made again before anything is
//! written.

use std::collections::{BTreeMap, BTreeSet};

use api::install::{FilePlan, FileRole, InstallPlan, InstallRequest, StackPlan};
use generator::compile::{self, Header};
use generator::finding::Severity;
use generator::objects::references::References;
use generator::objects::{Configuration, Object, ObjectId};
use generator::problems::problems;
use generator::setup;

use super::{DeployError, Site, off_thread, scope};
use crate::install::{Root, sha256};
use crate::store::{self, Page, StoreRow};

/// The most stacks of one install.
const MAX_STACKS: usize = 256;
/// Earlier installs that a file's header names.
const HISTORY: i64 = 10;

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
    for draft in off_thread(move || drafts.stacks()).await? {
        let (shown, job) = finish(site, store, draft).await?;
        stacks.push(shown);
        jobs.push(job);
    }
    let mut shown = InstallPlan {
        revision,
        stacks,
        plan_hash: String::new(),
    };
    shown.plan_hash = plan_hash(store, &shown, &jobs);
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

/// What the database knows for a plan.
struct Drafts {
    configuration: Configuration,
    revision: i64,
    stacks: Vec<(ObjectId, Option<String>, Header)>,
    setup_parts: Vec<String>,
    allowed: Vec<std::path::PathBuf>,
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
        let header = Header {
            product: format!("Gatehouse {}", crate::VERSION),
            store: store.name.clone(),
            revision: Some(revision.number),
            saved: line(&[&revision.at, &revision.author], &revision.comment),
            history: history(site, store, stack).await?,
        };
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
    let page = Page::new(0, HISTORY);
    let installs = store::install::list(&site.db, store.id, Some(stack), page).await?;
    let done = installs
        .items
        .iter()
        .filter(|install| install.outcome == api::install::InstallOutcome::Done);
    let mut lines: Vec<_> = done
        .map(|install| {
            let revision = format!("(revision {})", install.revision);
            line(&[&install.at, &install.by, &revision], &install.comment)
        })
        .collect();
    lines.reverse();
    Ok(lines)
}

/// Words, and the first line of a comment when there is one.
fn line(words: &[&str], comment: &str) -> String {
    let words = words.join(" ");
    match comment.lines().next().map(str::trim) {
        None | Some("") => words,
        Some(comment) => format!("{words}: {comment}"),
    }
}

/// A stack's plan before it is known what was installed last.
struct StackDraft {
    plan: StackPlan,
    root: String,
    files: Vec<DraftFile>,
}

struct DraftFile {
    role: FileRole,
    path: String,
    text: String,
    on_target: Option<Vec<u8>>,
    refused: Option<String>,
}

impl Drafts {
    fn stacks(&self) -> Vec<StackDraft> {
        let references = References::of(&self.configuration);
        let findings = problems(&self.configuration);
        let mut shared = BTreeMap::new();
        self.stacks
            .iter()
            .map(|(stack, target, header)| {
                let mut plan = StackPlan {
                    stack: stack.clone(),
                    name: full_name(&self.configuration, stack),
                    findings: scope::findings_of(
                        &self.configuration,
                        &references,
                        &findings,
                        stack,
                    ),
                    refused: None,
                    files: Vec::new(),
                };
                let has_errors = plan
                    .findings
                    .iter()
                    .any(|finding| finding.severity == Severity::Error);
                let mut draft = match self.files(stack, target.as_deref(), header, has_errors) {
                    Ok((root, files)) => StackDraft { plan, root, files },
                    Err(reason) => {
                        plan.refused = Some(reason);
                        StackDraft {
                            plan,
                            root: String::new(),
                            files: Vec::new(),
                        }
                    }
                };
                draft.share(&mut shared);
                draft.refuse_what_is_not_written();
                draft
            })
            .collect()
    }

    fn files(
        &self,
        stack: &ObjectId,
        target: Option<&str>,
        header: &Header,
        has_errors: bool,
    ) -> Result<(String, Vec<DraftFile>), String> {
        let target = target.ok_or("the stack has no target; choose a folder for its files")?;
        let root = Root::open(target, &self.allowed).map_err(|error| error.to_string())?;
        let compiled = compile::compile(&self.configuration, stack, header)
            .ok_or("the revision has no such stack")?;
        // An error stops the install anyway, and says it better.
        if let Some(unwritten) = compiled.unwritten.first().filter(|_| !has_errors) {
            return Err(format!("{}, and so it is not written", unwritten.reason));
        }
        let mut texts = self.setup_texts(stack, &compiled.policy.path)?;
        texts.push((FileRole::Policy, compiled.policy.path, compiled.policy.text));
        texts.push((FileRole::Image, compiled.image.path, compiled.image.text));
        texts.push((FileRole::Main, compiled.main.path, compiled.main.text));
        let files = texts
            .into_iter()
            .map(|(role, path, text)| {
                let (on_target, refused) = match root.read(&path) {
                    Ok(on_target) => (on_target, None),
                    Err(error) => (None, Some(error.to_string())),
                };
                DraftFile {
                    role,
                    path,
                    text,
                    on_target,
                    refused,
                }
            })
            .collect();
        Ok((root.path().to_owned(), files))
    }

    /// The chosen parts of the set-up page, beside the policy file.
    fn setup_texts(
        &self,
        stack: &ObjectId,
        policy_path: &str,
    ) -> Result<Vec<(FileRole, String, String)>, String> {
        if self.setup_parts.is_empty() {
            return Ok(Vec::new());
        }
        let parts = setup::parts(&self.configuration, stack).map_err(|error| error.to_string())?;
        let folder = policy_path
            .rsplit_once('/')
            .map_or("", |(folder, _)| folder);
        let name = full_name(&self.configuration, stack);
        let mut texts = Vec::new();
        for key in &self.setup_parts {
            // Stacks have different key rings, so not every stack has every part.
            let Some(part) = parts.iter().find(|part| part.key == *key) else {
                continue;
            };
            if !part.missing.is_empty() {
                return Err(format!(
                    "`{}` of the set-up page lacks answers: {}",
                    part.title,
                    part.missing.join(", ")
                ));
            }
            let path = format!("{folder}/setup/{name}/{key}.txt");
            texts.push((FileRole::Setup, path, part.text.clone()));
        }
        Ok(texts)
    }
}

/// `COLMVSA.TCPIP`.
fn full_name(configuration: &Configuration, stack: &ObjectId) -> String {
    let owners = configuration.owners_of(stack);
    let name = |id: Option<&ObjectId>| {
        id.and_then(|id| configuration.get(id))
            .map_or_else(|| "-".to_owned(), Object::name)
    };
    format!("{}.{}", name(owners.get(1)), name(owners.first()))
}

impl StackDraft {
    /// Stacks that share a file write it alike, whatever their headers say; the first one's counts.
    fn share(&mut self, shared: &mut BTreeMap<(String, String), (String, String)>) {
        let mut own = BTreeSet::new();
        for file in &mut self.files {
            if !own.insert(file.path.clone()) {
                file.refused = Some(format!(
                    "two files of the stack have the name `{}`",
                    file.path
                ));
            }
            let key = (self.root.clone(), file.path.clone());
            let (name, text) = shared
                .entry(key)
                .or_insert_with(|| (self.plan.name.clone(), file.text.clone()));
            if without_header(text) == without_header(&file.text) {
                file.text.clone_from(text);
            } else {
                file.refused = Some(format!("{name} would write another text to this file"));
            }
        }
    }

    fn refuse_what_is_not_written(&mut self) {
        let count = self
            .files
            .iter()
            .filter(|file| file.refused.is_some())
            .count();
        if count > 0 && self.plan.refused.is_none() {
            self.plan.refused = Some(format!("{count} of its files cannot be written"));
        }
    }
}

fn without_header(text: &str) -> Vec<&str> {
    text.lines()
        .filter(|line| !line.starts_with("##"))
        .collect()
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
        plan.files.push(FilePlan {
            role: file.role,
            path: format!("{}{}", job.root.trim_end_matches('/'), file.path),
            text: file.text.clone(),
            on_target: file
                .on_target
                .map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
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
        });
    }
    Ok((plan, job))
}

/// Why a plan cannot be carried out; `None` when it can.
pub(super) fn obstacle(plan: &InstallPlan, overwrite_drift: bool) -> Option<DeployError> {
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
        .filter(|file| file.drifted && !overwrite_drift)
        .map(|file| file.path.as_str())
        .collect();
    match drifted.is_empty() {
        true => None,
        false => Some(DeployError::Drifted(format!(
            "changed on the target since they were installed: {}; adopt the change, or choose to \
             overwrite it",
            drifted.join(", ")
        ))),
    }
}
