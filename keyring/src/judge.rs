//! What is wrong with a ring, beyond what keeps it from being read.

use jiff::Timestamp;

use crate::error::RingError;
use crate::held::{Held, Key, KeyKind, held};
use crate::ring::Ring;
use crate::write::Usage;

/// Days before its end from which a certificate is spoken of.
pub const SOON: i64 = 30;
/// Bits of an RSA key below which partners refuse it: NIST SP 800-57 part 1, table 2, 112 bits of strength.
const LEAST_RSA: u32 = 2048;
const LEAST_EC: u32 = 224;

/// Something about a ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    pub weight: Weight,
    /// The certificate that it is about; `None`: the whole ring.
    pub label: Option<String>,
    pub words: String,
}

/// How much a remark weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    Warning,
    /// The ring cannot be used, or partners refuse what it holds.
    Error,
}

impl Remark {
    pub fn error(label: Option<&str>, words: impl Into<String>) -> Self {
        Self {
            weight: Weight::Error,
            label: label.map(str::to_owned),
            words: words.into(),
        }
    }

    pub fn warning(label: Option<&str>, words: impl Into<String>) -> Self {
        Self {
            weight: Weight::Warning,
            ..Self::error(label, words)
        }
    }
}

/// Everything that is to be said of a ring, at a time.
pub fn judge(ring: &Ring, faults: &[RingError], now: Timestamp) -> Vec<Remark> {
    let unread = faults.iter();
    let mut remarks: Vec<_> = unread
        .map(|fault| Remark::error(None, fault.to_string()))
        .collect();
    let all = held(ring);
    remarks.extend(whole(ring, &all, faults.is_empty()));
    for one in &all {
        remarks.extend(date(one, now));
        remarks.extend(strength(one));
        remarks.extend(place(one));
    }
    remarks
}

/// What concerns the ring as a whole.
fn whole(ring: &Ring, all: &[Held], is_read: bool) -> Vec<Remark> {
    let mut remarks = Vec::new();
    if all.is_empty() && is_read {
        remarks.push(Remark::warning(None, "holds nothing"));
    }
    let marked = all.iter().find(|one| one.is_default && one.is_authority);
    // As long as it is alone, the ring is there to sign with.
    if let Some(one) = marked.filter(|_| ring.has_marked_default()) {
        let words = "is an authority and the default of the ring: servers would present it";
        remarks.push(Remark::warning(Some(&one.label), words));
    }
    let count = ring.personals().count();
    if count > 1 && ring.default_label().is_none() {
        let words = format!(
            "has {count} certificates with keys and none is marked as the default: a rule that names no label has none to present"
        );
        remarks.push(Remark::warning(None, words));
    }
    remarks
}

/// What a date says of a certificate.
pub fn date(one: &Held, now: Timestamp) -> Option<Remark> {
    let label = Some(one.label.as_str());
    let day = |time: Timestamp| time.strftime("%Y-%m-%d").to_string();
    let days = one.days_left(now);
    if one.not_after < now {
        return Some(Remark::error(
            label,
            format!("ended on {}", day(one.not_after)),
        ));
    }
    if one.not_before > now {
        return Some(Remark::error(
            label,
            format!("is not valid before {}", day(one.not_before)),
        ));
    }
    let left = match days {
        0 => "less than a day".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    };
    (days < SOON).then(|| {
        let words = format!("ends on {}, in {left}", day(one.not_after));
        Remark::warning(label, words)
    })
}

fn strength(one: &Held) -> Vec<Remark> {
    let label = Some(one.label.as_str());
    let mut remarks = Vec::new();
    let Key { kind, bits, .. } = one.key;
    let least = match kind {
        KeyKind::Rsa => LEAST_RSA,
        KeyKind::Ec => LEAST_EC,
        KeyKind::Ed25519 | KeyKind::Other => 0,
    };
    if bits < least {
        let words = format!(
            "its key, {}, is weaker than what partners take today",
            one.key
        );
        remarks.push(Remark::warning(label, words));
    }
    // Nobody checks the signature of a root.
    let signature = one.signature.to_ascii_lowercase();
    if !one.is_root && ["md5", "sha1"].iter().any(|hash| signature.contains(hash)) {
        let words = format!(
            "is signed with {}, which partners refuse today",
            one.signature
        );
        remarks.push(Remark::warning(label, words));
    }
    remarks
}

/// What a certificate is not fit for in its place.
fn place(one: &Held) -> Option<Remark> {
    let label = Some(one.label.as_str());
    match one.usage {
        Usage::Personal if !one.complete => {
            let issuer = one.chain.last();
            let missing = match issuer {
                Some(last) => format!("the one that issued `{last}`"),
                None => format!("`{}`", one.issuer),
            };
            let words = format!(
                "its chain is not complete: {missing} is neither in its file nor among the authorities of the ring"
            );
            Some(Remark::warning(label, words))
        }
        Usage::Authority if !one.is_authority && !one.is_root => Some(Remark::warning(
            label,
            "stands among the authorities and is none: no chain ends in it",
        )),
        _ => None,
    }
}
