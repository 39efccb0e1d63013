//! Asks the kernel for one TCP socket: whose it is, and its number.
//!
//! One question about exact addresses over netlink (`sock_diag(7)`), which the kernel answers without
//! walking over all sockets.

use std::net::{IpAddr, SocketAddr};
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink, recv, send, socket_with,
    sockopt,
};

const SOCK_DIAG_BY_FAMILY: u16 = 20;
const NLM_F_REQUEST: u16 = 1;
const IPPROTO_TCP: u8 = 6;
const HEADER: usize = 16;
const QUESTION: usize = HEADER + 56;
/// Where the answer has the state of the socket, its queues, its user and its number.
const STATE: usize = HEADER + 1;
const UNREAD: usize = HEADER + 56;
const UNSENT: usize = HEADER + 60;
const UID: usize = HEADER + 64;
const INODE: usize = HEADER + 68;

/// A socket of this host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Who opened it.
    pub uid: u32,
    /// Its number; 0: no program has it open.
    pub inode: u32,
    /// It waits for connections: the two numbers below mean others.
    pub listens: bool,
    /// Bytes that came and that its program has not read.
    pub unread: u32,
    /// Bytes that its program wrote and that the other end has not acknowledged.
    pub unsent: u32,
}

/// `TCP_LISTEN` of tcp_states.h.
const LISTENS: u8 = 10;

/// A connection to the kernel.
pub struct Diag {
    fd: OwnedFd,
    count: u32,
}

impl Diag {
    pub fn open() -> Result<Self, Errno> {
        let fd = socket_with(
            AddressFamily::NETLINK,
            SocketType::DGRAM,
            SocketFlags::CLOEXEC,
            Some(netlink::SOCK_DIAG),
        )?;
        // The answer is there when the question was sent; nothing waits here for ever all the same.
        sockopt::set_socket_timeout(
            &fd,
            sockopt::Timeout::Recv,
            Some(Duration::from_millis(200)),
        )?;
        Ok(Self { fd, count: 0 })
    }

    /// The socket with these ends, or the one that listens for such connections. `None`: there is none.
    pub fn find(&mut self, local: SocketAddr, remote: SocketAddr) -> Result<Option<Found>, Errno> {
        self.count = self.count.wrapping_add(1);
        send(
            &self.fd,
            &question(self.count, local, remote),
            SendFlags::empty(),
        )?;
        let mut room = [0; 1024];
        loop {
            let (_, bytes) = recv(&self.fd, &mut room, RecvFlags::empty())?;
            let answer = room.get(..bytes).unwrap_or_default();
            // One that came too late for its question is passed over.
            if number(answer, 8) != Some(self.count) {
                continue;
            }
            let kind = answer.get(4..6).and_then(|kind| kind.try_into().ok());
            if kind.map(u16::from_ne_bytes) != Some(SOCK_DIAG_BY_FAMILY) {
                return Ok(None);
            }
            return Ok(found(answer));
        }
    }
}

/// `inet_diag_msg`.
fn found(answer: &[u8]) -> Option<Found> {
    Some(Found {
        uid: number(answer, UID)?,
        inode: number(answer, INODE)?,
        listens: *answer.get(STATE)? == LISTENS,
        unread: number(answer, UNREAD)?,
        unsent: number(answer, UNSENT)?,
    })
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?;
    bytes.try_into().ok().map(u32::from_ne_bytes)
}

/// `nlmsghdr` and `inet_diag_req_v2`.
fn question(count: u32, local: SocketAddr, remote: SocketAddr) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(QUESTION);
    let length = u32::try_from(QUESTION).unwrap_or_default();
    bytes.extend(length.to_ne_bytes());
    bytes.extend(SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    bytes.extend(NLM_F_REQUEST.to_ne_bytes());
    bytes.extend(count.to_ne_bytes());
    bytes.extend([0; 4]);
    let family = if local.is_ipv4() {
        AddressFamily::INET
    } else {
        AddressFamily::INET6
    };
    bytes.extend([
        u8::try_from(family.as_raw()).unwrap_or_default(),
        IPPROTO_TCP,
        0,
        0,
    ]);
    // Sockets in any state.
    bytes.extend(u32::MAX.to_ne_bytes());
    bytes.extend(local.port().to_be_bytes());
    bytes.extend(remote.port().to_be_bytes());
    for end in [local, remote] {
        match end.ip() {
            IpAddr::V4(address) => {
                bytes.extend(address.octets());
                bytes.extend([0; 12]);
            }
            IpAddr::V6(address) => bytes.extend(address.octets()),
        }
    }
    bytes.extend([0; 4]);
    // No cookie is asked for.
    bytes.extend([0xff; 8]);
    bytes
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::os::fd::AsRawFd;

    use super::*;

    /// The number of a socket by its own descriptor.
    fn inode(socket: &impl AsRawFd) -> String {
        let link = fs::read_link(format!("/proc/self/fd/{}", socket.as_raw_fd()));
        link.expect("a link").to_string_lossy().into_owned()
    }

    #[test]
    fn both_ends_and_the_listener_are_found() {
        let mut diag = Diag::open().expect("netlink");
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let Ok(listener) = TcpListener::bind(address) else {
                continue;
            };
            let to = listener.local_addr().expect("an address");
            let mut stranger = to;
            stranger.set_port(9);
            let found = diag
                .find(to, stranger)
                .expect("an answer")
                .expect("a listener");
            assert_eq!(format!("socket:[{}]", found.inode), inode(&listener));
            assert!(found.listens);
            let stream = TcpStream::connect(to).expect("a connection");
            let own = stream.local_addr().expect("an address");
            let found = diag.find(own, to).expect("an answer").expect("a socket");
            assert_eq!(format!("socket:[{}]", found.inode), inode(&stream));
            assert_eq!(found.uid, rustix::process::geteuid().as_raw());
            assert!(!found.listens);
            // What is under way, and what is not read.
            let (mut other, _) = listener.accept().expect("a connection");
            stream.set_nodelay(true).expect("an option");
            (&stream).write_all(b"12345").expect("sent");
            other.read_exact(&mut [0; 2]).expect("read");
            let found = diag.find(to, own).expect("an answer").expect("a socket");
            assert_eq!((found.unread, found.unsent), (3, 0));
            drop((stream, listener, other));
            assert_eq!(diag.find(stranger, to), Ok(None));
        }
    }
}
