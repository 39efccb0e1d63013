//! The cipher suites: their names, codes and places in the default lists.

use std::fmt;

use super::Certainty;
use crate::policy::Release;

/// A version of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    SslV2,
    SslV3,
    Tls10,
    Tls11,
    Tls12,
    Tls13,
}

/// Whether a suite may be used in FIPS mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fips {
    Yes,
    /// By its algorithms yes; no document confirms it.
    Probably,
    No,
}

/// One cipher suite.
#[derive(Debug, PartialEq, Eq)]
pub struct CipherSuite {
    /// Four hexadecimal digits; one digit for the suites of SSL V2.
    pub code: &'static str,
    pub name: &'static str,
    pub protocols: &'static [Protocol],
    pub key_exchange: &'static str,
    pub authentication: &'static str,
    pub cipher: &'static str,
    /// Bits of the key; 0 for the suites that do not encrypt.
    pub bits: u16,
    pub mac: &'static str,
    pub fips: Fips,
    /// Place in the default list of V2R1.
    pub default_v2r1: Option<u8>,
    /// Place in the default list of 2.4 to 3.1.
    pub default_2_4: Option<u8>,
    /// Place in the default list of 3.2.
    pub default_3_2: Option<u8>,
    /// How sure it is that System SSL takes name and code.
    pub certainty: Certainty,
}

/// Every suite, by code.
pub fn suites() -> &'static [CipherSuite] {
    &SUITES
}

/// The suite with this name, in any case.
pub fn suite_named(name: &str) -> Option<&'static CipherSuite> {
    SUITES
        .iter()
        .find(|suite| suite.name.eq_ignore_ascii_case(name))
}

/// The suite with this code of four hexadecimal digits.
pub fn suite_by_code(code: &str) -> Option<&'static CipherSuite> {
    SUITES
        .iter()
        .find(|suite| suite.code.len() == 4 && suite.code.eq_ignore_ascii_case(code))
}

/// The suite with this number in IANA's registry.
pub fn suite_by_number(number: u16) -> Option<&'static CipherSuite> {
    SUITES.iter().find(|suite| suite.number() == Some(number))
}

/// The suite with this code of two hexadecimal digits.
pub fn suite_by_short_code(code: &str) -> Option<&'static CipherSuite> {
    SUITES.iter().find(|suite| {
        suite
            .short_code()
            .is_some_and(|own| own.eq_ignore_ascii_case(code))
    })
}

/// The SSL V2 suite with this code of one digit.
pub fn suite_by_v2_code(code: &str) -> Option<&'static CipherSuite> {
    SUITES
        .iter()
        .find(|suite| suite.code.len() == 1 && suite.code == code)
}

/// The suites of SSL V3 and later in effect when none are coded, most preferred first.
pub fn default_suites(release: Release) -> Vec<&'static CipherSuite> {
    let rank = |suite: &CipherSuite| {
        if release >= Release::V3R2 {
            suite.default_3_2
        } else if release >= Release::V2R4 {
            suite.default_2_4
        } else {
            suite.default_v2r1
        }
    };
    let mut found: Vec<_> = SUITES
        .iter()
        .filter(|suite| rank(suite).is_some())
        .collect();
    crate::sort::by_key(&mut found, |suite| rank(suite));
    found
}

impl CipherSuite {
    /// The code of two digits, for the suites that have one.
    pub fn short_code(&self) -> Option<&'static str> {
        match self.code.strip_prefix("00") {
            Some(short) if short.len() == 2 => Some(short),
            _ => None,
        }
    }

    /// Its number in IANA's registry; those of SSL V2 have none.
    pub fn number(&self) -> Option<u16> {
        let four = self.code.len() == 4;
        u16::from_str_radix(self.code, 16).ok().filter(|_| four)
    }

    pub fn works_with(&self, protocol: Protocol) -> bool {
        self.protocols.contains(&protocol)
    }
}

impl Protocol {
    /// Every version, oldest first.
    pub const ALL: [Self; 6] = [
        Self::SslV2,
        Self::SslV3,
        Self::Tls10,
        Self::Tls11,
        Self::Tls12,
        Self::Tls13,
    ];

    /// The attribute that switches it on.
    pub const fn attribute(self) -> &'static str {
        match self {
            Self::SslV2 => "SSLv2",
            Self::SslV3 => "SSLv3",
            Self::Tls10 => "TLSv1",
            Self::Tls11 => "TLSv1.1",
            Self::Tls12 => "TLSv1.2",
            Self::Tls13 => "TLSv1.3",
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SslV2 => "SSL 2.0",
            Self::SslV3 => "SSL 3.0",
            Self::Tls10 => "TLS 1.0",
            Self::Tls11 => "TLS 1.1",
            Self::Tls12 => "TLS 1.2",
            Self::Tls13 => "TLS 1.3",
        })
    }
}

/// One row; the columns are those of [`CipherSuite`].
macro_rules! suite {
    ($code:expr, $name:expr, [$($protocol:ident),*], $kx:expr, $auth:expr, $cipher:expr, $bits:expr, $mac:expr,
     $fips:ident, $v2r1:expr, $v2r4:expr, $v3r2:expr, $certainty:ident) => {
        CipherSuite {
            code: $code,
            name: $name,
            protocols: &[$(Protocol::$protocol),*],
            key_exchange: $kx,
            authentication: $auth,
            cipher: $cipher,
            bits: $bits,
            mac: $mac,
            fips: Fips::$fips,
            default_v2r1: $v2r1,
            default_2_4: $v2r4,
            default_3_2: $v3r2,
            certainty: Certainty::$certainty,
        }
    };
}

#[rustfmt::skip]
static SUITES: [CipherSuite; 93] = [
    suite!("1", "TLS_RC4_128_WITH_MD5", [SslV2], "RSA", "RSA", "RC4-128", 128, "MD5", No, None, None, None, Confirmed),
    suite!("2", "TLS_RC4_128_EXPORT40_WITH_MD5", [SslV2], "RSA", "RSA", "RC4-40", 40, "MD5", No, None, None, None, Confirmed),
    suite!("3", "TLS_RC2_CBC_128_CBC_WITH_MD5", [SslV2], "RSA", "RSA", "RC2-CBC-128", 128, "MD5", No, None, None, None, Confirmed),
    suite!("4", "TLS_RC2_CBC_128_CBC_EXPORT40_WITH_MD5", [SslV2], "RSA", "RSA", "RC2-CBC-40", 40, "MD5", No, None, None, None, Confirmed),
    suite!("6", "TLS_DES_64_CBC_WITH_MD5", [SslV2], "RSA", "RSA", "DES-CBC-56", 56, "MD5", No, None, None, None, Confirmed),
    suite!("7", "TLS_DES_192_EDE3_CBC_WITH_MD5", [SslV2], "RSA", "RSA", "3DES-EDE-CBC-168", 168, "MD5", No, None, None, None, Confirmed),
    suite!("0000", "TLS_NULL_WITH_NULL_NULL", [SslV3, Tls10, Tls11, Tls12], "none", "none", "NULL", 0, "NULL", No, Some(27), None, None, Confirmed),
    suite!("0001", "TLS_RSA_WITH_NULL_MD5", [SslV3, Tls10, Tls11, Tls12], "RSA", "RSA", "NULL", 0, "MD5", No, Some(26), None, None, Confirmed),
    suite!("0002", "TLS_RSA_WITH_NULL_SHA", [SslV3, Tls10, Tls11, Tls12], "RSA", "RSA", "NULL", 0, "SHA1", No, Some(25), None, None, Confirmed),
    suite!("0003", "TLS_RSA_EXPORT_WITH_RC4_40_MD5", [SslV3, Tls10], "RSA-EXPORT", "RSA", "RC4-40", 40, "MD5", No, Some(23), None, None, Confirmed),
    suite!("0004", "TLS_RSA_WITH_RC4_128_MD5", [SslV3, Tls10, Tls11, Tls12], "RSA", "RSA", "RC4-128", 128, "MD5", No, Some(2), None, None, Confirmed),
    suite!("0005", "TLS_RSA_WITH_RC4_128_SHA", [SslV3, Tls10, Tls11, Tls12], "RSA", "RSA", "RC4-128", 128, "SHA1", No, Some(1), None, None, Confirmed),
    suite!("0006", "TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5", [SslV3, Tls10], "RSA-EXPORT", "RSA", "RC2-CBC-40", 40, "MD5", No, Some(24), None, None, Confirmed),
    suite!("0009", "TLS_RSA_WITH_DES_CBC_SHA", [SslV3, Tls10, Tls11], "RSA", "RSA", "DES-CBC-56", 56, "SHA1", No, Some(18), None, None, Confirmed),
    suite!("000A", "TLS_RSA_WITH_3DES_EDE_CBC_SHA", [SslV3, Tls10, Tls11, Tls12], "RSA", "RSA", "3DES-EDE-CBC-168", 168, "SHA1", Yes, Some(13), None, None, Confirmed),
    suite!("000C", "TLS_DH_DSS_WITH_DES_CBC_SHA", [SslV3, Tls10, Tls11], "DH", "DSS", "DES-CBC-56", 56, "SHA1", No, Some(22), None, None, Confirmed),
    suite!("000D", "TLS_DH_DSS_WITH_3DES_EDE_CBC_SHA", [SslV3, Tls10, Tls11, Tls12], "DH", "DSS", "3DES-EDE-CBC-168", 168, "SHA1", Yes, Some(17), None, None, Confirmed),
    suite!("000F", "TLS_DH_RSA_WITH_DES_CBC_SHA", [SslV3, Tls10, Tls11], "DH", "RSA", "DES-CBC-56", 56, "SHA1", No, Some(21), None, None, Confirmed),
    suite!("0010", "TLS_DH_RSA_WITH_3DES_EDE_CBC_SHA", [SslV3, Tls10, Tls11, Tls12], "DH", "RSA", "3DES-EDE-CBC-168", 168, "SHA1", Yes, Some(16), None, None, Confirmed),
    suite!("0012", "TLS_DHE_DSS_WITH_DES_CBC_SHA", [SslV3, Tls10, Tls11], "DHE", "DSS", "DES-CBC-56", 56, "SHA1", No, Some(20), None, None, Confirmed),
    suite!("0013", "TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA", [SslV3, Tls10, Tls11, Tls12], "DHE", "DSS", "3DES-EDE-CBC-168", 168, "SHA1", Yes, Some(15), None, None, Confirmed),
    suite!("0015", "TLS_DHE_RSA_WITH_DES_CBC_SHA", [SslV3, Tls10, Tls11], "DHE", "RSA", "DES-CBC-56", 56, "SHA1", No, Some(19), None, None, Confirmed),
    suite!("0016", "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA", [SslV3, Tls10, Tls11, Tls12], "DHE", "RSA", "3DES-EDE-CBC-168", 168, "SHA1", Yes, Some(14), None, None, Confirmed),
    suite!("002F", "TLS_RSA_WITH_AES_128_CBC_SHA", [SslV3, Tls10, Tls11, Tls12], "RSA", "RSA", "AES-128-CBC", 128, "SHA1", Yes, Some(8), Some(4), None, Confirmed),
    suite!("0030", "TLS_DH_DSS_WITH_AES_128_CBC_SHA", [SslV3, Tls10, Tls11, Tls12], "DH", "DSS", "AES-128-CBC", 128, "SHA1", Yes, Some(9), None, None, Confirmed),
    suite!("0031", "TLS_DH_RSA_WITH_AES_128_CBC_SHA", [SslV3, Tls10, Tls11, Tls12], "DH", "RSA", "AES-128-CBC", 128, "SHA1", Yes, Some(10), None, None, Confirmed),
    suite!("0032", "TLS_DHE_DSS_WITH_AES_128_CBC_SHA", [SslV3, Tls10, Tls11, Tls12], "DHE", "DSS", "AES-128-CBC", 128, "SHA1", Yes, Some(11), Some(5), None, Confirmed),
    suite!("0033", "TLS_DHE_RSA_WITH_AES_128_CBC_SHA", [SslV3, Tls10, Tls11, Tls12], "DHE", "RSA", "AES-128-CBC", 128, "SHA1", Yes, Some(12), Some(6), None, Confirmed),
    suite!("0035", "TLS_RSA_WITH_AES_256_CBC_SHA", [SslV3, Tls10, Tls11, Tls12], "RSA", "RSA", "AES-256-CBC", 256, "SHA1", Yes, Some(3), Some(1), None, Confirmed),
    suite!("0036", "TLS_DH_DSS_WITH_AES_256_CBC_SHA", [SslV3, Tls10, Tls11, Tls12], "DH", "DSS", "AES-256-CBC", 256, "SHA1", Yes, Some(4), None, None, Confirmed),
    suite!("0037", "TLS_DH_RSA_WITH_AES_256_CBC_SHA", [SslV3, Tls10, Tls11, Tls12], "DH", "RSA", "AES-256-CBC", 256, "SHA1", Yes, Some(5), None, None, Confirmed),
    suite!("0038", "TLS_DHE_DSS_WITH_AES_256_CBC_SHA", [SslV3, Tls10, Tls11, Tls12], "DHE", "DSS", "AES-256-CBC", 256, "SHA1", Yes, Some(6), Some(2), None, Confirmed),
    suite!("0039", "TLS_DHE_RSA_WITH_AES_256_CBC_SHA", [SslV3, Tls10, Tls11, Tls12], "DHE", "RSA", "AES-256-CBC", 256, "SHA1", Yes, Some(7), Some(3), None, Confirmed),
    suite!("003B", "TLS_RSA_WITH_NULL_SHA256", [Tls12], "RSA", "RSA", "NULL", 0, "SHA256", No, None, None, None, Unconfirmed),
    suite!("003C", "TLS_RSA_WITH_AES_128_CBC_SHA256", [Tls12], "RSA", "RSA", "AES-128-CBC", 128, "SHA256", Probably, None, None, None, Confirmed),
    suite!("003D", "TLS_RSA_WITH_AES_256_CBC_SHA256", [Tls12], "RSA", "RSA", "AES-256-CBC", 256, "SHA256", Probably, None, None, None, Confirmed),
    suite!("003E", "TLS_DH_DSS_WITH_AES_128_CBC_SHA256", [Tls12], "DH", "DSS", "AES-128-CBC", 128, "SHA256", Probably, None, None, None, Unconfirmed),
    suite!("003F", "TLS_DH_RSA_WITH_AES_128_CBC_SHA256", [Tls12], "DH", "RSA", "AES-128-CBC", 128, "SHA256", Probably, None, None, None, Unconfirmed),
    suite!("0040", "TLS_DHE_DSS_WITH_AES_128_CBC_SHA256", [Tls12], "DHE", "DSS", "AES-128-CBC", 128, "SHA256", Probably, None, None, None, Unconfirmed),
    suite!("0067", "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256", [Tls12], "DHE", "RSA", "AES-128-CBC", 128, "SHA256", Probably, None, None, None, Unconfirmed),
    suite!("0068", "TLS_DH_DSS_WITH_AES_256_CBC_SHA256", [Tls12], "DH", "DSS", "AES-256-CBC", 256, "SHA256", Probably, None, None, None, Unconfirmed),
    suite!("0069", "TLS_DH_RSA_WITH_AES_256_CBC_SHA256", [Tls12], "DH", "RSA", "AES-256-CBC", 256, "SHA256", Probably, None, None, None, Unconfirmed),
    suite!("006A", "TLS_DHE_DSS_WITH_AES_256_CBC_SHA256", [Tls12], "DHE", "DSS", "AES-256-CBC", 256, "SHA256", Probably, None, None, None, Unconfirmed),
    suite!("006B", "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256", [Tls12], "DHE", "RSA", "AES-256-CBC", 256, "SHA256", Probably, None, None, None, Unconfirmed),
    suite!("009C", "TLS_RSA_WITH_AES_128_GCM_SHA256", [Tls12], "RSA", "RSA", "AES-128-GCM", 128, "AEAD", Probably, None, None, None, Confirmed),
    suite!("009D", "TLS_RSA_WITH_AES_256_GCM_SHA384", [Tls12], "RSA", "RSA", "AES-256-GCM", 256, "AEAD", Probably, None, None, None, Confirmed),
    suite!("009E", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", [Tls12], "DHE", "RSA", "AES-128-GCM", 128, "AEAD", Probably, None, None, None, Unconfirmed),
    suite!("009F", "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", [Tls12], "DHE", "RSA", "AES-256-GCM", 256, "AEAD", Probably, None, None, None, Unconfirmed),
    suite!("00A0", "TLS_DH_RSA_WITH_AES_128_GCM_SHA256", [Tls12], "DH", "RSA", "AES-128-GCM", 128, "AEAD", Probably, None, None, None, Unconfirmed),
    suite!("00A1", "TLS_DH_RSA_WITH_AES_256_GCM_SHA384", [Tls12], "DH", "RSA", "AES-256-GCM", 256, "AEAD", Probably, None, None, None, Unconfirmed),
    suite!("00A2", "TLS_DHE_DSS_WITH_AES_128_GCM_SHA256", [Tls12], "DHE", "DSS", "AES-128-GCM", 128, "AEAD", Probably, None, None, None, Unconfirmed),
    suite!("00A3", "TLS_DHE_DSS_WITH_AES_256_GCM_SHA384", [Tls12], "DHE", "DSS", "AES-256-GCM", 256, "AEAD", Probably, None, None, None, Unconfirmed),
    suite!("00A4", "TLS_DH_DSS_WITH_AES_128_GCM_SHA256", [Tls12], "DH", "DSS", "AES-128-GCM", 128, "AEAD", Probably, None, None, None, Unconfirmed),
    suite!("00A5", "TLS_DH_DSS_WITH_AES_256_GCM_SHA384", [Tls12], "DH", "DSS", "AES-256-GCM", 256, "AEAD", Probably, None, None, None, Unconfirmed),
    suite!("1301", "TLS_AES_128_GCM_SHA256", [Tls13], "key share group", "signature pair", "AES-128-GCM", 128, "AEAD", Probably, None, None, None, Unconfirmed),
    suite!("1302", "TLS_AES_256_GCM_SHA384", [Tls13], "key share group", "signature pair", "AES-256-GCM", 256, "AEAD", Probably, None, None, None, Confirmed),
    suite!("1303", "TLS_CHACHA20_POLY1305_SHA256", [Tls13], "key share group", "signature pair", "CHACHA20-POLY1305", 256, "AEAD", No, None, None, None, Unconfirmed),
    suite!("C001", "TLS_ECDH_ECDSA_WITH_NULL_SHA", [Tls10, Tls11, Tls12], "ECDH", "ECDSA", "NULL", 0, "SHA1", No, None, None, None, Unconfirmed),
    suite!("C002", "TLS_ECDH_ECDSA_WITH_RC4_128_SHA", [Tls10, Tls11, Tls12], "ECDH", "ECDSA", "RC4-128", 128, "SHA1", No, None, None, None, Unconfirmed),
    suite!("C003", "TLS_ECDH_ECDSA_WITH_3DES_EDE_CBC_SHA", [Tls10, Tls11, Tls12], "ECDH", "ECDSA", "3DES-EDE-CBC-168", 168, "SHA1", Yes, None, None, None, Confirmed),
    suite!("C004", "TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA", [Tls10, Tls11, Tls12], "ECDH", "ECDSA", "AES-128-CBC", 128, "SHA1", Yes, None, None, None, Confirmed),
    suite!("C005", "TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA", [Tls10, Tls11, Tls12], "ECDH", "ECDSA", "AES-256-CBC", 256, "SHA1", Yes, None, None, None, Confirmed),
    suite!("C006", "TLS_ECDHE_ECDSA_WITH_NULL_SHA", [Tls10, Tls11, Tls12], "ECDHE", "ECDSA", "NULL", 0, "SHA1", No, None, None, None, Unconfirmed),
    suite!("C007", "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA", [Tls10, Tls11, Tls12], "ECDHE", "ECDSA", "RC4-128", 128, "SHA1", No, None, None, None, Unconfirmed),
    suite!("C008", "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA", [Tls10, Tls11, Tls12], "ECDHE", "ECDSA", "3DES-EDE-CBC-168", 168, "SHA1", Yes, None, None, None, Confirmed),
    suite!("C009", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", [Tls10, Tls11, Tls12], "ECDHE", "ECDSA", "AES-128-CBC", 128, "SHA1", Yes, None, None, None, Confirmed),
    suite!("C00A", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", [Tls10, Tls11, Tls12], "ECDHE", "ECDSA", "AES-256-CBC", 256, "SHA1", Yes, None, None, None, Confirmed),
    suite!("C00B", "TLS_ECDH_RSA_WITH_NULL_SHA", [Tls10, Tls11, Tls12], "ECDH", "RSA", "NULL", 0, "SHA1", No, None, None, None, Unconfirmed),
    suite!("C00C", "TLS_ECDH_RSA_WITH_RC4_128_SHA", [Tls10, Tls11, Tls12], "ECDH", "RSA", "RC4-128", 128, "SHA1", No, None, None, None, Unconfirmed),
    suite!("C00D", "TLS_ECDH_RSA_WITH_3DES_EDE_CBC_SHA", [Tls10, Tls11, Tls12], "ECDH", "RSA", "3DES-EDE-CBC-168", 168, "SHA1", Yes, None, None, None, Confirmed),
    suite!("C00E", "TLS_ECDH_RSA_WITH_AES_128_CBC_SHA", [Tls10, Tls11, Tls12], "ECDH", "RSA", "AES-128-CBC", 128, "SHA1", Yes, None, None, None, Confirmed),
    suite!("C00F", "TLS_ECDH_RSA_WITH_AES_256_CBC_SHA", [Tls10, Tls11, Tls12], "ECDH", "RSA", "AES-256-CBC", 256, "SHA1", Yes, None, None, None, Confirmed),
    suite!("C010", "TLS_ECDHE_RSA_WITH_NULL_SHA", [Tls10, Tls11, Tls12], "ECDHE", "RSA", "NULL", 0, "SHA1", No, None, None, None, Unconfirmed),
    suite!("C011", "TLS_ECDHE_RSA_WITH_RC4_128_SHA", [Tls10, Tls11, Tls12], "ECDHE", "RSA", "RC4-128", 128, "SHA1", No, None, None, None, Unconfirmed),
    suite!("C012", "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", [Tls10, Tls11, Tls12], "ECDHE", "RSA", "3DES-EDE-CBC-168", 168, "SHA1", Yes, None, None, None, Confirmed),
    suite!("C013", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", [Tls10, Tls11, Tls12], "ECDHE", "RSA", "AES-128-CBC", 128, "SHA1", Yes, None, None, None, Confirmed),
    suite!("C014", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", [Tls10, Tls11, Tls12], "ECDHE", "RSA", "AES-256-CBC", 256, "SHA1", Yes, None, None, None, Confirmed),
    suite!("C023", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", [Tls12], "ECDHE", "ECDSA", "AES-128-CBC", 128, "SHA256", Probably, None, None, None, Confirmed),
    suite!("C024", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", [Tls12], "ECDHE", "ECDSA", "AES-256-CBC", 256, "SHA384", Probably, None, None, None, Confirmed),
    suite!("C025", "TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA256", [Tls12], "ECDH", "ECDSA", "AES-128-CBC", 128, "SHA256", Probably, None, None, None, Unconfirmed),
    suite!("C026", "TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA384", [Tls12], "ECDH", "ECDSA", "AES-256-CBC", 256, "SHA384", Probably, None, None, None, Unconfirmed),
    suite!("C027", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", [Tls12], "ECDHE", "RSA", "AES-128-CBC", 128, "SHA256", Probably, None, None, None, Confirmed),
    suite!("C028", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", [Tls12], "ECDHE", "RSA", "AES-256-CBC", 256, "SHA384", Probably, None, None, None, Confirmed),
    suite!("C029", "TLS_ECDH_RSA_WITH_AES_128_CBC_SHA256", [Tls12], "ECDH", "RSA", "AES-128-CBC", 128, "SHA256", Probably, None, None, None, Unconfirmed),
    suite!("C02A", "TLS_ECDH_RSA_WITH_AES_256_CBC_SHA384", [Tls12], "ECDH", "RSA", "AES-256-CBC", 256, "SHA384", Probably, None, None, None, Unconfirmed),
    suite!("C02B", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", [Tls12], "ECDHE", "ECDSA", "AES-128-GCM", 128, "AEAD", Probably, None, None, Some(4), Confirmed),
    suite!("C02C", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", [Tls12], "ECDHE", "ECDSA", "AES-256-GCM", 256, "AEAD", Probably, None, None, Some(2), Confirmed),
    suite!("C02D", "TLS_ECDH_ECDSA_WITH_AES_128_GCM_SHA256", [Tls12], "ECDH", "ECDSA", "AES-128-GCM", 128, "AEAD", Probably, None, None, None, Unconfirmed),
    suite!("C02E", "TLS_ECDH_ECDSA_WITH_AES_256_GCM_SHA384", [Tls12], "ECDH", "ECDSA", "AES-256-GCM", 256, "AEAD", Probably, None, None, None, Unconfirmed),
    suite!("C02F", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", [Tls12], "ECDHE", "RSA", "AES-128-GCM", 128, "AEAD", Probably, None, None, Some(3), Confirmed),
    suite!("C030", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", [Tls12], "ECDHE", "RSA", "AES-256-GCM", 256, "AEAD", Probably, None, None, Some(1), Confirmed),
    suite!("C031", "TLS_ECDH_RSA_WITH_AES_128_GCM_SHA256", [Tls12], "ECDH", "RSA", "AES-128-GCM", 128, "AEAD", Probably, None, None, None, Unconfirmed),
    suite!("C032", "TLS_ECDH_RSA_WITH_AES_256_GCM_SHA384", [Tls12], "ECDH", "RSA", "AES-256-GCM", 256, "AEAD", Probably, None, None, None, Unconfirmed),
];
