//! The conditions of a stack's rules, in search order, without writing a file.
//!
//! What `lookup` reads from the compiled policy, said of the objects directly: a test holds the two
//! together. Rows that cannot be written are absent.

use std::collections::HashMap;

use crate::objects::values::{Address, NameMask, Ports};
use crate::objects::{
    Configuration, Direction, EffectiveTimes, Endpoint, Entry, Object, ObjectId, variables,
};
use crate::policy::lookup::{self, AddressSet, Conditions, Pattern, PortSet, Time};
use crate::policy::model::{Policy, Statement, Tag};
use crate::policy::net::{AddressSpan, PortSpan};
use crate::policy::table;

use super::attls::{members, time_condition};
use super::expand::{Expanded, expand};
use super::{Place, RowOf};

/// A row of a rule with what it asks of a connection.
#[derive(Clone, Debug)]
pub struct RowConditions {
    pub row: RowOf,
    /// Whether its level protects; a row that does not leaves its connections in the clear.
    pub protect: bool,
    pub conditions: Conditions,
}

/// The conditions of everything that is written for a stack.
pub fn conditions(configuration: &Configuration, stack: &ObjectId) -> Vec<RowConditions> {
    let configuration = &*variables::resolve(configuration, stack);
    let Some(Object::Stack(object)) = configuration.get(stack) else {
        return Vec::new();
    };
    let place = Place::of(configuration, stack, object);
    let mut groups = Groups {
        configuration,
        known: HashMap::new(),
    };
    let expansions = expand(configuration, &place);
    expansions
        .iter()
        .flatten()
        .filter_map(|expanded| {
            Some(RowConditions {
                row: expanded.row_of(),
                protect: expanded.level.protect,
                conditions: groups.conditions(expanded)?,
            })
        })
        .collect()
}

/// The address sets of groups, each made once.
struct Groups<'a> {
    configuration: &'a Configuration,
    known: HashMap<&'a ObjectId, Option<AddressSet>>,
}

impl<'a> Groups<'a> {
    fn conditions(&mut self, expanded: &Expanded<'a>) -> Option<Conditions> {
        let row = expanded.row;
        Some(Conditions {
            local: self.end(&expanded.rule.local)?,
            remote: self.end(&expanded.rule.remote)?,
            local_ports: ports(&row.local_port)?,
            remote_ports: ports(&row.remote_port)?,
            job: pattern(&row.jobname)?,
            user: pattern(&row.userid)?,
            direction: match row.direction {
                Direction::Inbound => lookup::Direction::Inbound,
                Direction::Outbound => lookup::Direction::Outbound,
                Direction::Either => lookup::Direction::Both,
            },
            time: expanded
                .rule
                .effective
                .as_ref()
                .map_or(Some(Time::Always), time)?,
        })
    }

    fn end(&mut self, end: &'a Endpoint) -> Option<AddressSet> {
        match end {
            Endpoint::Address(entry) => Some(addresses(&[*entry.value()?])),
            Endpoint::Group(id) => self
                .known
                .entry(id)
                .or_insert_with(|| {
                    members(self.configuration, id)
                        .ok()
                        .map(|members| addresses(&members))
                })
                .clone(),
        }
    }
}

fn addresses(addresses: &[Address]) -> AddressSet {
    let bounds = addresses.iter().flat_map(|address| address.bounds());
    AddressSet::new(bounds.filter_map(|(low, high)| AddressSpan::new(low, high).ok()))
}

fn ports(entry: &Entry<Ports>) -> Option<PortSet> {
    match entry.value()?.bounds() {
        None => Some(PortSet::all()),
        Some((low, high)) => Some(PortSet::new(PortSpan::new(low, high).ok())),
    }
}

fn pattern(entry: &Entry<NameMask>) -> Option<Pattern> {
    Some(Pattern::from(entry.value()?.to_string().as_str()))
}

/// The time condition as the policy's reader understands what would be written.
fn time(times: &EffectiveTimes) -> Option<Time> {
    let Some(block) = time_condition(times, Tag::NONE) else {
        return Some(Time::Always);
    };
    let condition = block.builder(None);
    let rule = Statement::new(&table::TTLS_RULE, "rule")
        .attribute("Direction", "Both", Tag::NONE)
        .block(condition)
        .finish()
        .ok()?;
    lookup::conditions_of(&Policy::default(), &rule).map(|conditions| conditions.time)
}
