//! Connections that come without being told to: the packet filter leads those of programs to the engine.

mod cells;
mod marks;
mod owner;
mod routes;
mod table;
#[cfg(test)]
mod tests;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::OwnedFd;
use std::sync::Mutex;

use generator::policy::lookup::Way;
use rustix::io::Errno;
use rustix::thread::{CapabilitySet, capabilities};
use thiserror::Error;

use super::sockets;
use super::users::Users;
use crate::messages::Log;
use crate::policy::Instance;
use cells::Family;
pub use marks::Marks;
use owner::{Owner, OwnerError, Text};
use routes::{RouteError, Routes};
use table::{Catch, Ports};

/// The longest name of an instance.
const LONGEST: usize = 32;

/// Why connections cannot be caught.
#[derive(Debug, Error)]
pub enum TransparentError {
    #[error(
        "transparent mode needs the capability CAP_NET_ADMIN: start the engine as root, with --user to give up the rest, or by its unit of systemd"
    )]
    Forbidden,
    #[error("cannot listen for connections that are led here: {0}")]
    Listen(Errno),
    #[error(transparent)]
    Routes(#[from] RouteError),
    #[error(transparent)]
    Owner(#[from] OwnerError),
}

/// A listening socket for connections that are led here.
#[derive(Debug)]
pub struct Trap {
    pub way: Way,
    pub address: SocketAddr,
    pub marks: Marks,
    pub fd: OwnedFd,
}

/// The table, and what belongs to it.
pub struct Transparent {
    name: String,
    marks: Marks,
    ports: Ports,
    /// What is caught now.
    catch: Mutex<Catch>,
    // Dropped in this order: nothing is led here any more when the way back goes.
    owner: Owner,
    _routes: Routes,
}

/// Checks the name of an instance.
pub fn instance(text: &str) -> Result<String, &'static str> {
    let fits = |one: char| one.is_ascii_alphanumeric() || "-_".contains(one);
    match (1..=LONGEST).contains(&text.len()) && text.chars().all(fits) {
        true => Ok(text.to_owned()),
        false => Err("1 to 32 letters, digits, hyphens and underscores"),
    }
}

impl Transparent {
    /// Opens the sockets, for each thread one of each direction and family. Nothing is led to them yet.
    pub fn new(
        instance: &str,
        workers: usize,
        log: &Log,
    ) -> Result<(Self, Vec<Vec<Trap>>), TransparentError> {
        let own = capabilities(None).map(|sets| sets.effective);
        if !own.is_ok_and(|own| own.contains(CapabilitySet::NET_ADMIN)) {
            return Err(TransparentError::Forbidden);
        }
        let marks = Marks::of(instance);
        let mut ports = Ports::default();
        let mut traps: Vec<Vec<Trap>> = (0..workers.max(1)).map(|_| Vec::new()).collect();
        for way in [Way::Inbound, Way::Outbound] {
            for (at, family) in Family::BOTH.into_iter().enumerate() {
                let mut address = SocketAddr::new(host(way, family), 0);
                for own in &mut traps {
                    let fd = match sockets::listener_of_family(address, workers > 1) {
                        Ok(fd) => fd,
                        // The host has no such addresses.
                        Err(Errno::AFNOSUPPORT | Errno::ADDRNOTAVAIL)
                            if family == Family::V6 && address.port() == 0 =>
                        {
                            break;
                        }
                        Err(error) => return Err(TransparentError::Listen(error)),
                    };
                    if let Some(real) = sockets::local(&fd) {
                        address.set_port(real.port());
                    }
                    own.push(Trap {
                        way,
                        address,
                        marks,
                        fd,
                    });
                }
                let port = (address.port() != 0).then_some(address.port());
                match way {
                    Way::Inbound => ports.inbound[at] = port,
                    Way::Outbound => ports.outbound[at] = port,
                }
            }
        }
        let six = ports.outbound[1].is_some();
        if !six {
            ports.inbound[1] = None;
            log.engine("this host has no address ::1: connections over IPv6 are not caught");
        }
        let name = format!("gatehouse-{instance}");
        let owner = Owner::start(log.clone());
        // Whose name it is comes before anything that another engine of that name has, too.
        let nothing = Catch::nothing();
        owner.put(Text::of(&nothing, &name, marks, ports))?;
        let transparent = Self {
            name,
            marks,
            ports,
            catch: Mutex::new(nothing),
            owner,
            _routes: Routes::add(marks, six)?,
        };
        Ok((transparent, traps))
    }

    /// Has exactly those connections come that a policy may protect; whether the table changed.
    pub fn follow(&self, policy: &Instance, users: &Users) -> Result<bool, TransparentError> {
        let rules: Vec<_> = policy.conditions().collect();
        self.set(Catch::of(rules.iter().copied(), users))
    }

    /// No connection comes any more; those that came go on.
    pub fn stop(&self) -> Result<bool, TransparentError> {
        self.set(Catch::nothing())
    }

    fn set(&self, catch: Catch) -> Result<bool, TransparentError> {
        let mut current = self
            .catch
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if *current == catch {
            return Ok(false);
        }
        let text = Text::of(&catch, &self.name, self.marks, self.ports);
        self.owner.put(text)?;
        *current = catch;
        Ok(true)
    }

    /// The name of the table.
    pub fn table(&self) -> &str {
        &self.name
    }
}

/// Where to listen: connections of programs here never come from outside.
fn host(way: Way, family: Family) -> IpAddr {
    match (way, family) {
        (Way::Inbound, Family::V4) => Ipv4Addr::UNSPECIFIED.into(),
        (Way::Inbound, Family::V6) => Ipv6Addr::UNSPECIFIED.into(),
        (Way::Outbound, Family::V4) => Ipv4Addr::LOCALHOST.into(),
        (Way::Outbound, Family::V6) => Ipv6Addr::LOCALHOST.into(),
    }
}
