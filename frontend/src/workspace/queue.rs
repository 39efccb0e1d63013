//! The edits that the server does not have yet, in order.
//!
//! Pure: who sends them and when is the business of [`super::Workspace`].

use std::collections::{BTreeMap, VecDeque};

use generator::objects::{Object, ObjectId};
use generator::sort;

/// What an edit makes of each object; `None` deletes it.
pub type Changes = BTreeMap<ObjectId, Option<Object>>;

/// One step of editing, as undo will know it.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub words: String,
    pub changes: Changes,
    /// Typing: the next key in the same field belongs to the same step.
    pub typing: bool,
    /// It was worked out from what is still at hand: when the server refuses it, it is worked out anew.
    pub derived: bool,
}

impl Step {
    fn continues(&self, earlier: &Self) -> bool {
        self.typing
            && earlier.typing
            && self.words == earlier.words
            && self.changes.keys().eq(earlier.changes.keys())
    }
}

#[derive(Debug, Default)]
pub struct Queue {
    waiting: VecDeque<Step>,
    under_way: Option<Step>,
    /// How many of the waiting steps may be sent.
    ripe: usize,
}

impl Queue {
    pub fn push(&mut self, step: Step) {
        let unripe = self.waiting.len() > self.ripe;
        if let Some(last) = self
            .waiting
            .back_mut()
            .filter(|last| unripe && step.continues(last))
        {
            *last = step;
            return;
        }
        self.waiting.push_back(step);
        self.ripe = self.waiting.len() - 1;
    }

    /// What waits is to be sent: the field was left, or typing paused.
    pub fn ripen(&mut self) {
        self.ripe = self.waiting.len();
    }

    /// The next step to send, unless one is under way.
    pub fn next(&mut self) -> Option<Step> {
        if self.under_way.is_some() || self.ripe == 0 {
            return None;
        }
        self.ripe -= 1;
        self.under_way = self.waiting.pop_front();
        self.under_way.clone()
    }

    /// The step under way is stored.
    pub fn done(&mut self) {
        self.under_way = None;
    }

    /// The step under way did not reach the server: it is the next one again.
    pub fn again(&mut self) {
        if let Some(step) = self.under_way.take() {
            self.waiting.push_front(step);
            self.ripe += 1;
        }
    }

    /// The server refused the step under way: takes it out, together with what later steps make of
    /// the same objects.
    pub fn refused(&mut self) -> Option<Step> {
        let mut step = self.under_way.take()?;
        for later in &mut self.waiting {
            for (id, mine) in &mut step.changes {
                if let Some(newer) = later.changes.remove(id) {
                    *mine = newer;
                }
            }
        }
        self.waiting.retain(|later| !later.changes.is_empty());
        self.ripe = self.ripe.min(self.waiting.len());
        Some(step)
    }

    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.under_way.is_none()
    }

    /// What the objects are once everything here is stored.
    pub fn overlay(&self) -> Changes {
        let steps = self.under_way.iter().chain(&self.waiting);
        sort::map(steps.flat_map(|step| step.changes.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use generator::objects::Group;

    fn step(words: &str, id: &str, description: &str, typing: bool) -> Step {
        let group = Group {
            description: description.to_owned(),
            ..Group::default()
        };
        Step {
            words: words.to_owned(),
            changes: Changes::from([(ObjectId(id.to_owned()), Some(Object::Group(group)))]),
            typing,
            derived: false,
        }
    }

    #[test]
    fn keys_typed_into_one_field_are_one_step() {
        let mut queue = Queue::default();
        for text in ["a", "ab", "abc"] {
            queue.push(step("change the description", "g", text, true));
        }
        assert_eq!(queue.next(), None, "typing has not paused");
        queue.ripen();
        assert_eq!(
            queue.next(),
            Some(step("change the description", "g", "abc", true))
        );
        queue.done();
        assert!(queue.is_empty());
    }

    #[test]
    fn another_field_sends_what_the_first_one_holds() {
        let mut queue = Queue::default();
        queue.push(step("change the name", "g", "a", true));
        queue.push(step("change the description", "g", "b", true));
        assert_eq!(
            queue.next().map(|step| step.words).as_deref(),
            Some("change the name")
        );
        assert_eq!(queue.next(), None, "one at a time");
    }

    #[test]
    fn keys_typed_while_the_step_is_under_way_are_a_new_step() {
        let mut queue = Queue::default();
        queue.push(step("w", "g", "a", true));
        queue.ripen();
        let sent = queue.next();
        queue.push(step("w", "g", "ab", true));
        assert_eq!(sent, Some(step("w", "g", "a", true)));
        queue.done();
        queue.ripen();
        assert_eq!(queue.next(), Some(step("w", "g", "ab", true)));
    }

    #[test]
    fn a_step_that_did_not_arrive_is_sent_again_first() {
        let mut queue = Queue::default();
        queue.push(step("one", "g", "a", false));
        queue.push(step("two", "h", "b", false));
        queue.ripen();
        let first = queue.next();
        queue.again();
        assert_eq!(queue.next(), first);
    }

    #[test]
    fn a_refused_step_takes_the_newest_text_of_its_objects_along() {
        let mut queue = Queue::default();
        queue.push(step("one", "g", "a", false));
        queue.ripen();
        queue.next();
        queue.push(step("two", "g", "newest", false));
        queue.push(step("three", "h", "other", false));
        queue.ripen();
        let refused = queue.refused();
        assert_eq!(
            refused.map(|s| s.changes),
            Some(step("", "g", "newest", false).changes)
        );
        assert_eq!(queue.next(), Some(step("three", "h", "other", false)));
    }
}
