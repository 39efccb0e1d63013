//! Where the rings are, and what lies there.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::error::RingError;
use crate::guard::Secrecy;
use crate::name::RingName;
use crate::ring::Ring;
use crate::scan::{self, CERTAUTH, CRL, DEFAULT, OCSP, PERSONAL, REQUESTS, scan};

/// Rings that are listed.
const MOST_RINGS: usize = 10_000;

/// Where the rings are.
#[derive(Clone, Debug)]
pub struct Rings {
    directory: PathBuf,
    /// The owner of rings that name none.
    user: String,
    administers: bool,
}

/// What the files of a ring were like at one time: another one, and something may have changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stamp(Vec<(PathBuf, [i64; 7])>);

impl Rings {
    /// Rings below a directory; `user` is whom those belong to that name no owner.
    pub fn new(directory: PathBuf, user: String) -> Self {
        Self {
            directory,
            user,
            administers: false,
        }
    }

    /// Root takes rings for what they are to the user that they belong to.
    pub fn administered(mut self) -> Self {
        self.administers = true;
        self
    }

    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Reads a ring by the name that a policy uses.
    pub fn read(&self, name: &str) -> Result<Ring, RingError> {
        let (ring, faults) = self.survey(&name.parse()?)?;
        match faults.into_iter().next() {
            None => Ok(ring),
            Some(fault) => Err(fault),
        }
    }

    /// What of a ring can be read, and why the rest cannot.
    pub fn survey(&self, name: &RingName) -> Result<(Ring, Vec<RingError>), RingError> {
        let path = self.path(name);
        if !path.is_dir() {
            return Err(RingError::Missing(path));
        }
        Ok(scan(&path, self.own(&path)))
    }

    /// The directory of a ring, whether it is there or not.
    pub fn path(&self, name: &RingName) -> PathBuf {
        let owner = name.owner.as_deref().unwrap_or(&self.user);
        self.owner(owner).join(&name.ring)
    }

    /// The name with its owner, as it is written on the disk.
    pub fn whole(&self, name: &RingName) -> RingName {
        let owner = name.owner.as_deref().unwrap_or(&self.user);
        let path = self.owner(owner);
        let owner = path.file_name().map_or_else(
            || owner.to_owned(),
            |found| found.to_string_lossy().into_owned(),
        );
        RingName {
            owner: Some(owner),
            ring: name.ring.clone(),
        }
    }

    /// Every ring, by owner and name.
    pub fn list(&self) -> Result<Vec<RingName>, RingError> {
        let mut found = Vec::new();
        for owner in directories(&self.directory)? {
            for ring in directories(&self.directory.join(&owner))? {
                found.push(RingName {
                    owner: Some(owner.clone()),
                    ring,
                });
                if found.len() == MOST_RINGS {
                    return Ok(found);
                }
            }
        }
        Ok(found)
    }

    /// The labels of the keys that wait for their certificates.
    pub fn requests(&self, name: &RingName) -> Vec<String> {
        let directory = self.path(name).join(REQUESTS);
        let files = scan::files(&directory).unwrap_or_default();
        files.into_keys().collect()
    }

    /// What the files of a ring are like now; a ring that is not there has nothing.
    pub fn stamp(&self, name: &str) -> Stamp {
        let Ok(name) = name.parse::<RingName>() else {
            return Stamp::default();
        };
        let path = self.path(&name);
        let mut files = vec![path.join(DEFAULT)];
        for directory in [PERSONAL, CERTAUTH, CRL].map(|directory| path.join(directory)) {
            for file in scan::files(&directory).unwrap_or_default().into_values() {
                files.push(file.with_extension(OCSP));
                files.push(file);
            }
            files.push(directory);
        }
        files.push(path);
        let stamps = files.into_iter().filter_map(|file| {
            let found = fs::metadata(&file).ok()?;
            // The time and size of a directory say nothing that its files do not.
            let times = match found.is_dir() {
                true => [0; 4],
                false => [
                    found.size() as i64,
                    found.mtime(),
                    found.mtime_nsec(),
                    found.ino() as i64,
                ],
            };
            let [size, seconds, nanoseconds, inode] = times;
            let (user, mode) = (i64::from(found.uid()), i64::from(found.mode()));
            let device = found.dev() as i64;
            Some((
                file,
                [size, seconds, nanoseconds, inode, user, mode, device],
            ))
        });
        Stamp(stamps.collect())
    }

    /// The list of users to whom certificates belong, and where it lies.
    pub fn certificate_map(&self) -> (PathBuf, Result<Vec<u8>, RingError>) {
        let path = self.directory.join("certmap");
        let own = rustix::process::geteuid().as_raw();
        let text = scan::read(&path, Secrecy::MayBeRead, own);
        (path, text)
    }

    /// The user that files of a ring may belong to, beside root.
    pub(crate) fn own(&self, ring: &Path) -> u32 {
        let own = rustix::process::geteuid().as_raw();
        match fs::metadata(ring) {
            Ok(found) if self.administers && own == 0 => found.uid(),
            _ => own,
        }
    }

    /// The directory of an owner: user ids are the same in any case.
    fn owner(&self, owner: &str) -> PathBuf {
        let exact = self.directory.join(owner);
        if exact.is_dir() {
            return exact;
        }
        let entries = fs::read_dir(&self.directory)
            .into_iter()
            .flatten()
            .flatten();
        let mut same = entries.filter(|entry| entry.file_name().eq_ignore_ascii_case(owner));
        same.next().map_or(exact, |entry| entry.path())
    }
}

/// The directories below one, by name; those that begin with a dot are no part of it.
fn directories(path: &Path) -> Result<Vec<String>, RingError> {
    let unread = |source| RingError::Unread {
        path: path.to_owned(),
        source,
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(path).map_err(unread)?.take(MOST_RINGS) {
        let entry = entry.map_err(unread)?;
        let name = entry.file_name().into_string().ok();
        let name = name.filter(|name| !name.starts_with('.') && !name.contains('*'));
        found.extend(name.filter(|_| entry.path().is_dir()));
    }
    found.sort();
    Ok(found)
}

/// The name of the user that runs this program, by the list of users of the host; its number where it is in
/// none.
pub fn user() -> String {
    let own = rustix::process::geteuid().as_raw();
    users(|_, user, _| user == own).map_or_else(|| own.to_string(), |(name, _, _)| name)
}

/// The numbers of a user and its group, by name.
pub fn user_named(name: &str) -> Option<(u32, u32)> {
    users(|found, _, _| found == name).map(|(_, user, group)| (user, group))
}

/// The first user of the host that is meant: name, number, number of its group.
fn users(is_meant: impl Fn(&str, u32, u32) -> bool) -> Option<(String, u32, u32)> {
    let text = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let mut found = users_of(&text);
    let (name, user, group) = found.find(|(name, user, group)| is_meant(name, *user, *group))?;
    Some((name.to_owned(), user, group))
}

/// The users of a list as `/etc/passwd` is one: name, number, number of the group.
pub fn users_of(text: &str) -> impl Iterator<Item = (&str, u32, u32)> {
    text.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let (name, user, group) = (fields.next()?, fields.nth(1)?, fields.next()?);
        Some((name, user.parse().ok()?, group.parse().ok()?))
    })
}
