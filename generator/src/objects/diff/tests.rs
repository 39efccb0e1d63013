#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::collections::BTreeSet;

use serde_json::json;

use super::*;

fn configuration(objects: &[(&str, Value)]) -> Configuration {
    objects
        .iter()
        .map(|(id, json)| {
            (
                ObjectId((*id).to_owned()),
                serde_json::from_value(json.clone()).unwrap(),
            )
        })
        .collect()
}

/// The words for one object that changes, among others that do not.
fn words(before: Value, after: Value) -> Vec<String> {
    let others = [
        ("g1", json!({ "kind": "address-group", "name": "BRANCHES" })),
        ("t1", json!({ "kind": "traffic-descriptor", "name": "MQ" })),
        ("t2", json!({ "kind": "traffic-descriptor", "name": "FTP" })),
        ("l1", json!({ "kind": "security-level", "name": "GOLD" })),
        ("m1", json!({ "kind": "requirement-map", "name": "USUAL" })),
        ("s1", json!({ "kind": "stack", "name": "TCPIP" })),
        ("s2", json!({ "kind": "stack", "name": "TCPIP2" })),
        (
            "r1",
            json!({ "kind": "rule", "name": "FTP_IN", "owner": "s1", "order": "g" }),
        ),
    ];
    let with = |object: Value| configuration(&[&others[..], &[("x", object)]].concat());
    let changes = diff(&with(before), &with(after));
    assert_eq!(changes.len(), 1);
    changes
        .into_iter()
        .flat_map(|change| change.words)
        .collect()
}

#[test]
fn suites_of_a_level() {
    let level = |suites: &[&str]| json!({ "kind": "security-level", "name": "SILVER", "suites": { "list": suites } });
    assert_eq!(
        words(
            level(&["1301", "1303", "C02C"]),
            level(&["C030", "1301", "C02C"])
        ),
        [
            "Security level SILVER: cipher suite 1303 TLS_CHACHA20_POLY1305_SHA256 removed",
            "Security level SILVER: cipher suite C030 TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 added",
        ]
    );
    assert_eq!(
        words(level(&["1301", "1303"]), level(&["1303", "1301"])),
        ["Security level SILVER: cipher suites put in another order"]
    );
    let system = json!({ "kind": "security-level", "name": "SILVER", "suites": "system-defaults" });
    assert_eq!(
        words(level(&["1301"]), system),
        ["Security level SILVER: cipher suites set to system-defaults"]
    );
}

#[test]
fn versions_and_settings_of_a_level() {
    let before = json!({ "kind": "security-level", "name": "S", "versions": { "tls10": true, "tls12": true },
        "settings": { "TTLSEnvironmentAdvancedParms.Renegotiation": "All" } });
    let after = json!({ "kind": "security-level", "name": "S", "versions": { "tls12": true, "tls13": true },
        "settings": { "TTLSEnvironmentAdvancedParms.HandshakeTimeout": "20" }, "client_authentication": "full" });
    assert_eq!(
        words(before, after),
        [
            "Security level S: client authentication changed from off to full",
            "Security level S: HandshakeTimeout set to 20",
            "Security level S: Renegotiation All removed",
            "Security level S: TLS 1.0 turned off",
            "Security level S: TLS 1.3 turned on",
        ]
    );
}

#[test]
fn a_rule_that_moves_and_changes() {
    let before = json!({ "kind": "rule", "name": "MQ_IN", "owner": "s1", "order": "b",
        "local": { "address": "10.0.0.1" }, "map": { "own": [{ "traffic": "t1", "level": "l1" }] } });
    let after = json!({ "kind": "rule", "name": "MQ_IN", "owner": "s1", "order": "n", "enabled": false,
        "local": { "group": "g1" }, "map": { "own": [{ "traffic": "t2", "level": "l1" }] } });
    assert_eq!(
        words(before.clone(), after),
        [
            "Rule MQ_IN: moved after FTP_IN",
            "Rule MQ_IN: turned off",
            "Rule MQ_IN: local address changed from 10.0.0.1 to BRANCHES",
            "Rule MQ_IN: mapping 1: traffic descriptor changed from MQ to FTP",
        ]
    );
    let mut first = before.clone();
    first["order"] = json!("c");
    assert_eq!(
        words(before.clone(), first),
        ["Rule MQ_IN: moved to the first place"]
    );
    let mut other = before.clone();
    other["owner"] = json!("s2");
    other["map"] = json!({ "shared": "m1" });
    assert_eq!(
        words(before, other),
        [
            "Rule MQ_IN: requirement map set to USUAL",
            "Rule MQ_IN: owner changed from TCPIP to TCPIP2",
        ]
    );
}

#[test]
fn a_rename_and_rows() {
    let before = json!({ "kind": "traffic-descriptor", "name": "A", "rows": [
        { "local_port": "1414", "jobname": "MQ1" }, { "local_port": "21" } ] });
    let after = json!({ "kind": "traffic-descriptor", "name": "B", "description": "x", "rows": [
        { "local_port": "1414", "jobname": "MQ2" }, { "remote_port": "990", "direction": "outbound", "userid": "FTP", "jobname": "FTPC" } ] });
    assert_eq!(
        words(before, after),
        [
            "Traffic descriptor B: renamed from A to B",
            "Traffic descriptor B: description changed",
            "Traffic descriptor B: row for local port 21 removed",
            "Traffic descriptor B: row for remote port 990 added",
            "Traffic descriptor B: row 1: job name changed from MQ1 to MQ2",
        ]
    );
}

#[test]
fn members_of_an_address_group() {
    let before =
        json!({ "kind": "address-group", "name": "A", "addresses": ["10.0.0.1", "10.0.0.2"] });
    let after = json!({ "kind": "address-group", "name": "A", "addresses": ["10.0.0.2"], "groups": ["g1"] });
    assert_eq!(
        words(before, after),
        [
            "Address group A: address 10.0.0.1 removed",
            "Address group A: address group BRANCHES added"
        ]
    );
}

#[test]
fn added_and_deleted_objects_come_by_kind_and_name() {
    let level = |name: &str| json!({ "kind": "security-level", "name": name });
    let before = configuration(&[("a", level("GONE"))]);
    let after = configuration(&[
        ("b", level("NEW")),
        ("c", json!({ "kind": "address-group" })),
    ]);
    let changes = diff(&before, &after);
    let words: Vec<_> = changes.iter().flat_map(|change| &change.words).collect();
    assert_eq!(
        words,
        [
            "Address group without a name added",
            "Security level GONE deleted",
            "Security level NEW added"
        ]
    );
    assert_eq!(diff(&after, &after), []);
}

/// Every field that an object can have is called by a word.
#[test]
fn every_field_of_every_kind_has_a_word() {
    use crate::objects::*;
    let full = [
        Object::from(TrafficDescriptor {
            rows: vec![TrafficRow::default()],
            ..TrafficDescriptor::default()
        }),
        SecurityLevel::default().into(),
        AddressGroup::default().into(),
        RequirementMap {
            mappings: vec![Mapping::default()],
            ..RequirementMap::default()
        }
        .into(),
        Group::default().into(),
        Image::default().into(),
        Stack::default().into(),
        Rule {
            effective: Some(EffectiveTimes::default()),
            ..Rule::default()
        }
        .into(),
    ];
    fn keys(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(key, value)| {
                found.insert(key.clone());
                keys(value, found);
            }),
            Value::Array(all) => all.iter().for_each(|value| keys(value, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    for object in &full {
        keys(&serde_json::to_value(object).unwrap(), &mut found);
    }
    for key in ["kind", "name", "order", "list", "own"] {
        found.remove(key);
    }
    for key in found {
        let known = words::field(&key) != (key.as_str(), Shape::Plain)
            || ["address", "direction", "layout", "release", "trace"].contains(&key.as_str());
        assert!(known, "{key} has no word");
    }
}

#[test]
fn hosts_of_a_group_and_what_was_answered() {
    let group = |hosts: Value| json!({ "kind": "address-group", "name": "A", "addresses": [], "hosts": hosts });
    let host = |name: &str, addresses: &[&str], at: &str| json!({ "name": name, "answer": { "asked": name, "addresses": addresses, "at": at } });
    let before = group(json!([
        host("mq1.example.com", &["10.1.1.2"], "2026-11-20T10:00:00Z"),
        json!({ "name": "mq2.example.com" })
    ]));
    let after = group(json!([
        host("mq1.example.com", &["10.1.1.2", "10.1.1.3"], "2026-11-21T10:00:00Z"),
        host("mq2.example.com", &["10.1.1.9"], "2026-11-21T10:00:00Z"),
        { "name": "mq3.example.com" },
        host("mq4.example.com", &["10.1.1.4"], "2026-11-21T10:00:00Z"),
    ]));
    insta::assert_snapshot!(words(before, after).join("\n"));
}

#[test]
fn the_preset_of_a_level_is_told_with_its_date() {
    let level = |preset: Value| json!({ "kind": "security-level", "name": "GOLD_2", "suites": "system-defaults", "preset": preset });
    let gold = |date: &str| json!({ "name": "AT-TLS__Gold", "date": date });
    assert_eq!(
        words(level(gold("2025-01")), level(gold("2026-06"))),
        [
            "Security level GOLD_2: preset changed from AT-TLS__Gold of 2025-01 to AT-TLS__Gold of 2026-06"
        ]
    );
    let pinned = json!({ "name": "AT-TLS__Gold", "date": "2026-06", "pinned": true });
    assert_eq!(
        words(level(gold("2026-06")), level(pinned)),
        [
            "Security level GOLD_2: preset changed from AT-TLS__Gold of 2026-06 to AT-TLS__Gold of 2026-06, pinned"
        ]
    );
}
