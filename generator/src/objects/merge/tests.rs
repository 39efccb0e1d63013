#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::objects::{
    AddressGroup, Entry, Kind, SecurityLevel, Suites, TrafficDescriptor, TrafficRow,
};

fn descriptor(rows: Vec<TrafficRow>) -> Object {
    TrafficDescriptor {
        name: "MQ".into(),
        rows,
        ..TrafficDescriptor::default()
    }
    .into()
}

fn row(port: u16) -> TrafficRow {
    TrafficRow {
        local_port: Entry::read(&port.to_string()),
        jobname: Entry::read(&format!("JOB{port}")),
        userid: Entry::read(&format!("USER{port}")),
        keyring: Entry::read(&format!("OWNER{port}/RING")),
        ..TrafficRow::default()
    }
}

fn ports(object: &Object) -> Vec<String> {
    let Object::TrafficDescriptor(descriptor) = object else {
        panic!("{:?}", object.kind());
    };
    descriptor
        .rows
        .iter()
        .map(|row| row.local_port.to_string())
        .collect()
}

fn conflicts(merge: &Merge) -> Vec<&str> {
    merge.conflicts.iter().map(|path| path.0.as_str()).collect()
}

#[test]
fn two_people_who_each_add_a_row_both_win() {
    let base = descriptor(vec![row(1)]);
    let mine = descriptor(vec![row(1), row(2)]);
    let theirs = descriptor(vec![row(1), row(3)]);
    let merged = merge(&base, &mine, &theirs);
    assert_eq!(conflicts(&merged), [""; 0]);
    assert_eq!(ports(&merged.merged), ["1", "2", "3"]);
}

#[test]
fn a_changed_row_and_an_added_row_merge() {
    let base = descriptor(vec![row(1)]);
    let mut changed = row(1);
    changed.jobname = Entry::read("OTHER");
    let mine = descriptor(vec![changed.clone()]);
    let theirs = descriptor(vec![row(1), row(2)]);
    let merged = merge(&base, &mine, &theirs);
    assert_eq!(conflicts(&merged), [""; 0]);
    assert_eq!(merged.merged, descriptor(vec![changed, row(2)]));
}

#[test]
fn fields_of_one_row_that_are_apart_merge() {
    let base = descriptor(vec![row(1), row(2)]);
    let (mut a, mut b) = (row(2), row(2));
    a.jobname = Entry::read("OTHER");
    b.userid = Entry::read("ANA");
    let merged = merge(
        &base,
        &descriptor(vec![row(1), a.clone()]),
        &descriptor(vec![row(1), b]),
    );
    a.userid = Entry::read("ANA");
    assert_eq!(conflicts(&merged), [""; 0]);
    assert_eq!(merged.merged, descriptor(vec![row(1), a]));
}

#[test]
fn one_field_changed_in_two_ways_is_a_conflict_of_that_field() {
    let base = descriptor(vec![row(1)]);
    let (mut a, mut b) = (row(1), row(1));
    a.jobname = Entry::read("MINE");
    b.jobname = Entry::read("THEIRS");
    let merged = merge(&base, &descriptor(vec![a.clone()]), &descriptor(vec![b]));
    assert_eq!(conflicts(&merged), ["rows/0/jobname"]);
    assert_eq!(merged.merged, descriptor(vec![a]));
}

#[test]
fn a_row_that_one_side_removed_and_the_other_changed_is_a_conflict() {
    let base = descriptor(vec![row(1), row(2)]);
    let mut changed = row(2);
    changed.jobname = Entry::read("OTHER");
    let merged = merge(
        &base,
        &descriptor(vec![row(1)]),
        &descriptor(vec![row(1), changed]),
    );
    assert_eq!(conflicts(&merged), ["rows"]);
    assert_eq!(merged.merged, descriptor(vec![row(1)]));
}

#[test]
fn a_removed_row_and_a_row_added_elsewhere_merge() {
    let base = descriptor(vec![row(1), row(2), row(3)]);
    let merged = merge(
        &base,
        &descriptor(vec![row(2), row(3)]),
        &descriptor(vec![row(1), row(2), row(3), row(4)]),
    );
    assert_eq!(conflicts(&merged), [""; 0]);
    assert_eq!(ports(&merged.merged), ["2", "3", "4"]);
}

#[test]
fn suites_that_both_changed_at_one_place_are_a_conflict() {
    let level = |suites: &[&str]| -> Object {
        SecurityLevel {
            suites: Suites::List(suites.iter().map(|suite| (*suite).to_owned()).collect()),
            ..SecurityLevel::default()
        }
        .into()
    };
    let base = level(&["1301", "1302"]);
    let merged = merge(&base, &level(&["1301", "C02C"]), &level(&["1301", "C030"]));
    assert_eq!(conflicts(&merged), ["suites/list"]);
    let merged = merge(&base, &level(&["1302"]), &level(&["1301", "1302", "C030"]));
    assert_eq!(conflicts(&merged), [""; 0]);
    assert_eq!(merged.merged, level(&["1302", "C030"]));
}

#[test]
fn addresses_that_both_added_both_stay() {
    let group = |addresses: &[&str]| -> Object {
        AddressGroup {
            addresses: addresses.iter().map(|text| Entry::read(text)).collect(),
            ..AddressGroup::default()
        }
        .into()
    };
    let merged = merge(
        &group(&["10.0.0.1"]),
        &group(&["10.0.0.1", "10.0.0.3"]),
        &group(&["10.0.0.1", "10.0.0.2"]),
    );
    assert_eq!(conflicts(&merged), [""; 0]);
    assert_eq!(merged.merged, group(&["10.0.0.1", "10.0.0.2", "10.0.0.3"]));
}

#[test]
fn an_address_and_a_group_at_one_end_are_a_conflict_and_never_both() {
    let rule = |local: serde_json::Value| -> Object {
        serde_json::from_value(json!({ "kind": "rule", "name": "R", "local": local })).unwrap()
    };
    let merged = merge(
        &rule(json!({ "address": "All" })),
        &rule(json!({ "address": "10.0.0.1" })),
        &rule(json!({ "group": "g1" })),
    );
    assert_eq!(conflicts(&merged), ["local"]);
    assert_eq!(merged.merged, rule(json!({ "address": "10.0.0.1" })));
}

#[test]
fn settings_that_both_added_merge() {
    let level = |settings: serde_json::Value| -> Object {
        serde_json::from_value(json!({ "kind": "security-level", "settings": settings })).unwrap()
    };
    let merged = merge(
        &level(json!({})),
        &level(json!({ "A.X": "1" })),
        &level(json!({ "B.Y": "2" })),
    );
    assert_eq!(conflicts(&merged), [""; 0]);
    assert_eq!(merged.merged, level(json!({ "A.X": "1", "B.Y": "2" })));
}

#[test]
fn objects_of_two_kinds_stay_mine() {
    let mine = descriptor(vec![]);
    let theirs = Object::from(SecurityLevel::default());
    let merged = merge(&Object::from(AddressGroup::default()), &mine, &theirs);
    assert_eq!(merged.merged.kind(), Kind::TrafficDescriptor);
    assert!(!merged.conflicts.is_empty());
}

fn a_row() -> impl Strategy<Value = TrafficRow> {
    (1..4_u16, "[AB]", "[AB]", "[AB]").prop_map(|(port, job, user, ring)| TrafficRow {
        local_port: Entry::read(&port.to_string()),
        jobname: Entry::read(&job),
        userid: Entry::read(&user),
        keyring: Entry::read(&ring),
        ..TrafficRow::default()
    })
}

fn an_object() -> impl Strategy<Value = Object> {
    let tags = proptest::collection::vec("[a-c]", 0..4);
    let rows = proptest::collection::vec(a_row(), 0..6);
    ("[A-C]", "[xy]{0,1}", tags, rows).prop_map(|(name, description, tags, rows)| {
        Object::from(TrafficDescriptor {
            name: Entry::read(&name),
            description,
            tags,
            rows,
            ..TrafficDescriptor::default()
        })
    })
}

proptest! {
    #[test]
    fn a_side_without_changes_leaves_the_other(base in an_object(), other in an_object()) {
        prop_assert_eq!(&merge(&base, &other, &base), &Merge::clean(&other));
        prop_assert_eq!(&merge(&base, &base, &other), &Merge::clean(&other));
    }

    #[test]
    fn a_merge_without_conflict_does_not_depend_on_whose_is_whose(
        base in an_object(), mine in an_object(), theirs in an_object(),
    ) {
        let (one, other) = (merge(&base, &mine, &theirs), merge(&base, &theirs, &mine));
        prop_assert_eq!(one.conflicts.is_empty(), other.conflicts.is_empty());
        if one.conflicts.is_empty() {
            prop_assert_eq!(one.merged, other.merged);
        }
    }

    /// Nothing that a side added goes missing without a conflict.
    #[test]
    fn every_added_row_is_there(
        base in proptest::collection::vec(a_row(), 0..4),
        mine in proptest::collection::vec(a_row(), 0..3),
        theirs in proptest::collection::vec(a_row(), 0..3),
    ) {
        let with = |more: &[TrafficRow]| descriptor([&base[..], more].concat());
        let merged = merge(&with(&[]), &with(&mine), &with(&theirs));
        prop_assert!(merged.conflicts.is_empty());
        let Object::TrafficDescriptor(merged) = merged.merged else { panic!() };
        for row in base.iter().chain(&mine).chain(&theirs) {
            prop_assert!(merged.rows.contains(row));
        }
    }
}

#[test]
fn who_merges_by_choice_is_asked_for_each_field_in_conflict() {
    let side = |port: u16, job: &str, extra: bool| {
        let mut changed = row(1);
        changed.local_port = Entry::read(&port.to_string());
        changed.jobname = Entry::read(job);
        // A row that only one side inserted before: the row's number differs between the sides.
        let mut rows = if extra { vec![row(9)] } else { Vec::new() };
        rows.push(changed);
        descriptor(rows)
    };
    let (base, mine, theirs) = (side(1, "A", false), side(2, "B", false), side(3, "C", true));
    let mut asked = Vec::new();
    let merged = merge_by(&base, &mine, &theirs, &mut |clash| {
        let values = [clash.base, clash.mine, clash.theirs].map(Option::<&Value>::cloned);
        asked.push((clash.field.0.clone(), values));
        match clash.field.0.ends_with("local_port") {
            true => clash.theirs.cloned(),
            false => Some(json!("TYPED")),
        }
    });
    assert_eq!(
        asked,
        [
            (
                "rows/0/jobname".to_owned(),
                ["A", "B", "C"].map(|job| Some(json!(job)))
            ),
            (
                "rows/0/local_port".to_owned(),
                ["1", "2", "3"].map(|port| Some(json!(port)))
            ),
        ]
    );
    assert_eq!(conflicts(&merged), ["rows/0/jobname", "rows/0/local_port"]);
    assert_eq!(ports(&merged.merged), ["9", "3"]);
    let json = serde_json::to_value(&merged.merged).unwrap();
    assert_eq!(json.pointer("/rows/1/jobname"), Some(&json!("TYPED")));
}
