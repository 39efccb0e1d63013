//! Which program a connection is of, and whose.

mod diag;
mod process;

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use generator::policy::lookup::Way;

use super::users::Users;
use crate::policy::Asks;
pub use diag::Diag;
use diag::Found;
pub use process::JobName;
use process::Process;

/// Sockets that listen and whose program is known.
const LISTENERS: usize = 1024;
/// Processes of one user that connected before, which are asked first.
const RECENT: usize = 8;
/// Users whose processes are kept in mind.
const USERS: usize = 1024;

/// Finds programs; the threads share it.
pub struct Programs {
    by: JobName,
    users: Mutex<Arc<Users>>,
    memory: Mutex<Memory>,
}

/// What is known from before, so that not all processes are looked at each time.
#[derive(Default)]
struct Memory {
    diag: Option<Diag>,
    /// The process of a socket that listens, by the socket's number.
    listeners: HashMap<u32, Process>,
    /// By user.
    recent: HashMap<u32, VecDeque<u32>>,
}

/// A program as rules see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// Empty: it was not found.
    pub job: String,
    /// Empty: nobody has that socket.
    pub user: String,
}

impl Programs {
    pub fn new(by: JobName, users: Arc<Users>) -> Self {
        Self {
            by,
            users: Mutex::new(users),
            memory: Mutex::new(Memory::default()),
        }
    }

    /// Takes another list of users, and gives back the one that was there.
    pub fn replace_users(&self, users: Arc<Users>) -> Arc<Users> {
        let mut current = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *current, users)
    }

    /// The program of a connection: who made it or, of one that comes from outside, who waits for it. Only
    /// what is asked for is looked at.
    pub fn find(&self, asks: Asks, way: Way, local: SocketAddr, remote: SocketAddr) -> Program {
        if asks == Asks::default() {
            return Program::default();
        }
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(found) = memory.socket(local, remote) else {
            return Program::default();
        };
        let users = self
            .users
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let process = if asks.jobs {
            memory.process(way, found)
        } else {
            None
        };
        Program {
            job: process.map_or_else(String::new, |process| process::job(process, self.by)),
            user: users.name(found.uid),
        }
    }
}

impl Memory {
    fn socket(&mut self, local: SocketAddr, remote: SocketAddr) -> Option<Found> {
        let mut diag = self.diag.take().or_else(|| Diag::open().ok())?;
        let found = diag.find(local, remote).ok()?;
        // One that failed is opened anew the next time.
        self.diag = Some(diag);
        found
    }

    fn process(&mut self, way: Way, found: Found) -> Option<u32> {
        if found.inode == 0 {
            return None;
        }
        match way {
            Way::Inbound => {
                let known = self.listeners.get(&found.inode).copied();
                if let Some(process) = known.filter(|process| process.runs()) {
                    return Some(process.number);
                }
                let process = Process::of(search(found.inode)?)?;
                if self.listeners.len() >= LISTENERS {
                    self.listeners.clear();
                }
                self.listeners.insert(found.inode, process);
                Some(process.number)
            }
            Way::Outbound => {
                let recent = self.recent.get(&found.uid);
                let mut known = recent.into_iter().flatten().copied();
                let known = known.find(|process| process::has_open(*process, found.inode));
                let process = known.or_else(|| search(found.inode))?;
                if self.recent.len() >= USERS {
                    self.recent.clear();
                }
                let recent = self.recent.entry(found.uid).or_default();
                recent.retain(|one| *one != process);
                recent.push_front(process);
                recent.truncate(RECENT);
                Some(process)
            }
        }
    }
}

fn search(inode: u32) -> Option<u32> {
    let mut all = process::all().into_iter();
    all.find(|process| process::has_open(*process, inode))
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    const ALL: Asks = Asks {
        jobs: true,
        users: true,
    };

    #[test]
    fn who_connects_and_who_waits_are_found_again_and_again() {
        let own = process::job(std::process::id(), JobName::Process);
        let users = Users::read();
        let user = users.name(rustix::process::geteuid().as_raw());
        let programs = Programs::new(JobName::Process, Arc::new(users));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let to = listener.local_addr().expect("an address");
        for _ in 0..3 {
            let stream = TcpStream::connect(to).expect("a connection");
            let from = stream.local_addr().expect("an address");
            let expected = Program {
                job: own.clone(),
                user: user.clone(),
            };
            assert_eq!(programs.find(ALL, Way::Outbound, from, to), expected);
            let partner = "127.0.0.1:9".parse().expect("an address");
            assert_eq!(programs.find(ALL, Way::Inbound, to, partner), expected);
        }
        drop(listener);
        let nobody = "127.0.0.1:9".parse().expect("an address");
        assert_eq!(
            programs.find(ALL, Way::Inbound, to, nobody),
            Program::default()
        );
    }
}
