//! What is demanded of a partner's certificates beside that they lead to an authority of the key ring.

use openssl::nid::Nid;
use openssl::pkey::Id;
use openssl::ssl::SslVersion;
use openssl::x509::{X509Ref, X509StoreContext, X509StoreContextRef, X509VerifyResult};

use super::hosts::is_named;
use super::plan::{ClientAuth, Hosts, Least, Plan, Revocation, Role};
use super::{evidence, raw};

/// `X509_V_ERR_EE_KEY_TOO_SMALL` of x509_vfy.h.
const KEY_TOO_SMALL: i32 = 66;
/// `X509_V_ERR_HOSTNAME_MISMATCH`.
const OTHER_HOST: i32 = 62;
/// `X509_V_ERR_CERT_REJECTED`.
const REJECTED: i32 = 28;

/// `X509_V_ERR_UNSUPPORTED_SIGNATURE_ALGORITHM`.
const OTHER_SIGNATURE: i32 = 76;
/// `X509_V_ERR_UNABLE_TO_GET_CRL` and `X509_V_ERR_CRL_HAS_EXPIRED`.
const NO_LIST: i32 = 3;
const OLD_LIST: i32 = 12;

/// The value of version 3 in a certificate (RFC 5280, 4.1.2.1).
const VERSION_3: i32 = 2;

/// The function that OpenSSL asks about each certificate of a chain, the leaf last.
pub fn callback(
    plan: &Plan,
) -> impl Fn(bool, &mut X509StoreContextRef) -> bool + Sync + Send + 'static {
    let any = plan.role == Role::Server && plan.client_auth == ClientAuth::PassThru;
    let (least, hosts) = (plan.least, plan.hosts.clone());
    let (pairs, revocation) = (plan.certificate_signatures.clone(), plan.revocation);
    move |is_valid, chain| {
        if any {
            chain.set_error(X509VerifyResult::OK);
            return true;
        }
        if !is_valid {
            let passes = revocation.is_some_and(|level| is_passed_over(chain, level));
            if passes {
                chain.set_error(X509VerifyResult::OK);
            }
            if let (false, Some(refused)) = (passes, chain.current_cert()) {
                evidence::note_refused(refused, chain.error_depth());
            }
            // What is checked below is checked when the certificate itself is asked about.
            return passes;
        }
        let is_leaf = chain.error_depth() == 0;
        let fault = chain.current_cert().and_then(|certificate| {
            let small = fault(certificate, least);
            let other = || is_leaf && !hosts.are_met_by(certificate);
            let signed = || is_signed_by(certificate, &pairs) || is_older_than_pairs(chain);
            small
                .or_else(|| other().then_some(OTHER_HOST))
                .or_else(|| (!signed()).then_some(OTHER_SIGNATURE))
        });
        if let Some(fault) = fault {
            if let Some(refused) = chain.current_cert() {
                evidence::note_refused(refused, chain.error_depth());
            }
            chain.set_error(raw::verify_result(fault));
        }
        fault.is_none()
    }
}

/// Whether the want of a list of revoked certificates does not matter.
fn is_passed_over(chain: &X509StoreContextRef, level: Revocation) -> bool {
    let Some(certificate) = chain.current_cert() else {
        return false;
    };
    match (chain.error().as_raw(), level) {
        (NO_LIST | OLD_LIST, Revocation::Low) => true,
        // Nobody but itself could revoke a root; it is taken out of the key ring.
        (NO_LIST, _) if is_root(certificate) => true,
        (NO_LIST, Revocation::Medium) => certificate.crl_distribution_points().is_none(),
        _ => false,
    }
}

/// Whether a certificate is signed by one of the pairs. That of a root, which it signed itself, does not count.
fn is_signed_by(certificate: &X509Ref, pairs: &[u16]) -> bool {
    let of_list = || {
        let kind = certificate.signature_algorithm().object().nid();
        let found = pairs_of(kind);
        pairs.iter().any(|pair| found.contains(pair))
    };
    pairs.is_empty() || of_list() || is_root(certificate)
}

fn is_root(certificate: &X509Ref) -> bool {
    certificate.issued(certificate) == X509VerifyResult::OK
}

/// Whether the connection is one of a version that knows no pairs.
fn is_older_than_pairs(chain: &X509StoreContextRef) -> bool {
    let index = X509StoreContext::ssl_idx().ok();
    let version = index
        .and_then(|index| chain.ex_data(index))
        .and_then(|ssl| ssl.version2());
    let old = [SslVersion::SSL3, SslVersion::TLS1, SslVersion::TLS1_1];
    version.is_some_and(|version| old.contains(&version))
}

/// The pairs that a signature of a certificate can be; a PSS one is not told by its hash.
fn pairs_of(kind: Nid) -> &'static [u16] {
    match kind {
        Nid::MD5WITHRSAENCRYPTION => &[0x0101],
        Nid::SHA1WITHRSAENCRYPTION => &[0x0201],
        Nid::SHA224WITHRSAENCRYPTION => &[0x0301],
        Nid::SHA256WITHRSAENCRYPTION => &[0x0401],
        Nid::SHA384WITHRSAENCRYPTION => &[0x0501],
        Nid::SHA512WITHRSAENCRYPTION => &[0x0601],
        Nid::RSASSAPSS => &[0x0804, 0x0805, 0x0806],
        Nid::DSAWITHSHA1 => &[0x0202],
        Nid::DSA_WITH_SHA224 => &[0x0302],
        Nid::DSA_WITH_SHA256 => &[0x0402],
        Nid::ECDSA_WITH_SHA1 => &[0x0203],
        Nid::ECDSA_WITH_SHA224 => &[0x0303],
        Nid::ECDSA_WITH_SHA256 => &[0x0403],
        Nid::ECDSA_WITH_SHA384 => &[0x0503],
        Nid::ECDSA_WITH_SHA512 => &[0x0603],
        _ => &[],
    }
}

/// What a certificate lacks.
fn fault(certificate: &X509Ref, least: Least) -> Option<i32> {
    if least.version3 && certificate.version() < VERSION_3 {
        return Some(REJECTED);
    }
    let key = certificate.public_key().ok()?;
    let needed = match key.id() {
        Id::RSA | Id::RSA_PSS => least.rsa,
        Id::EC => least.ec,
        Id::DSA => least.dsa,
        Id::DH => least.dh,
        _ => 0,
    };
    (key.bits() < needed).then_some(KEY_TOO_SMALL)
}

impl Hosts {
    /// Whether a certificate has one of the names.
    fn are_met_by(&self, certificate: &X509Ref) -> bool {
        if self.dns.is_empty() && self.common_names.is_empty() {
            return true;
        }
        let dns = || {
            let names = certificate.subject_alt_names().into_iter().flatten();
            let mut names = names.filter_map(|name| name.dnsname().map(str::to_owned));
            names.any(|name| {
                self.dns
                    .iter()
                    .any(|host| is_named(&name, host, self.wildcards))
            })
        };
        let common = || {
            let mut names = certificate.subject_name().entries_by_nid(Nid::COMMONNAME);
            let is = |name: &str| self.common_names.iter().any(|own| own == name);
            names.any(|name| name.data().to_string().is_ok_and(|name| is(&name)))
        };
        dns() || common()
    }
}
