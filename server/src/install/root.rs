//! The directory of a target.

use std::path::Path;
use std::sync::Arc;

use super::calls::{Calls, Gate, Open};
use super::error::TargetError;
use super::folder::{Folder, Made};
use super::path::{TargetPath, directory_parts};

/// A target's directory, at or below one of the folders that installs may write to.
///
/// It need not exist yet: the first write makes it.
pub struct Root {
    pub(super) calls: Calls,
    /// The allowed folder: the server's administrator named it, so links on its way are meant.
    base: Arc<Folder>,
    /// From `base` to the target's directory.
    tail: Vec<String>,
    path: String,
}

impl Root {
    /// Opens the directory `path`, which must lie at or below one of `allowed`.
    pub fn open(path: &str, allowed: &[impl AsRef<Path>]) -> Result<Self, TargetError> {
        Self::open_gated(path, allowed, Arc::new(Open))
    }

    /// As [`Root::open`], with a gate before each call to the file system. For tests.
    pub fn open_gated(
        path: &str,
        allowed: &[impl AsRef<Path>],
        gate: Arc<dyn Gate>,
    ) -> Result<Self, TargetError> {
        let calls = Calls(gate);
        let parts = directory_parts(path)?;
        let Some((base, depth)) = base_of(&parts, allowed) else {
            return Err(outside(path, allowed));
        };
        let root = Self {
            base: Arc::new(Folder::base(&calls, &base)?),
            tail: parts[depth..].to_vec(),
            path: format!("/{}", parts.join("/")),
            calls,
        };
        root.existing()?;
        Ok(root)
    }

    /// The directory's path on this machine.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Where a file that PAGENT knows as `file` lies on this machine.
    pub fn path_of(&self, file: &str) -> Result<String, TargetError> {
        let file: TargetPath = file.parse()?;
        Ok(format!("{}{file}", self.path.trim_end_matches('/')))
    }

    /// The bytes of a file that PAGENT knows as `file`; `None` where nothing is.
    pub fn read(&self, file: &str) -> Result<Option<Vec<u8>>, TargetError> {
        let file: TargetPath = file.parse()?;
        let Some(root) = self.existing()? else {
            return Ok(None);
        };
        let Some(folder) = root.descend(&self.calls, file.folders())? else {
            return Ok(None);
        };
        let found = folder.read(&self.calls, file.name())?;
        Ok(found.map(|found| found.bytes))
    }

    pub(super) fn existing(&self) -> Result<Option<Arc<Folder>>, TargetError> {
        self.base.descend(&self.calls, &self.tail)
    }

    pub(super) fn made(&self, made: &mut Vec<Made>) -> Result<Arc<Folder>, TargetError> {
        self.base.descend_making(&self.calls, &self.tail, made)
    }
}

/// The innermost allowed folder that holds `parts`, and how many of the parts lead to it.
fn base_of(parts: &[String], allowed: &[impl AsRef<Path>]) -> Option<(String, usize)> {
    let names = allowed.iter().flat_map(|root| {
        let root = root.as_ref();
        [Some(root.to_owned()), std::fs::canonicalize(root).ok()]
    });
    names
        .flatten()
        .filter_map(|root| {
            let root = root.to_str()?.to_owned();
            let above = directory_parts(&root).ok()?;
            parts.starts_with(&above).then_some((root, above.len()))
        })
        .max_by_key(|(_, depth)| *depth)
}

fn outside(path: &str, allowed: &[impl AsRef<Path>]) -> TargetError {
    let roots: Vec<_> = allowed
        .iter()
        .map(|root| root.as_ref().display().to_string())
        .collect();
    TargetError::Outside {
        path: path.to_owned(),
        roots: match roots.is_empty() {
            true => "none is set".to_owned(),
            false => roots.join(", "),
        },
    }
}
