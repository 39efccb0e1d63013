//! Answers as templates use them; what is asked for and not there is noted.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::catalog::EXTERNAL;
use super::facts::Facts;
use super::question::{Question, split};
use super::rings::Ring;

/// The answers for one part.
pub(super) struct Answers<'a> {
    facts: &'a Facts<'a>,
    questions: &'a BTreeMap<String, Question>,
    missing: RefCell<BTreeSet<String>>,
}

impl<'a> Answers<'a> {
    pub fn new(facts: &'a Facts<'a>, questions: &'a BTreeMap<String, Question>) -> Self {
        Self {
            facts,
            questions,
            missing: RefCell::default(),
        }
    }

    /// The answer; noted as missing when it is not there or not legal.
    pub fn of(&self, key: &str) -> &'a str {
        let legal = |answer: &&str| {
            let question = self.questions.get(key);
            question.is_some_and(|question| question.check.refusal(answer).is_none())
        };
        self.facts.answer(key).filter(legal).unwrap_or_else(|| {
            self.miss(key);
            ""
        })
    }

    /// True when an optional question has an answer; one that is not legal is noted as missing.
    pub fn has(&self, key: &str) -> bool {
        self.facts.answer(key).is_some() && !self.of(key).is_empty()
    }

    /// The answer in upper case, for names that z/OS folds.
    pub fn name(&self, key: &str) -> String {
        self.of(key).to_ascii_uppercase()
    }

    /// The answer between quotes, quotes inside doubled.
    pub fn quoted(&self, key: &str) -> String {
        quoted(self.of(key))
    }

    /// A list of user IDs, each once, separated by blanks.
    pub fn ids(&self, key: &str) -> String {
        self.id_list(key).join(" ")
    }

    pub fn id_list(&self, key: &str) -> Vec<String> {
        let ids = split(self.of(key)).into_iter();
        let ids = crate::sort::set(ids.map(|id| id.to_ascii_uppercase()));
        ids.into_iter().collect()
    }

    /// Who owns a ring: its owner by name, or the user IDs of its applications.
    pub fn owners(&self, ring: &Ring) -> Vec<String> {
        match &ring.owner {
            Some(owner) => vec![owner.clone()],
            None => self.id_list(&ring.key("owner")),
        }
    }

    /// Certificates are signed by an authority outside RACF.
    pub fn is_external(&self) -> bool {
        self.facts.answer("ca_source") == Some(EXTERNAL)
    }

    pub fn miss(&self, key: &str) {
        self.missing.borrow_mut().insert(key.to_owned());
    }

    /// What was missing, in the order of the keys.
    pub fn missing(self) -> Vec<String> {
        self.missing.into_inner().into_iter().collect()
    }
}

/// Text between quotes as TSO commands take it.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
