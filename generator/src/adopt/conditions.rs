//! The conditions of a rule as the fields of objects.

use crate::objects::values::{Address, Ports};
use crate::objects::{Direction, EffectiveTimes, Entry};
use crate::policy::model::{Attribute, Statement};
use crate::policy::net::{AddressError, AddressSpan, PortSpan};
use crate::policy::table::{
    IP_ADDR, IP_ADDR_GROUP, IP_ADDR_SET, IP_TIME_CONDITION, Kind, PORT_GROUP, PORT_RANGE,
    StatementDef,
};
use crate::policy::{Named, lookup};

/// The addresses of one end of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End<'p> {
    /// An address in the rule itself; every address where none is coded.
    Inline(Entry<Address>),
    /// A statement with a name.
    Named {
        statement: &'p Statement,
        addresses: Vec<Entry<Address>>,
    },
}

/// One more than so many rows for one rule: a product of port groups that nobody wrote by hand.
const MOST_ROWS: usize = 10_000;

/// The addresses of an end. `None`: a reference leads nowhere.
pub(super) fn end<'p>(named: &Named<'p>, rule: &Statement, side: &str) -> Option<End<'p>> {
    let value = |form: &str| rule.value(&format!("{side}Addr{form}"));
    if let Some(text) = value("") {
        return Some(End::Inline(address(text)));
    }
    for (form, def) in [("Ref", &IP_ADDR), ("SetRef", &IP_ADDR_SET)] {
        if let Some(name) = value(form) {
            let statement = named.find(def, name)?;
            let addresses = vec![single(statement)?];
            return Some(End::Named {
                statement,
                addresses,
            });
        }
    }
    let Some(name) = value("GroupRef") else {
        return Some(End::Inline(Entry::Value(Address::All)));
    };
    let statement = named.find(&IP_ADDR_GROUP, name)?;
    let mut addresses = Vec::new();
    for member in members(named, statement, &[&IP_ADDR, &IP_ADDR_SET]) {
        addresses.push(single(member?)?);
    }
    Some(End::Named {
        statement,
        addresses,
    })
}

/// The members of a group in order: blocks in it, and statements that it names.
fn members<'p>(
    named: &Named<'p>,
    group: &'p Statement,
    defs: &[&'static StatementDef],
) -> Vec<Option<&'p Statement>> {
    let named_by = |attribute: &Attribute| {
        let Kind::Ref(target) = attribute.def()?.kind else {
            return None;
        };
        let def = defs.iter().find(|def| def.name == target)?;
        Some(named.find(def, attribute.value()))
    };
    let items = group.items().iter();
    let members = items.filter_map(|item| match item {
        crate::policy::Item::Block(block) => {
            let known = block.def().is_some_and(|def| defs.contains(&def));
            known.then_some(Some(&**block))
        }
        crate::policy::Item::Attribute(attribute) => named_by(attribute),
    });
    members.collect()
}

/// The address of an `IpAddr` or `IpAddrSet`.
fn single(statement: &Statement) -> Option<Entry<Address>> {
    let text = ["Addr", "Prefix", "Range"];
    let mut values = text.iter().filter_map(|name| statement.value(name));
    values.next().map(address)
}

fn address(text: &str) -> Entry<Address> {
    let bare = || match text.parse::<AddressSpan>() {
        Err(AddressError::BareNumber { address }) => Some(Address::One(address.into())),
        _ => None,
    };
    match text {
        // As the generator writes every address of a family.
        "0.0.0.0/0" => Entry::Value(Address::AllV4),
        "::/0" => Entry::Value(Address::AllV6),
        _ => match (Entry::read(text), bare()) {
            (Entry::Typed(_), Some(address)) => Entry::Value(address),
            (entry, _) => entry,
        },
    }
}

/// The port ranges of one side of a rule, at least one. `None`: they cannot be read.
pub(super) fn ports(named: &Named<'_>, rule: &Statement, side: &str) -> Option<Vec<Ports>> {
    let value = |form: &str| rule.value(&format!("{side}Port{form}"));
    if let Some(text) = value("Range") {
        return Some(vec![span(text)?]);
    }
    if let Some(name) = value("RangeRef") {
        return Some(vec![span(named.find(&PORT_RANGE, name)?.value("Port")?)?]);
    }
    let Some(name) = value("GroupRef") else {
        return Some(vec![Ports::All]);
    };
    let group = named.find(&PORT_GROUP, name)?;
    let spans = members(named, group, &[&PORT_RANGE]).into_iter();
    let spans: Option<Vec<_>> = spans.map(|member| span(member?.value("Port")?)).collect();
    spans.filter(|spans| !spans.is_empty())
}

fn span(text: &str) -> Option<Ports> {
    let span: PortSpan = text.parse().ok()?;
    Some(match (span.low(), span.high()) {
        // Nothing has port 0, which alone stands for every port.
        (0, 0) => Ports::All,
        (0 | 1, 1) => Ports::One(1),
        (0, high) => Ports::Range(1, high),
        (1024, u16::MAX) => Ports::Ephemeral,
        (low, high) if low == high => Ports::One(low),
        (low, high) => Ports::Range(low, high),
    })
}

/// Each pair of local and remote ports.
pub(super) fn pairs(local: &[Ports], remote: &[Ports]) -> Option<Vec<(Ports, Ports)>> {
    (local.len().saturating_mul(remote.len()) <= MOST_ROWS).then(|| {
        let each = |local: &Ports| remote.iter().map(|remote| (*local, *remote)).collect();
        local.iter().flat_map::<Vec<_>, _>(each).collect()
    })
}

/// Who opens the connections; without the word, which is required, either.
pub(super) fn direction(rule: &Statement) -> Direction {
    let word = rule.value("Direction");
    match word.and_then(lookup::Direction::from_word) {
        Some(lookup::Direction::Inbound) => Direction::Inbound,
        Some(lookup::Direction::Outbound) => Direction::Outbound,
        Some(lookup::Direction::Both) | None => Direction::Either,
    }
}

/// When a rule is in effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Times {
    Always,
    /// Whenever one of these holds; none: never.
    During(Vec<EffectiveTimes>),
}

/// The time conditions of a rule. `None`: one cannot be read.
pub(super) fn times<'p>(named: &Named<'p>, rule: &'p Statement) -> Option<Times> {
    let conditions = members(named, rule, &[&IP_TIME_CONDITION]);
    if conditions.is_empty() {
        return Some(Times::Always);
    }
    let mut all = Vec::new();
    for condition in conditions {
        all.extend(condition_times(condition?)?);
    }
    Some(Times::During(all))
}

/// A condition as effective times: one for each time of day, none where a mask lets no day through.
fn condition_times(condition: &Statement) -> Option<Vec<EffectiveTimes>> {
    let mut times = EffectiveTimes {
        period: condition
            .value("ConditionTimeRange")
            .unwrap_or("")
            .to_owned(),
        ..EffectiveTimes::default()
    };
    let mut never = false;
    if let Some(text) = condition.value("MonthOfYearMask") {
        times.months = numbers(text, 1)?;
        never |= times.months.is_empty();
    }
    if let Some(text) = condition.value("DayOfMonthMask") {
        times.days_of_month = numbers(text.get(..31)?, 1)?;
        times.days_from_last = numbers(text.get(31..)?, 1)?;
        never |= times.days_of_month.is_empty() && times.days_from_last.is_empty();
    }
    if let Some(text) = condition.value("DayOfWeekMask") {
        times.days_of_week = numbers(text, 0)?;
        never |= times.days_of_week.is_empty();
    }
    if never {
        return Some(Vec::new());
    }
    let of_day: Vec<_> = condition.values("TimeOfDayRange").collect();
    if of_day.is_empty() {
        return Some(vec![times]);
    }
    let each = |range: &Attribute| EffectiveTimes {
        time_of_day: range.value().to_owned(),
        ..times.clone()
    };
    Some(of_day.into_iter().map(each).collect())
}

/// The places of the ones in a mask, the first place having this number.
fn numbers(mask: &str, first: u8) -> Option<Vec<u8>> {
    let mut numbers = Vec::new();
    if mask.len() > 31 {
        return None;
    }
    for (number, digit) in (first..).zip(mask.bytes()) {
        match digit {
            b'0' => {}
            b'1' => numbers.push(number),
            _ => return None,
        }
    }
    Some(numbers)
}
