//! Key rings as the API tells them, and what policies want of them. Files are read, nothing is written.

mod uses;

use api::keyring::{
    KeyRing, KeyRingCertificate, KeyRingExpiry, KeyRingKey, KeyRingKeyKind, KeyRingRemark,
    KeyRingUsage,
};
use generator::finding::Severity;
use jiff::Timestamp;
use keyring::{Expiry, Held, KeyKind, Remark, RingError, RingName, Rings, Usage, Weight};

pub use uses::{Policy, Use, uses};

/// Every ring, at a time; with what these policies want of each.
pub fn all(
    rings: &Rings,
    policies: &[Policy<'_>],
    now: Timestamp,
) -> Result<Vec<KeyRing>, RingError> {
    let names = rings.list()?.into_iter();
    names.map(|name| one(rings, &name, policies, now)).collect()
}

fn one(
    rings: &Rings,
    name: &RingName,
    policies: &[Policy<'_>],
    now: Timestamp,
) -> Result<KeyRing, RingError> {
    let (ring, faults) = rings.survey(name)?;
    let mut remarks = keyring::judge(&ring, &faults, now);
    for policy in policies {
        let wanted = uses(policy, rings, name);
        remarks.extend(wanted.iter().flat_map(|one| one.judge(&ring)));
    }
    let held = keyring::held(&ring);
    Ok(KeyRing {
        name: name.to_string(),
        certificates: held.iter().map(|held| certificate(held, now)).collect(),
        requests: rings.requests(name),
        remarks: remarks.iter().map(remark).collect(),
    })
}

/// A certificate as the API tells it.
pub fn certificate(one: &Held, now: Timestamp) -> KeyRingCertificate {
    KeyRingCertificate {
        label: one.label.clone(),
        usage: match one.usage {
            Usage::Authority => KeyRingUsage::Authority,
            Usage::Personal | Usage::Request => KeyRingUsage::Personal,
        },
        default: one.is_default,
        subject: one.subject.clone(),
        issuer: one.issuer.clone(),
        serial: one.serial.clone(),
        not_before: one.not_before.to_string(),
        not_after: one.not_after.to_string(),
        days_left: one.days_left(now),
        expires: one.expiry(now).map(|near| match near {
            Expiry::Ended => KeyRingExpiry::Ended,
            Expiry::Day => KeyRingExpiry::Day,
            Expiry::Week => KeyRingExpiry::Week,
            Expiry::Month => KeyRingExpiry::Month,
        }),
        key: KeyRingKey {
            kind: match one.key.kind {
                KeyKind::Rsa => KeyRingKeyKind::Rsa,
                KeyKind::Ec => KeyRingKeyKind::Ec,
                KeyKind::Ed25519 => KeyRingKeyKind::Ed25519,
                KeyKind::Other => KeyRingKeyKind::Other,
            },
            bits: one.key.bits,
            curve: one.key.curve.clone(),
        },
        signature: one.signature.clone(),
        names: one.hosts.clone(),
        sha256: one.fingerprint.clone(),
        is_authority: one.is_authority,
        chain: one.chain.clone(),
        chain_complete: one.complete,
    }
}

/// A remark as the API tells it.
pub fn remark(one: &Remark) -> KeyRingRemark {
    KeyRingRemark {
        severity: match one.weight {
            Weight::Error => Severity::Error,
            Weight::Warning => Severity::Warning,
        },
        label: one.label.clone(),
        message: one.words.clone(),
    }
}
