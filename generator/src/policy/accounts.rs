//! What became of every statement that was read, in all files of several configurations.

use std::collections::{BTreeMap, HashSet};

use super::account::{Fate, FileAccount, Told};
use crate::finding::Place;

/// The statements of files by path.
#[derive(Clone, Debug, Default)]
pub struct Accounts(BTreeMap<String, Statements>);

/// The statements of one file.
#[derive(Clone, Debug)]
pub struct Statements {
    /// How many there are.
    pub read: usize,
    /// Those that are not used.
    pub left: Vec<Left>,
}

/// A statement that is not used.
#[derive(Clone, Debug)]
pub struct Left {
    pub fate: Fate,
    /// Keyword and name.
    pub statement: String,
    pub place: Place,
    /// Where the statement stands that counts instead.
    pub by: Option<Place>,
}

impl Accounts {
    /// Adds a file. What another configuration uses of it is used.
    pub fn take(&mut self, file: &FileAccount<'_>) {
        let left: Vec<_> = file.left().map(Left::of).collect();
        match self.0.get_mut(file.path) {
            Some(known) => {
                let places: HashSet<_> = left.iter().map(|left| &left.place).collect();
                known.left.retain(|left| places.contains(&left.place));
            }
            None => {
                let read = file.fates().len();
                self.0
                    .insert(file.path.to_owned(), Statements { read, left });
            }
        }
    }

    /// What stands in each file, by path.
    pub fn files(&self) -> impl Iterator<Item = (&str, &Statements)> {
        self.0.iter().map(|(path, file)| (path.as_str(), file))
    }

    pub fn left(&self) -> impl Iterator<Item = &Left> {
        self.0.values().flat_map(|file| &file.left)
    }

    pub fn statements(&self) -> usize {
        self.0.values().map(|file| file.read).sum()
    }

    pub fn count(&self, fate: Fate) -> usize {
        self.0.values().map(|file| file.count(fate)).sum()
    }

    /// "128 statements: 120 used, 4 overridden, 3 unused, 1 refused"; nothing if all are used.
    pub fn words(&self) -> Option<String> {
        self.left().next()?;
        let counts = Fate::ALL.map(|fate| (self.count(fate), fate.as_str()));
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        let counts: Vec<_> = counts
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        let statements = match self.statements() {
            1 => "1 statement".to_owned(),
            count => format!("{count} statements"),
        };
        Some(format!("{statements}: {}", counts.join(", ")))
    }
}

impl Statements {
    pub fn count(&self, fate: Fate) -> usize {
        match fate {
            Fate::Used => self.read - self.left.len(),
            Fate::Overridden | Fate::Unused | Fate::Refused => {
                self.left.iter().filter(|left| left.fate == fate).count()
            }
        }
    }
}

impl Left {
    fn of(told: Told<'_>) -> Self {
        let keyword = told.statement.keyword.as_str();
        let name = told.statement.name_str();
        Self {
            fate: told.fate,
            statement: name.map_or_else(|| keyword.to_owned(), |name| format!("{keyword} {name}")),
            place: told.place,
            by: told.by,
        }
    }
}
