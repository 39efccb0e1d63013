//! Rules, their fields and their order.

use super::*;

#[test]
fn rules_are_checked() {
    expect(
        codes("map", change!(RequirementMap, |map| map.mappings.clear())),
        "GH070",
        "mappings",
    );
    expect(
        codes(
            "map",
            change!(RequirementMap, |map| map.mappings[0].level = None),
        ),
        "GH071",
        "mappings/0/level",
    );
    expect(rule(|rule| rule.owner = None), "GH072", "owner");
    let two_families = rule(|rule| {
        rule.local = Endpoint::Address("10.1.1.2".into());
        rule.remote = Endpoint::Address("fd00::2".into());
    });
    expect(two_families, "GH078", "remote");
    expect(
        rule(|rule| {
            rule.effective = Some(EffectiveTimes {
                time_of_day: "25:00".into(),
                ..EffectiveTimes::default()
            })
        }),
        "GH074",
        "effective/time_of_day",
    );
    expect(
        rule(|rule| {
            rule.effective = Some(EffectiveTimes {
                months: vec![13],
                ..EffectiveTimes::default()
            })
        }),
        "GH074",
        "effective/months",
    );
    expect(
        rule(|rule| rule.trace_clear_text = Some(true)),
        "GH076",
        "trace_clear_text",
    );
    let mut configuration = good();
    let Some(Object::Rule(rule)) = configuration.objects.get_mut(&id("rule")) else {
        unreachable!()
    };
    rule.local = Endpoint::default();
    let Some(Object::TrafficDescriptor(traffic)) = configuration.objects.get_mut(&id("traffic"))
    else {
        unreachable!()
    };
    traffic.rows[0].local_port = "All".into();
    assert!(
        problems(&configuration)
            .iter()
            .any(|finding| finding.page.code == "GH075")
    );
}

fn with_rule_above(protect: bool) -> Vec<String> {
    let mut configuration = good();
    let mut above = configuration.objects[&id("rule")].clone();
    let Object::Rule(rule) = &mut above else {
        unreachable!()
    };
    rule.name = "ABOVE".into();
    rule.local = Endpoint::default();
    rule.map = MapUse::Own(vec![Mapping {
        traffic: Some(id("traffic")),
        level: Some(id("upper")),
    }]);
    let level = SecurityLevel {
        name: "UPPER".into(),
        protect,
        ..SecurityLevel::default()
    };
    configuration.objects.insert(id("upper"), level.into());
    configuration.objects.insert(id("above"), above);
    let Some(Object::Rule(rule)) = configuration.objects.get_mut(&id("rule")) else {
        unreachable!()
    };
    rule.order = "b".parse().unwrap();
    problems(&configuration)
        .iter()
        .map(|finding| finding.page.code.to_owned())
        .collect()
}

#[test]
fn rules_that_are_never_reached_are_found() {
    assert_eq!(with_rule_above(true), ["GH073"]);
    assert_eq!(with_rule_above(false), ["GH077"]);
}
