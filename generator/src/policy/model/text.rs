//! Texts that cannot break out of their line.
//!
//! There are two ways to make one. `new` is for what somebody types or another program hands over: it
//! refuses. `read` is for what stands in a file already: it keeps as much as a line can hold.

use std::borrow::Cow;
use std::fmt;

use thiserror::Error;

use crate::policy::table::{Kind, MAX_NAME};

/// What replaces a character that no line can hold.
const REPLACEMENT: char = '\u{fffd}';

/// Why a text cannot be written into a policy file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TextError {
    #[error("the text is empty")]
    Empty,
    #[error("a name is at most {MAX_NAME} characters long, and this one has {len}")]
    TooLong { len: usize },
    #[error("a line cannot hold the character U+{:04X}", *.found as u32)]
    Control { found: char },
    #[error("`{found}` would begin or end a block")]
    Brace { found: char },
    #[error("`#` at the start of a word would begin a comment")]
    Comment,
    #[error("a blank would end the text")]
    Blank,
    #[error("it is a block and takes no value")]
    Block,
    #[error("blanks at the start or the end would be lost")]
    OuterBlank,
}

/// The name of a statement: one word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Box<str>);

/// The value of an attribute: what stands on its line after the keyword. Empty when nothing does.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Value(Box<str>);

/// A keyword or a parameter: one word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word(Box<str>);

/// One line of comment, without the number signs that begin it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Comment(Box<str>);

impl Name {
    /// A name of 1 to 32 characters.
    pub fn new(text: &str) -> Result<Self, TextError> {
        check_word(text)?;
        match text.chars().count() {
            0..=MAX_NAME => Ok(Self(text.into())),
            len => Err(TextError::TooLong { len }),
        }
    }

    /// A word of a file, which may be longer than a name should be.
    pub(crate) fn read(word: &str) -> Self {
        Self(printable(word).into())
    }
}

impl Word {
    pub fn new(text: &str) -> Result<Self, TextError> {
        check_word(text)?;
        Ok(Self(text.into()))
    }

    /// A word of a file.
    pub(crate) fn read(word: &str) -> Self {
        Self(printable(word).into())
    }
}

impl Value {
    pub fn new(text: impl Into<String>) -> Result<Self, TextError> {
        let text = text.into();
        check_text(&text)?;
        if text.starts_with(' ') || text.ends_with(' ') {
            return Err(TextError::OuterBlank);
        }
        match text.chars().find(|c| matches!(c, '{' | '}')) {
            Some(found) => Err(TextError::Brace { found }),
            None => Ok(Self(text.into())),
        }
    }

    /// Words of a file as they stand, from the first to the last.
    pub(crate) fn read(words: &str) -> Self {
        Self(printable(words).into())
    }

    /// Whether an attribute of this kind reads the value back as it is.
    pub(super) fn fits(&self, kind: &Kind) -> Result<(), TextError> {
        if matches!(kind, Kind::Inline(_)) {
            return Err(TextError::Block);
        }
        let one_word = !self.0.contains(' ');
        let ports = || matches!(kind, Kind::Ports { .. }) && is_port_pair(&self.0);
        if one_word || kind.takes_rest_of_line() || ports() {
            Ok(())
        } else {
            Err(TextError::Blank)
        }
    }
}

impl Comment {
    pub fn new(text: &str) -> Result<Self, TextError> {
        match text.chars().find(|c| is_unprintable(*c)) {
            Some(found) => Err(TextError::Control { found }),
            None if text.ends_with(' ') => Err(TextError::OuterBlank),
            None => Ok(Self(text.into())),
        }
    }

    /// A comment of a file, with its number signs.
    pub(crate) fn read(text: &str) -> Self {
        let text = printable(text);
        let text = text.trim_start_matches('#');
        let text = text.strip_prefix(' ').unwrap_or(text);
        Self(text.trim_end_matches(' ').into())
    }
}

/// Whether a text is two numbers parted by one blank. What is out of range reads back as well.
pub(crate) fn is_port_pair(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once(' ')
        .is_some_and(|(low, high)| digits(low) && digits(high))
}

fn check_word(text: &str) -> Result<(), TextError> {
    check_text(text)?;
    match text.chars().find(|c| matches!(c, ' ' | '{' | '}')) {
        Some(' ') => Err(TextError::Blank),
        Some(found) => Err(TextError::Brace { found }),
        None => Ok(()),
    }
}

fn check_text(text: &str) -> Result<(), TextError> {
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    if let Some(found) = text.chars().find(|c| is_unprintable(*c)) {
        return Err(TextError::Control { found });
    }
    if text.split(' ').any(|word| word.starts_with('#')) {
        return Err(TextError::Comment);
    }
    Ok(())
}

/// Characters that end a line for some reader, or that no reader shows.
pub(crate) fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// Whether all of a text is printable ASCII, which nearly every line of a policy is.
pub(crate) fn is_plain(text: &str) -> bool {
    // Without an early end, so that many bytes are looked at at once.
    let plain = |all: bool, byte: u8| all & matches!(byte, b' '..=b'~');
    text.bytes().fold(true, plain)
}

fn printable(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let letters = text.chars();
    letters
        .map(|c| match c {
            '\t' | '\u{b}' | '\u{c}' | '\u{feff}' => ' ',
            c if is_unprintable(c) => REPLACEMENT,
            c => c,
        })
        .collect()
}

macro_rules! text {
    ($($name:ident),*) => {$(
        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

text!(Name, Value, Word, Comment);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_would_break_out_of_its_line_is_refused() {
        for (text, error) in [
            ("a\nb", TextError::Control { found: '\n' }),
            ("a\rb", TextError::Control { found: '\r' }),
            ("a\u{85}b", TextError::Control { found: '\u{85}' }),
            ("a\u{2028}b", TextError::Control { found: '\u{2028}' }),
            ("a\tb", TextError::Control { found: '\t' }),
            ("a }", TextError::Brace { found: '}' }),
            ("a{", TextError::Brace { found: '{' }),
            ("a # b", TextError::Comment),
            ("#", TextError::Comment),
            (" a", TextError::OuterBlank),
            ("", TextError::Empty),
        ] {
            assert_eq!(Value::new(text), Err(error), "{text:?}");
        }
        assert!(Value::new("My Label 2026").is_ok());
        assert!(Value::new("JOB#1").is_ok());
    }

    #[test]
    fn a_name_is_one_word_of_at_most_32_characters() {
        assert!(Name::new("cipher4~Default_NISTCiphers_z196").is_ok());
        assert_eq!(
            Name::new(&"a".repeat(33)),
            Err(TextError::TooLong { len: 33 })
        );
        assert_eq!(Name::new("a b"), Err(TextError::Blank));
        assert_eq!(Name::new("#a"), Err(TextError::Comment));
    }

    #[test]
    fn a_comment_loses_its_number_signs_and_one_blank() {
        assert_eq!(Comment::read("##  x # y  ").as_str(), " x # y");
        assert_eq!(Comment::read("#").as_str(), "");
        assert!(Comment::new("a\nTTLSRule b").is_err());
    }
}
