use super::*;
use crate::policy::net::{AddressSpan, PortSpan};
use crate::policy::{lower, parse};

fn connection(local_port: u16) -> Connection {
    Connection {
        local: IpAddr::from([10, 1, 1, 2]),
        remote: IpAddr::from([192, 0, 2, 9]),
        local_port,
        remote_port: 50_000,
        job: "CSQ9CHIN".to_owned(),
        user: "START1".to_owned(),
        way: Way::Inbound,
        at: None,
    }
}

fn set(spans: &[&str]) -> AddressSet {
    AddressSet::new(
        spans
            .iter()
            .filter_map(|span| span.parse::<AddressSpan>().ok()),
    )
}

#[test]
fn sets_are_the_same_however_they_are_written() {
    assert_eq!(
        set(&["10.0.0.0/25", "10.0.0.128/25"]),
        set(&["10.0.0.0/24"])
    );
    assert_eq!(set(&["0.0.0.0/0", "::/0"]), AddressSet::all());
    assert!(set(&["::/0", "0.0.0.0/1", "128.0.0.0/1"]).is_all());
    assert!(!set(&["0.0.0.0/0"]).contains("::1".parse().unwrap_or(IpAddr::from([0; 4]))));
    let ports = PortSet::new([PortSpan::ALL]);
    assert!(ports.is_all() && !ports.contains(0));
    assert_eq!(
        PortSet::new([PortSpan::single(2), PortSpan::single(1)])
            .spans()
            .len(),
        1
    );
}

#[test]
fn patterns_match_without_regard_to_case() {
    for (pattern, name, fits) in [
        ("*", "", true),
        ("", "X", true),
        ("CSQ*", "csq9chin", true),
        ("CSQ*", "CS", false),
        ("csq9chin", "CSQ9CHIN", true),
        ("CSQ9CHIN", "CSQ9CHINX", false),
        ("*CHIN", "CSQ9CHIN", true),
        ("*CHIN", "CSQ9CHINX", false),
        ("A*B*C", "AXXBYBC", true),
        ("A*B*C", "AXXBYB", false),
    ] {
        assert_eq!(
            Pattern::from(pattern).matches(name),
            fits,
            "{pattern} {name}"
        );
    }
    assert_eq!(Pattern::from("A**"), Pattern::Prefix("A".to_owned()));
}

#[test]
fn the_first_condition_that_fails_is_named() {
    let conditions = Conditions {
        local_ports: PortSet::new([PortSpan::single(1414)]),
        job: Pattern::from("FTPD*"),
        direction: Direction::Inbound,
        ..Conditions::default()
    };
    assert_eq!(
        conditions.first_failure(&connection(1414)),
        Some(Condition::Job)
    );
    assert_eq!(
        conditions.first_failure(&connection(1415)),
        Some(Condition::LocalPort)
    );
    let outbound = Connection {
        way: Way::Outbound,
        ..connection(1414)
    };
    assert_eq!(
        conditions.first_failure(&outbound),
        Some(Condition::Direction)
    );
    assert!(Conditions::default().matches(&outbound));
}

#[test]
fn a_rule_is_in_effect_at_its_times_only() {
    let night = TimeCondition {
        weekdays: 0b000_0010,
        of_day: DayTime::from_text("22:00-06:00").into_iter().collect(),
        ..TimeCondition::default()
    };
    let time = Time::During(vec![night]);
    let moment = |day, hour| Moment {
        year: 2026,
        month: 11,
        day,
        hour,
        minute: 0,
        second: 0,
    };
    // 23 November 2026 is a Monday.
    assert_eq!(moment(23, 0).weekday(), 1);
    assert!(time.holds(moment(23, 23)) && time.holds(moment(23, 5)));
    assert!(!time.holds(moment(23, 6)) && !time.holds(moment(24, 23)));
    let last_day = TimeCondition {
        days: 0,
        days_from_last: 1,
        ..TimeCondition::default()
    };
    assert!(last_day.holds(moment(30, 1)) && !last_day.holds(moment(29, 1)));
}

#[test]
fn rules_of_a_policy_come_in_the_order_of_the_search() {
    let text = "\
TTLSRule b\n{\n LocalPortGroupRef P\n RemoteAddrGroupRef G\n Direction Inbound\n Priority 5\n}
TTLSRule B\n{\n LocalAddr 10.1.1.0/24\n Direction Both\n Priority 5\n}
TTLSRule z\n{\n LocalPortRange 0\n Direction Both\n Priority 9\n Jobname FTP*\n}
TTLSRule bad\n{\n LocalPortRange x\n Direction Both\n}
PortGroup P\n{\n PortRangeRef R\n PortRange\n {\n  Port 21\n }\n}
PortRange R\n{\n Port 1414 1420\n}
IpAddrGroup G\n{\n IpAddr\n {\n  Addr 192.0.2.9\n }\n IpAddrSet\n {\n  Prefix 2001:db8::/32\n }\n}
";
    let policy = lower(&parse(text.as_bytes()), "x").policy;
    let rules = rules(&policy);
    let names: Vec<_> = rules
        .iter()
        .filter_map(|rule| rule.statement.name_str())
        .collect();
    assert_eq!(names, ["z", "b", "B", "bad"]);
    let first = |connection: &Connection| {
        let found = rules
            .iter()
            .find(|rule| rule.first_failure(connection).is_none());
        found.and_then(|rule| rule.statement.name_str())
    };
    assert_eq!(first(&connection(1415)), Some("b"));
    assert_eq!(first(&connection(21)), Some("b"));
    assert_eq!(first(&connection(22)), Some("B"));
    assert!(rules[3].conditions.is_none());
}
