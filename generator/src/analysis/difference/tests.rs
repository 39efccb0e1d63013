use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::analysis::small::{small_rules, universe};
use crate::policy::lookup::{Direction, Moment, Pattern, Time, TimeCondition};
use crate::policy::{lower, parse};

const ACTIONS: &str = "
TTLSGroupAction on\n{\n TTLSEnabled On\n}
TTLSGroupAction off\n{\n TTLSEnabled Off\n}
TTLSEnvironmentAction E\n{\n HandshakeRole Server\n TTLSKeyringParms\n {\n  Keyring CSQ1/RING\n }\n TTLSEnvironmentAdvancedParms\n {\n  HandshakeTimeout 20\n }\n}
TTLSEnvironmentAction F\n{\n HandshakeRole server\n TTLSKeyringParms\n {\n  Keyring CSQ1/RING\n }\n}
TTLSConnectionAction twenty\n{\n TTLSConnectionAdvancedParms\n {\n  HandshakeTimeout 020\n }\n}
";

fn rule(name: &str, lines: &str) -> String {
    format!("TTLSRule {name}\n{{\n {}\n}}\n", lines.replace("; ", "\n "))
}

/// "old → new: changes; connection", for each difference.
#[track_caller]
fn differ(old: &[String], new: &[String], expected: &[&str]) {
    let policy =
        |rules: &[String]| lower(&parse((rules.concat() + ACTIONS).as_bytes()), "p").policy;
    let (old, new) = (policy(old), policy(new));
    let found = differences(&treated(&old, Release::V3R1), &treated(&new, Release::V3R1));
    let name = |rule: Option<&Statement>| {
        rule.and_then(Statement::name_str)
            .unwrap_or("none")
            .to_owned()
    };
    let words = found.found.iter().map(|one| {
        let changes: Vec<_> = one.changes.iter().map(ToString::to_string).collect();
        format!(
            "{} → {}: {}; {}",
            name(one.old),
            name(one.new),
            changes.join(", "),
            one.connection
        )
    });
    assert_eq!(words.collect::<Vec<_>>(), expected);
    assert!(found.undecided.is_empty());
}

const WEB: &str = "LocalPortRange 8440-8443; Direction Inbound; TTLSGroupActionRef on; TTLSEnvironmentActionRef E";

#[test]
fn names_order_and_scope_make_no_difference() {
    let old = [
        rule("web", &format!("{WEB}; Priority 9")),
        rule(
            "mq",
            "LocalPortRange 1414; Direction Inbound; TTLSGroupActionRef off",
        ),
    ];
    let new = [
        rule(
            "a",
            "LocalPortRange 8440-8441; Direction Inbound; TTLSGroupActionRef on; TTLSEnvironmentActionRef F; TTLSConnectionActionRef twenty",
        ),
        rule(
            "b",
            "LocalPortRange 8442; Direction Inbound; TTLSGroupActionRef on; TTLSEnvironmentActionRef E; Priority 100",
        ),
        rule(
            "c",
            "LocalPortRange 8443; Direction Both; TTLSGroupActionRef on; TTLSEnvironmentActionRef E",
        ),
        rule(
            "above",
            "LocalPortRange 8443; Direction Outbound; TTLSGroupActionRef off; Priority 7",
        ),
    ];
    differ(&old, &new, &[]);
}

#[test]
fn what_is_lost_and_what_comes_is_shown_with_a_connection() {
    differ(
        &[rule("web", WEB)],
        &[rule("web", &WEB.replace("8443", "8442"))],
        &["web → none: TLS → clear; inbound from 192.0.2.1 to 192.0.2.1 port 8443"],
    );
    differ(
        &[rule("web", WEB)],
        &[
            rule(
                "hole",
                "LocalPortRange 8441; RemoteAddr 10.9.9.9; Direction Inbound; TTLSGroupActionRef off; Priority 5",
            ),
            rule("web", &WEB.replace("ActionRef E", "ActionRef F")),
        ],
        &[
            "web → hole: TLS → clear; inbound from 10.9.9.9 to 192.0.2.1 port 8441",
            "web → web: HandshakeTimeout 20 → 10; inbound from 192.0.2.1 to 192.0.2.1 port 8440",
        ],
    );
}

#[test]
fn an_order_that_changes_matters_where_rules_overlap() {
    let all = |priority: u8| {
        rule(
            "all",
            &format!("Jobname *; Direction Both; TTLSGroupActionRef off; Priority {priority}"),
        )
    };
    differ(
        &[all(1), rule("web", &format!("{WEB}; Priority 5"))],
        &[all(9), rule("web", &format!("{WEB}; Priority 5"))],
        &["web → all: TLS → clear; inbound from 192.0.2.1 to 192.0.2.1 port 8440"],
    );
}

#[test]
fn times_are_sets_of_moments() {
    let times = "
IpTimeCondition work\n{\n DayOfWeekMask 0111110\n}
IpTimeCondition rest\n{\n DayOfWeekMask 1000001\n}
IpTimeCondition morning\n{\n TimeOfDayRange 00:00-12:00\n}
";
    let at = |name: &str, time: &str| rule(name, &format!("{WEB}; IpTimeConditionRef {time}"));
    let whole = [rule("web", WEB), times.to_owned()];
    differ(
        &whole,
        &[at("a", "work"), at("b", "rest"), times.to_owned()],
        &[],
    );
    differ(
        &whole,
        &[at("a", "work"), at("b", "morning"), times.to_owned()],
        &[
            "web → none: TLS → clear; inbound from 192.0.2.1 to 192.0.2.1 port 8440, at 2026-01-03T12:00",
        ],
    );
}

#[test]
fn a_rule_that_cannot_be_read_is_said_where_it_changes() {
    let text = "TTLSRule bad\n{\n LocalPortRange x\n Direction Both\n}\n";
    let policy = |text: &str| lower(&parse(text.as_bytes()), "p").policy;
    let (old, new) = (policy(text), policy(&text.replace('x', "y")));
    let [old, new] = [&old, &new].map(|policy| treated(policy, Release::V3R1));
    assert!(differences(&old, &old).is_none());
    let found = differences(&old, &new);
    assert_eq!((found.found.len(), found.unreadable.len()), (0, 2));
}

#[test]
fn twenty_edits_in_two_thousand_rules_are_found_within_small_bounds() {
    let rules: Vec<Conditions> = (1..=2_000u16)
        .map(|n| Conditions {
            local_ports: crate::analysis::small::ports(n, n),
            direction: Direction::Inbound,
            job: Pattern::from(format!("J{}", n % 50).as_str()),
            ..Conditions::default()
        })
        .chain([Conditions::default()])
        .collect();
    let mut edited = rules.clone();
    for at in 0..20 {
        edited[at * 80].job = Pattern::from("OTHER*");
    }
    let treated = |rules: Vec<Conditions>| -> Rules {
        let last = rules.len() - 1;
        rules
            .into_iter()
            .enumerate()
            .map(|(at, rule)| (rule, u32::from(at != last)))
            .collect()
    };
    let (old, new) = (treated(rules), treated(edited));
    let (old, new) = (entries(&old), entries(&new));
    let bounds = Bounds {
        per_pair: 50_000,
        in_all: 2_000_000,
    };
    let found = pairs_within(&old, &new, bounds);
    assert_eq!((found.found.len(), found.undecided.len()), (40, 0));
    assert_eq!(
        pairs_within(
            &old,
            &old,
            Bounds {
                per_pair: 0,
                in_all: 0
            }
        ),
        Pairs::default()
    );
    let none = pairs_within(
        &old,
        &new,
        Bounds {
            per_pair: 1,
            in_all: 1,
        },
    );
    assert!(
        none.found.is_empty() && !none.undecided.is_empty(),
        "it says that it does not know"
    );
}

/// An edit of a list of rules.
#[derive(Clone, Debug)]
enum Edit {
    Remove(usize),
    Move(usize, usize),
    Treat(usize, u32),
    Weekdays(usize, u8),
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let edit = prop_oneof![
        (0usize..9).prop_map(Edit::Remove),
        (0usize..9, 0usize..9).prop_map(|(from, to)| Edit::Move(from, to)),
        (0usize..9, 0u32..3).prop_map(|(at, treatment)| Edit::Treat(at, treatment)),
        (0usize..9, select(vec![1u8, 126, 127, 64]))
            .prop_map(|(at, days)| Edit::Weekdays(at, days)),
    ];
    proptest::collection::vec(edit, 0..4)
}

type Rules = Vec<(Conditions, u32)>;

fn entries(rules: &[(Conditions, u32)]) -> Vec<Entry<'_>> {
    let mut entries = Vec::with_capacity(rules.len());
    for (conditions, treatment) in rules {
        entries.push(Entry {
            conditions: Some(conditions),
            treatment: *treatment,
        });
    }
    entries
}

fn edited(mut rules: Rules, edits: Vec<Edit>) -> Rules {
    for edit in edits {
        let len = rules.len();
        match edit {
            Edit::Remove(at) if at < len => drop(rules.remove(at)),
            Edit::Move(from, to) if from < len && to < len => {
                let rule = rules.remove(from);
                rules.insert(to, rule);
            }
            Edit::Treat(at, treatment) if at < len => rules[at].1 = treatment,
            Edit::Weekdays(at, weekdays) if at < len => {
                rules[at].0.time = Time::During(vec![TimeCondition {
                    weekdays,
                    ..TimeCondition::default()
                }]);
            }
            _ => {}
        }
    }
    rules
}

fn policies() -> impl Strategy<Value = (Rules, Rules)> {
    let rules = || {
        (small_rules(), proptest::collection::vec(0u32..3, 10)).prop_map(
            |(rules, treatments)| -> Rules { rules.into_iter().zip(treatments).collect() },
        )
    };
    prop_oneof![
        3 => (rules(), edits(), rules()).prop_map(|(old, edits, more)| {
            let mut new = edited(old.clone(), edits);
            new.extend(more.into_iter().take(1));
            (old, new)
        }),
        1 => (rules(), rules()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_pairs_are_those_that_trying_every_connection_finds((old, new) in policies()) {
        // A Sunday, a Saturday and a Monday.
        let moments = [22, 21, 23].map(|day| Moment { year: 2026, month: 11, day, hour: 5, minute: 0, second: 0 });
        let timed = old.iter().chain(&new).any(|(rule, _)| rule.time != Time::Always);
        let first = |rules: &Rules, connection: &Connection| rules.iter().position(|(rule, _)| rule.matches(connection));
        let treatment = |rules: &Rules, at: Option<usize>| at.map_or(0, |at| rules[at].1);
        let mut expected: BTreeMap<(Option<usize>, Option<usize>), Connection> = BTreeMap::new();
        for connection in universe() {
            for at in moments.iter().take(if timed { 3 } else { 1 }) {
                let connection = Connection { at: timed.then_some(*at), ..connection.clone() };
                let met = (first(&old, &connection), first(&new, &connection));
                if treatment(&old, met.0) != treatment(&new, met.1) {
                    expected.insert(met, connection);
                }
            }
        }
        let found = pairs(&entries(&old), &entries(&new));
        let mut seen = BTreeMap::new();
        for pair in &found.found {
            let met = (first(&old, &pair.connection), first(&new, &pair.connection));
            prop_assert_eq!(met, (pair.old, pair.new), "the connection shows what it is to show: {:?}", pair);
            prop_assert!(treatment(&old, pair.old) != treatment(&new, pair.new));
            prop_assert!(seen.insert(met, ()).is_none(), "each pair once");
        }
        let glob = |(rule, _): &(Conditions, u32)| matches!(rule.job, Pattern::Glob(_));
        let has_glob = old.iter().chain(&new).any(glob);
        prop_assert!(has_glob || found.undecided.is_empty(), "{:?}", found.undecided);
        for (pair, connection) in &expected {
            let undecided = found.undecided.contains(pair);
            prop_assert!(seen.contains_key(pair) || undecided, "{:?} is missed: {:?}", pair, connection);
        }
        // Names of any text can show more than the few that were tried, and never less.
        for pair in &found.found {
            prop_assert!(has_glob || expected.contains_key(&(pair.old, pair.new)), "{:?}", pair);
        }
    }
}
