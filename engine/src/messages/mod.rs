//! What the engine says of connections: the messages of AT-TLS in their layouts, and in plain words.

mod form;
mod log;
#[cfg(test)]
pub(crate) mod tests;

use std::fmt::Write as _;
use std::net::SocketAddr;

use generator::policy::lookup::Way;
use generator::runtime::codes;

use crate::policy::{Protection, Rule};
use crate::tls::Failure;

pub use form::Form;
pub use log::{Followers, Log, NoLine};

/// The bits of `Trace`.
mod bit {
    /// EZD1287I, for the console.
    pub const CONSOLE: u8 = 1;
    pub const ERROR: u8 = 2;
    pub const INFO: u8 = 4;
    pub const EVENT: u8 = 8;
}

/// One connection, as messages name it.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Identifies it for its life.
    pub id: u32,
    pub way: Way,
    pub local: SocketAddr,
    pub remote: SocketAddr,
    pub job: String,
    pub user: String,
    /// `None`: no rule takes it.
    pub rule: Option<Rule>,
    /// What a trace asks for besides, in the bits of `Trace`.
    pub extra: u8,
}

/// What AT-TLS was doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    ConnectionInit,
    InitialHandshake,
    DataDecryption,
    ResetCipher,
    ConnectionStop,
    ConnectionClose,
}

impl Doing {
    const fn as_str(self) -> &'static str {
        match self {
            Self::ConnectionInit => "Connection Init",
            Self::InitialHandshake => "Initial Handshake",
            Self::DataDecryption => "Data Decryption",
            Self::ResetCipher => "Reset Cipher",
            Self::ConnectionStop => "Connection Stop",
            Self::ConnectionClose => "Connection Close",
        }
    }
}

impl Subject {
    /// EZD1281I: the rule of a connection, where its trace asks for it.
    pub fn mapped(&self) -> Option<String> {
        let rule = self.traced(bit::INFO)?;
        let actions = &rule.actions;
        let status = match actions.protection {
            Protection::Clear => "Not Enabled",
            Protection::Tls(_) if actions.controlled => "Appl Control",
            Protection::Tls(_) => "Enabled",
        };
        let way = match self.way {
            Way::Inbound => "InBound",
            Way::Outbound => "OutBound",
        };
        Some(format!(
            "EZD1281I TTLS Map CONNID: {:08X} {} JOBNAME: {} USERID: {} TYPE: {way} STATUS: {status} RULE: {} ACTIONS: {} {} {}",
            self.id,
            self.ends(),
            or_none(&self.job),
            or_none(&self.user),
            rule.name,
            or_none(&actions.group.text),
            or_none(&actions.environment.text),
            or_none(&actions.connection.text),
        ))
    }

    /// EZD1282I: something begins.
    pub fn start(&self, doing: Doing) -> Option<String> {
        let rule = self.traced(bit::EVENT)?;
        let actions = &rule.actions;
        Some(format!(
            "EZD1282I TTLS Start {} {} ACTIONS: {} {} {}",
            self.ids(rule),
            doing.as_str(),
            or_none(&actions.group.text),
            or_none(&actions.environment.text),
            or_none(&actions.connection.text),
        ))
    }

    /// EZD1283I: something ended.
    pub fn event(&self, doing: Doing, code: u16, more: &str) -> Option<String> {
        let rule = self.traced(bit::EVENT)?;
        let text = format!(
            "EZD1283I TTLS Event {} RC: {code:>4} {} {more}",
            self.ids(rule),
            doing.as_str()
        );
        Some(text.trim_end().to_owned())
    }

    /// EZD1286I and EZD1287I with a line in plain words, as far as the trace asks for them.
    pub fn error(&self, doing: Doing, failure: &Failure) -> Option<String> {
        let rule = self.traced(bit::ERROR | bit::CONSOLE)?;
        let code = failure.code;
        let mut text = String::new();
        let trace = self.trace(rule);
        if trace & bit::ERROR != 0 {
            let _ = write!(
                text,
                "EZD1286I TTLS Error {} {} JOBNAME: {} USERID: {} RULE: {} RC: {code:>4} {}",
                self.ids(rule),
                self.ends(),
                or_none(&self.job),
                or_none(&self.user),
                rule.name,
                doing.as_str(),
            );
        }
        if trace & bit::CONSOLE != 0 {
            let line = if text.is_empty() { "" } else { "\n" };
            let _ = write!(
                text,
                "{line}EZD1287I TTLS Error RC: {code:>4} {}\n  LOCAL: {}\n  REMOTE: {}\n  JOBNAME: {} RULE: {}\n  USERID: {} {}",
                doing.as_str(),
                end(self.local),
                end(self.remote),
                or_none(&self.job),
                rule.name,
                or_none(&self.user),
                self.ids(rule),
            );
        }
        let _ = write!(text, "\n  why: {}", explained(failure));
        Some(text)
    }

    /// The messages that are written of a failure.
    pub fn ids_of_error(&self) -> Vec<&'static str> {
        let trace = self.rule.as_ref().map_or(0, |rule| self.trace(rule));
        let ids = [(bit::ERROR, "EZD1286I"), (bit::CONSOLE, "EZD1287I")];
        let written = ids.into_iter().filter(|(bit, _)| trace & bit != 0);
        written.map(|(_, id)| id).collect()
    }

    fn trace(&self, rule: &Rule) -> u8 {
        rule.actions.trace | self.extra
    }

    fn traced(&self, bits: u8) -> Option<&Rule> {
        self.rule
            .as_ref()
            .filter(|rule| self.trace(rule) & bits != 0)
    }

    fn ids(&self, rule: &Rule) -> String {
        let (group, environment) = (rule.actions.group.number, rule.actions.environment.number);
        format!(
            "GRPID: {group:08X} ENVID: {environment:08X} CONNID: {:08X}",
            self.id
        )
    }

    /// The addresses as messages write them.
    pub fn ends(&self) -> String {
        format!("LOCAL: {} REMOTE: {}", end(self.local), end(self.remote))
    }
}

/// An address and port, joined by two dots.
fn end(address: SocketAddr) -> String {
    format!("{}..{}", address.ip(), address.port())
}

fn or_none(name: &str) -> &str {
    match name {
        "" => "**N/A**",
        name => name,
    }
}

/// A failure in plain words: what the library saw, and what that means.
pub fn reason(failure: &Failure) -> String {
    match codes::code(failure.code) {
        None => failure.words.clone(),
        Some(row) => format!("{}. {}", failure.words, row.meaning),
    }
}

/// The same, and which parameter to look at.
pub fn explained(failure: &Failure) -> String {
    let mut text = reason(failure);
    let Some(row) = codes::code(failure.code) else {
        return text;
    };
    if !row.attributes.is_empty() {
        let _ = write!(
            text,
            " Parameters to look at: {}.",
            row.attributes.join(", ")
        );
    }
    if let Some(first) = row.to_do.first() {
        let _ = write!(text, " {first}");
    }
    text
}
