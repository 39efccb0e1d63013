//! Certificates and keys as they come: PEM, DER, PKCS #7 and PKCS #12.

use std::fmt;
use std::sync::Once;

use openssl::error::ErrorStack;
use openssl::pkcs7::Pkcs7;
use openssl::pkcs12::Pkcs12;
use openssl::pkey::{PKey, Private};
use openssl::provider::Provider;
use openssl::x509::X509;
use thiserror::Error;

/// What a file holds.
#[derive(Clone, Debug, Default)]
pub struct Bundle {
    pub certificates: Vec<X509>,
    pub keys: Vec<PKey<Private>>,
    /// The names that a PKCS #12 file gives its certificates.
    pub label: Option<String>,
}

/// A password. It is in no message.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String); // INVARIANT: without a zero byte.

/// Why a file holds nothing that can be taken.
#[derive(Debug, Error)]
pub enum BundleError {
    #[error("is under a password; say where it is with --password-file or --password-env")]
    NoPassword,
    #[error("the password does not fit")]
    WrongPassword,
    #[error(
        "holds a certificate request; the authority makes a certificate of it, which is what belongs here"
    )]
    Request,
    #[error("is neither PEM nor DER nor PKCS #7 nor PKCS #12")]
    Unknown,
    #[error("{what} cannot be read: {source}")]
    Broken {
        what: &'static str,
        source: ErrorStack,
    },
    #[error("`{0}` begins and does not end: the file is cut")]
    Cut(String),
    #[error(
        "is encrypted in a way that the OpenSSL of this program does not know; write it anew with a newer algorithm, such as AES-256"
    )]
    Algorithm,
    #[error("holds neither a certificate nor a private key")]
    Empty,
}

impl Password {
    /// `None`: passwords have no zero byte.
    pub fn new(text: &str) -> Option<Self> {
        (!text.contains('\0')).then(|| Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

/// Reads a file of any of these kinds.
pub fn read(bytes: &[u8], password: Option<&Password>) -> Result<Bundle, BundleError> {
    let text = String::from_utf8_lossy(bytes);
    let bundle = match text.contains(BEGIN) {
        true => pem(&text, password)?,
        false => der(bytes, password)?,
    };
    match bundle.certificates.is_empty() && bundle.keys.is_empty() {
        true => Err(BundleError::Empty),
        false => Ok(bundle),
    }
}

const BEGIN: &str = "-----BEGIN ";

/// The blocks of PEM (RFC 7468), in any order. What stands between them is no part of them.
fn pem(text: &str, password: Option<&Password>) -> Result<Bundle, BundleError> {
    let mut bundle = Bundle::default();
    let mut rest = text;
    while let Some(begin) = rest.find(BEGIN) {
        rest = rest.get(begin..).unwrap_or_default();
        let body = rest.get(BEGIN.len()..).unwrap_or_default();
        let Some((kind, _)) = body.split_once("-----") else {
            return Err(BundleError::Cut(first_line(rest)));
        };
        let end = format!("-----END {kind}-----");
        let Some(end) = rest.find(&end).map(|at| at + end.len()) else {
            return Err(BundleError::Cut(first_line(rest)));
        };
        let block = rest.get(..end).unwrap_or_default();
        rest = rest.get(end..).unwrap_or_default();
        bundle.take(kind, &format!("{block}\n"), password)?;
    }
    Ok(bundle)
}

/// The beginning of a line, for a message.
fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    line.chars()
        .filter(|letter| !letter.is_control())
        .take(60)
        .collect()
}

impl Bundle {
    fn take(
        &mut self,
        kind: &str,
        block: &str,
        password: Option<&Password>,
    ) -> Result<(), BundleError> {
        match kind {
            "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => {
                // What OpenSSL adds for its own trust stands behind the certificate, and is left out.
                let block = block.replace(&format!(" {kind}-"), " CERTIFICATE-");
                let found = X509::from_pem(block.as_bytes());
                self.certificates
                    .push(found.map_err(broken("a certificate"))?);
            }
            "PKCS7" | "CMS" => {
                let found = Pkcs7::from_pem(block.as_bytes());
                self.take_pkcs7(&found.map_err(broken("PKCS #7"))?);
            }
            kind if kind.ends_with("CERTIFICATE REQUEST") => return Err(BundleError::Request),
            kind if kind.ends_with("PRIVATE KEY") => {
                let closed = kind.starts_with("ENCRYPTED") || block.contains("4,ENCRYPTED");
                self.keys.push(key(block, closed, password)?);
            }
            // Parameters of curves and the like.
            _ => {}
        }
        Ok(())
    }

    fn take_pkcs7(&mut self, found: &Pkcs7) {
        let certificates = found.signed().and_then(|signed| signed.certificates());
        let certificates = certificates.into_iter().flatten();
        self.certificates
            .extend(certificates.map(|one| one.to_owned()));
    }
}

fn broken(what: &'static str) -> impl Fn(ErrorStack) -> BundleError {
    move |source| BundleError::Broken { what, source }
}

fn key(
    block: &str,
    closed: bool,
    password: Option<&Password>,
) -> Result<PKey<Private>, BundleError> {
    if !closed {
        // With a password at hand, OpenSSL does not ask for one on the terminal.
        let found = PKey::private_key_from_pem_passphrase(block.as_bytes(), b"");
        return found.map_err(broken("a private key"));
    }
    let password = password.ok_or(BundleError::NoPassword)?;
    load_old_algorithms();
    PKey::private_key_from_pem_passphrase(block.as_bytes(), password.as_str().as_bytes())
        .map_err(|_| BundleError::WrongPassword)
}

fn der(bytes: &[u8], password: Option<&Password>) -> Result<Bundle, BundleError> {
    if let Ok(one) = X509::from_der(bytes) {
        return Ok(Bundle {
            certificates: vec![one],
            ..Bundle::default()
        });
    }
    if let Ok(archive) = Pkcs12::from_der(bytes) {
        return pkcs12(&archive, password);
    }
    if let Ok(found) = Pkcs7::from_der(bytes) {
        let mut bundle = Bundle::default();
        bundle.take_pkcs7(&found);
        return Ok(bundle);
    }
    if openssl::x509::X509Req::from_der(bytes).is_ok() {
        return Err(BundleError::Request);
    }
    let empty = Password(String::new());
    let given = password.unwrap_or(&empty).as_str().as_bytes();
    let key = PKey::private_key_from_pkcs8_passphrase(bytes, given);
    match key.or_else(|_| PKey::private_key_from_der(bytes)) {
        Ok(key) => Ok(Bundle {
            keys: vec![key],
            ..Bundle::default()
        }),
        Err(_) => Err(BundleError::Unknown),
    }
}

fn pkcs12(archive: &Pkcs12, password: Option<&Password>) -> Result<Bundle, BundleError> {
    load_old_algorithms();
    let empty = Password(String::new());
    let parsed = archive
        .parse2(password.unwrap_or(&empty).as_str())
        .map_err(|error| why_closed(error, password))?;
    let leaf = parsed.cert;
    let label = leaf
        .as_ref()
        .and_then(|leaf| leaf.alias())
        .map(|alias| String::from_utf8_lossy(alias).into_owned());
    let others = parsed.ca.into_iter().flatten();
    Ok(Bundle {
        certificates: leaf.into_iter().chain(others).collect(),
        keys: parsed.pkey.into_iter().collect(),
        label,
    })
}

/// What keeps a PKCS #12 file closed, by the reasons of OpenSSL.
fn why_closed(error: ErrorStack, password: Option<&Password>) -> BundleError {
    let reasons: Vec<_> = error
        .errors()
        .iter()
        .filter_map(|one| one.reason())
        .collect();
    let has = |word: &str| reasons.iter().any(|reason| reason.contains(word));
    if has("mac verify failure") {
        return match password {
            None => BundleError::NoPassword,
            Some(_) => BundleError::WrongPassword,
        };
    }
    if has("unsupported") || has("unknown pbe") {
        return BundleError::Algorithm;
    }
    BundleError::Broken {
        what: "PKCS #12",
        source: error,
    }
}

/// RC2 and the like, with which older programs write PKCS #12. An OpenSSL without them does without.
fn load_old_algorithms() {
    static LOADED: Once = Once::new();
    LOADED.call_once(|| {
        if let Ok(legacy) = Provider::try_load(None, "legacy", true) {
            // It is needed until the program ends.
            std::mem::forget(legacy);
        }
    });
}
