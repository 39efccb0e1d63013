#![expect(clippy::unwrap_used, reason = "a test may panic")]

use proptest::prelude::*;

use crate::objects::{
    AddressGroup, Answer, Configuration, Direction, Endpoint, Entry, Host, Image, Layout, MapUse,
    Mapping, Object, ObjectId, OrderKey, RequirementMap, Rule, SecurityLevel, Setting, Settings,
    Stack, Suites, TrafficDescriptor, TrafficRow, Versions, library,
};
use crate::policy::{lower, parse};

use super::*;

fn id(text: &str) -> ObjectId {
    ObjectId(text.to_owned())
}

fn row(port: &str) -> TrafficRow {
    TrafficRow {
        local_port: port.into(),
        direction: Direction::Inbound,
        jobname: "CSQ9CHIN".into(),
        ..TrafficRow::default()
    }
}

/// The worked example of the reference: two rows for MQ, between an address group and everybody.
pub(crate) fn worked_example(layout: Layout) -> Configuration {
    let level = SecurityLevel {
        name: "GOLD12".into(),
        versions: Versions {
            tls12: true,
            ..Versions::NONE
        },
        suites: Suites::List(vec!["C02C".into(), "C030".into()]),
        settings: Settings::new(),
        ..SecurityLevel::default()
    };
    let objects: [(&str, Object); 7] = [
        (
            "image",
            Image {
                name: "MVSA".into(),
                keyring: "START1/APPRING".into(),
                ..Image::default()
            }
            .into(),
        ),
        (
            "stack",
            Stack {
                name: "TCPIP".into(),
                image: Some(id("image")),
                layout,
                ..Stack::default()
            }
            .into(),
        ),
        (
            "group",
            AddressGroup {
                name: "AG_APP".into(),
                addresses: vec!["10.1.1.2".into(), "10.1.1.3".into()],
                ..AddressGroup::default()
            }
            .into(),
        ),
        (
            "traffic",
            TrafficDescriptor {
                name: "MQ".into(),
                rows: vec![row("1414"), row("1415-1420")],
                ..TrafficDescriptor::default()
            }
            .into(),
        ),
        ("level", level.into()),
        (
            "map",
            RequirementMap {
                name: "M1".into(),
                mappings: vec![Mapping {
                    traffic: Some(id("traffic")),
                    level: Some(id("level")),
                }],
                ..RequirementMap::default()
            }
            .into(),
        ),
        (
            "rule",
            Rule {
                name: "MQ_IN".into(),
                owner: Some(id("stack")),
                local: Endpoint::Group(id("group")),
                map: MapUse::Shared(id("map")),
                ..Rule::default()
            }
            .into(),
        ),
    ];
    objects
        .into_iter()
        .map(|(key, object)| (id(key), object))
        .collect()
}

fn policy_text(configuration: &Configuration) -> String {
    compile(configuration, &id("stack"), &Header::default())
        .unwrap()
        .policy
        .text
}

#[test]
fn the_worked_example_is_written_byte_for_byte_in_the_compatible_layout() {
    let golden = include_str!("../../tests/golden/worked-example.compatible.policy");
    assert_eq!(policy_text(&worked_example(Layout::Compatible)), golden);
}

#[test]
fn the_recorded_addresses_of_hosts_are_written() {
    let compiled = |answer: Option<Answer>| {
        let mut configuration = worked_example(Layout::Compact);
        let Some(Object::AddressGroup(group)) = configuration.objects.get_mut(&id("group")) else {
            panic!("an address group");
        };
        let name = "mq1.example.com".into();
        group.hosts = vec![Host { name, answer }];
        compile(&configuration, &id("stack"), &Header::default()).unwrap()
    };
    let answer = Answer {
        asked: "mq1.example.com".to_owned(),
        addresses: vec!["10.1.1.3".into(), "10.1.1.7".into()],
        at: String::new(),
    };
    let with = compiled(Some(answer)).policy.text;
    let lines: Vec<_> = with.lines().filter(|line| line.contains("Addr ")).collect();
    assert_eq!(lines.concat().matches("10.1.1.3").count(), 1, "{with}");
    assert_eq!(lines.concat().matches("10.1.1.7").count(), 1, "{with}");
    let without = compiled(None);
    assert!(!without.policy.text.contains("TTLSRule"));
    let reasons: Vec<_> = without.unwritten.iter().map(|rule| &rule.reason).collect();
    assert!(!reasons.is_empty());
    let reason = "no address of host `mq1.example.com` of address group AG_APP is recorded";
    assert!(
        reasons.iter().all(|text| text.contains(reason)),
        "{reasons:?}"
    );
}

#[test]
fn the_worked_example_in_the_compact_layout() {
    insta::assert_snapshot!(policy_text(&worked_example(Layout::Compact)));
}

#[test]
fn the_header_carries_a_hash_of_what_is_below_it() {
    let header = Header {
        product: "Gatehouse 0.1.0".into(),
        store: "PROD".into(),
        revision: Some(41),
        saved: "2026-02-03T10:14:00Z ana: two ports for MQ".into(),
        history: vec!["2026-02-03 10:15:02Z ana (revision 40) ok".into()],
    };
    let compiled = compile(&worked_example(Layout::Compact), &id("stack"), &header).unwrap();
    insta::assert_snapshot!([compiled.main.text, compiled.image.text].join("----\n"));
    let (head, content) = compiled.policy.text.split_once("\n\n").unwrap();
    assert!(head.contains(&content_hash(content)), "{head}");
}

#[test]
fn every_line_knows_its_field_or_is_a_frame() {
    for layout in [Layout::Compact, Layout::Compatible] {
        let compiled = compile(&worked_example(layout), &id("stack"), &Header::default()).unwrap();
        let lines: Vec<_> = compiled.policy.text.lines().collect();
        assert_eq!(lines.len(), compiled.policy.origins.len());
        for (line, origin) in lines.iter().zip(&compiled.policy.origins) {
            assert!(
                origin.is_some() || line.contains("EnvironmentUserInstance"),
                "{line}"
            );
        }
    }
}

#[test]
fn a_line_leads_to_the_field_that_wrote_it() {
    let compiled = compile(
        &worked_example(Layout::Compact),
        &id("stack"),
        &Header::default(),
    )
    .unwrap();
    let at = compiled
        .policy
        .text
        .lines()
        .position(|line| line.contains("1415-1420"))
        .unwrap();
    let origin = compiled.policy.origins[at].clone().unwrap();
    assert_eq!(
        *origin,
        Origin {
            object: id("traffic"),
            field: "rows/1/local_port".into()
        }
    );
}

#[test]
fn a_variable_has_the_value_of_the_stack() {
    let mut configuration = worked_example(Layout::Compact);
    let mut second = configuration.objects[&id("stack")].clone();
    for (object, value) in [
        (configuration.objects.get_mut(&id("stack")).unwrap(), "2414"),
        (&mut second, "2415-2416"),
    ] {
        let Object::Stack(stack) = object else {
            unreachable!("a stack")
        };
        stack.variables.insert("MQ".to_owned(), value.to_owned());
    }
    configuration.objects.insert(id("second"), second);
    for object in configuration.objects.values_mut() {
        match object {
            Object::TrafficDescriptor(traffic) => traffic.rows[0].local_port = "${MQ}".into(),
            Object::Rule(rule) => rule.owner = Some(id("image")),
            _ => {}
        }
    }
    for (stack, port) in [("stack", "2414"), ("second", "2415-2416")] {
        let compiled = compile(&configuration, &id(stack), &Header::default()).unwrap();
        assert_eq!(compiled.unwritten, []);
        let lines: Vec<_> = compiled.policy.text.lines().collect();
        let at = lines
            .iter()
            .position(|line| {
                line.trim_start().starts_with("LocalPortRange") && line.ends_with(port)
            })
            .unwrap();
        let origin = compiled.policy.origins[at].as_ref().unwrap();
        assert_eq!(origin.field.0, "rows/0/local_port");
    }
}

#[test]
fn what_holds_no_value_yet_is_named_and_not_written() {
    let mut configuration = worked_example(Layout::Compact);
    let Some(Object::TrafficDescriptor(traffic)) = configuration.objects.get_mut(&id("traffic"))
    else {
        unreachable!()
    };
    traffic.rows[1].local_port = Entry::read("99999");
    let compiled = compile(&configuration, &id("stack"), &Header::default()).unwrap();
    assert_eq!(compiled.rules.len(), 1);
    assert_eq!(
        compiled.unwritten[0].origin.field,
        "rows/1/local_port".into()
    );
    assert!(
        compiled
            .policy
            .text
            .ends_with("## Not written: rule MQ_IN row 2: `99999` is no port\n"),
        "{}",
        compiled.policy.text
    );
}

#[test]
fn unprotected_traffic_needs_no_environment_and_no_ring() {
    let mut configuration = worked_example(Layout::Compact);
    let Some(Object::SecurityLevel(level)) = configuration.objects.get_mut(&id("level")) else {
        unreachable!()
    };
    level.protect = false;
    let text = policy_text(&configuration);
    assert!(
        text.contains("TTLSEnabled                     Off")
            && !text.contains("TTLSEnvironmentAction"),
        "{text}"
    );
}

#[test]
fn a_trace_of_one_rule_stands_at_its_connection_alone() {
    let mut configuration = worked_example(Layout::Compact);
    let Some(Object::Rule(rule)) = configuration.objects.get_mut(&id("rule")) else {
        unreachable!()
    };
    rule.trace = Some(255);
    let text = policy_text(&configuration);
    assert!(text.contains("TTLSConnectionAction              cAct~MQ_IN\n{\n  Trace                           255\n}"), "{text}");
}

#[test]
fn every_setting_of_a_level_is_written_where_its_row_says() {
    let mut configuration = worked_example(Layout::Compact);
    let Some(Object::SecurityLevel(level)) = configuration.objects.get_mut(&id("level")) else {
        unreachable!()
    };
    for (key, value) in [
        (
            "TTLSEnvironmentAdvancedParms.Renegotiation",
            Setting::One("disabled".into()),
        ),
        (
            "TTLSSignatureParms.ClientECurves",
            Setting::Many(vec!["0023".into(), "0024".into()]),
        ),
        (
            "TTLSGskAdvancedParms.GSK_V3_SESSION_TIMEOUT",
            Setting::One("600".into()),
        ),
        (
            "TTLSGskOcspParms.OcspUrl",
            Setting::One("http://ocsp.example/a".into()),
        ),
        ("TTLSGroupAction.FIPS140", Setting::One("Level1".into())),
    ] {
        level.settings.insert(key.into(), value);
    }
    insta::assert_snapshot!(policy_text(&configuration));
}

/// Configurations with everything in them, some of it wrong.
pub(crate) fn configurations() -> impl Strategy<Value = Configuration> {
    let port = prop_oneof![
        Just("All"),
        Just("1414"),
        Just("1415-1420"),
        Just("Ephemeral"),
        Just("99999"),
        Just("")
    ];
    let job = prop_oneof![Just("*"), Just("CSQ9CHIN"), Just("MQ*"), Just("bad name")];
    let direction = prop_oneof![
        Just(Direction::Inbound),
        Just(Direction::Outbound),
        Just(Direction::Either)
    ];
    let label = prop_oneof![Just(""), Just("My Label"), Just("a } b"), Just("x # y")];
    let rows = proptest::collection::vec(
        (port.clone(), port, job, direction, label, any::<bool>()),
        0..4,
    );
    let suites = proptest::collection::vec(
        prop_oneof![Just("1302"), Just("C02C"), Just("2F"), Just("nonsense")],
        0..4,
    );
    let name = "[A-Za-z0-9_.@$-]{1,64}";
    let layout = prop_oneof![Just(Layout::Compact), Just(Layout::Compatible)];
    let level = (suites, any::<[bool; 6]>(), any::<bool>());
    (
        rows,
        level,
        proptest::collection::vec(name, 4),
        layout,
        any::<bool>(),
    )
        .prop_map(|(rows, (suites, on, protect), names, layout, defaults)| {
            let mut configuration = worked_example(layout);
            for object in configuration.objects.values_mut() {
                match object {
                    Object::TrafficDescriptor(traffic) => {
                        traffic.name = Entry::read(&names[0]);
                        traffic.rows = rows
                            .iter()
                            .map(
                                |(local, remote, job, direction, label, controlled)| TrafficRow {
                                    local_port: Entry::read(local),
                                    remote_port: Entry::read(remote),
                                    jobname: Entry::read(job),
                                    direction: *direction,
                                    certificate_label: Entry::read(label),
                                    application_controlled: *controlled,
                                    ..TrafficRow::default()
                                },
                            )
                            .collect();
                    }
                    Object::SecurityLevel(level) => {
                        level.name = Entry::read(&names[1]);
                        level.suites =
                            Suites::List(suites.iter().map(|suite| (*suite).to_owned()).collect());
                        level.protect = protect;
                        level.versions = Versions {
                            sslv2: on[0],
                            sslv3: on[1],
                            tls10: on[2],
                            tls11: on[3],
                            tls12: on[4],
                            tls13: on[5],
                        };
                    }
                    Object::Rule(rule) => rule.name = Entry::read(&names[2]),
                    Object::AddressGroup(group) => group.name = Entry::read(&names[3]),
                    Object::Stack(stack) => stack.write_defaults = defaults,
                    _ => {}
                }
            }
            configuration
        })
}

proptest! {
    #[test]
    fn what_is_written_reads_back_without_a_finding(configuration in configurations()) {
        let compiled = compile(&configuration, &id("stack"), &Header::default()).unwrap();
        let read = lower(&parse(compiled.policy.text.as_bytes()), "policy");
        prop_assert!(read.findings.is_empty(), "{:?}\n{}", read.findings, compiled.policy.text);
        prop_assert_eq!(crate::policy::emit(&read.policy).text, compiled.policy.text);
    }

    #[test]
    fn conditions_of_objects_are_those_of_the_written_policy(configuration in configurations()) {
        let compiled = compile(&configuration, &id("stack"), &Header::default()).unwrap();
        let policy = lower(&parse(compiled.policy.text.as_bytes()), "policy").policy;
        let written: Vec<_> = crate::policy::lookup::rules(&policy).into_iter().filter_map(|rule| rule.conditions).collect();
        let names: Vec<_> = compiled.rules.iter().map(|rule| rule.row.clone()).collect();
        // A row can have conditions and still not be written, for a mistake in its actions.
        let said = conditions(&configuration, &id("stack"));
        let said: Vec<_> = said.into_iter().filter(|row| names.contains(&row.row)).map(|row| row.conditions).collect();
        prop_assert_eq!(written, said);
    }

    #[test]
    fn the_same_configuration_gives_the_same_bytes(configuration in configurations()) {
        prop_assert_eq!(policy_text(&configuration), policy_text(&configuration.clone()));
    }
}

/// 10,000 rules of their own; the time is a bar in the benchmarks, not here.
#[test]
fn ten_thousand_rules_share_their_actions() {
    let mut configuration = worked_example(Layout::Compact);
    let mut order = OrderKey::default();
    for number in 0..10_000 {
        order = OrderKey::between(Some(&order), None);
        let mut rule = Rule {
            name: Entry::read(&format!("R{number}")),
            owner: Some(id("stack")),
            order: order.clone(),
            ..Rule::default()
        };
        rule.map = MapUse::Shared(id("map"));
        configuration
            .objects
            .insert(id(&format!("r{number}")), rule.into());
    }
    configuration.objects.extend(library::supplied());
    let compiled = compile(&configuration, &id("stack"), &Header::default()).unwrap();
    assert_eq!(compiled.rules.len(), 20_002);
    assert_eq!(
        compiled
            .policy
            .text
            .matches("\nTTLSEnvironmentAction ")
            .count(),
        1
    );
}
