//! Which addresses of a group other groups have, too.

use std::net::IpAddr;

use super::super::values::Address;
use super::super::{Configuration, Object, ObjectId};
use super::AddressGroup;

/// An address of a group that shares some with another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// Of this group.
    pub address: Address,
    pub relation: &'static str,
    pub other: Address,
    /// The group that has the other one; `None` for this group itself.
    pub group: Option<ObjectId>,
}

/// Lowest and highest address, and the entry that they belong to.
type Span = (IpAddr, IpAddr, Address);

/// The overlaps of a group's addresses: with each other where neither holds the other whole, which
/// is a finding, and with those of all other groups.
///
/// Entries that mean every address are left out: they overlap with everything.
pub fn overlaps(configuration: &Configuration, id: &ObjectId) -> Vec<Overlap> {
    let Some(Object::AddressGroup(group)) = configuration.get(id) else {
        return Vec::new();
    };
    let mut own: Vec<Span> = spans(group).collect();
    crate::sort::by(&mut own, |a, b| (a.0, a.1).cmp(&(b.0, b.1)));
    // The one that reaches farthest among those that begin no later.
    let mut reach: Vec<Span> = Vec::with_capacity(own.len());
    let mut found = Vec::new();
    for span in &own {
        match reach.last() {
            Some(last) if shared(last, span) => {
                if relation(last, span) == PARTLY {
                    found.push(overlap(last, span, None));
                }
                reach.push(if last.1 < span.1 { *span } else { *last });
            }
            _ => reach.push(*span),
        }
    }
    for (other_id, object) in &configuration.objects {
        let Object::AddressGroup(other) = object else {
            continue;
        };
        for span in spans(other).filter(|_| other_id != id) {
            let before = own.partition_point(|(low, ..)| *low <= span.1);
            if let Some(last) = before.checked_sub(1).and_then(|at| reach.get(at))
                && shared(last, &span)
            {
                found.push(overlap(last, &span, Some(other_id.clone())));
            }
        }
    }
    found
}

const PARTLY: &str = "overlaps with";

fn spans(group: &AddressGroup) -> impl Iterator<Item = Span> {
    let recorded = group.hosts.iter().filter_map(|host| host.answer());
    let recorded = recorded.flat_map(|answer| answer.addresses.iter());
    let all = group.addresses.iter().chain(recorded);
    all.filter_map(|entry| {
        let address = *entry.value()?;
        let every = matches!(address, Address::All | Address::AllV4 | Address::AllV6);
        let (low, high) = address.bounds().into_iter().next().filter(|_| !every)?;
        Some((low, high, address))
    })
}

fn shared(a: &Span, b: &Span) -> bool {
    a.0 <= b.1 && b.0 <= a.1
}

fn relation(own: &Span, other: &Span) -> &'static str {
    match (
        other.0 <= own.0 && own.1 <= other.1,
        own.0 <= other.0 && other.1 <= own.1,
    ) {
        (true, true) => "is also",
        (true, false) => "lies within",
        (false, true) => "holds",
        (false, false) => PARTLY,
    }
}

fn overlap(own: &Span, other: &Span, group: Option<ObjectId>) -> Overlap {
    Overlap {
        address: own.2,
        relation: relation(own, other),
        other: other.2,
        group,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::Entry;

    fn words(own: &[&str], others: &[(&str, &[&str])]) -> Vec<String> {
        let group = |name: &str, addresses: &[&str]| {
            let group = AddressGroup {
                addresses: addresses.iter().map(|text| Entry::read(text)).collect(),
                ..AddressGroup::default()
            };
            (ObjectId(name.to_owned()), Object::from(group))
        };
        let others = others
            .iter()
            .map(|(name, addresses)| group(name, addresses));
        let all = [group("own", own)].into_iter().chain(others);
        let configuration = Configuration {
            objects: all.collect(),
        };
        let found = overlaps(&configuration, &ObjectId("own".to_owned()));
        let line = |it: Overlap| {
            let group = it.group.map_or("itself".to_owned(), |group| group.0);
            format!("{} {} {} of {group}", it.address, it.relation, it.other)
        };
        found.into_iter().map(line).collect()
    }

    #[test]
    fn addresses_that_other_groups_have_are_told_with_how_they_lie() {
        let found = words(
            &["10.1.0.0/16", "10.3.0.1-10.3.0.9", "2001:db8::1"],
            &[
                ("a", &["10.1.1.2", "10.9.0.0/16", "All"]),
                ("b", &["10.0.0.0/8", "2001:db8::/32"]),
                ("c", &["10.3.0.5-10.3.0.20", "10.1.0.0/16", "::1"]),
            ],
        );
        assert_eq!(
            found,
            [
                "10.1.0.0/16 holds 10.1.1.2 of a",
                "10.3.0.1-10.3.0.9 lies within 10.0.0.0/8 of b",
                "2001:db8::1 lies within 2001:db8::/32 of b",
                "10.3.0.1-10.3.0.9 overlaps with 10.3.0.5-10.3.0.20 of c",
                "10.1.0.0/16 is also 10.1.0.0/16 of c",
            ]
        );
    }

    #[test]
    fn within_the_group_only_what_is_not_contained_is_told() {
        let own = [
            "10.1.1.1-10.1.1.9",
            "10.1.1.5-10.1.1.20",
            "10.1.1.2",
            "10.9.0.1",
        ];
        assert_eq!(
            words(&own, &[]),
            ["10.1.1.1-10.1.1.9 overlaps with 10.1.1.5-10.1.1.20 of itself"]
        );
        assert_eq!(
            words(&["All", "bad"], &[("a", &["10.1.1.2"])]),
            Vec::<String>::new()
        );
    }

    /// For one address of another group it names one of this group that shares addresses, and none
    /// is overlooked.
    #[test]
    fn brute_force_finds_the_same_groups() {
        let mut seed = 7_u32;
        let mut next = |most: u32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) % most
        };
        for _ in 0..300 {
            let mut span = || {
                let low = next(60);
                let text = format!("10.0.0.{low}-10.0.0.{}", low + next(12));
                (text, low)
            };
            let own: Vec<_> = (0..4).map(|_| span().0).collect();
            let other = span().0;
            let own: Vec<_> = own.iter().map(String::as_str).collect();
            let parse = |text: &str| text.parse::<Address>().map(|a| a.bounds()[0]).ok();
            let expected = own.iter().any(|text| {
                let (a, b) = (parse(text), parse(&other));
                matches!((a, b), (Some(a), Some(b)) if a.0 <= b.1 && b.0 <= a.1)
            });
            let found = words(&own, &[("a", &[&other])]);
            let found = found.iter().any(|line| line.ends_with("of a"));
            assert_eq!(found, expected, "{own:?} {other}");
        }
    }
}
