//! Talking to the server: loading, sending, polling.

use std::sync::Arc;
use std::time::Duration;

use generator::objects::{Configuration, ObjectId};
use generator::sort;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use super::queue::{Queue, Step};
use super::refusal::{Refusal, why};
use super::{Changes, Head, Load, Workspace};
use crate::api::draft::{Draft, Edit, EditChange};
use crate::api::{self, Answer, Failure, Problem};

/// How often an open page asks for news.
const POLL: Duration = Duration::from_secs(3);

impl Workspace {
    pub(super) fn start(self) {
        spawn_local(async move {
            self.reload().await;
            self.poll().await;
        });
        if let Ok(handle) = set_interval_with_handle(move || spawn_local(self.poll()), POLL) {
            on_cleanup(move || handle.clear());
        }
        self.flush_on("focusout");
        self.flush_on("pagehide");
        self.warn_before_leaving();
    }

    /// A field that is left is stored.
    fn flush_on(self, event: &'static str) {
        let handle = window_event_listener_untyped(event, move |_| {
            if self.storing.get_untracked() {
                self.flush();
            }
        });
        on_cleanup(move || handle.remove());
    }

    /// The browser asks before it throws typed text away that the server cannot take now.
    fn warn_before_leaving(self) {
        let handle = window_event_listener_untyped("beforeunload", move |event| {
            let unsent = self.offline.get_untracked() && self.storing.get_untracked();
            let refused = self
                .refusals
                .with_untracked(|refusals| !refusals.is_empty());
            if unsent || refused {
                event.prevent_default();
            }
        });
        on_cleanup(move || handle.remove());
    }

    /// Reads everything anew.
    pub async fn reload(self) {
        let name = self.name();
        if let Err(failure) = self.read_all(&name).await {
            self.failed(&failure);
        }
    }

    async fn read_all(self, name: &str) -> Answer<()> {
        let configuration = api::configuration(name).await?;
        let draft = api::my_draft(name).await?;
        let summary = api::stores()
            .await?
            .into_iter()
            .find(|store| store.name == name);
        let mut etags = std::collections::BTreeMap::new();
        let mut since = std::collections::BTreeMap::new();
        let mut objects = Configuration::default();
        for object in configuration.objects {
            since.extend(
                object
                    .since_revision
                    .map(|revision| (object.id.clone(), revision)),
            );
            etags.insert(object.id.clone(), object.etag);
            objects.objects.insert(object.id, object.body);
        }
        let head = Head {
            revision: configuration.revision,
            objects: Arc::new(objects),
            etags,
            since,
        };
        if self.left.get_value() {
            return Ok(());
        }
        batch(move || {
            self.summary.set(summary);
            self.head.set(Arc::new(head));
            self.draft.set(draft);
            self.rebuild();
            // The page that is open stays as it is: what it holds outlives a reload.
            if self.load.get_untracked() != Load::Ready {
                self.load.set(Load::Ready);
            }
            self.offline.set(false);
        });
        Ok(())
    }

    fn failed(self, failure: &Failure) {
        if *failure == Failure::Network {
            self.offline.set(true);
        }
        if self.load.get_untracked() == Load::Loading {
            self.load.set(Load::Failed(failure.words()));
        }
    }

    /// The store as I see it, from its parts.
    pub(super) fn rebuild(self) {
        let mut objects = self.head.with_untracked(|head| Arc::clone(&head.objects));
        let mut changes: Changes = self.draft.with_untracked(|draft| {
            let of_draft = draft.changes.iter();
            sort::map(of_draft.map(|change| (change.id.clone(), change.body.clone())))
        });
        self.refusals.with_untracked(|refusals| {
            changes.extend(
                refusals
                    .iter()
                    .map(|(id, refusal)| (id.clone(), refusal.mine.clone())),
            );
        });
        changes.extend(self.queue.with_value(Queue::overlay));
        if !changes.is_empty() {
            let all = &mut Arc::make_mut(&mut objects).objects;
            for (id, object) in changes {
                match object {
                    Some(object) => all.insert(id, object),
                    None => all.remove(&id),
                };
            }
        }
        // Most answers of the server say what is known already.
        if self.config.with_untracked(|config| *config != objects) {
            self.config.set(objects);
        }
    }

    pub(super) fn take_draft(self, draft: Draft) {
        let head = self.head.with_untracked(|head| head.revision);
        let newer = draft.head != head;
        self.draft.set(draft);
        self.rebuild();
        if newer {
            spawn_local(self.reload());
        }
    }

    /// One step of editing that was worked out elsewhere: the changes of a draft, whose undo says what it
    /// does, with the etags that were seen. False, and nothing happens, when an object is another one now;
    /// what the server refuses of it is not kept, and the page says so.
    pub fn edit_seen(self, step: Draft) -> bool {
        let mut changes = step.changes.iter();
        let seen = changes.all(|change| self.etag(&change.id).unwrap_or_default() == change.etag);
        if seen {
            let changes = step.changes.into_iter();
            let changes = changes.map(|change| (change.id, change.body));
            self.push(Step {
                words: step.undo.unwrap_or_default(),
                changes: sort::map(changes),
                typing: false,
                derived: true,
            });
            self.flush();
        }
        seen
    }

    fn etag(self, id: &ObjectId) -> Option<String> {
        let of_draft = self.draft.with_untracked(|draft| {
            draft
                .changes
                .iter()
                .find(|change| change.id == *id)
                .map(|change| change.etag.clone())
        });
        of_draft.or_else(|| self.head.with_untracked(|head| head.etags.get(id).cloned()))
    }

    /// Sends the next step, and the next, until nothing waits.
    pub(super) fn pump(self) {
        let Some(step) = self.queue.try_update_value(Queue::next).flatten() else {
            return;
        };
        spawn_local(async move {
            let edit = Edit {
                words: step.words.clone(),
                changes: step
                    .changes
                    .iter()
                    .map(|(id, body)| EditChange {
                        id: id.clone(),
                        etag: self.etag(id),
                        body: body.clone(),
                        rebase: None,
                    })
                    .collect(),
            };
            match api::edit(&self.name(), &edit).await {
                Ok(draft) => self.stored(draft),
                Err(Failure::Network) => self.unsent(true),
                Err(Failure::Refused(problem)) if is_for_now(&problem) => self.unsent(false),
                Err(Failure::Refused(problem)) => self.refused(&step, &problem).await,
            }
        });
    }

    fn stored(self, draft: Draft) {
        self.queue.update_value(Queue::done);
        self.offline.set(false);
        self.take_draft(draft);
        self.storing
            .set(self.queue.with_value(|queue| !queue.is_empty()));
        self.pump();
    }

    /// The step waits until the server is there again or less busy, or somebody is logged in.
    fn unsent(self, offline: bool) {
        self.queue.update_value(Queue::again);
        self.offline.set(offline);
    }

    async fn refused(self, sent: &Step, problem: &Problem) {
        // A lost answer to an edit that was stored looks like a change made elsewhere.
        if problem.status == 412 && self.read_all(&self.name()).await.is_ok() && self.has(sent) {
            self.queue.update_value(Queue::done);
        } else if let Some(step) = self.queue.try_update_value(Queue::refused).flatten() {
            let changes = step.changes.into_iter();
            // What can be worked out anew is given up, all but what was edited since.
            let kept: Vec<_> = changes
                .filter(|(id, mine)| !step.derived || sent.changes.get(id) != Some(mine))
                .collect();
            self.refusals.update(|refusals| {
                for (id, mine) in kept {
                    let why = why(problem, &id);
                    let step = step.words.clone();
                    refusals.insert(id, Refusal { why, step, mine });
                }
            });
            if step.derived {
                self.say(format!(
                    "“{}” is not stored: {}",
                    step.words,
                    why_not(problem)
                ));
                self.rebuild();
            }
        }
        self.storing
            .set(self.queue.with_value(|queue| !queue.is_empty()));
        self.pump();
    }

    /// Whether my draft on the server says what the step says.
    fn has(self, step: &Step) -> bool {
        self.draft.with_untracked(|draft| {
            step.changes.iter().all(|(id, body)| {
                draft
                    .changes
                    .iter()
                    .any(|change| change.id == *id && change.body == *body)
            })
        })
    }

    /// Asks for news, and sends again what could not be sent.
    pub async fn poll(self) {
        if self.left.get_value() {
            return;
        }
        match api::state(&self.name()).await {
            Ok(state) => {
                let idle = !self.storing.get_untracked();
                let newer = state.head.number != self.head.with_untracked(|head| head.revision);
                let elsewhere = idle
                    && self
                        .draft
                        .with_untracked(|draft| draft.stored_at != state.draft_stored_at);
                let failed = matches!(self.load.get_untracked(), Load::Failed(_));
                self.offline.set(false);
                if self
                    .state
                    .with_untracked(|old| old.as_ref() != Some(&state))
                {
                    self.state.set(Some(state));
                }
                if newer || elsewhere || failed {
                    self.reload().await;
                }
                self.pump();
            }
            Err(failure) => self.failed(&failure),
        }
    }

    /// Sends what waits and waits for the answers, for 5 seconds at most; false when something is
    /// not stored even then.
    pub async fn all_stored(self) -> bool {
        self.flush();
        for _ in 0..50 {
            if !self.storing.get_untracked() {
                return true;
            }
            pause(100).await;
        }
        false
    }

    /// Settles a conflict: my change of the object stands on `revision` from now on.
    pub async fn settle_conflict(
        self,
        words: String,
        id: ObjectId,
        body: Option<generator::objects::Object>,
        revision: i64,
    ) -> Answer<()> {
        let change = EditChange {
            etag: self.etag(&id),
            id,
            body,
            rebase: Some(revision),
        };
        let draft = api::edit(
            &self.name(),
            &Edit {
                words,
                changes: vec![change],
            },
        )
        .await?;
        self.take_draft(draft);
        Ok(())
    }

    /// Takes the last step of my draft back, or does it again.
    pub fn undo(self, redo: bool) {
        spawn_local(async move {
            // What is under way must be stored first, or it would be stored after the undo.
            self.all_stored().await;
            let name = self.name();
            let answer = if redo {
                api::redo(&name).await
            } else {
                api::undo(&name).await
            };
            match answer {
                Ok(draft) => self.take_draft(draft),
                Err(failure) => self.say(failure.words()),
            }
        });
    }
}

/// Whether the same edit may be taken a moment later: the session ended, or the server is busy.
fn is_for_now(problem: &Problem) -> bool {
    matches!(problem.status, 401 | 429 | 503)
}

/// Why the server refused a step, as the end of a sentence.
fn why_not(problem: &Problem) -> String {
    match problem.status {
        412 => "it changes objects that were changed elsewhere since you saw them.".to_owned(),
        423 => "it changes objects that somebody else is editing.".to_owned(),
        _ => Failure::Refused(Box::new(problem.clone())).words(),
    }
}

/// Resolves after this many milliseconds.
pub async fn pause(milliseconds: i32) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let wake = Closure::once_into_js(move || resolve.call0(&wasm_bindgen::JsValue::NULL));
        if let Some(window) = web_sys::window() {
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(
                wake.unchecked_ref(),
                milliseconds,
            );
        }
    });
    let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
}
