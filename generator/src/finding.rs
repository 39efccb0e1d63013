//! What is wrong, where, and how to mend it.
//!
//! A check holds the facts; its [`Page`] holds the words; rendering happens at the edge. Codes are
//! stable and never reused. This module leaves out how a finding is drawn: that is the business of
//! the command line and of the browser.

use std::fmt;

use crate::objects::{FieldPath, ObjectId};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Works, but perhaps not as meant.
    Warning,
    /// Would not work; stops an install.
    Error,
}

/// The words of one code: what every finding with this code says, and its page of help.
#[derive(Debug, PartialEq, Eq)]
pub struct Page {
    /// `GH` and three digits for objects, `AT` and three digits for policy text.
    pub code: &'static str,
    /// What is wrong, in words joined by hyphens.
    pub name: &'static str,
    pub severity: Severity,
    /// What is; `{fact}` stands for a fact of the finding. Lower case, no period at the end.
    pub message: &'static str,
    /// What to do, as a sentence without its period.
    pub help: &'static str,
    /// Why it matters on z/OS, in whole sentences. Of findings about objects, only with the feature
    /// `texts`.
    pub why: &'static str,
}

impl Page {
    /// What to do, where that is the same whenever the code comes up.
    pub fn advice(&self) -> &'static str {
        match self.help.starts_with('{') {
            true => "each finding says it",
            false => self.help,
        }
    }
}

/// A place in something that was read or is edited.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A field of an object.
    Field { object: ObjectId, field: FieldPath },
    /// Bytes of a file: start and end offset.
    Text {
        file: String,
        start: usize,
        end: usize,
    },
}

impl Place {
    /// The file, if it is one.
    pub fn file(&self) -> Option<&String> {
        match self {
            Self::Text { file, .. } => Some(file),
            Self::Field { .. } => None,
        }
    }
}

/// One change that a fix makes to an object: the new value of a field as JSON text, or its removal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldEdit {
    pub object: ObjectId,
    pub field: FieldPath,
    /// `None` clears the field.
    pub value: Option<String>,
}

/// A mend that can be applied with one action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as a verb phrase: "write `START1/COLINRING`".
    pub title: String,
    pub edits: Vec<FieldEdit>,
}

/// What the text at a finding's place should be instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    pub text: String,
    /// Nothing else comes as close, so it may be written without asking. It alters a part that is
    /// wrong, and never what a correct one means.
    pub safe: bool,
}

/// Characters of a fact.
const LONGEST_FACT: usize = 600;

/// One thing that is wrong, or worth knowing, at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub page: &'static Page,
    pub place: Place,
    /// The facts that fill the page's message and help.
    pub facts: Vec<(&'static str, String)>,
    /// Other places that belong to it, each with a few words.
    pub related: Vec<(Place, String)>,
    pub fix: Option<Fix>,
    pub suggestion: Option<Suggestion>,
}

impl Finding {
    pub fn new(page: &'static Page, place: Place) -> Self {
        Self {
            page,
            place,
            facts: Vec::new(),
            related: Vec::new(),
            fix: None,
            suggestion: None,
        }
    }

    /// Adds a fact; of one that is too long for a sentence, its beginning.
    #[must_use]
    pub fn fact(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        let mut value = value.to_string();
        if let Some((cut, _)) = value.char_indices().nth(LONGEST_FACT) {
            value.truncate(cut);
            value.push('…');
        }
        self.facts.push((name, value));
        self
    }

    #[must_use]
    pub fn related(mut self, place: Place, words: impl Into<String>) -> Self {
        self.related.push((place, words.into()));
        self
    }

    #[must_use]
    pub fn suggest(mut self, suggestion: Option<Suggestion>) -> Self {
        self.suggestion = suggestion;
        self
    }

    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// The message with its facts filled in.
    pub fn message(&self) -> String {
        self.fill(self.page.message)
    }

    /// The help with its facts filled in.
    pub fn help(&self) -> String {
        self.fill(self.page.help)
    }

    fn fill(&self, template: &str) -> String {
        let mut text = String::with_capacity(template.len() + 32);
        let mut rest = template;
        while let Some(open) = rest.find('{') {
            text.push_str(&rest[..open]);
            let Some(close) = rest[open..].find('}') else {
                break;
            };
            let name = &rest[open + 1..open + close];
            match self.facts.iter().find(|(fact, _)| *fact == name) {
                Some((_, value)) => text.push_str(value),
                None => text.push_str(&rest[open..=open + close]),
            }
            rest = &rest[open + close + 1..];
        }
        text.push_str(rest);
        text
    }
}
