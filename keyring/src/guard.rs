//! Who may change or read the files of a key ring.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::error::RingError;

/// Whether others may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrecy {
    MayBeRead,
    /// It holds a private key.
    MustBeSecret,
}

/// Bits of the mode by which group or others may write.
const WRITABLE: u32 = 0o022;
/// Bits by which group or others may do anything.
const OPEN: u32 = 0o077;

/// Refuses a file or directory that others could change, or read where it is secret. It belongs to root or
/// to `own`, the user of the engine.
pub fn check(path: &Path, secrecy: Secrecy, own: u32) -> Result<(), RingError> {
    let found = fs::metadata(path);
    let found = found.map_err(|source| RingError::Unread {
        path: path.to_owned(),
        source,
    })?;
    let (words, mend) = if found.uid() != 0 && found.uid() != own {
        ("belongs to another user", format!("chown {own}"))
    } else if found.mode() & WRITABLE != 0 {
        ("group or others may write it", "chmod go-w".to_owned())
    } else if secrecy == Secrecy::MustBeSecret && found.mode() & OPEN != 0 {
        (
            "holds a private key, and group or others may read it",
            "chmod go=".to_owned(),
        )
    } else {
        return Ok(());
    };
    let mend = format!("{mend} '{}'", path.display());
    Err(RingError::Open {
        path: path.to_owned(),
        words,
        mend,
    })
}
