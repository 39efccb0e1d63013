//! One writer per directory: threads of this process queue in order of arrival at a condition,
//! other processes at an advisory lock on a file.

use std::collections::BTreeSet;
use std::os::fd::OwnedFd;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::io::Errno;

use super::calls::{Calls, named_type};
use super::error::TargetError;
use super::folder::Folder;

const NAME: &str = ".gatehouse.lock";
const PATIENCE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(10);

type Key = (u64, u64);

static HELD: Mutex<BTreeSet<Key>> = Mutex::new(BTreeSet::new());
static RELEASED: Condvar = Condvar::new();

/// The right to write; ends when dropped. The lock file stays: removing it would let two writers
/// hold two locks.
pub(super) struct Guard {
    key: Key,
    _file: Option<OwnedFd>,
}

/// Waits for the right to write below `root`.
pub(super) fn acquire(calls: &Calls, root: &Folder) -> Result<Guard, TargetError> {
    let error = |errno| TargetError::from_errno(errno, "lock", root.path_of(NAME));
    let stat = rustix::fs::fstat(root.at()).map_err(error)?;
    let deadline = Instant::now() + PATIENCE;
    let mut guard = enter((stat.st_dev, stat.st_ino), deadline).ok_or_else(|| busy(root))?;
    if let Some(what) = calls
        .inspect(root.at(), NAME)
        .map_err(error)?
        .as_ref()
        .and_then(named_type)
    {
        let path = root.path_of(NAME);
        return Err(TargetError::NotAFile { path, what });
    }
    loop {
        match calls.lock(root.at(), NAME) {
            Ok(file) => {
                guard._file = Some(file);
                return Ok(guard);
            }
            Err(Errno::AGAIN) if Instant::now() < deadline => std::thread::sleep(PAUSE),
            Err(Errno::AGAIN) => return Err(busy(root)),
            Err(errno) => return Err(error(errno)),
        }
    }
}

fn busy(root: &Folder) -> TargetError {
    TargetError::Busy {
        path: root.path.clone(),
    }
}

fn enter(key: Key, deadline: Instant) -> Option<Guard> {
    let mut held = held();
    while !held.insert(key) {
        let left = deadline.checked_duration_since(Instant::now())?;
        held = RELEASED
            .wait_timeout(held, left)
            .unwrap_or_else(PoisonError::into_inner)
            .0;
    }
    Some(Guard { key, _file: None })
}

fn held() -> MutexGuard<'static, BTreeSet<Key>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Guard {
    fn drop(&mut self) {
        // Closing releases the lock of the file; the next thread must find it released.
        self._file = None;
        held().remove(&self.key);
        RELEASED.notify_all();
    }
}
