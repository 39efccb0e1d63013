//! A consistent copy of the database, made while a server runs or not, and checked in full before it
//! takes the place of an older one.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
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
            Self::Open(_) | Self::Write { .. } => false,
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
    inspect::standing(database)?;
    let part = Part::begin(to)?;
    let report = part.fill(database, inspect::options(database)).await?;
    part.put(to)?;
    Ok(report)
}

/// A file that is not yet what it is to be; it goes with this value unless it was put in its place.
pub(super) struct Part(PathBuf);

impl Part {
    /// Makes an empty file beside `to`, for its owner only, and takes away what processes left there
    /// that were killed.
    pub fn begin(to: &Path) -> Result<Self, CopyError> {
        let to = std::path::absolute(to).map_err(|source| write_error(to, source))?;
        sweep(&to);
        let part = Self(file::with_suffix(
            &to,
            &format!(".{}{PART}", std::process::id()),
        ));
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&part.0)
            .map_err(|source| write_error(&part.0, source))?;
        Ok(part)
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
        let not_utf8 = || write_error(&self.0, io::ErrorKind::InvalidFilename.into());
        let path = self.0.to_str().ok_or_else(not_utf8)?;
        inspect::copy_into(options, path).await.map_err(failed)?;
        forget_run(&self.0).await.map_err(failed)?;
        let report = inspect::inspect(inspect::copy_options(&self.0), from).await?;
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
            File::open(&self.0)?.sync_all()?;
            fs::rename(&self.0, to)?;
            file::sync_directory(file::directory(to))
        };
        put().map_err(|source| write_error(to, source))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Not there any more when it was put in its place.
        let _ = fs::remove_file(&self.0);
        let _ = fs::remove_file(file::with_suffix(&self.0, "-journal"));
    }
}

const PART: &str = ".part";

/// Takes away the parts of processes that are no more. What cannot be taken away is no reason to
/// make no copy.
fn sweep(to: &Path) {
    let Some(name) = to.file_name() else { return };
    let entries = fs::read_dir(file::directory(to)).into_iter().flatten();
    for entry in entries.flatten() {
        if process_of(&entry.file_name(), name).is_some_and(is_gone) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The process that made a part of the file `name`, or what SQLite keeps beside one.
fn process_of(part: &OsString, name: &std::ffi::OsStr) -> Option<i32> {
    let rest = part.to_str()?.strip_prefix(name.to_str()?)?;
    let rest = rest.strip_suffix("-journal").unwrap_or(rest);
    rest.strip_prefix('.')?.strip_suffix(PART)?.parse().ok()
}

fn is_gone(process: i32) -> bool {
    let process = rustix::process::Pid::from_raw(process);
    process.is_some_and(|process| {
        rustix::process::test_kill_process(process) == Err(rustix::io::Errno::SRCH)
    })
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
