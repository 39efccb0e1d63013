//! What is installed where, and whether it is still so.

use std::collections::{BTreeMap, BTreeSet};

use api::install::FileDrift;
use generator::objects::ObjectId;

use super::{DeployError, Site, off_thread};
use crate::install::{Drift, DriftState, Root, drift};
use crate::store::drift::NewNote;
use crate::store::install::{FileText, InstallRow};
use crate::store::{self, Actor, StoreRow};

/// The files of a stack on their target.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    pub stack: ObjectId,
    pub root: Option<String>,
    pub installed: Option<InstallRow>,
    pub drift: Vec<FileDrift>,
    notes: Vec<NewNote>,
}

impl State {
    /// A change that nobody has looked at and kept for later.
    pub fn is_drifted(&self) -> bool {
        self.drift.iter().any(|file| !file.kept_for_later)
    }
}

/// The state of every stack that has a target or was installed.
pub async fn states(site: &Site, store: &StoreRow) -> Result<Vec<State>, DeployError> {
    let targets: BTreeMap<_, _> = store::target::list(&site.db, store.id)
        .await?
        .into_iter()
        .map(|target| (target.stack, target.root))
        .collect();
    let mut installed: BTreeMap<_, _> = store::install::current(&site.db, store.id)
        .await?
        .into_iter()
        .map(|row| (row.stack.clone(), row))
        .collect();
    let kept = store::drift::kept(&site.db, store.id).await?;
    let stacks: BTreeSet<_> = targets.keys().chain(installed.keys()).cloned().collect();
    let mut states = Vec::with_capacity(stacks.len());
    for stack in stacks {
        let mut state = State {
            root: targets.get(&stack).cloned(),
            installed: installed.remove(&stack),
            stack,
            drift: Vec::new(),
            notes: Vec::new(),
        };
        state.look(site, store, &kept).await?;
        states.push(state);
    }
    Ok(states)
}

impl State {
    async fn look(
        &mut self,
        site: &Site,
        store: &StoreRow,
        kept: &BTreeMap<(ObjectId, String), String>,
    ) -> Result<(), DeployError> {
        let Some(installed) = &self.installed else {
            return Ok(());
        };
        // Another stack may have written a shared file since.
        let mut expected = Vec::with_capacity(installed.files.len());
        for file in &installed.files {
            let last =
                store::install::last_text(&site.db, store, &installed.root, &file.path).await?;
            expected.extend(last);
        }
        let (root, allowed) = (installed.root.clone(), site.allowed.clone());
        let hashes: Vec<_> = expected
            .iter()
            .map(|file| (file.path.clone(), file.sha256.clone()))
            .collect();
        let found = off_thread(move || match Root::open(&root, &allowed) {
            Ok(root) => drift(&root, &hashes),
            Err(error) => unreadable(&hashes, &error),
        })
        .await?;
        for drift in found {
            if let Some(file) = expected.iter().find(|file| file.path == drift.path) {
                self.note(drift, file, kept);
            }
        }
        Ok(())
    }

    fn note(&mut self, drift: Drift, file: &FileText, kept: &BTreeMap<(ObjectId, String), String>) {
        let (sha256, text) = match drift.state {
            DriftState::Changed { sha256, bytes } => {
                (sha256, Some(String::from_utf8_lossy(&bytes).into_owned()))
            }
            DriftState::Missing | DriftState::Unreadable(_) => (String::new(), None),
        };
        let root = self.installed.as_ref().map_or("", |row| row.root.as_str());
        self.drift.push(FileDrift {
            role: file.role,
            path: format!("{}{}", root.trim_end_matches('/'), drift.path),
            installed: file.text.clone(),
            on_target: text.clone(),
            kept_for_later: kept.get(&(self.stack.clone(), drift.path.clone())) == Some(&sha256),
        });
        self.notes.push(NewNote {
            path: drift.path,
            sha256,
            text,
        });
    }
}

fn unreadable(hashes: &[(String, String)], error: &crate::install::TargetError) -> Vec<Drift> {
    let drift = |(path, _): &(String, String)| Drift {
        path: path.clone(),
        state: DriftState::Unreadable(error.clone()),
    };
    hashes.iter().map(drift).collect()
}

/// Keeps what was found in the files of a stack for later; answers its state.
pub async fn keep(
    site: &Site,
    store: &StoreRow,
    actor: &Actor,
    stack: &ObjectId,
    comment: &str,
) -> Result<State, DeployError> {
    let find = async || -> Result<State, DeployError> {
        let states = states(site, store).await?;
        let state = states.into_iter().find(|state| state.stack == *stack);
        state.ok_or_else(|| DeployError::Invalid(format!("stack `{stack}` was not installed")))
    };
    let state = find().await?;
    if state.notes.is_empty() {
        return Err(DeployError::Invalid(
            "the files are as they were installed; there is nothing to keep".to_owned(),
        ));
    }
    store::drift::keep(&site.db, store, actor, stack, comment, &state.notes).await?;
    find().await
}
