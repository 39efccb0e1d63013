//! What leaves a ring.

use openssl::error::ErrorStack;
use openssl::pkcs12::Pkcs12;
use openssl::stack::Stack;
use openssl::x509::X509;

use crate::bundle::Password;
use crate::ring::Certificate;

/// Rounds of the derivation of a key from the password.
const ROUNDS: u32 = 100_000;

/// Certificates in PEM, one after the other. Keys are never among them.
pub fn pem<'c>(certificates: impl IntoIterator<Item = &'c X509>) -> Result<Vec<u8>, ErrorStack> {
    let mut pem = Vec::new();
    for certificate in certificates {
        pem.extend(certificate.to_pem()?);
    }
    Ok(pem)
}

/// A certificate with its key and its issuers, under a password: AES-256 and SHA-256.
pub fn pkcs12(label: &str, one: &Certificate, password: &Password) -> Result<Vec<u8>, ErrorStack> {
    let mut issuers = Stack::new()?;
    for issuer in &one.chain {
        issuers.push(issuer.clone())?;
    }
    let mut builder = Pkcs12::builder();
    builder
        .name(&label.replace('\0', ""))
        .pkey(&one.key)
        .cert(&one.leaf)
        .ca(issuers)
        .key_iter(ROUNDS)
        .mac_iter(ROUNDS);
    builder.build2(password.as_str())?.to_der()
}
