//! The side of the control socket that answers.

use std::collections::HashMap;
use std::fmt;
use std::io::{self, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::failures::Kept;
use super::kept::infos;
use super::local::{self, Control, Doors, Socket, SocketError};
use super::orders::{Cause, Order, Orders, Work};
use super::questions::{Heard, Questions};
use super::traces::{Keeps, is_chosen};
use super::{Crew, Shared, privileges, probe};
use crate::diagnosis::Now;
use crate::messages::NoLine;
use crate::policy::Protection;
use crate::tls;
use control::{Answer, Ask, End, Of, RuleInfo, Status, Which};

/// Those who are connected at a time.
const MOST: usize = 16;
/// How long somebody may be connected without asking.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long somebody may take nothing of what is said.
const STUCK: Duration = Duration::from_secs(10);
/// How long a load may take.
const LOAD: Duration = Duration::from_secs(110);

/// What the threads that answer need.
pub struct Desk {
    shared: Weak<Shared>,
    crew: Weak<Crew>,
    orders: Orders,
    config: PathBuf,
    ways: Vec<String>,
    /// Somebody asks what is longer than questions are.
    long: AtomicBool,
    connected: AtomicUsize,
}

/// What answers, by whichever way it is asked.
pub fn desk(
    shared: &Arc<Shared>,
    crew: &Arc<Crew>,
    orders: Orders,
    config: PathBuf,
    ways: Vec<String>,
) -> Arc<Desk> {
    Arc::new(Desk {
        shared: Arc::downgrade(shared),
        crew: Arc::downgrade(crew),
        orders,
        config,
        ways,
        long: AtomicBool::new(false),
        connected: AtomicUsize::new(0),
    })
}

/// Begins to answer at a socket.
pub fn start(control: &Control, desk: &Arc<Desk>) -> Result<Socket, SocketError> {
    let doors = match &control.group {
        Some(name) => Doors::Group(name),
        None => Doors::Own,
    };
    let (listener, socket) = local::open(&control.path, "--control", doors)?;
    let desk = desk.clone();
    thread::spawn(move || {
        privileges::give_up_all();
        for stream in listener.incoming() {
            match stream {
                Ok(stream) => receive(&desk, stream),
                // No descriptor is left, for example.
                Err(_) => thread::sleep(Duration::from_millis(100)),
            }
        }
    });
    Ok(socket)
}

fn receive(desk: &Arc<Desk>, mut stream: UnixStream) {
    if desk.connected.fetch_add(1, Ordering::AcqRel) >= MOST {
        let _ = say(&mut stream, &refused("16 others ask already; try again"));
        desk.connected.fetch_sub(1, Ordering::AcqRel);
        return;
    }
    let desk = desk.clone();
    thread::spawn(move || {
        // Who asks in no way that is known is left without an answer.
        let _ = talk(&desk, stream);
        desk.connected.fetch_sub(1, Ordering::AcqRel);
    });
}

fn talk(desk: &Desk, mut stream: UnixStream) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(STUCK))?;
    let who = Who::of(&stream);
    let mut questions = Questions::new(stream.try_clone()?, &desk.long);
    loop {
        let answer = match questions.next()? {
            Heard::Nothing => return Ok(()),
            Heard::TooLong(why) => return say(&mut stream, &refused(why)),
            Heard::Line(line) => match serde_json::from_slice(line.bytes()) {
                Ok(Ask::Events) => return desk.events(&mut stream),
                Ok(ask) => desk.answer(ask, who),
                Err(error) => refused(format!("the question is not understood: {error}")),
            },
        };
        say(&mut stream, &answer)?;
    }
}

/// Who asks, as the kernel says.
#[derive(Clone, Copy, Debug)]
pub enum Who {
    Engine,
    User(u32),
    Unknown,
}

impl Who {
    fn of(stream: &UnixStream) -> Self {
        let found = rustix::net::sockopt::socket_peercred(stream);
        found.map_or(Self::Unknown, |found| Self::User(found.uid.as_raw()))
    }
}

impl fmt::Display for Who {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Engine => write!(out, "the engine"),
            Self::User(uid) => write!(out, "the user with the number {uid}"),
            Self::Unknown => write!(out, "somebody"),
        }
    }
}

fn say(stream: &mut UnixStream, answer: &Answer) -> io::Result<()> {
    let mut line = serde_json::to_vec(answer)?;
    line.push(b'\n');
    stream.write_all(&line)
}

fn refused(why: impl Into<String>) -> Answer {
    Answer::Refused { why: why.into() }
}

impl Desk {
    /// Answers; `who` asks is told where that is worth a line in the log.
    pub fn answer(&self, ask: Ask, who: Who) -> Answer {
        let (Some(shared), Some(crew)) = (self.shared.upgrade(), self.crew.upgrade()) else {
            return refused("the engine has ended");
        };
        match ask {
            Ask::Status => Answer::Status(self.status(&shared)),
            Ask::Connections { which } => connections(&crew, &which),
            Ask::Failures { which, after } => failures(&shared, &which, after.unwrap_or(0)),
            Ask::Rules => rules(&shared, &crew),
            Ask::Parameters { of } => parameters(&shared, &crew, of),
            Ask::Update => self.order(Work::Load(Cause::Update)),
            Ask::Refresh => self.order(Work::Load(Cause::Refresh)),
            Ask::Check { files } => self.order(Work::Check(files)),
            Ask::Activate { within } => self.order(Work::Activate(within)),
            Ask::Confirm { trial } => self.order(Work::Confirm(trial)),
            Ask::Back { trial } => self.order(Work::Back(trial)),
            Ask::Probe {
                rule,
                connect,
                name,
            } => match connect {
                Some(address) => probe::address(address, name.as_deref()),
                None => probe::rules(&shared.instance(), rule.as_deref()),
            },
            Ask::Trace {
                which,
                level,
                seconds,
                capture,
                clear_text,
            } => {
                let keeps = match (clear_text, capture) {
                    (Some(reason), _) => Keeps::Data(reason),
                    (None, true) => Keeps::Handshakes,
                    (None, false) => Keeps::Nothing,
                };
                trace(&shared, &crew, which, level, seconds, keeps, who)
            }
            Ask::Captured { trace, after } => match shared.traces.capture(trace) {
                Some(capture) => {
                    let (records, dropped) = capture.records(after);
                    Answer::Captured { records, dropped }
                }
                None => not_kept(trace),
            },
            Ask::Pcapng {
                trace,
                without_secrets,
            } => match shared.traces.capture(trace) {
                Some(capture) => {
                    let reason = capture.reason().filter(|_| !without_secrets);
                    if let Some(reason) = reason {
                        shared.log.engine(format!(
                            "trace {trace}: {who} took what programs said, kept for this reason: {reason}"
                        ));
                    }
                    Answer::Pcapng {
                        base64: STANDARD.encode(capture.pcapng(!without_secrets)),
                        clear_text: reason.map(str::to_owned),
                    }
                }
                None => not_kept(trace),
            },
            Ask::EndTrace { number } => {
                let ended = shared.traces.end(number, Instant::now());
                if let (Some(number), 0) = (number, ended) {
                    return refused(format!("there is no trace {number}"));
                }
                shared.log.engine(match number {
                    Some(number) => format!("trace {number} is ended"),
                    None => format!("all traces are ended, {ended} of them"),
                });
                crew.look_again();
                traces(&shared)
            }
            Ask::Traces => traces(&shared),
            // Dealt with before.
            Ask::Events => refused("events are not answered"),
        }
    }

    fn status(&self, shared: &Shared) -> Status {
        let instance = shared.instance();
        Status {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            library: tls::library().to_owned(),
            stack: instance.stack.clone(),
            config: self.config.clone(),
            files: infos(instance.files()),
            trial: shared.trials.info(),
            rules: instance.rules().len(),
            started: shared.started,
            loaded: instance.loaded,
            open: shared.open.load(Ordering::Relaxed),
            most: shared.options.connections,
            fail_closed: shared.options.fail_closed,
            ending: shared.ends.load(Ordering::Acquire),
            ways: self.ways.clone(),
            unmapped: shared.unmapped.counts(),
            failed_by_code: shared.failures.by_code(),
            failed_by_alert: shared.failures.by_alert(),
        }
    }

    /// Has the thread that loads policies do something.
    fn order(&self, work: Work) -> Answer {
        let (done, answer) = channel();
        let done = Some(done);
        if let Err(error) = self.orders.give(Order { work, done }) {
            return refused(format!("the engine cannot be told to: {error}"));
        }
        answer.recv_timeout(LOAD).unwrap_or_else(|_| {
            refused("it takes longer than can be waited for; the log will say what came of it")
        })
    }

    /// Passes on what the log says, until somebody goes away.
    fn events(&self, stream: &mut UnixStream) -> io::Result<()> {
        let Some(lines) = self.shared.upgrade().map(|shared| shared.log.follow()) else {
            return say(stream, &refused("the engine has ended"));
        };
        loop {
            let why = match lines.next(Duration::from_secs(1)) {
                Ok(line) => {
                    say(stream, &Answer::Event { line })?;
                    continue;
                }
                Err(NoLine::Yet) if is_gone(stream) => return Ok(()),
                Err(NoLine::Yet) => continue,
                Err(NoLine::Ended) => End::Engine,
                Err(NoLine::TooSlow) => End::TooSlow,
            };
            return say(stream, &Answer::Ended { why });
        }
    }
}

/// Whether the other side went away.
pub fn is_gone(stream: &UnixStream) -> bool {
    use rustix::net::{RecvFlags, recv};
    let mut one = [0u8; 1];
    matches!(
        recv(stream, &mut one, RecvFlags::PEEK | RecvFlags::DONTWAIT),
        Ok((_, 0))
    )
}

fn connections(crew: &Crew, which: &Which) -> Answer {
    let which = which.clone();
    let found = crew.ask(move |worker| worker.connections(&which));
    match found {
        Some(found) => {
            let mut connections: Vec<_> = found.into_iter().flatten().collect();
            connections.sort_by_key(|one| one.id);
            Answer::Connections { connections }
        }
        None => refused("a thread did not answer in time"),
    }
}

/// Failures with what is to be said of them, by the policy of their time and that of now.
fn failures(shared: &Shared, which: &Which, after: u64) -> Answer {
    let mut kept = shared.failures.after(after);
    kept.retain(|one| is_chosen(which, &one.case.subject, one.case.rule.as_deref()));
    let instance = shared.instance();
    let mut now: HashMap<&str, Now> = HashMap::new();
    for rule in kept.iter().filter_map(|one| one.case.rule.as_deref()) {
        now.entry(rule).or_default();
    }
    for rule in instance.rules() {
        let (Some(known), Protection::Tls(environment)) =
            (now.get_mut(&*rule.name), &rule.actions.protection)
        else {
            continue;
        };
        known.settings.clone_from(&rule.actions.settings);
        known.ring = Some(environment.ring.clone());
    }
    let none = Now::default();
    let info = |one: &Kept| {
        let rule = one.case.rule.as_deref();
        let now = rule.and_then(|rule| now.get(rule)).unwrap_or(&none);
        one.case.info(one.number, one.time, now)
    };
    Answer::Failures {
        failures: kept.iter().map(info).collect(),
    }
}

fn rules(shared: &Shared, crew: &Crew) -> Answer {
    // What passed on open connections counts, too.
    if crew.ask(|worker| worker.count()).is_none() {
        return refused("a thread did not answer in time");
    }
    let instance = shared.instance();
    let info = |rule: &crate::policy::Rule| RuleInfo {
        name: rule.name.to_string(),
        protects: matches!(rule.actions.protection, Protection::Tls(_)),
        counts: rule.counters.counts(),
    };
    Answer::Rules {
        rules: instance.rules().iter().map(info).collect(),
    }
}

/// Of a connection, as they were when it was mapped.
fn parameters(shared: &Shared, crew: &Crew, of: Of) -> Answer {
    let rule = match of {
        Of::Rule(name) => match shared.instance().rule(&name) {
            Some(rule) => rule.clone(),
            None => return refused(format!("the policy has no rule {name}")),
        },
        Of::Connection(id) => {
            let Some(found) = crew.ask(move |worker| worker.rule_of(id)) else {
                return refused("a thread did not answer in time");
            };
            match found.into_iter().flatten().next() {
                None => return refused(format!("no connection {id:08X} is open")),
                Some(None) => return refused(format!("no rule takes connection {id:08X}")),
                Some(Some(rule)) => rule,
            }
        }
    };
    Answer::Parameters {
        rule: rule.name.to_string(),
        parameters: rule.actions.parameters.all(),
    }
}

fn not_kept(trace: u32) -> Answer {
    refused(format!(
        "there is no trace {trace} that keeps what is said, or it is gone"
    ))
}

fn trace(
    shared: &Shared,
    crew: &Crew,
    which: Which,
    level: u8,
    seconds: u32,
    keeps: Keeps,
    who: Who,
) -> Answer {
    if matches!(keeps, Keeps::Data(_)) && !allows_clear_text(shared, &which) {
        return refused(
            "no rule that is meant says `CtraceClearText On`: what programs say is kept nowhere",
        );
    }
    let words = serde_json::to_string(&which).unwrap_or_default();
    let kept = match &keeps {
        Keeps::Nothing => String::new(),
        Keeps::Handshakes => ", and keeps what is said in handshakes".to_owned(),
        Keeps::Data(reason) => format!(
            ", and keeps what programs say where `CtraceClearText On` allows it, for {who} and this reason: {reason}"
        ),
    };
    let now = Instant::now();
    match shared.traces.begin(which, level, seconds, keeps, now) {
        Ok(number) => {
            shared.log.engine(format!(
                "trace {number} begins, level {level}, for {seconds} s, of connections with {words}{kept}"
            ));
            crew.look_again();
            traces(shared)
        }
        Err(why) => refused(why),
    }
}

fn allows_clear_text(shared: &Shared, which: &Which) -> bool {
    let instance = shared.instance();
    let mut rules = instance.rules().iter();
    let meant = |name: &str| which.rule.as_deref().is_none_or(|rule| rule == name);
    rules.any(|rule| rule.actions.clear_text && meant(&rule.name))
}

fn traces(shared: &Shared) -> Answer {
    Answer::Traces {
        traces: shared.traces.list(Instant::now()),
    }
}
