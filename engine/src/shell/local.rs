//! Sockets of this host alone: files that programs find by their names.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use rustix::fs::Mode;
use rustix::process::{Gid, umask};
use thiserror::Error;

/// Where the engine is seen and steered.
#[derive(Clone, Debug)]
pub struct Control {
    pub path: PathBuf,
    /// The group that may do so, besides the user of the engine.
    pub group: Option<String>,
}

/// Why there is no such socket; `option` is the argument that asks for it.
#[derive(Debug, Error)]
pub enum SocketError {
    #[error("{option} {path}: {error}")]
    Io {
        option: &'static str,
        path: PathBuf,
        error: io::Error,
    },
    #[error("{option} {path}: another engine answers there")]
    Taken { option: &'static str, path: PathBuf },
    #[error("{option} {path}: there is a file of that name that is no socket")]
    Occupied { option: &'static str, path: PathBuf },
    #[error("{option}-group {name}: there is no such group in /etc/group")]
    NoGroup { option: &'static str, name: String },
}

/// Who may connect, besides the user of the engine and root.
#[derive(Clone, Copy, Debug)]
pub enum Doors<'a> {
    Own,
    Group(&'a str),
    Everybody,
}

/// The socket; it is removed with this.
pub struct Socket {
    path: PathBuf,
    /// Tells the socket from another one that took its name.
    inode: u64,
}

impl Drop for Socket {
    fn drop(&mut self) {
        let same = |found: fs::Metadata| found.ino() == self.inode;
        if fs::symlink_metadata(&self.path).is_ok_and(same) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Begins to listen.
pub fn open(
    path: &Path,
    option: &'static str,
    doors: Doors<'_>,
) -> Result<(UnixListener, Socket), SocketError> {
    let path = path.to_owned();
    let failed = |error: io::Error| SocketError::Io {
        option,
        path: path.clone(),
        error,
    };
    let group = match doors {
        Doors::Group(name) => Some(group(name).ok_or_else(|| SocketError::NoGroup {
            option,
            name: name.to_owned(),
        })?),
        Doors::Own | Doors::Everybody => None,
    };
    make_room(&path, option)?;
    // Nobody is let in before it is said who may.
    let before = umask(Mode::from_raw_mode(0o177));
    let bound = UnixListener::bind(&path);
    umask(before);
    let listener = bound.map_err(failed)?;
    if let Some(group) = group {
        rustix::fs::chown(&path, None, Some(group)).map_err(|error| failed(error.into()))?;
    }
    let mode = match doors {
        Doors::Own => 0o600,
        Doors::Group(_) => 0o660,
        Doors::Everybody => 0o666,
    };
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).map_err(failed)?;
    let inode = fs::symlink_metadata(&path).map_err(failed)?.ino();
    Ok((listener, Socket { path, inode }))
}

/// Removes the socket of an engine that is gone.
fn make_room(path: &Path, option: &'static str) -> Result<(), SocketError> {
    use std::os::unix::fs::FileTypeExt;
    let Ok(found) = fs::symlink_metadata(path) else {
        return Ok(());
    };
    let path = path.to_owned();
    if !found.file_type().is_socket() {
        return Err(SocketError::Occupied { option, path });
    }
    match UnixStream::connect(&path) {
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => fs::remove_file(&path)
            .map_err(|error| SocketError::Io {
                option,
                path,
                error,
            }),
        _ => Err(SocketError::Taken { option, path }),
    }
}

/// A group of the host, by its list.
fn group(name: &str) -> Option<Gid> {
    let groups = fs::read_to_string("/etc/group").ok()?;
    let mut lines = groups.lines().map(|line| line.split(':'));
    lines.find_map(|mut fields| {
        (fields.next()? == name).then_some(())?;
        Some(Gid::from_raw(fields.nth(1)?.parse().ok()?))
    })
}
