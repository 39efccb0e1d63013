//! The findings of every file of the corpus, reviewed one by one.
//!
//! The corpus is not ours to keep, so the snapshots hold codes and places and no word of it.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fmt::Write as _;
use std::path::Path;

use super::check_file;
use crate::corpus::files;
use crate::finding::{Finding, Place, Severity};
use crate::policy::{Files, Release, encoding};

/// One file, as if it stood alone.
struct One<'a>(&'a Path);

impl Files for One<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        match self.0.file_name().is_some_and(|name| name == path) {
            true => std::fs::read(self.0).map_err(|error| error.kind().to_string()),
            false => Err("not in the corpus".to_owned()),
        }
    }
}

/// "AT015 error 12:3", by line and column.
fn line(finding: &Finding, text: &[u8]) -> String {
    let Place::Text { start, .. } = finding.place else {
        panic!("{finding:?}");
    };
    let before = &text[..start];
    let number = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let column = before
        .iter()
        .rev()
        .take_while(|byte| **byte != b'\n')
        .count()
        + 1;
    let severity = match finding.page.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    };
    format!("{} {severity} {number}:{column}", finding.page.code)
}

#[test]
fn findings_of_the_corpus_are_as_reviewed() {
    let Some(paths) = files(&["open/ttls", "open/pagent"]) else {
        return;
    };
    for path in paths {
        let name = path.file_name().unwrap().to_str().unwrap();
        let checked = check_file(name, &One(&path), Release::default());
        let bytes = std::fs::read(&path).unwrap();
        let text = encoding::readable(&bytes);
        let mut found = String::new();
        for finding in &checked.findings {
            let line = line(finding, &text);
            writeln!(found, "{line}").unwrap();
            println!("{name} {line} {}", finding.message());
        }
        let is_good = ["gh_zlux_good", "gh_colinpaice_easyattls"];
        if is_good.iter().any(|good| name.starts_with(good)) {
            assert!(!found.contains("error"), "{name}: {found}");
        }
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name.replace('.', "_"), found);
        });
    }
}
