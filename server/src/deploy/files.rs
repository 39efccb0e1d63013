//! The files of stacks as an install of a saved revision would write them, without a target and without
//! a server.

use std::collections::BTreeMap;

use api::install::FileRole;
use generator::compile::compile;
use generator::finding::Finding;
use generator::objects::references::References;
use generator::objects::{Kind, ObjectId};
use generator::problems::problems;

use super::draft::{full_name, without_header};
use super::{header, scope};
use crate::store::saved::Saved;

/// What an install would write for one stack.
#[derive(Clone, Debug)]
pub struct StackFiles {
    pub stack: ObjectId,
    /// `COLMVSA.TCPIP`.
    pub name: String,
    /// What is wrong in the objects that the files are made of.
    pub findings: Vec<Finding>,
    /// Why an install would not write the files although no finding says it.
    pub refused: Option<String>,
    /// Main, image and policy file: what it is, its path as PAGENT names it, its text.
    pub files: Vec<(FileRole, String, String)>,
}

/// The files of all stacks of a revision, by image and name of the stack.
pub fn files(saved: &Saved) -> Vec<StackFiles> {
    let configuration = &saved.configuration;
    let references = References::of(configuration);
    let findings = problems(configuration);
    let stacks = configuration.of_kind(Kind::Stack).into_iter();
    let mut all: Vec<_> = stacks
        .filter_map(|(stack, _)| {
            let history = saved.installs.get(stack);
            let history = header::history(history.map_or(&[][..], Vec::as_slice));
            let header = header::header(&saved.store, &saved.revision, history);
            let compiled = compile(configuration, stack, &header)?;
            let about = scope::about(configuration, &references, &findings, stack);
            let unwritten = compiled.unwritten.first();
            Some(StackFiles {
                name: full_name(configuration, stack),
                stack: stack.clone(),
                findings: about.into_iter().cloned().collect(),
                refused: unwritten.map(|one| format!("{}, and so it is not written", one.reason)),
                files: [
                    (FileRole::Main, compiled.main),
                    (FileRole::Image, compiled.image),
                    (FileRole::Policy, compiled.policy),
                ]
                .map(|(role, file)| (role, file.path, file.text))
                .into(),
            })
        })
        .collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

impl StackFiles {
    /// The files of several stacks in one folder. Stacks that share a file write it alike, whatever their
    /// headers say; the first one's counts. An error says which file cannot be both.
    pub fn together(stacks: &[&Self]) -> Result<Vec<(FileRole, String, String)>, String> {
        let mut files: Vec<(FileRole, String, String)> = Vec::new();
        let mut seen: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
        for stack in stacks {
            for (role, path, text) in &stack.files {
                let Some((name, other)) = seen.get(path.as_str()) else {
                    seen.insert(path, (&stack.name, text));
                    files.push((*role, path.clone(), text.clone()));
                    continue;
                };
                if without_header(other) != without_header(text) {
                    return Err(format!(
                        "{name} and {} would write different texts to `{path}`",
                        stack.name
                    ));
                }
            }
        }
        Ok(files)
    }
}
