//! What installs want of engines: who reads which files, what one would say of others, another policy on
//! trial, and the end of that.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use control::{Answer, Ask, Checked, FileText, Loaded, ProbeInfo, Status, TrialInfo, TrialState};
use futures_util::future::join_all;

use super::{EngineError, LOAD, ask, socket, sockets, status};

/// An engine, and what it reads.
#[derive(Debug)]
pub struct Reader {
    pub name: String,
    socket: PathBuf,
    pub status: Result<Status, EngineError>,
}

/// All engines whose sockets lie in a directory.
pub async fn readers(directory: &Path) -> Vec<Reader> {
    let asked = sockets(directory).await.into_iter();
    // Names are stored, a line each.
    let asked = asked.filter(|(name, _)| !name.contains('\n'));
    let reader = |(name, socket): (String, PathBuf)| async {
        let status = status(&socket).await;
        Reader {
            name,
            socket,
            status,
        }
    };
    join_all(asked.map(reader)).await
}

impl Reader {
    /// Whether what it has loaded was read from this file, among others.
    pub fn reads(&self, path: &str) -> bool {
        let reads = |status: &Status| {
            let config = status.config == Path::new(path);
            config || status.files.iter().any(|file| file.path == Path::new(path))
        };
        self.status.as_ref().is_ok_and(reads)
    }

    /// What it would say if these files lay there.
    pub async fn check(&self, files: Vec<FileText>) -> Result<Checked, EngineError> {
        match ask(&self.socket, &Ask::Check { files }, LOAD).await? {
            Answer::Checked(checked) => Ok(checked),
            _ => Err(EngineError::Other),
        }
    }
}

/// An engine that is to do something.
#[derive(Debug)]
pub struct Steered(PathBuf);

impl Steered {
    pub async fn find(directory: &Path, name: &str) -> Result<Self, EngineError> {
        Ok(Self(socket(directory, name).await?))
    }

    pub async fn status(&self) -> Result<Status, EngineError> {
        status(&self.0).await
    }

    /// Has it load what lies there, on trial; no trial: it refuses that.
    pub async fn activate(&self, within: u32) -> Result<(Loaded, Option<TrialInfo>), EngineError> {
        match ask(&self.0, &Ask::Activate { within }, LOAD).await? {
            Answer::Activated { loaded, trial } => Ok((loaded, trial)),
            _ => Err(EngineError::Other),
        }
    }

    /// Has it make handshakes with all that it protects.
    pub async fn probe(&self) -> Result<Vec<ProbeInfo>, EngineError> {
        let all = Ask::Probe {
            rule: None,
            connect: None,
            name: None,
        };
        match ask(&self.0, &all, LOAD).await? {
            Answer::Probed { probes } => Ok(probes),
            _ => Err(EngineError::Other),
        }
    }

    pub async fn confirm(&self, trial: u32) -> Result<(), EngineError> {
        match ask(&self.0, &Ask::Confirm { trial }, LOAD).await? {
            Answer::Trial(_) => Ok(()),
            _ => Err(EngineError::Other),
        }
    }

    /// Ends what an install has on trial there, or left there: these files, by path, with their SHA-256.
    pub async fn back(&self, files: &BTreeMap<String, String>) -> Result<(), EngineError> {
        let order = match stands(&self.status().await?, files) {
            Stands::OnTrial(trial) => {
                ask(&self.0, &Ask::Back { trial }, LOAD).await?;
                Ask::Update
            }
            // So that it knows that those it went back from are gone, and may come again.
            Stands::Back(_) => Ask::Update,
            // It has them for good, as it was started meanwhile, or somebody confirmed them.
            Stands::Loaded => Ask::Refresh,
            Stands::Other => return Ok(()),
        };
        ask(&self.0, &order, LOAD).await.map(|_| ())
    }
}

/// How files stand with an engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stands {
    OnTrial(u32),
    /// It has them, and nothing is on trial.
    Loaded,
    /// It went back to what was there before, and why.
    Back(String),
    /// It has other files, or reads none of them.
    Other,
}

/// How these files stand with an engine, by path with their SHA-256.
pub fn stands(status: &Status, files: &BTreeMap<String, String>) -> Stands {
    let own = |path: &Path| files.get(path.to_str()?);
    let known = || status.files.iter().filter(|file| own(&file.path).is_some());
    let same =
        known().next().is_some() && known().all(|file| own(&file.path) == Some(&file.sha256));
    match (same, &status.trial) {
        (true, Some(trial)) if trial.state == TrialState::Running => Stands::OnTrial(trial.number),
        (false, Some(trial)) if trial.state == TrialState::Back => Stands::Back(trial.why.clone()),
        (true, _) => Stands::Loaded,
        (false, _) => Stands::Other,
    }
}

#[cfg(test)]
mod tests {
    use control::FileInfo;

    use super::*;

    fn status(sha256: &str, trial: Option<TrialState>) -> Status {
        let file = |path: &str, sha256: &str| FileInfo {
            path: path.into(),
            sha256: sha256.to_owned(),
        };
        let trial = trial.map(|state| TrialInfo {
            number: 7,
            state,
            until: 0,
            left: 0,
            why: "late".to_owned(),
        });
        Status {
            version: String::new(),
            library: String::new(),
            stack: String::new(),
            config: "/etc/main".into(),
            files: vec![file("/etc/main", "0"), file("/etc/policy", sha256)],
            trial,
            rules: 0,
            started: 0,
            loaded: 0,
            open: 0,
            most: 0,
            fail_closed: false,
            ending: false,
            ways: Vec::new(),
            unmapped: control::Counts::default(),
            failed_by_code: Vec::new(),
            failed_by_alert: Vec::new(),
        }
    }

    #[test]
    fn an_engine_stands_by_what_it_has_loaded() {
        let ours = BTreeMap::from([("/etc/policy".to_owned(), "1".to_owned())]);
        let stands = |sha256: &str, trial| stands(&status(sha256, trial), &ours);
        assert_eq!(stands("1", Some(TrialState::Running)), Stands::OnTrial(7));
        assert_eq!(stands("1", None), Stands::Loaded);
        // Of an earlier trial.
        assert_eq!(stands("1", Some(TrialState::Back)), Stands::Loaded);
        let back = Stands::Back("late".to_owned());
        assert_eq!(stands("2", Some(TrialState::Back)), back);
        assert_eq!(stands("2", None), Stands::Other);
        // Somebody else's.
        assert_eq!(stands("2", Some(TrialState::Running)), Stands::Other);
        let nothing = super::stands(&status("1", None), &BTreeMap::new());
        assert_eq!(nothing, Stands::Other);
    }
}
