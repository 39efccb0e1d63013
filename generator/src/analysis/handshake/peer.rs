//! Who stands at the other end: a program of the library, a captured ClientHello, or another rule.

use super::capture::{Hello, HelloError, client_hello};
use super::profiles::{Plays, Profile};
use super::settings::{Role, Settings};
use super::side::{Demand, Key, Side};
use crate::policy::table::suites::Protocol;

/// The partner.
#[derive(Clone, Debug)]
pub struct Peer {
    pub name: String,
    pub side: Side,
    pub plays: Plays,
    /// What is taken for granted of it, as sentences without their periods.
    pub assumed: Vec<String>,
}

/// The ClientHello in a capture: TLS bytes, a hex dump of them or of packets, or a pcap or pcapng file.
///
/// # Errors
/// When there is none, or only a part of one.
pub fn from_client_hello(bytes: &[u8]) -> Result<Peer, HelloError> {
    client_hello(bytes).map(|hello| Peer::of_hello(&hello))
}

impl Peer {
    /// A program of the library.
    pub fn of_profile(profile: &Profile) -> Self {
        let versions = Protocol::ALL.into_iter();
        let versions = versions.filter(|one| profile.versions.contains(one));
        let demand = |has: bool| if has { Demand::On } else { Demand::Off };
        Self {
            name: profile.name.to_owned(),
            side: Side {
                versions: versions.collect(),
                suites: profile.suites.concat(),
                groups: Some(profile.groups.to_vec()),
                groups13: Some(profile.groups.to_vec()),
                shares: profile.shares.to_vec(),
                signatures: Some(profile.signatures.to_vec()),
                keys: Key::ALL.to_vec(),
                master_secret: demand(profile.master_secret),
                follows_client: profile.follows_client,
                ..Side::default()
            },
            plays: profile.plays,
            assumed: match profile.open {
                "" => Vec::new(),
                open => vec![format!("{}: not confirmed: {open}", profile.name)],
            },
        }
    }

    /// The client that sent a ClientHello.
    pub fn of_hello(hello: &Hello) -> Self {
        let demand = |has: bool| if has { Demand::On } else { Demand::Off };
        let known = |list: &Vec<u16>| (!list.is_empty()).then(|| list.clone());
        let mut assumed = Vec::new();
        if hello.supported_versions.is_empty() {
            assumed.push(
                "the ClientHello does not say which older versions its sender takes: any is taken"
                    .to_owned(),
            );
        }
        Self {
            name: "ClientHello".to_owned(),
            side: Side {
                versions: hello.versions(),
                suites: hello.suites.clone(),
                groups: known(&hello.groups),
                groups13: Some(hello.groups.clone()),
                shares: hello.key_shares.clone(),
                signatures: known(&hello.signatures),
                master_secret: demand(hello.extended_master_secret),
                renegotiation: demand(hello.secure_renegotiation()),
                server_name: demand(hello.server_name.is_some()),
                fallback: hello.fallback(),
                ..Side::default()
            },
            plays: Plays::Client,
            assumed,
        }
    }

    /// Another rule, on this system or another one.
    pub fn of_rule(name: &str, settings: &Settings) -> Self {
        let words = settings.assumed.iter();
        Self {
            name: name.to_owned(),
            side: settings.side.clone(),
            plays: match settings.role {
                Role::Client => Plays::Client,
                Role::Server | Role::ServerWithClientAuth => Plays::Server,
            },
            assumed: words.map(|words| format!("{name}: {words}")).collect(),
        }
    }
}
