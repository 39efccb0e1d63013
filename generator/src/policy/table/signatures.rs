//! The pairs of hash and signature algorithm.

use super::Certainty;
use crate::policy::Release;

/// One pair.
#[derive(Debug, PartialEq, Eq)]
pub struct SignaturePair {
    /// Four hexadecimal digits: hash, then signature algorithm; 08 begins the RSA-PSS schemes.
    pub code: &'static str,
    /// The constant that policy files may use instead of the code.
    pub name: &'static str,
    /// Its place in the default list through 3.1 while TLS 1.3 is off; 0 when it is not in it.
    pub default_rank: u8,
    /// The same while TLS 1.3 is on.
    pub default_rank_tls13: u8,
    pub certainty: Certainty,
}

const fn pair(
    code: &'static str,
    name: &'static str,
    default_rank: u8,
    default_rank_tls13: u8,
    certainty: Certainty,
) -> SignaturePair {
    SignaturePair {
        code,
        name,
        default_rank,
        default_rank_tls13,
        certainty,
    }
}

static PAIRS: [SignaturePair; 17] = [
    pair(
        "0101",
        "TLS_SIGALG_MD5_WITH_RSA",
        0,
        0,
        Certainty::Unconfirmed,
    ),
    pair(
        "0201",
        "TLS_SIGALG_SHA1_WITH_RSA",
        11,
        11,
        Certainty::Confirmed,
    ),
    pair(
        "0202",
        "TLS_SIGALG_SHA1_WITH_DSA",
        13,
        13,
        Certainty::Confirmed,
    ),
    pair(
        "0203",
        "TLS_SIGALG_SHA1_WITH_ECDSA",
        12,
        12,
        Certainty::Confirmed,
    ),
    pair(
        "0301",
        "TLS_SIGALG_SHA224_WITH_RSA",
        8,
        8,
        Certainty::Confirmed,
    ),
    pair(
        "0302",
        "TLS_SIGALG_SHA224_WITH_DSA",
        10,
        10,
        Certainty::Confirmed,
    ),
    pair(
        "0303",
        "TLS_SIGALG_SHA224_WITH_ECDSA",
        9,
        9,
        Certainty::Confirmed,
    ),
    pair(
        "0401",
        "TLS_SIGALG_SHA256_WITH_RSA",
        5,
        5,
        Certainty::Confirmed,
    ),
    pair(
        "0402",
        "TLS_SIGALG_SHA256_WITH_DSA",
        7,
        7,
        Certainty::Confirmed,
    ),
    pair(
        "0403",
        "TLS_SIGALG_SHA256_WITH_ECDSA",
        6,
        6,
        Certainty::Confirmed,
    ),
    pair(
        "0501",
        "TLS_SIGALG_SHA384_WITH_RSA",
        3,
        3,
        Certainty::Confirmed,
    ),
    pair(
        "0503",
        "TLS_SIGALG_SHA384_WITH_ECDSA",
        4,
        4,
        Certainty::Confirmed,
    ),
    pair(
        "0601",
        "TLS_SIGALG_SHA512_WITH_RSA",
        1,
        1,
        Certainty::Confirmed,
    ),
    pair(
        "0603",
        "TLS_SIGALG_SHA512_WITH_ECDSA",
        2,
        2,
        Certainty::Confirmed,
    ),
    pair(
        "0804",
        "TLS_SIGALG_SHA256_WITH_RSASSA_PSS",
        0,
        16,
        Certainty::Confirmed,
    ),
    pair(
        "0805",
        "TLS_SIGALG_SHA384_WITH_RSASSA_PSS",
        0,
        15,
        Certainty::Confirmed,
    ),
    pair(
        "0806",
        "TLS_SIGALG_SHA512_WITH_RSASSA_PSS",
        0,
        14,
        Certainty::Confirmed,
    ),
];

/// Every pair, by code.
pub fn signature_pairs() -> &'static [SignaturePair] {
    &PAIRS
}

/// The pair with this code or constant.
pub fn signature_pair_named(text: &str) -> Option<&'static SignaturePair> {
    PAIRS
        .iter()
        .find(|pair| pair.code.eq_ignore_ascii_case(text) || pair.name.eq_ignore_ascii_case(text))
}

/// The pairs in effect when none are coded, most preferred first. From 3.2 on the pairs with SHA-1,
/// SHA-224 and DSA are left out.
pub fn default_signature_pairs(release: Release, tls13: bool) -> Vec<&'static SignaturePair> {
    let rank = |pair: &SignaturePair| {
        if tls13 {
            pair.default_rank_tls13
        } else {
            pair.default_rank
        }
    };
    let mut pairs: Vec<_> = PAIRS
        .iter()
        .filter(|pair| rank(pair) > 0)
        .filter(|pair| release < Release::V3R2 || !pair.is_legacy())
        .collect();
    crate::sort::by_key(&mut pairs, |pair| rank(pair));
    pairs
}

impl SignaturePair {
    /// Hash and signature algorithm as people write them: `SHA-512`, `RSA-PSS`.
    pub fn parts(&self) -> (String, &'static str) {
        let words = self.name.trim_start_matches("TLS_SIGALG_");
        let (hash, algorithm) = words.split_once("_WITH_").unwrap_or((words, ""));
        let algorithm = match algorithm {
            "RSASSA_PSS" => "RSA-PSS",
            other => other,
        };
        (hash.replace("SHA", "SHA-"), algorithm)
    }

    /// The release that takes it. The RSA-PSS schemes belong to TLS 1.3, which came with V2R4.
    pub fn since(&self) -> Release {
        match self.code.starts_with("08") {
            true => Release::V2R4,
            false => Release::V2R1,
        }
    }

    /// Uses SHA-1, SHA-224, MD5 or DSA.
    pub fn is_legacy(&self) -> bool {
        matches!(&self.code[..2], "01" | "02" | "03") || self.name.ends_with("_DSA")
    }
}
