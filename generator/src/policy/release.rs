//! The releases of z/OS, which differ in attributes and defaults.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A release of z/OS, in the order of their appearance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Release {
    /// The first release with AT-TLS.
    V1R7,
    V1R11,
    V1R12,
    V1R13,
    V2R1,
    V2R2,
    V2R3,
    V2R4,
    /// Written `2.5`.
    V2R5,
    /// Written `3.1`; the default.
    #[default]
    V3R1,
    /// Written `3.2`.
    V3R2,
}

/// A text that names no release in [`Release::ALL`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{text}` is not a z/OS release that is known here")]
pub struct UnknownRelease {
    pub text: String,
}

impl Release {
    /// Every release, oldest first.
    pub const ALL: [Self; 11] = [
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

    /// The name as IBM writes it: `V2R4` and before, `2.5` and after.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V1R7 => "V1R7",
            Self::V1R11 => "V1R11",
            Self::V1R12 => "V1R12",
            Self::V1R13 => "V1R13",
            Self::V2R1 => "V2R1",
            Self::V2R2 => "V2R2",
            Self::V2R3 => "V2R3",
            Self::V2R4 => "V2R4",
            Self::V2R5 => "2.5",
            Self::V3R1 => "3.1",
            Self::V3R2 => "3.2",
        }
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Release {
    type Err = UnknownRelease;

    /// Takes both spellings of every release: `2.5` and `V2R5`.
    fn from_str(text: &str) -> Result<Self, UnknownRelease> {
        let dotted = match text.to_ascii_uppercase().strip_prefix('V') {
            Some(rest) => rest.replace('R', "."),
            None => text.to_owned(),
        };
        Self::ALL
            .into_iter()
            .find(|release| {
                let name = release.as_str();
                name == dotted
                    || name
                        .strip_prefix('V')
                        .is_some_and(|rest| rest.replace('R', ".") == dotted)
            })
            .ok_or_else(|| UnknownRelease {
                text: text.to_owned(),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_reads_back_in_both_spellings() {
        for release in Release::ALL {
            assert_eq!(release.to_string().parse(), Ok(release));
        }
        assert_eq!("V2R5".parse(), Ok(Release::V2R5));
        assert_eq!("v3r1".parse(), Ok(Release::V3R1));
        assert_eq!("2.4".parse(), Ok(Release::V2R4));
        assert!("2.6".parse::<Release>().is_err());
        assert!("".parse::<Release>().is_err());
    }

    #[test]
    fn releases_are_listed_in_order() {
        assert!(Release::ALL.is_sorted());
        assert_eq!(Release::default(), Release::V3R1);
    }
}
