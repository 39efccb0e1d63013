//! What can stand in the way of a write, each with its sentence.

use rustix::io::Errno;
use thiserror::Error;

use super::path::PathError;

/// Why a target cannot be read or written. Paths are those of this machine.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TargetError {
    #[error(transparent)]
    Path(#[from] PathError),
    #[error(
        "`{path}` is outside the folders that installs may write to ({roots}); choose a folder below one of them, or add it to the setting `install-root`"
    )]
    Outside { path: String, roots: String },
    #[error(
        "`{path}` is a symbolic link; a target has none on its way, name the folder or file that it points to"
    )]
    Link { path: String },
    #[error("`{path}` is {what}, not a file; move it away or choose another name")]
    NotAFile { path: String, what: &'static str },
    #[error("`{path}` is not a folder; move it away or choose another path")]
    NotAFolder { path: String },
    #[error("`{path}` is marked immutable or append-only; take the mark off with `chattr -ia`")]
    Immutable { path: String },
    #[error(
        "Gatehouse's user may not {doing} `{path}`; give it the right to, or choose another target"
    )]
    Denied { path: String, doing: &'static str },
    #[error(
        "`{path}` belongs to user {uid}, group {gid}, and Gatehouse's user cannot give a file to them; change the owner, or let Gatehouse run with the right to"
    )]
    Owner { path: String, uid: u32, gid: u32 },
    #[error("no space is left for `{path}`; nothing was changed, free some and install again")]
    Full { path: String },
    #[error("the file system of `{path}` is read-only; nothing was changed")]
    ReadOnly { path: String },
    #[error("`{path}` is larger than {limit} bytes and is no policy file")]
    TooLarge { path: String, limit: u64 },
    #[error("another program is writing below `{path}` and did not end; install again when it has")]
    Busy { path: String },
    #[error("`{path}` is no longer as it was shown; look at the new difference first")]
    Changed { path: String },
    #[error("cannot {doing} `{path}`: {errno}")]
    Io {
        path: String,
        doing: &'static str,
        errno: Errno,
    },
    /// The only error after which old and new files stand side by side.
    #[error(
        "{cause}; taking the change back failed too ({undo}), so `{path}` and the files beside it may be partly new; the next install puts this right"
    )]
    Mixed {
        path: String,
        cause: Box<TargetError>,
        undo: Box<TargetError>,
    },
}

impl TargetError {
    /// The error for what the system said about `path`.
    pub(super) fn from_errno(errno: Errno, doing: &'static str, path: impl Into<String>) -> Self {
        let path = path.into();
        match errno {
            Errno::NOSPC | Errno::DQUOT => Self::Full { path },
            Errno::ROFS => Self::ReadOnly { path },
            Errno::ACCESS | Errno::PERM => Self::Denied { path, doing },
            Errno::LOOP => Self::Link { path },
            Errno::NOTDIR => Self::NotAFolder { path },
            Errno::ISDIR => Self::NotAFile {
                path,
                what: "a folder",
            },
            _ => Self::Io { path, doing, errno },
        }
    }
}
