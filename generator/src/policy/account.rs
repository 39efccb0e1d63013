//! What became of each statement that was read: used, overridden, unused or refused, and nothing else.
//!
//! Blocks inside a statement share its fate. What is wrong with a statement that is refused, a finding
//! says.
//!
//! A statement with an error in it is not refused for that. The Policy Agent leaves out no single one: any
//! error in the common or the stack's own file keeps all new policy of the stack from being installed (the
//! listing of `pasearch -c` has `AtomicParse: True`). The account says what each statement would
//! do, and the findings say which one is in the way.

use std::collections::HashMap;

use super::model::{Keyword, Policy, Statement};
use super::named::{Named, references};
use super::origins::{Locate, Origins, Part};
use super::resolve::{ConfigurationFile, ResolvedStack};
use super::table::TTLS_RULE;
use super::table::lines::{LineDef, TCP_IMAGE, is_foreign};
use crate::finding::Place;

/// What became of one statement. Where stacks differ over a file that they share, the first of these counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// A rule, or what a rule leads to; of a configuration, a line that took effect.
    Used,
    /// No rule leads to it, it stands in a file in which it has no effect, or it is not for AT-TLS.
    Unused,
    /// A later statement counts in its place.
    Overridden,
    /// Nobody knows it, or it has no name by which it could be known.
    Refused,
}

impl Fate {
    pub const ALL: [Self; 4] = [Self::Used, Self::Overridden, Self::Unused, Self::Refused];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::Unused => "unused",
            Self::Overridden => "overridden",
            Self::Refused => "refused",
        }
    }
}

/// What became of the statements of one policy or one configuration file, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    fates: Vec<Fate>,
    // INVARIANT: in the order of the first; one for each statement that is overridden.
    /// Indices of what is overridden, and of what counts instead.
    by: Vec<(usize, usize)>,
}

impl Account {
    /// Of the statements that one stack reads as its policy.
    pub fn of_policy(policy: &Policy) -> Self {
        let mut account = Self::default();
        let named = Named::of(policy);
        let mut reached = Vec::new();
        for (at, statement) in policy.statements.iter().enumerate() {
            let key = match (&statement.keyword, statement.name_str()) {
                (Keyword::Block(def), Some(name)) => (def.name, name),
                (Keyword::Block(_), None) => {
                    account.fates.push(Fate::Refused);
                    continue;
                }
                (keyword, _) => {
                    account.fates.push(elsewhere(keyword));
                    continue;
                }
            };
            let later = match named.is_overridden(statement) {
                true => named.place(key.0, key.1),
                false => None,
            };
            match later {
                Some(later) => account.override_by(at, later),
                _ if key.0 == TTLS_RULE.name => {
                    account.fates.push(Fate::Used);
                    reached.push(at);
                }
                _ => account.fates.push(Fate::Unused),
            }
        }
        while let Some(statement) = reached.pop().and_then(|at| policy.statements.get(at)) {
            references(statement, &mut |target, name| {
                if let Some(at) = named.place(target, name)
                    && account.fates[at] == Fate::Unused
                {
                    account.fates[at] = Fate::Used;
                    reached.push(at);
                }
            });
        }
        debug_assert_eq!(account.fates.len(), policy.statements.len());
        account
    }

    /// Of the lines of a configuration file, which is a main file, an image file, or both.
    pub fn of_configuration(policy: &Policy, takes_effect: impl Fn(&LineDef) -> bool) -> Self {
        let mut account = Self::default();
        let mut last: HashMap<&str, usize> = HashMap::new();
        for (at, statement) in policy.statements.iter().enumerate() {
            if let Keyword::Line(def) = statement.keyword {
                last.insert(def.name, at);
            }
        }
        for (at, statement) in policy.statements.iter().enumerate() {
            match statement.keyword {
                Keyword::Line(def) if takes_effect(def) => match last.get(def.name) {
                    // Each names a stack of its own.
                    Some(later) if *later != at && *def != TCP_IMAGE => {
                        account.override_by(at, *later);
                    }
                    _ => account.fates.push(Fate::Used),
                },
                ref keyword => account.fates.push(elsewhere(keyword)),
            }
        }
        debug_assert_eq!(account.fates.len(), policy.statements.len());
        account
    }

    fn override_by(&mut self, at: usize, later: usize) {
        self.fates.push(Fate::Overridden);
        self.by.push((at, later));
    }

    /// One for each statement.
    pub fn fates(&self) -> &[Fate] {
        &self.fates
    }

    /// What counts instead of the statement at this index; both are indices of the same policy.
    pub fn overridden_by(&self, at: usize) -> Option<usize> {
        let found = self.by.binary_search_by_key(&at, |(at, _)| *at).ok()?;
        Some(self.by[found].1)
    }
}

/// A statement that has no effect where it stands.
fn elsewhere(keyword: &Keyword) -> Fate {
    match keyword {
        Keyword::Unknown(word) if !is_foreign(word.as_str()) => Fate::Refused,
        Keyword::Unknown(_) | Keyword::Block(_) | Keyword::Line(_) => Fate::Unused,
    }
}

/// What became of the statements of one file, for all stacks that it was read for.
#[derive(Clone, Debug)]
pub struct FileAccount<'a> {
    pub path: &'a str,
    fates: Vec<Fate>,
    /// How it was read first.
    statements: &'a [Statement],
    origins: &'a Origins,
    account: &'a Account,
    /// All that was read with it, and how many of these stand before the file.
    all: &'a [Statement],
    before: usize,
}

/// A statement, and what became of it.
#[derive(Clone, Debug)]
pub struct Told<'a> {
    pub fate: Fate,
    pub statement: &'a Statement,
    pub place: Place,
    /// Where the statement stands that counts instead.
    pub by: Option<Place>,
}

impl<'a> FileAccount<'a> {
    /// One for each statement.
    pub fn fates(&self) -> &[Fate] {
        &self.fates
    }

    pub fn count(&self, fate: Fate) -> usize {
        self.fates.iter().filter(|own| **own == fate).count()
    }

    /// The statements that are not used.
    pub fn left(&self) -> impl Iterator<Item = Told<'a>> + use<'a, '_> {
        let statements = self.fates.iter().zip(self.statements).enumerate();
        let left = statements.filter(|(_, (fate, _))| **fate != Fate::Used);
        left.map(|(at, (fate, statement))| {
            // Of two stacks, one can have a statement of its own instead, and the other none.
            let later = self.account.overridden_by(self.before + at);
            let later = later.filter(|_| *fate == Fate::Overridden);
            Told {
                fate: *fate,
                statement,
                place: place(self.origins, statement),
                by: later.map(|later| place(self.origins, &self.all[later])),
            }
        })
    }
}

fn place(origins: &Origins, statement: &Statement) -> Place {
    origins.place(statement.tag, Part::Value)
}

/// What became of all that was read, by file, in the order in which files were read first.
pub fn by_file<'a>(
    configuration: &'a [ConfigurationFile],
    stacks: &'a [ResolvedStack],
) -> Vec<FileAccount<'a>> {
    let mut files: Vec<FileAccount<'a>> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    let configuration = configuration
        .iter()
        .map(|file| (&file.policy, &file.origins, &file.account));
    let stacks = stacks
        .iter()
        .map(|stack| (&stack.policy, &stack.origins, &stack.account));
    for (policy, origins, account) in configuration.chain(stacks) {
        let mut before = 0;
        let of_file =
            |one: &Statement, two: &Statement| origins.file(one.tag) == origins.file(two.tag);
        for statements in policy.statements.chunk_by(of_file) {
            let fates = &account.fates[before..before + statements.len()];
            let path = origins.file(statements[0].tag).map_or("", |(_, path)| path);
            match known.get(path).and_then(|at| files.get_mut(*at)) {
                Some(file) => {
                    let both = file.fates.iter_mut().zip(fates);
                    both.for_each(|(own, other)| *own = (*own).min(*other));
                }
                None => {
                    known.insert(path, files.len());
                    files.push(FileAccount {
                        path,
                        fates: fates.to_vec(),
                        statements,
                        origins,
                        account,
                        all: &policy.statements,
                        before,
                    });
                }
            }
            before += statements.len();
        }
    }
    files
}
