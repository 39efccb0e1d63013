//! Making keys, certificates and requests.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use jiff::Timestamp;
use openssl::asn1::Asn1Time;
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{Asn1Flag, EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, PKeyRef, Private};
use openssl::rsa::Rsa;
use openssl::stack::Stack;
use openssl::x509::extension::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAlternativeName,
    SubjectKeyIdentifier,
};
use openssl::x509::{X509, X509Name, X509Ref, X509Req, X509ReqBuilder, X509v3Context};
use thiserror::Error;

use crate::held::{self, DAY};

/// A clock elsewhere may be slow by as much, in seconds.
const LEEWAY: i64 = 3600;
/// Bits of a serial number: RFC 5280, 4.1.2.2, has room for 20 bytes.
const SERIAL: i32 = 127;

/// The kinds of key that can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewKey {
    Rsa(u32),
    P256,
    P384,
    Ed25519,
}

/// A text that is no kind of key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is no kind of key; there are rsa2048, rsa3072, rsa4096, p256, p384 and ed25519")]
pub struct NoKey(String);

/// A name by which partners reach a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    // INVARIANT: letters, digits, dots, hyphens and underscores, perhaps with an asterisk as its first label.
    Name(String),
    Address(IpAddr),
}

/// A text that is neither a DNS name nor an address.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is neither a DNS name, such as www.example.com or *.example.com, nor an IP address")]
pub struct NoHost(String);

/// What a certificate or request is to say.
pub struct Wish<'w> {
    pub subject: &'w X509Name,
    pub hosts: &'w [Host],
    /// How long the certificate is good.
    pub days: u32,
    pub is_authority: bool,
}

/// Who signs.
#[derive(Clone, Copy)]
pub struct Issuer<'i> {
    pub certificate: &'i X509Ref,
    pub key: &'i PKeyRef<Private>,
}

impl NewKey {
    pub const WORDS: [(&'static str, Self); 6] = [
        ("rsa2048", Self::Rsa(2048)),
        ("rsa3072", Self::Rsa(3072)),
        ("rsa4096", Self::Rsa(4096)),
        ("p256", Self::P256),
        ("p384", Self::P384),
        ("ed25519", Self::Ed25519),
    ];

    pub fn make(self) -> Result<PKey<Private>, ErrorStack> {
        let curve = |curve| {
            let mut group = EcGroup::from_curve_name(curve)?;
            group.set_asn1_flag(Asn1Flag::NAMED_CURVE);
            PKey::from_ec_key(EcKey::generate(&group)?)
        };
        match self {
            Self::Rsa(bits) => PKey::from_rsa(Rsa::generate(bits)?),
            Self::P256 => curve(Nid::X9_62_PRIME256V1),
            Self::P384 => curve(Nid::SECP384R1),
            Self::Ed25519 => PKey::generate_ed25519(),
        }
    }
}

impl FromStr for NewKey {
    type Err = NoKey;

    fn from_str(text: &str) -> Result<Self, NoKey> {
        let mut words = Self::WORDS.into_iter();
        let found = words.find(|(word, _)| word.eq_ignore_ascii_case(text));
        found
            .map(|(_, key)| key)
            .ok_or_else(|| NoKey(text.to_owned()))
    }
}

impl FromStr for Host {
    type Err = NoHost;

    fn from_str(text: &str) -> Result<Self, NoHost> {
        if let Ok(address) = text.parse() {
            return Ok(Self::Address(address));
        }
        let is_label = |label: &str| {
            let mut letters = label.chars();
            let fits = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
            (1..=63).contains(&label.len()) && letters.all(fits)
        };
        let rest = text.strip_prefix("*.").unwrap_or(text);
        match text.len() <= 253 && rest.split('.').all(is_label) {
            true => Ok(Self::Name(text.to_owned())),
            false => Err(NoHost(text.to_owned())),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Address(address) => address.fmt(f),
        }
    }
}

/// Makes a certificate for a key, from now on; without an issuer it signs itself. It does not last longer
/// than its issuer.
pub fn certificate(
    wish: &Wish<'_>,
    key: &PKeyRef<Private>,
    issuer: Option<Issuer<'_>>,
    now: Timestamp,
) -> Result<X509, ErrorStack> {
    let mut builder = X509::builder()?;
    builder.set_version(2)?;
    let mut serial = BigNum::new()?;
    serial.rand(SERIAL, MsbOption::ONE, false)?;
    builder.set_serial_number(&*serial.to_asn1_integer()?)?;
    builder.set_subject_name(wish.subject)?;
    let by = issuer.map_or(&**wish.subject, |issuer| issuer.certificate.subject_name());
    builder.set_issuer_name(by)?;
    let begin = now.as_second() - LEEWAY;
    let end = now.as_second() + i64::from(wish.days) * DAY;
    let limit = issuer.map(|issuer| held::time(issuer.certificate.not_after()).as_second());
    let end = limit.map_or(end, |limit| limit.min(end));
    builder.set_not_before(&*Asn1Time::from_unix(begin)?)?;
    builder.set_not_after(&*Asn1Time::from_unix(end)?)?;
    builder.set_pubkey(key)?;
    {
        let context = builder.x509v3_context(issuer.map(|issuer| issuer.certificate), None);
        let mut extensions = extensions(wish, key, issuer.is_none(), &context)?;
        extensions.push(SubjectKeyIdentifier::new().build(&context)?);
        for extension in extensions {
            builder.append_extension(extension)?;
        }
    }
    if let Some(issuer) = issuer.filter(|issuer| issuer.certificate.subject_key_id().is_some()) {
        let context = builder.x509v3_context(Some(issuer.certificate), None);
        let named = AuthorityKeyIdentifier::new().keyid(true).build(&context)?;
        builder.append_extension(named)?;
    }
    let signer = issuer.map_or(key, |issuer| issuer.key);
    builder.sign(signer, digest(signer))?;
    Ok(builder.build())
}

/// Makes a request for a certificate (PKCS #10), in PEM.
pub fn request(wish: &Wish<'_>, key: &PKeyRef<Private>) -> Result<Vec<u8>, ErrorStack> {
    let mut builder: X509ReqBuilder = X509Req::builder()?;
    builder.set_version(0)?;
    builder.set_subject_name(wish.subject)?;
    builder.set_pubkey(key)?;
    let mut stack = Stack::new()?;
    for extension in extensions(wish, key, false, &builder.x509v3_context(None))? {
        stack.push(extension)?;
    }
    builder.add_extensions(&stack)?;
    builder.sign(key, digest(key))?;
    builder.build().to_pem()
}

/// What certificates and requests say alike: RFC 5280, 4.2.1.
fn extensions(
    wish: &Wish<'_>,
    key: &PKeyRef<Private>,
    signs_itself: bool,
    context: &X509v3Context<'_>,
) -> Result<Vec<openssl::x509::X509Extension>, ErrorStack> {
    let mut constraints = BasicConstraints::new();
    let mut usage = KeyUsage::new();
    constraints.critical();
    usage.critical();
    let mut found = Vec::new();
    if wish.is_authority {
        constraints.ca();
        usage.key_cert_sign().crl_sign();
    } else {
        usage.digital_signature();
        if key.id() == Id::RSA {
            // For suites in which the client sends the secret under the key of the server.
            usage.key_encipherment();
        }
        let mut purposes = ExtendedKeyUsage::new();
        found.push(purposes.server_auth().client_auth().build()?);
    }
    found.push(constraints.build()?);
    // OpenSSL before 3 takes a certificate for its own issuer only if its key may sign certificates, or
    // nothing is said of that.
    if wish.is_authority || !signs_itself {
        found.push(usage.build()?);
    }
    if !wish.hosts.is_empty() {
        let mut names = SubjectAlternativeName::new();
        for host in wish.hosts {
            match host {
                Host::Name(name) => names.dns(name),
                Host::Address(address) => names.ip(&address.to_string()),
            };
        }
        found.push(names.build(context)?);
    }
    Ok(found)
}

/// The hash that a key signs with: as strong as the key, and none where the algorithm has its own.
fn digest(key: &PKeyRef<Private>) -> MessageDigest {
    match key.id() {
        Id::ED25519 | Id::ED448 => MessageDigest::null(),
        Id::EC if key.bits() > 256 => MessageDigest::sha384(),
        _ => MessageDigest::sha256(),
    }
}
