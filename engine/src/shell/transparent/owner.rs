//! The `nft` program that holds the table, and is kept for that.
//!
//! The kernel takes away a table with `flags owner` when the socket by which it was made is closed. So the
//! table lives as long as this `nft`, which ends when the engine does, however that ends: nothing leads
//! connections to an engine that is not there. Nobody else can change the table meanwhile.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek, Write};
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::fs::{MemfdFlags, memfd_create};
use thiserror::Error;

use super::marks::Marks;
use super::table::{Catch, OWNED, Ports};
use crate::messages::Log;

/// How long `nft` may take; a set of a hundred thousand elements takes some seconds.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long it may take to end.
const FAREWELL: Duration = Duration::from_secs(2);
/// Between two starts of it.
const PAUSE: Duration = Duration::from_secs(1);
/// Where administrators' programs are, which the path of a user may leave out.
pub const PATH: &str = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin";

/// Why the table is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OwnerError {
    #[error(
        "the program nft is not there; transparent mode needs it: install the package nftables"
    )]
    NoProgram,
    #[error("nft cannot be started: {0}")]
    Start(String),
    #[error("nft did not answer in {} s", PATIENCE.as_secs())]
    Slow,
    #[error("nft ended without an answer: {0}")]
    Ended(String),
    #[error(
        "another program that runs holds the table inet {0}, probably an engine with the same name: give this one another with --instance"
    )]
    Taken(String),
    #[error("nft refuses the table: {0}")]
    Refused(String),
}

/// The text of a table, with an owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    pub name: String,
    pub words: String,
}

impl Text {
    pub fn of(catch: &Catch, name: &str, marks: Marks, ports: Ports) -> Self {
        Self {
            name: name.to_owned(),
            words: catch.text(name, marks, ports),
        }
    }

    fn without_owner(&self) -> String {
        self.words.replacen(OWNED, "", 2)
    }
}

/// Puts tables in place, from a thread of its own that looks after `nft`.
pub struct Owner {
    orders: Sender<Order>,
    thread: Option<JoinHandle<()>>,
}

enum Order {
    Put(Text, Sender<Result<(), OwnerError>>),
    /// A line of the `nft` of that number.
    Line(u32, String),
    /// The `nft` of that number ended.
    Ended(u32),
    /// Making the table anew failed a moment ago.
    Retry,
    End,
}

impl Owner {
    pub fn start(log: Log) -> Self {
        let (orders, received) = channel();
        let keeper = Keeper {
            log,
            lines: orders.clone(),
            received,
            later: VecDeque::new(),
            program: None,
            text: None,
            starts: 0,
            acks: 0,
            owned: true,
        };
        Self {
            orders,
            thread: Some(thread::spawn(move || keeper.run())),
        }
    }

    /// Has the table be this, and waits for it. What was there stays when that fails.
    pub fn put(&self, text: Text) -> Result<(), OwnerError> {
        let (answer, answered) = channel();
        let gone = || OwnerError::Ended("nobody looks after it".to_owned());
        let order = Order::Put(text, answer);
        self.orders.send(order).map_err(|_| gone())?;
        answered.recv().map_err(|_| gone())?
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        let _ = self.orders.send(Order::End);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A running `nft`.
struct Program {
    number: u32,
    child: Child,
    input: ChildStdin,
    /// A file without a name that it reads what it is to do from.
    text: File,
}

struct Keeper {
    log: Log,
    lines: Sender<Order>,
    received: Receiver<Order>,
    /// What came while an answer was waited for.
    later: VecDeque<Order>,
    program: Option<Program>,
    /// What the table is.
    text: Option<Text>,
    starts: u32,
    acks: u32,
    /// The kernel and `nft` know owners.
    owned: bool,
}

impl Keeper {
    fn run(mut self) {
        while let Some(order) = self.next() {
            match order {
                Order::Put(text, answer) => {
                    let result = self.put(&text);
                    if result.is_ok() {
                        self.text = Some(text);
                    }
                    let _ = answer.send(result);
                    // One that did not answer took the table that was there with it.
                    if self.owned && self.program.is_none() {
                        self.revive();
                    }
                }
                Order::Line(..) => {}
                Order::Ended(number) if self.is_current(number) => self.revive(),
                Order::Retry if self.program.is_none() => self.revive(),
                Order::Ended(_) | Order::Retry => {}
                Order::End => return self.end(),
            }
        }
    }

    fn next(&mut self) -> Option<Order> {
        let waiting = self.later.pop_front();
        waiting.or_else(|| self.received.recv().ok())
    }

    fn is_current(&self, number: u32) -> bool {
        let program = self.program.as_ref();
        program.is_some_and(|program| program.number == number)
    }

    /// `nft` ended by itself, and the table with it.
    fn revive(&mut self) {
        self.forget();
        let Some(text) = self.text.clone() else {
            return;
        };
        self.log.engine("nft was ended from outside, and the table with it: connections pass in the clear; it is made anew");
        match self.put(&text) {
            Ok(()) => self.log.engine("the table is there again"),
            Err(error) => {
                self.log.engine(format!("{error}; tried again soon"));
                self.forget();
                let lines = self.lines.clone();
                thread::spawn(move || {
                    thread::sleep(PAUSE);
                    let _ = lines.send(Order::Retry);
                });
            }
        }
    }

    fn put(&mut self, text: &Text) -> Result<(), OwnerError> {
        let said = match self.owned {
            true => self.ask(&text.words),
            false => once(&text.without_owner()),
        };
        let error = match said {
            Ok(refusal) if refusal.is_empty() => return Ok(()),
            Ok(refusal) if is_taken(&refusal) => {
                return Err(OwnerError::Taken(text.name.clone()));
            }
            Ok(refusal) => OwnerError::Refused(refusal),
            Err(error) => error,
        };
        // The first time: this may be a kernel before 5.12, or an nft that knows no owners or takes no orders
        // one after the other.
        let first = self.owned && self.text.is_none() && error != OwnerError::NoProgram;
        if first && once(&text.without_owner()).is_ok_and(|said| said.is_empty()) {
            self.owned = false;
            self.forget();
            self.log.engine(format!("{error}: without an owner the table is there. If the engine is killed, new connections are refused until it starts again or the table is deleted"));
            return Ok(());
        }
        Err(error)
    }

    /// One transaction; what `nft` says against it.
    fn ask(&mut self, text: &str) -> Result<String, OwnerError> {
        let program = match self.program.take() {
            Some(program) => program,
            None => self.spawn()?,
        };
        self.acks = self.acks.wrapping_add(1);
        let ack = format!("gatehouse-done-{}", self.acks);
        let program = self.program.insert(program);
        let number = program.number;
        let given = program.give(text, &ack);
        let until = Instant::now() + PATIENCE;
        let mut said: Vec<String> = Vec::new();
        let result = loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.received.recv_timeout(left) {
                Ok(Order::Line(from, line)) if from == number => {
                    if line.contains(&ack) {
                        // It is about the question that only has it answer.
                        said.pop();
                        break Ok(words_of(&said));
                    }
                    said.push(line);
                }
                Ok(Order::Ended(from)) if from == number => {
                    let mut why = words_of(&said);
                    if let (true, Err(error)) = (why.is_empty(), &given) {
                        why = error.to_string();
                    }
                    break Err(OwnerError::Ended(why));
                }
                Ok(other) => self.later.push_back(other),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    break Err(OwnerError::Slow);
                }
            }
        };
        if result.is_err() {
            self.forget();
        }
        result
    }

    fn spawn(&mut self) -> Result<Program, OwnerError> {
        let start = |error: io::Error| OwnerError::Start(error.to_string());
        // Not closed when nft begins: that is how it gets the file.
        let text = memfd_create("gatehouse-table", MemfdFlags::empty());
        let text = File::from(text.map_err(|error| start(error.into()))?);
        let child = nft()
            .arg("-i")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            // What a terminal sends to the engine is not for it.
            .process_group(0)
            .spawn();
        let mut child = child.map_err(not_started)?;
        self.starts = self.starts.wrapping_add(1);
        let number = self.starts;
        let (Some(input), Some(errors)) = (child.stdin.take(), child.stderr.take()) else {
            return Err(OwnerError::Start("without its pipes".to_owned()));
        };
        let lines = self.lines.clone();
        thread::spawn(move || {
            for line in BufReader::new(errors).lines().map_while(Result::ok) {
                let _ = lines.send(Order::Line(number, line));
            }
            let _ = lines.send(Order::Ended(number));
        });
        Ok(Program {
            number,
            child,
            input,
            text,
        })
    }

    fn forget(&mut self) {
        if let Some(program) = self.program.take() {
            program.end();
        }
    }

    fn end(mut self) {
        if let (false, Some(text)) = (self.owned, self.text.take()) {
            let name = text.name;
            let gone = format!("table inet {name} {{ }}\ndelete table inet {name}\n");
            let _ = once(&gone);
        }
        self.forget();
    }
}

impl Program {
    /// Has it do what a text says, and then answer.
    fn give(&mut self, text: &str, ack: &str) -> io::Result<()> {
        self.text.set_len(0)?;
        self.text.rewind()?;
        self.text.write_all(text.as_bytes())?;
        let path = format!("/proc/self/fd/{}", self.text.as_raw_fd());
        let order = format!("include \"{path}\"\nlist table inet {ack}\n");
        self.input.write_all(order.as_bytes())?;
        self.input.flush()
    }

    fn end(self) {
        let Self {
            mut child, input, ..
        } = self;
        drop(input);
        let until = Instant::now() + FAREWELL;
        while Instant::now() < until {
            if !matches!(child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(2));
        }
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn nft() -> Command {
    let mut nft = Command::new("nft");
    // It keeps what it was told in a file of the home directory, if there is one.
    nft.env_clear().envs([
        ("PATH", PATH),
        ("LC_ALL", "C"),
        ("HOME", "/dev/null"),
        ("TERM", "dumb"),
    ]);
    nft
}

/// One transaction by an `nft` that ends then; what it says against it.
fn once(text: &str) -> Result<String, OwnerError> {
    let child = nft()
        .args(["-f", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.map_err(not_started)?;
    if let Some(mut input) = child.stdin.take() {
        // One that does not read says why.
        let _ = input.write_all(text.as_bytes());
    }
    let ended = child.wait_with_output().map_err(not_started)?;
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    let lines: Vec<_> = said.lines().map(str::to_owned).collect();
    Ok(match (ended.status.success(), words_of(&lines)) {
        (true, _) => String::new(),
        (false, words) if words.is_empty() => ended.status.to_string(),
        (false, words) => words,
    })
}

fn not_started(error: io::Error) -> OwnerError {
    match error.kind() {
        io::ErrorKind::NotFound => OwnerError::NoProgram,
        _ => OwnerError::Start(error.to_string()),
    }
}

/// Whether a table of that name belongs to somebody.
fn is_taken(refusal: &str) -> bool {
    refusal.contains("delete table") && refusal.contains("Operation not permitted")
}

/// What `nft` said, in one line: without the places, which are in a text that nobody sees.
fn words_of(lines: &[String]) -> String {
    let marks = |line: &&String| !line.chars().all(|one| " ^~\t".contains(one));
    let place = |line: &&String| !line.starts_with("In file included from");
    let lines = lines.iter().filter(marks).filter(place).take(6);
    let lines = lines.map(|line| line.trim());
    lines.collect::<Vec<_>>().join("; ")
}
