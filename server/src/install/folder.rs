//! Open folders: everything is done relative to one, and a symbolic link is never followed.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use rustix::fs::Stat;
use rustix::io::Errno;

use super::calls::{Calls, named_type};
use super::error::TargetError;

/// No policy file is larger.
pub(super) const MAX_FILE: u64 = 64 * 1024 * 1024;

/// An open folder and its name for messages.
#[derive(Debug)]
pub(super) struct Folder {
    fd: OwnedFd,
    pub path: String,
}

/// A folder that was made on the way, so that it can be removed when the write fails.
pub(super) struct Made {
    parent: Arc<Folder>,
    name: String,
}

/// A file as it was found.
pub(super) struct Found {
    pub bytes: Vec<u8>,
    pub stat: Stat,
}

impl Folder {
    pub fn base(calls: &Calls, path: &str) -> Result<Self, TargetError> {
        let fd = calls
            .open_base(path)
            .map_err(|errno| TargetError::from_errno(errno, "open", path))?;
        Ok(Self {
            fd,
            path: path.trim_end_matches('/').to_owned(),
        })
    }

    pub fn at(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    pub fn path_of(&self, name: &str) -> String {
        format!("{}/{name}", self.path)
    }

    /// The folder with this name; `None` where nothing has it.
    pub fn child(&self, calls: &Calls, name: &str) -> Result<Option<Self>, TargetError> {
        let path = self.path_of(name);
        match calls.open_folder(self.at(), name) {
            Ok(fd) => Ok(Some(Self { fd, path })),
            Err(Errno::NOENT) => Ok(None),
            Err(Errno::NOTDIR | Errno::LOOP) => Err(match calls.inspect(self.at(), name) {
                Ok(Some(stat)) if named_type(&stat) == Some("a symbolic link") => {
                    TargetError::Link { path }
                }
                Ok(_) => TargetError::NotAFolder { path },
                Err(errno) => TargetError::from_errno(errno, "look at", path),
            }),
            Err(errno) => Err(TargetError::from_errno(errno, "open", path)),
        }
    }

    /// Follows `parts` as far down as they exist; `None` when one does not.
    pub fn descend(
        self: &Arc<Self>,
        calls: &Calls,
        parts: &[String],
    ) -> Result<Option<Arc<Self>>, TargetError> {
        let mut here = Arc::clone(self);
        for part in parts {
            match here.child(calls, part)? {
                Some(child) => here = Arc::new(child),
                None => return Ok(None),
            }
        }
        Ok(Some(here))
    }

    /// Follows `parts` down and makes those that are missing.
    pub fn descend_making(
        self: &Arc<Self>,
        calls: &Calls,
        parts: &[String],
        made: &mut Vec<Made>,
    ) -> Result<Arc<Self>, TargetError> {
        let mut here = Arc::clone(self);
        for part in parts {
            let child = match here.child(calls, part)? {
                Some(child) => child,
                None => here.make(calls, part, made)?,
            };
            here = Arc::new(child);
        }
        Ok(here)
    }

    fn make(
        self: &Arc<Self>,
        calls: &Calls,
        name: &str,
        made: &mut Vec<Made>,
    ) -> Result<Self, TargetError> {
        let path = self.path_of(name);
        let error = |errno| TargetError::from_errno(errno, "make the folder", &path);
        match calls.make_folder(self.at(), name) {
            Ok(()) => made.push(Made {
                parent: Arc::clone(self),
                name: name.to_owned(),
            }),
            Err(Errno::EXIST) => {}
            Err(errno) => return Err(error(errno)),
        }
        let Some(child) = self.child(calls, name)? else {
            return Err(error(Errno::NOENT));
        };
        // Whatever the umask took away.
        calls.mode(child.at(), 0o755, name).map_err(error)?;
        self.sync(calls)?;
        Ok(child)
    }

    /// What stands at a name; refused when it is there and no regular file.
    pub fn file(&self, calls: &Calls, name: &str) -> Result<Option<Stat>, TargetError> {
        let path = self.path_of(name);
        let stat = calls
            .inspect(self.at(), name)
            .map_err(|errno| TargetError::from_errno(errno, "look at", &path))?;
        match stat.as_ref().and_then(named_type) {
            Some("a symbolic link") => Err(TargetError::Link { path }),
            Some(what) => Err(TargetError::NotAFile { path, what }),
            None => Ok(stat),
        }
    }

    /// The bytes of the regular file at a name; `None` where nothing is.
    pub fn read(&self, calls: &Calls, name: &str) -> Result<Option<Found>, TargetError> {
        // Asked before opening: opening a device can have effects.
        if self.file(calls, name)?.is_none() {
            return Ok(None);
        }
        let path = self.path_of(name);
        let error = |errno| TargetError::from_errno(errno, "read", &path);
        let file = match calls.open_file(self.at(), name) {
            Ok(file) => file,
            Err(Errno::NOENT) => return Ok(None),
            Err(errno) => return Err(error(errno)),
        };
        let stat = rustix::fs::fstat(&file).map_err(error)?;
        if let Some(what) = named_type(&stat) {
            return Err(TargetError::NotAFile { path, what });
        }
        let bytes = calls.read(&file, MAX_FILE).map_err(error)?;
        if bytes.len() as u64 > MAX_FILE {
            return Err(TargetError::TooLarge {
                path,
                limit: MAX_FILE,
            });
        }
        Ok(Some(Found { bytes, stat }))
    }

    pub fn sync(&self, calls: &Calls) -> Result<(), TargetError> {
        calls
            .sync_folder(self.at(), &self.path)
            .map_err(|errno| TargetError::from_errno(errno, "sync", &self.path))
    }

    pub fn rename(&self, calls: &Calls, from: &str, to: &str) -> Result<(), TargetError> {
        calls
            .rename(self.at(), from, to)
            .map_err(|errno| TargetError::from_errno(errno, "replace", self.path_of(to)))
    }

    pub fn remove(&self, calls: &Calls, name: &str) -> Result<(), TargetError> {
        calls
            .remove(self.at(), name)
            .map_err(|errno| TargetError::from_errno(errno, "remove", self.path_of(name)))
    }
}

/// Removes the folders that a failed write made, as far as they are empty.
pub(super) fn remove_made(calls: &Calls, made: &[Made]) {
    for Made { parent, name } in made.iter().rev() {
        // One that somebody else uses meanwhile stays.
        if calls.remove_folder(parent.at(), name).is_err() {
            return;
        }
    }
}
