//! Rules and requirement maps: complete, in force, and reached.

use crate::analysis::coverage::{Coverage, coverage};
use crate::compile::conditions;
use crate::finding::Place;
use crate::objects::values::{Address, NameMask, Ports};
use crate::objects::{Endpoint, Entry, Kind, MapUse, Mapping, Object, ObjectId, Rule, TrafficRow};
use crate::policy::table;

use super::{Checker, addresses, at};

super::pages::pages! {
    NO_MAPPINGS = "GH070" "no-mapping" Error {
        "no traffic is mapped to a protection",
        help: "add a traffic descriptor and its security level",
        why: "A rule without a mapping writes nothing."
    }
    HALF_MAPPING = "GH071" "mapping-incomplete" Error {
        "mapping {number} has no {part}",
        help: "choose one",
        why: "A mapping needs both: which ports, and how protected."
    }
    NO_OWNER = "GH072" "rule-belongs-nowhere" Error {
        "the rule belongs to no stack",
        help: "choose the stack, image or group",
        why: "A rule that belongs nowhere is written nowhere."
    }
    NEVER_REACHED = "GH073" "rule-never-matches" Warning {
        "row {row} of `{traffic}` never matches on {stack}: {by} above covers it",
        help: "move the rule up, narrow what is above, or delete it",
        why: "The search ends at the first rule that fits. What stands below it for the same connections has no effect, also when the upper one leaves them in the clear."
    }
    LEFT_IN_CLEAR = "GH077" "left-in-the-clear" Warning {
        "row {row} of `{traffic}` never matches on {stack}: {by} above covers it and does not protect",
        help: "move the rule up, or narrow the one that leaves the traffic in the clear",
        why: "The first rule that fits ends the search, also one without protection: these connections stay in the clear although a rule below would protect them."
    }
    IMPOSSIBLE = "GH078" "rule-without-connections" Warning {
        "no connection meets all conditions of row {row} of `{traffic}` on {stack}",
        help: "local and remote addresses must share a family, IPv4 or IPv6",
        why: "All conditions of a rule must hold at once. A connection has both ends in one family, so a rule from an IPv4 to an IPv6 address applies to none."
    }
    BAD_TIMES = "GH074" "effective-times-wrong" Error {
        "effective times: {reason}",
        help: "write times as hh:mm-hh:mm and periods as yyyymmddhhmmss:yyyymmddhhmmss",
        why: "The Policy Agent refuses the whole policy for a wrong condition."
    }
    MATCHES_ALL = "GH075" "rule-without-condition" Error {
        "row {row} of `{traffic}` matches every connection of the stack",
        help: "name an address, a port, a job or a user ID",
        why: "TTLSRule needs at least one condition beside the direction; the Policy Agent refuses the policy without."
    }
    CLEAR_TEXT = "GH076" "clear-text-in-traces" Warning {
        "traces may hold decrypted data",
        help: "switch the trace of clear text off when it is done",
        why: "Packet traces and dumps then hold what TLS was to hide."
    }
}

/// The mappings of a requirement map or of a rule.
pub(super) fn mappings(checker: &mut Checker<'_>, id: &ObjectId, path: &str, mappings: &[Mapping]) {
    if mappings.is_empty() {
        checker.add(at(&NO_MAPPINGS, id, path));
    }
    for (number, mapping) in mappings.iter().enumerate() {
        for (part, words, missing) in [
            ("traffic", "traffic descriptor", mapping.traffic.is_none()),
            ("level", "security level", mapping.level.is_none()),
        ] {
            if missing {
                let finding = at(&HALF_MAPPING, id, format!("{path}/{number}/{part}"));
                checker.add(finding.fact("number", number + 1).fact("part", words));
            }
        }
    }
}

pub(super) fn check(checker: &mut Checker<'_>, id: &ObjectId, rule: &Rule) {
    if rule.owner.is_none() {
        checker.add(at(&NO_OWNER, id, "owner"));
    }
    for (end, field) in [(&rule.local, "local"), (&rule.remote, "remote")] {
        if let Endpoint::Address(entry) = end {
            addresses::entry_at(checker, id, &format!("{field}/address"), entry);
        }
    }
    if let MapUse::Own(own) = &rule.map {
        mappings(checker, id, "map/own", own);
    }
    if rule.trace_clear_text == Some(true) {
        checker.add(at(&CLEAR_TEXT, id, "trace_clear_text"));
    }
    times(checker, id, rule);
}

fn times(checker: &mut Checker<'_>, id: &ObjectId, rule: &Rule) {
    let Some(times) = &rule.effective else { return };
    let texts = [
        ("time_of_day", "TimeOfDayRange", &times.time_of_day),
        ("period", "ConditionTimeRange", &times.period),
    ];
    for (field, attribute, text) in texts.into_iter().filter(|(_, _, text)| !text.is_empty()) {
        let error = table::IP_TIME_CONDITION
            .attribute(attribute)
            .and_then(|row| row.check(text).err());
        if let Some(error) = error {
            checker.add(
                at(&BAD_TIMES, id, format!("effective/{field}"))
                    .fact("reason", format!("`{text}`: {error}")),
            );
        }
    }
    let lists = [
        ("days_of_week", &times.days_of_week, 0..=6),
        ("days_of_month", &times.days_of_month, 1..=31),
        ("days_from_last", &times.days_from_last, 1..=31),
        ("months", &times.months, 1..=12),
    ];
    for (field, numbers, range) in lists {
        if let Some(number) = numbers.iter().find(|number| !range.contains(*number)) {
            checker.add(at(&BAD_TIMES, id, format!("effective/{field}")).fact(
                "reason",
                format!("{number} is not from {} to {}", range.start(), range.end()),
            ));
        }
    }
}

/// What only the rules of a stack in their order can show.
pub(super) fn per_stack(checker: &mut Checker<'_>) {
    for (id, object) in checker.configuration.of_kind(Kind::Stack) {
        if let Object::Stack(stack) = object
            && stack.enabled
        {
            without_condition(checker, id);
            reached(checker, id, &stack.name.to_string());
        }
    }
}

/// Rows that nothing narrows, on rules that nothing narrows either.
fn without_condition(checker: &mut Checker<'_>, stack: &ObjectId) {
    let configuration = checker.configuration;
    for (id, rule) in configuration.rules_of(stack) {
        if !rule.enabled || !is_all(&rule.local, checker) || !is_all(&rule.remote, checker) {
            continue;
        }
        for mapping in configuration.mappings_of(rule) {
            let Some(Object::TrafficDescriptor(traffic)) = mapping
                .traffic
                .as_ref()
                .and_then(|id| configuration.get(id))
            else {
                continue;
            };
            for (number, _) in traffic
                .rows
                .iter()
                .enumerate()
                .filter(|(_, row)| is_open(row))
            {
                checker.add(
                    at(&MATCHES_ALL, id, "map")
                        .fact("row", number + 1)
                        .fact("traffic", &traffic.name),
                );
            }
        }
    }
}

/// Rows that the rows above them cover.
fn reached(checker: &mut Checker<'_>, stack_id: &ObjectId, stack: &str) {
    let configuration = checker.configuration;
    // Each row, whether it is protected, and what it asks of a connection.
    let rows = conditions(configuration, stack_id).into_iter();
    let (rows, all): (Vec<_>, Vec<_>) = rows
        .map(|row| ((row.row, row.protect), row.conditions))
        .unzip();
    let name = |id: &ObjectId| configuration.get(id).map(Object::name).unwrap_or_default();
    for ((row, protect), coverage) in rows.iter().zip(coverage(&all)) {
        let by = match coverage {
            Coverage::Covered { by } => by,
            Coverage::Duplicate { of } => vec![of],
            Coverage::Impossible => {
                let finding = at(&IMPOSSIBLE, &row.rule, "remote")
                    .fact("row", row.row + 1)
                    .fact("traffic", name(&row.traffic))
                    .fact("stack", stack);
                checker.add(finding);
                continue;
            }
            Coverage::Reachable | Coverage::Unknown => continue,
        };
        let mut above: Vec<&ObjectId> = by.iter().map(|at| &rows[*at].0.rule).collect();
        above.dedup();
        let names: Vec<_> = above.iter().map(|id| format!("`{}`", name(id))).collect();
        let clear = *protect && by.iter().any(|at| !rows[*at].1);
        let page = if clear {
            &LEFT_IN_CLEAR
        } else {
            &NEVER_REACHED
        };
        let mut finding = at(page, &row.rule, "order")
            .fact("row", row.row + 1)
            .fact("traffic", name(&row.traffic))
            .fact("stack", stack)
            .fact("by", names.join(", "));
        for id in above {
            finding = finding.related(
                Place::Field {
                    object: id.clone(),
                    field: "order".into(),
                },
                "covers it",
            );
        }
        checker.add(finding);
    }
}

fn is_open(row: &TrafficRow) -> bool {
    let any = |mask: &Entry<NameMask>| mask.value() == Some(&NameMask::Any);
    let all = |ports: &Entry<Ports>| ports.value() == Some(&Ports::All);
    all(&row.local_port) && all(&row.remote_port) && any(&row.jobname) && any(&row.userid)
}

fn is_all(end: &Endpoint, checker: &Checker<'_>) -> bool {
    match end {
        Endpoint::Address(entry) => entry.value() == Some(&Address::All),
        Endpoint::Group(id) => match checker.configuration.get(id) {
            Some(Object::AddressGroup(group)) => {
                group.addresses.contains(&Entry::Value(Address::All))
            }
            _ => false,
        },
    }
}
