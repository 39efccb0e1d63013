use super::*;

/// A connection of no rule that failed with a return code.
pub fn case(code: u16) -> Case {
    let subject = Subject {
        rule: None,
        ..crate::messages::tests::subject(2)
    };
    let failure = Failure::new(code, "no reason");
    Case::of(&subject, failure, false, Evidence::default())
}

#[test]
fn what_nothing_is_known_of_has_the_words_of_its_code() {
    let found = case(402).diagnosis(&Now::default()).expect("a diagnosis");
    assert!(
        found.why.starts_with("There is no cipher suite"),
        "{found:?}"
    );
    assert!(!found.changes.is_empty());
    let unknown = Case {
        failure: Failure::new(4999, "no reason"),
        ..case(1)
    };
    assert_eq!(unknown.diagnosis(&Now::default()), None);
}

#[test]
fn a_case_holds_no_more_than_it_needs() {
    // 256 of them are kept.
    assert!(size_of::<Case>() <= 640, "{}", size_of::<Case>());
    assert!(case(402).subject.rule.is_none());
}
