//! What outlives the engine: the policy that was confirmed last, and whether one is on trial.
//!
//! An engine that ends in a trial is not to begin with what nobody confirmed.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use control::{FileInfo, FileText};
use serde::{Deserialize, Serialize};

use crate::policy::FileRead;

/// What is kept of a policy.
#[derive(Serialize, Deserialize)]
struct Confirmed {
    files: Vec<FileText>,
}

/// What is on trial, or was gone back from.
#[derive(Serialize, Deserialize)]
struct OnTrial {
    files: Vec<FileInfo>,
    texts: Vec<FileText>,
}

/// The directory of `--state`.
pub struct Kept {
    directory: Option<PathBuf>,
    /// What is there is what was confirmed last.
    current: AtomicBool,
}

impl Kept {
    pub fn new(directory: Option<PathBuf>) -> Self {
        Self {
            directory,
            current: AtomicBool::new(false),
        }
    }

    /// These texts are the policy that was confirmed last; nothing is on trial any more.
    pub fn confirmed(&self, texts: Vec<(PathBuf, String)>) -> io::Result<()> {
        let Some(directory) = &self.directory else {
            return Ok(());
        };
        self.replace(directory, named(texts))
    }

    /// What is on trial is confirmed.
    pub fn trial_is_confirmed(&self) -> io::Result<()> {
        let Some(directory) = &self.directory else {
            return Ok(());
        };
        let on_trial: Option<OnTrial> = read(&trial_in(directory));
        let gone = || io::Error::other("what is on trial is not kept any more");
        self.replace(directory, on_trial.ok_or_else(gone)?.texts)
    }

    fn replace(&self, directory: &Path, files: Vec<FileText>) -> io::Result<()> {
        self.current.store(false, Ordering::Relaxed);
        write(&confirmed_in(directory), &Confirmed { files })?;
        self.nothing_is_on_trial()?;
        self.current.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Whatever lies there may be begun with.
    pub fn nothing_is_on_trial(&self) -> io::Result<()> {
        let Some(directory) = &self.directory else {
            return Ok(());
        };
        match fs::remove_file(trial_in(directory)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => fs::File::open(directory)?.sync_all(),
        }
    }

    /// These files are on trial, from before they are used until something is confirmed.
    pub fn on_trial(&self, files: &[FileRead], texts: Vec<(PathBuf, String)>) -> io::Result<()> {
        let Some(directory) = &self.directory else {
            return Ok(());
        };
        if !self.current.load(Ordering::Relaxed) {
            return Err(io::Error::other(
                "the policy that was confirmed last could not be kept",
            ));
        }
        let (files, texts) = (infos(files), named(texts));
        write(&trial_in(directory), &OnTrial { files, texts })
    }

    /// What to begin with instead of these files: they were on trial when an engine ended.
    pub fn instead_of(&self, files: &[FileRead]) -> Option<Vec<FileText>> {
        let directory = self.directory.as_ref()?;
        let on_trial: OnTrial = read(&trial_in(directory))?;
        let confirmed: Confirmed = read(&confirmed_in(directory))?;
        if on_trial.files != infos(files) {
            return None;
        }
        self.current.store(true, Ordering::Relaxed);
        Some(confirmed.files)
    }
}

fn named(texts: Vec<(PathBuf, String)>) -> Vec<FileText> {
    let text = |(path, text)| FileText { path, text };
    texts.into_iter().map(text).collect()
}

/// Files as they are told.
pub fn infos(files: &[FileRead]) -> Vec<FileInfo> {
    let info = |file: &FileRead| FileInfo {
        path: file.path.clone(),
        sha256: file.sha256.clone(),
    };
    files.iter().map(info).collect()
}

fn confirmed_in(directory: &Path) -> PathBuf {
    directory.join("confirmed.json")
}

fn trial_in(directory: &Path) -> PathBuf {
    directory.join("trial.json")
}

fn write(path: &Path, value: &impl Serialize) -> io::Result<()> {
    disk::store(path, &serde_json::to_vec(value)?)
}

/// What cannot be read counts as not there: an engine that begins has what lies on the disk.
fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> Option<T> {
    serde_json::from_slice(&disk::read(path).ok()?).ok()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn file(sha256: &str) -> FileRead {
        FileRead {
            path: "/etc/policy".into(),
            sha256: sha256.to_owned(),
        }
    }

    fn text(text: &str) -> Vec<(PathBuf, String)> {
        vec![("/etc/policy".into(), text.to_owned())]
    }

    #[test]
    fn what_was_on_trial_is_not_begun_with() {
        let here = tempfile::tempdir().unwrap();
        let directory = Some(here.path().to_owned());
        let kept = Kept::new(directory.clone());
        let none = kept.on_trial(&[file("2")], text("new"));
        assert!(none.is_err(), "there is no way back");
        kept.confirmed(text("good")).unwrap();
        assert!(kept.instead_of(&[file("1")]).is_none());
        kept.on_trial(&[file("2")], text("new")).unwrap();
        let next = Kept::new(directory);
        assert!(next.instead_of(&[file("3")]).is_none(), "others came");
        let files = next.instead_of(&[file("2")]).unwrap();
        assert_eq!(files[0].text, "good");
        next.on_trial(&[file("4")], text("newer")).unwrap();
        next.trial_is_confirmed().unwrap();
        assert!(next.instead_of(&[file("4")]).is_none());
        next.on_trial(&[file("5")], text("newest")).unwrap();
        assert_eq!(next.instead_of(&[file("5")]).unwrap()[0].text, "newer");
        next.confirmed(text("by order")).unwrap();
        assert!(next.instead_of(&[file("5")]).is_none());
    }

    #[test]
    fn without_a_directory_nothing_is_kept() {
        let kept = Kept::new(None);
        kept.confirmed(Vec::new()).unwrap();
        kept.on_trial(&[file("1")], Vec::new()).unwrap();
        kept.trial_is_confirmed().unwrap();
        assert!(kept.instead_of(&[file("1")]).is_none());
        let gone = Kept::new(Some("/nonexistent/state".into()));
        assert!(gone.confirmed(Vec::new()).is_err());
        assert!(gone.on_trial(&[], Vec::new()).is_err());
        assert!(gone.trial_is_confirmed().is_err());
    }
}
