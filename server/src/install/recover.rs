//! Finishing or taking back a write that ended early, and sweeping what it left.
//!
//! A write has happened once its last file took its place. Until then all that a journal names is
//! put back; from then on only the tidying is left.

use std::sync::Arc;

use super::error::TargetError;
use super::folder::Folder;
use super::journal::{Entry, Journal, State, Token};
use super::path::PREVIOUS;
use super::root::Root;
use super::{lock, sha256};

/// What became of a write that was cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recovered {
    /// All of its files stand in their places: these, as PAGENT names them.
    Finished(Vec<String>),
    /// What was there before stands there again.
    TakenBack(Vec<String>),
}

impl Root {
    /// Settles what dead processes left below this directory. Every write does so first.
    pub fn recover(&self) -> Result<Vec<Recovered>, TargetError> {
        let Some(root) = self.existing()? else {
            return Ok(Vec::new());
        };
        let _guard = lock::acquire(&self.calls, &root)?;
        self.recover_locked(&root)
    }

    pub(super) fn recover_locked(&self, root: &Arc<Folder>) -> Result<Vec<Recovered>, TargetError> {
        let mut recovered = Vec::new();
        for name in self.list(root)? {
            let (token, state) = match Token::of_name(&name) {
                Some((token, "journal")) => (token, State::Forward),
                Some((token, "undo")) => (token, State::Undo),
                _ => continue,
            };
            let Some(text) = root.read(&self.calls, &name)? else {
                continue;
            };
            match Journal::from_text(token, &text.bytes) {
                Some(journal) => recovered.push(self.settle(root, &journal, state)?),
                None => root.remove(&self.calls, &name)?,
            }
        }
        Ok(recovered)
    }

    /// Brings the write of a journal to one of its two ends, and removes the journal.
    pub(super) fn settle(
        &self,
        root: &Arc<Folder>,
        journal: &Journal,
        state: State,
    ) -> Result<Recovered, TargetError> {
        let places = self.places(root, journal)?;
        let mut cut = state == State::Undo;
        for place in &places {
            cut |= self.is_to_come(place)?;
        }
        for place in places.iter().rev() {
            match cut {
                true => self.take_back(place)?,
                false => self.keep_previous(place)?,
            }
        }
        for place in &places {
            place.folder.remove(&self.calls, &place.new)?;
            place.folder.remove(&self.calls, &place.old)?;
        }
        for place in &places {
            place.folder.sync(&self.calls)?;
        }
        root.remove(&self.calls, &journal.token.journal(state))?;
        root.sync(&self.calls)?;
        let paths = journal.entries.iter().map(|entry| entry.path.to_string());
        Ok(match cut {
            true => Recovered::TakenBack(paths.collect()),
            false => Recovered::Finished(paths.collect()),
        })
    }

    fn places<'a>(
        &self,
        root: &Arc<Folder>,
        journal: &'a Journal,
    ) -> Result<Vec<Place<'a>>, TargetError> {
        let mut places = Vec::with_capacity(journal.entries.len());
        for (index, entry) in journal.entries.iter().enumerate() {
            // A folder that is gone took its files along.
            if let Some(folder) = root.descend(&self.calls, entry.path.folders())? {
                places.push(Place {
                    folder,
                    entry,
                    new: journal.token.new_file(index),
                    old: journal.token.old_file(index),
                });
            }
        }
        Ok(places)
    }

    /// True when a file has not taken its place, or not left it, yet.
    fn is_to_come(&self, place: &Place<'_>) -> Result<bool, TargetError> {
        if place.entry.new.is_some() {
            return Ok(place.folder.file(&self.calls, &place.new)?.is_some());
        }
        let found = place.folder.read(&self.calls, place.entry.path.name())?;
        Ok(found.is_some_and(|found| Some(sha256(&found.bytes)) == place.entry.old))
    }

    fn take_back(&self, place: &Place<'_>) -> Result<(), TargetError> {
        let Place { folder, entry, .. } = place;
        let name = entry.path.name();
        if entry.new.is_none() {
            let gone = folder.file(&self.calls, name)?.is_none();
            return match gone && folder.file(&self.calls, &place.old)?.is_some() {
                true => folder.rename(&self.calls, &place.old, name),
                false => Ok(()), // It never left its place, or somebody else's file is there.
            };
        }
        if folder.file(&self.calls, &place.new)?.is_some() {
            return Ok(()); // It never took its place.
        }
        let current = folder.read(&self.calls, name)?;
        if current.map(|found| sha256(&found.bytes)) != entry.new {
            return Ok(()); // Taken back already, or somebody else's by now.
        }
        match entry.old {
            None => folder.remove(&self.calls, name),
            Some(_) if folder.file(&self.calls, &place.old)?.is_some() => {
                folder.rename(&self.calls, &place.old, name)
            }
            Some(_) => Ok(()),
        }
    }

    fn keep_previous(&self, place: &Place<'_>) -> Result<(), TargetError> {
        let Place {
            folder, entry, old, ..
        } = place;
        if folder.file(&self.calls, old)?.is_none() {
            return Ok(());
        }
        let previous = format!("{}{PREVIOUS}", entry.path.name());
        folder.rename(&self.calls, old, &previous)
    }

    /// Removes temporaries in a folder whose process is dead.
    pub(super) fn sweep(&self, folder: &Folder) -> Result<(), TargetError> {
        for name in self.list(folder)? {
            let Some((token, ending)) = Token::of_name(&name) else {
                continue;
            };
            let temporary = ending.ends_with(".new") || ending.ends_with(".old");
            if temporary && !token.is_alive() && folder.file(&self.calls, &name).is_ok() {
                folder.remove(&self.calls, &name)?;
            }
        }
        Ok(())
    }

    fn list(&self, folder: &Folder) -> Result<Vec<String>, TargetError> {
        self.calls
            .list(folder.at())
            .map_err(|errno| TargetError::from_errno(errno, "list", &folder.path))
    }
}

/// One file of a journal, with its open folder and the names of its temporaries.
struct Place<'a> {
    folder: Arc<Folder>,
    entry: &'a Entry,
    new: String,
    old: String,
}
