//! Sockets of Linux, as the loop needs them: they never wait.

use std::net::{IpAddr, SocketAddr};
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, Shutdown, SocketAddrAny, SocketFlags, SocketType,
    acceptfrom_with, bind, getpeername, getsockname, listen, recv, send, shutdown, socket_with,
    sockopt,
};

/// Connections that may wait to be accepted; the kernel has a limit of its own.
const BACKLOG: i32 = 16384;

const FLAGS: SocketFlags = SocketFlags::NONBLOCK.union(SocketFlags::CLOEXEC);

/// One open socket, with what the kernel last said of it.
#[derive(Debug)]
pub struct Socket {
    pub fd: OwnedFd,
    /// There may be something to read.
    pub readable: bool,
    /// The other end sends no more, or the connection is broken: a short read is not the end of what is there.
    pub ending: bool,
    /// The connection is being made.
    pub dialing: bool,
}

/// What came of reading.
pub enum Read {
    /// So many bytes; 0: the end.
    Bytes(usize),
    Nothing,
    Broken,
}

impl Socket {
    pub fn new(fd: OwnedFd, dialing: bool) -> Self {
        // Small messages are not held back; where that cannot be said, nothing breaks.
        let _ = sockopt::set_tcp_nodelay(&fd, true);
        Self {
            fd,
            readable: false,
            ending: false,
            dialing,
        }
    }

    pub fn read(&mut self, room: &mut [u8]) -> Read {
        let size = room.len();
        match recv(&self.fd, room, RecvFlags::empty()) {
            Ok((_, 0)) => {
                self.readable = false;
                Read::Bytes(0)
            }
            Ok((_, bytes)) => {
                // Less than there was room for: the queue is empty, and the kernel tells when it is not.
                self.readable = bytes == size || self.ending;
                Read::Bytes(bytes)
            }
            Err(Errno::INTR) => Read::Nothing,
            Err(Errno::AGAIN) => {
                self.readable = false;
                Read::Nothing
            }
            Err(_) => {
                self.readable = false;
                Read::Broken
            }
        }
    }

    /// How many bytes were taken; an error when the connection is broken.
    pub fn write(&self, bytes: &[u8]) -> Result<usize, Errno> {
        match send(&self.fd, bytes, SendFlags::NOSIGNAL) {
            Err(Errno::AGAIN | Errno::INTR) => Ok(0),
            other => other,
        }
    }

    pub fn finish(&self) {
        // Of a connection that is broken meanwhile, the next read tells.
        let _ = shutdown(&self.fd, Shutdown::Write);
    }

    /// Has the kernel acknowledge at once what came.
    pub fn acknowledge(&self) {
        // Where it does not, it does so a moment later.
        let _ = sockopt::set_tcp_quickack(&self.fd, true);
    }

    /// Has the other end see that the connection was cut, when it is closed.
    pub fn reset(&self) {
        let _ = sockopt::set_socket_linger(&self.fd, Some(Duration::ZERO));
    }
}

/// A socket that listens. Several threads may share the address.
pub fn listener(address: SocketAddr, shared: bool) -> Result<OwnedFd, Errno> {
    listener_of(new_socket(address)?, address, shared)
}

/// The same, which never takes connections of the other family.
pub fn listener_of_family(address: SocketAddr, shared: bool) -> Result<OwnedFd, Errno> {
    let fd = new_socket(address)?;
    if address.is_ipv6() {
        sockopt::set_ipv6_v6only(&fd, true)?;
    }
    listener_of(fd, address, shared)
}

fn listener_of(fd: OwnedFd, address: SocketAddr, shared: bool) -> Result<OwnedFd, Errno> {
    sockopt::set_socket_reuseaddr(&fd, true)?;
    if shared {
        sockopt::set_socket_reuseport(&fd, true)?;
    }
    bind(&fd, &address)?;
    listen(&fd, BACKLOG)?;
    Ok(fd)
}

/// A socket for connections to addresses of the same family.
pub fn new_socket(like: SocketAddr) -> Result<OwnedFd, Errno> {
    socket_with(family(like), SocketType::STREAM, FLAGS, None)
}

/// How a connection that was begun ended: `None`, it is there.
pub fn dial_error(socket: &Socket) -> Option<Errno> {
    match sockopt::socket_error(&socket.fd) {
        Ok(Ok(())) => None,
        Ok(Err(error)) | Err(error) => Some(error),
    }
}

/// The next connection that waits, and its other end.
pub fn accept(listener: &OwnedFd) -> Result<(Socket, SocketAddr), Errno> {
    let (fd, peer) = acceptfrom_with(listener, FLAGS)?;
    let peer = peer.and_then(plain).ok_or(Errno::CONNABORTED)?;
    Ok((Socket::new(fd, false), peer))
}

/// The address of this end.
pub fn local(fd: &OwnedFd) -> Option<SocketAddr> {
    getsockname(fd).ok().and_then(plain)
}

/// The address of the other end.
pub fn peer(fd: &OwnedFd) -> Option<SocketAddr> {
    getpeername(fd).ok().flatten().and_then(plain)
}

/// Where a connection went before the packet filter led it here; `None`: it came by itself.
pub fn original(fd: &OwnedFd, like: SocketAddr) -> Option<SocketAddr> {
    let found = match like {
        SocketAddr::V4(_) => sockopt::ip_original_dst(fd).map(SocketAddr::V4),
        SocketAddr::V6(_) => sockopt::ipv6_original_dst(fd).map(SocketAddr::V6),
    };
    found.ok().filter(|found| local(fd) != Some(*found))
}

/// An address without its embedding in IPv6.
fn plain(address: SocketAddrAny) -> Option<SocketAddr> {
    let address = SocketAddr::try_from(address).ok()?;
    Some(SocketAddr::new(canonical(address.ip()), address.port()))
}

fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

fn family(address: SocketAddr) -> AddressFamily {
    match address {
        SocketAddr::V4(_) => AddressFamily::INET,
        SocketAddr::V6(_) => AddressFamily::INET6,
    }
}
