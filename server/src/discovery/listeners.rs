//! The ports that programs of this machine wait at.

use std::collections::BTreeMap;

use api::discovery::Listener;
use procfs::ProcResult;
use procfs::net::{TcpNetEntry, TcpState};
use procfs::process::{FDTarget, all_processes};

use super::{address_of, each_once};

/// All of them, by port. The name of a program is known only where this server may look into its
/// process, its owner always.
///
/// # Errors
/// When `/proc` cannot be read.
pub fn here() -> ProcResult<Vec<Listener>> {
    let mut sockets: Vec<TcpNetEntry> = procfs::net::tcp()?;
    // A kernel without IPv6 has no such file.
    sockets.extend(procfs::net::tcp6().unwrap_or_default());
    sockets.retain(|socket| socket.state == TcpState::Listen);
    let programs = programs()?;
    let found = sockets.into_iter().map(|socket| Listener {
        port: socket.local_address.port(),
        address: address_of(socket.local_address.ip()),
        program: programs.get(&socket.inode).cloned().unwrap_or_default(),
        user: user(socket.uid),
    });
    Ok(each_once(found))
}

fn user(uid: u32) -> String {
    let user = uzers::get_user_by_uid(uid);
    user.map_or_else(
        || uid.to_string(),
        |user| user.name().to_string_lossy().into_owned(),
    )
}

/// The name of the process behind each socket. Processes come and go, and others' are closed to us:
/// what cannot be read is left out.
fn programs() -> ProcResult<BTreeMap<u64, String>> {
    let mut programs = BTreeMap::new();
    for process in all_processes()?.flatten() {
        let (Ok(files), Ok(stat)) = (process.fd(), process.stat()) else {
            continue;
        };
        for file in files.flatten() {
            if let FDTarget::Socket(inode) = file.target {
                programs.insert(inode, stat.comm.clone());
            }
        }
    }
    Ok(programs)
}
