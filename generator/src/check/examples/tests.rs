use std::collections::{HashMap, HashSet};

use super::*;
use crate::analysis::difference::treated;
use crate::analysis::expectations::{outcomes, read};
use crate::check::{check, check_file, pages};
use crate::finding::Finding;
use crate::policy::{Files, Release, lower, parse};

/// Codes without an example, and why.
const WITHOUT: [(&str, &str); 5] = [
    ("AT107", "it takes more braces than a page has room for"),
    ("AT208", "it says that a file is there, which is no mistake"),
    ("AT209", "it says in which code page a file came"),
    ("AT305", "it takes more rules than a page has room for"),
    ("AT306", "it takes more rules than a page has room for"),
];

struct Memory(HashMap<&'static str, Vec<u8>>);

impl Files for Memory {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let file = self.0.get(path).cloned();
        file.ok_or_else(|| "there is no such file".to_owned())
    }
}

/// Every character of a text is below U+0100.
fn bytes(text: &str) -> Vec<u8> {
    let byte = |character| u8::try_from(u32::from(character)).unwrap_or(b'?');
    text.chars().map(byte).collect()
}

/// What is found in the files of an example.
fn found(files: &[Text]) -> Vec<Finding> {
    let release = Release::default();
    let first = bytes(&files[0].text);
    if files.len() == 1 {
        let mut lowered = lower(&parse(&first), POLICY);
        let found = check(&lowered.policy, release, &lowered.origins);
        lowered.findings.extend(found);
        return lowered.findings;
    }
    let memory = files.iter().map(|file| (file.name, bytes(&file.text)));
    let mut checked = check_file(files[0].name, &Memory(memory.collect()), release);
    let Some(tests) = files.iter().find(|file| file.name == TESTS) else {
        return checked.findings;
    };
    let suite = read(&tests.text, TESTS);
    checked.findings.extend(suite.findings.clone());
    let names = checked.stacks.iter().map(|stack| stack.name.as_str());
    checked.findings.extend(suite.unknown_stacks(names));
    for stack in &checked.stacks {
        let about: Vec<_> = suite.expectations.iter().collect();
        let rules = treated(&stack.policy, release);
        for (one, outcome) in about.iter().zip(outcomes(&about, &rules)) {
            let found = one.findings(&outcome, TESTS, &stack.origins);
            checked.findings.extend(found);
        }
    }
    checked.findings
}

/// What is found, as the pages say it.
fn said(files: &[Text]) -> Vec<(&'static str, String)> {
    let found = found(files);
    for finding in &found {
        let help = finding.help();
        let unfilled = finding.page.help.contains(&help) && help.starts_with('{');
        assert!(!unfilled, "{help}");
    }
    let said = found.iter();
    said.map(|finding| (finding.page.code, finding.message()))
        .collect()
}

#[test]
fn every_bad_example_raises_its_code_alone() {
    let said = examples().map(|example| said(&example.bad()));
    let meant = examples().map(|example| vec![(example.code, example.message.to_owned())]);
    let other: Vec<_> = said
        .zip(meant)
        .filter(|(said, meant)| said != meant)
        .collect();
    assert!(other.is_empty(), "{other:#?}");
}

#[test]
fn every_good_example_raises_nothing() {
    let said = examples().map(|example| (example.code, said(&example.good())));
    let other: Vec<_> = said.filter(|(_, said)| !said.is_empty()).collect();
    assert!(other.is_empty(), "{other:#?}");
}

#[test]
fn every_mend_changes_something() {
    for example in examples() {
        for (from, _) in example.mends {
            let mut files = example.files.iter();
            assert!(files.any(|(_, text)| text.contains(from)), "{from}");
        }
    }
}

#[test]
fn every_code_has_an_example() {
    let known: HashSet<_> = pages().iter().map(|page| page.code).collect();
    let shown: HashSet<_> = examples().map(|example| example.code).collect();
    let without: HashSet<_> = WITHOUT.iter().map(|(code, _)| *code).collect();
    assert!(shown.is_disjoint(&without));
    assert_eq!(known, &shown | &without);
}
