//! The pages of the findings.

use std::collections::BTreeSet;

use super::*;

#[test]
fn pages_have_codes_of_their_own_and_all_their_words() {
    let mut seen = BTreeSet::new();
    for page in all_pages() {
        assert!(seen.insert(page.code), "{} twice", page.code);
        assert!(
            page.code.starts_with("GH") && page.code.len() == 5,
            "{}",
            page.code
        );
        assert!(
            !page.message.ends_with('.') && !page.help.ends_with('.') && page.why.ends_with('.'),
            "{}",
            page.code
        );
    }
}

#[test]
fn the_facts_of_every_finding_fill_its_message() {
    let mut configuration = good();
    for object in configuration.objects.values_mut() {
        match object {
            Object::TrafficDescriptor(traffic) => {
                traffic.rows[0].jobname = "BAD.JOB".into();
                traffic.rows[0].local_port = "9-1".into();
                traffic.rows[0].keyring = "A.B".into();
            }
            Object::SecurityLevel(level) => {
                level.suites = suites(&["XX", "2F", "C02C", "C02C"]);
                level.settings.clear();
                level.versions.sslv3 = true;
            }
            Object::AddressGroup(group) => {
                group.addresses = vec!["1.2.3.4/8".into(), "77".into(), "1.2.3.4".into()]
            }
            _ => {}
        }
    }
    for finding in problems(&configuration) {
        let words = finding.message() + &finding.help();
        assert!(
            !words.contains('{') && !words.contains('}'),
            "{}: {words}",
            finding.page.code
        );
    }
}
