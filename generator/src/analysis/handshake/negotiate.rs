//! What a client and a server agree on, by the rules of the protocol.
//!
//! The newest version that both have comes first (RFC 8446, 4.2.1; RFC 5246, E.1), and only then a suite
//! of that version: a suite of an older version that both have does not help. The server's order of
//! suites decides, as it does for System SSL ("Encryption algorithms" in the z/OS 3.1 documentation of
//! Communications Server), unless the server is one that follows its clients.

use super::side::{Asks, Demand, Key, Side, first_common, key_of};
use crate::policy::table::suites::{Protocol, suite_by_number};

/// What was agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreed {
    pub version: Protocol,
    /// One for each kind of server certificate with which it works.
    pub choices: Vec<Choice>,
    pub client_certificate: Asks,
}

/// What is chosen with a kind of server certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub key: Key,
    pub suite: u16,
    /// `None`: the suite needs none, or any may be taken.
    pub group: Option<u16>,
    /// The server asks for a key share, as the client sent none that it takes.
    pub retry: bool,
    /// The signatures that the server may make; none below TLS 1.2 and for suites with RSA key exchange.
    pub signatures: Vec<u16>,
}

/// Why nothing was agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    Version,
    Suite(Protocol),
    Group(Protocol),
    Signature(Protocol),
    /// The client has no certificate, and the server insists on one.
    Certificate(Protocol),
    MasterSecret,
    Renegotiation,
    ServerName,
    /// The client fell back to an older version than the server has.
    Fallback,
}

pub fn negotiate(client: &Side, server: &Side) -> Result<Agreed, Cause> {
    let common = server.versions.iter().rev();
    let mut common = common.filter(|version| client.versions.contains(version));
    let version = *common.next().ok_or(Cause::Version)?;
    if client.fallback && server.fallback && server.versions.last() > Some(&version) {
        return Err(Cause::Fallback);
    }
    if apart(client.server_name, server.server_name) {
        return Err(Cause::ServerName);
    }
    if version < Protocol::Tls13 {
        for (one, other, cause) in [
            (
                client.master_secret,
                server.master_secret,
                Cause::MasterSecret,
            ),
            (
                client.renegotiation,
                server.renegotiation,
                Cause::Renegotiation,
            ),
        ] {
            if apart(one, other) {
                return Err(cause);
            }
        }
    }
    let talk = Talk {
        client,
        server,
        version,
    };
    let choices = match version {
        Protocol::Tls13 => talk.tls13()?,
        _ => talk.tls12()?,
    };
    if server.asks == Asks::Required && client.certificate == Some(false) {
        return Err(Cause::Certificate(version));
    }
    Ok(Agreed {
        version,
        choices,
        client_certificate: server.asks,
    })
}

fn apart(one: Demand, other: Demand) -> bool {
    matches!(
        (one, other),
        (Demand::Required, Demand::Off) | (Demand::Off, Demand::Required)
    )
}

/// The two sides, and the version that both take.
struct Talk<'s> {
    client: &'s Side,
    server: &'s Side,
    version: Protocol,
}

impl Talk<'_> {
    /// The suites that both have, as they are preferred.
    fn suites(&self) -> Vec<u16> {
        let [first, second] = match self.server.follows_client {
            true => [self.client, self.server],
            false => [self.server, self.client],
        };
        let (order, other) = (
            first.suites_of(self.version),
            second.suites_of(self.version),
        );
        let both = order.into_iter().filter(|suite| other.contains(suite));
        both.collect()
    }

    /// A group that both take, and whether the client has to send another key share for it. `None`: there
    /// is none; a number is missing where both take any.
    fn group(&self) -> Option<(Option<u16>, bool)> {
        let (client, server) = (
            self.client.groups_of(self.version),
            self.server.groups_of(self.version),
        );
        let (order, other) = match (server, client) {
            (Some(server), Some(client)) => (server, client),
            (Some(one), None) | (None, Some(one)) => (one, one),
            (None, None) => return Some((None, false)),
        };
        if self.version < Protocol::Tls13 {
            return Some((Some(first_common(order, other)?), false));
        }
        let shared: Vec<u16> = order
            .iter()
            .copied()
            .filter(|one| other.contains(one))
            .collect();
        match first_common(&shared, &self.client.shares) {
            Some(group) => Some((Some(group), false)),
            None => Some((Some(*shared.first()?), true)),
        }
    }

    /// The signatures that a server with such a key can make and its client takes.
    fn signatures(&self, key: Key) -> Vec<u16> {
        let (server, client) = (
            self.server.schemes(self.version),
            self.client.schemes(self.version),
        );
        let both = server.iter().copied().filter(|one| client.contains(one));
        both.filter(|one| key.signs(self.version, *one)).collect()
    }

    fn tls13(&self) -> Result<Vec<Choice>, Cause> {
        let suites = self.suites();
        let suite = *suites.first().ok_or(Cause::Suite(self.version))?;
        let (group, retry) = self.group().ok_or(Cause::Group(self.version))?;
        let mut choices = Vec::new();
        for key in self.server.keys.iter().copied() {
            let signatures = self.signatures(key);
            if !signatures.is_empty() {
                choices.push(Choice {
                    key,
                    suite,
                    group,
                    retry,
                    signatures,
                });
            }
        }
        match choices.is_empty() {
            true => Err(Cause::Signature(self.version)),
            false => Ok(choices),
        }
    }

    fn tls12(&self) -> Result<Vec<Choice>, Cause> {
        let mut cause = Cause::Suite(self.version);
        let mut choices = Vec::new();
        let suites = self.suites();
        for key in self.server.keys.iter().copied() {
            let mut found = suites
                .iter()
                .filter_map(|suite| self.choice(key, *suite, &mut cause));
            choices.extend(found.next());
        }
        match choices.is_empty() {
            true => Err(cause),
            false => Ok(choices),
        }
    }

    /// What this suite gives with this key; why it does not, in `cause`.
    fn choice(&self, key: Key, suite: u16, cause: &mut Cause) -> Option<Choice> {
        let row = suite_by_number(suite)?;
        if key_of(row) != Some(key) {
            return None;
        }
        let (group, _) = match row.key_exchange {
            "ECDHE" => match self.group() {
                Some(group) => group,
                None => {
                    *cause = Cause::Group(self.version);
                    return None;
                }
            },
            _ => (None, false),
        };
        let signed = self.version == Protocol::Tls12 && row.key_exchange.ends_with("DHE");
        let signatures = if signed {
            self.signatures(key)
        } else {
            Vec::new()
        };
        if signed && signatures.is_empty() {
            *cause = Cause::Signature(self.version);
            return None;
        }
        Some(Choice {
            key,
            suite,
            group,
            retry: false,
            signatures,
        })
    }
}
