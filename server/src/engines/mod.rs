//! The engines of this machine, asked over their control sockets. One that does not answer holds up nobody else.

pub mod activate;
mod line;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use api::engine::{Engine, EngineStack, EngineStatus};
use control::{Answer, Ask, ClientError};
use futures_util::future::join_all;
use thiserror::Error;
use tokio::sync::Semaphore;
use tokio::time::timeout;

pub use line::Line;

use crate::store::install::InstallRow;

/// How long an engine may think about what it knows already.
pub const SOON: Duration = Duration::from_secs(5);
/// How long it may read a policy: it gives up itself before.
pub const LOAD: Duration = Duration::from_secs(120);
/// How many follow the logs of engines at a time. An engine talks to 16 at most, and others want to ask, too.
const LISTENERS: usize = 8;

/// Why an engine has no answer.
#[derive(Debug, Error)]
pub enum EngineError {
    #[error("there is no engine `{0}`")]
    Unknown(String),
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("it did not answer within {} seconds", .0.as_secs())]
    Silent(Duration),
    #[error("it answers something else than was asked; it may be of another version")]
    Other,
}

/// The places for those who follow a log.
#[derive(Clone, Debug)]
pub struct Listeners(pub Arc<Semaphore>);

impl Default for Listeners {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(LISTENERS)))
    }
}

/// The socket of an engine, by its name.
pub async fn socket(directory: &Path, name: &str) -> Result<PathBuf, EngineError> {
    let found = sockets(directory).await.into_iter();
    let mut found = found.filter(|(known, _)| known == name);
    let (_, path) = found
        .next()
        .ok_or_else(|| EngineError::Unknown(name.to_owned()))?;
    Ok(path)
}

/// Names and sockets, by name.
async fn sockets(directory: &Path) -> Vec<(String, PathBuf)> {
    let directory = directory.to_owned();
    let found = tokio::task::spawn_blocking(move || control::sockets(&directory)).await;
    let named = found.unwrap_or_default().into_iter().filter_map(|path| {
        let name = path.file_stem()?.to_str()?.to_owned();
        Some((name, path))
    });
    named.collect()
}

/// Asks an engine one question.
pub async fn ask(path: &Path, ask: &Ask, patience: Duration) -> Result<Answer, EngineError> {
    let asking = async { Line::connect(path).await?.ask(ask).await };
    match timeout(patience, asking).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(EngineError::Silent(patience)),
    }
}

/// Every engine with what it says of itself, or why it says nothing.
pub async fn all(directory: &Path) -> Vec<Engine> {
    let asked = sockets(directory).await.into_iter().map(one);
    join_all(asked).await
}

async fn one((name, path): (String, PathBuf)) -> Engine {
    let (status, problem) = match status(&path).await {
        Ok(status) => (Some(status), None),
        Err(error) => (None, Some(what_to_do(&error))),
    };
    Engine {
        name,
        status,
        problem,
        stacks: Vec::new(),
    }
}

/// Which of these installs an engine reads the files of, and whether it has loaded what they wrote.
pub fn stacks(status: &EngineStatus, installs: &[InstallRow]) -> Vec<EngineStack> {
    let stacks = installs.iter().filter_map(|install| stack(status, install));
    stacks.collect()
}

fn stack(status: &EngineStatus, install: &InstallRow) -> Option<EngineStack> {
    let loaded = |path: &str| {
        let mut files = status.files.iter();
        files.find(|file| file.path == Path::new(path))
    };
    let root = install.root.trim_end_matches('/');
    let mut reads = false;
    let mut differs = Vec::new();
    for file in &install.files {
        let path = format!("{root}{}", file.path);
        let Some(found) = loaded(&path) else {
            continue;
        };
        reads = true;
        if file.sha256.as_ref() != Some(&found.sha256) {
            differs.push(path);
        }
    }
    reads.then(|| EngineStack {
        id: install.stack.clone(),
        name: install.name.clone(),
        revision: install.revision,
        differs,
    })
}

async fn status(path: &Path) -> Result<EngineStatus, EngineError> {
    match ask(path, &Ask::Status, SOON).await? {
        Answer::Status(status) => Ok(status),
        _ => Err(EngineError::Other),
    }
}

/// Why an engine does not answer, and what to do, as sentences.
pub fn what_to_do(error: &EngineError) -> String {
    match error {
        EngineError::Unknown(name) => format!("There is no engine `{name}`."),
        EngineError::Client(ClientError::NoEngine { path, .. }) => format!(
            "No engine answers at `{}`: it ended without removing its socket, or hangs. Look at its log, and \
             start it again.",
            path.display()
        ),
        EngineError::Client(ClientError::Forbidden(path)) => format!(
            "The user of this server may not use `{}`. Start the engine with `--control-group` and a group \
             that this user is in.",
            path.display()
        ),
        EngineError::Client(ClientError::Gone(_)) => {
            "It went away before it answered. Look at its log.".to_owned()
        }
        EngineError::Client(ClientError::Unknown(_)) | EngineError::Other => {
            "What it answers is not understood: server and engine are of different versions. Bring both to \
             the same version."
                .to_owned()
        }
        EngineError::Client(ClientError::Refused(why)) => sentence(why),
        EngineError::Silent(patience) => format!(
            "It did not answer within {} seconds. Look at its log, and start it again if it hangs.",
            patience.as_secs()
        ),
    }
}

fn sentence(words: &str) -> String {
    let mut chars = words.chars();
    match chars.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), chars.as_str()),
        None => String::new(),
    }
}
