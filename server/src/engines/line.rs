//! A line of JSON asks, a line of JSON answers: [`control::Client`] for many at a time, none of which may block
//! a thread. Whoever waits says how long.

use std::io;
use std::path::Path;

use control::{Answer, Ask, ClientError};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

/// Bytes of one answer. An engine with 20,000 connections says about 20 MiB.
const LONGEST: u64 = 64 * 1024 * 1024;

/// A connection to an engine.
#[derive(Debug)]
pub struct Line {
    stream: BufReader<UnixStream>,
}

impl Line {
    pub async fn connect(path: &Path) -> Result<Self, ClientError> {
        let stream = UnixStream::connect(path)
            .await
            .map_err(|error| match error.kind() {
                io::ErrorKind::PermissionDenied => ClientError::Forbidden(path.to_owned()),
                _ => ClientError::NoEngine {
                    path: path.to_owned(),
                    error,
                },
            })?;
        Ok(Self {
            stream: BufReader::new(stream),
        })
    }

    /// Asks one question.
    pub async fn ask(&mut self, ask: &Ask) -> Result<Answer, ClientError> {
        self.say(ask).await?;
        match self.heard().await? {
            Some(Answer::Refused { why }) => Err(ClientError::Refused(why)),
            Some(answer) => Ok(answer),
            None => Err(ClientError::Gone(io::ErrorKind::UnexpectedEof.into())),
        }
    }

    /// Says what is asked, and waits for no answer.
    pub async fn say(&mut self, ask: &Ask) -> Result<(), ClientError> {
        let line = serde_json::to_string(ask)? + "\n";
        match self.stream.get_mut().write_all(line.as_bytes()).await {
            // An engine that listens to nobody more has said why before it closed.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            said => Ok(said?),
        }
    }

    /// The next line that the engine says; `None`: it ended.
    pub async fn heard(&mut self) -> Result<Option<Answer>, ClientError> {
        let mut line = Vec::new();
        let mut part = (&mut self.stream).take(LONGEST);
        if part.read_until(b'\n', &mut line).await? == 0 {
            return Ok(None);
        }
        if line.last() != Some(&b'\n') {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        Ok(Some(serde_json::from_slice(&line)?))
    }
}
