//! Where a connection is led, and as whom.

use std::net::{IpAddr, SocketAddr};
use std::os::fd::OwnedFd;

use rustix::io::Errno;
use rustix::net::{bind, connect, sockopt};
use socket2::SockRef;

use super::sockets::{Socket, new_socket};
use super::transparent::Marks;

/// Ports of this host that are tried when one happens to be in use with the same other end.
const TRIES: usize = 4;

/// A connection that is to be made.
#[derive(Clone, Copy, Debug)]
pub struct Dial {
    pub target: SocketAddr,
    pub caller: Caller,
}

/// Whose connection the other end is to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// The engine's, as it comes; with a mark where connections are caught that have none.
    Engine(Option<u32>),
    /// That of a program here, whose address it shows.
    Program(IpAddr, Marks),
    /// The partner's, whose address and port it shows.
    Partner(SocketAddr, Marks),
}

impl Dial {
    /// Begins the connection.
    pub fn begin(&self) -> Result<Socket, Errno> {
        match self.caller {
            Caller::Engine(number) => {
                self.make(None, |fd| number.map_or(Ok(()), |number| mark(fd, number)))
            }
            Caller::Program(own, marks) => {
                let own = SocketAddr::new(own, 0);
                self.with_any_port(own, |fd| mark(fd, marks.outward()))
            }
            Caller::Partner(partner, marks) => {
                let prepare = |fd: &OwnedFd| {
                    mark(fd, marks.inward())?;
                    be_transparent(fd, partner)
                };
                match self.make(Some(partner), prepare) {
                    // A partner on this host has that port itself.
                    Err(Errno::ADDRINUSE | Errno::ADDRNOTAVAIL) => {
                        self.with_any_port(SocketAddr::new(partner.ip(), 0), prepare)
                    }
                    other => other,
                }
            }
        }
    }

    fn with_any_port(
        &self,
        own: SocketAddr,
        prepare: impl Fn(&OwnedFd) -> Result<(), Errno>,
    ) -> Result<Socket, Errno> {
        for _ in 1..TRIES {
            match self.make(Some(own), &prepare) {
                Err(Errno::ADDRNOTAVAIL | Errno::ADDRINUSE) => {}
                other => return other,
            }
        }
        self.make(Some(own), prepare)
    }

    fn make(
        &self,
        own: Option<SocketAddr>,
        prepare: impl Fn(&OwnedFd) -> Result<(), Errno>,
    ) -> Result<Socket, Errno> {
        let fd = new_socket(self.target)?;
        prepare(&fd)?;
        if let Some(own) = own {
            // Connections to different ends may have the same port here.
            sockopt::set_socket_reuseaddr(&fd, true)?;
            bind(&fd, &own)?;
        }
        match connect(&fd, &self.target) {
            Ok(()) | Err(Errno::INPROGRESS) => Ok(Socket::new(fd, true)),
            Err(error) => Err(error),
        }
    }
}

fn mark(fd: &OwnedFd, mark: u32) -> Result<(), Errno> {
    SockRef::from(fd).set_mark(mark).map_err(errno)
}

fn be_transparent(fd: &OwnedFd, like: SocketAddr) -> Result<(), Errno> {
    let socket = SockRef::from(fd);
    match like {
        SocketAddr::V4(_) => socket.set_ip_transparent_v4(true),
        SocketAddr::V6(_) => socket.set_ip_transparent_v6(true),
    }
    .map_err(errno)
}

fn errno(error: std::io::Error) -> Errno {
    Errno::from_io_error(&error).unwrap_or(Errno::INVAL)
}
