//! The name of a file as PAGENT sees it, taken apart and checked before it reaches a file system.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Names that begin so are Gatehouse's own: temporaries, journals, the lock.
pub(super) const RESERVED: &str = ".gatehouse";
/// Added to the name of a file that is kept when it is replaced.
pub(super) const PREVIOUS: &str = ".previous";

/// Why a name is no path below a target's directory.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PathError {
    #[error("the file has no name; give a path such as `/etc/pagent.conf`")]
    Empty,
    #[error(
        "`{0}` is a data set and a directory cannot hold it; give the file a z/OS UNIX path such as \
         `/etc/pagent.conf`, or copy the text to the data set by hand"
    )]
    DataSet(String),
    #[error("`{0}` does not start with `/`; give the whole path as PAGENT sees it")]
    Relative(String),
    #[error("`{0}` has the part `{1}`; write the path without it")]
    Dots(String, &'static str),
    #[error("`{0}` ends with `/` and names a folder; add the name of the file")]
    Folder(String),
    #[error("the path holds the character U+{0:04X}; use letters, digits, `.`, `-`, `_` and `/`")]
    Character(u32),
    #[error("`{0}` is too long; a part of a path has at most {max} bytes", max = TargetPath::MAX_PART)]
    TooLong(String),
    #[error(
        "names that start with `{RESERVED}` are Gatehouse's own; choose another one than `{0}`"
    )]
    Reserved(String),
    #[error("`{0}` and `{1}` cannot both be written: one is in the way of the other")]
    Clash(String, String),
}

/// A file below a target's directory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TargetPath {
    /// INVARIANT: at least one; none is empty, `.`, `..`, too long, reserved or holds `/`, blanks or
    /// control characters.
    parts: Vec<String>,
}

impl TargetPath {
    /// Leaves room for `.previous` in the 255 bytes of a file name.
    pub const MAX_PART: usize = 255 - PREVIOUS.len();

    /// The folders on the way to the file.
    pub fn folders(&self) -> &[String] {
        &self.parts[..self.parts.len().saturating_sub(1)]
    }

    /// The file's own name.
    pub fn name(&self) -> &str {
        self.parts.last().map_or("", String::as_str)
    }

    /// Refuses two files of one write that get into each other's way.
    pub(super) fn clash(&self, other: &Self) -> Option<PathError> {
        let below = |a: &Self, b: &Self| b.parts.starts_with(&a.parts);
        let previous = |a: &Self, b: &Self| {
            a.folders() == b.folders() && b.name().strip_suffix(PREVIOUS) == Some(a.name())
        };
        (below(self, other) || below(other, self) || previous(self, other) || previous(other, self))
            .then(|| PathError::Clash(self.to_string(), other.to_string()))
    }
}

impl FromStr for TargetPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        if text.is_empty() {
            return Err(PathError::Empty);
        }
        if let Some(c) = text.chars().find(|c| refused_character(*c)) {
            return Err(PathError::Character(c.into()));
        }
        if text.starts_with("//") {
            return Err(PathError::DataSet(text.to_owned()));
        }
        let Some(rest) = text.strip_prefix('/') else {
            return Err(match text.starts_with(['\'', '(']) || text.ends_with(')') {
                true => PathError::DataSet(text.to_owned()),
                false => PathError::Relative(text.to_owned()),
            });
        };
        if rest.is_empty() || rest.ends_with('/') {
            return Err(PathError::Folder(text.to_owned()));
        }
        let parts = rest
            .split('/')
            .map(|part| checked_part(text, part))
            .collect::<Result<_, _>>()?;
        Ok(Self { parts })
    }
}

fn checked_part(whole: &str, part: &str) -> Result<String, PathError> {
    match part {
        "" => Err(PathError::Dots(whole.to_owned(), "//")),
        "." => Err(PathError::Dots(whole.to_owned(), ".")),
        ".." => Err(PathError::Dots(whole.to_owned(), "..")),
        _ if part.len() > TargetPath::MAX_PART => Err(PathError::TooLong(part.to_owned())),
        _ if part.starts_with(RESERVED) => Err(PathError::Reserved(part.to_owned())),
        _ => Ok(part.to_owned()),
    }
}

/// Control characters, blanks (PAGENT ends a name there) and marks that turn the direction of text.
fn refused_character(c: char) -> bool {
    c.is_control()
        || c.is_whitespace()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The parts of an absolute directory name, checked as those of a file.
pub(super) fn directory_parts(text: &str) -> Result<Vec<String>, PathError> {
    if text.is_empty() {
        return Err(PathError::Empty);
    }
    if let Some(c) = text.chars().find(|c| c.is_control()) {
        return Err(PathError::Character(c.into()));
    }
    let Some(rest) = text.strip_prefix('/') else {
        return Err(PathError::Relative(text.to_owned()));
    };
    match rest.trim_end_matches('/') {
        "" => Ok(Vec::new()),
        parts => parts
            .split('/')
            .map(|part| checked_part(text, part))
            .collect(),
    }
}

impl fmt::Display for TargetPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            write!(f, "/{part}")?;
        }
        Ok(())
    }
}
