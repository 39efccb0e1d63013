//! The pairs of rules that treat some connection differently. Treatments are numbers here.

use std::collections::{HashMap, HashSet};

use crate::analysis::space::{Answer, Budget, Search};
use crate::policy::lookup::{Conditions, Connection};

/// A rule: what it takes, and a number for what it does.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// `None` matches nothing.
    pub conditions: Option<&'a Conditions>,
    /// 0: as if there were no rule.
    pub treatment: u32,
}

/// A rule before and a rule after, by their places in the lists, and a connection that meets them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    pub old: Option<usize>,
    pub new: Option<usize>,
    pub connection: Connection,
}

/// All pairs that treat a connection differently.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairs {
    pub found: Vec<Pair>,
    /// Pairs of which it is not known. Both `None`: nothing is known of any.
    pub undecided: Vec<(Option<usize>, Option<usize>)>,
}

/// Steps that one question may take, and all together. A step is a comparison of two spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    pub per_pair: usize,
    pub in_all: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            per_pair: 2_000_000,
            in_all: 100_000_000,
        }
    }
}

/// Compares lists of rules in the order in which they are searched.
pub fn pairs(old: &[Entry<'_>], new: &[Entry<'_>]) -> Pairs {
    pairs_within(old, new, Bounds::default())
}

/// The same with other bounds on the work.
pub fn pairs_within(old: &[Entry<'_>], new: &[Entry<'_>], bounds: Bounds) -> Pairs {
    let sides = [Side::of(old), Side::of(new)];
    let both = matched(&sides);
    let changed: Vec<(usize, usize)> = both
        .iter()
        .copied()
        .filter(|(one, two)| sides[0].rules[*one].treatment != sides[1].rules[*two].treatment)
        .collect();
    let alone = |side: usize, matched: HashSet<usize>| -> Vec<usize> {
        let all = 0..sides[side].rules.len();
        all.filter(|at| !matched.contains(at)).collect()
    };
    let alone = [
        alone(0, both.iter().map(|(one, _)| *one).collect()),
        alone(1, both.iter().map(|(_, two)| *two).collect()),
    ];
    if changed.is_empty() && alone.iter().all(Vec::is_empty) {
        return Pairs::default();
    }
    let conditions = [0, 1].map(|side| sides[side].conditions());
    let Some(search) = Search::new(&[&conditions[0], &conditions[1]], &[]) else {
        return Pairs {
            found: Vec::new(),
            undecided: vec![(None, None)],
        };
    };
    let mut comparison = Comparison {
        sides: &sides,
        search,
        bounds,
        total: Budget::new(bounds.in_all),
        result: Pairs::default(),
    };
    for (one, two) in changed {
        comparison.ask(Some(one), Some(two));
    }
    let skip: HashSet<usize> = alone[0].iter().copied().collect();
    for at in &alone[0] {
        comparison.ask_all(0, *at, &HashSet::new());
    }
    for at in &alone[1] {
        comparison.ask_all(1, *at, &skip);
    }
    comparison.end()
}

/// The rules of one policy that can match at all.
struct Side<'a> {
    rules: Vec<Live<'a>>,
}

struct Live<'a> {
    conditions: &'a Conditions,
    treatment: u32,
    /// Its place in the list that was given.
    place: usize,
}

impl<'a> Side<'a> {
    /// A rule with the conditions of an earlier one never matches.
    fn of(entries: &[Entry<'a>]) -> Self {
        let mut seen = HashSet::new();
        let rules = entries.iter().enumerate().filter_map(|(place, entry)| {
            let conditions = entry.conditions?;
            seen.insert(conditions).then_some(Live {
                conditions,
                treatment: entry.treatment,
                place,
            })
        });
        Self {
            rules: rules.collect(),
        }
    }

    fn conditions(&self) -> Vec<&'a Conditions> {
        self.rules.iter().map(|rule| rule.conditions).collect()
    }
}

/// Rules with the same conditions in both lists, in the same order: as many as there can be.
fn matched(sides: &[Side<'_>; 2]) -> Vec<(usize, usize)> {
    let places: HashMap<&Conditions, usize> = (sides[0].rules.iter().enumerate())
        .map(|(at, rule)| (rule.conditions, at))
        .collect();
    let common: Vec<(usize, usize)> = (sides[1].rules.iter().enumerate())
        .filter_map(|(at, rule)| Some((*places.get(rule.conditions)?, at)))
        .collect();
    // The longest rising row of places: for each length the row that ends lowest, and what came before.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(common.len());
    for (at, (place, _)) in common.iter().enumerate() {
        let length = ends.partition_point(|end| common[*end].0 < *place);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut row = Vec::with_capacity(ends.len());
    let mut next = ends.last().copied();
    while let Some(at) = next {
        row.push(common[at]);
        next = before[at];
    }
    row.reverse();
    row
}

struct Comparison<'c, 'a> {
    sides: &'c [Side<'a>; 2],
    search: Search<'a>,
    bounds: Bounds,
    total: Budget,
    result: Pairs,
}

impl Comparison<'_, '_> {
    /// Asks for a rule of one side with every rule of the other that treats connections differently, and
    /// with none.
    fn ask_all(&mut self, side: usize, at: usize, skip: &HashSet<usize>) {
        let other = 1 - side;
        let pair = |partner: Option<usize>| match side {
            0 => (Some(at), partner),
            _ => (partner, Some(at)),
        };
        let mut budget = self.budget();
        let found = self.search.overlapping(other, (side, at), &mut budget);
        self.total.spend(budget.spent());
        let Some(overlapping) = found else {
            let place = self.sides[side].rules[at].place;
            let place = |own: usize| (own == side).then_some(place);
            self.result.undecided.push((place(0), place(1)));
            return;
        };
        for partner in overlapping {
            if !skip.contains(&partner)
                && self.treatment(side, Some(at)) != self.treatment(other, Some(partner))
            {
                let (one, two) = pair(Some(partner));
                self.ask(one, two);
            }
            if self.search.takes_all((other, partner), (side, at)) {
                // Nothing is left for those that follow.
                return;
            }
        }
        if self.treatment(side, Some(at)) != 0 {
            let (one, two) = pair(None);
            self.ask(one, two);
        }
    }

    fn ask(&mut self, one: Option<usize>, two: Option<usize>) {
        let sides = [one, two];
        let of: Vec<(usize, usize)> = (0..2)
            .filter_map(|side| Some((side, sides[side]?)))
            .collect();
        let end = |side: usize| sides[side].unwrap_or(self.sides[side].rules.len());
        let before = [(0, end(0)), (1, end(1))];
        let mut budget = self.budget();
        let answer = self.search.find(&of, &before, None, &mut budget);
        self.total.spend(budget.spent());
        let place = |side: usize| sides[side].map(|at| self.sides[side].rules[at].place);
        let (old, new) = (place(0), place(1));
        match answer {
            Answer::Yes(connection) => self.result.found.push(Pair {
                old,
                new,
                connection,
            }),
            Answer::No => {}
            Answer::Unknown => self.result.undecided.push((old, new)),
        }
    }

    fn treatment(&self, side: usize, at: Option<usize>) -> u32 {
        at.map_or(0, |at| self.sides[side].rules[at].treatment)
    }

    fn budget(&self) -> Budget {
        Budget::new(self.bounds.per_pair.min(self.total.left()))
    }

    fn end(mut self) -> Pairs {
        let key = |at: Option<usize>| at.unwrap_or(usize::MAX);
        self.result
            .found
            .sort_by_key(|pair| (key(pair.old), key(pair.new)));
        self.result
            .undecided
            .sort_by_key(|pair| (key(pair.0), key(pair.1)));
        self.result
    }
}
