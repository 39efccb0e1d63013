//! Tells systemd how far the engine is, where it asks for that (`sd_notify(3)`).

use std::ffi::OsString;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

use rustix::time::{ClockId, clock_gettime};

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Connections are served, after the start and after each reload.
    Ready,
    Reloading,
    Stopping,
}

/// Tells it; without systemd nobody listens, and nothing depends on it.
pub fn tell(state: State) {
    if let Some(path) = std::env::var_os("NOTIFY_SOCKET") {
        let _ = send(&path, &words(state));
    }
}

fn words(state: State) -> String {
    match state {
        State::Ready => "READY=1".to_owned(),
        State::Reloading => {
            let now = clock_gettime(ClockId::Monotonic);
            let micros = now.tv_sec * 1_000_000 + now.tv_nsec / 1000;
            format!("RELOADING=1\nMONOTONIC_USEC={micros}")
        }
        State::Stopping => "STOPPING=1".to_owned(),
    }
}

fn send(path: &OsString, words: &str) -> std::io::Result<usize> {
    let bytes = path.as_bytes();
    let address = match bytes.strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(path)?,
    };
    UnixDatagram::unbound()?.send_to_addr(words.as_bytes(), &address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_sockets_are_told() {
        let place = tempfile::tempdir().expect("a directory");
        let path = place.path().join("notify");
        let abstract_name = format!("gatehouse-test-{}", std::process::id());
        let named = UnixDatagram::bind(&path).expect("a socket");
        let address = SocketAddr::from_abstract_name(&abstract_name).expect("a name");
        let unnamed = UnixDatagram::bind_addr(&address).expect("a socket");
        for (socket, path) in [
            (named, path.into_os_string()),
            (unnamed, format!("@{abstract_name}").into()),
        ] {
            send(&path, &words(State::Ready)).expect("somebody listens");
            let mut room = [0; 64];
            let bytes = socket.recv(&mut room).expect("a message");
            assert_eq!(&room[..bytes], b"READY=1");
        }
        assert!(words(State::Reloading).starts_with("RELOADING=1\nMONOTONIC_USEC="));
    }
}
