//! The first rule that takes a connection, without looking at all of them.
//!
//! A tree for each direction. Each node asks for one condition and knows, for each part of the line of
//! its values, the rules that take that part; rules that take too much of the line are in a node beside
//! it, where another condition is asked for. Where few rules are left they are tried in order, each first
//! by numbers that lie side by side, and only then by all its conditions.

mod lines;
#[cfg(test)]
mod tests;

use super::{Conditions, Connection, Rule, Way};
use lines::{Entry, Span, Values, WAYS, spans, values};

/// So few rules are not parted any further.
const LEAF: usize = 8;
/// A rule that takes more parts of a line than this goes beside it.
const NARROW: usize = 16;
/// A list of rules is entered at most so many times for each rule.
const COPIES: usize = 8;

/// The rules of a policy, ready to be searched for many connections.
#[derive(Clone, Debug)]
pub struct Lookup {
    rules: Vec<Option<Conditions>>,
    nodes: Vec<Node>,
    /// What the leaves hold, those of one leaf side by side and in order.
    entries: Vec<Entry>,
    /// The roots for inbound and outbound connections.
    roots: [usize; 2],
}

#[derive(Clone, Debug)]
enum Node {
    Leaf {
        from: usize,
        to: usize,
    },
    Branch {
        way: usize,
        /// Where each part of the line begins, the first one at the lowest value that a rule takes.
        starts: Vec<u64>,
        parts: Vec<Child>,
        beside: Option<Child>,
    },
}

/// A node, and the first rule in it.
#[derive(Clone, Copy, Debug)]
struct Child {
    first: u32,
    node: usize,
}

impl Lookup {
    /// For rules in the order in which they are searched. `None` matches nothing.
    pub fn new(rules: impl IntoIterator<Item = Option<Conditions>>) -> Self {
        let mut lookup = Self {
            rules: rules.into_iter().collect(),
            nodes: Vec::new(),
            entries: Vec::new(),
            roots: [0, 0],
        };
        lookup.roots = [Way::Inbound, Way::Outbound].map(|way| lookup.plant(way));
        lookup
    }

    /// For the rules of a policy.
    pub fn of(rules: &[Rule<'_>]) -> Self {
        Self::new(rules.iter().map(|rule| rule.conditions.clone()))
    }

    /// The conditions of the rules, in the order in which they are searched.
    pub fn rules(&self) -> &[Option<Conditions>] {
        &self.rules
    }

    /// The first rule that takes the connection, by its place in the list. Does not allocate.
    pub fn lookup(&self, connection: &Connection) -> Option<usize> {
        let root = match connection.way {
            Way::Inbound => self.roots[0],
            Way::Outbound => self.roots[1],
        };
        let mut best = u32::MAX;
        self.search(root, &values(connection), connection, &mut best);
        usize::try_from(best)
            .ok()
            .filter(|at| *at < self.rules.len())
    }

    fn search(&self, node: usize, values: &Values, connection: &Connection, best: &mut u32) {
        match &self.nodes[node] {
            Node::Leaf { from, to } => self.try_each(*from..*to, values, connection, best),
            Node::Branch {
                way,
                starts,
                parts,
                beside,
            } => {
                let after = starts.partition_point(|start| *start <= values[*way]);
                let part = after.checked_sub(1).and_then(|at| parts.get(at));
                let mut children = [part, beside.as_ref()];
                // The one with the earlier rules first: it may spare the other.
                if let [Some(one), Some(two)] = children
                    && two.first < one.first
                {
                    children.reverse();
                }
                for child in children.into_iter().flatten() {
                    if child.first < *best {
                        self.search(child.node, values, connection, best);
                    }
                }
            }
        }
    }

    fn try_each(
        &self,
        entries: std::ops::Range<usize>,
        values: &Values,
        connection: &Connection,
        best: &mut u32,
    ) {
        for entry in &self.entries[entries] {
            if entry.rule >= *best {
                return;
            }
            let takes = entry.takes(values, connection);
            if takes.unwrap_or_else(|| self.takes(entry.rule, connection)) {
                *best = entry.rule;
                return;
            }
        }
    }

    fn takes(&self, rule: u32, connection: &Connection) -> bool {
        let conditions = self.rules.get(rule as usize).and_then(Option::as_ref);
        conditions.is_some_and(|conditions| conditions.matches(connection))
    }

    /// The tree for the connections of one direction.
    fn plant(&mut self, way: Way) -> usize {
        let takes = |rule: &&u32| {
            let conditions = self.rules[**rule as usize].as_ref();
            conditions
                .is_some_and(|conditions| conditions.direction.takes(way) && !is_empty(conditions))
        };
        let all: Vec<u32> = (0..u32::try_from(self.rules.len()).unwrap_or(u32::MAX)).collect();
        let rules: Vec<u32> = all.iter().filter(takes).copied().collect();
        let mut room = rules.len() * COPIES;
        self.grow(rules, 0, &mut room)
    }

    /// A node for these rules; `asked` has a bit for each condition that was asked for above.
    fn grow(&mut self, rules: Vec<u32>, asked: u8, room: &mut usize) -> usize {
        let parted = (rules.len() > LEAF)
            .then(|| self.best_line(&rules, asked))
            .flatten();
        let Some((way, line)) = parted.filter(|(_, line)| line.entered <= *room) else {
            return self.leaf(&rules);
        };
        *room -= line.entered;
        let mut child = |rules: Vec<u32>, asked: u8| Child {
            first: rules.first().copied().unwrap_or(u32::MAX),
            node: self.grow(rules, asked, room),
        };
        // All rules of a part take all of it. Those beside may be parted by the same line, in larger parts.
        let parts = line.parts.into_iter();
        let parts = parts.map(|rules| child(rules, asked | 1 << way)).collect();
        let beside = (!line.beside.is_empty()).then(|| child(line.beside, asked));
        self.nodes.push(Node::Branch {
            way,
            starts: line.starts,
            parts,
            beside,
        });
        self.nodes.len() - 1
    }

    fn leaf(&mut self, rules: &[u32]) -> usize {
        let from = self.entries.len();
        for rule in rules {
            if let Some(conditions) = &self.rules[*rule as usize] {
                self.entries.push(Entry::of(*rule, conditions));
            }
        }
        let to = self.entries.len();
        self.nodes.push(Node::Leaf { from, to });
        self.nodes.len() - 1
    }

    /// The condition that parts these rules best, if one does.
    fn best_line(&self, rules: &[u32], asked: u8) -> Option<(usize, Line)> {
        let lines = (0..WAYS).filter(|way| asked & (1 << way) == 0);
        let lines = lines.filter_map(|way| Some((way, self.line(rules, way)?)));
        let best = lines.min_by_key(|(_, line)| line.cost)?;
        // One that leaves most of the rules together is not worth the way down.
        (best.1.cost < rules.len() * 3 / 4).then_some(best)
    }

    /// How a condition parts these rules. `None`: all take too much of it.
    fn line(&self, rules: &[u32], way: usize) -> Option<Line> {
        let spans: Vec<Vec<Span>> = rules
            .iter()
            .map(|rule| {
                let conditions = self.rules[*rule as usize].as_ref();
                conditions.map_or_else(Vec::new, |conditions| spans(conditions, way))
            })
            .collect();
        let narrow = |spans: &&Vec<Span>| !spans.is_empty() && spans.len() <= NARROW;
        let mut starts: Vec<u64> = Vec::new();
        for (low, high) in spans.iter().filter(narrow).flatten() {
            starts.push(*low);
            starts.extend(high.checked_add(1));
        }
        starts.sort_unstable();
        starts.dedup();
        let mut parts = vec![Vec::new(); starts.len()];
        let (mut beside, mut entered) = (Vec::new(), 0);
        for (rule, spans) in rules.iter().zip(&spans) {
            let ranges = spans.iter().map(|(low, high)| {
                let from = starts.partition_point(|start| start < low);
                let to = starts.partition_point(|start| start <= high);
                from..to
            });
            let ranges: Vec<_> = if narrow(&spans) {
                ranges.collect()
            } else {
                Vec::new()
            };
            let count: usize = ranges.iter().map(std::ops::Range::len).sum();
            if count == 0 || count > NARROW {
                beside.push(*rule);
                continue;
            }
            entered += count;
            for at in ranges.into_iter().flatten() {
                // Addresses of two families can have the same value.
                if parts[at].last() != Some(rule) {
                    parts[at].push(*rule);
                }
            }
        }
        if entered == 0 {
            return None;
        }
        // The length of the list that a rule finds itself in, on average, and what is beside it.
        let squares: usize = parts.iter().map(|part| part.len() * part.len()).sum();
        Some(Line {
            cost: squares / entered + beside.len(),
            starts,
            parts,
            beside,
            entered,
        })
    }
}

/// How a condition parts rules.
struct Line {
    starts: Vec<u64>,
    parts: Vec<Vec<u32>>,
    beside: Vec<u32>,
    /// Rules in all parts, each as often as it is there.
    entered: usize,
    /// Rules that a search has to expect.
    cost: usize,
}

/// Whether a condition takes nothing at all.
fn is_empty(conditions: &Conditions) -> bool {
    conditions.local_ports.is_empty()
        || conditions.remote_ports.is_empty()
        || conditions.local.is_empty()
        || conditions.remote.is_empty()
}
