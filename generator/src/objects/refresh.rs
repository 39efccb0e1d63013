//! When the Policy Agent reads a file again, and what it does with the policy then.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The words after the path of a file in `TcpImage` and `TTLSConfig`; empty for the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RefreshOptions {
    /// Policy is deleted when the Policy Agent starts or is refreshed.
    pub flush: Option<bool>,
    /// Policy is deleted when the Policy Agent ends.
    pub purge: Option<bool>,
    /// Seconds between looks at the file.
    pub seconds: Option<u32>,
}

/// Why a text is no such words.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RefreshError {
    #[error("`{0}` is none of FLUSH, NOFLUSH, PURGE, NOPURGE and a number of seconds")]
    Word(String),
    #[error("`{0}` says again what was said before")]
    Twice(String),
}

impl RefreshOptions {
    /// What the generator writes where nothing is said.
    pub const DEFAULT: Self = Self {
        flush: Some(true),
        purge: Some(true),
        seconds: Some(1800),
    };

    /// Whether these words say what is written anyway; `seconds` is not part of `TTLSConfig`.
    pub fn is_default(&self) -> bool {
        let seconds = self.seconds.is_none() || self.seconds == Self::DEFAULT.seconds;
        self.flush == Some(true) && self.purge == Some(true) && seconds
    }
}

impl FromStr for RefreshOptions {
    type Err = RefreshError;

    fn from_str(text: &str) -> Result<Self, RefreshError> {
        let mut options = Self::default();
        for word in text.split_whitespace() {
            let is = |other: &str| word.eq_ignore_ascii_case(other);
            let before = match () {
                () if is("FLUSH") => options.flush.replace(true).is_some(),
                () if is("NOFLUSH") => options.flush.replace(false).is_some(),
                () if is("PURGE") => options.purge.replace(true).is_some(),
                () if is("NOPURGE") => options.purge.replace(false).is_some(),
                () => {
                    let seconds = word.parse();
                    let seconds = seconds.map_err(|_| RefreshError::Word(word.to_owned()))?;
                    options.seconds.replace(seconds).is_some()
                }
            };
            if before {
                return Err(RefreshError::Twice(word.to_owned()));
            }
        }
        Ok(options)
    }
}

impl fmt::Display for RefreshOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |on: Option<bool>, yes, no| on.map(|on| if on { yes } else { no });
        let seconds = self.seconds.map(|seconds| seconds.to_string());
        let words = [
            word(self.flush, "FLUSH", "NOFLUSH").map(str::to_owned),
            word(self.purge, "PURGE", "NOPURGE").map(str::to_owned),
            seconds,
        ];
        let words: Vec<_> = words.into_iter().flatten().collect();
        f.write_str(&words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_any_order_read_back_in_one() {
        let read = |text: &str| text.parse::<RefreshOptions>().map(|read| read.to_string());
        assert_eq!(
            read("600 nopurge Flush"),
            Ok("FLUSH NOPURGE 600".to_owned())
        );
        assert_eq!(read(""), Ok(String::new()));
        assert_eq!(
            read("FLUSH NOFLUSH"),
            Err(RefreshError::Twice("NOFLUSH".to_owned()))
        );
        for wrong in ["-1", "/etc/pagent.conf", "FLUSHED", "99999999999"] {
            assert_eq!(read(wrong), Err(RefreshError::Word(wrong.to_owned())));
        }
    }
}
