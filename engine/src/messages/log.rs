//! Lines on standard error, written by a thread of their own so that no connection waits for them.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
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
type Followers = Arc<Mutex<Vec<SyncSender<String>>>>;

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

    /// The lines that are written from now on; it ends for who does not keep up.
    pub fn follow(&self) -> Receiver<String> {
        let (lines, received) = sync_channel(WAITING);
        self.followers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(lines);
        received
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
        self.followers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|follower| follower.try_send(line.clone()).is_ok());
        let written = self.form.written(&now, &self.name, text);
        // A log that cannot be written must not end what it is about.
        let _: io::Result<()> = self.output.write_all(written.as_bytes());
    }
}
