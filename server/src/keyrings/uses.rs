//! What the rules of a policy want of a ring: labels, keys that go with their suites, authorities.

use generator::analysis::handshake::{
    Asks, CertificateKey, Key, Role, Settings, Side, certificate_labels, served,
};
use generator::policy::lookup::rules;
use generator::policy::{Named, Release, ResolvedStack, Statement, View};
use keyring::{Held, KeyKind, Remark, Ring, RingName, Rings, Usage};

/// A policy whose rules may read rings.
#[derive(Clone, Copy, Debug)]
pub struct Policy<'p> {
    pub stack: &'p ResolvedStack,
    pub release: Release,
}

/// A rule that reads a ring.
pub struct Use {
    rule: String,
    place: String,
    /// How many more rules want the same.
    others: usize,
    role: Role,
    side: Side,
    labels: Vec<String>,
    /// The labels that a server presents to clients who ask for a name.
    by_name: Vec<String>,
}

/// The rules of a policy that read a ring. One that names no owner means the ring of whoever runs the
/// program: it counts for every ring of that name.
pub fn uses(policy: &Policy<'_>, rings: &Rings, name: &RingName) -> Vec<Use> {
    let named = Named::of(&policy.stack.policy);
    let rules = rules(&policy.stack.policy).into_iter();
    let rules = rules.map(|rule| rule.statement);
    let mut found: Vec<Use> = Vec::new();
    for rule in rules.filter(|rule| named.protects(rule) == Some(true)) {
        let view = View::of(&named, rule, policy.release);
        if !is_meant(&view, rings, name) {
            continue;
        }
        let new = of_rule(policy.stack, rule, view);
        match found.iter_mut().find(|one| one.wants_the_same(&new)) {
            Some(one) => one.others += 1,
            None => found.push(new),
        }
    }
    found
}

fn is_meant(view: &View<'_>, rings: &Rings, name: &RingName) -> bool {
    let meant = view.value("Keyring").and_then(|text| text.parse().ok());
    meant.is_some_and(|meant: RingName| match &meant.owner {
        Some(_) => rings.path(&meant) == rings.path(name),
        None => meant.ring == name.ring,
    })
}

fn of_rule(stack: &ResolvedStack, rule: &Statement, view: View<'_>) -> Use {
    let settings = Settings::of(&view);
    let place = stack.origins.line(view.tag("Keyring"));
    Use {
        rule: rule.name_str().unwrap_or_default().to_owned(),
        place: place.map_or_else(String::new, |(file, line)| format!("{file}:{line}")),
        labels: certificate_labels(&view, settings.is_client()),
        by_name: labels_by_name(&view),
        others: 0,
        role: settings.role,
        side: settings.side,
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
    /// "rule `Web` (policy:12)", or "rule `Web` (policy:12) with 2 others"
    pub fn words(&self) -> String {
        let rule = format!("rule `{}` ({})", self.rule, self.place);
        match self.others {
            0 => rule,
            1 => format!("{rule} with 1 other"),
            count => format!("{rule} with {count} others"),
        }
    }

    fn wants_the_same(&self, other: &Self) -> bool {
        let of = |one: &Self| (one.role, one.labels.clone(), one.by_name.clone());
        of(self) == of(other) && self.side == other.side
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
        if self.role != Role::Client {
            remarks.extend(self.keys(ring));
        }
        remarks
    }

    fn authorities(&self, ring: &Ring) -> Option<Remark> {
        let checks = self.role == Role::Client || self.side.asks != Asks::No;
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
        let side = &self.side;
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
