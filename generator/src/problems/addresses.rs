//! Addresses: legal, each once, and what surprises.

use std::net::{IpAddr, Ipv4Addr};

use crate::finding::Finding;
use crate::objects::values::{Address, AddressError};
use crate::objects::{AddressGroup, Entry, Host, ObjectId};

use super::{Checker, at, edit, fix, set};

super::pages::pages! {
    BAD_ADDRESS = "GH020" "no-address" Error {
        "`{text}` is no address: {reason}",
        help: "write an address, a prefix such as 10.1.0.0/16, a range such as 10.1.1.2-10.1.1.9, or All",
        why: "The Policy Agent takes a bare number for an address without a word, and refuses the whole policy for other mistakes."
    }
    HOST_BITS = "GH021" "host-bits-set" Warning {
        "`{text}` has bits set behind its prefix",
        help: "write `{better}`, or the single address",
        why: "The address behind the prefix is not compared, so the entry matches more than it seems to say."
    }
    CONTAINED = "GH022" "address-contained" Warning {
        "`{text}` is contained in `{other}`",
        help: "remove it",
        why: "It changes nothing, and misleads whoever removes the wider one."
    }
    ALL_ZERO = "GH023" "zero-address-in-group" Warning {
        "`{text}` is in a group",
        help: "leave it out; for every address use the supplied group All_IPv4_Addresses",
        why: "pasearch then shows a summary condition that looks as if the rule matched every address."
    }
    EMPTY_GROUP = "GH024" "empty-address-group" Error {
        "the address group has no address",
        help: "add an address",
        why: "A rule with an empty group cannot be written."
    }
    DIVERTED = "GH025" "address-looks-like-port" Warning {
        "`{text}` looks like a port",
        help: "ports stand in the traffic descriptor",
        why: "The Policy Agent would read the number 6793 as the address 0.0.26.137 without a word."
    }
    BAD_HOST = "GH026" "no-host-name" Error {
        "`{text}` is no host name: {reason}",
        help: "write a name such as mq1.example.com; addresses stand in the list of addresses",
        why: "Only a name can be looked up."
    }
    NO_PARTNER = "GH028" "host-address-local" Warning {
        "`{text}`, recorded for host `{name}`, is no address that a partner has",
        help: "look the host up where its name is known, or write its address instead",
        why: "Name servers that block a name answer 0.0.0.0, and a machine may know its own name as 127.0.1.1. A rule with such an address never meets a connection of another system."
    }
    UNANSWERED = "GH027" "host-without-address" Error {
        "no address of host `{name}` is recorded",
        help: "look it up, or write its address instead",
        why: "A policy holds addresses, not names: the Policy Agent asks no name server for a rule."
    }
}

pub(super) fn check(checker: &mut Checker<'_>, id: &ObjectId, group: &AddressGroup) {
    for (number, entry) in group.addresses.iter().enumerate() {
        entry_at(checker, id, &format!("addresses/{number}"), entry);
        if let Entry::Value(address) = entry {
            zero(checker, id, number, *address);
        }
    }
    contained(checker, id, group);
    for (number, host) in group.hosts.iter().enumerate() {
        self::host(checker, id, number, host);
    }
    if group.addresses.is_empty() && group.groups.is_empty() && group.hosts.is_empty() {
        checker.add(at(&EMPTY_GROUP, id, "addresses"));
    }
}

/// One address wherever it stands.
pub(super) fn entry_at(
    checker: &mut Checker<'_>,
    id: &ObjectId,
    field: &str,
    entry: &Entry<Address>,
) {
    match entry {
        Entry::Typed(text) if text.chars().all(|c| c.is_ascii_digit()) && !text.is_empty() => {
            checker.add(with_error(
                at(&BAD_ADDRESS, id, field).fact("text", text),
                entry,
            ));
            checker.add(at(&DIVERTED, id, field).fact("text", text));
        }
        Entry::Typed(text) => {
            let finding = with_error(at(&BAD_ADDRESS, id, field).fact("text", text), entry);
            checker.add(match better(entry) {
                Some(better) => finding.fix(set(format!("write `{better}`"), id, field, &better)),
                None => finding,
            });
        }
        Entry::Value(address) => {
            if let Some(better) = address.without_host_bits() {
                let title = format!("write `{better}`");
                let text = better.to_string();
                checker.add(
                    at(&HOST_BITS, id, field)
                        .fact("text", address)
                        .fact("better", &text)
                        .fix(set(title, id, field, &text)),
                );
            }
        }
    }
}

fn with_error(finding: Finding, entry: &Entry<Address>) -> Finding {
    match entry.error() {
        Some(error) => finding.fact("reason", error),
        None => finding,
    }
}

fn better(entry: &Entry<Address>) -> Option<String> {
    match entry.error()? {
        AddressError::Reversed { low, high } => Some(format!("{high}-{low}")),
        AddressError::Mapped(v4) => Some(v4.to_string()),
        AddressError::Empty
        | AddressError::NoAddress(_)
        | AddressError::PrefixLength { .. }
        | AddressError::NoPrefixLength(_)
        | AddressError::Mixed => None,
    }
}

fn host(checker: &mut Checker<'_>, id: &ObjectId, number: usize, host: &Host) {
    let field = format!("hosts/{number}/name");
    if let Some(error) = host.name.error() {
        let finding = at(&BAD_HOST, id, field).fact("text", &host.name);
        return checker.add(finding.fact("reason", error));
    }
    match host.answer() {
        Some(answer) => {
            for (place, entry) in answer.addresses.iter().enumerate() {
                let field = format!("hosts/{number}/answer/addresses/{place}");
                entry_at(checker, id, &field, entry);
                if let Entry::Value(address) = entry
                    && is_local(*address)
                {
                    let finding = at(&NO_PARTNER, id, field).fact("text", address);
                    checker.add(finding.fact("name", &host.name));
                }
            }
        }
        None => checker.add(at(&UNANSWERED, id, field).fact("name", &host.name)),
    }
}

/// Whether the address means the machine itself or none.
fn is_local(address: Address) -> bool {
    let Address::One(ip) = address else {
        return false;
    };
    let link_local = match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    };
    ip.is_unspecified() || ip.is_loopback() || link_local
}

fn zero(checker: &mut Checker<'_>, id: &ObjectId, number: usize, address: Address) {
    let unspecified = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    if matches!(address, Address::One(ip) if ip == unspecified) {
        checker.add(at(&ALL_ZERO, id, format!("addresses/{number}")).fact("text", address));
    }
}

/// Entries that another entry of the group holds already.
fn contained(checker: &mut Checker<'_>, id: &ObjectId, group: &AddressGroup) {
    let spans: Vec<_> = group
        .addresses
        .iter()
        .enumerate()
        .filter_map(|(number, entry)| {
            entry
                .value()
                .map(|address| (number, *address, address.bounds()))
        })
        .collect();
    // Sorted by their start, widest first, an entry can only lie inside one that comes before it.
    let mut order: Vec<_> = spans
        .iter()
        .flat_map(|(number, address, bounds)| {
            bounds
                .iter()
                .map(move |(low, high)| (*low, std::cmp::Reverse(*high), *number, *address))
        })
        .collect();
    crate::sort::by(&mut order, Ord::cmp);
    let mut widest: Option<(IpAddr, usize, Address)> = None;
    let mut inside = std::collections::BTreeMap::<usize, (usize, Address)>::new();
    for (low, std::cmp::Reverse(high), number, address) in order {
        match widest {
            Some((reach, other_number, other))
                if reach.is_ipv4() == low.is_ipv4() && high <= reach =>
            {
                // `All` is inside nothing, although one of its families is inside All_IPv4.
                if address.bounds().len() == 1 {
                    inside.insert(number, (other_number, other));
                }
            }
            _ => widest = Some((high, number, address)),
        }
    }
    for (number, (_, other)) in inside {
        let field = format!("addresses/{number}");
        let remove = fix("remove it", vec![edit(id, field.clone(), None)]);
        let text = group.addresses[number].to_string();
        checker.add(
            at(&CONTAINED, id, field)
                .fact("text", text)
                .fact("other", other)
                .fix(remove),
        );
    }
}
