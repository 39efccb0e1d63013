//! Boxes: for each condition a set of cells, and the arithmetic of taking one from another.

use std::borrow::Cow;

use super::TIME;
use crate::policy::lookup::spans::Spans;

/// The conditions that make up a box.
pub const WAYS: usize = 8;

/// Cells of one condition: half-open spans in order that do not touch.
pub type Cells = Spans<(u32, u32)>;

/// All connections whose facts lie in the cells of each condition. Empty when one has no cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    pub cells: [Cells; WAYS],
}

/// One cell of each condition: connections that no rule tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point(pub [u32; WAYS]);

/// Steps that may still be taken.
#[derive(Debug)]
pub struct Budget {
    limit: usize,
    spent: usize,
}

impl Budget {
    pub fn new(limit: usize) -> Self {
        Self { limit, spent: 0 }
    }

    /// Takes steps. `false`: there are none left.
    pub fn spend(&mut self, steps: usize) -> bool {
        self.spent = self.spent.saturating_add(steps);
        self.spent <= self.limit
    }

    pub fn spent(&self) -> usize {
        self.spent
    }

    pub fn left(&self) -> usize {
        self.limit.saturating_sub(self.spent)
    }
}

impl Point {
    /// Takes the first of these cells that a region has for one condition.
    pub fn choose(&mut self, region: &Region, way: usize, cells: &[Option<u32>]) {
        let mut cells = cells.iter().flatten();
        if let Some(cell) = cells.find(|cell| has(&region.cells[way], **cell)) {
            self.0[way] = *cell;
        }
    }
}

impl From<&Point> for Region {
    fn from(point: &Point) -> Self {
        Self {
            cells: point.0.map(|cell| Spans::One([(cell, cell + 1)])),
        }
    }
}

impl Region {
    pub fn is_empty(&self) -> bool {
        self.cells.iter().any(|cells| cells.is_empty())
    }

    /// Takes the cells of one condition from another region.
    pub fn copy(&mut self, other: &Self, way: usize) {
        self.cells[way].clone_from(&other.cells[way]);
    }

    pub fn overlaps(&self, other: &Self) -> bool {
        self.pairs(other).all(|(one, two)| overlaps(one, two))
    }

    /// The first or last cell of each condition. The region is not empty.
    pub fn corner(&self, last: impl Fn(usize) -> bool) -> Point {
        Point(std::array::from_fn(|way| {
            let cells = &self.cells[way];
            match last(way) {
                true => cells.last().map_or(0, |span| span.1 - 1),
                false => cells.first().map_or(0, |span| span.0),
            }
        }))
    }

    pub fn has(&self, point: &Point) -> bool {
        let mut pairs = self.cells.iter().zip(point.0);
        pairs.all(|(cells, cell)| has(cells, cell))
    }

    /// Leaves of the times one slice.
    pub fn limit_time(&mut self, slice: u32) {
        self.cells[TIME] = intersection(&self.cells[TIME], &[(slice, slice + 1)]);
    }

    /// What two regions have in common.
    pub fn common(&self, other: &Self) -> Self {
        let mut common = self.clone();
        for (cells, others) in common.cells.iter_mut().zip(&other.cells) {
            if !contains(others, cells) {
                *cells = intersection(cells, others);
            }
        }
        common
    }

    fn pairs<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (&'a Cells, &'a Cells)> {
        self.cells.iter().zip(&other.cells)
    }

    /// Spans in all, which is what work on it costs.
    pub fn size(&self) -> usize {
        self.cells.iter().map(|cells| cells.len()).sum()
    }

    /// Adds to `rest` what is left of this region without `other`, in pieces that do not overlap.
    pub fn subtract(self, other: &Self, rest: &mut Vec<Self>) {
        if !self.overlaps(other) {
            rest.push(self);
            return;
        }
        let mut inside = self;
        for way in 0..WAYS {
            let outside = difference(&inside.cells[way], &other.cells[way]);
            if outside.is_empty() {
                continue;
            }
            let common = intersection(&inside.cells[way], &other.cells[way]);
            let mut piece = inside.clone();
            piece.cells[way] = outside;
            rest.push(piece);
            inside.cells[way] = common;
        }
    }
}

/// What is left of a region without the covers. `None`: the steps did not suffice.
pub fn subtract_all(
    region: &Region,
    covers: &[Cow<'_, Region>],
    budget: &mut Budget,
) -> Option<Vec<Region>> {
    let mut left = vec![region.clone()];
    for cover in merged(region, covers) {
        if left.is_empty() {
            break;
        }
        let mut rest = Vec::with_capacity(left.len());
        for region in left {
            if !budget.spend(region.size() + cover.size()) {
                return None;
            }
            region.subtract(&cover, &mut rest);
        }
        left = rest;
    }
    Some(left)
}

/// The covers in the order in which they cut the region into the fewest pieces. Those that leave only one
/// condition open are one cover for each condition.
fn merged(region: &Region, covers: &[Cow<'_, Region>]) -> Vec<Region> {
    let mut open: [Vec<(u32, u32)>; WAYS] = Default::default();
    let mut others = Vec::new();
    for cover in covers {
        let short = (0..WAYS).filter(|way| !contains(&cover.cells[*way], &region.cells[*way]));
        let short: Vec<_> = short.collect();
        match short.as_slice() {
            // It takes all.
            [] => return vec![cover.clone().into_owned()],
            [way] => open[*way].extend_from_slice(&cover.cells[*way]),
            _ => others.push((short.len(), cover)),
        }
    }
    let mut result = Vec::new();
    for (way, cells) in open.into_iter().enumerate() {
        if !cells.is_empty() {
            let mut cover = region.clone();
            cover.cells[way] = union(cells);
            result.push(cover);
        }
    }
    others.sort_by_key(|(short, _)| *short);
    result.extend(
        others
            .into_iter()
            .map(|(_, cover)| cover.clone().into_owned()),
    );
    result
}

/// A place in the region that no cover takes, found by choosing for one condition after the other the cell
/// that the fewest covers take. `None` says nothing.
pub fn gap(region: &Region, covers: &[Cow<'_, Region>], budget: &mut Budget) -> Option<Region> {
    let mut place = region.clone();
    let mut alive: Vec<_> = covers
        .iter()
        .filter(|cover| cover.overlaps(region))
        .collect();
    for way in 0..WAYS {
        let steps: usize = alive.iter().map(|cover| cover.cells[way].len()).sum();
        if !budget.spend(steps) {
            return None;
        }
        let cell = least_taken(
            &region.cells[way],
            alive.iter().map(|cover| &cover.cells[way]),
        )?;
        place.cells[way] = Spans::One([(cell, cell + 1)]);
        alive.retain(|cover| has(&cover.cells[way], cell));
    }
    alive.is_empty().then_some(place)
}

/// The cell that the fewest of these sets have.
fn least_taken<'a>(cells: &[(u32, u32)], sets: impl Iterator<Item = &'a Cells>) -> Option<u32> {
    let mut changes: Vec<(u32, i64)> = Vec::new();
    for span in sets.flat_map(|set| set.iter()) {
        changes.push((span.0, 1));
        changes.push((span.1, -1));
    }
    // Where a span of the region begins, the number is asked for even if nothing changes.
    changes.extend(cells.iter().map(|span| (span.0, 0)));
    changes.sort_unstable();
    let mut best: Option<(i64, u32)> = None;
    let (mut taken, mut at) = (0, 0);
    while let Some(&(cell, _)) = changes.get(at) {
        while let Some(&(_, change)) = changes.get(at).filter(|next| next.0 == cell) {
            taken += change;
            at += 1;
        }
        let inside = has(cells, cell);
        if inside && best.is_none_or(|(least, _)| taken < least) {
            best = Some((taken, cell));
        }
    }
    best.map(|(_, cell)| cell)
}

fn union(mut spans: Vec<(u32, u32)>) -> Cells {
    spans.sort_unstable();
    let mut merged: Vec<(u32, u32)> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.0 <= last.1 => last.1 = last.1.max(span.1),
            _ => merged.push(span),
        }
    }
    merged.into()
}

pub fn overlaps(one: &[(u32, u32)], two: &[(u32, u32)]) -> bool {
    // Most sets are one span.
    if let ([a], [b]) = (one, two) {
        return a.0 < b.1 && b.0 < a.1;
    }
    let (mut at, mut other) = (0, 0);
    while let (Some(a), Some(b)) = (one.get(at), two.get(other)) {
        if a.1 <= b.0 {
            at += 1;
        } else if b.1 <= a.0 {
            other += 1;
        } else {
            return true;
        }
    }
    false
}

/// Whether one cell is among these.
pub fn has(cells: &[(u32, u32)], cell: u32) -> bool {
    match cells {
        [span] => span.0 <= cell && cell < span.1,
        _ => contains(cells, &[(cell, cell + 1)]),
    }
}

pub fn contains(outer: &[(u32, u32)], inner: &[(u32, u32)]) -> bool {
    inner.iter().all(|span| {
        let after = outer.partition_point(|own| own.0 <= span.0);
        after > 0 && span.1 <= outer[after - 1].1
    })
}

pub fn intersection(one: &[(u32, u32)], two: &[(u32, u32)]) -> Cells {
    let mut common = Vec::new();
    let (mut at, mut other) = (0, 0);
    while let (Some(a), Some(b)) = (one.get(at), two.get(other)) {
        let span = (a.0.max(b.0), a.1.min(b.1));
        if span.0 < span.1 {
            common.push(span);
        }
        if a.1 < b.1 {
            at += 1;
        } else {
            other += 1;
        }
    }
    common.into()
}

fn difference(one: &[(u32, u32)], two: &[(u32, u32)]) -> Cells {
    let mut rest = Vec::new();
    let mut other = 0;
    for &(start, end) in one {
        let mut from = start;
        while other < two.len() && two[other].1 <= from {
            other += 1;
        }
        let mut ahead = other;
        while let Some(cut) = two.get(ahead).filter(|cut| cut.0 < end) {
            if from < cut.0 {
                rest.push((from, cut.0));
            }
            from = from.max(cut.1);
            ahead += 1;
        }
        if from < end {
            rest.push((from, end));
        }
    }
    rest.into()
}
