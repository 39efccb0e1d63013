//! The part of the engine that touches the host: sockets, threads, signals.

mod applications;
mod desk;
mod dial;
mod failures;
mod kept;
mod known;
mod local;
mod metrics;
mod notify;
mod orders;
mod pair;
mod primaries;
mod privileges;
mod probe;
mod programs;
mod questions;
mod reload;
mod shared;
mod sockets;
mod timers;
mod traces;
mod transparent;
mod trial;
mod users;
mod watch;
mod worker;

use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::event::{EventfdFlags, eventfd};
use rustix::io::Errno;
use rustix::process::{Resource, Rlimit, getrlimit, setpriority_process, setrlimit};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1};
use signal_hook::iterator::Signals;
use thiserror::Error;

use crate::messages::Log;
use crate::policy::Source;
use kept::Kept;
use keyring::Rings;
use known::Known;
pub use local::{Control, SocketError};
pub use metrics::Metrics;
use notify::State;
use orders::{Order, Orders};
pub use pair::{Pair, PairError};
pub use privileges::{PrivilegeError, become_user, give_up_all};
pub use programs::JobName;
use programs::Programs;
use reload::Loader;
pub use shared::Options;
use shared::Shared;
pub use transparent::instance;
use transparent::{Transparent, TransparentError, Trap};
use trial::Trials;
use users::Users;
use worker::Worker;

/// How long a thread has for an answer between two turns.
const PATIENCE: Duration = Duration::from_secs(5);
/// Descriptors for all but connections.
const OTHER_FILES: u64 = 100;

/// What the engine is to do.
pub struct Task {
    pub source: Source,
    pub rings: Rings,
    pub pairs: Vec<Pair>,
    /// Connections come without being told to; `None`: only to listeners.
    pub transparent: Option<Interception>,
    /// The user that the engine became; `None`: it is who started it.
    pub user: Option<String>,
    pub workers: usize,
    pub options: Options,
    /// `None`: it can be steered by signals only.
    pub control: Option<Control>,
    /// `None`: its counters are told at the control socket only.
    pub metrics: Option<Metrics>,
    /// The socket at which programs start TLS themselves; `None`: they cannot.
    pub applications: Option<PathBuf>,
    /// Where it keeps what was confirmed last; `None`: nowhere.
    pub state: Option<PathBuf>,
}

/// How connections are caught.
#[derive(Clone, Debug)]
pub struct Interception {
    /// Tells the engines of a host apart.
    pub instance: String,
    pub job_name: JobName,
}

/// Why the engine does not run.
#[derive(Debug, Error)]
pub enum ShellError {
    #[error("the policy is not loaded")]
    Policy,
    #[error("{pair}: cannot listen: {error}")]
    Listen { pair: Pair, error: Errno },
    #[error(transparent)]
    Transparent(#[from] TransparentError),
    #[error(transparent)]
    Socket(#[from] SocketError),
    #[error("--metrics {0}: {1}")]
    Metrics(SocketAddr, io::Error),
    #[error("rights cannot be given up: {0}")]
    Privileges(Errno),
    #[error(
        "the policy asks for job names, for which processes of others are looked at: that needs the capabilities CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH"
    )]
    Processes,
    #[error("the kernel gives no means to wait for sockets: {0}")]
    Poll(#[from] Errno),
    #[error("signals cannot be received: {0}")]
    Signals(#[from] io::Error),
}

/// Runs until a signal ends it.
pub fn run(task: Task, log: Log) -> Result<(), ShellError> {
    // Before anything is heard of: a signal that comes early is not lost.
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM, SIGUSR1])?;
    let kept = Kept::new(task.state.clone());
    let first = Loader::first(&task, &kept, &log);
    let Some((loaded, over)) = first else {
        if let Some(user) = &task.user {
            let words = "who must be able to read the policy and the key rings, now and when they are loaded again";
            log.engine(format!("files are read as the user {user}, {words}"));
        }
        return Err(ShellError::Policy);
    };
    let (pairs, sockets) = listen(&task.pairs, task.workers)?;
    let mut options = task.options.clone();
    options.connections = options.connections.min(connections_of_limit(&task));
    let (mut transparent, mut traps) = (None, Vec::new());
    let users = Arc::new(Users::read());
    let mut shared = Shared::new(options, log.clone(), loaded);
    shared.trials = Trials::new(over);
    shared.known = Known::new(task.applications.is_some());
    shared.say_uncontrolled();
    if let Some(interception) = &task.transparent {
        let needed = shared.instance().asks().jobs;
        privileges::settle_processes(needed).map_err(ShellError::Privileges)?;
        if needed && !privileges::sees_processes() {
            return Err(ShellError::Processes);
        }
        let (own, sockets) = Transparent::new(&interception.instance, task.workers, &log)?;
        (transparent, traps) = (Some(own), sockets);
        shared.programs = Some(Programs::new(interception.job_name, users.clone()));
    }
    let shared = Arc::new(shared);
    traps.resize_with(sockets.len(), Vec::new);
    let crew = Arc::new(Crew::start(
        &shared,
        sockets.into_iter().zip(traps).collect(),
    )?);
    for pair in &pairs {
        log.engine(format!("listens {pair}"));
    }
    if let Some(transparent) = &transparent {
        transparent.follow(&shared.instance(), &users)?;
        log.engine(format!(
            "catches what the policy protects, by the table inet {}",
            transparent.table()
        ));
    }
    let orders = Orders::default();
    let ways = pairs.iter().map(ToString::to_string);
    let table = transparent.as_ref().map(Transparent::table);
    let ways = ways.chain(table.map(|table| format!("transparent, by the table inet {table}")));
    let config = disk::identity(&task.source.path);
    let desk = desk::desk(&shared, &crew, orders.clone(), config, ways.collect());
    let socket = |control| desk::start(control, &desk);
    // It is there until the engine ends.
    let _socket = task.control.as_ref().map(socket).transpose()?;
    if let Some(wanted) = &task.metrics {
        let address = metrics::start(wanted, &desk)?;
        log.engine(format!("counters at http://{address}/metrics"));
    }
    let programs = |path| applications::start(path, &shared, &crew);
    let _programs = task.applications.as_deref().map(programs).transpose()?;
    step_back();
    // Its thread is as modest.
    watch::start(task.rings.clone(), &shared, &crew, orders.clone());
    let loader = Loader {
        task: &task,
        shared: &shared,
        crew: &crew,
        transparent: transparent.as_ref(),
        kept: &kept,
    };
    log.engine("ready");
    notify::tell(State::Ready);
    let handle = signals.handle();
    for signal in signals.forever() {
        match signal {
            SIGHUP | SIGUSR1 => {
                let given = match signal {
                    SIGHUP => vec![Order::refresh()],
                    _ => orders.take(),
                };
                for order in given {
                    notify::tell(State::Reloading);
                    let answer = loader.carry_out(order.work);
                    notify::tell(State::Ready);
                    // Who asked may have gone away.
                    if let Some(done) = order.done {
                        let _ = done.send(answer);
                    }
                }
            }
            _ if shared.ends.swap(true, Ordering::AcqRel) => {
                log.engine("ends at once, as it is told so again");
                break;
            }
            _ => {
                notify::tell(State::Stopping);
                if let Some(Err(error)) = transparent.as_ref().map(Transparent::stop) {
                    log.engine(error.to_string());
                }
                let open = shared.open.load(Ordering::Relaxed);
                log.engine(format!(
                    "ends when its connections have ended, which are {open} now, or in {} s",
                    shared.options.grace.as_secs()
                ));
                crew.wake();
                crew.end_with(handle.clone());
            }
        }
    }
    Ok(())
}

/// What this thread does from now on, reading policies anew, is not to hold up connections: to Linux, this is
/// about one thread.
fn step_back() {
    /// Of -20 to 19; the larger, the more others go first.
    const NICE: i32 = 10;
    // Where it is forbidden, a reload takes its share of the processor as it did before.
    let _ = setpriority_process(None, NICE);
}

/// Listening sockets of one thread, for pairs.
type Sockets = Vec<(Pair, OwnedFd)>;

/// Opens the listening sockets: for each thread one of each pair.
fn listen(pairs: &[Pair], workers: usize) -> Result<(Vec<Pair>, Vec<Sockets>), ShellError> {
    let mut own: Vec<Sockets> = (0..workers.max(1)).map(|_| Vec::new()).collect();
    let mut real = Vec::new();
    for pair in pairs {
        let failed = |error| ShellError::Listen {
            pair: pair.clone(),
            error,
        };
        let mut pair = pair.clone();
        if workers > 1 && pair.listen.port() != 0 {
            // Two engines of one user could share an address without either noticing.
            drop(sockets::listener(pair.listen, false).map_err(failed)?);
        }
        for own in &mut own {
            let fd = sockets::listener(pair.listen, workers > 1).map_err(failed)?;
            if let Some(address) = sockets::local(&fd).filter(|_| pair.listen.port() == 0) {
                pair.listen.set_port(address.port());
            }
            own.push((pair.clone(), fd));
        }
        real.push(pair);
    }
    Ok((real, own))
}

/// Raises the limit of open files as far as it goes; each connection takes two.
fn connections_of_limit(task: &Task) -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    let files = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current,
    };
    let files = files.unwrap_or(u64::MAX).saturating_sub(OTHER_FILES);
    let files = match task.applications {
        // On a host with very few, programs share them with connections.
        Some(_) => files.saturating_sub(applications::FILES.min(files / 4)),
        None => files,
    };
    usize::try_from(files / 2).unwrap_or(usize::MAX)
}

/// What a thread is asked to do between two turns.
type Errand = Box<dyn FnOnce(&mut Worker) + Send>;

/// Errands that wait for a thread.
#[derive(Default)]
struct Mailbox(Mutex<Vec<Errand>>);

impl Mailbox {
    fn put(&self, errand: Errand) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(errand);
    }

    fn take(&self) -> Vec<Errand> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The threads.
struct Crew {
    wakes: Vec<Arc<OwnedFd>>,
    mailboxes: Vec<Arc<Mailbox>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Crew {
    fn start(shared: &Arc<Shared>, sockets: Vec<(Sockets, Vec<Trap>)>) -> Result<Self, ShellError> {
        let (mut wakes, mut mailboxes, mut threads) = (Vec::new(), Vec::new(), Vec::new());
        for (at, (sockets, traps)) in sockets.into_iter().enumerate() {
            let wake = Arc::new(eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC)?);
            let mailbox = Arc::new(Mailbox::default());
            let mut worker = Worker::new(
                shared.clone(),
                wake.clone(),
                mailbox.clone(),
                at,
                sockets,
                traps,
            )?;
            let log = shared.log.clone();
            threads.push(thread::spawn(move || {
                if let Err(error) = worker.run() {
                    log.engine(format!(
                        "a thread ended, as it cannot wait for its sockets: {error}"
                    ));
                }
            }));
            wakes.push(wake);
            mailboxes.push(mailbox);
        }
        Ok(Self {
            wakes,
            mailboxes,
            threads: Mutex::new(threads),
        })
    }

    /// Asks every thread; `None`: one of them does not answer in time.
    fn ask<T: Send + 'static>(
        &self,
        question: impl Fn(&mut Worker) -> T + Clone + Send + 'static,
    ) -> Option<Vec<T>> {
        let (answers, received) = channel();
        for mailbox in &self.mailboxes {
            let (question, answers) = (question.clone(), answers.clone());
            mailbox.put(Box::new(move |worker| {
                // Who asked may have lost patience.
                let _ = answers.send(question(worker));
            }));
        }
        drop(answers);
        self.wake();
        let threads = self.mailboxes.iter();
        threads
            .map(|_| received.recv_timeout(PATIENCE).ok())
            .collect()
    }

    /// Asks one thread; `None`: it does not answer in time.
    fn ask_one<T: Send + 'static>(
        &self,
        at: usize,
        question: impl FnOnce(&mut Worker) -> T + Send + 'static,
    ) -> Option<T> {
        let (answers, received) = channel();
        let (mailbox, wake) = (self.mailboxes.get(at)?, self.wakes.get(at)?);
        mailbox.put(Box::new(move |worker| {
            let _ = answers.send(question(worker));
        }));
        let _ = rustix::io::write(&**wake, &1u64.to_ne_bytes());
        received.recv_timeout(PATIENCE).ok()
    }

    /// Has the threads see anew which connections are traced.
    fn look_again(&self) {
        for mailbox in &self.mailboxes {
            mailbox.put(Box::new(Worker::look_at_traces));
        }
        self.wake();
    }

    /// Has the threads look at what they share.
    fn wake(&self) {
        for wake in &self.wakes {
            let _ = rustix::io::write(&**wake, &1u64.to_ne_bytes());
        }
    }

    /// Ends the wait for signals when all threads have ended.
    fn end_with(&self, signals: signal_hook::iterator::Handle) {
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        thread::spawn(move || {
            for thread in threads {
                let _ = thread.join();
            }
            signals.close();
        });
    }
}
