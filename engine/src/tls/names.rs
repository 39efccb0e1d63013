//! What OpenSSL calls the suites, groups and signatures of IANA's registries, and what of them it has.

use std::collections::HashMap;
use std::sync::LazyLock;

use generator::policy::table::suites::{Protocol, suites};
use openssl::error::ErrorStack;
use openssl::md::Md;
use openssl::provider::Provider;
use openssl::ssl::{Ssl, SslContextBuilder, SslMethod, SslOptions, SslStream, SslVersion};

use super::raw;
use super::wire::{HANDSHAKE, Wire};

/// The suites of the table that the library has, by number.
static SUITES: LazyLock<HashMap<u16, String>> =
    LazyLock::new(|| known_suites().unwrap_or_default());

/// A context of the library with all that it can do: what it counts as outdated is asked for by policies.
pub fn context(method: SslMethod) -> Result<SslContextBuilder, ErrorStack> {
    /// A library without these ciphers, such as RC4, has no such provider.
    static OUTDATED: LazyLock<Option<Provider>> =
        LazyLock::new(|| Provider::try_load(None, "legacy", true).ok());
    LazyLock::force(&OUTDATED);
    SslContextBuilder::new(method)
}

/// A context with algorithms of a FIPS module only; `None`: there is no module.
pub fn fips_context(method: SslMethod) -> Option<Result<SslContextBuilder, ErrorStack>> {
    const ONLY: &str = "fips=yes";
    static MODULE: LazyLock<Option<Provider>> = LazyLock::new(|| {
        let module = Provider::try_load(None, "fips", true).ok()?;
        Md::fetch(None, "SHA2-256", Some(ONLY)).ok()?;
        Some(module)
    });
    (*MODULE).as_ref()?;
    Some(raw::context_with(method, c"fips=yes"))
}

/// Whether the library has a FIPS module.
pub fn has_fips() -> bool {
    fips_context(SslMethod::tls()).is_some()
}

fn known_suites() -> Option<HashMap<u16, String>> {
    let mut all = context(SslMethod::tls()).ok()?;
    all.set_security_level(0);
    let mut one = context(SslMethod::tls()).ok()?;
    // A suite may be named in the library and its cipher be missing.
    let mut works = |name: &str| {
        name.starts_with("TLS_") || one.set_cipher_list(&format!("{name}:@SECLEVEL=0")).is_ok()
    };
    let ssl = Ssl::new(&all.build()).ok()?;
    let numbers = suites().iter().filter_map(|suite| suite.number());
    let found = numbers.filter_map(|number| {
        let lists = ssl
            .bytes_to_cipher_list(&number.to_be_bytes(), false)
            .ok()?;
        let name = lists.suites.iter().next()?.name().to_owned();
        works(&name).then_some((number, name))
    });
    Some(found.collect())
}

/// The name of a suite; `None`: the library does not have it.
pub fn suite(number: u16) -> Option<&'static str> {
    SUITES.get(&number).map(String::as_str)
}

/// Whether the library has a suite.
pub fn has_suite(number: u16) -> bool {
    suite(number).is_some()
}

/// The name of a group; `None`: the library does not know the number.
pub fn group(number: u16) -> Option<&'static str> {
    Some(match number {
        19 => "prime192v1",
        21 => "secp224r1",
        23 => "prime256v1",
        24 => "secp384r1",
        25 => "secp521r1",
        29 => "X25519",
        30 => "X448",
        _ => return None,
    })
}

/// The names of a signature scheme; none: the library does not take it.
pub fn signature(number: u16) -> &'static [&'static str] {
    match number {
        0x0201 => &["RSA+SHA1"],
        0x0202 => &["DSA+SHA1"],
        0x0203 => &["ECDSA+SHA1"],
        0x0301 => &["RSA+SHA224"],
        0x0302 => &["DSA+SHA224"],
        0x0303 => &["ECDSA+SHA224"],
        0x0401 => &["RSA+SHA256"],
        0x0402 => &["DSA+SHA256"],
        0x0403 => &["ECDSA+SHA256"],
        0x0501 => &["RSA+SHA384"],
        0x0503 => &["ECDSA+SHA384"],
        0x0601 => &["RSA+SHA512"],
        0x0603 => &["ECDSA+SHA512"],
        0x0804 => &["rsa_pss_rsae_sha256", "rsa_pss_pss_sha256"],
        0x0805 => &["rsa_pss_rsae_sha384", "rsa_pss_pss_sha384"],
        0x0806 => &["rsa_pss_rsae_sha512", "rsa_pss_pss_sha512"],
        _ => &[],
    }
}

/// The option that turns a version off, and the version.
pub fn version(version: Protocol) -> Option<(SslOptions, SslVersion)> {
    Some(match version {
        Protocol::SslV2 => return None,
        Protocol::SslV3 => (SslOptions::NO_SSLV3, SslVersion::SSL3),
        Protocol::Tls10 => (SslOptions::NO_TLSV1, SslVersion::TLS1),
        Protocol::Tls11 => (SslOptions::NO_TLSV1_1, SslVersion::TLS1_1),
        Protocol::Tls12 => (SslOptions::NO_TLSV1_2, SslVersion::TLS1_2),
        Protocol::Tls13 => (SslOptions::NO_TLSV1_3, SslVersion::TLS1_3),
    })
}

/// Whether the library can do a version of the protocol: it is asked for a first message.
pub fn has_version(protocol: Protocol) -> bool {
    static HAS: LazyLock<Vec<Protocol>> = LazyLock::new(|| {
        Protocol::ALL
            .into_iter()
            .filter(|one| tried(*one).is_some())
            .collect()
    });
    HAS.contains(&protocol)
}

fn tried(protocol: Protocol) -> Option<()> {
    let (_, number) = version(protocol)?;
    let mut context = context(SslMethod::tls()).ok()?;
    context.set_security_level(0);
    context.set_min_proto_version(Some(number)).ok()?;
    context.set_max_proto_version(Some(number)).ok()?;
    context.set_cipher_list("ALL:@SECLEVEL=0").ok()?;
    let mut stream = SslStream::new(Ssl::new(&context.build()).ok()?, Wire::new()).ok()?;
    // It cannot end: nobody answers. What counts is whether a handshake message is to be sent, or an alert.
    let _unanswered = stream.connect();
    (stream.get_ref().to_send().first() == Some(&HANDSHAKE)).then_some(())
}
