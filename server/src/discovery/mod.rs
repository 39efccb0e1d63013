//! What can be found out instead of being typed: the addresses of hosts, and the ports that programs
//! wait at, on this machine or as a report of another one shows them.

pub mod hosts;
pub mod listeners;
pub mod netstat;

use std::net::IpAddr;

use api::discovery::Listener;

/// Sorted by port; a program that waits at the same port of IPv4 and IPv6 is listed once.
fn each_once(found: impl IntoIterator<Item = Listener>) -> Vec<Listener> {
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort();
    found.dedup();
    found
}

/// An address to wait at; empty for all of them.
fn address_of(ip: IpAddr) -> String {
    let ip = ip.to_canonical();
    match ip.is_unspecified() {
        true => String::new(),
        false => ip.to_string(),
    }
}
