//! What codes and words mean; questions as texts.

use super::*;

#[test]
fn codes_and_attributes_are_explained() {
    let found = explain("at015");
    assert_eq!(found.found.len(), 1);
    assert_eq!(found.found[0].key, "AT015");
    assert!(found.found[0].why.ends_with('.'));
    let parts = &found.found[0].parts;
    assert_eq!(parts[0].form, ExplainForm::Text);
    assert_eq!(parts[0].lines[..2], ["IpAddrGroup G", "{"]);
    assert_eq!([&parts[0].title, &parts[1].title], ["Wrong", "Right"]);
    let found = explain("HandshakeTimeout");
    assert!(
        found
            .found
            .iter()
            .all(|one| one.kind == ExplainKind::Attribute)
    );
    assert!(
        found.found[0]
            .facts
            .iter()
            .any(|(name, value)| name == "Default" && value.contains("10"))
    );
    assert!(explain("").total > 100);
    assert!(explain("job name").total > 1);
    assert_eq!(
        explain("HandshakeTimeuot").meant.as_deref(),
        Some("HandshakeTimeout")
    );
    assert_eq!(explain("xyzzy plugh").total, 0);
}

#[test]
fn return_codes_and_lines_of_a_log_are_explained() {
    let found = explain("402");
    assert!(found.exact);
    assert_eq!(found.found[0].kind, ExplainKind::Code);
    let parts = &found.found[0].parts;
    assert!(parts.iter().any(|part| part.form == ExplainForm::Sentences));
    let found = explain("EZD1286I");
    assert_eq!(found.found[0].kind, ExplainKind::Message);
    let found = explain("rc 64999");
    assert_eq!(found.total, 0);
    assert!(found.unknown[0].contains("64999"), "{:?}", found.unknown);
}

#[test]
fn questions_and_answers_are_texts_too() {
    let asked = format!(
        "{{\"check\":{}}}",
        serde_json::to_string(&sources()).unwrap()
    );
    let answer: serde_json::Value = serde_json::from_str(&ask(&asked)).unwrap();
    assert_eq!(answer["answer"]["total"], 1);
    assert!(ask("{\"explain\":\"AT015\"}").starts_with("{\"answer\""));
    for wrong in ["", "{}", "{\"check\":{\"files\":[],\"release\":\"9\"}}"] {
        assert!(ask(wrong).starts_with("{\"detail\""), "{wrong}");
    }
}
