//! Questions as they come over the control socket, line by line, none longer than is good.

use std::io::{self, BufRead, BufReader};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Bytes of one question.
const LONG: usize = 64 << 10;
/// Bytes of one that brings files along: a policy of 100,000 rules has 25 MB.
const LONGEST: usize = 64 << 20;
/// How such a question begins.
const WITH_FILES: &[u8] = br#"{"ask":"check""#;
/// How long it may take to come.
const PATIENCE: Duration = Duration::from_secs(30);

/// The questions of one connection.
pub struct Questions<'a> {
    stream: BufReader<UnixStream>,
    /// Somebody asks a long question; one may at a time, of all connections.
    long: &'a AtomicBool,
}

/// What came.
pub enum Heard<'a> {
    Line(Line<'a>),
    /// The other side asks no more.
    Nothing,
    /// What came is no question, and what follows cannot be told from it; a sentence says why.
    TooLong(&'static str),
}

/// One question. As long as a long one is there, nobody else asks another one.
pub struct Line<'a> {
    bytes: Vec<u8>,
    _turn: Option<Turn<'a>>,
}

impl Line<'_> {
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// The right to ask a long question.
struct Turn<'a>(&'a AtomicBool);

impl<'a> Turn<'a> {
    fn take(taken: &'a AtomicBool) -> Option<Self> {
        (!taken.swap(true, Ordering::AcqRel)).then_some(Self(taken))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl<'a> Questions<'a> {
    pub fn new(stream: UnixStream, long: &'a AtomicBool) -> Self {
        Self {
            stream: BufReader::new(stream),
            long,
        }
    }

    pub fn next(&mut self) -> io::Result<Heard<'a>> {
        let mut bytes = Vec::new();
        let (mut turn, mut until) = (None, None);
        loop {
            let most = if turn.is_some() { LONGEST } else { LONG };
            let came = self.stream.fill_buf()?;
            let ended = came.iter().position(|byte| *byte == b'\n');
            let take = ended.map_or(came.len(), |at| at + 1);
            bytes.extend_from_slice(came.get(..take).unwrap_or_default());
            let over = came.is_empty();
            self.stream.consume(take);
            if ended.is_some() && bytes.len() <= most {
                let _turn = turn;
                return Ok(Heard::Line(Line { bytes, _turn }));
            }
            if over && bytes.is_empty() {
                return Ok(Heard::Nothing);
            }
            if over || (bytes.len() > LONG && !is_with_files(&bytes)) {
                return Ok(Heard::TooLong(
                    "a question has at most 64 KiB and ends with its line",
                ));
            }
            if bytes.len() > LONGEST {
                return Ok(Heard::TooLong("files to check have at most 64 MiB"));
            }
            if bytes.len() > LONG && turn.is_none() {
                turn = Turn::take(self.long);
                if turn.is_none() {
                    return Ok(Heard::TooLong("somebody else has files checked; try again"));
                }
                until = Some(Instant::now() + PATIENCE);
                if ended.is_some() {
                    let _turn = turn;
                    return Ok(Heard::Line(Line { bytes, _turn }));
                }
            }
            if until.is_some_and(|until| Instant::now() > until) {
                return Ok(Heard::TooLong("the question takes too long to come"));
            }
        }
    }
}

fn is_with_files(question: &[u8]) -> bool {
    let letters = question.iter().filter(|byte| !byte.is_ascii_whitespace());
    letters.take(WITH_FILES.len()).eq(WITH_FILES)
}
