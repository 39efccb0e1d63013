//! What must hold before the database is used: nothing damaged is opened for writing, nothing lost
//! is replaced by something empty, nothing newer is read by something older.

use std::io;
use std::path::{Path, PathBuf};

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqlitePool};
use thiserror::Error;

use super::file::{self, Guard, GuardError, Phase, Run};
use super::{OBJECT_FORMAT, wal};
use crate::store::trial;

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");

/// Why the database was not opened. Each is a sentence for the person who starts the server.
#[derive(Debug, Error)]
pub enum OpenError {
    #[error("There is no database at {0}. Create it first.")]
    Missing(PathBuf),
    #[error(
        "The database {0} was made here before and is gone. Bring it back from a backup; or, to start without it, delete gatehouse.marker beside it."
    )]
    Lost(PathBuf),
    #[error(
        "The database {0} was made here before and is empty now. Bring it back from a backup. The file was not touched."
    )]
    Emptied(PathBuf),
    #[error(
        "The last server that had {0} open was not closed in order, and the write-ahead file beside the database is gone or damaged: changes may be missing. Bring back both files; or, to go on with what the database file alone holds, delete gatehouse.lock beside it."
    )]
    WalLost(PathBuf),
    #[error(
        "Another file was put in the place of the database {path}, and the write-ahead file {} is not of this one: together they would be damaged. Nothing was touched. To go on with the database file alone, move the write-ahead file away; `gatehouse restore` does this by itself.", file::wal(path).display()
    )]
    ForeignWal { path: PathBuf },
    #[error(
        "The server that was starting on the database {0} was killed, and what it had begun has to be undone first. Nothing of yours is missing. Start Gatehouse once: it does that."
    )]
    Unfinished(PathBuf),
    #[error("The database {path} is open in another server: {holder}.")]
    InUse { path: PathBuf, holder: String },
    #[error("The database {path} is damaged: {what}. The file was not touched.")]
    Damaged { path: PathBuf, what: String },
    #[error(
        "The database {path} was written by a newer version of Gatehouse ({what} {found}, this one knows {known}). Use that version, or a backup from before the upgrade."
    )]
    Newer {
        path: PathBuf,
        what: &'static str,
        found: i64,
        known: i64,
    },
    #[error("The schema of the database could not be brought up to date.")]
    Migrate(#[from] MigrateError),
    #[error("The setting {name} of the database is {found} instead of {wanted}.")]
    Setting {
        name: &'static str,
        found: String,
        wanted: &'static str,
    },
    #[error("The files of the database {path} cannot be used.")]
    Io {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("The database cannot be opened.")]
    Database(#[from] sqlx::Error),
}

/// Takes the lock, finds or makes the file, and checks it without writing to it.
pub async fn prepare(path: &Path, create: bool) -> Result<Guard, OpenError> {
    let io = |source| OpenError::Io {
        path: path.to_owned(),
        source,
    };
    if create {
        file::make_directory(path).map_err(io)?;
    } else if !path.exists() && !file::is_marked(path) {
        return Err(OpenError::Missing(path.to_owned()));
    }
    let guard = take(path)?;
    let size = match std::fs::metadata(path) {
        Ok(found) => Some(found.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(io(error)),
    };
    match (size, file::is_marked(path)) {
        (None, true) => return Err(OpenError::Lost(path.to_owned())),
        (None, false) if !create => return Err(OpenError::Missing(path.to_owned())),
        (None, false) => file::make_database(path).map_err(io)?,
        (Some(0), true) => return Err(OpenError::Emptied(path.to_owned())),
        (Some(0), false) if !create => return Err(OpenError::Missing(path.to_owned())),
        (Some(0), false) => {}
        (Some(_), marked) => {
            check_wal(path, &guard)?;
            roll_back(path).await?;
            examine(path, marked).await?;
        }
    }
    file::close_to_others(path).map_err(io)?;
    let run = file::run(path).map_err(io)?.unwrap_or(Run::NONE);
    if run == Run::NONE || !guard.runs().contains(&run) {
        guard.set_copy(true);
    }
    *guard.runs() = vec![run];
    guard.sign(Phase::Starting).map_err(io)?;
    Ok(guard)
}

/// Takes the lock beside the database.
pub fn take(path: &Path) -> Result<Guard, OpenError> {
    Guard::take(path).map_err(|error| match error {
        GuardError::Held(holder) => OpenError::InUse {
            path: path.to_owned(),
            holder,
        },
        GuardError::Io(source) => OpenError::Io {
            path: path.to_owned(),
            source,
        },
    })
}

/// Refuses a write-ahead file that is not of this database file, or not as it was left. To SQLite
/// any such file is as good as another.
pub fn check_wal(path: &Path, guard: &Guard) -> Result<(), OpenError> {
    let io = |source| OpenError::Io {
        path: path.to_owned(),
        source,
    };
    let wal = file::wal(path);
    let run = file::run(path).map_err(io)?;
    let runs = guard.runs();
    let is_other = run.is_some_and(|run| !runs.is_empty() && !runs.contains(&run));
    if is_other && (file::holds_something(&wal) || file::holds_something(&file::journal(path))) {
        return Err(OpenError::ForeignWal {
            path: path.to_owned(),
        });
    }
    // What is missing beside another file was not its own.
    if !is_other && guard.was_open && !wal::is_whole(&wal).map_err(io)? {
        return Err(OpenError::WalLost(path.to_owned()));
    }
    Ok(())
}

/// Undoes what the first start of a database had begun when it was killed: until it has a write-ahead
/// file, SQLite keeps a rollback journal, and nobody can read beside one without undoing it.
async fn roll_back(path: &Path) -> Result<(), OpenError> {
    if !file::holds_something(&file::journal(path)) {
        return Ok(());
    }
    let mut connection = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .connect()
        .await?;
    // The first reading does it.
    sqlx::query("select count(*) from sqlite_master")
        .fetch_one(&mut connection)
        .await?;
    Ok(connection.close().await?)
}

/// Reads the file through a connection that cannot write it.
async fn examine(path: &Path, marked: bool) -> Result<(), OpenError> {
    let damaged = |what: String| OpenError::Damaged {
        path: path.to_owned(),
        what,
    };
    let mut connection = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .create_if_missing(false)
        .connect()
        .await
        .map_err(|error| damaged(error.to_string()))?;
    let outcome = examine_open(&mut connection, path, marked).await;
    connection.close().await?;
    outcome
}

pub async fn examine_open(
    connection: &mut SqliteConnection,
    path: &Path,
    marked: bool,
) -> Result<(), OpenError> {
    quick_check(connection)
        .await
        .map_err(|error| OpenError::Damaged {
            path: path.to_owned(),
            what: error.to_string(),
        })?;
    let migrated: Option<(String,)> = sqlx::query_as(
        "select name from sqlite_master where type = 'table' and name = '_sqlx_migrations'",
    )
    .fetch_optional(&mut *connection)
    .await?;
    if migrated.is_none() {
        return match marked {
            true => Err(OpenError::Emptied(path.to_owned())),
            false => Ok(()),
        };
    }
    let (schema,): (i64,) =
        sqlx::query_as("select coalesce(max(version), 0) from _sqlx_migrations")
            .fetch_one(&mut *connection)
            .await?;
    let known = MIGRATIONS
        .iter()
        .map(|step| step.version)
        .max()
        .unwrap_or(0);
    refuse_newer(path, "schema", schema, known)?;
    let (format,): (i64,) = sqlx::query_as("pragma user_version")
        .fetch_one(connection)
        .await?;
    refuse_newer(path, "object format", format, OBJECT_FORMAT)
}

fn refuse_newer(path: &Path, what: &'static str, found: i64, known: i64) -> Result<(), OpenError> {
    if found <= known {
        return Ok(());
    }
    Err(OpenError::Newer {
        path: path.to_owned(),
        what,
        found,
        known,
    })
}

/// Brings the schema up to date.
pub async fn migrate(write: &SqlitePool) -> Result<(), OpenError> {
    MIGRATIONS.run(write).await?;
    let mut connection = write.acquire().await?;
    Ok(stamp(&mut connection).await?)
}

/// Writes and commits how objects are written. The page goes to the write-ahead file and the disk
/// even when the number stays as it is, so that this is also the smallest write there is.
pub async fn stamp(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    // `OBJECT_FORMAT`, written out because SQL text is constant.
    const { assert!(OBJECT_FORMAT == 1) };
    sqlx::query("pragma user_version = 1")
        .execute(connection)
        .await?;
    Ok(())
}

/// Writes the number of a run into the header of the database.
pub async fn set_run(connection: &mut SqliteConnection, run: Run) -> Result<(), sqlx::Error> {
    // A pragma takes no parameters; a number cannot be anything else in SQL.
    let statement = ["pragma application_id = ", &run.0.to_string()].concat();
    sqlx::query(AssertSqlSafe(statement))
        .execute(connection)
        .await?;
    Ok(())
}

/// A copy that was put in place knows nothing of what became of the installs that waited when it was
/// made: their files are not put back.
async fn end_trials(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let mut tx = connection.begin().await?;
    let ended = trial::end_all(&mut tx).await?;
    tx.commit().await?;
    if ended > 0 {
        tracing::warn!(
            installs = ended,
            "the database is a copy: installs that waited for a confirmation when it was made stay as they are"
        );
    }
    Ok(())
}

/// Reads the settings back, moves everything into the database file, and leaves the marker.
pub async fn finish(path: &Path, guard: &Guard, write: &SqlitePool) -> Result<(), OpenError> {
    let io = |source| OpenError::Io {
        path: path.to_owned(),
        source,
    };
    let mut connection = write.acquire().await?;
    for (name, found, wanted) in settings(&mut connection).await? {
        if found != wanted {
            return Err(OpenError::Setting {
                name,
                found,
                wanted,
            });
        }
    }
    if guard.is_copy() {
        end_trials(&mut connection).await?;
        guard.set_copy(false);
    }
    // INVARIANT: the lock file holds the run that the database file has, whatever happens in between.
    let run = Run::draw().map_err(io)?;
    guard.runs().push(run);
    guard.sign(Phase::Starting).map_err(io)?;
    set_run(&mut connection, run).await?;
    sqlx::query("pragma wal_checkpoint(truncate)")
        .execute(&mut *connection)
        .await?;
    if file::run(path).map_err(io)? == Some(run) {
        *guard.runs() = vec![run];
    }
    // INVARIANT: while the lock file says that the database is open, the write-ahead file holds
    // frames, so that an empty one is known to be a lost one. SQLite begins it anew at times and
    // cuts it only when it is told to, which nobody does after this.
    stamp(&mut connection).await?;
    if !file::is_marked(path) {
        file::mark(path).map_err(io)?;
    }
    Ok(())
}

/// The settings that durability rests on: name, what is, what must be.
async fn settings(
    connection: &mut SqliteConnection,
) -> Result<[(&'static str, String, &'static str); 3], sqlx::Error> {
    let (journal,): (String,) = sqlx::query_as("pragma journal_mode")
        .fetch_one(&mut *connection)
        .await?;
    let (synchronous,): (i64,) = sqlx::query_as("pragma synchronous")
        .fetch_one(&mut *connection)
        .await?;
    let (foreign_keys,): (i64,) = sqlx::query_as("pragma foreign_keys")
        .fetch_one(&mut *connection)
        .await?;
    Ok([
        ("journal_mode", journal, "wal"),
        ("synchronous", synchronous.to_string(), "2"),
        ("foreign_keys", foreign_keys.to_string(), "1"),
    ])
}

/// Fails when a setting of this connection is not as it was set.
pub async fn read_back(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    for (name, found, wanted) in settings(connection).await? {
        if found != wanted {
            return Err(sqlx::Error::Configuration(
                format!("{name} is {found} instead of {wanted}").into(),
            ));
        }
    }
    Ok(())
}

/// Fails with what SQLite finds wrong in the file, or when this connection cannot write it: SQLite
/// opens what it may not write for reading only, and a transaction that is rolled back does not
/// reach the write-ahead file, so the proof is a commit.
pub async fn check(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    quick_check(connection).await?;
    stamp(connection).await
}

/// Fails with what SQLite finds wrong in the file.
async fn quick_check(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let (verdict,): (String,) = sqlx::query_as("pragma quick_check(1)")
        .fetch_one(connection)
        .await?;
    match verdict.as_str() {
        "ok" => Ok(()),
        _ => Err(sqlx::Error::Protocol(verdict)),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::*;
    use crate::db::{Db, options};

    #[tokio::test]
    async fn a_connection_that_can_only_read_does_not_pass_the_check() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("gatehouse.db");
        let _db = Db::open(&path, true).await.unwrap();
        let mut writes = options(&path).connect().await.unwrap();
        check(&mut writes).await.unwrap();
        let mut reads = options(&path).read_only(true).connect().await.unwrap();
        check(&mut reads).await.unwrap_err();
    }
}
