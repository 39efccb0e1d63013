//! What stands beside the database: its marker, and the lock that keeps a second server out.
//!
//! The marker says that a database was made here, so that a lost one is never replaced by an empty
//! one. The lock file also tells how the last server ended: one that was killed leaves it saying that
//! the database is open. And it holds the number of the run, which the header of the database file
//! holds, too: where they differ, somebody has put another file in its place.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

const MARKER: &str = "gatehouse.marker";
const LOCK: &str = "gatehouse.lock";

/// Holds the advisory lock of a database.
#[derive(Debug)]
pub struct Guard {
    database: PathBuf,
    file: Mutex<File>,
    since: String,
    signed: AtomicBool,
    /// The runs of a server that the database file can be of.
    runs: Mutex<Vec<Run>>,
    /// The last server was killed while it had the database open: there must be a write-ahead file.
    pub was_open: bool,
    /// The database file is a copy that somebody put here: it knows nothing of what came after it.
    is_copy: AtomicBool,
}

/// The number of one run of a server, drawn when it starts; 0 in a file that none has opened yet,
/// such as a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run(pub i32);

impl Run {
    pub const NONE: Self = Self(0);

    pub fn draw() -> io::Result<Self> {
        let number = getrandom::u32().map_err(|error| io::Error::other(error.to_string()))?;
        Ok(Self((number >> 1).max(1).cast_signed()))
    }
}

/// How far a server is with its database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// There may be no write-ahead file yet.
    Starting,
    Open,
    /// There may be none any more.
    Closing,
    Closed,
}

impl Phase {
    fn word(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Open => "open",
            Self::Closing => "closing",
            Self::Closed => "closed",
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
        let held = try_lock(&file);
        let mut text = String::new();
        Read::by_ref(&mut file)
            .take(1000)
            .read_to_string(&mut text)?;
        match held {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => {
                let line = text.lines().next().unwrap_or_default();
                let holder = line.split_once(": ").map_or(line, |(_, holder)| holder);
                return Err(GuardError::Held(holder.trim().to_owned()));
            }
            Err(fs::TryLockError::Error(error)) => return Err(error.into()),
        }
        Ok(Self {
            database: database.to_owned(),
            file: Mutex::new(file),
            since: crate::store::now(),
            signed: AtomicBool::new(false),
            runs: Mutex::new(runs(&text)),
            was_open: text.starts_with(Phase::Open.word()),
            is_copy: AtomicBool::new(text.lines().any(|line| line == COPY)),
        })
    }

    /// Says who holds the lock, and how far it is.
    pub fn sign(&self, phase: Phase) -> io::Result<()> {
        self.signed.store(true, Ordering::Relaxed);
        let process = std::process::id();
        let phase = phase.word();
        let mut text = format!("{phase}: process {process} since {}\n", self.since);
        if self.is_copy() {
            text.push_str(COPY);
            text.push('\n');
        }
        for Run(number) in self.runs().iter() {
            text.push_str(&format!("{RUN}{number}\n"));
        }
        self.write(&text)
    }

    pub fn is_copy(&self) -> bool {
        self.is_copy.load(Ordering::Relaxed)
    }

    /// To be signed, so that a start that is killed is not the only one to know.
    pub fn set_copy(&self, is_copy: bool) {
        self.is_copy.store(is_copy, Ordering::Relaxed);
    }

    /// The runs that the database file can be of; none when that is not known.
    pub fn runs(&self) -> MutexGuard<'_, Vec<Run>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that the database was closed in order. The lock itself goes with the process or the guard.
    pub fn release(&self) {
        if let Err(error) = self.sign(Phase::Closed) {
            tracing::warn!(%error, "could not write the lock file");
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
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        // Cut afterwards: a kill in between leaves more than was to be said, and never nothing.
        file.rewind()?;
        file.write_all(text.as_bytes())?;
        file.set_len(text.len() as u64)?;
        file.sync_all()
    }
}

/// The line of the lock file of a database that is a copy.
const COPY: &str = "copy";

/// The line of a run in the lock file begins so.
const RUN: &str = "run ";

fn runs(text: &str) -> Vec<Run> {
    let numbers = text.lines().filter_map(|line| line.strip_prefix(RUN));
    numbers
        .filter_map(|text| text.parse().ok().map(Run))
        .collect()
}

/// A backup or a check holds the lock for a moment, which is no reason to refuse a start.
fn try_lock(file: &File) -> Result<(), fs::TryLockError> {
    for _ in 0..3 {
        match file.try_lock() {
            Err(fs::TryLockError::WouldBlock) => {
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
            done => return done,
        }
    }
    file.try_lock()
}

/// The run in the header of a database file; `None` when that is none. What the write-ahead file
/// says of it does not count. "Database File Format" of SQLite says where the application's number is.
pub fn run(database: &Path) -> io::Result<Option<Run>> {
    let mut header = [0; 72];
    match File::open(database)?.read_exact(&mut header) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let mut number = [0; 4];
    number.copy_from_slice(&header[68..]);
    let is_database = header.starts_with(b"SQLite format 3\0");
    Ok(is_database.then_some(Run(i32::from_be_bytes(number))))
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
    let [wal, shm, _] = beside_it(database);
    for path in [database.to_owned(), wal, shm] {
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

/// SQLite's rollback journal, which there is until the database has a write-ahead file.
pub fn journal(database: &Path) -> PathBuf {
    with_suffix(database, "-journal")
}

/// What SQLite keeps beside the database while it is open, or was not closed.
pub fn beside_it(database: &Path) -> [PathBuf; 3] {
    [
        wal(database),
        with_suffix(database, "-shm"),
        journal(database),
    ]
}

/// All files of a database.
pub fn all(database: &Path) -> Vec<PathBuf> {
    let own = [MARKER, LOCK].map(|name| beside(database, name));
    let mut all = vec![database.to_owned()];
    all.extend(beside_it(database));
    all.extend(own);
    all
}

pub fn holds_something(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.len() > 0)
}

pub fn beside(database: &Path, name: &str) -> PathBuf {
    directory(database).join(name)
}

pub fn directory(database: &Path) -> &Path {
    match database.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

pub fn with_suffix(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

pub fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}
