//! Rules and connections for tests: few enough that every connection can be tried.

use std::net::IpAddr;

use proptest::prelude::*;

use crate::policy::lookup::{
    AddressSet, Conditions, Connection, Direction, Pattern, PortSet, Time, Way,
};
use crate::policy::net::{AddressSpan, PortSpan};

pub fn ports(low: u16, high: u16) -> PortSet {
    PortSet::new(PortSpan::new(low, high))
}

pub fn remote(text: &str) -> AddressSet {
    AddressSet::new(text.parse::<AddressSpan>())
}

/// A universe so small that every connection in it can be tried.
pub fn small_rules() -> impl Strategy<Value = Vec<Conditions>> {
    // Most conditions take all, so that rules overlap and add up.
    let addresses = || {
        prop_oneof![
            8 => Just(AddressSet::all()),
            1 => Just(remote("0.0.0.0/0")),
            1 => Just(remote("::/0")),
            1 => (0u32..3, 0u32..3).prop_map(|(one, two)| AddressSet::new([one, two].map(v4))),
            1 => Just(remote("0.0.0.0-0.0.0.1")),
            1 => Just(remote("0.0.0.1-255.255.255.255")),
        ]
    };
    let port_sets = |all: u32| {
        prop_oneof![
            all => Just(PortSet::all()),
            3 => (1u16..4, 1u16..4).prop_map(|(one, two)| ports(one.min(two), one.max(two))),
            1 => Just(ports(3, 65_535)),
            1 => Just(ports(2, 65_535)),
        ]
    };
    let patterns = || {
        prop_oneof![
            12 => Just("*"),
            5 => proptest::sample::select(vec!["A", "A*", "AB*", "AB", "B"]),
            1 => proptest::sample::select(vec!["*B", "A*B"]),
        ]
        .prop_map(Pattern::from)
    };
    let users =
        proptest::sample::select(vec!["*", "*", "*", "*", "A", "A*"]).prop_map(Pattern::from);
    let directions = proptest::sample::select(vec![
        Direction::Inbound,
        Direction::Outbound,
        Direction::Both,
    ]);
    let rule = (
        addresses(),
        addresses(),
        port_sets(1),
        port_sets(8),
        patterns(),
        users,
        directions,
    )
        .prop_map(
            |(local, remote, local_ports, remote_ports, job, user, direction)| Conditions {
                local,
                remote,
                local_ports,
                remote_ports,
                job,
                user,
                direction,
                time: Time::Always,
            },
        );
    proptest::collection::vec(rule, 1..10)
}

fn v4(bits: u32) -> AddressSpan {
    AddressSpan::single(IpAddr::V4(std::net::Ipv4Addr::from_bits(bits)))
}

/// One connection for each way in which the small rules can tell connections apart.
pub fn universe() -> Vec<Connection> {
    let v4 = ["0.0.0.0", "0.0.0.1", "0.0.0.2", "9.9.9.9"];
    let pairs = v4
        .iter()
        .flat_map(|one| v4.iter().map(move |two| (*one, *two)))
        .chain([("2001:db8::1", "2001:db8::1")]);
    let names = ["", "A", "AB", "AXB", "B", "ABX", "AX", "XB", "X", "ABXB"];
    let mut all = Vec::new();
    for (local, remote) in pairs {
        for local_port in [1, 2, 3, 4] {
            for remote_port in [1, 2, 3, 4] {
                for job in names {
                    for user in ["", "A", "AX"] {
                        for way in [Way::Inbound, Way::Outbound] {
                            let (Ok(local), Ok(remote)) = (local.parse(), remote.parse()) else {
                                continue;
                            };
                            all.push(Connection {
                                local,
                                remote,
                                local_port,
                                remote_port,
                                job: job.to_owned(),
                                user: user.to_owned(),
                                way,
                                at: None,
                            });
                        }
                    }
                }
            }
        }
    }
    all
}
