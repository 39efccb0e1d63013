//! The side of the control socket that asks.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use thiserror::Error;

use crate::{Answer, Ask};

/// Where the sockets of engines are, unless somebody says otherwise.
pub const SOCKETS: &str = "/run/gatehouse-engine";
/// How long the engine may think: a reload of a large policy takes some seconds.
const PATIENCE: Duration = Duration::from_secs(120);

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum ClientError {
    #[error("{path}: no engine answers there: {error}")]
    NoEngine { path: PathBuf, error: io::Error },
    #[error("{0}: this user may not steer the engine")]
    Forbidden(PathBuf),
    #[error("the engine went away: {0}")]
    Gone(#[from] io::Error),
    #[error("what the engine answers is not understood, it may be of another version: {0}")]
    Unknown(#[from] serde_json::Error),
    /// The engine's own words.
    #[error("{0}")]
    Refused(String),
}

/// A connection to an engine.
pub struct Client {
    stream: BufReader<UnixStream>,
}

impl Client {
    pub fn connect(path: &Path) -> Result<Self, ClientError> {
        let stream = UnixStream::connect(path).map_err(|error| match error.kind() {
            io::ErrorKind::PermissionDenied => ClientError::Forbidden(path.to_owned()),
            _ => ClientError::NoEngine {
                path: path.to_owned(),
                error,
            },
        })?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self {
            stream: BufReader::new(stream),
        })
    }

    /// Asks one question.
    pub fn ask(&mut self, ask: &Ask) -> Result<Answer, ClientError> {
        self.say(ask)?;
        match self.heard()? {
            Some(Answer::Refused { why }) => Err(ClientError::Refused(why)),
            Some(answer) => Ok(answer),
            None => Err(ClientError::Gone(io::ErrorKind::UnexpectedEof.into())),
        }
    }

    /// Begins to listen to events; [`Self::heard`] waits for each as long as it takes.
    pub fn listen(&mut self) -> Result<(), ClientError> {
        self.say(&Ask::Events)?;
        Ok(self.stream.get_mut().set_read_timeout(None)?)
    }

    fn say(&mut self, ask: &Ask) -> Result<(), ClientError> {
        let line = serde_json::to_string(ask)? + "\n";
        match self.stream.get_mut().write_all(line.as_bytes()) {
            // An engine that listens to nobody more has said why before it closed.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            said => Ok(said?),
        }
    }

    /// The next line that the engine says; `None`: it ended.
    pub fn heard(&mut self) -> Result<Option<Answer>, ClientError> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        if !line.ends_with('\n') {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        Ok(Some(serde_json::from_str(&line)?))
    }
}

/// The sockets that lie in a directory, by name.
pub fn sockets(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    let mut found: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "sock"))
        .collect();
    found.sort();
    found
}
