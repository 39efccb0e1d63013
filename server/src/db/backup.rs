//! A consistent copy of the database, made while a server runs or not, and checked in full before it
//! takes the place of an older one.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use super::file::{self, Run};
use super::inspect::{self, InspectError};
use super::{OpenError, start};
use crate::store::StoreError;
use crate::store::verify::Report;

/// Why there is no new copy.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(
        "{0} is a file of the database itself: nothing was written. Name another file for the copy."
    )]
    Itself(PathBuf),
    #[error("The file {path} cannot be written")]
    Write { path: PathBuf, source: io::Error },
    #[error("The database {path} could not be copied")]
    Copy { path: PathBuf, source: StoreError },
    #[error(transparent)]
    Check(#[from] InspectError),
    #[error("{path} did not pass its check: {}", words(.report))]
    Damaged { path: PathBuf, report: Box<Report> },
}

impl CopyError {
    /// What was to be copied is damaged; otherwise the copy could not be made.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Damaged { .. } => true,
            Self::Copy { source, .. } => matches!(source, StoreError::Damaged(_)),
            Self::Check(error) => error.is_damage(),
            Self::Open(_) | Self::Itself(_) | Self::Write { .. } => false,
        }
    }
}

fn words(report: &Report) -> String {
    let words: Vec<_> = report.damage.iter().map(ToString::to_string).collect();
    words.join("; ")
}

/// Copies the database of a data directory to `to`, whose older content stays until the copy has
/// passed its check. What the copy holds.
pub async fn backup(database: &Path, to: &Path) -> Result<Report, CopyError> {
    if is_of(database, to) {
        return Err(CopyError::Itself(to.to_owned()));
    }
    inspect::standing(database)?;
    let part = Part::begin(to)?;
    let report = part.fill(database, inspect::options(database)).await?;
    part.put(to)?;
    Ok(report)
}

/// Whether a path leads to a file of the database, whatever it is called there; or would be taken for
/// one, as none of that name is there now.
fn is_of(database: &Path, path: &Path) -> bool {
    let id = |path: &Path| {
        let found = fs::metadata(path).ok()?;
        Some((found.dev(), found.ino()))
    };
    let same = |one: &Path, other: &Path| id(one).is_some_and(|one| Some(one) == id(other));
    let folder = same(file::directory(database), file::directory(path));
    let mut names = file::all(database).into_iter();
    names.any(|own| same(&own, path) || folder && own.file_name() == path.file_name())
}

/// A file that is not yet what it is to be; it goes with this value unless it was put in its place.
pub(super) struct Part {
    path: PathBuf,
    /// Holds the lock that says that somebody is at work on it.
    file: File,
}

impl Part {
    /// Makes an empty file beside `to`, for its owner only, and takes away what processes left there
    /// that were killed.
    pub fn begin(to: &Path) -> Result<Self, CopyError> {
        let to = std::path::absolute(to).map_err(|source| write_error(to, source))?;
        let make = || -> io::Result<Self> {
            sweep(&to);
            let number = getrandom::u64().map_err(|error| io::Error::other(error.to_string()))?;
            let path = file::with_suffix(&to, &format!(".{number:016x}{PART}"));
            let file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&path)?;
            match file.try_lock() {
                // Another process sweeps at this very moment.
                Err(fs::TryLockError::WouldBlock) => return Err(io::ErrorKind::ResourceBusy.into()),
                // Where the file system knows no locks, nobody sweeps.
                Ok(()) | Err(fs::TryLockError::Error(_)) => {}
            }
            Ok(Self { path, file })
        };
        make().map_err(|source| write_error(&to, source))
    }

    /// Copies a database into the file and checks the copy.
    pub async fn fill(
        &self,
        from: &Path,
        options: SqliteConnectOptions,
    ) -> Result<Report, CopyError> {
        let failed = |source| CopyError::Copy {
            path: from.to_owned(),
            source,
        };
        let not_utf8 = || write_error(&self.path, io::ErrorKind::InvalidFilename.into());
        let path = self.path.to_str().ok_or_else(not_utf8)?;
        inspect::copy_into(options, path).await.map_err(failed)?;
        forget_run(&self.path).await.map_err(failed)?;
        let report = inspect::inspect(inspect::copy_options(&self.path), from).await?;
        if report.is_clean() {
            return Ok(report);
        }
        Err(CopyError::Damaged {
            path: from.to_owned(),
            report: Box::new(report),
        })
    }

    /// Puts the file in the place of `to`, on disk when this returns.
    pub fn put(self, to: &Path) -> Result<(), CopyError> {
        let put = || {
            self.file.sync_all()?;
            fs::rename(&self.path, to)?;
            file::sync_directory(file::directory(to))
        };
        put().map_err(|source| write_error(to, source))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Not there any more when it was put in its place.
        let _ = fs::remove_file(&self.path);
        let _ = fs::remove_file(file::journal(&self.path));
    }
}

const PART: &str = ".part";

/// Takes away the parts that nobody is at work on. What cannot be taken away is no reason to make no
/// copy.
fn sweep(to: &Path) {
    let Some(name) = to.file_name() else { return };
    let entries = fs::read_dir(file::directory(to)).into_iter().flatten();
    for entry in entries.flatten() {
        let path = entry.path();
        if is_part_of(&entry.file_name(), name)
            && File::open(&path).is_ok_and(|part| part.try_lock().is_ok())
        {
            let _ = fs::remove_file(file::journal(&path));
            let _ = fs::remove_file(path);
        }
    }
}

/// Whether this is the name of a part of the file `name`.
fn is_part_of(part: &OsString, name: &OsStr) -> bool {
    let number = || {
        let rest = part.to_str()?.strip_prefix(name.to_str()?)?;
        rest.strip_prefix('.')?.strip_suffix(PART)
    };
    number().is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// A copy is of no run, so that it is never taken for the file that a server has written last.
async fn forget_run(copy: &Path) -> Result<(), StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(copy)
        .create_if_missing(false);
    let mut connection = options.connect().await?;
    start::set_run(&mut connection, Run::NONE).await?;
    connection.close().await?;
    Ok(())
}

pub(super) fn write_error(path: &Path, source: io::Error) -> CopyError {
    CopyError::Write {
        path: path.to_owned(),
        source,
    }
}
