//! What the review page knows: my changes, how they stand, which are chosen, what would be saved.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use generator::objects::{Configuration, Object, ObjectId, references};
use generator::sort;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::meet::{Clash, Stand, is_stale, stand};
use crate::api::account::Role;
use crate::api::draft::{DraftChange, Save};
use crate::api::store::{ObjectVersion, Revision};
use crate::api::{self, Answer};
use crate::compare::Sides;
use crate::core;
use crate::session::Session;
use crate::workspace::Workspace;

/// A change of my draft.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub id: ObjectId,
    /// Absent where I delete it.
    pub mine: Option<Object>,
    pub stand: Stand,
    /// Somebody else holds the object.
    pub locked: bool,
}

impl Change {
    /// Whether it can be saved as it is.
    pub fn ready(&self) -> bool {
        !self.locked && matches!(self.stand, Stand::Plain | Stand::Merged { .. })
    }

    /// What would be saved of it; of a conflict, what is there already.
    fn outcome(&self) -> Option<Object> {
        match &self.stand {
            Stand::Merged { object, .. } => Some((**object).clone()),
            Stand::Clash(clash) => clash.theirs.clone(),
            Stand::Plain | Stand::Open => self.mine.clone(),
        }
    }
}

/// The histories of objects that others saved since, for a revision.
type Histories = BTreeMap<(ObjectId, i64), Option<Answer<Arc<Vec<ObjectVersion>>>>>;

#[derive(Clone, Copy)]
pub struct Review {
    pub workspace: Workspace,
    pub changes: Memo<Arc<Vec<Change>>>,
    /// What the person does not want to save now.
    pub left_out: RwSignal<BTreeSet<ObjectId>>,
    histories: RwSignal<Histories>,
    pub comment: RwSignal<String>,
    pub saving: RwSignal<bool>,
    pub failed: RwSignal<Option<String>>,
    pub saved: RwSignal<Option<Revision>>,
    me: StoredValue<String>,
    /// Leads to the page of installs.
    go_install: Callback<()>,
}

impl Review {
    pub fn new(workspace: Workspace, go_install: Callback<()>) -> Self {
        let histories = RwSignal::new(Histories::new());
        let changes = Memo::new(move |_| Arc::new(changes(workspace, histories)));
        let review = Self {
            workspace,
            changes,
            left_out: RwSignal::new(BTreeSet::new()),
            histories,
            comment: RwSignal::new(String::new()),
            saving: RwSignal::new(false),
            failed: RwSignal::new(None),
            saved: RwSignal::new(None),
            me: StoredValue::new(Session::here().name()),
            go_install,
        };
        Effect::new(move |_| review.ask_histories());
        review
    }

    /// Asks for the history of each object that somebody saved since I changed it.
    fn ask_histories(self) {
        let head = self.workspace.head.get();
        let stale: Vec<_> = self.workspace.draft.with(|draft| {
            draft
                .changes
                .iter()
                .filter(|change| is_stale(change, &head))
                .map(|change| (change.id.clone(), head.revision))
                .collect()
        });
        for key in stale {
            if self.histories.with_untracked(|all| all.contains_key(&key)) {
                continue;
            }
            self.histories
                .update_untracked(|all| drop(all.insert(key.clone(), None)));
            spawn_local(async move {
                let answer = api::revisions::versions(&self.workspace.name(), &key.0)
                    .await
                    .map(Arc::new);
                self.histories
                    .try_update(|all| all.insert(key, Some(answer)));
            });
        }
    }

    /// The first history that could not be read.
    pub fn unread(self) -> Option<String> {
        self.histories.with(|all| {
            all.values()
                .flatten()
                .find_map(|answer| answer.as_ref().err().map(|failure| failure.words()))
        })
    }

    /// Asks again for the histories that could not be read.
    pub fn read_again(self) {
        self.histories
            .update(|all| all.retain(|_, answer| !matches!(answer, Some(Err(_)))));
        self.ask_histories();
    }

    pub fn clashes(self) -> Vec<Clash> {
        self.changes.with(|changes| {
            let clash = |change: &Change| match &change.stand {
                Stand::Clash(clash) if !change.locked => Some((**clash).clone()),
                _ => None,
            };
            changes.iter().filter_map(clash).collect()
        })
    }

    fn is_chosen(self, change: &Change) -> bool {
        change.ready() && self.left_out.with(|out| !out.contains(&change.id))
    }

    pub fn chosen(self) -> Vec<ObjectId> {
        self.changes.with(|changes| {
            changes
                .iter()
                .filter(|change| self.is_chosen(change))
                .map(|change| change.id.clone())
                .collect()
        })
    }

    /// The newest revision, and what all my changes make of it.
    pub fn all(self) -> Sides {
        self.sides(Memo::new(move |_| {
            self.changes.get().iter().cloned().collect::<Vec<_>>()
        }))
    }

    /// The newest revision, and what would be saved now.
    pub fn planned(self) -> Sides {
        self.sides(Memo::new(move |_| {
            self.changes
                .get()
                .iter()
                .filter(|change| self.is_chosen(change))
                .cloned()
                .collect::<Vec<_>>()
        }))
    }

    fn sides(self, of: Memo<Vec<Change>>) -> Sides {
        let head = Memo::new(move |_| self.workspace.head.with(|head| Arc::clone(&head.objects)));
        let after = Memo::new(move |_| {
            let mut config = head.get();
            let objects = &mut Arc::make_mut(&mut config).objects;
            of.with(|changes| {
                for change in changes {
                    match change.outcome() {
                        Some(object) => objects.insert(change.id.clone(), object),
                        None => objects.remove(&change.id),
                    };
                }
            });
            config
        });
        Sides {
            before: head.into(),
            after: after.into(),
        }
    }

    /// New objects that are left out and that a chosen object refers to.
    pub fn missing(self, planned: Sides) -> Vec<(ObjectId, String)> {
        let all = self.changes.get();
        planned.after.with(|config| {
            let chosen = all
                .iter()
                .filter(|change| self.is_chosen(change))
                .filter_map(Change::outcome);
            let references = chosen.flat_map(|object| references::references(&object));
            let targets = sort::set(references.map(|reference| reference.target));
            let absent = targets.into_iter().filter(|id| config.get(id).is_none());
            absent
                .filter_map(|id| {
                    let change = all
                        .iter()
                        .find(|change| change.id == id && change.ready())?;
                    Some((id, core::called(change.mine.as_ref()?)))
                })
                .collect()
        })
    }

    /// Why nothing can be saved now; tracked.
    pub fn blocked(self) -> Option<String> {
        if let Some(why) = self.workspace.closed() {
            return Some(why);
        }
        let me = self.me.get_value();
        let frozen = self
            .workspace
            .state
            .with(|state| state.as_ref().and_then(|state| state.frozen.clone()));
        if let Some(freeze) = frozen.filter(|freeze| freeze.by != me) {
            return Some(format!(
                "{} has frozen this store: {}",
                freeze.by, freeze.reason
            ));
        }
        if self.workspace.offline.get() {
            return Some("The server does not answer.".to_owned());
        }
        if self.saving.get() {
            return Some("It is being saved.".to_owned());
        }
        self.chosen()
            .is_empty()
            .then(|| match self.clashes().is_empty() {
                true => "No change is chosen.".to_owned(),
                false => "Settle the conflicts first.".to_owned(),
            })
    }

    /// Why I cannot install; tracked.
    pub fn no_install(self) -> Option<String> {
        let may = self.workspace.summary.with(|summary| {
            summary
                .as_ref()
                .is_some_and(|summary| summary.role >= Role::Installer)
        });
        (!may).then(|| "Installing needs the role of an installer in this store.".to_owned())
    }

    /// Saves what is chosen, and goes on to installing where that is asked for.
    pub fn save(self, install: bool) {
        if self.blocked().is_some() {
            return;
        }
        self.saving.set(true);
        self.failed.set(None);
        spawn_local(async move {
            match self.send().await {
                Ok(revision) => {
                    self.comment.try_set(String::new());
                    self.left_out.try_set(BTreeSet::new());
                    self.saved.try_set(Some(revision));
                    if install {
                        self.go_install.try_run(());
                    }
                }
                Err(words) => drop(self.failed.try_set(Some(words))),
            }
            self.workspace.reload().await;
            self.workspace.poll().await;
            self.saving.try_set(false);
        });
    }

    async fn send(self) -> Result<Revision, String> {
        if !self.workspace.all_stored().await {
            return Err("Your last change is not stored yet, so nothing was saved. Try again when the server answers.".to_owned());
        }
        // The page was left meanwhile: what was asked for is not known any more.
        let Some(comment) = self.comment.try_get_untracked() else {
            return Err("The page was left before anything was saved.".to_owned());
        };
        let save = Save {
            comment: comment.trim().to_owned(),
            head: self.workspace.head.with_untracked(|head| head.revision),
            // By name: a change that came from another browser of mine meanwhile was not reviewed.
            only: Some(untrack(|| self.chosen())),
        };
        api::revisions::save(&self.workspace.name(), &save)
            .await
            .map_err(|failure| failure.words())
    }
}

/// My changes as they stand now; tracked.
fn changes(workspace: Workspace, histories: RwSignal<Histories>) -> Vec<Change> {
    let head = workspace.head.get();
    let of = |change: &DraftChange| {
        let versions = histories.with(|all| match all.get(&(change.id.clone(), head.revision)) {
            Some(Some(Ok(versions))) => Some(Arc::clone(versions)),
            _ => None,
        });
        Change {
            id: change.id.clone(),
            mine: change.body.clone(),
            stand: stand(change, &head, versions.as_deref().map(Vec::as_slice)),
            locked: workspace.lock(&change.id).is_some(),
        }
    };
    workspace
        .draft
        .with(|draft| draft.changes.iter().map(of).collect())
}

/// An object for the rows whose words are gone: others have saved the same.
pub fn called(change: &Change, config: &Configuration) -> String {
    change
        .mine
        .as_ref()
        .or_else(|| config.get(&change.id))
        .map_or_else(|| "a deleted object".to_owned(), core::called)
}
