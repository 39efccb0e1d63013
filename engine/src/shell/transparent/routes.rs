//! How answers of programs come back to the engine, although they are addressed to partners.
//!
//! Packets with the mark of connections to programs are delivered on this host, whatever their address. No
//! other packet is concerned, so that what is left behind by an engine that was killed does no harm.

use std::io;
use std::process::Command;

use thiserror::Error;

use super::marks::Marks;
use super::owner::PATH;

/// The rule comes before those of the host, behind the one for its own addresses.
const PREFERENCE: &str = "90";
/// Rules of former runs that are taken away.
const MOST: usize = 16;

/// Why answers find no way back.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RouteError {
    #[error("the program ip is not there; transparent mode needs it: install the package iproute2")]
    NoProgram,
    #[error("ip cannot be started: {0}")]
    Start(String),
    #[error("`ip {order}` failed: {why}")]
    Failed { order: String, why: String },
}

/// Rules and routes of one instance; they go when it goes.
#[derive(Debug)]
pub struct Routes {
    marks: Marks,
    /// The host has IPv6.
    six: bool,
}

impl Routes {
    pub fn add(marks: Marks, six: bool) -> Result<Self, RouteError> {
        let routes = Self { marks, six };
        let number = marks.inward().to_string();
        for family in routes.families() {
            routes.take_rules_away(family);
            let route = [family, "route", "replace", "local", "default", "dev", "lo"];
            ip(&[&route[..], &["table", &number]].concat())?;
            let rule = [family, "rule", "add", "pref", PREFERENCE];
            ip(&[&rule[..], &["fwmark", &number, "lookup", &number]].concat())?;
        }
        Ok(routes)
    }

    fn families(&self) -> &'static [&'static str] {
        match self.six {
            true => &["-4", "-6"],
            false => &["-4"],
        }
    }

    fn take_rules_away(&self, family: &str) {
        let number = self.marks.inward().to_string();
        let rule = [family, "rule", "del", "pref", PREFERENCE];
        let rule = [&rule[..], &["fwmark", &number, "lookup", &number]].concat();
        for _ in 0..MOST {
            if ip(&rule).is_err() {
                return;
            }
        }
    }
}

impl Drop for Routes {
    fn drop(&mut self) {
        let number = self.marks.inward().to_string();
        for family in self.families() {
            self.take_rules_away(family);
            let _ = ip(&[family, "route", "flush", "table", &number]);
        }
    }
}

fn ip(arguments: &[&str]) -> Result<(), RouteError> {
    let output = Command::new("ip")
        .args(arguments)
        .env_clear()
        .envs([("PATH", PATH), ("LC_ALL", "C")])
        .output();
    let output = output.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => RouteError::NoProgram,
        _ => RouteError::Start(error.to_string()),
    })?;
    match output.status.success() {
        true => Ok(()),
        false => Err(RouteError::Failed {
            order: arguments.join(" "),
            why: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        }),
    }
}
