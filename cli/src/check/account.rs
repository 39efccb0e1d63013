//! What became of every statement that was read, in all files.

use std::collections::{BTreeMap, HashSet};

use generator::finding::Place;
use generator::policy::{Fate, FileAccount, Told};

/// The statements of files by path.
#[derive(Default)]
pub struct Accounts(BTreeMap<String, Account>);

struct Account {
    statements: usize,
    /// Those that are not used.
    left: Vec<Left>,
}

/// A statement that is not used.
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
                let statements = file.fates().len();
                let account = Account { statements, left };
                self.0.insert(file.path.to_owned(), account);
            }
        }
    }

    pub fn left(&self) -> impl Iterator<Item = &Left> {
        self.0.values().flat_map(|account| &account.left)
    }

    pub fn statements(&self) -> usize {
        self.0.values().map(|account| account.statements).sum()
    }

    pub fn count(&self, fate: Fate) -> usize {
        let left = self.left().filter(|left| left.fate == fate).count();
        match fate {
            Fate::Used => self.statements() - self.left().count(),
            Fate::Overridden | Fate::Unused | Fate::Refused => left,
        }
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
