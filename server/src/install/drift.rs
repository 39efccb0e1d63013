//! Whether the files on a target are still those that were installed.

use super::error::TargetError;
use super::root::Root;
use super::sha256;

/// A file that is not as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    /// As PAGENT names it.
    pub path: String,
    pub state: DriftState,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DriftState {
    Missing,
    Changed {
        sha256: String,
        bytes: Vec<u8>,
    },
    /// A link, a folder, no right to read …: why.
    Unreadable(TargetError),
}

/// The files below `root` that do not have the SHA-256 that is expected of them.
pub fn drift(root: &Root, expected: &[(String, String)]) -> Vec<Drift> {
    let state = |path: &str, hash: &str| match root.read(path) {
        Ok(None) => Some(DriftState::Missing),
        Ok(Some(bytes)) => {
            let sha256 = sha256(&bytes);
            (sha256 != hash).then_some(DriftState::Changed { sha256, bytes })
        }
        Err(error) => Some(DriftState::Unreadable(error)),
    };
    expected
        .iter()
        .filter_map(|(path, hash)| {
            Some(Drift {
                path: path.clone(),
                state: state(path, hash)?,
            })
        })
        .collect()
}
