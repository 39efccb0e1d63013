//! What a client offered against what its rule takes, and the offer of this side against a server's answer.

use generator::analysis::handshake::{
    Cause, Failure, Hello, Key, Outcome, Peer, Settings, Side, handshake, key_of,
};
use generator::policy::table::suites::{Protocol, suite_by_number};

use super::words::{groups, joined, sentence, signatures, suites};
use super::{Case, Now, diagnosis};
use crate::tls::{Opening, Role};
use control::{Change, Diagnosis};

impl Case {
    /// What the analysis foretells of the ClientHello; `None`: there is none, or it should have got through.
    pub(super) fn foretold(&self, now: &Now) -> Option<Diagnosis> {
        let settings = self.settings.as_deref()?;
        let hello = self.hello()?;
        let Outcome::Fails(failure) = self.outcome(settings, &hello) else {
            return None;
        };
        let mut found = self.refused(settings, &hello, &failure);
        let later = match &now.settings {
            None => {
                "The policy was loaded again since, and has no such rule any more that protects"
            }
            Some(now) if **now == *settings => return Some(found),
            Some(now) => match self.outcome(now, &hello) {
                Outcome::Succeeds(_) => {
                    found.changes.clear();
                    "The policy was loaded again since: by the one that is loaded now, this client gets through"
                }
                Outcome::Fails(failure) => {
                    found = self.refused(now, &hello, &failure);
                    "The policy was loaded again since; this is about the one that is loaded now, which does not let this client through either"
                }
            },
        };
        found.why = format!("{} {later}.", found.why);
        Some(found)
    }

    fn outcome(&self, settings: &Settings, hello: &Hello) -> Outcome {
        let mut settings = settings.clone();
        settings.side.keys = self.keys.to_vec();
        handshake(&settings, &Peer::of_hello(hello))
    }

    fn refused(&self, settings: &Settings, hello: &Hello, failure: &Failure) -> Diagnosis {
        let mut own = settings.side.clone();
        own.keys = self.keys.to_vec();
        let peer = Peer::of_hello(hello).side;
        let mut found = Diagnosis {
            why: self.apart(&own, &peer, failure),
            changes: Vec::new(),
        };
        let fit = |version: Protocol| match failure.cause {
            Some(Cause::Suite(_)) => only_other_key(&own, &peer, version),
            _ => None,
        };
        let version = own.versions.iter().rev();
        let version = version.copied().find(|one| peer.versions.contains(one));
        if let Some((_, key)) = version.and_then(fit) {
            let (ring, place) = (
                self.ring_words(),
                self.place().named("ServerCertificateLabel"),
            );
            found.changes.push(Change {
                text: format!(
                    "Put a certificate with an {key} key into {ring}, beside the one that is there, and name both by {place}."
                ),
                attributes: vec!["ServerCertificateLabel".to_owned(), "Keyring".to_owned()],
            });
        }
        if !failure.steps.is_empty() {
            let place = self.place();
            let steps: Vec<_> = failure.steps.iter().map(|step| place.step(step)).collect();
            let mut attributes: Vec<String> = Vec::new();
            for step in &failure.steps {
                if !attributes.iter().any(|one| one == step.field.keyword) {
                    attributes.push(step.field.keyword.to_owned());
                }
            }
            found.changes.push(Change {
                text: sentence(&steps.join("; and ")),
                attributes,
            });
        }
        let other = match failure.cause {
            Some(Cause::Version) => Some(format!(
                "have the client use {}",
                joined(own.versions.iter().map(ToString::to_string))
            )),
            Some(Cause::Suite(version)) => Some(format!(
                "have the client offer one of {}",
                suites(&usable(&own, version))
            )),
            Some(Cause::Group(version)) => own
                .groups_of(version)
                .map(|list| format!("have the client offer one of the groups {}", groups(list))),
            _ => None,
        };
        if let Some(other) = other {
            let or = match found.changes.is_empty() {
                true => other,
                false => format!("or {other}"),
            };
            found.changes.push(Change {
                text: sentence(&or),
                attributes: Vec::new(),
            });
        }
        found
    }

    /// What the client offers, and what the rule takes.
    fn apart(&self, own: &Side, peer: &Side, failure: &Failure) -> String {
        let rule = self.rule_words();
        let older = |version: &Protocol| {
            let mut both = own.versions.iter().filter(|one| *one < version);
            match both.any(|one| peer.versions.contains(one)) {
                true => " Older versions are not tried.",
                false => "",
            }
        };
        match failure.cause {
            Some(Cause::Version) if own.versions.is_empty() || peer.versions.is_empty() => {
                sentence(&failure.because)
            }
            Some(Cause::Version) => format!(
                "The client speaks {}, and {rule} takes {} only.",
                joined(peer.versions.iter().map(ToString::to_string)),
                joined(own.versions.iter().map(ToString::to_string)),
            ),
            Some(Cause::Suite(version)) => match only_other_key(own, peer, version) {
                Some((both, key)) => format!(
                    "The cipher suites of {version} that the client and {rule} have in common need a certificate with an {key} key, and this side has none: {}.{}",
                    suites(&both),
                    older(&version)
                ),
                None => format!(
                    "The client and {rule} speak {version}, and have no cipher suite for it in common. The client offers {}; the rule has {}.{}",
                    suites(&peer.suites_of(version)),
                    suites(&own.suites_of(version)),
                    older(&version)
                ),
            },
            Some(Cause::Group(version)) => format!(
                "The client and {rule} have no group for the key exchange of {version} in common. The client offers {}; the rule has {}.",
                groups(peer.groups_of(version).unwrap_or_default()),
                groups(own.groups_of(version).unwrap_or_default()),
            ),
            Some(Cause::Signature(version)) => format!(
                "The client takes no signature in {version} that the certificate of this side can make by {rule}. The client takes {}; the rule has {}.",
                signatures(peer.schemes(version)),
                signatures(own.schemes(version)),
            ),
            _ => sentence(&failure.because),
        }
    }

    /// What a server answered to the offer of this side, where it answered with a version.
    pub(super) fn of_server_hello(&self) -> Option<Diagnosis> {
        let settings = self.settings.as_deref()?;
        let Opening::Tls(bytes) = &self.evidence.opening else {
            return None;
        };
        if self.role() != Some(Role::Client) || self.failure.code != 412 {
            return None;
        }
        let version = answered(bytes)?;
        if settings.side.versions.contains(&version) {
            return None;
        }
        let (rule, name) = (self.rule_words(), version.attribute());
        let own = joined(settings.side.versions.iter().map(ToString::to_string));
        let place = self.place().named(name);
        let old = match version < Protocol::Tls12 {
            true => ", although the version is old",
            false => "",
        };
        diagnosis(
            format!("The server answers with {version}, and {rule} takes {own} only."),
            vec![
                (format!("Have the server use {own}."), &[]),
                (format!("Or write `On` for {place}{old}."), &[name]),
            ],
        )
    }
}

/// The suites of a version for which there is a certificate.
fn usable(own: &Side, version: Protocol) -> Vec<u16> {
    let fits = |number: &u16| match (version, suite_by_number(*number)) {
        (Protocol::Tls13, _) | (_, None) => true,
        (_, Some(row)) => key_of(row).is_some_and(|key| own.keys.contains(&key)),
    };
    own.suites_of(version).into_iter().filter(fits).collect()
}

/// The suites that both have, where none of them goes with the keys of this side; and a key that would.
fn only_other_key(own: &Side, peer: &Side, version: Protocol) -> Option<(Vec<u16>, Key)> {
    if version == Protocol::Tls13 {
        return None;
    }
    let theirs = peer.suites_of(version);
    let both: Vec<_> = own.suites_of(version);
    let both: Vec<_> = both
        .into_iter()
        .filter(|one| theirs.contains(one))
        .collect();
    let key = both
        .iter()
        .find_map(|number| key_of(suite_by_number(*number)?))?;
    (!own.keys.contains(&key)).then_some((both, key))
}

/// The version of a ServerHello that begins here (RFC 8446, 4.1.3). One that names it in an extension is of
/// TLS 1.3, which is not looked for.
fn answered(bytes: &[u8]) -> Option<Protocol> {
    let [0x16, _, _, _, _, 2, _, _, _, 3, minor, ..] = *bytes else {
        return None;
    };
    Some(match minor {
        0 => Protocol::SslV3,
        1 => Protocol::Tls10,
        2 => Protocol::Tls11,
        3 => Protocol::Tls12,
        _ => return None,
    })
}
