//! Writes what findings suggest, where only one thing can be meant.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::ops::Range;
use std::path::Path;

use generator::finding::{Finding, Place};
use generator::policy::encoding;

use crate::disk::{Disk, Unread};

/// Answers whether a file was written.
pub fn apply(findings: &[Finding], disk: &Disk) -> Result<bool, Unread> {
    let mut files: BTreeMap<&str, BTreeMap<usize, (Range<usize>, &str)>> = BTreeMap::new();
    for finding in findings {
        let safe = finding
            .suggestion
            .as_ref()
            .filter(|suggestion| suggestion.safe);
        if let (Some(suggestion), Place::Text { file, start, end }) = (safe, &finding.place) {
            let edits = files.entry(file).or_default();
            edits.insert(*start, (*start..*end, &suggestion.text));
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
        write(&path, &mended(&bytes, edits.values())).map_err(|error| Unread::new(&path, error))?;
        let count = edits.len();
        let words = if count == 1 { "word" } else { "words" };
        eprintln!("gatehouse: {count} {words} mended in {}", path.display());
        written.insert(path);
    }
    Ok(!written.is_empty())
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

/// In the place of the old file at once, with its rights.
fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    // A link stays one.
    let path = path.canonicalize()?;
    let directory = path.parent().unwrap_or(Path::new("/"));
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(bytes)?;
    file.as_file()
        .set_permissions(std::fs::metadata(&path)?.permissions())?;
    file.as_file().sync_all()?;
    file.persist(&path)?;
    Ok(())
}
