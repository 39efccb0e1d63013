//! What a ring holds.

use std::collections::BTreeMap;

use openssl::pkey::{PKey, Private};
use openssl::x509::{X509, X509Ref};

/// What a ring holds.
#[derive(Clone, Debug, Default)]
pub struct Ring {
    pub(crate) personal: BTreeMap<String, Certificate>,
    pub(crate) authorities: Vec<X509>,
    /// INVARIANT: the label of each authority, in their order.
    pub(crate) authority_labels: Vec<String>,
    /// Lists of revoked certificates, in DER.
    pub(crate) revoked: Vec<Vec<u8>>,
    pub(crate) default: Option<String>,
}

/// A certificate with its key.
#[derive(Clone, Debug)]
pub struct Certificate {
    pub leaf: X509,
    pub key: PKey<Private>,
    /// The issuers to send along, nearest first, without the root.
    pub chain: Vec<X509>,
    /// The root above the chain is known, too.
    pub complete: bool,
    /// What an OCSP responder said of it, in DER.
    pub status: Option<Vec<u8>>,
}

impl Ring {
    /// A ring that lies nowhere; the first certificate is its default.
    pub fn made(personal: Vec<(&str, Certificate)>, authorities: Vec<X509>) -> Self {
        let default = personal.first().map(|(label, _)| (*label).to_owned());
        let personal = personal
            .into_iter()
            .map(|(label, one)| (label.to_owned(), one))
            .collect();
        Self {
            personal,
            authority_labels: vec![String::new(); authorities.len()],
            authorities,
            default,
            ..Self::default()
        }
    }

    pub fn personal(&self, label: &str) -> Option<&Certificate> {
        self.personal.get(label)
    }

    /// The certificates with keys, by label.
    pub fn personals(&self) -> impl Iterator<Item = (&str, &Certificate)> {
        self.personal
            .iter()
            .map(|(label, one)| (label.as_str(), one))
    }

    /// The certificate that is presented when no label is coded: the one that is marked, or the only one.
    pub fn default_certificate(&self) -> Option<&Certificate> {
        self.personal.get(self.default_label()?)
    }

    /// Its label.
    pub fn default_label(&self) -> Option<&str> {
        match &self.default {
            Some(label) => Some(label),
            None if self.personal.len() == 1 => self.personal.keys().next().map(String::as_str),
            None => None,
        }
    }

    /// Whether a default is marked, and not only the single one.
    pub fn has_marked_default(&self) -> bool {
        self.default.is_some()
    }

    pub fn authorities(&self) -> &[X509] {
        &self.authorities
    }

    /// Lists of revoked certificates, in DER.
    pub fn revoked(&self) -> &[Vec<u8>] {
        &self.revoked
    }

    /// The authorities with their labels; a label can have several.
    pub fn labelled_authorities(&self) -> impl Iterator<Item = (&str, &X509)> {
        self.authority_labels
            .iter()
            .map(String::as_str)
            .zip(&self.authorities)
    }
}

impl Certificate {
    /// Whether both are sent with the same issuers.
    pub fn chain_is(&self, other: &Self) -> bool {
        let der = |chain: &[X509]| {
            chain
                .iter()
                .map(|one| one.to_der().unwrap_or_default())
                .collect::<Vec<_>>()
        };
        der(&self.chain) == der(&other.chain)
    }
}

/// Whether a certificate is its own issuer, as that of a root is. What its key may be used for does not
/// count: a server's certificate that signed itself issues no others.
pub fn is_root(one: &X509Ref) -> bool {
    let same = one.subject_name().try_cmp(one.issuer_name());
    same.is_ok_and(std::cmp::Ordering::is_eq) && is_signed_by(one, one)
}

fn is_signed_by(one: &X509Ref, issuer: &X509Ref) -> bool {
    let key = issuer.public_key().ok();
    key.is_some_and(|key| one.verify(&key).unwrap_or(false))
}

/// Whether one issued the other: names and key ids fit, and so does the signature. An authority that
/// changed its key has two certificates with one name.
pub fn issued(issuer: &X509Ref, one: &X509Ref) -> bool {
    issuer.issued(one).as_raw() == 0 && is_signed_by(one, issuer)
}

/// The issuers of a certificate among those that are known, nearest first and without the root.
pub fn chain<'c>(leaf: &X509Ref, known: impl Iterator<Item = &'c X509> + Clone) -> Vec<X509> {
    /// Longer ones no partner takes.
    const LONGEST: usize = 10;
    let mut chain: Vec<X509> = Vec::new();
    while chain.len() < LONGEST {
        let last: &X509Ref = chain.last().map_or(leaf, |last| last);
        if is_root(last) {
            break;
        }
        let mut candidates = known.clone();
        let Some(issuer) = candidates.find(|one| !is_root(one) && issued(one, last)) else {
            break;
        };
        chain.push(issuer.clone());
    }
    chain
}

/// Whether the root above a chain is among those that are known.
pub fn has_root<'c>(
    leaf: &X509Ref,
    chain: &[X509],
    mut known: impl Iterator<Item = &'c X509>,
) -> bool {
    let last: &X509Ref = chain.last().map_or(leaf, |last| last);
    is_root(last) || known.any(|one| is_root(one) && issued(one, last))
}
