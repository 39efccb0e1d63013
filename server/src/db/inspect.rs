//! Whether a database file is whole: that of the data directory or a copy of it. Nothing is written
//! to it, and nothing is left beside a copy.

use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::file::{self, Guard, GuardError};
use super::{OpenError, WAIT, start};
use crate::store::StoreError;
use crate::store::verify::{Pace, Report, Unread, verify};

/// Why a file could not be checked.
#[derive(Debug, thiserror::Error)]
pub enum InspectError {
    #[error("There is no file {0}.")]
    Missing(PathBuf),
    #[error("{0} is no database of Gatehouse.")]
    Foreign(PathBuf),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Unread(#[from] Unread),
}

impl InspectError {
    /// The file could be read, and what it holds is wrong.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Foreign(_) => true,
            Self::Open(error) => matches!(
                error,
                OpenError::Damaged { .. }
                    | OpenError::Lost(_)
                    | OpenError::Emptied(_)
                    | OpenError::WalLost(_)
                    | OpenError::ForeignWal { .. }
            ),
            Self::Missing(_) | Self::Unread(_) => false,
        }
    }
}

/// Checks the database of a data directory, whether a server has it open or not.
pub async fn database(path: &Path) -> Result<Report, InspectError> {
    standing(path)?;
    inspect(options(path), path).await
}

/// Checks a copy of a database.
pub async fn copy(path: &Path) -> Result<Report, InspectError> {
    if !path.is_file() {
        return Err(InspectError::Missing(path.to_owned()));
    }
    inspect(copy_options(path), path).await
}

/// Opens the database of a data directory for reading alone, whether a server has it open or not.
pub async fn open(path: &Path) -> Result<SqliteConnection, InspectError> {
    standing(path)?;
    connected(options(path), path).await
}

/// Checks what the options open; errors say that it is `path`.
pub(super) async fn inspect(
    options: SqliteConnectOptions,
    path: &Path,
) -> Result<Report, InspectError> {
    let mut connection = connected(options, path).await?;
    let report = verify(&mut connection, Pace::Quick).await?;
    connection.close().await.map_err(OpenError::from)?;
    Ok(report)
}

async fn connected(
    options: SqliteConnectOptions,
    path: &Path,
) -> Result<SqliteConnection, InspectError> {
    let damaged = |what: String| OpenError::Damaged {
        path: path.to_owned(),
        what,
    };
    let connected = options.connect().await;
    let mut connection = connected.map_err(|error| damaged(error.to_string()))?;
    start::examine_open(&mut connection, path, false).await?;
    match is_ours(&mut connection).await.map_err(OpenError::from)? {
        true => Ok(connection),
        false => Err(InspectError::Foreign(path.to_owned())),
    }
}

async fn is_ours(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "select count(*) = 2 from sqlite_master
         where type = 'table' and name in ('_sqlx_migrations', 'object_revision')",
    )
    .fetch_one(connection)
    .await
}

/// Refuses the database of a data directory that a start would refuse without having read it.
pub(super) fn standing(path: &Path) -> Result<(), OpenError> {
    match std::fs::metadata(path) {
        Ok(found) if found.len() == 0 => return Err(OpenError::Emptied(path.to_owned())),
        Ok(_) => {}
        Err(_) if file::is_marked(path) => return Err(OpenError::Lost(path.to_owned())),
        Err(_) => return Err(OpenError::Missing(path.to_owned())),
    }
    match Guard::take(path) {
        Ok(guard) => {
            start::check_wal(path, &guard)?;
            match file::holds_something(&file::journal(path)) {
                true => Err(OpenError::Unfinished(path.to_owned())),
                false => Ok(()),
            }
        }
        // The server that has it open looked when it started.
        Err(GuardError::Held(_)) => Ok(()),
        Err(GuardError::Io(source)) => Err(OpenError::Io {
            path: path.to_owned(),
            source,
        }),
    }
}

/// For the database of a data directory, which a server may open at any time.
pub(super) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .create_if_missing(false)
        .busy_timeout(WAIT)
}

/// For a copy that nobody writes. One that was made by hand may have a write-ahead file, which is
/// then a part of it; where there is none, SQLite is told that it need not make one.
pub(super) fn copy_options(path: &Path) -> SqliteConnectOptions {
    let wal = std::fs::metadata(file::wal(path));
    let alone = wal.map_or(true, |found| found.len() == 0);
    options(path).immutable(alone)
}

/// What keeps a copy from being made, in the words of the store.
pub(super) async fn copy_into(options: SqliteConnectOptions, to: &str) -> Result<(), StoreError> {
    let mut connection = options.connect().await?;
    sqlx::query("vacuum into $1")
        .bind(to)
        .execute(&mut connection)
        .await?;
    connection.close().await?;
    Ok(())
}
