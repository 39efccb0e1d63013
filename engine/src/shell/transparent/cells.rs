//! Which connections may meet a rule that protects, in parts that do not overlap.
//!
//! The kernel takes sets whose elements are apart from each other, and policies have rules that overlap. A
//! tree parts the values of one condition after the other and leaves only where the first rule that
//! applies decides. Where that would become too large, the last conditions are left out: then more
//! connections come to the engine than have to, and never fewer.

use generator::policy::lookup::{Conditions, Pattern, Time, Way};
use generator::policy::net::{AddressSpan, PortSpan};

/// The conditions that the kernel decides, in the order in which the tree asks for them: port and address
/// that a connection goes to, address and port that it comes from.
pub const FIELDS: usize = 4;
/// What the kernel takes in a second or two.
const ROOM: Room = Room {
    cells: 200_000,
    slow: 10_000,
};
/// Rules that are looked at in all, however often.
const MOST_WORK: usize = 4_000_000;

/// Values from the lowest to the highest; both belong to it.
pub type Span = (u128, u128);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    V4,
    V6,
}

impl Family {
    pub const BOTH: [Self; 2] = [Self::V4, Self::V6];

    /// The highest value of a field.
    pub const fn highest(self, field: usize) -> u128 {
        match (field, self) {
            (1 | 2, Self::V4) => u32::MAX as u128,
            (1 | 2, Self::V6) => u128::MAX,
            _ => u16::MAX as u128,
        }
    }
}

/// The spans of one part, by field; `None`: every value.
pub type Cell = [Option<Span>; FIELDS];

/// Parts of a tree that make one set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What all of them have in common.
    pub fixed: Vec<(usize, Span)>,
    /// The fields of the set; none: there is one part only.
    pub varying: Vec<usize>,
    /// All values of those fields are single ones.
    pub exact: bool,
    pub cells: Vec<Cell>,
}

/// How many elements sets may have.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// In all.
    pub cells: usize,
    /// In a set of which building takes the square of that.
    pub slow: usize,
}

/// One rule, as far as the kernel can decide it.
#[derive(Clone, Debug)]
pub struct Region {
    // INVARIANT: in order and apart; none is empty.
    spans: [Vec<Span>; FIELDS],
    protected: bool,
}

/// Connections of one direction and family that have to come to the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    None,
    All,
    /// Parts of one field, in order and apart.
    Parts(usize, Vec<(Span, Tree)>),
}

impl Region {
    /// `None`: the rule takes no such connection, or leaves it alone only under conditions that the kernel
    /// does not know.
    pub fn of(rule: &Conditions, protected: bool, way: Way, family: Family) -> Option<Self> {
        let known = rule.job == Pattern::Any
            && rule.user == Pattern::Any
            && matches!(rule.time, Time::Always);
        if !rule.direction.takes(way) || !(protected || known) {
            return None;
        }
        let ends = [
            (&rule.local_ports, &rule.local),
            (&rule.remote_ports, &rule.remote),
        ];
        let [to, from] = match way {
            Way::Inbound => ends,
            Way::Outbound => [ends[1], ends[0]],
        };
        let spans = [
            ports(to.0.spans(), to.0.is_all()),
            addresses(to.1.spans(), family),
            addresses(from.1.spans(), family),
            ports(from.0.spans(), from.0.is_all()),
        ];
        let empty = spans.iter().any(Vec::is_empty);
        (!empty).then_some(Self { spans, protected })
    }

    /// Whether all values of this field and the ones behind it fit.
    fn is_free(&self, field: usize, family: Family) -> bool {
        (field..FIELDS).all(|at| self.spans[at] == [(0, family.highest(at))])
    }

    /// The rule without its conditions of this field and the ones behind it. `None`: one that leaves alone
    /// cannot do without them.
    fn cut(&self, field: usize, family: Family) -> Option<Self> {
        if !self.protected {
            return self.is_free(field, family).then(|| self.clone());
        }
        let mut spans = self.spans.clone();
        for (at, spans) in spans.iter_mut().enumerate().skip(field) {
            *spans = vec![(0, family.highest(at))];
        }
        Some(Self {
            spans,
            protected: true,
        })
    }
}

fn ports(spans: &[PortSpan], all: bool) -> Vec<Span> {
    if all {
        return vec![(0, Family::V4.highest(0))];
    }
    let spans = spans.iter();
    spans
        .map(|span| (span.low().into(), span.high().into()))
        .collect()
}

fn addresses(spans: &[AddressSpan], family: Family) -> Vec<Span> {
    let of = spans
        .iter()
        .filter(|span| span.low().is_ipv4() == (family == Family::V4));
    of.map(|span| (number(span.low()), number(span.high())))
        .collect()
}

/// An address as a number.
pub fn number(address: std::net::IpAddr) -> u128 {
    match address {
        std::net::IpAddr::V4(address) => address.to_bits().into(),
        std::net::IpAddr::V6(address) => address.to_bits(),
    }
}

impl Tree {
    /// For rules in the order in which they are searched.
    pub fn of(rules: &[Region], family: Family) -> Self {
        Self::within(rules, family, MOST_WORK, ROOM)
    }

    pub fn within(rules: &[Region], family: Family, work: usize, room: Room) -> Self {
        for depth in (1..=FIELDS).rev() {
            let cut: Vec<_> = rules
                .iter()
                .filter_map(|rule| rule.cut(depth, family))
                .collect();
            let all: Vec<_> = cut.iter().collect();
            let mut planting = Planting { family, work };
            if let Some(tree) = planting.plant(&all, 0)
                && !tree.is_too_large(room)
            {
                return tree;
            }
        }
        match rules.iter().any(|rule| rule.protected) {
            true => Self::All,
            false => Self::None,
        }
    }

    /// Whether the kernel would take too long to build it.
    fn is_too_large(&self, room: Room) -> bool {
        let groups = self.groups();
        let all: usize = groups.iter().map(|group| group.cells.len()).sum();
        let slow = |group: &Group| group.is_slow() && group.cells.len() > room.slow;
        all > room.cells || groups.iter().any(slow)
    }

    /// What it comes to as sets: one of cells that are single values, and one of the others.
    pub fn groups(&self) -> Vec<Group> {
        let (mut exact, mut others) = (Vec::new(), Vec::new());
        let mut used = [false; FIELDS];
        self.walk(&mut [None; FIELDS], &mut |cell| {
            for (used, span) in used.iter_mut().zip(cell) {
                *used |= span.is_some();
            }
        });
        self.walk(&mut [None; FIELDS], &mut |cell| {
            let single = |field: usize| cell[field].is_some_and(|(low, high)| low == high);
            match (0..FIELDS).all(|field| !used[field] || single(field)) {
                true => exact.push(*cell),
                false => others.push(*cell),
            }
        });
        let groups = [(exact, true), (others, false)].into_iter();
        groups
            .filter(|(cells, _)| !cells.is_empty())
            .map(|(cells, exact)| Group::of(cells, exact))
            .collect()
    }

    fn walk(&self, above: &mut Cell, call: &mut impl FnMut(&Cell)) {
        match self {
            Self::None => {}
            Self::All => call(above),
            Self::Parts(field, parts) => {
                for (span, tree) in parts {
                    above[*field] = Some(*span);
                    tree.walk(above, call);
                }
                above[*field] = None;
            }
        }
    }
}

impl Group {
    fn of(cells: Vec<Cell>, exact: bool) -> Self {
        let mut group = Self {
            fixed: Vec::new(),
            varying: Vec::new(),
            exact,
            cells: Vec::new(),
        };
        for field in 0..FIELDS {
            let first = cells.first().and_then(|cell| cell[field]);
            match cells.iter().all(|cell| cell[field] == first) {
                true => group.fixed.extend(first.map(|span| (field, span))),
                false => group.varying.push(field),
            }
        }
        group.cells = cells;
        group
    }

    /// The kernel compares each element of such a set with all others.
    fn is_slow(&self) -> bool {
        !self.exact && self.varying.len() > 1
    }
}

struct Planting {
    family: Family,
    /// What may still be done.
    work: usize,
}

impl Planting {
    /// `None`: it is too much work.
    fn plant(&mut self, rules: &[&Region], field: usize) -> Option<Tree> {
        self.work = self.work.checked_sub(rules.len())?;
        // What comes behind a rule that takes all that is left does not count.
        let last = rules
            .iter()
            .position(|rule| rule.is_free(field, self.family));
        let rules = &rules[..last.map_or(rules.len(), |at| at + 1)];
        let Some(first) = rules
            .first()
            .filter(|_| rules.iter().any(|one| one.protected))
        else {
            return Some(Tree::None);
        };
        if first.is_free(field, self.family) {
            return Some(if first.protected {
                Tree::All
            } else {
                Tree::None
            });
        }
        self.part(rules, field)
    }

    fn part(&mut self, rules: &[&Region], field: usize) -> Option<Tree> {
        let highest = self.family.highest(field);
        let mut changes: Vec<(u128, bool, usize)> = Vec::new();
        for (at, rule) in rules.iter().enumerate() {
            for (low, high) in &rule.spans[field] {
                changes.push((*low, true, at));
                if let Some(after) = high.checked_add(1).filter(|after| *after <= highest) {
                    changes.push((after, false, at));
                }
            }
        }
        changes.sort_unstable();
        let mut active = std::collections::BTreeSet::new();
        let mut parts: Vec<(Span, Tree)> = Vec::new();
        let mut rest = changes.as_slice();
        while let Some((low, ..)) = rest.first().copied() {
            let same = rest.partition_point(|(at, ..)| *at == low);
            for (_, begins, at) in &rest[..same] {
                match begins {
                    true => active.insert(*at),
                    false => active.remove(at),
                };
            }
            rest = &rest[same..];
            let high = rest.first().map_or(highest, |(next, ..)| next - 1);
            let mut here = Vec::new();
            for at in &active {
                here.push(rules[*at]);
                if rules[*at].is_free(field + 1, self.family) {
                    break;
                }
            }
            self.work = self.work.checked_sub(here.len())?;
            let tree = self.plant(&here, field + 1)?;
            match parts.last_mut() {
                Some((span, last)) if span.1 + 1 == low && *last == tree => span.1 = high,
                _ if tree == Tree::None => {}
                _ => parts.push(((low, high), tree)),
            }
        }
        if let [(span, _)] = parts[..]
            && span == (0, highest)
        {
            return parts.pop().map(|(_, tree)| tree);
        }
        Some(match parts.is_empty() {
            true => Tree::None,
            false => Tree::Parts(field, parts),
        })
    }
}

#[cfg(test)]
impl Tree {
    /// Whether a connection comes to the engine.
    pub fn contains(&self, values: &[u128; FIELDS]) -> bool {
        let fits = |field: usize, (low, high): Span| (low..=high).contains(&values[field]);
        self.groups().iter().any(|group| {
            let varying = |cell: &Cell| {
                let mut fields = group.varying.iter();
                fields.all(|field| cell[*field].is_none_or(|span| fits(*field, span)))
            };
            let mut fixed = group.fixed.iter();
            fixed.all(|(field, span)| fits(*field, *span)) && group.cells.iter().any(varying)
        })
    }
}
