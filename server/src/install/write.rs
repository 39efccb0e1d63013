//! Writing the files of a stack: all of them, or none.

use std::sync::Arc;

use super::error::TargetError;
use super::folder::{Folder, Made, remove_made};
use super::journal::{Entry, Journal, State, Token};
use super::lock;
use super::path::TargetPath;
use super::recover::Recovered;
use super::root::Root;
use super::stage::Job;

/// What a write did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// In the order given.
    pub files: Vec<WrittenFile>,
    /// What became of earlier writes that were cut off.
    pub recovered: Vec<Recovered>,
    /// What did not work after the new files were in their places; the next write tries it again.
    pub notes: Vec<String>,
}

/// One file of a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenFile {
    /// On this machine.
    pub path: String,
    /// `None`: it was taken away.
    pub sha256: Option<String>,
    /// SHA-256 of what it replaced; `None` where nothing was.
    pub replaced: Option<String>,
    /// False when the file already held these bytes, or was not there, and was left alone.
    pub changed: bool,
}

impl Root {
    /// Writes files by the names that PAGENT has for them. They take their places in the order
    /// given, so a file comes before the one that names it: policy, image, main.
    ///
    /// An error other than [`TargetError::Mixed`] means that all of them are as they were.
    pub fn write(&self, files: &[(&str, &[u8])]) -> Result<Written, TargetError> {
        self.write_checked(&wanted(files), None)
    }

    /// As [`Root::write`], and refused when a file is not as it was seen: `seen` holds the SHA-256
    /// of each, `None` where nothing was.
    pub fn write_over(
        &self,
        files: &[(&str, &[u8])],
        seen: &[Option<String>],
    ) -> Result<Written, TargetError> {
        self.write_checked(&wanted(files), Some(seen))
    }

    /// As [`Root::write_over`], and a file without bytes is taken away; it is kept beside its place
    /// as every file that is replaced.
    pub fn put_back(
        &self,
        files: &[(&str, Option<&[u8]>)],
        seen: &[Option<String>],
    ) -> Result<Written, TargetError> {
        self.write_checked(files, Some(seen))
    }

    fn write_checked(
        &self,
        files: &[(&str, Option<&[u8]>)],
        seen: Option<&[Option<String>]>,
    ) -> Result<Written, TargetError> {
        let paths = checked_paths(files)?;
        let mut made_root = Vec::new();
        let root = self
            .made(&mut made_root)
            .inspect_err(|_| remove_made(&self.calls, &made_root))?;
        let _guard = lock::acquire(&self.calls, &root)?;
        let recovered = self.recover_locked(&root)?;
        let mut made = Vec::new();
        let jobs = self
            .prepare(&root, paths, files, &mut made)
            .and_then(|jobs| check_seen(jobs, seen));
        let res = jobs.and_then(|jobs| self.replace(&root, &jobs));
        match res {
            Ok(written) => Ok(Written {
                recovered,
                ..written
            }),
            Err(error) => {
                remove_made(&self.calls, &made);
                Err(error)
            }
        }
    }

    fn prepare<'a>(
        &self,
        root: &Arc<Folder>,
        paths: Vec<TargetPath>,
        files: &[(&str, Option<&'a [u8]>)],
        made: &mut Vec<Made>,
    ) -> Result<Vec<Job<'a>>, TargetError> {
        let mut jobs = Vec::with_capacity(files.len());
        for (path, (_, bytes)) in paths.into_iter().zip(files) {
            let folder = root.descend_making(&self.calls, path.folders(), made)?;
            self.sweep(&folder)?;
            jobs.push(Job::prepare(&self.calls, path, folder, *bytes)?);
        }
        Ok(jobs)
    }

    fn replace(&self, root: &Arc<Folder>, jobs: &[Job<'_>]) -> Result<Written, TargetError> {
        let mut written = Written::default();
        for job in jobs {
            let changed = job.changes();
            if !changed {
                job.sync_unchanged(&self.calls)?;
            }
            written.files.push(WrittenFile {
                path: job.full_path(),
                sha256: job.sha256.clone(),
                replaced: job.old_sha256(),
                changed,
            });
        }
        let jobs: Vec<_> = jobs.iter().filter(|job| job.changes()).collect();
        if !jobs.is_empty() {
            written.notes = self.replace_changed(root, &jobs)?;
        }
        Ok(written)
    }

    fn replace_changed(
        &self,
        root: &Arc<Folder>,
        jobs: &[&Job<'_>],
    ) -> Result<Vec<String>, TargetError> {
        let token = Token::draw()
            .map_err(|errno| TargetError::from_errno(errno, "draw a name below", &root.path))?;
        let _mark = token.mark();
        let journal = Journal {
            entries: jobs.iter().map(|job| entry_of(job)).collect(),
            token,
        };
        self.write_journal(root, &journal)
            .and_then(|()| self.stage_all(jobs, &journal.token))
            .inspect_err(|_| {
                // No file was replaced yet: when this fails, only litter is left, and the next
                // write sweeps it.
                let _ = self.undo(root, &journal);
            })?;
        if let Err(cause) = self.rename_all(jobs, &journal.token) {
            return Err(match self.undo(root, &journal) {
                Ok(()) => cause,
                Err(undo) => TargetError::Mixed {
                    path: root.path.clone(),
                    cause: Box::new(cause),
                    undo: Box::new(undo),
                },
            });
        }
        // From here on the new files count, whatever happens.
        match self.settle(root, &journal, State::Forward) {
            Ok(_) => Ok(Vec::new()),
            Err(error) => Ok(vec![format!(
                "the new files are in their places, but tidying up after them did not end: {error}"
            )]),
        }
    }

    fn write_journal(&self, root: &Arc<Folder>, journal: &Journal) -> Result<(), TargetError> {
        let name = journal.token.journal(State::Forward);
        let error = |errno| TargetError::from_errno(errno, "write", root.path_of(&name));
        let file = self.calls.create(root.at(), &name).map_err(error)?;
        self.calls
            .write(&file, journal.to_text().as_bytes(), &name)
            .map_err(error)?;
        self.calls.sync_file(&file, &name).map_err(error)?;
        root.sync(&self.calls)
    }

    fn stage_all(&self, jobs: &[&Job<'_>], token: &Token) -> Result<(), TargetError> {
        for (index, job) in jobs.iter().enumerate() {
            job.stage(&self.calls, &token.new_file(index), &token.old_file(index))?;
        }
        sync_folders(self, jobs)
    }

    fn rename_all(&self, jobs: &[&Job<'_>], token: &Token) -> Result<(), TargetError> {
        for job in jobs {
            job.still_as_found(&self.calls)?;
        }
        for (index, job) in jobs.iter().enumerate() {
            let name = job.path.name();
            match job.bytes {
                Some(_) => {
                    let new = token.new_file(index);
                    job.folder.rename(&self.calls, &new, name)?;
                }
                None => job.folder.remove(&self.calls, name)?,
            }
        }
        sync_folders(self, jobs)
    }

    /// Takes a failed write back.
    fn undo(&self, root: &Arc<Folder>, journal: &Journal) -> Result<(), TargetError> {
        let forward = journal.token.journal(State::Forward);
        if root.file(&self.calls, &forward)?.is_none() {
            return Ok(()); // Nothing was begun.
        }
        root.rename(&self.calls, &forward, &journal.token.journal(State::Undo))?;
        self.settle(root, journal, State::Undo).map(|_| ())
    }
}

fn wanted<'a>(files: &[(&'a str, &'a [u8])]) -> Vec<(&'a str, Option<&'a [u8]>)> {
    let one = |(path, bytes): &(&'a str, &'a [u8])| (*path, Some(*bytes));
    files.iter().map(one).collect()
}

fn checked_paths(files: &[(&str, Option<&[u8]>)]) -> Result<Vec<TargetPath>, TargetError> {
    let mut paths: Vec<TargetPath> = Vec::with_capacity(files.len());
    for (path, _) in files {
        let path: TargetPath = path.parse()?;
        if let Some(clash) = paths.iter().find_map(|other| other.clash(&path)) {
            return Err(clash.into());
        }
        paths.push(path);
    }
    Ok(paths)
}

fn check_seen<'a>(
    jobs: Vec<Job<'a>>,
    seen: Option<&[Option<String>]>,
) -> Result<Vec<Job<'a>>, TargetError> {
    let Some(seen) = seen else {
        return Ok(jobs);
    };
    for (index, job) in jobs.iter().enumerate() {
        if seen.get(index) != Some(&job.old_sha256()) {
            return Err(TargetError::Changed {
                path: job.full_path(),
            });
        }
    }
    Ok(jobs)
}

fn entry_of(job: &Job<'_>) -> Entry {
    Entry {
        path: job.path.clone(),
        old: job.old_sha256(),
        new: job.sha256.clone(),
    }
}

fn sync_folders(root: &Root, jobs: &[&Job<'_>]) -> Result<(), TargetError> {
    for job in jobs {
        job.folder.sync(&root.calls)?;
    }
    Ok(())
}
