//! The rules of a policy, in the order in which they are searched.

use std::cmp::Reverse;

use super::{
    AddressSet, Condition, Conditions, Connection, DayTime, Direction, Pattern, PortSet, Time,
    TimeCondition,
};
use crate::policy::Named;
use crate::policy::model::{Policy, Statement};
use crate::policy::net::{AddressSpan, PortSpan};
use crate::policy::table::{
    IP_ADDR, IP_ADDR_GROUP, IP_ADDR_SET, IP_TIME_CONDITION, PORT_GROUP, PORT_RANGE, StatementDef,
    TTLS_RULE,
};

/// One rule of a policy.
#[derive(Clone, Debug)]
pub struct Rule<'p> {
    pub statement: &'p Statement,
    pub priority: u32,
    /// `None`: a condition cannot be read, which the checks report; such a rule matches nothing.
    pub conditions: Option<Conditions>,
}

/// The rules of a policy: higher priority first, then by name. Of several rules of one name only the last
/// is there.
pub fn rules(policy: &Policy) -> Vec<Rule<'_>> {
    let index = Index::new(policy);
    let nameless = policy
        .of(&TTLS_RULE)
        .filter(|rule| rule.name.is_none())
        .last();
    let counts = |rule: &&Statement| match nameless {
        Some(last) if rule.name.is_none() => std::ptr::eq(*rule, last),
        _ => !index.0.is_overridden(rule),
    };
    let mut rules: Vec<_> = policy
        .of(&TTLS_RULE)
        .filter(counts)
        .map(|statement| Rule {
            statement,
            priority: statement
                .value("Priority")
                .and_then(|value| value.parse().ok())
                .unwrap_or(1),
            conditions: index.conditions(statement),
        })
        .collect();
    crate::sort::by_key(&mut rules, |rule| {
        let name = rule.statement.name_str().unwrap_or("");
        (Reverse(rule.priority), ebcdic_order(name))
    });
    rules
}

impl Rule<'_> {
    /// The first condition that keeps the rule from applying.
    pub fn first_failure(&self, connection: &Connection) -> Option<Condition> {
        match &self.conditions {
            Some(conditions) => conditions.first_failure(connection),
            None => Some(Condition::Unreadable),
        }
    }
}

/// The conditions of one rule of a policy. `None`: one of them cannot be read.
pub fn conditions_of(policy: &Policy, rule: &Statement) -> Option<Conditions> {
    Index::new(policy).conditions(rule)
}

/// The attributes of a rule for one end of a connection: a value, a statement, a set, a group.
struct Side {
    addresses: [&'static str; 4],
    ports: [&'static str; 3],
}

const LOCAL: Side = Side {
    addresses: [
        "LocalAddr",
        "LocalAddrRef",
        "LocalAddrSetRef",
        "LocalAddrGroupRef",
    ],
    ports: ["LocalPortRange", "LocalPortRangeRef", "LocalPortGroupRef"],
};

const REMOTE: Side = Side {
    addresses: [
        "RemoteAddr",
        "RemoteAddrRef",
        "RemoteAddrSetRef",
        "RemoteAddrGroupRef",
    ],
    ports: [
        "RemotePortRange",
        "RemotePortRangeRef",
        "RemotePortGroupRef",
    ],
};

/// The conditions of rules, with what they refer to.
struct Index<'p>(Named<'p>);

impl<'p> Index<'p> {
    fn new(policy: &'p Policy) -> Self {
        Self(Named::of(policy))
    }

    fn find(&self, def: &'static StatementDef, name: &str) -> Option<&'p Statement> {
        self.0.find(def, name)
    }

    fn conditions(&self, rule: &Statement) -> Option<Conditions> {
        let direction = match rule.value("Direction") {
            Some(word) => Direction::from_word(word)?,
            None => Direction::Both,
        };
        Some(Conditions {
            local: self.addresses(rule, &LOCAL)?,
            remote: self.addresses(rule, &REMOTE)?,
            local_ports: self.ports(rule, &LOCAL)?,
            remote_ports: self.ports(rule, &REMOTE)?,
            job: rule.value("Jobname").map_or(Pattern::Any, Pattern::from),
            user: rule.value("Userid").map_or(Pattern::Any, Pattern::from),
            direction,
            time: self.time(rule)?,
        })
    }

    fn addresses(&self, rule: &Statement, side: &Side) -> Option<AddressSet> {
        let [own, of_one, of_set, of_group] = side.addresses;
        if let Some(text) = rule.value(own) {
            if text.eq_ignore_ascii_case("All") {
                return Some(AddressSet::all());
            }
            return Some(AddressSet::new([address(text)?]));
        }
        if let Some(name) = rule.value(of_one) {
            return Some(AddressSet::new([self.single(self.find(&IP_ADDR, name)?)?]));
        }
        if let Some(name) = rule.value(of_set) {
            return Some(AddressSet::new([span(self.find(&IP_ADDR_SET, name)?)?]));
        }
        let Some(name) = rule.value(of_group) else {
            return Some(AddressSet::all());
        };
        let group = self.find(&IP_ADDR_GROUP, name)?;
        let spans: Option<Vec<_>> = self
            .0
            .members(group, &IP_ADDR)
            .map(|member| self.single(member?))
            .chain(
                self.0
                    .members(group, &IP_ADDR_SET)
                    .map(|member| span(member?)),
            )
            .collect();
        Some(AddressSet::new(spans?))
    }

    fn single(&self, statement: &Statement) -> Option<AddressSpan> {
        address(statement.value("Addr")?)
    }

    fn ports(&self, rule: &Statement, side: &Side) -> Option<PortSet> {
        let [own, of_one, of_group] = side.ports;
        if let Some(text) = rule.value(own) {
            let span: PortSpan = text.parse().ok()?;
            return Some(if span == PortSpan::single(0) {
                PortSet::all()
            } else {
                PortSet::new([span])
            });
        }
        if let Some(name) = rule.value(of_one) {
            return Some(PortSet::new([port(self.find(&PORT_RANGE, name)?)?]));
        }
        let Some(name) = rule.value(of_group) else {
            return Some(PortSet::all());
        };
        let group = self.find(&PORT_GROUP, name)?;
        let spans: Option<Vec<_>> = self
            .0
            .members(group, &PORT_RANGE)
            .map(|member| port(member?))
            .collect();
        Some(PortSet::new(spans?))
    }

    fn time(&self, rule: &Statement) -> Option<Time> {
        let conditions: Option<Vec<_>> = self
            .0
            .members(rule, &IP_TIME_CONDITION)
            .map(|member| time_condition(member?))
            .collect();
        let conditions = conditions?;
        Some(if conditions.is_empty() {
            Time::Always
        } else {
            Time::During(conditions)
        })
    }
}

/// Reads an address as the Policy Agent does, which takes a bare number as well.
fn address(text: &str) -> Option<AddressSpan> {
    use crate::policy::net::AddressError;
    match text.parse() {
        Ok(span) => Some(span),
        Err(AddressError::BareNumber { address }) => Some(AddressSpan::single(address.into())),
        Err(_) => None,
    }
}

fn span(statement: &Statement) -> Option<AddressSpan> {
    match statement.value("Prefix") {
        Some(prefix) => AddressSpan::from_prefix(prefix).ok(),
        None => AddressSpan::from_range(statement.value("Range")?).ok(),
    }
}

fn port(statement: &Statement) -> Option<PortSpan> {
    statement.value("Port")?.parse().ok()
}

fn time_condition(statement: &Statement) -> Option<TimeCondition> {
    let mut condition = TimeCondition::default();
    if let Some(text) = statement.value("ConditionTimeRange") {
        let (from, to) = text.split_once(':')?;
        condition.between = Some((from.parse().ok()?, to.parse().ok()?));
    }
    if let Some(text) = statement.value("MonthOfYearMask") {
        condition.months = u16::try_from(mask(text)?).ok()?;
    }
    if let Some(text) = statement.value("DayOfMonthMask") {
        condition.days = mask(text.get(..31)?)?;
        condition.days_from_last = mask(text.get(31..)?)?;
    }
    if let Some(text) = statement.value("DayOfWeekMask") {
        condition.weekdays = u8::try_from(mask(text)?).ok()?;
    }
    let ranges: Option<Vec<_>> = statement
        .values("TimeOfDayRange")
        .map(|range| DayTime::from_text(range.value()))
        .collect();
    condition.of_day = ranges?;
    Some(condition)
}

/// Zeros and ones as bits, the first digit the lowest.
fn mask(text: &str) -> Option<u32> {
    if text.len() > 32 {
        return None;
    }
    let mut mask = 0;
    for (index, digit) in text.bytes().enumerate() {
        match digit {
            b'0' => {}
            b'1' => mask |= 1 << index,
            _ => return None,
        }
    }
    Some(mask)
}

/// Names in the order of their EBCDIC bytes: lower case, upper case, digits.
fn ebcdic_order(name: &str) -> Vec<(u8, char)> {
    let class = |c: char| match c {
        'a'..='z' => 1,
        'A'..='Z' => 3,
        '0'..='9' => 4,
        // In code page 1047 it lies between lower and upper case; the other signs lie before both.
        '~' => 2,
        _ => 0,
    };
    name.chars().map(|c| (class(c), c)).collect()
}
