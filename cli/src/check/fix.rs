//! Writes what findings suggest, where only one thing can be meant.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use generator::finding::{Finding, Place};
use generator::policy::encoding;

use crate::disk::{self, Disk, Unread};

/// Answers whether a file was written.
pub fn apply(findings: &[Finding], disk: &Disk) -> Result<bool, Unread> {
    let mut files: BTreeMap<&str, BTreeMap<usize, (Range<usize>, &str)>> = BTreeMap::new();
    for finding in findings {
        if let Some((file, span, text)) = safe(finding) {
            let edits = files.entry(file).or_default();
            edits.insert(span.start, (span, text));
        }
    }
    let mut written = BTreeSet::new();
    for (name, edits) in &files {
        let Some(path) = disk.path(name) else {
            eprintln!("gatehouse: {name} is no file here; nothing was mended in it");
            continue;
        };
        if written.contains(&path) {
            continue;
        }
        let bytes = disk.bytes(name);
        if encoding::is_ebcdic(&bytes) {
            eprintln!(
                "gatehouse: {} is in EBCDIC; nothing was mended in it",
                path.display()
            );
            continue;
        }
        disk::replace(&path, &mended(&bytes, edits.values()))
            .map_err(|error| Unread::new(&path, error))?;
        let count = edits.len();
        let words = if count == 1 { "word" } else { "words" };
        eprintln!("gatehouse: {count} {words} mended in {}", path.display());
        written.insert(path);
    }
    Ok(!written.is_empty())
}

/// What may be written without asking: the file, the place in it, and the text.
pub fn safe(finding: &Finding) -> Option<(&str, Range<usize>, &str)> {
    let suggestion = finding.suggestion.as_ref().filter(|one| one.safe)?;
    match &finding.place {
        Place::Text { file, start, end } => Some((file, *start..*end, &suggestion.text)),
        Place::Field { .. } => None,
    }
}

fn mended<'a>(bytes: &[u8], edits: impl Iterator<Item = &'a (Range<usize>, &'a str)>) -> Vec<u8> {
    let (mut text, mut at) = (Vec::with_capacity(bytes.len()), 0);
    for (place, new) in edits {
        if place.start < at || place.end > bytes.len() {
            continue;
        }
        text.extend_from_slice(&bytes[at..place.start]);
        text.extend_from_slice(new.as_bytes());
        at = place.end;
    }
    text.extend_from_slice(&bytes[at..]);
    text
}
