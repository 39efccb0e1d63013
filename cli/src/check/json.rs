//! Findings for programs.

use generator::finding::{Finding, Place, Severity};
use generator::policy::Fate;
use serde_json::{Value, json};

use super::Found;
use crate::disk::Disk;

pub fn render(found: &Found, disk: &Disk) -> String {
    let findings: Vec<_> = found
        .findings
        .iter()
        .map(|one| finding(one, disk))
        .collect();
    let stacks = found.stacks.iter();
    let stacks: Vec<_> = stacks
        .map(|(name, rules)| json!({ "name": name, "rules": rules }))
        .collect();
    let whole = json!({
        "findings": findings,
        "stacks": stacks,
        "files": found.files,
        "statements": statements(found, disk),
    });
    format!("{whole:#}\n")
}

/// What became of all statements, and which ones are not used.
fn statements(found: &Found, disk: &Disk) -> Value {
    let left = found.accounts.left().map(|left| {
        json!({
            "fate": left.fate.as_str(),
            "statement": left.statement,
            "place": place(&left.place, disk),
            "by": left.by.as_ref().map(|by| place(by, disk)),
        })
    });
    let mut counts = json!({
        "read": found.accounts.statements(),
        "left": left.collect::<Vec<_>>(),
    });
    for fate in Fate::ALL {
        counts[fate.as_str()] = found.accounts.count(fate).into();
    }
    counts
}

fn finding(finding: &Finding, disk: &Disk) -> Value {
    let related = finding.related.iter();
    let related: Vec<_> = related
        .map(|(at, words)| json!({ "place": place(at, disk), "message": words }))
        .collect();
    json!({
        "code": finding.page.code,
        "name": finding.page.name,
        "severity": severity(finding.page.severity),
        "message": finding.message(),
        "help": finding.help(),
        "place": place(&finding.place, disk),
        "related": related,
        "suggestion": finding.suggestion.as_ref().map(|suggestion| {
            json!({ "text": suggestion.text, "safe": suggestion.safe })
        }),
    })
}

pub fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// Lines and columns count from 1, columns in characters; the end is behind the last one.
fn place(place: &Place, disk: &Disk) -> Value {
    let Place::Text { file, start, end } = place else {
        return Value::Null;
    };
    let lines = disk.lines(file);
    let position = |offset| {
        let found = lines.position(offset);
        json!({ "line": found.line, "column": found.column, "offset": offset })
    };
    json!({ "file": file, "start": position(*start), "end": position(*end) })
}
