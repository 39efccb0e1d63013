//! Secrets: made by the system's generator, kept as hashes, compared in constant time.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The system has no randomness to give.
#[derive(Debug, thiserror::Error)]
#[error("the system's random generator failed: {0}")]
pub struct NoRandomness(getrandom::Error);

/// `bytes` random bytes in hex.
pub fn random_hex(bytes: usize) -> Result<String, NoRandomness> {
    let mut buffer = vec![0; bytes];
    getrandom::fill(&mut buffer).map_err(NoRandomness)?;
    Ok(hex(&buffer))
}

/// A secret of 256 bits, in hex.
pub fn new() -> Result<String, NoRandomness> {
    random_hex(32)
}

/// A first password for somebody else: 100 bits in groups that can be read out.
pub fn first_password() -> Result<String, NoRandomness> {
    const SIGNS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut buffer = [0; 20];
    getrandom::fill(&mut buffer).map_err(NoRandomness)?;
    let groups: Vec<String> = buffer
        .chunks(5)
        .map(|group| {
            group
                .iter()
                .map(|byte| char::from(SIGNS[usize::from(byte % 32)]))
                .collect()
        })
        .collect();
    Ok(groups.join("-"))
}

/// What is kept of a secret. A plain hash is enough for 256 random bits; passwords go through
/// argon2.
pub fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// Compares two hashes in constant time.
pub fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

/// Whether the text has the form that [`new`] gives.
pub fn well_formed(secret: &str) -> bool {
    secret.len() == 64
        && secret
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn ten_thousand_secrets_share_neither_value_nor_prefix() {
        let secrets: std::collections::BTreeSet<_> = (0..10_000).map(|_| new().unwrap()).collect();
        assert_eq!(secrets.len(), 10_000);
        for prefix in 0..16 {
            let start = format!("{prefix:x}");
            assert!(secrets.iter().any(|s| s.starts_with(&start)));
        }
        assert!(secrets.iter().all(|s| well_formed(s)));
    }

    #[test]
    fn only_equal_hashes_are_the_same() {
        assert!(same(&hash("a"), &hash("a")));
        assert!(!same(&hash("a"), &hash("b")));
        assert!(!same(&hash("a"), ""));
    }
}
