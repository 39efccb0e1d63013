//! What changes between two policies for connections.
//!
//! Exact: for each pair of a rule before and a rule after, or none, that some connection meets and that
//! treat it differently there is one [`Difference`] with such a connection. Names, order, splitting a rule
//! and where a parameter is coded make no difference by themselves. Rules that stand in both policies in
//! one order are paired first: a connection whose treatment changes meets, before or after, a rule that is
//! not among them, or a pair whose treatment changed. So only these are asked for.

mod pairs;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::rc::Rc;

use super::treatment::{Change, Treatment, Treatments};
use crate::policy::lookup::{Conditions, Connection, Lookup, Rule, rules};
use crate::policy::{Policy, Release, Statement};

pub use pairs::{Bounds, Entry, Pair, Pairs, pairs, pairs_within};

/// A rule with what it does.
pub struct Treated<'p> {
    pub rule: Rule<'p>,
    pub treatment: Rc<Treatment>,
}

/// The rules of a policy in the order of their search, with what they do.
pub fn treated(policy: &Policy, release: Release) -> Vec<Treated<'_>> {
    let mut treatments = Treatments::of(policy, release);
    let rules = rules(policy).into_iter();
    rules
        .map(|rule| Treated {
            treatment: treatments.rule(rule.statement),
            rule,
        })
        .collect()
}

/// Connections that one rule took before and another one takes after, with another treatment.
#[derive(Clone, Debug)]
pub struct Difference<'p> {
    /// `None`: no rule applied.
    pub old: Option<&'p Statement>,
    pub new: Option<&'p Statement>,
    /// At least one.
    pub changes: Vec<Change>,
    /// One of the connections.
    pub connection: Connection,
    /// The conditions that all of them meet; those that rules above take are not among them.
    pub among: Conditions,
}

/// A rule before and a rule after. Both `None`: nothing is known of any.
pub type Rules<'p> = (Option<&'p Statement>, Option<&'p Statement>);

/// All that changes.
#[derive(Clone, Debug, Default)]
pub struct Differences<'p> {
    /// By rule before and rule after, in the order of their search.
    pub found: Vec<Difference<'p>>,
    /// Rules before and after for which it is not known.
    pub undecided: Vec<Rules<'p>>,
    /// Rules with a condition that cannot be read, on one side only: they are taken to match nothing.
    pub unreadable: Vec<&'p Statement>,
}

impl Differences<'_> {
    /// Certainly nothing changes for any connection.
    pub fn is_none(&self) -> bool {
        self.found.is_empty() && self.undecided.is_empty() && self.unreadable.is_empty()
    }
}

/// What changes for connections from one policy to another.
pub fn differences<'p>(old: &[Treated<'p>], new: &[Treated<'p>]) -> Differences<'p> {
    let sides = [old, new];
    let [one, two] = numbered(sides);
    let pairs = pairs(&one, &two);
    let mut result = Differences {
        found: Vec::new(),
        undecided: Vec::new(),
        unreadable: unreadable(sides),
    };
    let undecided = pairs.undecided.into_iter();
    let undecided = undecided.map(|(old, new)| statements(sides, [old, new]));
    result.undecided.extend(undecided);
    let searches = sides.map(|rules| Lookups::of(rules, pairs.found.len()));
    for pair in pairs.found {
        let places = [pair.old, pair.new];
        let met = searches.iter().map(|search| search.find(&pair.connection));
        match met.eq(places) {
            true => result
                .found
                .push(difference(sides, places, pair.connection)),
            // What was shown is not what the search finds: nothing is claimed.
            false => result.undecided.push(statements(sides, places)),
        }
    }
    result
}

type Sides<'r, 'p> = [&'r [Treated<'p>]; 2];
type Places = [Option<usize>; 2];

/// The rules with numbers for their treatments, the same for the same; that of no rule is 0.
fn numbered<'r>(sides: Sides<'r, '_>) -> [Vec<Entry<'r>>; 2] {
    let mut numbers = HashMap::from([(Rc::new(Treatment::CLEAR), 0)]);
    let mut entry = |rule: &'r Treated<'_>| {
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        Entry {
            conditions: rule.rule.conditions.as_ref(),
            treatment: *numbers.entry(rule.treatment.clone()).or_insert(next),
        }
    };
    sides.map(|rules| rules.iter().map(&mut entry).collect())
}

fn statements<'p>(sides: Sides<'_, 'p>, places: Places) -> Rules<'p> {
    let of = |side: usize| Some(sides[side][places[side]?].rule.statement);
    (of(0), of(1))
}

fn difference<'p>(sides: Sides<'_, 'p>, places: Places, connection: Connection) -> Difference<'p> {
    let rules = [0, 1].map(|side| places[side].map(|at| &sides[side][at]));
    let clear = Treatment::CLEAR;
    let [before, after] = rules.map(|rule| rule.map_or(&clear, |rule| &*rule.treatment));
    let conditions = rules.iter().flatten();
    let conditions = conditions.filter_map(|rule| rule.rule.conditions.as_ref());
    let (old, new) = statements(sides, places);
    Difference {
        old,
        new,
        changes: before.changes(after),
        connection,
        among: conditions.fold(Conditions::default(), |all, one| all.both(one)),
    }
}

/// The rules that cannot be read and do not stand on both sides as they are.
fn unreadable<'p>(sides: Sides<'_, 'p>) -> Vec<&'p Statement> {
    let of = |side: usize| {
        let rules = sides[side].iter().map(|rule| &rule.rule);
        let unreadable = rules.filter(|rule| rule.conditions.is_none());
        unreadable.map(|rule| rule.statement).collect::<Vec<_>>()
    };
    let [old, new] = [of(0), of(1)];
    let gone = old.iter().filter(|rule| !new.contains(rule));
    let added = new.iter().filter(|rule| !old.contains(rule));
    gone.chain(added).copied().collect()
}

/// The search of one policy, prepared where there are many connections to look for.
enum Lookups<'r, 'p> {
    Prepared(Lookup),
    OneByOne(&'r [Treated<'p>]),
}

/// For fewer connections the rules are looked at one by one.
const MANY: usize = 500;

impl<'r, 'p> Lookups<'r, 'p> {
    fn of(rules: &'r [Treated<'p>], connections: usize) -> Self {
        match connections < MANY {
            true => Self::OneByOne(rules),
            false => {
                let conditions = rules.iter().map(|rule| rule.rule.conditions.clone());
                Self::Prepared(Lookup::new(conditions))
            }
        }
    }

    fn find(&self, connection: &Connection) -> Option<usize> {
        match self {
            Self::Prepared(lookup) => lookup.lookup(connection),
            Self::OneByOne(rules) => {
                let applies = |rule: &Treated<'_>| rule.rule.first_failure(connection).is_none();
                rules.iter().position(applies)
            }
        }
    }
}
