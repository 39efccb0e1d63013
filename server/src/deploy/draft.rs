//! The part of a plan that needs no database: compiling, checking, and reading the target.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use api::install::{FileRole, StackPlan};
use generator::compile::{self, Header};
use generator::finding::Severity;
use generator::objects::references::References;
use generator::objects::{Configuration, Object, ObjectId};
use generator::problems::problems;
use generator::setup;

use super::scope;
use crate::install::Root;

/// What the database knows for a plan.
pub(super) struct Drafts {
    pub configuration: Configuration,
    pub revision: i64,
    pub stacks: Vec<(ObjectId, Option<String>, Header)>,
    pub setup_parts: Vec<String>,
    pub allowed: Vec<PathBuf>,
}

/// A stack's plan before it is known what was installed last.
pub(super) struct StackDraft {
    pub plan: StackPlan,
    pub root: String,
    pub files: Vec<DraftFile>,
}

pub(super) struct DraftFile {
    pub role: FileRole,
    pub path: String,
    pub text: String,
    pub on_target: Option<Vec<u8>>,
    pub refused: Option<String>,
}

impl Drafts {
    pub fn stacks(&self) -> Vec<StackDraft> {
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
                    engines: Vec::new(),
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
pub(super) fn full_name(configuration: &Configuration, stack: &ObjectId) -> String {
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

pub(super) fn without_header(text: &str) -> Vec<&str> {
    text.lines()
        .filter(|line| !line.starts_with("##"))
        .collect()
}
