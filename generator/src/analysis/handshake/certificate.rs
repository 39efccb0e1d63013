//! Whether a server can use a certificate: its key beside the versions, suites and signatures of a rule.

use std::fmt;

use super::side::{Key, Side, key_of};
use crate::policy::View;
use crate::policy::table::Scope;
use crate::policy::table::suites::{Protocol, suite_by_number};

/// The key of a certificate, as far as it counts in a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificateKey {
    /// `None`: a kind that AT-TLS has no suites and signatures for, such as Ed25519.
    pub key: Option<Key>,
    /// The number of its curve in IANA's registry of groups, where TLS has one.
    pub curve: Option<u16>,
}

/// Why no certificate goes with a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    /// AT-TLS does nothing with such keys.
    Kind,
    /// No suite of the version takes such a key.
    Suite,
    /// No signature that the rule allows can be made with it.
    Signature,
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kind => "AT-TLS has no suites and signatures for such a key",
            Self::Suite => "no cipher suite of that version goes with such a key",
            Self::Signature => "no pair of `SignaturePairs` goes with such a key",
        })
    }
}

/// For each version that is on, oldest first: what a server lacks that has these certificates. `None`:
/// one of them can be used.
pub fn served(side: &Side, keys: &[CertificateKey]) -> Vec<(Protocol, Option<Lack>)> {
    let of_version = |version: Protocol| {
        let lacks = keys.iter().map(|key| lack(side, *key, version));
        // The certificate that comes nearest says what is missing.
        let least = lacks.reduce(|one, other| match (one, other) {
            (Some(one), Some(other)) => Some(one.max(other)),
            _ => None,
        });
        (version, least.unwrap_or(Some(Lack::Kind)))
    };
    side.versions.iter().copied().map(of_version).collect()
}

fn lack(side: &Side, certificate: CertificateKey, version: Protocol) -> Option<Lack> {
    let Some(key) = certificate.key else {
        return Some(Lack::Kind);
    };
    let mut schemes = side.schemes(version).iter();
    if version == Protocol::Tls13 {
        if side.suites_of(version).is_empty() {
            return Some(Lack::Suite);
        }
        let signs = |scheme: &u16| key.signs(version, *scheme) && fits(certificate, *scheme);
        return (!schemes.any(signs)).then_some(Lack::Signature);
    }
    let suites = side.suites_of(version).into_iter();
    let suites = suites.filter_map(suite_by_number);
    let mut suites = suites.filter(|suite| key_of(suite) == Some(key)).peekable();
    if suites.peek().is_none() {
        return Some(Lack::Suite);
    }
    let signed = |exchange: &str| version == Protocol::Tls12 && exchange.ends_with("DHE");
    let makes = schemes.any(|scheme| key.signs(version, *scheme));
    let usable = suites.any(|suite| makes || !signed(suite.key_exchange));
    (!usable).then_some(Lack::Signature)
}

/// In TLS 1.3 a signature with ECDSA names the curve of the key (RFC 8446, 4.2.3).
fn fits(certificate: CertificateKey, scheme: u16) -> bool {
    match scheme {
        0x0403 => certificate.curve == Some(23),
        0x0503 => certificate.curve == Some(24),
        0x0603 => certificate.curve == Some(25),
        _ => true,
    }
}

/// The labels of the certificates that a rule presents; none: the default of its key ring. A list of a
/// server's certificates counts before the one label of both roles, unless that is coded nearer to the
/// connection.
pub fn certificate_labels(view: &View<'_>, is_client: bool) -> Vec<String> {
    let scope = |name: &str| {
        Some(match view.said(name).first()?.scope {
            Scope::Connection => 0,
            Scope::Environment => 1,
            Scope::Group => 2,
        })
    };
    let list = |name: &str| {
        let lines = view.said(name).iter();
        lines
            .map(|line| line.attribute.value().to_owned())
            .collect()
    };
    let one = "CertificateLabel";
    let several = "ServerCertificateLabel";
    match (is_client, scope(several), scope(one)) {
        (false, Some(own), label) if label.is_none_or(|label| own <= label) => list(several),
        _ => list(one),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RSA: CertificateKey = CertificateKey {
        key: Some(Key::Rsa),
        curve: None,
    };
    const P384: CertificateKey = CertificateKey {
        key: Some(Key::Ecdsa),
        curve: Some(24),
    };
    const ED25519: CertificateKey = CertificateKey {
        key: None,
        curve: None,
    };

    fn side(versions: &[Protocol], suites: &[u16], signatures: &[u16]) -> Side {
        Side {
            versions: versions.to_vec(),
            suites: suites.to_vec(),
            signatures: Some(signatures.to_vec()),
            ..Side::default()
        }
    }

    fn lacks(side: &Side, keys: &[CertificateKey]) -> Vec<Option<Lack>> {
        served(side, keys)
            .into_iter()
            .map(|(_, lack)| lack)
            .collect()
    }

    #[test]
    fn a_key_needs_a_suite_and_a_signature_of_its_kind() {
        // TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_AES_128_GCM_SHA256; SHA-256 with RSA, PSS.
        let rsa = side(
            &[Protocol::Tls12, Protocol::Tls13],
            &[0xC02F, 0x1301],
            &[0x0401, 0x0804],
        );
        assert_eq!(lacks(&rsa, &[RSA]), [None, None]);
        assert_eq!(
            lacks(&rsa, &[P384]),
            [Some(Lack::Suite), Some(Lack::Signature)]
        );
        assert_eq!(lacks(&rsa, &[ED25519]), [Some(Lack::Kind); 2]);
        assert_eq!(lacks(&rsa, &[]), [Some(Lack::Kind); 2]);
        assert_eq!(lacks(&rsa, &[P384, RSA]), [None, None], "one is enough");
    }

    #[test]
    fn the_signature_of_a_suite_without_forward_secrecy_does_not_count() {
        // TLS_RSA_WITH_AES_128_CBC_SHA.
        let plain = side(&[Protocol::Tls12], &[0x002F], &[0x0403]);
        assert_eq!(lacks(&plain, &[RSA]), [None]);
        let ephemeral = side(&[Protocol::Tls12], &[0xC02F], &[0x0403]);
        assert_eq!(lacks(&ephemeral, &[RSA]), [Some(Lack::Signature)]);
        let old = side(&[Protocol::Tls11], &[0xC013], &[0x0403]);
        assert_eq!(lacks(&old, &[RSA]), [None], "nothing is named before 1.2");
    }

    #[test]
    fn in_tls_13_the_curve_counts() {
        let p256 = side(
            &[Protocol::Tls12, Protocol::Tls13],
            &[0xC02B, 0x1301],
            &[0x0403],
        );
        assert_eq!(lacks(&p256, &[P384]), [None, Some(Lack::Signature)]);
    }
}
