//! What stands beside the database: its marker, and the lock that keeps a second server out.
//!
//! The marker says that a database was made here, so that a lost one is never replaced by an empty
//! one. The lock file also tells how the last server ended: one that was killed leaves it saying that
//! the database is open.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

const MARKER: &str = "gatehouse.marker";
const LOCK: &str = "gatehouse.lock";

/// Holds the advisory lock of a database.
#[derive(Debug)]
pub struct Guard {
    database: PathBuf,
    file: Mutex<File>,
    since: String,
    signed: AtomicBool,
    /// The last server was killed while it had the database open: there must be a write-ahead file.
    pub was_open: bool,
}

/// How far a server is with its database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// There may be no write-ahead file yet.
    Starting,
    Open,
    /// There may be none any more.
    Closing,
}

impl Phase {
    fn word(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Open => "open",
            Self::Closing => "closing",
        }
    }
}

impl Drop for Guard {
    /// A database that is dropped is closed in order by its connections. A start that was refused
    /// leaves the text of the last server, so that the next start is refused, too.
    fn drop(&mut self) {
        if self.signed.load(Ordering::Relaxed) {
            self.release();
        }
    }
}

/// The lock is somebody else's, or could not be tried.
#[derive(Debug)]
pub enum GuardError {
    /// What the holder wrote into it.
    Held(String),
    Io(io::Error),
}

impl From<io::Error> for GuardError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Guard {
    /// Takes the lock beside `database`. The kernel frees it when this process ends, however it ends.
    pub fn take(database: &Path) -> Result<Self, GuardError> {
        let path = beside(database, LOCK);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)?;
        file.set_permissions(Permissions::from_mode(0o600))?;
        let held = file.try_lock();
        let mut text = String::new();
        Read::by_ref(&mut file)
            .take(1000)
            .read_to_string(&mut text)?;
        match held {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => {
                let holder = text.split_once(": ").map_or(&*text, |(_, holder)| holder);
                return Err(GuardError::Held(holder.trim().to_owned()));
            }
            Err(fs::TryLockError::Error(error)) => return Err(error.into()),
        }
        Ok(Self {
            database: database.to_owned(),
            file: Mutex::new(file),
            since: crate::store::now(),
            signed: AtomicBool::new(false),
            was_open: text.starts_with(Phase::Open.word()),
        })
    }

    /// Says who holds the lock, and how far it is.
    pub fn sign(&self, phase: Phase) -> io::Result<()> {
        self.signed.store(true, Ordering::Relaxed);
        let process = std::process::id();
        let phase = phase.word();
        self.write(&format!(
            "{phase}: process {process} since {}\n",
            self.since
        ))
    }

    /// Says that the database was closed in order. The lock itself goes with the process or the guard.
    pub fn release(&self) {
        if let Err(error) = self.write("") {
            tracing::warn!(%error, "could not clear the lock file");
        }
    }

    /// Says for good that the database was left open: what still reads it keeps the write-ahead file
    /// in use, and cannot take it away.
    pub fn leave(&self) {
        if let Err(error) = self.sign(Phase::Open) {
            tracing::warn!(%error, "could not write the lock file");
        }
        self.signed.store(false, Ordering::Relaxed);
    }

    pub fn database(&self) -> &Path {
        &self.database
    }

    fn write(&self, text: &str) -> io::Result<()> {
        let mut file = self
            .file
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    }
}

/// Whether a database was ever made here.
pub fn is_marked(database: &Path) -> bool {
    beside(database, MARKER).exists()
}

/// Writes the marker, so that it is on disk when this returns.
pub fn mark(database: &Path) -> io::Result<()> {
    let path = beside(database, MARKER);
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&path)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    let name = database.file_name().unwrap_or_default().to_string_lossy();
    writeln!(
        file,
        "The Gatehouse database {name} was made here at {}. A server that finds this file and no database refuses to start.",
        crate::store::now()
    )?;
    file.sync_all()?;
    sync_directory(directory(database))
}

/// Makes the directory, for its owner only; one that exists and is not empty stays as it is.
pub fn make_directory(database: &Path) -> io::Result<()> {
    let directory = directory(database);
    let fresh = match fs::read_dir(directory) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(directory)?;
            true
        }
        Err(error) => return Err(error),
    };
    if fresh {
        fs::set_permissions(directory, Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// Makes the empty database file, for its owner only. SQLite gives its other files the same mode.
pub fn make_database(database: &Path) -> io::Result<()> {
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(database)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    file.sync_all()?;
    sync_directory(directory(database))
}

/// Takes rights from others that somebody gave to the files.
pub fn close_to_others(database: &Path) -> io::Result<()> {
    for path in [
        database.to_owned(),
        wal(database),
        with_suffix(database, "-shm"),
    ] {
        match fs::metadata(&path) {
            Ok(found) if found.permissions().mode() & 0o077 != 0 => {
                fs::set_permissions(&path, Permissions::from_mode(0o600))?;
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// SQLite's write-ahead file.
pub fn wal(database: &Path) -> PathBuf {
    with_suffix(database, "-wal")
}

fn beside(database: &Path, name: &str) -> PathBuf {
    directory(database).join(name)
}

fn directory(database: &Path) -> &Path {
    match database.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn with_suffix(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}
