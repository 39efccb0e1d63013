//! Certificates for tests, made anew each time.

use openssl::asn1::Asn1Time;
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
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
    Ec,
}

impl Made {
    /// An authority that signs itself.
    pub fn authority(name: &str) -> Self {
        make(name, Kind::Ec, None, true)
    }

    pub fn issue(&self, name: &str, kind: Kind) -> Self {
        make(name, kind, Some(self), false)
    }
}

fn make(name: &str, kind: Kind, issuer: Option<&Made>, is_authority: bool) -> Made {
    let key = match kind {
        Kind::Rsa(bits) => PKey::from_rsa(Rsa::generate(bits).expect("a key")),
        Kind::Ec => {
            let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).expect("a group");
            PKey::from_ec_key(EcKey::generate(&group).expect("a key"))
        }
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
    builder
        .set_not_before(&Asn1Time::days_from_now(0).expect("a time"))
        .expect("a time");
    builder
        .set_not_after(&Asn1Time::days_from_now(2).expect("a time"))
        .expect("a time");
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
    builder
        .sign(signer, MessageDigest::sha256())
        .expect("a signature");
    Made {
        certificate: builder.build(),
        key,
    }
}
