//! Certificates for tests, made anew each time.

use std::time::{SystemTime, UNIX_EPOCH};

use openssl::asn1::Asn1Time;
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509NameBuilder};

/// A certificate and its key.
pub struct Made {
    pub certificate: X509,
    pub key: PKey<Private>,
}

#[derive(Clone, Copy)]
pub enum Kind {
    Rsa(u32),
    /// P-256.
    Ec,
    P384,
    P521,
    Ed25519,
}

impl Made {
    /// An authority that signs itself.
    pub fn authority(name: &str) -> Self {
        make(name, Kind::Ec, None, true, DAYS)
    }

    pub fn authority_of(name: &str, kind: Kind) -> Self {
        make(name, kind, None, true, DAYS)
    }

    pub fn issue(&self, name: &str, kind: Kind) -> Self {
        make(name, kind, Some(self), false, DAYS)
    }

    /// Good from and until so many days from now.
    pub fn issue_for(&self, name: &str, kind: Kind, days: (i64, i64)) -> Self {
        make(name, kind, Some(self), false, days)
    }
}

/// Days around now for which certificates are good.
const DAYS: (i64, i64) = (0, 2);

fn make(
    name: &str,
    kind: Kind,
    issuer: Option<&Made>,
    is_authority: bool,
    days: (i64, i64),
) -> Made {
    let ec = |curve: Nid| {
        let group = EcGroup::from_curve_name(curve).expect("a group");
        PKey::from_ec_key(EcKey::generate(&group).expect("a key"))
    };
    let key = match kind {
        Kind::Rsa(bits) => PKey::from_rsa(Rsa::generate(bits).expect("a key")),
        Kind::Ec => ec(Nid::X9_62_PRIME256V1),
        Kind::P384 => ec(Nid::SECP384R1),
        Kind::P521 => ec(Nid::SECP521R1),
        Kind::Ed25519 => PKey::generate_ed25519(),
    };
    let key = key.expect("a key");
    let mut subject = X509NameBuilder::new().expect("a name");
    subject
        .append_entry_by_nid(Nid::COMMONNAME, name)
        .expect("a name");
    let subject = subject.build();
    let mut serial = BigNum::new().expect("a number");
    serial
        .rand(64, MsbOption::MAYBE_ZERO, false)
        .expect("a number");
    let mut builder = X509::builder().expect("a certificate");
    builder.set_version(2).expect("version 3");
    builder
        .set_serial_number(&serial.to_asn1_integer().expect("a number"))
        .expect("a serial");
    builder.set_subject_name(&subject).expect("a subject");
    let issued_by = issuer.map_or(&*subject, |issuer| issuer.certificate.subject_name());
    builder.set_issuer_name(issued_by).expect("an issuer");
    builder.set_not_before(&day(days.0)).expect("a time");
    builder.set_not_after(&day(days.1)).expect("a time");
    builder.set_pubkey(&key).expect("a key");
    let mut constraints = BasicConstraints::new();
    if is_authority {
        constraints.ca();
    } else {
        let names = SubjectAlternativeName::new()
            .dns(name)
            .build(&builder.x509v3_context(None, None));
        builder
            .append_extension(names.expect("names"))
            .expect("names");
    }
    builder
        .append_extension(constraints.critical().build().expect("constraints"))
        .expect("constraints");
    let signer = issuer.map_or(&key, |issuer| &issuer.key);
    let hash = match (signer.id(), signer.bits()) {
        (Id::ED25519, _) => MessageDigest::null(),
        (Id::EC, 384) => MessageDigest::sha384(),
        (Id::EC, 521) => MessageDigest::sha512(),
        _ => MessageDigest::sha256(),
    };
    builder.sign(signer, hash).expect("a signature");
    Made {
        certificate: builder.build(),
        key,
    }
}

fn day(days: i64) -> Asn1Time {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = i64::try_from(now.expect("a time").as_secs()).expect("a time");
    // A clock that a test compares with may be a second behind.
    Asn1Time::from_unix(now - 5 + days * 86_400).expect("a time")
}
