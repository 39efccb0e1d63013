//! Where tests find what is not ours to keep: the corpus, and what lies beside it. Integration tests include
//! this file, too.

use std::path::{Path, PathBuf};

/// A file or folder, by its path from the folder of the corpus, which the variable `GATEHOUSE_CORPUS` can
/// name. `None`: it is not here, and this is not CI, where it must be.
pub fn found(path: &str) -> Option<PathBuf> {
    let corpus = std::env::var_os("GATEHOUSE_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus"),
        PathBuf::from,
    );
    let path = corpus.join(path);
    if path.exists() {
        return Some(path);
    }
    let ci = std::env::var_os("CI").is_some();
    assert!(!ci, "{} is missing", path.display());
    eprintln!("skipped: {} is missing", path.display());
    None
}

/// The files of these folders, in the order of their paths.
pub fn files(folders: &[&str]) -> Option<Vec<PathBuf>> {
    let mut files = Vec::new();
    for folder in folders {
        let entries = std::fs::read_dir(found(folder)?).ok()?;
        files.extend(entries.flatten().map(|entry| entry.path()));
    }
    files.sort();
    Some(files)
}
