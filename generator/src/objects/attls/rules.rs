//! Connectivity rules: between which addresses, which traffic, how protected.

use super::super::settings::Settings;
use super::super::values::Address;
use super::super::{Entry, ObjectId, ObjectName, OrderKey};
use super::maps::Mapping;

/// One connectivity rule.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Rule {
    pub name: Entry<ObjectName>,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "String::is_empty"))]
    pub description: String,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub tags: Vec<String>,
    /// The stack it belongs to, or the image or z/OS group whose stacks all have it.
    pub owner: Option<ObjectId>,
    /// Its place among the rules of its owner.
    pub order: OrderKey,
    /// Rules that are off are not written.
    pub enabled: bool,
    pub local: Endpoint,
    pub remote: Endpoint,
    pub map: MapUse,
    /// Sum of trace bits; `None` for the stack's.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub trace: Option<u8>,
    /// `None` for the stack's.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub trace_clear_text: Option<bool>,
    /// `None`: always.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub effective: Option<EffectiveTimes>,
    /// Tuning, environment and handshake.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Settings::is_empty"))]
    pub settings: Settings,
}

impl Default for Rule {
    fn default() -> Self {
        Self {
            name: Entry::default(),
            description: String::new(),
            tags: Vec::new(),
            owner: None,
            order: OrderKey::default(),
            enabled: true,
            local: Endpoint::default(),
            remote: Endpoint::default(),
            map: MapUse::default(),
            trace: None,
            trace_clear_text: None,
            effective: None,
            settings: Settings::new(),
        }
    }
}

/// One end of the data: a typed address, or an address group.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "lowercase")
)]
pub enum Endpoint {
    Address(Entry<Address>),
    Group(ObjectId),
}

impl Default for Endpoint {
    fn default() -> Self {
        Self::Address(Entry::Value(Address::All))
    }
}

/// The requirement map of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "lowercase")
)]
pub enum MapUse {
    /// A reusable requirement map.
    Shared(ObjectId),
    /// The rule's own mappings, without a name.
    Own(Vec<Mapping>),
}

impl Default for MapUse {
    fn default() -> Self {
        Self::Own(Vec::new())
    }
}

/// When a rule counts; every part that is set must hold.
///
/// Times are local to the Policy Agent (its `TZ`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct EffectiveTimes {
    /// Sunday first; empty for every day.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub days_of_week: Vec<u8>,
    /// 1 to 31, from the first day; empty for every day.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub days_of_month: Vec<u8>,
    /// 1 to 31, counted back from the last day of the month.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub days_from_last: Vec<u8>,
    /// 1 to 12; empty for every month.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub months: Vec<u8>,
    /// `hh:mm-hh:mm`; empty for the whole day.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "String::is_empty"))]
    pub time_of_day: String,
    /// `yyyymmddhhmmss:yyyymmddhhmmss`; empty without bounds.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "String::is_empty"))]
    pub period: String,
}
