use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::policy::lookup::{
    AddressSet, Direction, Moment, Pattern, PortSet, Time, TimeCondition, rules,
};
use crate::policy::net::{AddressSpan, PortSpan};
use crate::policy::{lower, parse};
use std::net::IpAddr;

fn addresses() -> impl Strategy<Value = AddressSet> {
    let spans = select(vec![
        "10.1.1.1",
        "10.1.1.2",
        "10.1.1.0/24",
        "10.1.0.0/16",
        "10.1.1.2-10.1.2.7",
        "0.0.0.0/0",
        "2001:db8::1",
        "2001:db8::/32",
        "::a01:101",
    ]);
    prop_oneof![
        3 => Just(AddressSet::all()),
        // A group; an empty one takes nothing.
        2 => proptest::collection::vec(spans, 0..4)
            .prop_map(|spans| AddressSet::new(spans.into_iter().flat_map(str::parse::<AddressSpan>))),
    ]
}

fn ports() -> impl Strategy<Value = PortSet> {
    let span = prop_oneof![
        3 => (1u16..40).prop_map(|port| (port, port)),
        1 => (1u16..40, 0u16..30).prop_map(|(low, more)| (low, low + more)),
        1 => Just((30, u16::MAX)),
    ];
    prop_oneof![
        2 => Just(PortSet::all()),
        3 => proptest::collection::vec(span, 0..3)
            .prop_map(|spans| PortSet::new(spans.into_iter().flat_map(|(low, high)| PortSpan::new(low, high)))),
    ]
}

fn patterns() -> impl Strategy<Value = Pattern> {
    let words = [
        "*",
        "*",
        "*",
        "A",
        "ab",
        "A*",
        "AB*",
        "ABCDEFGH",
        "ABCDEFGHI*",
        "ABCDEFGHIJ",
        "*B",
        "A*C",
        "",
    ];
    select(words.to_vec()).prop_map(Pattern::from)
}

fn conditions() -> impl Strategy<Value = Conditions> {
    let direction = select(vec![
        Direction::Inbound,
        Direction::Outbound,
        Direction::Both,
    ]);
    let weekdays = prop_oneof![3 => Just(None), 1 => (0u8..128).prop_map(Some)];
    let sides = (addresses(), addresses(), ports(), ports());
    (sides, patterns(), patterns(), direction, weekdays).prop_map(
        |((local, remote, local_ports, remote_ports), job, user, direction, weekdays)| Conditions {
            local,
            remote,
            local_ports,
            remote_ports,
            job,
            user,
            direction,
            time: weekdays.map_or(Time::Always, |weekdays| {
                Time::During(vec![TimeCondition {
                    weekdays,
                    ..TimeCondition::default()
                }])
            }),
        },
    )
}

fn connection() -> impl Strategy<Value = Connection> {
    let address = || {
        select(vec![
            "10.1.1.1",
            "10.1.1.2",
            "10.1.2.7",
            "10.2.0.1",
            "::a01:101",
            "2001:db8::1",
            "::1",
        ])
        .prop_filter_map("an address", |text| text.parse().ok())
    };
    let name = || {
        select(vec![
            "",
            "A",
            "AB",
            "abcdefgh",
            "ABCDEFGHIJ",
            "XB",
            "AXC",
            "Z",
            "A\u{0}",
        ])
    };
    let way = select(vec![Way::Inbound, Way::Outbound]);
    let at = prop_oneof![
        Just(None),
        (1u8..8).prop_map(|day| Some(Moment {
            year: 2026,
            month: 11,
            day,
            hour: 1,
            minute: 2,
            second: 3
        })),
    ];
    (
        (address(), address()),
        (1u16..72, 1u16..72),
        name(),
        name(),
        way,
        at,
    )
        .prop_map(
            |((local, remote), (local_port, remote_port), job, user, way, at)| Connection {
                local,
                remote,
                local_port,
                remote_port,
                job: job.to_owned(),
                user: user.to_owned(),
                way,
                at,
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_tree_finds_what_looking_at_all_finds(
        rules in proptest::collection::vec(proptest::option::weighted(0.95, conditions()), 0..120),
        connections in proptest::collection::vec(connection(), 60),
    ) {
        let lookup = Lookup::new(rules.clone());
        for connection in connections {
            let one_by_one = rules
                .iter()
                .position(|rule| rule.as_ref().is_some_and(|rule| rule.matches(&connection)));
            prop_assert_eq!(lookup.lookup(&connection), one_by_one, "{:?}", connection);
        }
    }
}

#[test]
fn the_rules_of_a_policy_are_found_by_their_place() {
    let text = "\
TTLSRule low\n{\n Direction Both\n Jobname *\n}
TTLSRule high\n{\n LocalPortRange 21\n Direction Inbound\n Priority 5\n}
TTLSRule bad\n{\n LocalPortRange x\n Direction Both\n Priority 9\n}
";
    let policy = lower(&parse(text.as_bytes()), "p").policy;
    let rules = rules(&policy);
    let lookup = Lookup::of(&rules);
    let mut connection = Connection {
        local: IpAddr::from([10, 1, 1, 2]),
        remote: IpAddr::from([192, 0, 2, 9]),
        local_port: 21,
        remote_port: 50_000,
        job: String::new(),
        user: String::new(),
        way: Way::Inbound,
        at: None,
    };
    assert_eq!(lookup.lookup(&connection), Some(1));
    connection.way = Way::Outbound;
    assert_eq!(lookup.lookup(&connection), Some(2));
    assert_eq!(Lookup::new([]).lookup(&connection), None);
}

#[test]
fn each_rule_is_entered_a_few_times_at_most() {
    let rules = (0..3000u16).map(|n| Conditions {
        local_ports: PortSet::new(PortSpan::new(n + 1, n + 1 + n % 9)),
        remote_ports: PortSet::new(PortSpan::new(n + 1, n + 1 + n % 7)),
        job: Pattern::from(format!("J{}*", n % 100).as_str()),
        ..Conditions::default()
    });
    let lookup = Lookup::new(rules.map(Some));
    assert!(
        lookup.entries.len() <= 2 * 3000 * COPIES,
        "{}",
        lookup.entries.len()
    );
}
