//! Every call to the file system that a write makes, in one place, so that a test can make any one
//! of them fail.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{self, AtFlags, Dir, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

/// The kinds of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    OpenFolder,
    MakeFolder,
    RemoveFolder,
    List,
    Inspect,
    OpenFile,
    Read,
    Create,
    Write,
    Owner,
    Mode,
    SyncFile,
    SyncFolder,
    Link,
    Rename,
    Remove,
    Lock,
}

/// Asked before each call; an error takes the place of the call. For tests.
pub trait Gate: Send + Sync {
    fn pass(&self, call: Call, name: &str) -> Result<(), Errno>;
}

/// Lets every call through.
pub(super) struct Open;

impl Gate for Open {
    fn pass(&self, _: Call, _: &str) -> Result<(), Errno> {
        Ok(())
    }
}

const FOLDER: OFlags = OFlags::DIRECTORY
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);
/// Not waiting for the other end of a FIFO.
const FILE: OFlags = OFlags::NOFOLLOW
    .union(OFlags::CLOEXEC)
    .union(OFlags::NONBLOCK);
/// A full disk is met in the middle of a file, not only at its start.
const CHUNK: usize = 64 * 1024;

/// The file system, through a gate.
#[derive(Clone)]
pub(super) struct Calls(pub std::sync::Arc<dyn Gate>);

type Result<T, E = Errno> = std::result::Result<T, E>;

impl Calls {
    /// The trusted folder that everything else is relative to; links on its way count.
    pub fn open_base(&self, path: &str) -> Result<OwnedFd> {
        self.0.pass(Call::OpenFolder, path)?;
        fs::open(path, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
    }

    pub fn open_folder(&self, at: BorrowedFd<'_>, name: &str) -> Result<OwnedFd> {
        self.0.pass(Call::OpenFolder, name)?;
        fs::openat(at, name, FOLDER, Mode::empty())
    }

    pub fn make_folder(&self, at: BorrowedFd<'_>, name: &str) -> Result<()> {
        self.0.pass(Call::MakeFolder, name)?;
        fs::mkdirat(at, name, Mode::from_raw_mode(0o755))
    }

    pub fn remove_folder(&self, at: BorrowedFd<'_>, name: &str) -> Result<()> {
        self.0.pass(Call::RemoveFolder, name)?;
        fs::unlinkat(at, name, AtFlags::REMOVEDIR)
    }

    /// The names in a folder.
    pub fn list(&self, folder: BorrowedFd<'_>) -> Result<Vec<String>> {
        self.0.pass(Call::List, "")?;
        let mut names = Vec::new();
        for entry in Dir::read_from(folder)? {
            if let Ok(name) = entry?.file_name().to_str() {
                names.push(name.to_owned());
            }
        }
        Ok(names)
    }

    /// What stands at a name, links not followed; `None` when nothing does.
    pub fn inspect(&self, at: BorrowedFd<'_>, name: &str) -> Result<Option<Stat>> {
        self.0.pass(Call::Inspect, name)?;
        match fs::statat(at, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(stat)),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(errno),
        }
    }

    /// Whether a file carries the mark that forbids to replace it; file systems without marks say no.
    pub fn is_immutable(&self, at: BorrowedFd<'_>, name: &str) -> Result<bool> {
        self.0.pass(Call::Inspect, name)?;
        let flags = AtFlags::SYMLINK_NOFOLLOW;
        match fs::statx(at, name, flags, fs::StatxFlags::TYPE) {
            Ok(found) => Ok(found
                .stx_attributes
                .intersects(fs::StatxAttributes::IMMUTABLE | fs::StatxAttributes::APPEND)),
            Err(Errno::NOSYS | Errno::NOENT) => Ok(false),
            Err(errno) => Err(errno),
        }
    }

    pub fn open_file(&self, at: BorrowedFd<'_>, name: &str) -> Result<OwnedFd> {
        self.0.pass(Call::OpenFile, name)?;
        fs::openat(at, name, FILE | OFlags::RDONLY, Mode::empty())
    }

    /// At most `limit + 1` bytes, so that the caller sees that there are too many.
    pub fn read(&self, file: &OwnedFd, limit: u64) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut buffer = vec![0; CHUNK];
        loop {
            self.0.pass(Call::Read, "")?;
            match rustix::io::read(file, &mut buffer) {
                Ok(0) => return Ok(bytes),
                Ok(count) => bytes.extend_from_slice(&buffer[..count]),
                Err(Errno::INTR) => continue,
                Err(errno) => return Err(errno),
            }
            if bytes.len() as u64 > limit {
                return Ok(bytes);
            }
        }
    }

    /// A new file that only this process's user can read.
    pub fn create(&self, at: BorrowedFd<'_>, name: &str) -> Result<OwnedFd> {
        self.0.pass(Call::Create, name)?;
        let flags = FILE | OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
        fs::openat(at, name, flags, Mode::from_raw_mode(0o600))
    }

    pub fn write(&self, file: &OwnedFd, bytes: &[u8], name: &str) -> Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            self.0.pass(Call::Write, name)?;
            match rustix::io::write(file, &rest[..rest.len().min(CHUNK)]) {
                Ok(count) => rest = &rest[count..],
                Err(Errno::INTR) => {}
                Err(errno) => return Err(errno),
            }
        }
        Ok(())
    }

    pub fn owner(&self, file: &OwnedFd, uid: u32, gid: u32, name: &str) -> Result<()> {
        self.0.pass(Call::Owner, name)?;
        fs::fchown(
            file,
            Some(fs::Uid::from_raw(uid)),
            Some(fs::Gid::from_raw(gid)),
        )
    }

    pub fn mode(&self, file: impl AsFd, mode: u32, name: &str) -> Result<()> {
        self.0.pass(Call::Mode, name)?;
        fs::fchmod(file, Mode::from_raw_mode(mode))
    }

    pub fn sync_file(&self, file: &OwnedFd, name: &str) -> Result<()> {
        self.0.pass(Call::SyncFile, name)?;
        fs::fsync(file)
    }

    pub fn sync_folder(&self, folder: BorrowedFd<'_>, name: &str) -> Result<()> {
        self.0.pass(Call::SyncFolder, name)?;
        fs::fsync(folder)
    }

    /// A second name for a file, in the same folder.
    pub fn link(&self, at: BorrowedFd<'_>, from: &str, to: &str) -> Result<()> {
        self.0.pass(Call::Link, to)?;
        fs::linkat(at, from, at, to, AtFlags::empty())
    }

    pub fn rename(&self, at: BorrowedFd<'_>, from: &str, to: &str) -> Result<()> {
        self.0.pass(Call::Rename, to)?;
        fs::renameat(at, from, at, to)
    }

    /// Removes a file; nothing there is as good.
    pub fn remove(&self, at: BorrowedFd<'_>, name: &str) -> Result<()> {
        self.0.pass(Call::Remove, name)?;
        match fs::unlinkat(at, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(errno) => Err(errno),
        }
    }

    /// Opens or makes the lock file and tries to lock it.
    pub fn lock(&self, at: BorrowedFd<'_>, name: &str) -> Result<OwnedFd> {
        self.0.pass(Call::Lock, name)?;
        let flags = FILE | OFlags::RDWR | OFlags::CREATE;
        let file = fs::openat(at, name, flags, Mode::from_raw_mode(0o600))?;
        fs::flock(&file, fs::FlockOperation::NonBlockingLockExclusive)?;
        Ok(file)
    }
}

/// What a file of this type is called in a message; `None` for a regular file.
pub(super) fn named_type(stat: &Stat) -> Option<&'static str> {
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => None,
        FileType::Symlink => Some("a symbolic link"),
        FileType::Directory => Some("a folder"),
        FileType::Fifo => Some("a FIFO"),
        FileType::Socket => Some("a socket"),
        FileType::CharacterDevice | FileType::BlockDevice => Some("a device"),
        FileType::Unknown => Some("of an unknown type"),
    }
}
