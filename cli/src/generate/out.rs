//! The directory that generated files go to: compared, and written so that nobody sees half a file.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use api::install::FileRole;
use server::install::{PathError, TargetPath};
use similar::TextDiff;
use thiserror::Error;

/// Why nothing was written.
#[derive(Debug, Error)]
pub enum OutError {
    #[error("{0}, or write the policy with --stdout")]
    Path(#[from] PathError),
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("{0} is a symbolic link, which is not followed; name the directory it leads to")]
    Link(PathBuf),
    #[error("{0} is no directory")]
    NoDirectory(PathBuf),
    #[error("{0} is no regular file")]
    NoFile(PathBuf),
    #[error("{0} holds something else already; look at it with --check, replace it with --force")]
    Differs(String),
}

/// One file and what is there now.
struct Entry<'a> {
    path: PathBuf,
    text: &'a str,
    now: Option<Vec<u8>>,
}

/// The files below a directory.
pub struct Folder<'a> {
    entries: Vec<Entry<'a>>,
}

impl<'a> Folder<'a> {
    /// Finds out where the files go, and what is there.
    pub fn new(
        directory: PathBuf,
        files: &'a [(FileRole, String, String)],
    ) -> Result<Self, OutError> {
        let entries = files.iter().map(|(_, path, text)| {
            let target: TargetPath = path.parse()?;
            let path = below(&directory, &target)?;
            let now = standing(&path)?;
            Ok(Entry { path, text, now })
        });
        Ok(Self {
            entries: entries.collect::<Result<_, OutError>>()?,
        })
    }

    /// How what is there differs from what would be written, as a unified difference; empty: not at all.
    pub fn differences(&self, revision: i64) -> Result<String, OutError> {
        let mut text = String::new();
        for entry in &self.entries {
            let now = entry.now.as_deref().unwrap_or_default();
            if entry.is_written() {
                continue;
            }
            let now = String::from_utf8_lossy(now);
            let name = entry.path.display().to_string();
            let there = match &entry.now {
                Some(_) => name.as_str(),
                None => "/dev/null",
            };
            let diff = TextDiff::from_lines(now.as_ref(), entry.text);
            let said = diff
                .unified_diff()
                .header(there, &format!("{name} (revision {revision})"))
                .to_string();
            match said.is_empty() {
                // An empty file, or bytes that are no text.
                true => text.push_str(&format!("{name} differs\n")),
                false => text.push_str(&said),
            }
        }
        Ok(text)
    }

    /// Writes the files; what was done, one line each. Refuses before it begins where something else
    /// stands, unless it may be replaced.
    pub fn write(&self, force: bool) -> Result<String, OutError> {
        let others = self.entries.iter();
        let others = others.filter(|entry| entry.now.is_some() && !entry.is_written());
        let others: Vec<_> = others
            .map(|entry| entry.path.display().to_string())
            .collect();
        if !force && !others.is_empty() {
            return Err(OutError::Differs(others.join(", ")));
        }
        let mut said = String::new();
        for entry in &self.entries {
            let word = match entry.is_written() {
                true => "unchanged",
                false => {
                    entry.write()?;
                    "written"
                }
            };
            said.push_str(&format!("{word} {}\n", entry.path.display()));
        }
        Ok(said)
    }
}

impl Entry<'_> {
    fn is_written(&self) -> bool {
        self.now.as_deref() == Some(self.text.as_bytes())
    }

    /// A temporary file beside it takes its place.
    fn write(&self) -> Result<(), OutError> {
        let failed = |source| OutError::Io {
            path: self.path.clone(),
            source,
        };
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(failed)?;
        let mut file = tempfile::Builder::new()
            .prefix(".gatehouse-")
            // As any new file: less what the mask of the user takes away.
            .permissions(fs::Permissions::from_mode(0o666))
            .tempfile_in(folder)
            .map_err(failed)?;
        file.write_all(self.text.as_bytes()).map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        let written = file.persist(&self.path);
        written.map_err(|error| failed(error.error))?;
        Ok(())
    }
}

/// The place of a file below a directory; no link on the way is followed.
fn below(directory: &Path, target: &TargetPath) -> Result<PathBuf, OutError> {
    let mut path = directory.to_owned();
    for part in target.folders() {
        path.push(part);
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_symlink() => return Err(OutError::Link(path)),
            Ok(found) if !found.is_dir() => return Err(OutError::NoDirectory(path)),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(OutError::Io { path, source }),
        }
    }
    path.push(target.name());
    Ok(path)
}

/// What a file holds; `None`: there is none.
fn standing(path: &Path) -> Result<Option<Vec<u8>>, OutError> {
    let failed = |source| OutError::Io {
        path: path.to_owned(),
        source,
    };
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => Err(OutError::Link(path.to_owned())),
        Ok(found) if !found.is_file() => Err(OutError::NoFile(path.to_owned())),
        Ok(_) => fs::read(path).map(Some).map_err(failed),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(failed(source)),
    }
}
