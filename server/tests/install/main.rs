//! Installs into a directory, on a real file system.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod concurrency;
mod faults;
mod kill;
mod refusals;
mod writes;

use std::path::Path;

use server::install::Root;
use tempfile::TempDir;

/// A directory that installs may write to, and a target in it that does not exist yet.
struct Bench {
    folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
        }
    }

    fn allowed(&self) -> Vec<&Path> {
        vec![self.folder.path()]
    }

    fn target(&self) -> String {
        format!("{}/mvsa", self.folder.path().display())
    }

    fn root(&self) -> Root {
        Root::open(&self.target(), &self.allowed()).unwrap()
    }

    /// The path on this machine of a file that PAGENT knows as `file`.
    fn path(&self, file: &str) -> std::path::PathBuf {
        format!("{}{file}", self.target()).into()
    }
}

/// Names in a folder that are Gatehouse's own, the lock file aside.
fn litter(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else {
        return found;
    };
    for entry in entries {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type().unwrap().is_dir() {
            found.extend(litter(&entry.path()));
        } else if name.starts_with(".gatehouse") && name != ".gatehouse.lock" {
            found.push(name);
        }
    }
    found
}

/// The three files of a stack with a mark in each.
fn stack_files(mark: &str) -> Vec<(&'static str, Vec<u8>)> {
    [
        "/etc/pagent/TCPIP_TTLS.policy",
        "/etc/pagent/TCPIP.conf",
        "/etc/pagent.conf",
    ]
    .into_iter()
    .map(|path| (path, format!("# {path} {mark}\n").repeat(400).into_bytes()))
    .collect()
}

fn borrowed<'a>(files: &'a [(&'static str, Vec<u8>)]) -> Vec<(&'a str, &'a [u8])> {
    files
        .iter()
        .map(|(path, bytes)| (*path, &bytes[..]))
        .collect()
}

/// What the target holds of the files: their bytes, `None` where nothing is.
fn held(root: &Root, files: &[(&'static str, Vec<u8>)]) -> Vec<Option<Vec<u8>>> {
    files
        .iter()
        .map(|(path, _)| root.read(path).unwrap())
        .collect()
}

fn bytes_of(files: &[(&'static str, Vec<u8>)]) -> Vec<Option<Vec<u8>>> {
    files.iter().map(|(_, bytes)| Some(bytes.clone())).collect()
}
