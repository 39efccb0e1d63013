//! Which earlier rules overlap a region, without looking at all of them.
//!
//! In each condition a rule is narrow, taking few cells, or wide. Rules that are narrow in the same conditions
//! form a group, with a list for each cell; a region asks each group for the condition that leaves the
//! fewest rules to look at.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::boxes::{Budget, Point, Region, WAYS};
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
    all: Vec<u32>,
    /// The rules by cell, for each condition in which they are narrow.
    by_cell: Vec<(usize, Lists)>,
}

type Lists = HashMap<u32, List, BuildHasherDefault<CellHasher>>;

/// The rules of one cell, which is mostly one.
enum List {
    One([u32; 1]),
    Many(Vec<u32>),
}

/// Spreads the numbers of cells, which are in a row and nobody chooses.
#[derive(Default)]
struct CellHasher(u64);

impl Hasher for CellHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }

    fn write_u32(&mut self, cell: u32) {
        // 2^64 divided by the golden ratio; the table looks at both ends of the product.
        let spread = (self.0 ^ u64::from(cell)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = spread ^ (spread >> 32);
    }
}

impl List {
    fn add(&mut self, rule: u32) {
        match self {
            Self::One([first]) => *self = Self::Many(vec![*first, rule]),
            Self::Many(rules) => rules.push(rule),
        }
    }

    fn rules(&self) -> &[u32] {
        match self {
            Self::One(rule) => rule,
            Self::Many(rules) => rules,
        }
    }
}

impl Index {
    /// Adds a rule, for those that come after it.
    pub fn add(&mut self, space: &Space, rule: usize) {
        let region = space.rule(rule);
        let sizes = space.sizes();
        let is_narrow = |way: &usize| {
            let count = count(&region.cells[*way]);
            // What takes all of a condition is in each of its lists, however few they are.
            ![DIRECTION, TIME].contains(way) && count <= NARROW && count + 1 < sizes[*way]
        };
        let narrow = (0..WAYS)
            .filter(is_narrow)
            .fold(0, |mask, way| mask | (1 << way));
        for direction in directions(region) {
            let groups = &mut self.directions[direction];
            let at = match groups.iter().position(|group| group.narrow == narrow) {
                Some(at) => at,
                None => {
                    groups.push(Group::new(narrow));
                    groups.len() - 1
                }
            };
            groups[at].add(region, rule);
        }
    }

    /// Whether no rule before `end`, of those added so far, has this point. `None`: the steps did not
    /// suffice.
    pub fn is_free(
        &self,
        space: &Space,
        point: &Point,
        end: usize,
        budget: &mut Budget,
    ) -> Option<bool> {
        for group in self.directions.get(point.0[DIRECTION] as usize)? {
            let list = before(group.at(point), end);
            let taken = list
                .iter()
                .position(|at| space.rule(*at as usize).has(point));
            if !budget.spend(taken.map_or(list.len(), |at| at + 1)) {
                return None;
            }
            if taken.is_some() {
                return Some(false);
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
                    let rules = list.iter().map(|at| *at as usize);
                    found.extend(rules.filter(|at| space.rule(*at).overlaps(region)));
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        Some(found)
    }
}

impl Group {
    fn new(narrow: u8) -> Self {
        let ways = (0..WAYS).filter(|way| narrow & (1 << way) != 0);
        Self {
            narrow,
            all: Vec::new(),
            by_cell: ways.map(|way| (way, Lists::default())).collect(),
        }
    }

    fn add(&mut self, region: &Region, rule: usize) {
        let rule = u32::try_from(rule).unwrap_or(u32::MAX);
        self.all.push(rule);
        for (way, lists) in &mut self.by_cell {
            for cell in each(&region.cells[*way]) {
                lists
                    .entry(cell)
                    .and_modify(|list| list.add(rule))
                    .or_insert(List::One([rule]));
            }
        }
    }

    /// The shortest list that holds every rule of the group that has the point.
    fn at(&self, point: &Point) -> &[u32] {
        let mut best = self.all.as_slice();
        for (way, lists) in &self.by_cell {
            let list = lists.get(&point.0[*way]).map_or(&[][..], List::rules);
            if list.len() < best.len() {
                best = list;
            }
        }
        best
    }

    /// Lists that together hold every rule of the group that overlaps the region.
    fn candidates(&self, region: &Region) -> Vec<&[u32]> {
        let mut best = vec![self.all.as_slice()];
        let mut least = self.all.len();
        for (way, lists) in &self.by_cell {
            let cells = &region.cells[*way];
            if count(cells) > MOST_ASKED {
                continue;
            }
            let asked = each(cells).filter_map(|cell| lists.get(&cell));
            let found: Vec<_> = asked.map(List::rules).collect();
            let cost = found.iter().map(|list| list.len()).sum();
            if cost < least {
                (best, least) = (found, cost);
            }
        }
        best
    }
}

/// The rules of a list before `end`. Lists are in order, because rules are added in order.
fn before(list: &[u32], end: usize) -> &[u32] {
    match list.last() {
        Some(last) if *last as usize >= end => {
            &list[..list.partition_point(|at| (*at as usize) < end)]
        }
        _ => list,
    }
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
