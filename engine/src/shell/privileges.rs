//! What the engine may do on the host, and giving up the rest.
//!
//! Rights belong to threads. So users are changed before there is a second thread, and each right is given
//! up before the threads begin that are to be without it.

use rustix::io::Errno;
use rustix::process::{Gid, Uid};
use rustix::thread::{
    CapabilitySet, CapabilitySets, capabilities, configure_capability_in_ambient_set,
    set_capabilities, set_keep_capabilities, set_no_new_privs, set_thread_groups,
    set_thread_res_gid, set_thread_res_uid,
};
use thiserror::Error;

/// For sockets that have addresses of others, and for the packet filter.
const TRANSPARENT: CapabilitySet = CapabilitySet::NET_ADMIN;
/// For ports below 1024, which partners and listeners have.
const PORTS: CapabilitySet = CapabilitySet::NET_BIND_SERVICE;
/// For looking at the processes of others.
const PROCESSES: CapabilitySet = CapabilitySet::SYS_PTRACE.union(CapabilitySet::DAC_READ_SEARCH);

/// Why rights cannot be given up.
#[derive(Debug, Error)]
pub enum PrivilegeError {
    #[error("--user {0}: there is no such user in /etc/passwd")]
    NoUser(String),
    #[error("--user {name}: {what}: {error}")]
    Failed {
        name: String,
        what: &'static str,
        error: Errno,
    },
}

/// Becomes another user, and keeps only the rights that are needed. To be called before any thread begins.
pub fn become_user(name: &str, transparent: bool) -> Result<(), PrivilegeError> {
    let user = keyring::user_named(name);
    let (uid, gid) = user.ok_or_else(|| PrivilegeError::NoUser(name.to_owned()))?;
    let failed = |what| {
        let name = name.to_owned();
        move |error| PrivilegeError::Failed { name, what, error }
    };
    let (uid, gid) = (Uid::from_raw(uid), Gid::from_raw(gid));
    let mut kept = PORTS;
    if transparent {
        kept |= TRANSPARENT | PROCESSES;
    }
    // A unit of systemd may have left less.
    let own = capabilities(None).map_err(failed("its rights are unknown"))?;
    kept &= own.permitted;
    set_keep_capabilities(true).map_err(failed("rights cannot be kept"))?;
    set_thread_groups(&[]).map_err(failed("its groups cannot be given up"))?;
    set_thread_res_gid(gid, gid, gid).map_err(failed("its group cannot be taken"))?;
    set_thread_res_uid(uid, uid, uid).map_err(failed("the engine cannot become that user"))?;
    // Files are read as that user, not as somebody who may read everything.
    let effective = kept - PROCESSES;
    let inheritable = kept & TRANSPARENT;
    let sets = CapabilitySets {
        effective,
        permitted: kept,
        inheritable,
    };
    set_capabilities(None, sets).map_err(failed("rights cannot be given up"))?;
    if kept.contains(TRANSPARENT) {
        // For nft and ip.
        configure_capability_in_ambient_set(CapabilitySet::NET_ADMIN, true)
            .map_err(failed("programs cannot be given a right"))?;
    }
    set_no_new_privs(true).map_err(failed("new rights cannot be refused"))
}

/// Takes up the right to look at processes of others, or gives it up for good. To be called before the
/// threads begin that map connections.
pub fn settle_processes(needed: bool) -> Result<(), Errno> {
    let mut sets = capabilities(None)?;
    if rustix::process::geteuid().is_root() {
        return Ok(());
    }
    match needed {
        true => sets.effective |= sets.permitted & PROCESSES,
        false => {
            sets.effective -= PROCESSES;
            sets.permitted -= PROCESSES;
        }
    }
    set_capabilities(None, sets)
}

/// Whether processes of others may be looked at.
pub fn sees_processes() -> bool {
    capabilities(None).is_ok_and(|sets| sets.effective.contains(PROCESSES))
}

/// Gives up all rights of a thread that needs none, as one that writes what it is given.
pub fn give_up_all() {
    let none = CapabilitySets {
        effective: CapabilitySet::empty(),
        permitted: CapabilitySet::empty(),
        inheritable: CapabilitySet::empty(),
    };
    // It works with more as well.
    let _ = set_capabilities(None, none);
}
