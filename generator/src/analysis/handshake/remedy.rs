//! The smallest change of this side that lets a peer through, found by trying.

use super::agree;
use super::answer::{Step, joined};
use super::failure::Because;
use super::negotiate::Cause;
use super::peer::Peer;
use super::settings::Settings;
use super::side::{Asks, Demand, Side, group_name, key_of};
use crate::policy::table::curves::curves;
use crate::policy::table::signatures::signature_pairs;
use crate::policy::table::suites::{Protocol, suite_by_number};

/// Changes that are put together at most.
const MOST: usize = 4;
/// So many suites or groups are named to choose from.
const CHOICES: usize = 3;

/// `None`: no change of this side helps, as far as was tried.
pub(super) fn remedy(settings: &Settings, peer: &Peer, because: Because) -> Option<Vec<Step>> {
    let step = |because: Because, words: String| Step {
        field: settings.deciding(because, peer),
        words,
    };
    let words = match because {
        Because::TwoClients => "write `HandshakeRole Server` if the peer is to be the client",
        Because::TwoServers => "write `HandshakeRole Client` if the peer is to be the server",
        Because::NoShares => "name a group, such as 0023 and 0024",
        Because::SharesApart => "add the key share groups",
        Because::NothingOn | Because::OnlyIdle13 | Because::Talk(_) => "",
    };
    if !words.is_empty() {
        return Some(vec![step(because, words.to_owned())]);
    }
    let mut own = settings.side.clone();
    let mut steps = Vec::new();
    // What follows from a trial decides about the next one.
    while let Err(cause) = agree(settings, &own, peer) {
        if steps.len() == MOST {
            return None;
        }
        let words = Trial { settings, peer }.step(&mut own, cause)?;
        steps.push(step(Because::Talk(cause), words));
    }
    Some(steps)
}

/// The version of the peer that this side is to take: one that is enough by itself, else the newest.
pub(super) fn version_to_add(settings: &Settings, own: &Side, peer: &Peer) -> Option<Protocol> {
    if settings.lacks_suite13(peer) && !own.versions.contains(&Protocol::Tls13) {
        // It is on; only a suite is missing.
        return Some(Protocol::Tls13);
    }
    let newest = peer.side.versions.iter().rev().copied();
    let mut missing = newest.filter(|version| !own.versions.contains(version));
    let enough = |version: &Protocol| {
        let mut tried = own.clone();
        tried.versions.push(*version);
        tried.versions.sort_unstable();
        *version >= Protocol::Tls12 && agree(settings, &tried, peer).is_ok()
    };
    let first = missing.clone().find(enough);
    first.or_else(|| missing.next())
}

struct Trial<'s> {
    settings: &'s Settings,
    peer: &'s Peer,
}

impl Trial<'_> {
    /// Changes our side against a cause; says how.
    fn step(&self, own: &mut Side, cause: Cause) -> Option<String> {
        match cause {
            Cause::Suite(version) | Cause::Group(version) | Cause::Signature(version)
                if own.profile_of(version).is_some() =>
            {
                own.suite_b = None;
                Some("write `SuiteBProfile Off`".to_owned())
            }
            Cause::Version => self.version(own),
            Cause::Suite(version) => self.suite(own, version),
            Cause::Group(version) => self.group(own, version),
            Cause::Signature(version) => self.signature(own, version),
            Cause::Certificate(_) if self.settings.is_client() => None,
            Cause::Certificate(_) => {
                own.asks = Asks::Requested;
                Some("give the peer a certificate, or write `ClientAuthType Full`".to_owned())
            }
            Cause::MasterSecret => self.relax(|side| &mut side.master_secret, own, "On"),
            Cause::Renegotiation => self.relax(|side| &mut side.renegotiation, own, "Optional"),
            Cause::ServerName => self.relax(|side| &mut side.server_name, own, "Optional"),
            Cause::Fallback => {
                own.fallback = false;
                Some("let the peer use its newest version, or write `ServerScsv Off`".to_owned())
            }
        }
    }

    /// Takes what the peer does not have, or does without what it lacks.
    fn relax(
        &self,
        which: fn(&mut Side) -> &mut Demand,
        own: &mut Side,
        word: &str,
    ) -> Option<String> {
        let demand = which(own);
        *demand = match *demand {
            Demand::Required | Demand::Off => Demand::On,
            // The peer insists, and this side already offers it.
            Demand::On => return None,
        };
        Some(format!("write `{word}`"))
    }

    fn version(&self, own: &mut Side) -> Option<String> {
        let version = version_to_add(self.settings, own, self.peer)?;
        own.versions.push(version);
        own.versions.sort_unstable();
        // TLS 1.3 that waits for a suite is on already.
        if version == Protocol::Tls13 && self.settings.idle13 {
            return self.suite(own, version);
        }
        let old = match version < Protocol::Tls12 {
            true => " (old: better let the peer use TLS 1.2)",
            false => "",
        };
        Some(format!("write `{} On`{old}", version.attribute()))
    }

    fn suite(&self, own: &mut Side, version: Protocol) -> Option<String> {
        let suites = self.peer.side.suites_of(version).into_iter();
        let fit = suites
            .filter(|number| !own.suites.contains(number))
            .filter(|number| {
                let row = suite_by_number(*number);
                let key = |row| version == Protocol::Tls13 || key_of(row).is_some();
                row.is_some_and(|row| row.bits > 0 && key(row))
            });
        let mut tried = own.clone();
        let mut names = Vec::new();
        for number in fit {
            tried.suites.clone_from(&own.suites);
            tried.suites.push(number);
            // One that leads on; a group or a signature may be missing still.
            let further = agree(self.settings, &tried, self.peer);
            if further != Err(Cause::Suite(version)) && names.len() < CHOICES {
                names.push((number, suite_by_number(number)?.name));
            }
        }
        own.suites.push(names.first()?.0);
        let list = joined(names.iter().map(|(_, name)| (*name).to_owned()));
        Some(match names.as_slice() {
            [_] => format!("add {list}"),
            _ => format!("add one of {list}"),
        })
    }

    fn group(&self, own: &mut Side, version: Protocol) -> Option<String> {
        let theirs = self.peer.side.groups_of(version).unwrap_or_default();
        let takes = |number: &&u16| {
            let mut all = curves().iter();
            let curve = all.find(|curve| curve.iana == **number);
            curve.is_some_and(|curve| match (self.settings.is_client(), version) {
                (true, _) => true,
                (false, Protocol::Tls13) => curve.key_share,
                (false, _) => curve.server_kex,
            })
        };
        let known: Vec<u16> = theirs.iter().filter(takes).copied().take(CHOICES).collect();
        let first = *known.first()?;
        let list = match version {
            Protocol::Tls13 => &mut own.groups13,
            _ => &mut own.groups,
        };
        list.get_or_insert_default().push(first);
        let names = joined(known.iter().map(|number| group_name(*number)));
        Some(match known.as_slice() {
            [_] => format!("add {names}"),
            _ => format!("add one of {names}"),
        })
    }

    fn signature(&self, own: &mut Side, version: Protocol) -> Option<String> {
        let theirs = self.peer.side.schemes(version);
        let number = |code: &str| u16::from_str_radix(code, 16).ok();
        let fits = |scheme: u16| {
            let mut keys = super::Key::ALL.into_iter();
            theirs.contains(&scheme) && keys.any(|key| key.signs(version, scheme))
        };
        let mut known = signature_pairs().iter().filter_map(|pair| {
            let scheme = number(pair.code).filter(|scheme| fits(*scheme))?;
            let new = !own.schemes(version).contains(&scheme) && !pair.is_legacy();
            new.then_some((scheme, pair.name))
        });
        let (scheme, name) = known.next()?;
        own.signatures.get_or_insert_default().push(scheme);
        Some(format!("add {name}"))
    }
}
