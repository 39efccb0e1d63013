//! The lines of one connection, joined by its number.

use std::collections::BTreeMap;

use super::codes::code;
use super::read::{Message, event};

/// What a text tells of one connection; of an environment, where it is about no connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Connection {
    /// Eight hexadecimal digits; empty: an environment.
    pub id: String,
    /// The job of TCP/IP, where syslogd says it.
    pub stack: String,
    pub group: String,
    pub environment: String,
    pub job: String,
    pub user: String,
    pub local: String,
    pub remote: String,
    /// `InBound` or `OutBound`.
    pub way: String,
    pub status: String,
    pub rule: String,
    /// Names of the actions: group, environment, connection.
    pub actions: Vec<String>,
    /// Its handshake ended well.
    pub secured: bool,
    pub failures: Vec<Failure>,
    /// Numbers of its lines.
    pub lines: Vec<usize>,
}

/// What failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Failure {
    pub line: usize,
    pub rc: u32,
    /// What was being done, as the message says it.
    pub event: String,
    /// The failure that this one is a consequence of: its line and code.
    pub cause: Option<(usize, u32)>,
}

/// Stacks that may have a connection of the same number.
const STACKS: usize = 8;
/// Failures of one connection that are kept.
const MOST_FAILURES: usize = 100;
/// The code that says that an environment failed before.
const CONSEQUENCE: u32 = 5006;

/// The connections that messages tell of, in the order of their first lines.
pub(super) fn connections(messages: &[Message]) -> Vec<Connection> {
    let mut found: Vec<Connection> = Vec::new();
    let mut known: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for message in messages {
        if !message.id.starts_with("EZD128") {
            continue;
        }
        let id = number(message.value("CONNID"));
        if id.is_empty() && message.rc.unwrap_or(0) == 0 {
            continue;
        }
        // What is about no connection is told of its environment.
        let key = match id.is_empty() {
            true => format!(
                "{} {}",
                number(message.value("GRPID")),
                number(message.value("ENVID"))
            ),
            false => id.clone(),
        };
        let indices = known.entry(key).or_default();
        let fits = |index: &&usize| {
            found.get(**index).is_some_and(|one| {
                let other =
                    one.stack.is_empty() || message.stack.is_empty() || one.stack == message.stack;
                // Numbers come again after a restart: a connection is mapped once.
                other && (message.id != "EZD1281I" || one.status.is_empty())
            })
        };
        let index = indices.iter().rev().take(STACKS).find(fits).copied();
        let index = index.unwrap_or_else(|| {
            indices.push(found.len());
            found.push(Connection {
                id,
                ..Connection::default()
            });
            found.len() - 1
        });
        let cause = cause(messages, message);
        if let Some(connection) = found.get_mut(index) {
            connection.take(message, cause);
        }
    }
    found
}

/// A number in upper case; empty when it is none, or 0.
fn number(text: &str) -> String {
    match text.trim_start_matches('0') {
        "" => String::new(),
        _ => text.to_ascii_uppercase(),
    }
}

/// The failure of an environment that a later one is a consequence of.
fn cause(messages: &[Message], later: &Message) -> Option<(usize, u32)> {
    /// Messages before it that are looked through.
    const NEAR: usize = 500;
    if later.rc != Some(CONSEQUENCE) {
        return None;
    }
    let before = messages.partition_point(|one| one.line < later.line);
    let earlier = messages.get(before.saturating_sub(NEAR)..before)?;
    let same = |one: &Message, name: &str| {
        let bare = |message| Message::value(message, name).trim_start_matches('0');
        let (own, other) = (bare(one), bare(later));
        own.is_empty() || other.is_empty() || own.eq_ignore_ascii_case(other)
    };
    let found = earlier.iter().rev().find(|one| {
        let failed = one.rc.is_some_and(|rc| rc != 0 && rc != CONSEQUENCE);
        failed
            && one.value("EVENT").starts_with("Environment")
            && same(one, "GRPID")
            && same(one, "ENVID")
    });
    found.and_then(|one| Some((one.line, one.rc?)))
}

impl Connection {
    fn take(&mut self, message: &Message, cause: Option<(usize, u32)>) {
        self.lines.push(message.line);
        let fields = [
            (&mut self.group, "GRPID"),
            (&mut self.environment, "ENVID"),
            (&mut self.job, "JOBNAME"),
            (&mut self.user, "USERID"),
            (&mut self.local, "LOCAL"),
            (&mut self.remote, "REMOTE"),
            (&mut self.way, "TYPE"),
            (&mut self.status, "STATUS"),
            (&mut self.rule, "RULE"),
        ];
        for (field, name) in fields {
            if field.is_empty() {
                message.value(name).clone_into(field);
            }
        }
        if self.stack.is_empty() {
            self.stack.clone_from(&message.stack);
        }
        if self.actions.is_empty() {
            let actions = message.value("ACTIONS").split(' ');
            let actions = actions.filter(|name| !name.is_empty() && !name.contains('*'));
            self.actions.extend(actions.map(str::to_owned));
        }
        // Of EZD1284I, a code other than 0 need not be a failure: a socket may have to wait.
        let (Some(rc), false) = (message.rc, message.id == "EZD1284I") else {
            return;
        };
        let event = message.value("EVENT");
        let is_same = |failure: &Failure| failure.rc == rc && failure.event == event;
        match rc {
            0 => self.secured |= event == "Initial Handshake",
            _ if self.failures.len() >= MOST_FAILURES || self.failures.iter().any(is_same) => {}
            _ => self.failures.push(Failure {
                line: message.line,
                rc,
                event: event.to_owned(),
                cause,
            }),
        }
    }

    /// What happened to it, in whole sentences.
    pub fn words(&self) -> String {
        let mut text = match self.id.is_empty() {
            true => format!("Environment {} of group {}", self.environment, self.group),
            false => format!("Connection {}", self.id),
        };
        for (word, value) in [("of job", &self.job), ("of user ID", &self.user)] {
            if !value.is_empty() {
                text.push_str(&format!(" {word} {value}"));
            }
        }
        let mut told = Vec::new();
        if !self.rule.is_empty() {
            told.push(format!("met rule `{}`", self.rule));
        }
        match self.status.to_ascii_lowercase().as_str() {
            "not enabled" => told.push("stays in the clear, as the rule says".to_owned()),
            "appl control" => told.push("leaves it to the application to start TLS".to_owned()),
            _ => {}
        }
        if self.secured {
            told.push("ended its handshake well".to_owned());
        }
        for failure in &self.failures {
            let of = event(&failure.event).map_or(failure.event.as_str(), |(_, words, _)| words);
            let of = if of.is_empty() {
                ""
            } else {
                &format!(" in {of}")
            };
            told.push(format!("failed{of} with {}", failure.rc));
        }
        if told.is_empty() {
            told.push("did not fail in what is shown".to_owned());
        }
        text.push_str(&format!(" {}.", told.join(" and ")));
        if let Some(failure) = self.failures.first() {
            text.push_str(&failure.words());
        }
        text
    }
}

impl Failure {
    /// What the code means, and what the event narrows it down to.
    fn words(&self) -> String {
        let row = u16::try_from(self.rc).ok().and_then(code);
        let mut text = row.map_or_else(String::new, |row| format!(" {}", row.meaning));
        if let Some((line, rc)) = self.cause {
            text.push_str(&format!(
                " The environment failed before, in line {line}, with {rc}: that is the cause."
            ));
        } else if let Some((.., about)) = event(&self.event).filter(|(.., about)| !about.is_empty())
        {
            text.push_str(&format!(" The event narrows it down. {about}"));
        }
        text
    }
}
