//! The less common parameters of an object, each keyed by its row of the statement table.
//!
//! A parameter that is absent is not written, and AT-TLS applies its default; one that is present is
//! written, also when its value equals the default. Which rows an object may hold stands in
//! [`super::fields`]; whether a value is legal, its row says.

use std::collections::BTreeMap;

/// Values of table rows: `TTLSEnvironmentAdvancedParms.Renegotiation` to `All`.
pub type Settings = BTreeMap<String, Setting>;

/// One value, or an ordered list where the row takes one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(untagged)
)]
pub enum Setting {
    One(String),
    Many(Vec<String>),
}

impl Setting {
    /// The values in order; one for a row that takes one.
    pub fn values(&self) -> &[String] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}
