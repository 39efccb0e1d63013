//! Where connections come in, and where they are led.

use std::net::SocketAddr;
use std::os::fd::OwnedFd;

use generator::policy::lookup::{self, Way};

use super::super::dial::{Caller, Dial};
use super::super::pair::Pair;
use super::super::sockets::{self, Socket};
use super::super::transparent::{Marks, Trap};

/// A listening socket.
pub(super) struct Listener {
    pub leads: Leads,
    pub fd: OwnedFd,
    /// The facts by which its connections are mapped: those that they share.
    pub facts: lookup::Connection,
}

/// Where the connections of a listener are led.
pub(super) enum Leads {
    To(SocketAddr, Option<Marks>),
    /// Where they went before they were caught.
    On(Marks),
}

/// Where a connection goes, and between whom it is.
pub(super) struct Course {
    pub dial: Dial,
    pub local: Option<SocketAddr>,
    pub remote: SocketAddr,
}

impl Listener {
    pub fn new(pair: Pair, fd: OwnedFd, user: &str, marks: Option<Marks>) -> Self {
        let facts = lookup::Connection {
            local: pair.listen.ip(),
            remote: pair.connect.ip(),
            local_port: pair.listen.port(),
            remote_port: pair.connect.port(),
            job: pair.job.clone(),
            user: pair.user.clone().unwrap_or_else(|| user.to_owned()),
            way: pair.way,
            at: None,
        };
        let leads = Leads::To(pair.connect, marks);
        Self { leads, fd, facts }
    }

    /// One that connections are led to by the packet filter.
    pub fn of_trap(trap: Trap) -> Self {
        let facts = lookup::Connection {
            local: trap.address.ip(),
            remote: trap.address.ip(),
            local_port: trap.address.port(),
            remote_port: trap.address.port(),
            job: String::new(),
            user: String::new(),
            way: trap.way,
            at: None,
        };
        Self {
            leads: Leads::On(trap.marks),
            fd: trap.fd,
            facts,
        }
    }

    /// Where a connection goes that came. `None`: nowhere, as nothing led it here.
    pub fn course(&self, came: &Socket, peer: SocketAddr) -> Option<Course> {
        let way = self.facts.way;
        let (target, caller, local) = match (&self.leads, way) {
            (Leads::To(target, marks), Way::Inbound) => {
                // What goes to this host is not to be caught as if it came from a partner.
                let mark = marks.map(|marks| match target.ip().is_loopback() {
                    true => marks.inward(),
                    false => marks.outward(),
                });
                (*target, Caller::Engine(mark), sockets::local(&came.fd))
            }
            (Leads::To(target, marks), Way::Outbound) => {
                (*target, Caller::Engine(marks.map(Marks::outward)), None)
            }
            (Leads::On(marks), Way::Inbound) => {
                let target = sockets::original(&came.fd, peer)?;
                (target, Caller::Partner(peer, *marks), Some(target))
            }
            (Leads::On(marks), Way::Outbound) => {
                let target = sockets::original(&came.fd, peer)?;
                (target, Caller::Program(peer.ip(), *marks), Some(peer))
            }
        };
        let remote = if way == Way::Inbound { peer } else { target };
        Some(Course {
            dial: Dial { target, caller },
            local,
            remote,
        })
    }
}
