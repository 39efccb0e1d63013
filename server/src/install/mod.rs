//! Writing a stack's files to a target: for now a directory on this machine.
//!
//! File operations only: no HTTP and no SQL. A write is atomic for readers that never stop; several
//! files of one write change together or not at all, also when the process is killed in between:
//! [`Root::recover`] finishes or takes back what a dead process left. What cannot be had from a
//! file system is one instant in which several files change; PAGENT reads them at a refresh, which
//! comes after.

mod calls;
mod drift;
mod error;
mod folder;
mod journal;
mod lock;
mod path;
mod recover;
mod root;
mod stage;
mod suggest;
mod write;

pub use calls::{Call, Gate};
pub use drift::{Drift, DriftState, drift};
pub use error::TargetError;
pub use path::{PathError, TargetPath};
pub use recover::Recovered;
pub use root::Root;
pub use suggest::{SuggestedFiles, suggest};
pub use write::{Written, WrittenFile};

/// SHA-256 of `bytes`, in lower-case hex.
pub fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    use std::fmt::Write;

    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
