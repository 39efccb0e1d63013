#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use super::*;
use crate::objects::{Entry, ObjectId, SecurityLevel, TrafficDescriptor, TrafficRow};

fn edited(object: &Object, edits: &[(&str, Option<&str>)]) -> Result<Object, EditError> {
    let edits: Vec<_> = edits
        .iter()
        .map(|(field, value)| FieldEdit {
            object: ObjectId("x".into()),
            field: FieldPath::from(*field),
            value: value.map(str::to_owned),
        })
        .collect();
    apply(object, &edits)
}

fn descriptor(ports: &[&str]) -> Object {
    let row = |port: &&str| TrafficRow {
        local_port: Entry::read(port),
        ..TrafficRow::default()
    };
    Object::from(TrafficDescriptor {
        name: "MQ".into(),
        rows: ports.iter().map(row).collect(),
        ..TrafficDescriptor::default()
    })
}

#[test]
fn a_field_of_a_row_is_set() {
    let edited = edited(
        &descriptor(&["1", "2"]),
        &[("rows/1/local_port", Some("\"3\""))],
    );
    assert_eq!(edited, Ok(descriptor(&["1", "3"])));
}

#[test]
fn rows_are_appended_and_removed() {
    let two = descriptor(&["1", "2"]);
    assert_eq!(edited(&two, &[("rows/0", None)]), Ok(descriptor(&["2"])));
    let three = Ok(descriptor(&["1", "2", "3"]));
    assert_eq!(
        edited(&two, &[("rows/2", Some(r#"{"local_port":"3"}"#))]),
        three
    );
    assert_eq!(edited(&two, &[("rows/2/local_port", Some("\"3\""))]), three);
}

#[test]
fn a_missing_key_is_made_and_a_key_is_removed() {
    let level = Object::from(SecurityLevel::default());
    let path = "settings/TTLSEnvironmentAdvancedParms.Renegotiation";
    let with = edited(&level, &[(path, Some("\"All\""))]).unwrap();
    let Object::SecurityLevel(body) = &with else {
        panic!()
    };
    assert!(
        body.settings
            .contains_key("TTLSEnvironmentAdvancedParms.Renegotiation")
    );
    assert_eq!(edited(&with, &[(path, None)]), Ok(level.clone()));
    assert_eq!(edited(&level, &[(path, None)]), Ok(level));
    let labelled = edited(
        &descriptor(&["1"]),
        &[("rows/0/server_certificate_labels/0", Some("\"RSA\""))],
    );
    let Ok(Object::TrafficDescriptor(body)) = labelled else {
        panic!()
    };
    assert_eq!(body.rows[0].server_certificate_labels, [Entry::read("RSA")]);
}

#[test]
fn what_does_not_fit_is_an_error() {
    let object = descriptor(&["1"]);
    let no_field = |field: &str| Err(EditError::NoField(FieldPath::from(field)));
    for field in [
        "",
        "kind",
        "rows/2",
        "rows/x",
        "rows/5/local_port",
        "name/0",
        "rows/0/local_port/x",
    ] {
        assert_eq!(
            edited(&object, &[(field, Some("1"))]),
            no_field(field),
            "{field}"
        );
    }
    assert_eq!(edited(&object, &[("rows/1", None)]), no_field("rows/1"));
    for (field, value) in [
        ("nonsense", "1"),
        ("rows", "1"),
        ("rows/0/direction", "\"up\""),
    ] {
        let refused = edited(&object, &[(field, Some(value))]);
        assert!(matches!(refused, Err(EditError::Unfit(_))), "{field}");
    }
    let refused = edited(&object, &[("name", Some("{"))]);
    assert!(matches!(refused, Err(EditError::NoJson { .. })));
}
