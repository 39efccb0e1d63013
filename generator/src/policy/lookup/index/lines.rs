//! The conditions of a rule and the facts of a connection as numbers on lines.

use std::net::IpAddr;

use crate::policy::lookup::{AddressSet, Conditions, Connection, Pattern, PortSet, Time};

/// The lines that a node can ask for; an address has two, for its first and its last 64 bits.
pub const WAYS: usize = 8;
/// The values of a connection on each line.
pub type Values = [u64; WAYS];

/// A rule with bounds that each connection which it takes lies in. It fills one line of a cache.
#[derive(Clone, Debug)]
pub struct Entry {
    pub rule: u32,
    /// What else has to be looked at.
    rest: Rest,
    local_ports: (u16, u16),
    remote_ports: (u16, u16),
    job: (u64, u64),
    local: (u64, u64),
    remote: (u64, u64),
}

/// What the bounds of a rule leave open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rest {
    /// Nothing.
    Nothing,
    /// Nothing but the family: the sides that are marked take IPv4 only.
    Family { local: bool, remote: bool },
    /// All conditions have to be looked at.
    All,
}

impl Entry {
    pub fn of(rule: u32, conditions: &Conditions) -> Self {
        let Conditions {
            local,
            remote,
            local_ports,
            remote_ports,
            ..
        } = conditions;
        let in_v4 = |set: &AddressSet| set.spans().iter().all(|span| span.high().is_ipv4());
        let one = |set: &AddressSet| set.is_all() || (set.spans().len() == 1 && in_v4(set));
        let bounded = local_ports.spans().len() == 1
            && remote_ports.spans().len() == 1
            && one(local)
            && one(remote)
            && is_bounded(&conditions.job)
            && conditions.user == Pattern::Any
            && conditions.time == Time::Always;
        Self {
            rule,
            rest: match bounded {
                true if local.is_all() && remote.is_all() => Rest::Nothing,
                true => Rest::Family {
                    local: !local.is_all(),
                    remote: !remote.is_all(),
                },
                false => Rest::All,
            },
            local_ports: ports(local_ports),
            remote_ports: ports(remote_ports),
            job: hull(of_names(&conditions.job)),
            local: hull(of_addresses(local)),
            remote: hull(of_addresses(remote)),
        }
    }

    /// Whether the rule takes a connection with these values; `None`: all its conditions have to be asked.
    pub fn takes(&self, values: &Values, connection: &Connection) -> Option<bool> {
        if !self.may_take(values) {
            return Some(false);
        }
        match self.rest {
            _ if !is_plain(&connection.job) => None,
            Rest::Nothing => Some(true),
            Rest::Family { local, remote } => {
                let fits = |asked: bool, address: IpAddr| !asked || address.is_ipv4();
                Some(fits(local, connection.local) && fits(remote, connection.remote))
            }
            Rest::All => None,
        }
    }

    fn may_take(&self, values: &Values) -> bool {
        let within = |bounds: (u64, u64), value: u64| bounds.0 <= value && value <= bounds.1;
        let ports = |bounds: (u16, u16), value| within((bounds.0.into(), bounds.1.into()), value);
        ports(self.local_ports, values[LOCAL_PORT])
            && ports(self.remote_ports, values[REMOTE_PORT])
            && within(self.job, values[JOB])
            && within(self.remote, values[REMOTE])
            && within(self.local, values[LOCAL])
    }
}

/// From the first to the last port of a set.
fn ports(set: &PortSet) -> (u16, u16) {
    match set.spans() {
        [first, .., last] => (first.low(), last.high()),
        [only] => (only.low(), only.high()),
        [] => (1, 0),
    }
}

/// From the first to the last value; without spans all of them.
fn hull(spans: Vec<Span>) -> Span {
    let low = spans.iter().map(|span| span.0).min();
    let high = spans.iter().map(|span| span.1).max();
    low.zip(high).unwrap_or((0, u64::MAX))
}

const LOCAL_PORT: usize = 0;
const REMOTE_PORT: usize = 1;
const JOB: usize = 2;
const USER: usize = 3;
const REMOTE: usize = 4;
const LOCAL: usize = 5;
const REMOTE_END: usize = 6;

/// Values of a line from the first to the last.
pub type Span = (u64, u64);

/// The parts of a line that hold all that a rule takes; none: all of it.
pub fn spans(conditions: &Conditions, way: usize) -> Vec<Span> {
    match way {
        LOCAL_PORT => of_ports(&conditions.local_ports),
        REMOTE_PORT => of_ports(&conditions.remote_ports),
        JOB => of_names(&conditions.job),
        USER => of_names(&conditions.user),
        REMOTE => of_addresses(&conditions.remote),
        LOCAL => of_addresses(&conditions.local),
        REMOTE_END => of_ends(&conditions.remote),
        _ => of_ends(&conditions.local),
    }
}

pub fn values(connection: &Connection) -> Values {
    [
        connection.local_port.into(),
        connection.remote_port.into(),
        start(connection.job.as_bytes(), 0),
        start(connection.user.as_bytes(), 0),
        halves(connection.remote).0,
        halves(connection.local).0,
        halves(connection.remote).1,
        halves(connection.local).1,
    ]
}

fn of_ports(set: &PortSet) -> Vec<Span> {
    if set.is_all() {
        return Vec::new();
    }
    let spans = set.spans().iter();
    spans
        .map(|span| (span.low().into(), span.high().into()))
        .collect()
}

fn of_addresses(set: &AddressSet) -> Vec<Span> {
    if set.is_all() {
        return Vec::new();
    }
    let spans = set.spans().iter();
    spans
        .map(|span| (halves(span.low()).0, halves(span.high()).0))
        .collect()
}

/// By the last 64 bits, for spans of IPv6 that agree in the first.
fn of_ends(set: &AddressSet) -> Vec<Span> {
    let spans = set.spans().iter().map(|span| {
        let (low, high) = (halves(span.low()), halves(span.high()));
        (span.low().is_ipv6() && low.0 == high.0).then_some((low.1, high.1))
    });
    spans.collect::<Option<_>>().unwrap_or_default()
}

fn of_names(pattern: &Pattern) -> Vec<Span> {
    let text = match pattern {
        Pattern::Any | Pattern::Glob(_) => return Vec::new(),
        Pattern::Exact(text) | Pattern::Prefix(text) => text.as_bytes(),
    };
    let filler = if matches!(pattern, Pattern::Prefix(_)) {
        u8::MAX
    } else {
        0
    };
    vec![(start(text, 0), start(text, filler))]
}

/// An address as two numbers. Families share the lines, which a rule that asks for addresses minds.
fn halves(address: IpAddr) -> (u64, u64) {
    match address {
        IpAddr::V4(v4) => (v4.to_bits().into(), 0),
        // The halves of 128 bits.
        IpAddr::V6(v6) => ((v6.to_bits() >> 64) as u64, v6.to_bits() as u64),
    }
}

/// The first eight characters as a number, in upper case; a shorter name is filled up.
fn start(name: &[u8], filler: u8) -> u64 {
    let mut bytes = [filler; 8];
    for (byte, own) in bytes.iter_mut().zip(name) {
        *byte = own.to_ascii_uppercase();
    }
    u64::from_be_bytes(bytes)
}

/// Whether the number of a name is that of no other.
fn is_plain(name: &str) -> bool {
    name.len() <= 8 && !name.as_bytes().contains(&0)
}

/// Whether a plain name fits when its number lies in the span.
fn is_bounded(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Any => true,
        Pattern::Exact(text) | Pattern::Prefix(text) => is_plain(text),
        Pattern::Glob(_) => false,
    }
}
