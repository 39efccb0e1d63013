//! A copy takes the place of the database of a data directory. What was there before is kept beside it.
//!
//! A kill at any moment leaves the old database, or the new one, or the new one beside the old one's
//! write-ahead file, which a start refuses; restoring once more ends it.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::backup::{CopyError, Part, write_error};
use super::{OpenError, file, inspect, start};
use crate::store::verify::Report;

/// Why nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    #[error("There is no file {0}.")]
    Missing(PathBuf),
    #[error(
        "The data directory {path} belongs to the user with the number {owner}. Restore as that user, so that the server can read what is restored."
    )]
    OtherOwner { path: PathBuf, owner: u32 },
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Copy(#[from] CopyError),
}

impl RestoreError {
    /// What was to be restored is damaged; otherwise it could not be done.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Copy(error) => error.is_damage(),
            Self::Missing(_) | Self::OtherOwner { .. } | Self::Open(_) => false,
        }
    }
}

/// What was done.
#[derive(Debug)]
pub struct Restored {
    /// What the database holds now.
    pub report: Report,
    /// Where the one from before is; `None` when there was none.
    pub kept: Option<PathBuf>,
}

/// Checks `from` and puts a copy of it in the place of the database.
pub async fn restore(database: &Path, from: &Path) -> Result<Restored, RestoreError> {
    if !from.is_file() {
        return Err(RestoreError::Missing(from.to_owned()));
    }
    let failed = |source| write_error(database, source);
    file::make_directory(database).map_err(failed)?;
    check_owner(database)?;
    // No server starts before this is done.
    let _guard = start::take(database)?;
    let part = Part::begin(database)?;
    let report = part.fill(from, inspect::copy_options(from)).await?;
    let kept = keep(database).map_err(failed)?;
    part.put(database)?;
    clear(database).map_err(failed)?;
    file::mark(database).map_err(failed)?;
    Ok(Restored { report, kept })
}

fn check_owner(database: &Path) -> Result<(), RestoreError> {
    let path = file::directory(database);
    let found = fs::metadata(path).map_err(|source| write_error(path, source))?;
    if found.uid() == rustix::process::geteuid().as_raw() {
        return Ok(());
    }
    Err(RestoreError::OtherOwner {
        path: path.to_owned(),
        owner: found.uid(),
    })
}

/// Gives the database and its write-ahead file second names, which stay when the first ones go.
fn keep(database: &Path) -> io::Result<Option<PathBuf>> {
    if !database.exists() {
        return Ok(None);
    }
    let kept = free_name(database);
    second_name(database, &kept)?;
    let wal = file::wal(database);
    if wal.exists() {
        second_name(&wal, &file::wal(&kept))?;
    }
    file::sync_directory(file::directory(database))?;
    Ok(Some(kept))
}

/// Where the file system knows no second names, a copy.
fn second_name(path: &Path, kept: &Path) -> io::Result<()> {
    if fs::hard_link(path, kept).is_ok() {
        return Ok(());
    }
    fs::copy(path, kept)?;
    fs::File::open(kept)?.sync_all()
}

/// `gatehouse.db.kept-2026-11-21T14:26:13.123Z`, or with a number behind it.
fn free_name(database: &Path) -> PathBuf {
    let name = file::with_suffix(database, &format!(".kept-{}", crate::store::now()));
    let taken = |path: &PathBuf| path.exists() || file::wal(path).exists();
    let others = (2..).map(|number| file::with_suffix(&name, &format!("-{number}")));
    let mut names = std::iter::once(name.clone()).chain(others);
    names.find(|name| !taken(name)).unwrap_or(name)
}

/// Takes away what SQLite kept beside the database that was there before.
fn clear(database: &Path) -> io::Result<()> {
    for path in file::beside_it(database) {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    file::sync_directory(file::directory(database))
}
