//! The rules of a policy, in the order in which they are searched.

use super::{
    AddressSet, Condition, Conditions, Connection, DayTime, Direction, Pattern, PortSet, Time,
    TimeCondition,
};
use crate::policy::Named;
use crate::policy::model::{Item, Policy, Statement};
use crate::policy::net::{AddressSpan, PortSpan};
use crate::policy::table::{
    IP_ADDR, IP_ADDR_GROUP, IP_ADDR_SET, IP_TIME_CONDITION, PORT_GROUP, PORT_RANGE, TTLS_RULE,
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
    rules_of(policy, &Named::of(policy))
}

/// The same, for who has the names of the policy.
pub fn rules_of<'p>(policy: &'p Policy, named: &Named<'p>) -> Vec<Rule<'p>> {
    let nameless = policy
        .of(&TTLS_RULE)
        .filter(|rule| rule.name.is_none())
        .last();
    let counts = |rule: &&Statement| match nameless {
        Some(last) if rule.name.is_none() => std::ptr::eq(*rule, last),
        _ => !named.is_overridden(rule),
    };
    let priority = |rule: &Statement| {
        let coded = rule.value("Priority");
        coded.and_then(|value| value.parse().ok()).unwrap_or(1)
    };
    let rules = policy.of(&TTLS_RULE).filter(counts);
    let mut rules: Vec<(u32, &Statement)> = rules.map(|rule| (priority(rule), rule)).collect();
    crate::sort::by(&mut rules, |one, other| {
        let by_priority = other.0.cmp(&one.0);
        by_priority.then_with(|| order_of_name(one.1).cmp(order_of_name(other.1)))
    });
    let rules = rules.into_iter().map(|(priority, statement)| Rule {
        statement,
        priority,
        conditions: conditions(named, statement),
    });
    rules.collect()
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
    conditions(&Named::of(policy), rule)
}

/// What a rule says of one end of a connection: by a value, a statement, a set, a group.
#[derive(Default)]
struct Side<'p> {
    address: [Option<&'p str>; 4],
    port: [Option<&'p str>; 3],
}

fn conditions(named: &Named<'_>, rule: &Statement) -> Option<Conditions> {
    let (mut local, mut remote) = (Side::default(), Side::default());
    let (mut direction, mut job, mut user) = (None, None, None);
    let mut timed = false;
    for item in rule.items() {
        let Item::Attribute(attribute) = item else {
            timed = true;
            continue;
        };
        let Some(row) = attribute.def() else { continue };
        let place = match row.name {
            "LocalAddr" => &mut local.address[0],
            "LocalAddrRef" => &mut local.address[1],
            "LocalAddrSetRef" => &mut local.address[2],
            "LocalAddrGroupRef" => &mut local.address[3],
            "LocalPortRange" => &mut local.port[0],
            "LocalPortRangeRef" => &mut local.port[1],
            "LocalPortGroupRef" => &mut local.port[2],
            "RemoteAddr" => &mut remote.address[0],
            "RemoteAddrRef" => &mut remote.address[1],
            "RemoteAddrSetRef" => &mut remote.address[2],
            "RemoteAddrGroupRef" => &mut remote.address[3],
            "RemotePortRange" => &mut remote.port[0],
            "RemotePortRangeRef" => &mut remote.port[1],
            "RemotePortGroupRef" => &mut remote.port[2],
            "Jobname" => &mut job,
            "Userid" => &mut user,
            "Direction" => &mut direction,
            "IpTimeConditionRef" => {
                timed = true;
                continue;
            }
            _ => continue,
        };
        // Of several the last counts.
        *place = Some(attribute.value());
    }
    Some(Conditions {
        local: addresses(named, &local)?,
        remote: addresses(named, &remote)?,
        local_ports: ports(named, &local)?,
        remote_ports: ports(named, &remote)?,
        job: job.map_or(Pattern::Any, Pattern::from),
        user: user.map_or(Pattern::Any, Pattern::from),
        direction: match direction {
            Some(word) => Direction::from_word(word)?,
            None => Direction::Both,
        },
        time: match timed {
            true => time(named, rule)?,
            false => Time::Always,
        },
    })
}

fn addresses(named: &Named<'_>, side: &Side<'_>) -> Option<AddressSet> {
    let single = |statement: &Statement| address(statement.value("Addr")?);
    let group = match side.address {
        [Some(text), ..] if text.eq_ignore_ascii_case("All") => return Some(AddressSet::all()),
        [Some(text), ..] => return Some(AddressSet::one(address(text)?)),
        [_, Some(name), ..] => {
            return Some(AddressSet::one(single(named.find(&IP_ADDR, name)?)?));
        }
        [_, _, Some(name), _] => {
            return Some(AddressSet::one(span(named.find(&IP_ADDR_SET, name)?)?));
        }
        [_, _, _, Some(name)] => named.find(&IP_ADDR_GROUP, name)?,
        [None, None, None, None] => return Some(AddressSet::all()),
    };
    let spans: Option<Vec<_>> = named
        .members(group, &IP_ADDR)
        .map(|member| single(member?))
        .chain(
            named
                .members(group, &IP_ADDR_SET)
                .map(|member| span(member?)),
        )
        .collect();
    Some(AddressSet::new(spans?))
}

fn ports(named: &Named<'_>, side: &Side<'_>) -> Option<PortSet> {
    let group = match side.port {
        [Some(text), ..] => {
            let span: PortSpan = text.parse().ok()?;
            return Some(match span == PortSpan::single(0) {
                true => PortSet::all(),
                false => PortSet::one(span),
            });
        }
        [_, Some(name), _] => return Some(PortSet::one(port(named.find(&PORT_RANGE, name)?)?)),
        [_, _, Some(name)] => named.find(&PORT_GROUP, name)?,
        [None, None, None] => return Some(PortSet::all()),
    };
    let spans: Option<Vec<_>> = named
        .members(group, &PORT_RANGE)
        .map(|member| port(member?))
        .collect();
    Some(PortSet::new(spans?))
}

fn time(named: &Named<'_>, rule: &Statement) -> Option<Time> {
    let conditions: Option<Vec<_>> = named
        .members(rule, &IP_TIME_CONDITION)
        .map(|member| time_condition(member?))
        .collect();
    let conditions = conditions?;
    Some(match conditions.is_empty() {
        true => Time::Always,
        false => Time::During(conditions),
    })
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

fn order_of_name(rule: &Statement) -> impl Iterator<Item = (u8, char)> {
    rule.name_str().unwrap_or("").chars().map(ebcdic_order)
}

/// The place of a letter in the order of EBCDIC: lower case, upper case, digits.
fn ebcdic_order(letter: char) -> (u8, char) {
    let class = match letter {
        'a'..='z' => 1,
        'A'..='Z' => 3,
        '0'..='9' => 4,
        // In code page 1047 it lies between lower and upper case; the other signs lie before both.
        '~' => 2,
        _ => 0,
    };
    (class, letter)
}
