//! What a person typed into a field.
//!
//! Parse at the edge, then trust the type: a value that exists is valid. Text that is no value yet
//! is kept as it was typed, so that nothing is lost; `problems` says what is wrong with it, and
//! `compile` never writes it.

use std::fmt;
use std::str::FromStr;

/// A valid value, or text that is none yet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Entry<T> {
    Value(T),
    /// INVARIANT: `T::from_str` refuses this text.
    Typed(String),
}

impl<T: FromStr> Entry<T> {
    /// Reads what was typed; blanks around it do not count.
    pub fn read(text: &str) -> Self {
        match text.trim().parse() {
            Ok(value) => Self::Value(value),
            Err(_) => Self::Typed(text.trim().to_owned()),
        }
    }

    /// Why the text is no value; `None` when it is one.
    pub fn error(&self) -> Option<T::Err> {
        match self {
            Self::Value(_) => None,
            Self::Typed(text) => text.parse::<T>().err(),
        }
    }
}

impl<T> Entry<T> {
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Typed(_) => None,
        }
    }
}

impl<T: FromStr> Default for Entry<T> {
    /// What an empty field means; most types refuse it.
    fn default() -> Self {
        Self::read("")
    }
}

impl<T: fmt::Display> fmt::Display for Entry<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => value.fmt(f),
            Self::Typed(text) => f.write_str(text),
        }
    }
}

impl<T: FromStr> From<&str> for Entry<T> {
    fn from(text: &str) -> Self {
        Self::read(text)
    }
}

#[cfg(feature = "serde")]
impl<T: fmt::Display> serde::Serialize for Entry<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de, T: FromStr> serde::Deserialize<'de> for Entry<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Ok(Self::read(&text))
    }
}
