//! The certificates that this side presents.

use openssl::asn1::Asn1Time;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::ocsp::{OcspCertId, OcspResponse};
use openssl::ssl::{SslContextBuilder, SslMode, SslRef};
use openssl::x509::{X509, X509VerifyResult};

use super::context::Unready;
use super::plan::{Plan, Role, SuiteB};
use keyring::{Certificate, Ring};

/// The certificates that this side presents.
pub fn certificates<'r>(plan: &Plan, ring: &'r Ring) -> Result<Vec<&'r Certificate>, Unready> {
    let labelled = |label: &String| {
        let found = ring.personal(label);
        found.ok_or_else(|| Unready::NoLabel(label.clone()))
    };
    let mut found: Vec<_> = plan.labels.iter().map(labelled).collect::<Result<_, _>>()?;
    if found.is_empty() {
        found.extend(ring.default_certificate());
    }
    // A client need not have one; a ring with nothing but authorities is what most of them use.
    match (plan.role, found.is_empty()) {
        (Role::Server, true) => Err(Unready::NoDefault),
        _ => Ok(found),
    }
}

/// Presents certificates, each with its chain.
pub fn present(
    builder: &mut SslContextBuilder,
    certificates: &[&Certificate],
) -> Result<(), Unready> {
    let Some(first) = certificates.first() else {
        return Ok(());
    };
    // Of several certificates with keys of one kind OpenSSL would keep the last; the first is preferred.
    let mut kinds = Vec::new();
    for certificate in certificates {
        let kind = certificate.key.id();
        if kinds.contains(&kind) {
            continue;
        }
        kinds.push(kind);
        builder.set_certificate(&certificate.leaf)?;
        builder.set_private_key(&certificate.key)?;
    }
    let same = |one: &&Certificate| one.chain_is(first);
    if certificates.iter().all(same) {
        // Nothing is looked for in each handshake.
        builder.set_mode(SslMode::NO_AUTO_CHAIN);
        for issuer in &first.chain {
            builder.add_extra_chain_cert(issuer.clone())?;
        }
        return Ok(());
    }
    // OpenSSL holds one chain for all; with several it finds that of each in the store. None of these is
    // trusted by that: they are no roots.
    for issuer in certificates.iter().flat_map(|one| &one.chain) {
        builder.cert_store_mut().add_cert(issuer.clone())?;
    }
    Ok(())
}

/// Sends along what the ring has of the state of the certificate that is presented.
pub fn staple(
    builder: &mut SslContextBuilder,
    certificates: &[&Certificate],
) -> Result<(), ErrorStack> {
    let mut known = Vec::new();
    for certificate in certificates {
        if let Some(status) = &certificate.status {
            let digest = certificate.leaf.digest(MessageDigest::sha256())?;
            known.push((digest, status.clone()));
        }
    }
    builder.set_status_callback(move |ssl: &mut SslRef| {
        let digest = ssl
            .certificate()
            .and_then(|one| one.digest(MessageDigest::sha256()).ok());
        let mut known = known.iter();
        let found = known.find(|(own, _)| digest.as_deref() == Some(own));
        match found {
            Some((_, status)) => ssl.set_ocsp_status(status).map(|()| true),
            None => Ok(false),
        }
    })
}

/// Whether the certificates to present are such as a profile of Suite B allows (RFC 6460, 4.1).
pub fn suite_b(plan: &Plan, certificates: &[&Certificate]) -> Result<(), Unready> {
    const P256: Nid = Nid::X9_62_PRIME256V1;
    const P384: Nid = Nid::SECP384R1;
    let (curves, words): (&[Nid], _) = match plan.suite_b {
        None => return Ok(()),
        Some(SuiteB::Only128) => (&[P256], "P-256"),
        Some(SuiteB::Only192) => (&[P384], "P-384"),
        Some(SuiteB::Both) => (&[P256, P384], "P-256 and P-384"),
    };
    let curve = |one: &Certificate| one.key.ec_key().ok()?.group().curve_name();
    let other = certificates
        .iter()
        .find(|one| !curve(one).is_some_and(|curve| curves.contains(&curve)));
    match other {
        None => Ok(()),
        Some(other) => Err(Unready::NotSuiteB(common_name(other), words)),
    }
}

/// What the partners of the certificates to present will not like.
pub fn remarks(
    plan: &Plan,
    certificates: &[&Certificate],
    ring: &Ring,
) -> Result<Vec<String>, ErrorStack> {
    const REFUSED: &str = "partners that check it refuse it with RC 401";
    let now = Asn1Time::days_from_now(0)?;
    let mut words = Vec::new();
    for certificate in certificates {
        let (leaf, name) = (&certificate.leaf, common_name(certificate));
        let (first, last) = (leaf.not_before(), leaf.not_after());
        if last < now {
            words.push(format!(
                "the certificate `{name}` expired on {last}; {REFUSED}"
            ));
        }
        if first > now {
            words.push(format!(
                "the certificate `{name}` is not good before {first}; {REFUSED}"
            ));
        }
        let unsaid = plan.staples.then(|| unsaid(certificate, ring)).flatten();
        words.extend(unsaid.map(|what| {
            format!("the state of the certificate `{name}` is to be sent along: LABEL.ocsp beside LABEL.pem {what}")
        }));
    }
    Ok(words)
}

/// Why what is to be sent along of a certificate's state says nothing to partners.
fn unsaid(certificate: &Certificate, ring: &Ring) -> Option<&'static str> {
    /// Seconds by which clocks may differ.
    const SLACK: u32 = 300;
    let Some(status) = &certificate.status else {
        return Some("is not there");
    };
    let issued = |one: &&X509| one.issued(&certificate.leaf) == X509VerifyResult::OK;
    let mut known = certificate.chain.iter().chain(ring.authorities());
    // Without its issuer, nobody can say whom it is about.
    let issuer = known.find(issued)?;
    let response = OcspResponse::from_der(status).ok()?.basic().ok()?;
    let find = |hash: MessageDigest| {
        let id = OcspCertId::from_cert(hash, &certificate.leaf, issuer).ok()?;
        response.find_status(&id)
    };
    let Some(found) = find(MessageDigest::sha1()).or_else(|| find(MessageDigest::sha256())) else {
        return Some("is about another certificate");
    };
    let current = found.check_validity(SLACK, None).is_ok();
    (!current).then_some("is out of date")
}

/// The name of a certificate for people.
fn common_name(certificate: &Certificate) -> String {
    let names = certificate
        .leaf
        .subject_name()
        .entries_by_nid(Nid::COMMONNAME);
    let names = names.filter_map(|name| name.data().to_string().ok());
    names.map(|name| name.to_owned()).last().unwrap_or_default()
}
