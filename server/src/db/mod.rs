//! The database file: opening it, and the two pools over it.
//!
//! One connection writes, several read. Every setting that durability rests on is set here and read
//! back on each new connection. A writing connection that reported an I/O error is dropped; the next
//! one passes a check before anybody gets it.

mod file;
mod start;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Sqlite, SqliteConnection, SqlitePool, Transaction};

use crate::store::StoreError;
use crate::store::error::is_suspect;

pub use start::OpenError;

/// How objects are written in JSON; a server that knows only lower numbers refuses the database.
pub const OBJECT_FORMAT: i64 = 1;

const READERS: u32 = 4;
/// How long a request waits for the writing connection.
const WAIT: Duration = Duration::from_secs(10);

/// The open database.
#[derive(Clone, Debug)]
pub struct Db {
    read: SqlitePool,
    write: SqlitePool,
    /// The writing connection reported an error after which it is not believed.
    suspect: Arc<AtomicBool>,
    /// Keeps a second server out as long as it lives.
    guard: Arc<file::Guard>,
}

impl Db {
    /// Opens the database at `path`, makes it when `create` is set, and brings its schema up to date.
    ///
    /// Refuses a damaged or newer database, one that another server has open, and the place of a
    /// database that was made here before and is gone.
    pub async fn open(path: &Path, create: bool) -> Result<Self, OpenError> {
        let guard = start::prepare(path, create).await?;
        let suspect = Arc::new(AtomicBool::new(false));
        let write = writing_pool(path, &suspect).await?;
        start::migrate(&write).await?;
        start::finish(path, &write, &guard).await?;
        let read = SqlitePoolOptions::new()
            .min_connections(READERS)
            .max_connections(READERS)
            .max_lifetime(None)
            .idle_timeout(None)
            .acquire_timeout(WAIT)
            // A file does not hang up.
            .test_before_acquire(false)
            .connect_with(options(path).read_only(true))
            .await?;
        Ok(Self {
            read,
            write,
            suspect,
            guard: Arc::new(guard),
        })
    }

    /// For queries that change nothing.
    pub fn read(&self) -> &SqlitePool {
        &self.read
    }

    /// For everything else; one connection, so writers queue here.
    pub fn write(&self) -> &SqlitePool {
        &self.write
    }

    /// A connection of its own for long reading, so that it takes none from the pool.
    pub async fn reader(&self) -> Result<SqliteConnection, sqlx::Error> {
        options(&self.path()).read_only(true).connect().await
    }

    /// Whether the database answers: reads the first page of the file.
    pub async fn answers(&self) -> Result<(), sqlx::Error> {
        sqlx::query("select count(*) from sqlite_master")
            .execute(&self.read)
            .await?;
        Ok(())
    }

    /// A transaction that sees one state of the database throughout.
    pub async fn snapshot(&self) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
        self.read.begin().await
    }

    /// A writing transaction. What it reads stays true until it commits.
    pub async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        if !self.writes_are_trusted() {
            // Asked here, too: the pool would try again and again until its time is over.
            self.check().await.map_err(|error| {
                tracing::error!(%error, "the database failed its check");
                match StoreError::from(error) {
                    refused @ (StoreError::DiskFull | StoreError::ReadOnly) => refused,
                    _ => StoreError::Untrusted,
                }
            })?;
        }
        Ok(self.write.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// Checks the database through a connection of its own.
    async fn check(&self) -> Result<(), sqlx::Error> {
        let mut connection = options(&self.path()).connect().await?;
        start::read_back(&mut connection).await?;
        start::check(&mut connection).await?;
        connection.close().await
    }

    /// Runs writing work, and sees to it that a connection that failed is not used again.
    pub async fn watch<T>(
        &self,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let outcome = work.await;
        match &outcome {
            Err(StoreError::Io(_) | StoreError::DiskFull | StoreError::ReadOnly) => self.distrust(),
            // The file itself, not a body in it.
            Err(StoreError::Damaged(damage)) if damage.object.is_none() => self.distrust(),
            Err(_) | Ok(_) => {}
        }
        outcome
    }

    /// For callers with errors of their own: notes an error that the writing connection reported.
    pub fn note(&self, error: &sqlx::Error) {
        if is_suspect(error) {
            self.distrust();
        }
    }

    fn distrust(&self) {
        self.suspect.store(true, Ordering::Release);
    }

    /// False while the last write failed and no fresh connection has passed its check yet.
    pub fn writes_are_trusted(&self) -> bool {
        !self.suspect.load(Ordering::Acquire)
    }

    /// Where the database is.
    pub fn path(&self) -> PathBuf {
        self.guard.database().to_owned()
    }

    /// Closes the database so that the next start finds it whole.
    pub async fn close(&self) {
        self.read.close().await;
        if let Err(error) = self.guard.sign(file::Phase::Closing) {
            tracing::warn!(%error, "could not write the lock file");
        }
        self.write.close().await;
        self.guard.release();
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(WAIT)
}

async fn writing_pool(path: &Path, suspect: &Arc<AtomicBool>) -> Result<SqlitePool, sqlx::Error> {
    let (before, after) = (suspect.clone(), suspect.clone());
    SqlitePoolOptions::new()
        .max_connections(1)
        .max_lifetime(None)
        .idle_timeout(None)
        .acquire_timeout(WAIT)
        .test_before_acquire(false)
        .before_acquire(move |connection, _| {
            // A transaction that is still open here could not be rolled back.
            if connection.is_in_transaction() {
                before.store(true, Ordering::Release);
            }
            let usable = !before.load(Ordering::Acquire);
            Box::pin(async move { Ok(usable) })
        })
        .after_connect(move |connection, _| {
            let suspect = after.clone();
            Box::pin(async move {
                start::read_back(connection).await?;
                if suspect.load(Ordering::Acquire) {
                    start::check(connection).await?;
                    suspect.store(false, Ordering::Release);
                }
                Ok(())
            })
        })
        .connect_with(options(path))
        .await
}
