//! Getting ready: what is there, and the new file beside it, on disk.

use std::sync::Arc;

use rustix::fs::Stat;
use rustix::io::Errno;

use super::calls::Calls;
use super::error::TargetError;
use super::folder::{Folder, Found};
use super::path::{PREVIOUS, TargetPath};
use super::sha256;

const NEW_FILE_MODE: u32 = 0o640;
const MODE_BITS: u32 = 0o7777;

/// One file to write or to take away, and what it replaces.
pub(super) struct Job<'a> {
    pub path: TargetPath,
    pub folder: Arc<Folder>,
    /// `None`: nothing is to be there.
    pub bytes: Option<&'a [u8]>,
    pub sha256: Option<String>,
    pub old: Option<Found>,
}

impl<'a> Job<'a> {
    /// Looks at what is there and refuses what cannot be replaced.
    pub fn prepare(
        calls: &Calls,
        path: TargetPath,
        folder: Arc<Folder>,
        bytes: Option<&'a [u8]>,
    ) -> Result<Self, TargetError> {
        let old = folder.read(calls, path.name())?;
        folder.file(calls, &format!("{}{PREVIOUS}", path.name()))?;
        if old.is_some() {
            let full = folder.path_of(path.name());
            match calls.is_immutable(folder.at(), path.name()) {
                Ok(false) => {}
                Ok(true) => return Err(TargetError::Immutable { path: full }),
                Err(errno) => return Err(TargetError::from_errno(errno, "look at", full)),
            }
        }
        Ok(Self {
            sha256: bytes.map(sha256),
            path,
            folder,
            bytes,
            old,
        })
    }

    pub fn old_sha256(&self) -> Option<String> {
        self.old.as_ref().map(|old| sha256(&old.bytes))
    }

    pub fn changes(&self) -> bool {
        self.old.as_ref().map(|old| &old.bytes[..]) != self.bytes
    }

    /// Writes the new file, where there is to be one, under its temporary name, and gives the old one
    /// a second name.
    pub fn stage(&self, calls: &Calls, new: &str, old: &str) -> Result<(), TargetError> {
        let mode = self
            .old
            .as_ref()
            .map_or(NEW_FILE_MODE, |old| old.stat.st_mode & MODE_BITS);
        let owner = self.old.as_ref().map(|old| &old.stat);
        if let Some(bytes) = self.bytes {
            self.write_temporary(calls, new, bytes, mode, owner)?;
        }
        let Some(found) = &self.old else {
            return Ok(());
        };
        match calls.link(self.folder.at(), self.path.name(), old) {
            Ok(()) => Ok(()),
            // File systems without links, and files that this user may not link.
            Err(Errno::PERM | Errno::ACCESS | Errno::OPNOTSUPP | Errno::MLINK | Errno::NOSYS) => {
                self.write_temporary(calls, old, &found.bytes, mode, Some(&found.stat))
            }
            Err(errno) => Err(self.error(errno, "keep")),
        }
    }

    fn write_temporary(
        &self,
        calls: &Calls,
        name: &str,
        bytes: &[u8],
        mode: u32,
        owner: Option<&Stat>,
    ) -> Result<(), TargetError> {
        let error = |errno| self.error(errno, "write");
        let file = calls.create(self.folder.at(), name).map_err(error)?;
        calls.write(&file, bytes, name).map_err(error)?;
        if let Some(owner) = owner {
            let mine = rustix::fs::fstat(&file).map_err(error)?;
            let (uid, gid) = (owner.st_uid, owner.st_gid);
            if (mine.st_uid, mine.st_gid) != (uid, gid) {
                calls
                    .owner(&file, uid, gid, name)
                    .map_err(|errno| match errno {
                        Errno::PERM => TargetError::Owner {
                            path: self.full_path(),
                            uid,
                            gid,
                        },
                        _ => self.error(errno, "keep the owner of"),
                    })?;
            }
        }
        calls.mode(&file, mode, name).map_err(error)?;
        calls.sync_file(&file, name).map_err(error)
    }

    /// Makes sure that a file which needs no change is on disk all the same: whoever wrote it may
    /// have been cut off before syncing.
    pub fn sync_unchanged(&self, calls: &Calls) -> Result<(), TargetError> {
        let error = |errno| self.error(errno, "sync");
        if self.bytes.is_some() {
            let file = calls
                .open_file(self.folder.at(), self.path.name())
                .map_err(error)?;
            calls.sync_file(&file, self.path.name()).map_err(error)?;
        }
        self.folder.sync(calls)
    }

    /// Refuses when somebody touched the file since [`Job::prepare`].
    pub fn still_as_found(&self, calls: &Calls) -> Result<(), TargetError> {
        let now = self.folder.file(calls, self.path.name())?;
        let facts = |stat: &Stat| (stat.st_ino, stat.st_size, stat.st_mtime, stat.st_mtime_nsec);
        if now.as_ref().map(facts) == self.old.as_ref().map(|old| facts(&old.stat)) {
            return Ok(());
        }
        Err(TargetError::Changed {
            path: self.full_path(),
        })
    }

    pub fn full_path(&self) -> String {
        self.folder.path_of(self.path.name())
    }

    fn error(&self, errno: Errno, doing: &'static str) -> TargetError {
        TargetError::from_errno(errno, doing, self.full_path())
    }
}
