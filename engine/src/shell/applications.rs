//! The socket at which programs ask about their connections, and start and stop TLS.
//!
//! It is open to all users of the host. Who asks has to be the user that opened the socket in question, or
//! root, which the kernel says of both (`SO_PEERCRED`, `sock_diag`).

mod orders;

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use control::application::{Errno, LONGEST, Outcome, Refusal, Reply};
use rustix::net::sockopt;

use super::local::{self, Doors, Socket, SocketError};
use super::{Crew, Shared, privileges};
use orders::Desk;

/// Descriptors that are needed for all who ask: each has a socket, and another one to ask the kernel.
pub const FILES: u64 = 2 * MOST as u64;

/// Those who are connected at a time, and those of one user.
const MOST: usize = 1024;
const MOST_OF_USER: usize = 256;
/// How long a message may take to come.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long somebody may take nothing of what is said.
const STUCK: Duration = Duration::from_secs(10);
/// Memory for the calls of a thread: it does little.
const STACK: usize = 256 * 1024;

/// What the threads that answer need.
struct Office {
    shared: Weak<Shared>,
    crew: Weak<Crew>,
    /// How many of each user are connected.
    connected: Mutex<HashMap<u32, usize>>,
}

/// Begins to answer.
pub fn start(path: &Path, shared: &Arc<Shared>, crew: &Arc<Crew>) -> Result<Socket, SocketError> {
    let (listener, socket) = local::open(path, "--applications", Doors::Everybody)?;
    let office = Arc::new(Office {
        shared: Arc::downgrade(shared),
        crew: Arc::downgrade(crew),
        connected: Mutex::default(),
    });
    thread::spawn(move || {
        privileges::give_up_all();
        for stream in listener.incoming() {
            match stream {
                Ok(stream) => receive(&office, stream),
                // No descriptor is left, for example.
                Err(_) => thread::sleep(Duration::from_millis(100)),
            }
        }
    });
    Ok(socket)
}

fn receive(office: &Arc<Office>, mut stream: UnixStream) {
    let Ok(peer) = sockopt::socket_peercred(&stream) else {
        return;
    };
    let user = peer.uid.as_raw();
    // Who takes nothing of what is said does not hold up others.
    let _ = stream.set_write_timeout(Some(STUCK));
    if !office.lets_in(user) {
        let words = "too many programs ask at a time";
        let _ = say(&mut stream, &refused(Refusal::new(Errno::EBUSY, "", words)));
        return;
    }
    let own = office.clone();
    let talk = move || {
        // Who asks in no way that is known is left without an answer.
        let _ = own.talk(user, stream);
        own.lets_out(user);
    };
    if thread::Builder::new()
        .stack_size(STACK)
        .spawn(talk)
        .is_err()
    {
        office.lets_out(user);
    }
}

impl Office {
    fn lets_in(&self, user: u32) -> bool {
        self.with(|connected| {
            let all: usize = connected.values().sum();
            let own = connected.entry(user).or_default();
            // One user cannot keep root out.
            let most = if user == 0 { MOST } else { MOST_OF_USER };
            let fits = *own < most && (user == 0 || all < MOST);
            *own += usize::from(fits);
            fits
        })
    }

    fn lets_out(&self, user: u32) {
        self.with(|connected| {
            if let Some(own) = connected.get_mut(&user) {
                *own -= 1;
                if *own == 0 {
                    connected.remove(&user);
                }
            }
        });
    }

    fn with<T>(&self, call: impl FnOnce(&mut HashMap<u32, usize>) -> T) -> T {
        call(
            &mut self
                .connected
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    fn talk(&self, user: u32, stream: UnixStream) -> io::Result<()> {
        let mut talk = Talk {
            stream: BufReader::new(stream),
        };
        loop {
            let text = match talk.hear()? {
                None => return Ok(()),
                Some(Ok(text)) => text,
                Some(Err(refusal)) => return talk.say(&refused(refusal)),
            };
            let (Some(shared), Some(crew)) = (self.shared.upgrade(), self.crew.upgrade()) else {
                return Ok(());
            };
            let desk = Desk {
                user,
                shared: &shared,
                crew: &crew,
            };
            let reply = match text.parse() {
                Ok(request) => desk.answer(&request, &mut talk),
                Err(refusal) => refused(refusal),
            };
            talk.say(&reply)?;
        }
    }
}

/// One program that asks.
struct Talk {
    stream: BufReader<UnixStream>,
}

impl Talk {
    /// The next message; `None`: there is none. Whoever is too slow has gone.
    fn hear(&mut self) -> io::Result<Option<Result<String, Refusal>>> {
        let until = Instant::now() + PATIENCE;
        let mut text = Vec::new();
        while text != b"\n" && !text.ends_with(b"\n\n") {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            self.stream.get_ref().set_read_timeout(Some(left))?;
            let came = self.stream.fill_buf()?;
            if came.is_empty() && text.is_empty() {
                return Ok(None);
            }
            if came.is_empty() || text.len() >= LONGEST {
                let words = "a message has at most 64 KiB and ends with an empty line";
                return Ok(Some(Err(invalid(words))));
            }
            let line = came.iter().position(|byte| *byte == b'\n');
            let taken = line.map_or(came.len(), |at| at + 1);
            text.extend_from_slice(came.get(..taken).unwrap_or_default());
            self.stream.consume(taken);
        }
        Ok(Some(
            String::from_utf8(text).map_err(|_| invalid("a message is text")),
        ))
    }

    fn say(&mut self, reply: &Reply) -> io::Result<()> {
        say(self.stream.get_mut(), reply)
    }

    /// Whether who asked went away.
    fn is_gone(&self) -> bool {
        super::desk::is_gone(self.stream.get_ref())
    }
}

fn invalid(words: &str) -> Refusal {
    Refusal::new(Errno::EINVAL, "JrSocketCallParmError", words)
}

fn refused(refusal: Refusal) -> Reply {
    Reply {
        outcome: Outcome::Refused(refusal),
        facts: None,
    }
}

fn say(stream: &mut UnixStream, reply: &Reply) -> io::Result<()> {
    stream.write_all(reply.to_string().as_bytes())
}
