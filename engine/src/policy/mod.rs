//! The policy of one stack, ready to be asked for each connection.

mod counters;
mod load;
mod parameters;
mod remark;
mod renew;
mod settings;

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use generator::analysis::handshake::Settings;
use generator::policy::lookup::{Conditions, Connection, Lookup};
use keyring::Stamp;

use crate::tls::Environment;

pub use counters::{Counters, now};
pub use load::{Loaded, Refused, Source, load, load_with};
pub use parameters::Parameters;
pub use remark::{Remark, Weight};
pub use renew::{RenewError, Renewed};

/// The policy of one stack. What is in it never changes: a reload makes another one.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Empty for a policy file that is of no stack.
    pub stack: String,
    lookup: Arc<Lookup>,
    // INVARIANT: in the order of the lookup.
    rules: Vec<Rule>,
    /// A rule has a condition of time.
    timed: bool,
    /// The key rings of its environments, as they were when they were read.
    rings: BTreeMap<String, Stamp>,
    asks: Asks,
    /// How long after its files were looked at they are looked at again.
    pub interval: Duration,
    /// When it was loaded, in Unix seconds.
    pub loaded: u64,
    /// Two that are the same were made of the same files.
    made_of: u64,
    /// The files of its stack, as they were when they were read.
    files: Vec<FileRead>,
}

/// A file of a policy, by what was read of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRead {
    /// Absolute, without links.
    pub path: PathBuf,
    /// In lower-case hexadecimal digits.
    pub sha256: String,
}

/// What rules ask of the program that a connection is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asks {
    pub jobs: bool,
    pub users: bool,
}

/// A rule by which connections are treated.
#[derive(Clone, Debug)]
pub struct Rule {
    pub name: Arc<str>,
    pub actions: Arc<Actions>,
    /// Shared with the rule of this name of the policy before and of the one after.
    pub counters: Arc<Counters>,
}

/// What the three actions of a rule come to. Rules with the same actions share it.
#[derive(Clone, Debug)]
pub struct Actions {
    pub group: Name,
    /// Of the environment its number counts, not that of the action: equal ones share one.
    pub environment: Name,
    pub connection: Name,
    pub trace: u8,
    /// A trace that is asked for with a reason may keep what opens the data of programs.
    pub clear_text: bool,
    /// For people; what counts of it is in `protection`.
    pub parameters: Arc<Parameters>,
    pub protection: Protection,
    /// How long a handshake may take; `None`: for ever.
    pub handshake: Option<Duration>,
    /// The program starts and stops TLS.
    pub controlled: bool,
    /// Later connections between the same two are treated alike.
    pub secondary: bool,
    /// By what it can be foretold which partners get through; `None`: in the clear.
    pub settings: Option<Arc<Settings>>,
}

/// An action in messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    /// Empty: the rule has none.
    pub text: String,
    /// 0: none.
    pub number: u32,
}

/// What happens to connections.
#[derive(Clone, Debug)]
pub enum Protection {
    Clear,
    Tls(Arc<Environment>),
}

impl Instance {
    /// A policy without rules, for tests.
    #[cfg(test)]
    pub(crate) fn of_nothing(stack: &str) -> Self {
        Self {
            stack: stack.to_owned(),
            lookup: Arc::new(Lookup::of(&[])),
            rules: Vec::new(),
            timed: false,
            rings: BTreeMap::new(),
            asks: Asks::default(),
            interval: Duration::from_secs(1800),
            loaded: 0,
            made_of: 0,
            files: Vec::new(),
        }
    }

    /// The first rule that takes a connection.
    pub fn map(&self, connection: &Connection) -> Option<&Rule> {
        self.rules.get(self.lookup.lookup(connection)?)
    }

    /// Whether the time counts when a connection is mapped.
    pub fn is_timed(&self) -> bool {
        self.timed
    }

    /// The key rings by the names that the policy uses, and what their files were like when they were read.
    pub fn rings(&self) -> &BTreeMap<String, Stamp> {
        &self.rings
    }

    /// Whether it counts which program a connection is of, and whose.
    pub fn asks(&self) -> Asks {
        self.asks
    }

    /// What each rule asks of a connection, in the order in which they are searched, and whether the rule
    /// has it protected. Rules that match nothing are left out.
    pub fn conditions(&self) -> impl Iterator<Item = (&Conditions, bool)> {
        let rules = self.lookup.rules().iter().zip(&self.rules);
        rules.filter_map(|(conditions, rule)| {
            let protected = matches!(rule.actions.protection, Protection::Tls(_));
            Some((conditions.as_ref()?, protected))
        })
    }

    /// Goes on counting where another policy was, for rules of the same names.
    pub fn count_on(&mut self, before: &Self) {
        let known: HashMap<_, _> = before
            .rules
            .iter()
            .map(|rule| (&rule.name, &rule.counters))
            .collect();
        for rule in &mut self.rules {
            if let Some(counters) = known.get(&rule.name) {
                rule.counters = Arc::clone(counters);
            }
        }
    }

    /// Whether both were made of the same files and key rings.
    pub fn is_made_of_the_same(&self, other: &Self) -> bool {
        self.made_of == other.made_of && self.rings == other.rings
    }

    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule of this name.
    pub fn rule(&self, name: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| &*rule.name == name)
    }

    pub fn files(&self) -> &[FileRead] {
        &self.files
    }
}
