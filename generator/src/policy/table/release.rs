//! z/OS releases.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A release of z/OS Communications Server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Release {
    V1R7,
    V1R11,
    V1R12,
    V1R13,
    V2R1,
    V2R2,
    V2R3,
    V2R4,
    /// 2.5
    V2R5,
    /// 3.1
    #[default]
    V3R1,
    /// 3.2
    V3R2,
}

/// The text names no known release.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is no known z/OS release")]
pub struct ReleaseError(pub String);

impl Release {
    /// The releases that policies are written for.
    pub const SUPPORTED: &[Self] = &[Self::V2R4, Self::V2R5, Self::V3R1, Self::V3R2];

    const ALL: [Self; 11] = [
        Self::V1R7,
        Self::V1R11,
        Self::V1R12,
        Self::V1R13,
        Self::V2R1,
        Self::V2R2,
        Self::V2R3,
        Self::V2R4,
        Self::V2R5,
        Self::V3R1,
        Self::V3R2,
    ];
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V2R5 => f.write_str("2.5"),
            Self::V3R1 => f.write_str("3.1"),
            Self::V3R2 => f.write_str("3.2"),
            older => write!(f, "{older:?}"),
        }
    }
}

impl FromStr for Release {
    type Err = ReleaseError;

    fn from_str(text: &str) -> Result<Self, ReleaseError> {
        Self::ALL
            .into_iter()
            .find(|release| release.to_string().eq_ignore_ascii_case(text))
            .ok_or_else(|| ReleaseError(text.to_owned()))
    }
}
