//! The set-up around a stack's policy files: TCP/IP profile, security profiles, started tasks,
//! syslogd, key rings, and the commands that start, check and take back.
//!
//! What the configuration knows is used; what it cannot know is asked for once. A part that lacks
//! an answer has no text: nothing that is generated holds a place to be filled in. Security jobs are
//! for RACF.

mod answers;
mod catalog;
mod facts;
mod layout;
mod parts;
mod question;
mod rings;

use thiserror::Error;

use crate::objects::{Configuration, ObjectId, variables};

pub use question::{Check, Level, Question};

/// Why there is no set-up page.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SetupError {
    #[error("there is no such stack")]
    NoStack,
    #[error("the stack belongs to no system image")]
    NoImage,
    #[error("`{0}` is no name of a stack yet")]
    StackName(String),
    #[error("`{0}` is no name of a system image yet")]
    ImageName(String),
}

/// One thing to put in place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Stable, for addresses and for choosing parts.
    pub key: String,
    pub title: String,
    /// What it is for, in whole sentences.
    pub why: String,
    pub kind: PartKind,
    /// Where it belongs on z/OS, a data set with member or a path; a plain name for what is run or
    /// read only.
    pub file_name: String,
    /// Empty while answers are missing.
    pub text: String,
    /// Keys of the questions that are still open.
    pub missing: Vec<String>,
}

/// What a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum PartKind {
    ProfileLines,
    RacfJob,
    Procedure,
    EnvFile,
    SyslogRules,
    RingJob,
    Checklist,
}

/// What cannot be known from the configuration, for the page of one stack, in order of asking.
///
/// Answers of [`Level::Stack`] live in the stack's `setup`; those of [`Level::Image`] and
/// [`Level::Ring`] in the image's, so that its stacks share them.
pub fn questions(
    configuration: &Configuration,
    stack: &ObjectId,
) -> Result<Vec<Question>, SetupError> {
    let configuration = variables::resolve(configuration, stack);
    let facts = facts::Facts::of(&configuration, stack)?;
    Ok(catalog::questions(&facts))
}

/// The parts of the page of one stack, in the order in which they are put in place.
pub fn parts(configuration: &Configuration, stack: &ObjectId) -> Result<Vec<Part>, SetupError> {
    let configuration = variables::resolve(configuration, stack);
    let facts = facts::Facts::of(&configuration, stack)?;
    Ok(parts::parts(&facts))
}
