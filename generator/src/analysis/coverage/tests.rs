use proptest::prelude::*;

use super::*;
use crate::analysis::small::{remote, small_rules, universe};
use crate::policy::lookup::{AddressSet, Direction, Pattern, PortSet, TimeCondition};
use crate::policy::net::PortSpan;

fn ports(low: u16, high: u16) -> PortSet {
    PortSet::new(PortSpan::new(low, high))
}

fn port(port: u16) -> Conditions {
    Conditions {
        local_ports: ports(port, port),
        direction: Direction::Inbound,
        ..Conditions::default()
    }
}

fn job(text: &str) -> Conditions {
    Conditions {
        job: Pattern::from(text),
        ..Conditions::default()
    }
}

fn covered(by: &[usize]) -> Coverage {
    Coverage::Covered { by: by.to_vec() }
}

#[track_caller]
fn last(rules: &[Conditions], expected: Coverage) {
    assert_eq!(coverage(rules).last(), Some(&expected));
}

#[test]
fn a_rule_below_a_wider_one_is_covered_by_it() {
    last(&[Conditions::default(), port(1414)], covered(&[0]));
    last(&[port(1414), Conditions::default()], Coverage::Reachable);
    last(
        &[port(1414), port(1415), port(1414)],
        Coverage::Duplicate { of: 0 },
    );
}

#[test]
fn two_rules_together_can_cover_a_third() {
    let range = |low, high| Conditions {
        local_ports: ports(low, high),
        ..Conditions::default()
    };
    last(
        &[
            range(1, 99),
            range(5, 7),
            range(100, 65_535),
            Conditions::default(),
        ],
        covered(&[0, 2]),
    );
    last(
        &[range(1, 99), range(101, 65_535), Conditions::default()],
        Coverage::Reachable,
    );
}

#[test]
fn three_rules_can_cover_a_fourth_and_none_is_named_in_vain() {
    let range = |low, high| Conditions {
        local_ports: ports(low, high),
        ..Conditions::default()
    };
    let rules = [
        range(1, 10),
        range(3, 4),
        range(11, 20),
        range(15, 16),
        range(21, 30),
        range(1, 30),
    ];
    last(&rules, covered(&[0, 2, 4]));
}

#[test]
fn the_two_directions_cover_both() {
    let way = |direction| Conditions {
        direction,
        ..Conditions::default()
    };
    last(
        &[
            way(Direction::Inbound),
            way(Direction::Outbound),
            way(Direction::Both),
        ],
        covered(&[0, 1]),
    );
}

#[test]
fn no_connection_joins_two_families() {
    let family = |local: &str, far: &str| Conditions {
        local: remote(local),
        remote: remote(far),
        ..Conditions::default()
    };
    let v4 = family("0.0.0.0/0", "0.0.0.0/0");
    let v6 = family("::/0", "::/0");
    last(&[v4, v6, Conditions::default()], covered(&[0, 1]));
    last(&[family("0.0.0.0/0", "::/0")], Coverage::Impossible);
}

#[test]
fn prefixes_of_addresses_add_up() {
    let far = |text: &str| Conditions {
        remote: remote(text),
        ..Conditions::default()
    };
    last(
        &[far("10.0.0.0/9"), far("10.128.0.0/9"), far("10.0.0.0/8")],
        covered(&[0, 1]),
    );
    last(
        &[far("10.0.0.0/9"), far("10.129.0.0/16"), far("10.0.0.0/8")],
        Coverage::Reachable,
    );
}

#[test]
fn names_of_jobs_are_compared_by_their_beginning() {
    last(&[job("CSQ*"), job("csq9chin")], covered(&[0]));
    last(&[job("A*"), job("B*"), job("*")], Coverage::Reachable);
    last(&[job("ABC"), job("ABC*")], Coverage::Reachable);
}

#[test]
fn an_asterisk_in_the_middle_is_answered_where_that_is_certain() {
    last(&[job("*DIST"), job("DB2ADIST")], covered(&[0]));
    last(&[job("*DIST"), job("*DIST")], Coverage::Duplicate { of: 0 });
    last(&[job("D*"), job("D*T")], covered(&[0]));
    last(&[job("*DIST"), job("*CHIN")], Coverage::Reachable);
    last(&[job("*DIST"), job("D*")], Coverage::Reachable);
    last(&[job("*A*"), job("A*")], covered(&[0]));
    // Covered in truth, but that cannot be shown.
    last(&[job("*A"), job("*BA")], Coverage::Unknown);
    let half = |low, high| Conditions {
        local_ports: ports(low, high),
        ..job("*DIST")
    };
    last(
        &[half(1, 99), half(100, 65_535), job("*DIST")],
        covered(&[0, 1]),
    );
}

#[test]
fn a_rule_in_effect_at_times_covers_only_what_has_the_same_times() {
    let at = |weekdays| Conditions {
        time: Time::During(vec![TimeCondition {
            weekdays,
            ..TimeCondition::default()
        }]),
        ..port(21)
    };
    last(&[at(1), at(1)], Coverage::Duplicate { of: 0 });
    last(&[port(21), at(1)], covered(&[0]));
    // The two together may cover all times; days are not added up.
    last(
        &[at(0b000_0001), at(0b111_1110), port(21)],
        Coverage::Unknown,
    );
    last(&[at(1), Conditions::default()], Coverage::Reachable);
}

#[test]
fn too_much_work_is_answered_honestly() {
    let rules: Vec<_> = (0..40)
        .map(|n| Conditions {
            local_ports: ports(n * 10 + 1, n * 10 + 15),
            remote_ports: ports(n * 7 + 1, n * 7 + 300),
            ..Conditions::default()
        })
        .chain([
            Conditions {
                local_ports: ports(60_000, 65_535),
                ..Conditions::default()
            },
            Conditions::default(),
        ])
        .collect();
    let bounds = Bounds {
        per_rule: 100,
        in_all: 1_000_000,
    };
    assert_eq!(
        coverage_within(&rules, bounds).last(),
        Some(&Coverage::Unknown)
    );
    assert_eq!(coverage(&rules).last(), Some(&Coverage::Reachable));
}

#[test]
fn ten_thousand_rules_on_ports_of_their_own_are_all_reachable() {
    let rules: Vec<_> = (1..=10_000).map(port).collect();
    let bounds = Bounds {
        per_rule: 1_000,
        in_all: 200_000,
    };
    // The bounds show that the index spares the work of comparing each with each.
    let answers = coverage_within(&rules, bounds);
    assert!(answers.iter().all(|answer| *answer == Coverage::Reachable));
}

#[test]
fn a_last_rule_for_everything_else_is_reachable_below_ten_thousand() {
    let rules: Vec<_> = (1..=10_000)
        .map(|n| Conditions {
            remote: if n % 3 == 0 {
                remote("10.0.0.0/8")
            } else {
                AddressSet::all()
            },
            ..port(n)
        })
        .chain([Conditions::default()])
        .collect();
    last(&rules, Coverage::Reachable);
}

#[test]
fn a_thousand_ranges_side_by_side_cover_the_whole() {
    let rules: Vec<_> = (0..1000)
        .map(|n| Conditions {
            local_ports: ports(n * 60 + 1, if n == 999 { 65_535 } else { n * 60 + 60 }),
            ..Conditions::default()
        })
        .chain([Conditions::default()])
        .collect();
    let answers = coverage(&rules);
    assert!(matches!(&answers[1000], Coverage::Covered { by } if by.len() == 1000));
}

/// Whether a rule may be named as one that covers others.
fn answers_reachable(answer: &Coverage) -> bool {
    matches!(answer, Coverage::Reachable | Coverage::Unknown)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_answers_agree_with_trying_every_connection(rules in small_rules()) {
        let universe = universe();
        let answers = coverage(&rules);
        for (at, answer) in answers.clone().into_iter().enumerate() {
            let own: Vec<_> = universe.iter().filter(|c| rules[at].matches(c)).collect();
            let left = own.iter().any(|c| !rules[..at].iter().any(|rule| rule.matches(c)));
            match answer {
                Coverage::Reachable => prop_assert!(left, "rule {} is covered: {:?}", at, rules),
                Coverage::Impossible => prop_assert!(own.is_empty()),
                Coverage::Duplicate { of } => prop_assert_eq!(&rules[of], &rules[at]),
                Coverage::Covered { by } => {
                    prop_assert!(!left, "rule {} is reachable: {:?}", at, rules);
                    let takes = |of: &[usize]| own.iter().all(|c| of.iter().any(|rule| rules[*rule].matches(c)));
                    prop_assert!(takes(&by), "{:?} do not cover {}", by, at);
                    prop_assert!(by.iter().all(|one| answers_reachable(&answers[*one])));
                    let has_glob = rules.iter().any(names::is_glob);
                    for one in by.iter().filter(|_| !has_glob) {
                        let others: Vec<_> = by.iter().copied().filter(|other| other != one).collect();
                        prop_assert!(!takes(&others), "{} is not needed to cover {}: {:?}", one, at, by);
                    }
                    // Where one or two rules suffice, no more are named.
                    let alone = (0..at).any(|one| answers_reachable(&answers[one]) && takes(&[one]));
                    prop_assert!(has_glob || !alone || by.len() == 1);
                }
                Coverage::Unknown => {
                    prop_assert!(rules[..=at].iter().any(names::is_glob), "rule {} of {:?}", at, rules);
                }
            }
        }
    }
}
