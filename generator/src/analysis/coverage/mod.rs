//! Which rules can never match, because earlier ones take every connection that they would.
//!
//! Exact: a rule is covered when no connection is left for it after all earlier rules, however they share
//! the work. Names of jobs and users are taken for any text, so that no finite list of them covers `*`.
//! Where the work would grow beyond a bound, or a name holds an asterisk in its middle, or times differ,
//! and the answer is not certain, the answer is [`Coverage::Unknown`].

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::space::{self, Budget, Index, Region, Space, gap, names, subtract_all};
use crate::policy::lookup::{Conditions, Time};

/// What the earlier rules leave for a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// Some connection matches the rule and no earlier one.
    Reachable,
    /// The earlier rules with these indices take all of it. Rules that are covered themselves are not named.
    /// One or two where one or two suffice; up to a hundred, none of which can be left out; else all that
    /// contribute.
    Covered { by: Vec<usize> },
    /// An earlier rule has the same conditions.
    Duplicate { of: usize },
    /// Its own conditions exclude each other: no connection can match it.
    Impossible,
    /// Finding out would have taken too long, or more than can be known.
    Unknown,
}

/// Steps that one rule may take, and all rules together. A step is a comparison of two spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    pub per_rule: usize,
    pub in_all: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            per_rule: 2_000_000,
            in_all: 60_000_000,
        }
    }
}

/// Of so many rules each pair is tried.
const MOST_PAIRED: usize = 40;
/// Of so many rules it is tried which can be left out.
const MOST_TRIED: usize = 100;
/// So many places are tried for a connection that shows a rule to be reachable.
const PLACES: usize = 16;

/// Looks at rules in the order in which they are searched. The answer has one entry for each.
pub fn coverage(rules: &[Conditions]) -> Vec<Coverage> {
    coverage_within(rules, Bounds::default())
}

/// The same with other bounds on the work.
pub fn coverage_within(rules: &[Conditions], bounds: Bounds) -> Vec<Coverage> {
    let space = Space::new(rules);
    let mut index = Index::default();
    let mut first = HashMap::with_capacity(rules.len());
    let mut total = Budget::new(bounds.in_all);
    let mut result = Vec::with_capacity(rules.len());
    for (target, own) in rules.iter().enumerate() {
        let mut budget = Budget::new(bounds.per_rule.min(total.left()));
        let question = Question {
            rules,
            space: &space,
            target,
            region: space.region(target),
        };
        let answer = match first.entry(space.key(target, own)) {
            _ if question.region.is_empty() => Coverage::Impossible,
            Entry::Occupied(entry) => Coverage::Duplicate { of: *entry.get() },
            Entry::Vacant(entry) => {
                entry.insert(target);
                question.answer(&index, &mut budget)
            }
        };
        total.spend(budget.spent());
        // What earlier rules take already, this one does not take from those that follow.
        if matches!(answer, Coverage::Reachable | Coverage::Unknown) {
            index.add(&space, target);
        }
        result.push(answer);
    }
    result
}

/// Is this rule covered?
struct Question<'a> {
    rules: &'a [Conditions],
    space: &'a Space,
    target: usize,
    /// What it takes, in parts; not empty.
    region: Vec<Region>,
}

impl Question<'_> {
    fn answer(&self, index: &Index, budget: &mut Budget) -> Coverage {
        if self.has_free_corner(index, budget) {
            return Coverage::Reachable;
        }
        let region = self.space.rule(self.target);
        let Some(earlier) = index.overlapping(self.space, region, usize::MAX, budget) else {
            return Coverage::Unknown;
        };
        let whole = |at: &&usize| self.takes_time(**at) && self.contains(**at);
        if let Some(by) = earlier.iter().find(whole) {
            return Coverage::Covered { by: vec![*by] };
        }
        let at_all_times: Vec<_> = earlier
            .iter()
            .copied()
            .filter(|at| self.takes_time(*at))
            .collect();
        match self.is_covered(&at_all_times, budget) {
            Some(true) => Coverage::Covered {
                by: self.fewest(at_all_times, budget),
            },
            Some(false) if self.is_certain(&earlier, &at_all_times, budget) => Coverage::Reachable,
            Some(false) | None => Coverage::Unknown,
        }
    }

    /// Whether no earlier rule may take one of a few connections at the corners of the target. This is the
    /// quick way to find most rules reachable.
    fn has_free_corner(&self, index: &Index, budget: &mut Budget) -> bool {
        if names::is_glob(&self.rules[self.target]) {
            return false;
        }
        let corners = [[false; 2], [true; 2], [true, false], [false, true]];
        self.region.iter().any(|part| {
            corners.iter().any(|[ports_last, others_last]| {
                let corner = part.corner(|way| {
                    let port = matches!(way, space::LOCAL_PORT | space::REMOTE_PORT);
                    if port { *ports_last } else { *others_last }
                });
                index.is_free(self.space, &corner, usize::MAX, budget) == Some(true)
            })
        })
    }

    /// Whether the earlier rule is in effect whenever the target is.
    fn takes_time(&self, at: usize) -> bool {
        let time = &self.rules[at].time;
        *time == Time::Always || *time == self.rules[self.target].time
    }

    /// Whether one earlier rule alone takes all of the target.
    fn contains(&self, at: usize) -> bool {
        let (one, own) = (&self.rules[at], &self.rules[self.target]);
        self.space.contains(at, &self.region)
            && names::contains(&one.job, &own.job)
            && names::contains(&one.user, &own.user)
    }

    /// Whether these rules together take all of the region. `None`: too much work.
    fn is_covered(&self, by: &[usize], budget: &mut Budget) -> Option<bool> {
        let covers: Vec<_> = by.iter().map(|at| self.cover(*at)).collect();
        for part in &self.region {
            if !budget.spend(by.len()) {
                return None;
            }
            if gap(part, &covers, budget).is_some() {
                return Some(false);
            }
            if !subtract_all(part, &covers, budget)?.is_empty() {
                return Some(false);
            }
        }
        Some(true)
    }

    /// The region of an earlier rule, as far as it is certain. A name with an asterisk in its middle is
    /// certain where the target has the same.
    fn cover(&self, at: usize) -> Cow<'_, Region> {
        let mut cover = self.space.certain(at);
        if matches!(cover, Cow::Borrowed(_)) {
            return cover;
        }
        let (one, own) = (&self.rules[at], &self.rules[self.target]);
        let target = self.space.rule(self.target);
        if one.job == own.job {
            cover.to_mut().copy(target, space::JOB);
        }
        if one.user == own.user {
            cover.to_mut().copy(target, space::USER);
        }
        cover
    }

    /// Whether "not covered" is the truth, and not only what could be shown.
    fn is_certain(&self, earlier: &[usize], at_all_times: &[usize], budget: &mut Budget) -> bool {
        let rules = || earlier.iter().map(|at| &self.rules[*at]);
        let own = &self.rules[self.target];
        if names::is_glob(own) || rules().any(names::is_glob) {
            return self.has_witness(earlier, budget);
        }
        // Times that differ could fill each other's gaps. If they could not even when they always held,
        // they cannot.
        at_all_times.len() == earlier.len() || self.is_covered(earlier, budget) == Some(false)
    }

    /// Whether a connection can be named that matches the target and no earlier rule.
    fn has_witness(&self, earlier: &[usize], budget: &mut Budget) -> bool {
        let covers: Vec<_> = earlier.iter().map(|at| self.cover(*at)).collect();
        self.region.iter().any(|part| {
            let place = gap(part, &covers, budget);
            let rest = subtract_all(part, &covers, budget).unwrap_or_default();
            let mut places = place.iter().chain(rest.iter().take(PLACES));
            places.any(|place| self.is_witnessed(place, earlier, budget))
        })
    }

    /// Whether one of the connections in this place matches the target and no earlier rule.
    fn is_witnessed(&self, place: &Region, earlier: &[usize], budget: &mut Budget) -> bool {
        let own = &self.rules[self.target];
        self.space.examples(place, &[own]).iter().any(|witness| {
            budget.spend(earlier.len())
                && own.matches(witness)
                && !earlier.iter().any(|at| self.rules[*at].matches(witness))
        })
    }

    /// The fewest of these rules that take all of the region.
    fn fewest(&self, all: Vec<usize>, budget: &mut Budget) -> Vec<usize> {
        if all.len() <= MOST_PAIRED {
            for (position, one) in all.iter().enumerate() {
                for two in &all[position + 1..] {
                    if self.is_covered(&[*one, *two], budget) == Some(true) {
                        return vec![*one, *two];
                    }
                }
            }
        }
        let mut kept = self.contributing(&all, budget).unwrap_or(all);
        if kept.len() > MOST_TRIED {
            return kept;
        }
        // Leave out what can be left out, the last rules first.
        for position in (0..kept.len()).rev() {
            let mut fewer = kept.clone();
            fewer.remove(position);
            match self.is_covered(&fewer, budget) {
                Some(true) => kept = fewer,
                Some(false) => {}
                None => break,
            }
        }
        kept
    }

    /// The rules that take something that those before them leave. `None`: too much work.
    fn contributing(&self, all: &[usize], budget: &mut Budget) -> Option<Vec<usize>> {
        let mut left = self.region.clone();
        let mut kept = Vec::new();
        for at in all {
            let cover = self.cover(*at);
            if !budget.spend(left.len()) {
                return None;
            }
            if !left.iter().any(|part| part.overlaps(&cover)) {
                continue;
            }
            kept.push(*at);
            let mut rest = Vec::with_capacity(left.len());
            for part in left {
                if !budget.spend(part.size() + cover.size()) {
                    return None;
                }
                part.subtract(&cover, &mut rest);
            }
            left = rest;
        }
        Some(kept)
    }
}
