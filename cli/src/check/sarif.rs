//! Findings as SARIF 2.1.0 ("Static Analysis Results Interchange Format", OASIS), which services show
//! beside the lines of a change.

use std::collections::BTreeMap;

use generator::finding::{Finding, Page, Place, Severity};
use serde_json::{Value, json};

use super::Found;
use crate::disk::Disk;

pub fn render(found: &Found, disk: &Disk) -> String {
    let pages: BTreeMap<_, _> = found
        .findings
        .iter()
        .map(|one| (one.page.code, one.page))
        .collect();
    let rules: Vec<_> = pages.values().map(|page| rule(page)).collect();
    let results: Vec<_> = found.findings.iter().map(|one| result(one, disk)).collect();
    let whole = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "gatehouse",
                "semanticVersion": server::VERSION,
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{whole:#}\n")
}

fn rule(page: &Page) -> Value {
    json!({
        "id": page.code,
        "name": page.name,
        "shortDescription": { "text": page.name.replace('-', " ") },
        "fullDescription": { "text": page.why },
        "defaultConfiguration": { "level": level(page.severity) },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn result(finding: &Finding, disk: &Disk) -> Value {
    let text = format!("{}\n{}", finding.message(), finding.help());
    let related = finding.related.iter();
    let related: Vec<_> = related
        .filter_map(|(place, words)| {
            let mut location = location(place, disk)?;
            location["message"] = json!({ "text": words });
            Some(location)
        })
        .collect();
    let locations: Vec<_> = location(&finding.place, disk).into_iter().collect();
    let fixes: Vec<_> = fix(finding, disk).into_iter().collect();
    json!({
        "ruleId": finding.page.code,
        "level": level(finding.page.severity),
        "message": { "text": text },
        "locations": locations,
        "relatedLocations": related,
        "fixes": fixes,
    })
}

/// What may be written without asking.
fn fix(finding: &Finding, disk: &Disk) -> Option<Value> {
    let suggestion = finding
        .suggestion
        .as_ref()
        .filter(|suggestion| suggestion.safe)?;
    let location = location(&finding.place, disk)?;
    let place = &location["physicalLocation"];
    Some(json!({
        "description": { "text": format!("write {}", suggestion.text) },
        "artifactChanges": [{
            "artifactLocation": place["artifactLocation"],
            "replacements": [{
                "deletedRegion": place["region"],
                "insertedContent": { "text": suggestion.text },
            }],
        }],
    }))
}

fn location(place: &Place, disk: &Disk) -> Option<Value> {
    let Place::Text { file, start, end } = place else {
        return None;
    };
    let lines = disk.lines(file);
    let (from, to) = (lines.position(*start), lines.position(*end));
    // The file as it is here, so that a service finds it.
    let here = disk.elsewhere(file);
    let uri = here.map_or_else(|| file.clone(), |path| path.display().to_string());
    Some(json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri },
            "region": {
                "startLine": from.line,
                "startColumn": from.column,
                "endLine": to.line,
                "endColumn": to.column,
            },
        },
    }))
}
