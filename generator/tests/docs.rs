//! The pages of findings in the user's documentation are generated, so that they are never behind.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fmt::Write as _;
use std::path::Path;

use generator::finding::Severity;
use generator::problems::all_pages;

#[test]
fn the_documentation_of_findings_is_current() {
    let mut text = String::from(
        "# Findings about objects\n\nGenerated from the checks; `UPDATE_DOCS=1 cargo test -p generator --test docs` writes it again.\n",
    );
    for page in all_pages() {
        let severity = match page.severity {
            Severity::Error => "error: stops an install",
            Severity::Warning => "warning",
            Severity::Info => "information",
        };
        let message = page.message.replace(['{', '}'], "*");
        let help = page.help.replace(['{', '}'], "*");
        write!(
            text,
            "\n## {} {}\n\n{severity}\n\n> {message}\n\n{}\n\nWhat to do: {help}.\n",
            page.code, page.name, page.why
        )
        .unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/findings.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let current = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        current == text,
        "docs/findings.md is behind the checks: run `make docs`"
    );
}
