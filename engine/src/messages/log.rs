//! Lines on standard error, written by a thread of their own so that no connection waits for them.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use jiff::Zoned;

use super::form::{self, Form};

/// Messages that wait to be written.
const WAITING: usize = 4096;
/// Messages of connections that are written in a second.
const A_SECOND: u32 = 500;

/// Takes messages. What is more than can be read is counted, and the count is written.
#[derive(Clone)]
pub struct Log {
    lines: SyncSender<Line>,
    lost: Arc<AtomicU64>,
    followers: Followers,
}

/// Those who read along. Who does not keep up is dropped.
#[derive(Clone, Default)]
pub struct Followers(Arc<Reading>);

#[derive(Default)]
struct Reading {
    list: Mutex<Vec<(SyncSender<String>, Arc<AtomicBool>)>>,
    /// Those who have not come to their end yet.
    number: AtomicUsize,
}

/// Somebody who reads along.
pub struct Follower {
    lines: Receiver<String>,
    slow: Arc<AtomicBool>,
    all: Followers,
}

/// Why no line comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoLine {
    /// There was none in time.
    Yet,
    /// There are no more, as the log ends.
    Ended,
    /// More were written than were read.
    TooSlow,
}

impl Follower {
    /// The next line.
    pub fn next(&self, patience: Duration) -> Result<String, NoLine> {
        self.lines
            .recv_timeout(patience)
            .map_err(|error| match error {
                RecvTimeoutError::Timeout => NoLine::Yet,
                RecvTimeoutError::Disconnected if self.slow.load(Ordering::Acquire) => {
                    NoLine::TooSlow
                }
                RecvTimeoutError::Disconnected => NoLine::Ended,
            })
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.all.0.number.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Followers {
    /// How many have not come to their end yet.
    pub fn number(&self) -> usize {
        self.0.number.load(Ordering::Acquire)
    }

    fn add(&self) -> Follower {
        let (lines, received) = sync_channel(WAITING);
        let slow = Arc::new(AtomicBool::new(false));
        self.0.number.fetch_add(1, Ordering::AcqRel);
        let mut list = self.0.list.lock().unwrap_or_else(PoisonError::into_inner);
        list.push((lines, slow.clone()));
        Follower {
            lines: received,
            slow,
            all: self.clone(),
        }
    }

    fn tell(&self, line: &str) {
        let mut list = self.0.list.lock().unwrap_or_else(PoisonError::into_inner);
        list.retain(|(follower, slow)| {
            let told = follower.try_send(line.to_owned());
            slow.fetch_or(matches!(told, Err(TrySendError::Full(_))), Ordering::AcqRel);
            told.is_ok()
        });
    }

    fn end(&self) {
        let mut list = self.0.list.lock().unwrap_or_else(PoisonError::into_inner);
        list.clear();
    }
}

enum Line {
    /// Of one connection: there may be very many.
    Connection(String),
    /// Of the engine: always written.
    Engine(String),
}

impl Log {
    /// Begins to write; the thread ends when the last copy of the log is gone. `name` stands in each line,
    /// and `begin` is what the thread does first.
    pub fn start(
        name: &str,
        form: Form,
        output: impl Write + Send + 'static,
        begin: impl FnOnce() + Send + 'static,
    ) -> (Self, JoinHandle<()>) {
        let (lines, received) = sync_channel(WAITING);
        let lost = Arc::new(AtomicU64::new(0));
        let followers = Followers::default();
        let mut writer = Writer {
            name: name.to_owned(),
            form,
            output: Box::new(output),
            lost: lost.clone(),
            followers: followers.clone(),
            second: Instant::now(),
            written: 0,
        };
        let thread = thread::spawn(move || {
            begin();
            writer.run(&received);
        });
        let log = Self {
            lines,
            lost,
            followers,
        };
        (log, thread)
    }

    /// The lines that are written from now on.
    pub fn follow(&self) -> Follower {
        self.followers.add()
    }

    pub fn followers(&self) -> Followers {
        self.followers.clone()
    }

    /// A message of a connection, if there is one.
    pub fn connection(&self, text: Option<String>) {
        let Some(text) = text else { return };
        if let Err(TrySendError::Full(_)) = self.lines.try_send(Line::Connection(text)) {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A message of the engine. Waits while there is no room.
    pub fn engine(&self, text: impl Into<String>) {
        // Without a writer nobody reads it.
        let _ = self.lines.send(Line::Engine(text.into()));
    }
}

struct Writer {
    name: String,
    form: Form,
    output: Box<dyn Write + Send>,
    lost: Arc<AtomicU64>,
    followers: Followers,
    second: Instant,
    written: u32,
}

impl Writer {
    fn run(&mut self, lines: &Receiver<Line>) {
        loop {
            match lines.recv_timeout(Duration::from_secs(1)) {
                Ok(line) => self.take(&line),
                Err(RecvTimeoutError::Timeout) => self.next_second(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.say_lost();
        self.followers.end();
    }

    fn take(&mut self, line: &Line) {
        if self.second.elapsed() >= Duration::from_secs(1) {
            self.next_second();
        }
        match line {
            Line::Engine(text) => self.write(text),
            Line::Connection(text) if self.written < A_SECOND => {
                self.written += 1;
                self.write(text);
            }
            Line::Connection(_) => {
                self.lost.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    fn next_second(&mut self) {
        self.say_lost();
        self.second = Instant::now();
        self.written = 0;
    }

    fn say_lost(&mut self) {
        let lost = self.lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            self.write(&format!(
                "{lost} messages about connections were not written, as there were too many"
            ));
        }
    }

    fn write(&mut self, text: &str) {
        let now = Zoned::now();
        let line = form::plain(&now, &self.name, text);
        self.followers.tell(&line);
        let written = self.form.written(&now, &self.name, text);
        // A log that cannot be written must not end what it is about.
        let _: io::Result<()> = self.output.write_all(written.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(30);

    fn log() -> (Log, JoinHandle<()>) {
        Log::start("TEST", Form::default(), io::sink(), || {})
    }

    #[test]
    fn who_reads_along_is_told_the_end_of_the_log() {
        let (log, thread) = log();
        let (follower, followers) = (log.follow(), log.followers());
        log.engine("one");
        let line = follower.next(LONG).expect("a line");
        assert!(line.ends_with("one"), "{line}");
        assert_eq!(follower.next(Duration::ZERO), Err(NoLine::Yet));
        drop(log);
        thread.join().expect("a thread");
        assert_eq!(follower.next(LONG), Err(NoLine::Ended));
        assert_eq!(followers.number(), 1);
        drop(follower);
        assert_eq!(followers.number(), 0);
    }

    #[test]
    fn who_does_not_keep_up_is_told_so_after_what_was_kept() {
        let (log, thread) = log();
        let follower = log.follow();
        for _ in 0..WAITING + 10 {
            log.engine("one");
        }
        drop(log);
        thread.join().expect("a thread");
        for _ in 0..WAITING {
            follower.next(LONG).expect("a line");
        }
        assert_eq!(follower.next(LONG), Err(NoLine::TooSlow));
    }
}
