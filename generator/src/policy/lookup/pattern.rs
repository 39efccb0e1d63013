//! Names of jobs and users with an asterisk for any characters.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// Which names fit. Case does not count. The default is every name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// `*`, or nothing coded.
    #[default]
    Any,
    Exact(String),
    /// `ABC*`
    Prefix(String),
    /// An asterisk elsewhere, which no manual confirms.
    Glob(String),
}

impl Pattern {
    pub fn matches(&self, name: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Exact(own) => own.eq_ignore_ascii_case(name),
            Self::Prefix(own) => name
                .as_bytes()
                .get(..own.len())
                .is_some_and(|start| own.as_bytes().eq_ignore_ascii_case(start)),
            Self::Glob(own) => glob(own.as_bytes(), name.as_bytes()),
        }
    }
}

impl FromStr for Pattern {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let text = text.to_ascii_uppercase();
        let stem = text.trim_end_matches('*');
        Ok(match (stem.contains('*'), stem.len() < text.len()) {
            (false, false) if text.is_empty() => Self::Any,
            (false, false) => Self::Exact(text),
            (false, true) if stem.is_empty() => Self::Any,
            (false, true) => Self::Prefix(stem.to_owned()),
            (true, _) => Self::Glob(text),
        })
    }
}

impl From<&str> for Pattern {
    fn from(text: &str) -> Self {
        match text.parse() {
            Ok(pattern) => pattern,
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::Exact(text) | Self::Glob(text) => f.write_str(text),
            Self::Prefix(stem) => write!(f, "{stem}*"),
        }
    }
}

/// Whether a name fits, going back only to the last asterisk: linear in the product of the lengths.
fn glob(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut seen) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while seen < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, seen));
                at += 1;
            }
            Some(byte) if byte.eq_ignore_ascii_case(&name[seen]) => {
                at += 1;
                seen += 1;
            }
            _ => match star {
                Some((back, from)) => {
                    star = Some((back, from + 1));
                    (at, seen) = (back + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}
