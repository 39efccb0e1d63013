//! Which rule a connection matches.
//!
//! The engine, the simulator and the analysis share these types. They are built from plain values, so that
//! objects can be looked at as well as policy text.

mod common;
mod index;
mod pattern;
mod rules;
mod sets;
pub(crate) mod spans;
#[cfg(test)]
mod tests;
mod time;
mod words;

use std::net::IpAddr;

pub use index::Lookup;
pub use pattern::Pattern;
pub use rules::{Rule, conditions_of, rules, rules_of};
pub use sets::{AddressSet, PortSet};
pub use time::{DayTime, Moment, Time, TimeCondition};

/// What a rule asks of a connection. All conditions must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Conditions {
    pub local: AddressSet,
    pub remote: AddressSet,
    pub local_ports: PortSet,
    pub remote_ports: PortSet,
    /// The job that owns the socket; on Linux the program.
    pub job: Pattern,
    /// The user id of the owning process.
    pub user: Pattern,
    pub direction: Direction,
    pub time: Time,
}

/// Which connections a rule takes by who opens them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    Inbound,
    Outbound,
    #[default]
    Both,
}

/// Who opened a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// The partner: the socket came from `accept`.
    Inbound,
    /// This side: the socket did a `connect`.
    Outbound,
}

/// The facts of one connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Connection {
    pub local: IpAddr,
    pub remote: IpAddr,
    pub local_port: u16,
    pub remote_port: u16,
    pub job: String,
    pub user: String,
    pub way: Way,
    /// When it is mapped, in the Policy Agent's time zone. `None`: every rule is taken to be in effect.
    pub at: Option<Moment>,
}

/// One of a rule's conditions, in the order in which they are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Condition {
    Direction,
    LocalPort,
    RemotePort,
    LocalAddress,
    RemoteAddress,
    Job,
    User,
    Time,
    /// One of them cannot be read, so the rule matches nothing.
    Unreadable,
}

impl Condition {
    /// Why a rule does not apply whose condition does not hold.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Direction => "it is for the other direction",
            Self::LocalPort => "other local ports",
            Self::RemotePort => "other remote ports",
            Self::LocalAddress => "other local addresses",
            Self::RemoteAddress => "other remote addresses",
            Self::Job => "another job",
            Self::User => "another user",
            Self::Time => "not at this time",
            Self::Unreadable => "one of its conditions cannot be read",
        }
    }
}

impl Conditions {
    /// Whether the rule applies to the connection.
    pub fn matches(&self, connection: &Connection) -> bool {
        self.first_failure(connection).is_none()
    }

    /// The first condition that does not hold.
    pub fn first_failure(&self, connection: &Connection) -> Option<Condition> {
        let held = [
            (Condition::Direction, self.direction.takes(connection.way)),
            (
                Condition::LocalPort,
                self.local_ports.contains(connection.local_port),
            ),
            (
                Condition::RemotePort,
                self.remote_ports.contains(connection.remote_port),
            ),
        ];
        if let Some((failed, _)) = held.into_iter().find(|(_, holds)| !holds) {
            return Some(failed);
        }
        if !self.local.contains(connection.local) {
            Some(Condition::LocalAddress)
        } else if !self.remote.contains(connection.remote) {
            Some(Condition::RemoteAddress)
        } else if !self.job.matches(&connection.job) {
            Some(Condition::Job)
        } else if !self.user.matches(&connection.user) {
            Some(Condition::User)
        } else if !connection.at.is_none_or(|at| self.time.holds(at)) {
            Some(Condition::Time)
        } else {
            None
        }
    }
}

impl Direction {
    pub const fn takes(self, way: Way) -> bool {
        match (self, way) {
            (Self::Both, _) | (Self::Inbound, Way::Inbound) | (Self::Outbound, Way::Outbound) => {
                true
            }
            (Self::Inbound, Way::Outbound) | (Self::Outbound, Way::Inbound) => false,
        }
    }

    /// The word of the policy language, in any case.
    pub fn from_word(word: &str) -> Option<Self> {
        [
            ("Inbound", Self::Inbound),
            ("Outbound", Self::Outbound),
            ("Both", Self::Both),
        ]
        .into_iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(word))
        .map(|(_, direction)| direction)
    }
}
