//! Edits that the server would not take, kept until the person decides.

use generator::objects::{Object, ObjectId};
use generator::sort;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Workspace;
use crate::api::draft::Lock;
use crate::api::{self, Answer, Problem};
use crate::words;

/// My text of an object that the server did not take.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    pub why: Why,
    pub step: String,
    /// `None`: I deleted it.
    pub mine: Option<Object>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Why {
    /// Somebody else holds it.
    Locked(Option<Lock>),
    /// It was changed elsewhere since I saw it.
    Changed,
    /// Anything else, in the server's words.
    Other(String),
}

/// "ben has been editing this since 10:02:11, last active 3 min ago."
pub fn lock_words(lock: &Lock) -> String {
    format!(
        "{} has been editing this since {}, last active {}.",
        lock.holder,
        words::clock(&lock.since),
        words::ago(&lock.last_active)
    )
}

impl Refusal {
    pub fn words(&self) -> String {
        match &self.why {
            Why::Locked(Some(lock)) => {
                format!("{} Your change is kept on this page and is not stored.", lock_words(lock))
            }
            Why::Locked(None) => {
                "Somebody else is editing this. Your change is kept on this page and is not stored.".to_owned()
            }
            Why::Changed => {
                "This was changed elsewhere since you saw it. Your change is kept on this page and is not stored."
                    .to_owned()
            }
            Why::Other(words) => format!("{words} Your change is kept on this page and is not stored."),
        }
    }
}

pub(super) fn why(problem: &Problem, id: &ObjectId) -> Why {
    let lock = problem
        .conflicts
        .iter()
        .find(|conflict| conflict.id == *id)
        .and_then(|c| c.lock.clone());
    match problem.status {
        423 => Why::Locked(lock),
        412 => Why::Changed,
        _ => Why::Other(api::Failure::Refused(Box::new(problem.clone())).words()),
    }
}

impl Workspace {
    /// Sends my text of a refused object again, over what is there now.
    pub fn keep_mine(self, id: &ObjectId) {
        let Some(refusal) = self.take_refusal(id) else {
            return;
        };
        self.edit(refusal.step, sort::map([(id.clone(), refusal.mine)]));
    }

    /// Gives my text of a refused object up.
    pub fn drop_mine(self, id: &ObjectId) {
        if self.take_refusal(id).is_some() {
            self.rebuild();
        }
    }

    fn take_refusal(self, id: &ObjectId) -> Option<Refusal> {
        self.refusals
            .try_update(|refusals| refusals.remove(id))
            .flatten()
    }

    /// Takes the lock of an object over, and stores my text of it, if there is any.
    pub fn take_over(self, id: ObjectId, reason: String, done: Callback<Answer<()>>) {
        spawn_local(async move {
            let answer = api::take_over(&self.name(), &id.0, &reason).await.map(drop);
            if answer.is_ok() {
                self.reload().await;
                self.keep_mine(&id);
            }
            // The band that asked may be gone.
            done.try_run(answer);
        });
    }
}
