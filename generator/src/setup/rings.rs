//! The key rings that a stack's rules name, and what each of them needs.

use std::collections::{BTreeMap, BTreeSet};

use crate::objects::values::{Keyring, KeyringKind, NameMask};
use crate::objects::{
    Configuration, Entry, HandshakeRole, Image, MapUse, Object, ObjectId, Rule, Stack, TrafficRow,
};

/// A key ring of the security product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ring {
    /// `OWNER/ring`, or `ring` where the owner is the user ID of each application.
    pub text: String,
    pub owner: Option<String>,
    pub name: String,
    /// Certificate labels that rows name.
    pub labels: BTreeSet<String>,
    /// Some server takes the ring's default certificate.
    pub needs_default: bool,
    /// User IDs that rows name.
    pub users: BTreeSet<String>,
}

impl Ring {
    /// The key of an answer about this ring.
    pub fn key(&self, what: &str) -> String {
        format!("ring.{}.{what}", self.text)
    }

    /// True when no application needs a private key from it.
    pub fn holds_only_authorities(&self) -> bool {
        self.labels.is_empty() && !self.needs_default
    }

    /// A certificate that applications which name none get.
    pub fn has_default(&self) -> bool {
        self.needs_default
    }

    fn needs(&mut self, row: &TrafficRow) {
        let labels = std::iter::once(&row.certificate_label)
            .chain(&row.server_certificate_labels)
            .filter_map(Entry::value)
            .filter(|label| !label.is_empty())
            .map(ToString::to_string);
        self.labels.extend(labels);
        let names_none = row
            .certificate_label
            .value()
            .is_none_or(|label| label.is_empty())
            && row.server_certificate_labels.is_empty();
        let serves = match row.effective_role() {
            HandshakeRole::Server | HandshakeRole::ServerWithClientAuth => true,
            HandshakeRole::Client => false,
        };
        self.needs_default |= serves && names_none;
        if let Entry::Value(NameMask::Exact(user)) = &row.userid {
            self.users.insert(user.clone());
        }
    }
}

/// What the rules of a stack keep their keys in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rings {
    /// By text.
    pub rings: Vec<Ring>,
    /// What no job can be made for, each with the reason.
    pub by_hand: Vec<(String, &'static str)>,
}

impl Rings {
    pub fn of(
        configuration: &Configuration,
        stack_id: &ObjectId,
        stack: &Stack,
        image: &Image,
    ) -> Self {
        let default = [&stack.keyring, &image.keyring]
            .into_iter()
            .filter_map(Entry::value)
            .find(|ring| !ring.is_empty());
        let rows = protected_rows(configuration, stack_id, stack);
        let mut found = BTreeMap::new();
        let mut by_hand = BTreeSet::new();
        for row in &rows {
            let own = row.keyring.value().filter(|ring| !ring.is_empty());
            if let Some(ring) = own.or(default)
                && let Some(ring) = note(ring, &mut found, &mut by_hand)
            {
                ring.needs(row);
            }
        }
        if let Some(ring) = default.filter(|_| rows.is_empty())
            && let Some(ring) = note(ring, &mut found, &mut by_hand)
        {
            // No rule yet: the ring will serve.
            ring.needs_default = true;
        }
        let (good, bad): (Vec<_>, Vec<_>) = found
            .into_values()
            .partition(|ring: &Ring| ring.labels.iter().all(|label| is_writable(label)));
        by_hand.extend(bad.into_iter().map(|ring| {
            (
                ring.text,
                "one of its labels is longer than 32 characters or not plain ASCII",
            )
        }));
        Self {
            rings: good,
            by_hand: by_hand.into_iter().collect(),
        }
    }
}

fn note<'a>(
    ring: &Keyring,
    found: &'a mut BTreeMap<String, Ring>,
    by_hand: &mut BTreeSet<(String, &'static str)>,
) -> Option<&'a mut Ring> {
    let text = ring.to_string();
    let refuse = match ring.kind() {
        KeyringKind::Database => Some("it is a key database; `gskkyman` makes and keeps it"),
        KeyringKind::Token => Some("it is a PKCS #11 token; `gskkyman` or RACDCERT BIND fills it"),
        KeyringKind::SafRing => None,
    };
    let (owner, name) = match ring.owner_and_ring() {
        Some((owner, name)) => (Some(owner.to_ascii_uppercase()), name),
        None => (None, ring.as_str()),
    };
    let refuse = refuse.or_else(|| match (owner.as_deref(), name) {
        (_, "*") => Some("it is a virtual key ring and needs no job"),
        (Some(owner), _) if !is_user_id(owner) => Some("its owner is no user ID"),
        (_, name) if !is_ring_name(name) => Some("its name cannot stand in a RACF command"),
        _ => None,
    });
    if let Some(reason) = refuse {
        by_hand.insert((text, reason));
        return None;
    }
    let text = match &owner {
        Some(owner) => format!("{owner}/{name}"),
        None => name.to_owned(),
    };
    Some(found.entry(text.clone()).or_insert_with(|| Ring {
        text,
        owner,
        name: name.to_owned(),
        labels: BTreeSet::new(),
        needs_default: false,
        users: BTreeSet::new(),
    }))
}

fn is_user_id(text: &str) -> bool {
    super::Check::UserId.refusal(text).is_none()
}

/// RACDCERT, ADDRING: 1 to 237 characters; those that stand in a command and a profile name.
fn is_ring_name(text: &str) -> bool {
    (1..=237).contains(&text.len())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "@#$._-".contains(c))
}

fn is_writable(label: &str) -> bool {
    super::Check::Label.refusal(label).is_none()
}

/// The rows of the stack's rules that are protected.
pub(super) fn protected_rows<'a>(
    configuration: &'a Configuration,
    stack_id: &ObjectId,
    stack: &Stack,
) -> Vec<&'a TrafficRow> {
    if !stack.enabled {
        return Vec::new();
    }
    let rules = configuration.rules_of(stack_id);
    let enabled = rules
        .into_iter()
        .map(|(_, rule)| rule)
        .filter(|rule| rule.enabled);
    enabled
        .flat_map(|rule| rows_of(configuration, rule))
        .collect()
}

fn rows_of<'a>(configuration: &'a Configuration, rule: &'a Rule) -> Vec<&'a TrafficRow> {
    let mappings = match &rule.map {
        MapUse::Own(mappings) => mappings,
        MapUse::Shared(id) => match configuration.get(id) {
            Some(Object::RequirementMap(map)) => &map.mappings,
            _ => return Vec::new(),
        },
    };
    let get = |id: &Option<ObjectId>| id.as_ref().and_then(|id| configuration.get(id));
    let mut rows = Vec::new();
    for mapping in mappings {
        if let (Some(Object::TrafficDescriptor(traffic)), Some(Object::SecurityLevel(level))) =
            (get(&mapping.traffic), get(&mapping.level))
            && level.protect
        {
            rows.extend(&traffic.rows);
        }
    }
    rows
}
