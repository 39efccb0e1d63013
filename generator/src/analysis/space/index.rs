//! Which earlier rules overlap a region, without looking at all of them.
//!
//! In each condition a rule is narrow, taking few cells, or wide. Rules that are narrow in the same conditions
//! form a group, with a list for each cell; a region asks each group for the condition that leaves the
//! fewest rules to look at.

use std::collections::HashMap;

use super::boxes::{Budget, Region, WAYS};
use super::{DIRECTION, Space, TIME};

/// A rule with more cells than this counts as wide.
const NARROW: usize = 16;
/// A region with more cells than this does not ask for each of them.
const MOST_ASKED: usize = 256;

/// The rules that were looked at, for each of the two directions.
#[derive(Default)]
pub struct Index {
    directions: [Vec<Group>; 2],
}

/// Rules that are narrow in the same conditions.
struct Group {
    /// A bit for each condition.
    narrow: u8,
    all: Vec<usize>,
    /// The rules by cell, for each condition in which they are narrow.
    by_cell: Vec<(usize, HashMap<u32, Vec<usize>>)>,
}

impl Index {
    /// Adds a rule, for those that come after it.
    pub fn add(&mut self, space: &Space, rule: usize) {
        let region = space.rule(rule);
        let is_narrow =
            |way: &usize| ![DIRECTION, TIME].contains(way) && count(&region.cells[*way]) <= NARROW;
        let ways: Vec<_> = (0..WAYS).filter(is_narrow).collect();
        let narrow = ways.iter().fold(0, |mask, way| mask | (1 << way));
        for direction in directions(region) {
            let groups = &mut self.directions[direction];
            let at = match groups.iter().position(|group| group.narrow == narrow) {
                Some(at) => at,
                None => {
                    groups.push(Group {
                        narrow,
                        all: Vec::new(),
                        by_cell: ways.iter().map(|way| (*way, HashMap::new())).collect(),
                    });
                    groups.len() - 1
                }
            };
            groups[at].add(region, rule);
        }
    }

    /// Whether no rule before `end`, of those added so far, overlaps this region. `None`: the steps did not
    /// suffice.
    pub fn is_free(
        &self,
        space: &Space,
        region: &Region,
        end: usize,
        budget: &mut Budget,
    ) -> Option<bool> {
        for direction in directions(region) {
            for group in &self.directions[direction] {
                for list in group.candidates(region) {
                    let list = before(list, end);
                    let taken = list.iter().position(|at| space.rule(*at).overlaps(region));
                    if !budget.spend(taken.map_or(list.len(), |at| at + 1)) {
                        return None;
                    }
                    if taken.is_some() {
                        return Some(false);
                    }
                }
            }
        }
        Some(true)
    }

    /// The rules before `end` that overlap this region, of those added so far, first to last. `None`: the
    /// steps did not suffice.
    pub fn overlapping(
        &self,
        space: &Space,
        region: &Region,
        end: usize,
        budget: &mut Budget,
    ) -> Option<Vec<usize>> {
        let mut found = Vec::new();
        for direction in directions(region) {
            for group in &self.directions[direction] {
                for list in group.candidates(region) {
                    let list = before(list, end);
                    if !budget.spend(list.len()) {
                        return None;
                    }
                    let overlapping = list.iter().filter(|at| space.rule(**at).overlaps(region));
                    found.extend(overlapping.copied());
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        Some(found)
    }
}

impl Group {
    fn add(&mut self, region: &Region, rule: usize) {
        self.all.push(rule);
        for (way, lists) in &mut self.by_cell {
            for cell in each(&region.cells[*way]) {
                lists.entry(cell).or_default().push(rule);
            }
        }
    }

    /// Lists that together hold every rule of the group that overlaps the region.
    fn candidates(&self, region: &Region) -> Vec<&[usize]> {
        let mut best = vec![self.all.as_slice()];
        let mut least = self.all.len();
        for (way, lists) in &self.by_cell {
            let cells = &region.cells[*way];
            if count(cells) > MOST_ASKED {
                continue;
            }
            let asked = each(cells).filter_map(|cell| lists.get(&cell));
            let found: Vec<_> = asked.map(Vec::as_slice).collect();
            let cost = found.iter().map(|list| list.len()).sum();
            if cost < least {
                (best, least) = (found, cost);
            }
        }
        best
    }
}

/// The rules of a list before `end`. Lists are in order, because rules are added in order.
fn before(list: &[usize], end: usize) -> &[usize] {
    &list[..list.partition_point(|at| *at < end)]
}

fn directions(region: &Region) -> impl Iterator<Item = usize> {
    let cells = region.cells[DIRECTION].clone();
    [0, 1]
        .into_iter()
        .filter(move |direction| each(&cells).any(|cell| usize::try_from(cell) == Ok(*direction)))
}

fn each(cells: &[(u32, u32)]) -> impl Iterator<Item = u32> {
    cells.iter().flat_map(|span| span.0..span.1)
}

fn count(cells: &[(u32, u32)]) -> usize {
    cells.iter().map(|span| (span.1 - span.0) as usize).sum()
}
