//! Writing rings: one writer at a time, and no reader sees half of anything.

use std::fs;
use std::io::{self, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use openssl::pkey::{PKey, PKeyRef, Private};
use openssl::x509::X509;
use rustix::fs::{
    AtFlags, Dir, FlockOperation, Gid, Mode, OFlags, Uid, fchmod, fchown, flock, fstat, fsync,
    mkdirat, openat, renameat, unlinkat,
};
use rustix::io::Errno;

use crate::error::{RingError, WriteError};
use crate::guard::{self, Secrecy};
use crate::name::{Label, RingName};
use crate::ring::Ring;
use crate::rings::Rings;
use crate::scan::{self, CERTAUTH, DEFAULT, PERSONAL, REQUESTS, scan};

/// How long another writer is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// What a writer holds while it writes.
const LOCK: &str = ".lock";
/// A file that is being written. Nothing reads a name that ends like this.
const NEW: &str = ".new";

/// For what a certificate is in a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Usage {
    /// With its key: it can be presented.
    Personal,
    /// It is trusted.
    Authority,
    /// A key that waits for its certificate.
    Request,
}

impl Usage {
    /// The word for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Personal => "personal certificate",
            Self::Authority => "authority",
            Self::Request => "request",
        }
    }

    const fn directory(self) -> &'static str {
        match self {
            Self::Personal => PERSONAL,
            Self::Authority => CERTAUTH,
            Self::Request => REQUESTS,
        }
    }

    const fn modes(self) -> (Mode, Mode) {
        match self {
            Self::Personal | Self::Request => (SECRET_DIRECTORY, SECRET),
            Self::Authority => (DIRECTORY, FILE),
        }
    }
}

const DIRECTORY: Mode = Mode::from_raw_mode(0o755);
const SECRET_DIRECTORY: Mode = Mode::from_raw_mode(0o700);
const FILE: Mode = Mode::from_raw_mode(0o644);
const SECRET: Mode = Mode::from_raw_mode(0o600);

/// The right to change one ring, until it is dropped.
#[derive(Debug)]
pub struct Writer {
    path: PathBuf,
    ring: OwnedFd,
    own: u32,
    /// Whom new files are given to; `None`: they stay with the user that writes.
    give: Option<(Uid, Gid)>,
    _lock: OwnedFd,
}

impl Rings {
    /// Makes an empty ring; `user` is the number of the user and group that it is given to.
    pub fn create(&self, name: &RingName, user: Option<(u32, u32)>) -> Result<PathBuf, WriteError> {
        let path = self.path(name);
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| WriteError::Io { path, source }
        };
        let owner = path.parent().unwrap_or(self.directory());
        // Whatever the umask says: nobody else may write them.
        let mut directories = fs::DirBuilder::new();
        directories.recursive(true).mode(DIRECTORY.as_raw_mode());
        directories.create(owner).map_err(failed(owner))?;
        guard::check(owner, Secrecy::MayBeRead, self.own(owner))?;
        let parent = self.open_owner(owner)?;
        match mkdirat(&parent, &*name.ring, DIRECTORY) {
            Ok(()) => {}
            Err(Errno::EXIST) => return Err(WriteError::Exists(path)),
            Err(error) => return Err(failed(&path)(error.into())),
        }
        match furnish(&parent, name, &path, user) {
            Ok(()) => Ok(path),
            Err(error) => {
                let _ = fs::remove_dir_all(&path);
                Err(error)
            }
        }
    }

    /// Opens the directory of an owner. Where all rings are, a link may lead; from there on none is followed.
    fn open_owner(&self, owner: &Path) -> Result<OwnedFd, WriteError> {
        let all = fs::File::open(self.directory()).map_err(|source| WriteError::Io {
            path: self.directory().to_owned(),
            source,
        })?;
        let name = owner.file_name().unwrap_or_default();
        open_directory(&all, Path::new(name), owner)
    }

    /// Waits until nobody else writes to a ring.
    pub fn write(&self, name: &RingName) -> Result<Writer, WriteError> {
        let path = self.path(name);
        if !path.is_dir() {
            return Err(RingError::Missing(path).into());
        }
        let own = self.own(&path);
        guard::check(&path, Secrecy::MayBeRead, own)?;
        let owner = self.open_owner(path.parent().unwrap_or(self.directory()))?;
        let ring = open_directory(&owner, Path::new(&name.ring), &path)?;
        let io = |error: Errno| WriteError::Io {
            path: path.clone(),
            source: error.into(),
        };
        let found = fstat(&ring).map_err(io)?;
        let writer = rustix::process::geteuid().as_raw();
        let give = (found.st_uid != writer)
            .then(|| (Uid::from_raw(found.st_uid), Gid::from_raw(found.st_gid)));
        let lock = lock(&ring, &path, give)?;
        Ok(Writer {
            ring,
            own,
            give,
            _lock: lock,
            path,
        })
    }
}

/// Gives a new ring its directories and its owner.
fn furnish(
    parent: &OwnedFd,
    name: &RingName,
    path: &Path,
    user: Option<(u32, u32)>,
) -> Result<(), WriteError> {
    let io = |error: Errno| WriteError::Io {
        path: path.to_owned(),
        source: error.into(),
    };
    let ring = open_directory(parent, Path::new(&name.ring), path)?;
    fchmod(&ring, DIRECTORY).map_err(io)?;
    let give = user.map(|(user, group)| (Uid::from_raw(user), Gid::from_raw(group)));
    for usage in [Usage::Personal, Usage::Authority] {
        subdirectory(&ring, path, usage, give)?;
    }
    if let Some((user, group)) = give {
        fchown(&ring, Some(user), Some(group)).map_err(io)?;
    }
    fsync(parent).map_err(io)
}

/// Takes the lock of a ring. The kernel gives it back when its holder ends, however that happens.
fn lock(ring: &OwnedFd, path: &Path, give: Option<(Uid, Gid)>) -> Result<OwnedFd, WriteError> {
    let io = |error: Errno| WriteError::Io {
        path: path.join(LOCK),
        source: error.into(),
    };
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let lock = openat(ring, LOCK, flags, SECRET).map_err(io)?;
    if let Some((user, group)) = give {
        fchown(&lock, Some(user), Some(group)).map_err(io)?;
    }
    let until = Instant::now() + PATIENCE;
    loop {
        match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => break,
            Err(Errno::WOULDBLOCK | Errno::INTR) if Instant::now() < until => {
                thread::sleep(Duration::from_millis(10));
            }
            Err(Errno::WOULDBLOCK | Errno::INTR) => {
                return Err(WriteError::Busy {
                    path: path.to_owned(),
                    seconds: PATIENCE.as_secs(),
                });
            }
            Err(error) => return Err(io(error)),
        }
    }
    // Whoever held it may have removed the ring, or put another one in its place.
    let is_there = || {
        let (own, found) = (fstat(ring).ok()?, fs::symlink_metadata(path).ok()?);
        Some(own.st_ino == found.ino() && own.st_dev == found.dev())
    };
    match is_there() {
        Some(true) => Ok(lock),
        _ => Err(RingError::Missing(path.to_owned()).into()),
    }
}

/// Opens a directory, and no link to one.
fn open_directory(at: impl AsFd, name: &Path, path: &Path) -> Result<OwnedFd, WriteError> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(at, name, flags, Mode::empty()).map_err(|error| match error {
        Errno::LOOP | Errno::NOTDIR => WriteError::NoDirectory(path.to_owned()),
        error => WriteError::Io {
            path: path.to_owned(),
            source: error.into(),
        },
    })
}

/// A directory of a ring, made where it is not there.
fn subdirectory(
    ring: &OwnedFd,
    path: &Path,
    usage: Usage,
    give: Option<(Uid, Gid)>,
) -> Result<OwnedFd, WriteError> {
    let name = usage.directory();
    let path = path.join(name);
    let io = |error: Errno| WriteError::Io {
        path: path.clone(),
        source: error.into(),
    };
    let (mode, _) = usage.modes();
    let made = match mkdirat(ring, name, mode) {
        Ok(()) => true,
        Err(Errno::EXIST) => false,
        Err(error) => return Err(io(error)),
    };
    let directory = open_directory(ring, Path::new(name), &path)?;
    if made {
        fchmod(&directory, mode).map_err(io)?;
        if let Some((user, group)) = give {
            fchown(&directory, Some(user), Some(group)).map_err(io)?;
        }
        fsync(ring).map_err(io)?;
    }
    Ok(directory)
}

impl Writer {
    /// The directory of the ring.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the ring holds, and what of it cannot be read.
    pub fn survey(&self) -> (Ring, Vec<RingError>) {
        scan(&self.path, self.own)
    }

    /// Whether there is a file with this label, whatever it holds.
    pub fn has(&self, usage: Usage, label: &str) -> bool {
        let files = scan::files(&self.path.join(usage.directory())).unwrap_or_default();
        files.contains_key(label)
    }

    /// Writes a certificate with its key and its issuers.
    pub fn put_personal(
        &self,
        label: &Label,
        key: &PKeyRef<Private>,
        leaf: &X509,
        issuers: &[X509],
        replace: bool,
    ) -> Result<(), WriteError> {
        let mut pem = leaf.to_pem()?;
        for issuer in issuers {
            pem.extend(issuer.to_pem()?);
        }
        pem.extend(key.private_key_to_pem_pkcs8()?);
        self.put(Usage::Personal, label, &pem, replace)
    }

    pub fn put_authority(
        &self,
        label: &Label,
        certificates: &[X509],
        replace: bool,
    ) -> Result<(), WriteError> {
        let mut pem = Vec::new();
        for certificate in certificates {
            pem.extend(certificate.to_pem()?);
        }
        self.put(Usage::Authority, label, &pem, replace)
    }

    /// Keeps a key until its certificate comes.
    pub fn put_request(
        &self,
        label: &Label,
        key: &PKeyRef<Private>,
        request: &[u8],
        replace: bool,
    ) -> Result<(), WriteError> {
        let mut pem = request.to_vec();
        pem.extend(key.private_key_to_pem_pkcs8()?);
        self.put(Usage::Request, label, &pem, replace)
    }

    /// The keys that wait for their certificates, by label.
    pub fn requests(&self) -> Result<Vec<(String, PKey<Private>)>, WriteError> {
        let directory = self.path.join(REQUESTS);
        if !directory.is_dir() {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for (label, file) in scan::files(&directory)? {
            guard::check(&file, Secrecy::MustBeSecret, self.own)?;
            let pem = fs::read(&file).map_err(|source| WriteError::Io {
                path: file.clone(),
                source,
            })?;
            let key = PKey::private_key_from_pem_passphrase(&pem, b"");
            let key = key.map_err(|_| RingError::Content {
                path: file,
                words: "no private key that can be read without a password",
            })?;
            found.push((label, key));
        }
        Ok(found)
    }

    /// Marks the default certificate; `None`: none is marked.
    pub fn set_default(&self, label: Option<&str>) -> Result<(), WriteError> {
        match label {
            Some(label) => {
                if !self.has(Usage::Personal, label) {
                    return Err(no_label(Usage::Personal, label));
                }
                self.replace(
                    &self.ring,
                    &self.path,
                    DEFAULT,
                    format!("{label}\n").as_bytes(),
                    FILE,
                )
            }
            None => {
                self.unlink(&self.ring, &self.path, DEFAULT)?;
                self.sync(&self.ring)
            }
        }
    }

    /// Removes one certificate. What the ring marks as its default is left alone.
    pub fn remove(&self, usage: Usage, label: &str) -> Result<(), WriteError> {
        let path = self.path.join(usage.directory());
        let files = scan::files(&path).unwrap_or_default();
        let file = files.get(label).and_then(|file| file.file_name());
        let file = file.and_then(|name| name.to_str());
        let file = file.ok_or_else(|| no_label(usage, label))?;
        let directory = open_directory(&self.ring, Path::new(usage.directory()), &path)?;
        self.unlink(&directory, &path, file)?;
        self.sync(&directory)
    }

    /// Removes the whole ring. Nothing is touched where it holds anything that is no part of a ring.
    pub fn delete(self) -> Result<(), WriteError> {
        const DIRECTORIES: [&str; 3] = [PERSONAL, CERTAUTH, REQUESTS];
        for name in self.names(&self.ring, &self.path)? {
            match &*name {
                name if DIRECTORIES.contains(&name) => {}
                DEFAULT | LOCK | NEW => {}
                _ => return Err(self.foreign(&self.path, name)),
            }
        }
        for directory in DIRECTORIES {
            let path = self.path.join(directory);
            if !path.is_dir() {
                continue;
            }
            let open = open_directory(&self.ring, Path::new(directory), &path)?;
            for name in self.names(&open, &path)? {
                if !name.ends_with(".pem") && name != NEW {
                    return Err(self.foreign(&path, name));
                }
            }
        }
        // It is gone at once; what follows nobody sees.
        let owner = self.path.parent().unwrap_or(Path::new("/"));
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let gone = owner.join(format!(".{name}.{}.removed", std::process::id()));
        fs::rename(&self.path, &gone).map_err(|source| WriteError::Io {
            path: self.path.clone(),
            source,
        })?;
        fs::remove_dir_all(&gone).map_err(|source| WriteError::Io { path: gone, source })
    }

    fn put(
        &self,
        usage: Usage,
        label: &Label,
        pem: &[u8],
        replace: bool,
    ) -> Result<(), WriteError> {
        let directory = subdirectory(&self.ring, &self.path, usage, self.give)?;
        let path = self.path.join(usage.directory());
        let there = scan::files(&path)?;
        // An older file may write the same label in another way.
        let file = there.get(label.as_str()).and_then(|file| file.file_name());
        let file = match file.and_then(|name| name.to_str()) {
            Some(_) if !replace => {
                return Err(WriteError::Taken {
                    what: usage.as_str(),
                    label: label.to_string(),
                });
            }
            Some(name) => name.to_owned(),
            None => label.file(),
        };
        let (_, mode) = usage.modes();
        self.replace(&directory, &path, &file, pem, mode)
    }

    /// Writes a file under another name, has it on the disk, and gives it its name.
    fn replace(
        &self,
        directory: &OwnedFd,
        path: &Path,
        name: &str,
        bytes: &[u8],
        mode: Mode,
    ) -> Result<(), WriteError> {
        let new = path.join(NEW);
        // Who was interrupted may have left one; nobody else writes while the lock is held.
        self.unlink(directory, path, NEW)?;
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let io = |error: Errno| self.io(&new, error);
        let file = openat(directory, NEW, flags, SECRET).map_err(io)?;
        let write = || -> Result<(), WriteError> {
            let mut file = fs::File::from(file);
            let failed = |source| WriteError::Io {
                path: new.clone(),
                source,
            };
            file.write_all(bytes).map_err(failed)?;
            if let Some((user, group)) = self.give {
                fchown(&file, Some(user), Some(group)).map_err(io)?;
            }
            fchmod(&file, mode).map_err(io)?;
            file.sync_all().map_err(failed)?;
            renameat(directory, NEW, directory, name).map_err(io)
        };
        let written = write();
        if written.is_err() {
            let _ = unlinkat(directory, NEW, AtFlags::empty());
        }
        written.and_then(|()| self.sync(directory))
    }

    /// Removes a file, which need not be there.
    fn unlink(&self, directory: &OwnedFd, path: &Path, name: &str) -> Result<(), WriteError> {
        match unlinkat(directory, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(self.io(&path.join(name), error)),
        }
    }

    fn sync(&self, directory: &OwnedFd) -> Result<(), WriteError> {
        fsync(directory).map_err(|error| self.io(&self.path, error))
    }

    fn names(&self, directory: &OwnedFd, path: &Path) -> Result<Vec<String>, WriteError> {
        let mut names = Vec::new();
        for entry in Dir::read_from(directory).map_err(|error| self.io(path, error))? {
            let entry = entry.map_err(|error| self.io(path, error))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name != "." && name != ".." {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn foreign(&self, path: &Path, name: String) -> WriteError {
        WriteError::Foreign {
            path: path.to_owned(),
            name,
        }
    }

    fn io(&self, path: &Path, error: Errno) -> WriteError {
        WriteError::Io {
            path: path.to_owned(),
            source: io::Error::from(error),
        }
    }
}

fn no_label(usage: Usage, label: &str) -> WriteError {
    WriteError::NoLabel {
        what: usage.as_str(),
        label: label.to_owned(),
    }
}
