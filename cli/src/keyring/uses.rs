//! What the rules of a policy want of a ring: labels, keys that go with their suites, authorities.

use std::path::PathBuf;

use ::keyring::{Held, KeyKind, Remark, Ring, RingName, Rings, Usage};
use clap::{Arg, ArgMatches, value_parser};
use generator::analysis::handshake::{CertificateKey, Role, Settings, certificate_labels, served};
use generator::policy::table::TTLS_RULE;
use generator::policy::{Named, ResolvedStack, Statement, View};

use super::NotDone;
use crate::disk;

/// A rule that reads a ring.
pub struct Use {
    rule: String,
    place: String,
    settings: Needs,
    labels: Vec<String>,
    /// The labels that a server presents to clients who ask for a name.
    by_name: Vec<String>,
}

struct Needs {
    role: Role,
    side: generator::analysis::handshake::Side,
}

pub fn flags() -> impl Iterator<Item = Arg> {
    let policy = Arg::new("file")
        .long("policy")
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .help("A main or image configuration file, or a file of AT-TLS policy, whose rules use the ring");
    let flags = disk::flags().into_iter().map(|flag| {
        let is_release = flag.get_id() == "release";
        match is_release {
            true => flag,
            false => flag.requires("file"),
        }
    });
    flags.chain([policy])
}

/// The rules that read a ring; none where no policy is given. A rule that names no owner means the ring of
/// whoever runs the program: it counts for every ring of that name.
pub fn of(matches: &ArgMatches, rings: &Rings, name: &RingName) -> Result<Vec<Use>, NotDone> {
    if !matches.contains_id("file") {
        return Ok(Vec::new());
    }
    let checked = disk::checked(matches)?;
    let mut found = Vec::new();
    for stack in &checked.stacks {
        let named = Named::of(&stack.policy);
        let rules = stack
            .policy
            .statements
            .iter()
            .filter(|one| one.def() == Some(&TTLS_RULE) && named.protects(one) == Some(true));
        for rule in rules {
            let view = View::of(&named, rule, disk::release(matches));
            if is_meant(&view, rings, name) {
                found.push(of_rule(stack, rule, view));
            }
        }
    }
    Ok(found)
}

fn is_meant(view: &View<'_>, rings: &Rings, name: &RingName) -> bool {
    let meant = view.value("Keyring").and_then(|text| text.parse().ok());
    meant.is_some_and(|meant: RingName| match &meant.owner {
        Some(_) => rings.path(&meant) == rings.path(name),
        None => meant.ring == name.ring,
    })
}

fn of_rule(stack: &ResolvedStack, rule: &Statement, view: View<'_>) -> Use {
    let settings = Settings::of(view.clone());
    Use {
        rule: rule.name_str().unwrap_or_default().to_owned(),
        place: disk::place(stack, view.tag("Keyring")),
        labels: certificate_labels(&view, settings.is_client()),
        by_name: labels_by_name(&view),
        settings: Needs {
            role: settings.role,
            side: settings.side,
        },
    }
}

fn labels_by_name(view: &View<'_>) -> Vec<String> {
    if view.is("ServerHandshakeSNI", "Off") {
        return Vec::new();
    }
    let lines = view.said("ServerHandshakeSNIList").iter();
    let labels = lines.filter_map(|line| line.attribute.value().split_once('/'));
    labels.map(|(_, label)| label.to_owned()).collect()
}

impl Use {
    /// "rule `Web` (policy:12)"
    pub fn words(&self) -> String {
        format!("rule `{}` ({})", self.rule, self.place)
    }

    /// Whether the rule names a label.
    pub fn names(&self, label: &str) -> bool {
        let mut all = self.labels.iter().chain(&self.by_name);
        all.any(|own| own == label)
    }

    /// What the rule wants and the ring does not have.
    pub fn judge(&self, ring: &Ring) -> Vec<Remark> {
        let mut remarks = Vec::new();
        for label in self.labels.iter().chain(&self.by_name) {
            if ring.personal(label).is_none() {
                let words = format!(
                    "{} presents the label, and the ring has no certificate with a key under it",
                    self.words()
                );
                remarks.push(Remark::error(Some(label), words));
            }
        }
        remarks.extend(self.authorities(ring));
        if self.settings.role != Role::Client {
            remarks.extend(self.keys(ring));
        }
        remarks
    }

    fn authorities(&self, ring: &Ring) -> Option<Remark> {
        use generator::analysis::handshake::Asks;
        let checks = self.settings.role == Role::Client || self.settings.side.asks != Asks::No;
        (checks && ring.authorities().is_empty()).then(|| {
            let words = format!(
                "{} checks the certificates of partners, and the ring has no authority to trust",
                self.words()
            );
            Remark::error(None, words)
        })
    }

    /// Whether the certificates that a server presents go with its versions, suites and signatures.
    fn keys(&self, ring: &Ring) -> Vec<Remark> {
        let held = ::keyring::held(ring);
        let presents = |one: &&Held| {
            one.usage == Usage::Personal
                && match self.labels.is_empty() {
                    true => one.is_default,
                    false => self.labels.contains(&one.label),
                }
        };
        let presented: Vec<_> = held.iter().filter(presents).collect();
        if presented.is_empty() {
            return match self.labels.is_empty() {
                true => vec![Remark::error(
                    None,
                    format!(
                        "{} presents the default certificate, and the ring has none",
                        self.words()
                    ),
                )],
                false => Vec::new(),
            };
        }
        let side = &self.settings.side;
        let mut remarks = Vec::new();
        for one in &presented {
            let versions = served(side, &[key(one)]);
            if versions.iter().all(|(_, lack)| lack.is_some()) {
                let words = format!(
                    "its key, {}, goes with nothing that {} takes",
                    one.key,
                    self.words()
                );
                remarks.push(Remark::error(Some(&one.label), words));
            }
        }
        let keys: Vec<_> = presented.iter().map(|one| key(one)).collect();
        let lacks = served(side, &keys);
        if lacks.iter().all(|(_, lack)| lack.is_some()) {
            return remarks;
        }
        for (version, lack) in lacks {
            let Some(lack) = lack else { continue };
            let words = format!(
                "{} has {version} on, and never agrees on it with these certificates: {lack}",
                self.words()
            );
            remarks.push(Remark::warning(None, words));
        }
        remarks
    }
}

fn key(one: &Held) -> CertificateKey {
    use generator::analysis::handshake::Key;
    CertificateKey {
        key: match one.key.kind {
            KeyKind::Rsa => Some(Key::Rsa),
            KeyKind::Ec => Some(Key::Ecdsa),
            KeyKind::Ed25519 | KeyKind::Other => None,
        },
        curve: match one.key.curve.as_str() {
            "P-256" => Some(23),
            "P-384" => Some(24),
            "P-521" => Some(25),
            _ => None,
        },
    }
}
