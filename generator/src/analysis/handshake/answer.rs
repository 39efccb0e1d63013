//! The answer: what was agreed on, or the code, the reason and the attribute to change.

use std::fmt;

use super::negotiate::{Agreed, Cause, Choice};
use super::settings::Field;
use super::side::{Asks, group_name, suite_name};
use crate::policy::table::suites::Protocol;

/// What becomes of a handshake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Succeeds(Success),
    Fails(Failure),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Success {
    pub agreed: Agreed,
    /// What is taken for granted, as sentences without their periods.
    pub assumed: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// `None`: the code for this is not known.
    pub code: Option<Code>,
    /// What the peer sees; `None`: not known, or only the end of the connection.
    pub alert: Option<Alert>,
    /// Which side lacks what, as a sentence without its period.
    pub because: String,
    /// What both sides could not agree on; `None`: the rule lets nobody through, or the roles do not fit.
    pub cause: Option<Cause>,
    pub field: Field,
    /// The smallest change of this side that lets the peer through; `None`: there is none.
    pub change: Option<String>,
    /// The same, attribute by attribute.
    pub steps: Vec<Step>,
    /// What is taken for granted, as sentences without their periods.
    pub assumed: Vec<String>,
}

/// A change of one attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub field: Field,
    /// What to do to it, as a sentence without its period.
    pub words: String,
}

/// A return code of AT-TLS or System SSL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    pub number: u16,
    /// Where it is known from.
    pub source: &'static str,
    pub confirmed: bool,
}

/// An alert of TLS: number and name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alert(pub u8, pub &'static str);

/// `a, b and c`
pub(super) fn joined(words: impl Iterator<Item = String>) -> String {
    let words: Vec<_> = words.collect();
    match words.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}

/// What an agreement takes for granted.
pub(super) fn assumed(agreed: &Agreed) -> Option<String> {
    let several =
        agreed.version == Protocol::Tls13 && agreed.choices.iter().any(|one| one.group.is_some());
    several.then(|| "of several groups of TLS 1.3 the first of the server counts for which there is a key share (not confirmed)".to_owned())
}

impl fmt::Display for Agreed {
    /// `TLS 1.2, TLS_…, secp256r1; RSA certificate; client certificate required`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = self.version;
        match self.choices.as_slice() {
            [one, other] if one.suite != other.suite || one.group != other.group => {
                write!(
                    f,
                    "{version}; {} certificate: {one}; {} certificate: {other}",
                    one.key, other.key
                )?;
            }
            [one] => {
                write!(f, "{version}, {one}, with an {} certificate only", one.key)?;
            }
            [one, ..] => write!(f, "{version}, {one}")?,
            [] => write!(f, "{version}")?,
        }
        f.write_str(match self.client_certificate {
            Asks::No => "",
            Asks::Requested => "; client certificate requested",
            Asks::Required => "; client certificate required",
        })
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&suite_name(self.suite))?;
        if let Some(group) = self.group {
            write!(f, ", {}", group_name(group))?;
        }
        if self.retry {
            f.write_str(" after a second ClientHello")?;
        }
        Ok(())
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let doubt = if self.confirmed {
            ""
        } else {
            " (not confirmed)"
        };
        write!(f, "{}{doubt}", self.number)
    }
}

impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.1, self.0)
    }
}
