//! The database file: opening it, and the two pools over it.
//!
//! One connection writes, several read. Every setting that durability rests on is set here and read
//! back on each new connection. A writing connection that reported an I/O error is dropped; the next
//! one passes a check before anybody gets it.

pub mod backup;
mod file;
pub mod inspect;
pub mod restore;
mod start;
mod trust;
mod wal;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, Sqlite, SqliteConnection, SqlitePool, Transaction};
use tokio::sync::Mutex;

use crate::store::StoreError;

pub use start::OpenError;
use trust::Trust;

/// How objects are written in JSON; a server that knows only lower numbers refuses the database.
pub const OBJECT_FORMAT: i64 = 1;

/// The database in the directory of the data.
pub const DATABASE: &str = "gatehouse.db";

const READERS: u32 = 4;
/// How long a request waits for the writing connection.
const WAIT: Duration = Duration::from_secs(10);

/// How long a request waits for what may as well be left out.
const PATIENCE: Duration = Duration::from_millis(200);

/// How long closing waits for what still reads, and then for what still writes.
const LAST_WAIT: Duration = Duration::from_secs(3);

/// SQL with the values of its parameters.
type Statement<'a> = sqlx::query::Query<'a, Sqlite, SqliteArguments>;

/// The open database.
#[derive(Clone, Debug)]
pub struct Db {
    /// Keeps a second server out as long as it lives. Dropped before the connections, the last of
    /// which takes the write-ahead file away: by then nothing may say that there is one.
    guard: Arc<file::Guard>,
    read: SqlitePool,
    write: SqlitePool,
    /// Held by whoever writes until it is known how that ended.
    turn: Arc<Mutex<()>>,
    trust: Arc<Trust>,
}

impl Db {
    /// Opens the database at `path`, makes it when `create` is set, and brings its schema up to date.
    ///
    /// Refuses a damaged or newer database, one that another server has open, and the place of a
    /// database that was made here before and is gone.
    pub async fn open(path: &Path, create: bool) -> Result<Self, OpenError> {
        let guard = start::prepare(path, create).await?;
        let trust = Arc::new(Trust::default());
        let write = writing_pool(path, &trust).await?;
        start::migrate(&write).await?;
        start::finish(path, &guard, &write).await?;
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
        // From here on there is a write-ahead file, and nothing fails any more that takes it away.
        guard
            .sign(file::Phase::Open)
            .map_err(|source| OpenError::Io {
                path: path.to_owned(),
                source,
            })?;
        Ok(Self {
            guard: Arc::new(guard),
            read,
            write,
            turn: Arc::default(),
            trust,
        })
    }

    /// For queries that change nothing.
    pub fn read(&self) -> &SqlitePool {
        &self.read
    }

    /// For tests: the writing connection, past [`Db::write`] and all that it sees to.
    pub fn unwatched(&self) -> &SqlitePool {
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

    /// Runs writing work in a transaction; what it reads stays true until it commits, and what it
    /// does not commit is taken back. Writers queue here.
    ///
    /// There is no other way to the writing connection, so that no error of it goes unseen: after one
    /// that makes it suspect nothing is written until a fresh connection has passed its check.
    pub async fn write<T, F, W>(&self, work: F) -> Result<T, StoreError>
    where
        F: FnOnce(Transaction<'static, Sqlite>) -> W,
        W: Future<Output = Result<T, StoreError>>,
    {
        let turn = tokio::time::timeout(WAIT, self.turn.lock()).await;
        let _turn = turn.map_err(|_| StoreError::Busy)?;
        if !self.writes_are_trusted() {
            // Asked here, too: the pool would try again and again until its time is over.
            self.check().await?;
        }
        self.watched(work).await
    }

    /// Runs one writing statement on its own; answers how many rows it changed.
    pub async fn execute(&self, statement: Statement<'_>) -> Result<u64, StoreError> {
        self.write(async |mut tx| {
            let done = statement.execute(&mut *tx).await?;
            tx.commit().await?;
            Ok(done.rows_affected())
        })
        .await
    }

    /// Writes what may as well be left out, such as when somebody was here last. Answers whether it
    /// is stored.
    ///
    /// Nobody waits for it: it is left out while somebody else writes and while the database is not
    /// trusted, and on a slow disk it goes on without the asker. An error goes to the log.
    pub async fn write_if_free<F, W>(&self, work: F) -> bool
    where
        F: FnOnce(Transaction<'static, Sqlite>) -> W + Send + 'static,
        W: Future<Output = Result<(), StoreError>> + Send + 'static,
    {
        let Ok(turn) = self.turn.clone().try_lock_owned() else {
            return false;
        };
        if !self.writes_are_trusted() {
            return false;
        }
        let db = self.clone();
        let task = tokio::spawn(async move {
            let _turn = turn;
            db.watched(work).await
        });
        match tokio::time::timeout(PATIENCE, task).await {
            Ok(Ok(Ok(()))) => true,
            Ok(Ok(Err(error))) => {
                tracing::warn!(%error, "the last use of something was not noted");
                false
            }
            Ok(Err(_)) | Err(_) => false,
        }
    }

    /// For whoever has the turn: the next one finds out how this work ended.
    async fn watched<T, F, W>(&self, work: F) -> Result<T, StoreError>
    where
        F: FnOnce(Transaction<'static, Sqlite>) -> W,
        W: Future<Output = Result<T, StoreError>>,
    {
        let watch = self.trust.watch();
        let outcome = match self.write.begin_with("BEGIN IMMEDIATE").await {
            Ok(transaction) => work(transaction).await,
            Err(error) => Err(error.into()),
        };
        watch.ended(&outcome);
        outcome
    }

    /// Checks the database through a connection of its own.
    async fn check(&self) -> Result<(), StoreError> {
        self.check_apart().await.map_err(|error| {
            tracing::error!(%error, "the database failed its check");
            match StoreError::from(error) {
                refused @ (StoreError::DiskFull | StoreError::ReadOnly) => refused,
                _ => StoreError::Untrusted,
            }
        })
    }

    async fn check_apart(&self) -> Result<(), sqlx::Error> {
        let mut connection = options(&self.path()).connect().await?;
        start::read_back(&mut connection).await?;
        start::check(&mut connection).await?;
        connection.close().await
    }

    /// False while the last write failed and no fresh connection has passed its check yet.
    pub fn writes_are_trusted(&self) -> bool {
        !self.trust.is_lost()
    }

    /// Where the database is.
    pub fn path(&self) -> PathBuf {
        self.guard.database().to_owned()
    }

    /// Closes the database so that the next start finds it whole.
    pub async fn close(&self) {
        self.close_within(LAST_WAIT).await;
    }

    /// Closes the database. Work that does not end in time is left to the end of the process; what
    /// it did not commit is not stored.
    pub async fn close_within(&self, wait: Duration) {
        if let Err(error) = self.guard.sign(file::Phase::Closing) {
            tracing::warn!(%error, "could not write the lock file");
        }
        let reads = tokio::time::timeout(wait, self.read.close()).await;
        let writes = tokio::time::timeout(wait, self.write.close()).await;
        if reads.is_err() {
            tracing::warn!("reads of the database did not end and were cut off");
        }
        if writes.is_err() {
            tracing::warn!("a write to the database did not end and was cut off");
        } else if reads.is_err() && file::wal(&self.path()).exists() {
            self.guard.leave();
        } else {
            self.guard.release();
        }
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

async fn writing_pool(path: &Path, trust: &Arc<Trust>) -> Result<SqlitePool, sqlx::Error> {
    let (before, after) = (trust.clone(), trust.clone());
    SqlitePoolOptions::new()
        .max_connections(1)
        .max_lifetime(None)
        .idle_timeout(None)
        .acquire_timeout(WAIT)
        .test_before_acquire(false)
        .before_acquire(move |connection, _| {
            // A transaction that is still open here could not be rolled back.
            if connection.is_in_transaction() {
                before.lose();
            }
            let usable = before.allows_reuse();
            Box::pin(async move { Ok(usable) })
        })
        .after_connect(move |connection, _| {
            let trust = after.clone();
            Box::pin(async move {
                let sound = sound(connection, &trust).await;
                match &sound {
                    Ok(()) => trust.regain(),
                    Err(_) => trust.lose(),
                }
                sound
            })
        })
        .connect_with(options(path))
        .await
}

/// What a fresh writing connection has to pass before anybody gets it.
async fn sound(connection: &mut SqliteConnection, trust: &Trust) -> Result<(), sqlx::Error> {
    start::read_back(connection).await?;
    if trust.is_lost() {
        start::check(connection).await
    } else if trust.allows_reuse() {
        Ok(())
    } else {
        start::stamp(connection).await
    }
}
