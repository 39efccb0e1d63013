//! All conditions of all rules on one grid.
//!
//! For each condition the ends of all spans cut the line into cells; no rule takes part of a cell. A span is
//! then two small numbers, whatever it is a span of.

mod boxes;
mod index;
pub mod names;
mod search;
mod slices;

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::policy::lookup::spans::Spans;
use crate::policy::lookup::{
    AddressSet, Conditions, Connection, Direction, Moment, Pattern, PortSet, Time, Way,
};
use boxes::{Cells, WAYS, contains, intersection, overlaps};

pub use boxes::{Budget, Point, Region, gap, subtract_all};
pub use index::Index;
pub use search::{Answer, Search};
pub use slices::Slices;

pub const LOCAL_PORT: usize = 0;
pub const REMOTE_PORT: usize = 1;
pub const LOCAL: usize = 2;
pub const REMOTE: usize = 3;
pub const JOB: usize = 4;
pub const USER: usize = 5;
pub const DIRECTION: usize = 6;
pub const TIME: usize = 7;

/// Family and bits: every address in one order.
type AddressKey = (u8, u128);

/// The rules on the grid.
pub struct Space {
    rules: Vec<Region>,
    /// Whether job and user of a rule are known to be all of their cells.
    certain: Vec<[bool; 2]>,
    /// The cells of each family, for local and remote address.
    families: [[Cells; 2]; 2],
    addresses: [Vec<AddressKey>; 2],
    ports: [Vec<u32>; 2],
    names: [Vec<Vec<u8>>; 2],
    slices: Slices,
}

impl Space {
    /// Times left aside: all rules are in effect.
    pub fn new(rules: &[Conditions]) -> Self {
        let rules: Vec<_> = rules.iter().collect();
        Self::at_times(&rules, Slices::default())
    }

    /// With the times of the rules, of which the slices were made.
    pub fn at_times(rules: &[&Conditions], slices: Slices) -> Self {
        let families = [
            AddressSet::new([crate::policy::net::AddressSpan::V4]),
            AddressSet::new([crate::policy::net::AddressSpan::V6]),
        ];
        let addresses = |of: fn(&Conditions) -> &AddressSet| {
            let sets = rules.iter().map(|rule| of(rule)).chain(&families);
            Line::new(&sets.collect::<Vec<_>>(), |set| {
                let spans = set.spans().iter();
                spans.map(|span| (key(span.low()), Some(after(span.high()))))
            })
        };
        let ports = |of: fn(&Conditions) -> &PortSet| {
            let sets = rules.iter().map(|rule| of(rule));
            Line::new(&sets.collect::<Vec<_>>(), |set| {
                let spans = set.spans().iter();
                spans.map(|span| (u32::from(span.low()), Some(u32::from(span.high()) + 1)))
            })
        };
        let names =
            |of: fn(&Conditions) -> &Pattern| Line::of_names(rules.iter().map(|rule| of(rule)));
        let mut local = addresses(|rule| &rule.local);
        let mut remote = addresses(|rule| &rule.remote);
        let local_families = local.split_families();
        let remote_families = remote.split_families();
        let local_ports = ports(|rule| &rule.local_ports);
        let remote_ports = ports(|rule| &rule.remote_ports);
        let jobs = names(|rule| &rule.job);
        let users = names(|rule| &rule.user);
        let directions = [(0, 1), (1, 2), (0, 2)].map(|span| Spans::One([span]));
        let always = slices.cells(&Time::Always);
        let regions = rules.iter().enumerate().map(|(at, rule)| {
            let direction = match rule.direction {
                Direction::Inbound => 0,
                Direction::Outbound => 1,
                Direction::Both => 2,
            };
            Region {
                cells: [
                    local_ports.cells[at].clone(),
                    remote_ports.cells[at].clone(),
                    local.cells[at].clone(),
                    remote.cells[at].clone(),
                    jobs.cells[at].clone(),
                    users.cells[at].clone(),
                    directions[direction].clone(),
                    match &rule.time {
                        Time::Always => always.clone(),
                        time => slices.cells(time),
                    },
                ],
            }
        });
        Self {
            rules: regions.collect(),
            certain: rules
                .iter()
                .map(|rule| [names::is_certain(&rule.job), names::is_certain(&rule.user)])
                .collect(),
            families: [local_families, remote_families],
            addresses: [local.ends, remote.ends],
            ports: [local_ports.ends, remote_ports.ends],
            names: [jobs.ends, users.ends],
            slices,
        }
    }

    /// A rule as a key that is the same for the same conditions.
    pub fn key<'a>(&'a self, at: usize, own: &'a Conditions) -> Key<'a> {
        Key {
            own,
            region: &self.rules[at],
        }
    }

    /// All that a rule may take.
    pub fn rule(&self, at: usize) -> &Region {
        &self.rules[at]
    }

    /// What a rule may take, by family and direction: both ends of a connection have the same family.
    /// Nothing: no connection.
    pub fn region(&self, at: usize) -> Vec<Region> {
        self.parts(self.rule(at))
    }

    /// A region by family and direction.
    pub fn parts(&self, whole: &Region) -> Vec<Region> {
        let part = |(family, direction): (usize, u32)| {
            let limits = [
                (LOCAL, &*self.families[0][family]),
                (REMOTE, &*self.families[1][family]),
                (DIRECTION, &[(direction, direction + 1)][..]),
            ];
            let empty =
                |(way, limit): &(usize, &[(u32, u32)])| !overlaps(&whole.cells[*way], limit);
            if limits.iter().any(empty) {
                return None;
            }
            let mut region = whole.clone();
            for (way, limit) in limits {
                if !contains(limit, &region.cells[way]) {
                    region.cells[way] = intersection(&region.cells[way], limit);
                }
            }
            Some(region)
        };
        [(0, 0), (0, 1), (1, 0), (1, 1)]
            .into_iter()
            .filter_map(part)
            .filter(|region| !region.is_empty())
            .collect()
    }

    /// What a rule takes for certain.
    pub fn certain(&self, at: usize) -> Cow<'_, Region> {
        if self.certain[at] == [true, true] {
            return Cow::Borrowed(&self.rules[at]);
        }
        let mut region = self.rule(at).clone();
        for (certain, way) in self.certain[at].iter().zip([JOB, USER]) {
            if !certain {
                region.cells[way] = Spans::Fixed(&[]);
            }
        }
        Cow::Owned(region)
    }

    /// Whether a rule takes all of a region, names left aside.
    pub fn contains(&self, outer: usize, region: &[Region]) -> bool {
        let outer = &self.rules[outer].cells;
        region.iter().all(|part| {
            [LOCAL_PORT, REMOTE_PORT, LOCAL, REMOTE, DIRECTION, TIME]
                .into_iter()
                .all(|way| contains(&outer[way], &part.cells[way]))
        })
    }

    /// The slice of a moment that was asked for.
    pub fn slice(&self, moment: Moment) -> Option<u32> {
        self.slices.slice(moment)
    }

    /// Connections in a region that rules with these patterns for job and user might take, the most usual
    /// first.
    pub fn examples(&self, region: &Region, rules: &[&Conditions]) -> Vec<Connection> {
        let (local, remote) = (self.address(region, LOCAL), self.address(region, REMOTE));
        let way = match first(region, DIRECTION) {
            0 => Way::Inbound,
            _ => Way::Outbound,
        };
        let jobs = names::examples(rules.iter().map(|rule| &rule.job), self.name(region, JOB));
        let users = names::examples(rules.iter().map(|rule| &rule.user), self.name(region, USER));
        let pairs = jobs
            .iter()
            .flat_map(|job| users.iter().map(move |user| (job, user)));
        let connection = |(job, user): (&String, &String)| Connection {
            local,
            remote,
            local_port: self.port(region, LOCAL_PORT),
            remote_port: self.port(region, REMOTE_PORT),
            job: job.clone(),
            user: user.clone(),
            way,
            at: self.slices.moment(first(region, TIME)),
        };
        pairs.map(connection).collect()
    }

    /// The cells of a region with what is usual, where it has them; else its first cells.
    pub fn usual(&self, region: &Region) -> Point {
        let mut point = region.corner(|_| false);
        for way in [LOCAL, REMOTE] {
            let ends = &self.addresses[way - LOCAL];
            let cells = USUAL_ADDRESSES.map(|address| cell_of(ends, &key(address)));
            point.choose(region, way, &cells);
        }
        for way in [LOCAL_PORT, REMOTE_PORT] {
            point.choose(region, way, &[cell_of(&self.ports[way], &USUAL_PORT)]);
        }
        point
    }

    /// How many cells there are of each condition.
    pub fn sizes(&self) -> [usize; WAYS] {
        let mut sizes = [0; WAYS];
        for at in 0..2 {
            // The last end of ports and addresses begins no cell; one more or less does not matter here.
            sizes[LOCAL_PORT + at] = self.ports[at].len();
            sizes[LOCAL + at] = self.addresses[at].len();
            sizes[JOB + at] = self.names[at].len();
        }
        sizes
    }

    /// The usual address of the first cell if that has one, else its lowest.
    fn address(&self, region: &Region, way: usize) -> IpAddr {
        let (ends, cell) = (&self.addresses[way - LOCAL], first(region, way));
        let usual = USUAL_ADDRESSES.into_iter();
        let usual = usual.map(|address| (address, cell_of(ends, &key(address))));
        let mut usual = usual.filter(|(_, own)| *own == Some(cell));
        match usual.next() {
            Some((address, _)) => address,
            None => address(ends.get(cell as usize).copied().unwrap_or((0, 0))),
        }
    }

    fn port(&self, region: &Region, way: usize) -> u16 {
        let (ends, cell) = (&self.ports[way], first(region, way));
        let lowest = ends.get(cell as usize).copied().unwrap_or(1);
        let usual = cell_of(ends, &USUAL_PORT) == Some(cell);
        let port = if usual { USUAL_PORT } else { lowest };
        u16::try_from(port).unwrap_or(u16::MAX)
    }

    /// The names of a cell: the first, and the one that none of them reaches.
    fn name(&self, region: &Region, way: usize) -> (&[u8], Option<&[u8]>) {
        let (ends, cell) = (&self.names[way - JOB], first(region, way) as usize);
        let end = |at: usize| ends.get(at).map(Vec::as_slice);
        (end(cell).unwrap_or_default(), end(cell + 1))
    }
}

/// Addresses for documentation (RFC 5737, RFC 3849), and a port that no server has of its own.
const USUAL_ADDRESSES: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)),
];
const USUAL_PORT: u32 = 50_000;

/// The first cell of a region.
fn first(region: &Region, way: usize) -> u32 {
    region.cells[way].first().map_or(0, |span| span.0)
}

/// The cell that a key lies in.
fn cell_of<K: Ord>(ends: &[K], key: &K) -> Option<u32> {
    let after = ends.partition_point(|end| end <= key);
    after.checked_sub(1).and_then(|at| u32::try_from(at).ok())
}

/// Conditions, hashed by the numbers of their cells.
#[derive(Clone, Copy)]
pub struct Key<'a> {
    own: &'a Conditions,
    region: &'a Region,
}

impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for span in self.region.cells.iter().flat_map(|cells| cells.iter()) {
            state.write_u64(u64::from(span.0) << 32 | u64::from(span.1));
        }
        // What the cells do not tell.
        if names::is_glob(self.own) {
            (&self.own.job, &self.own.user).hash(state);
        }
        if self.own.time != Time::Always {
            self.own.time.hash(state);
        }
    }
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.own == other.own
    }
}

impl Eq for Key<'_> {}

/// One condition of all rules: the ends of the cells, and the cells of each rule.
struct Line<K> {
    ends: Vec<K>,
    cells: Vec<Cells>,
}

impl<K: Ord> Line<K> {
    fn new<'a, S: Eq, I: Iterator<Item = (K, Option<K>)>>(
        sets: &[&'a S],
        spans_of: impl Fn(&'a S) -> I,
    ) -> Self {
        // Rules side by side often have the same set.
        let runs = || sets.chunk_by(|one, next| one == next);
        let spans = || runs().flat_map(|run| spans_of(run[0]));
        let mut ends: Vec<K> = Vec::with_capacity(2 * runs().count());
        // Many policies are in the order of their addresses, and what is in order is sorted in no time.
        ends.extend(spans().map(|(from, _)| from));
        ends.extend(spans().filter_map(|(_, to)| to));
        ends.sort();
        ends.dedup();
        let number = |key: &K| {
            let at = ends.partition_point(|end| end < key);
            u32::try_from(at).unwrap_or(u32::MAX)
        };
        let last = u32::try_from(ends.len()).unwrap_or(u32::MAX);
        let mut cells = Vec::with_capacity(sets.len());
        for run in runs() {
            let spans = spans_of(run[0]);
            let spans = spans.map(|(from, to)| (number(&from), to.as_ref().map_or(last, &number)));
            let own = joined(spans);
            cells.resize(cells.len() + run.len(), own);
        }
        Self { ends, cells }
    }
}

impl Line<Vec<u8>> {
    /// Most rules share their patterns with others.
    fn of_names<'a>(patterns: impl Iterator<Item = &'a Pattern>) -> Self {
        let mut numbers: HashMap<&Pattern, usize> = HashMap::new();
        let mut distinct = Vec::new();
        let mut before: Option<(&Pattern, usize)> = None;
        let of_rule = patterns.map(|pattern| {
            let number = match before {
                Some((same, number)) if same == pattern => number,
                _ => *numbers.entry(pattern).or_insert_with(|| {
                    distinct.push(pattern);
                    distinct.len() - 1
                }),
            };
            before = Some((pattern, number));
            number
        });
        let of_rule: Vec<usize> = of_rule.collect();
        let Self { ends, cells } = Self::new(&distinct, |pattern| {
            std::iter::once(names::possible(pattern))
        });
        let cells = of_rule.into_iter().map(|at| cells[at].clone());
        Self {
            cells: cells.collect(),
            ends,
        }
    }
}

/// Spans in order; those that touch become one, as IPv4 and IPv6 do.
fn joined(spans: impl Iterator<Item = (u32, u32)>) -> Cells {
    let mut joined: Vec<(u32, u32)> = Vec::new();
    let mut last: Option<(u32, u32)> = None;
    for span in spans {
        match &mut last {
            Some(last) if last.1 == span.0 => last.1 = span.1,
            _ => joined.extend(last.replace(span)),
        }
    }
    match (joined.is_empty(), last) {
        (true, last) => last.into_iter().collect(),
        (false, last) => joined.into_iter().chain(last).collect(),
    }
}

impl Line<AddressKey> {
    /// Takes the two families off the end of the rules.
    fn split_families(&mut self) -> [Cells; 2] {
        let v6 = self.cells.pop().unwrap_or(Spans::Fixed(&[]));
        let v4 = self.cells.pop().unwrap_or(Spans::Fixed(&[]));
        [v4, v6]
    }
}

fn key(address: IpAddr) -> AddressKey {
    match address {
        IpAddr::V4(v4) => (0, v4.to_bits().into()),
        IpAddr::V6(v6) => (1, v6.to_bits()),
    }
}

/// The key that follows, be it of the next family.
fn after(address: IpAddr) -> AddressKey {
    match address {
        IpAddr::V4(Ipv4Addr::BROADCAST) => (1, 0),
        IpAddr::V4(v4) => (0, u128::from(v4.to_bits()) + 1),
        IpAddr::V6(v6) => v6.to_bits().checked_add(1).map_or((2, 0), |bits| (1, bits)),
    }
}

fn address(key: AddressKey) -> IpAddr {
    match key {
        (0, bits) => Ipv4Addr::from_bits(u32::try_from(bits).unwrap_or(u32::MAX)).into(),
        (_, bits) => Ipv6Addr::from_bits(bits).into(),
    }
}
