//! Any policy text, for each release: findings have words and lie in the file, every statement is
//! accounted for, and asking further questions of the policy is safe. The first byte names the release.

#![no_main]

#[path = "../../tests/shared/connection.rs"]
mod connection;

use connection::connection;
use generator::check::check_file;
use generator::finding::Place;
use generator::policy::lookup::rules;
use generator::policy::{Files, Named, Release, encoding};
use libfuzzer_sys::fuzz_target;

struct One<'a>(&'a [u8]);

impl Files for One<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        match path {
            "p" => Ok(self.0.to_vec()),
            _ => Err("there is no such file".to_owned()),
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((first, text)) = bytes.split_first() else {
        return;
    };
    let release = Release::ALL[usize::from(*first) % Release::ALL.len()];
    let checked = check_file("p", &One(text), release);
    let length = encoding::readable(text).len();
    for finding in &checked.findings {
        assert!(!finding.message().is_empty() && !finding.help().is_empty());
        let related = finding.related.iter().map(|(place, _)| place);
        for place in std::iter::once(&finding.place).chain(related) {
            let Place::Text { start, end, .. } = place else {
                panic!("{place:?}");
            };
            assert!(start <= end && *end <= length, "{place:?} of {length}");
        }
    }
    let connection = connection();
    for stack in &checked.stacks {
        assert_eq!(stack.account.fates().len(), stack.policy.statements.len());
        let named = Named::of(&stack.policy);
        for rule in rules(&stack.policy) {
            let _ = rule.first_failure(&connection);
            let _ = named.effective(rule.statement, release);
        }
    }
});
