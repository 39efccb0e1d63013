//! The engines of this machine, asked over their control sockets. One that does not answer holds up nobody else.

pub mod activate;
mod line;

use std::path::{Path, PathBuf};
use std::time::Duration;

use control::{Answer, Ask, ClientError, Status};
use thiserror::Error;
use tokio::time::timeout;

pub use line::Line;

/// How long an engine may think about what it knows already.
pub const SOON: Duration = Duration::from_secs(5);
/// How long it may read a policy: it gives up itself before.
pub const LOAD: Duration = Duration::from_secs(120);

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

async fn status(path: &Path) -> Result<Status, EngineError> {
    match ask(path, &Ask::Status, SOON).await? {
        Answer::Status(status) => Ok(status),
        _ => Err(EngineError::Other),
    }
}

/// Why an engine does not answer, and what to do, as sentences.
pub fn what_to_do(error: &EngineError) -> String {
    error.to_string()
}
