//! The list against the table of the language.

use generator::policy::Release;
use generator::policy::table::statements;

use super::*;

#[test]
fn every_attribute_of_the_language_is_in_the_list_once() {
    for def in statements() {
        for row in def.attributes {
            let rows = ROWS
                .iter()
                .filter(|one| one.attribute == row.name && one.statements.contains(&def.name));
            assert_eq!(rows.count(), 1, "{} {}", def.name, row.name);
        }
    }
    let rows: usize = statements().iter().map(|def| def.attributes.len()).sum();
    assert_eq!(entries().len(), rows);
}

#[test]
fn the_list_has_nothing_that_the_language_has_not() {
    for row in ROWS {
        for name in row.statements {
            let def = statements().iter().find(|def| def.name == *name);
            let found = def.and_then(|def| def.attribute(row.attribute));
            assert!(found.is_some(), "{name} {}", row.attribute);
        }
    }
}

#[test]
fn values_that_are_taken_are_values_of_the_language() {
    for row in ROWS {
        let Standing::Refused { unless, .. } = row.standing else {
            continue;
        };
        for name in row.statements {
            let def = statements()
                .iter()
                .find(|def| def.name == *name)
                .expect("in the language");
            let attribute = def.attribute(row.attribute).expect("in the language");
            for value in unless {
                assert!(
                    attribute.check(value).is_ok(),
                    "{name} {} {value}",
                    row.attribute
                );
            }
        }
    }
}

#[test]
fn no_default_of_any_release_is_refused() {
    for def in statements() {
        for row in def.attributes {
            let standing = standing(def.name, row.name).expect("in the list");
            for release in Release::ALL {
                let default = row.default_in(release).unwrap_or_default();
                if !default.is_empty() {
                    assert_eq!(
                        standing.refuses(row, default),
                        None,
                        "{} {}",
                        row.name,
                        default
                    );
                }
            }
        }
    }
}

#[test]
fn words_name_what_is_taken() {
    let standing = standing("TTLSEnvironmentAdvancedParms", "TruncatedHMAC").expect("in the list");
    assert!(
        standing
            .words()
            .starts_with("refused unless Off or Optional: "),
        "{}",
        standing.words()
    );
    assert!(
        text().contains("\nTTLSGroupAction\n  TTLSEnabled "),
        "{}",
        text()
    );
}
