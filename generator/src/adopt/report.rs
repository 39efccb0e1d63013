//! What became of each statement.

use crate::finding::Place;
use crate::objects::ObjectId;

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub what: What,
    /// Where it stood.
    pub place: Place,
    /// A sentence.
    pub text: String,
    /// The object that it became, or that is concerned.
    pub object: Option<ObjectId>,
}

/// What became of something that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// It is gone: it cannot be understood, or must not be kept.
    LeftOut,
    /// The result treats some connections otherwise, unless somebody acts.
    Conflict,
    /// The stack had it, and the files do not.
    Removed,
    /// It is written otherwise, with the same effect.
    Changed,
    /// It has no object form, and stands as text among the stack's files.
    Kept,
    /// It is an object now, or part of one.
    Became,
}

impl What {
    pub const ALL: [Self; 6] = [
        Self::LeftOut,
        Self::Conflict,
        Self::Removed,
        Self::Changed,
        Self::Kept,
        Self::Became,
    ];

    /// For a heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::LeftOut => "Left out",
            Self::Conflict => "In conflict",
            Self::Removed => "Removed, because the files do not have it",
            Self::Changed => "Written otherwise, with the same effect",
            Self::Kept => "Kept as text",
            Self::Became => "Taken over",
        }
    }
}
