//! Address groups: *which addresses*.

mod overlaps;

pub use overlaps::{Overlap, overlaps};

use super::values::{Address, HostName};
use super::{Entry, ObjectId, ObjectName};

/// A reusable, named set of addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct AddressGroup {
    pub name: Entry<ObjectName>,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "String::is_empty"))]
    pub description: String,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub tags: Vec<String>,
    /// Comes with Gatehouse: can be copied, not changed or deleted.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "std::ops::Not::not"))]
    pub supplied: bool,
    pub addresses: Vec<Entry<Address>>,
    /// Hosts by name; their recorded addresses belong to the group.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub hosts: Vec<Host>,
    /// Address groups whose members belong to this one too.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub groups: Vec<ObjectId>,
}

/// A host that is known by its name. A policy holds addresses only: what the name server answered
/// when it was asked is kept, so that the same configuration always gives the same files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Host {
    pub name: Entry<HostName>,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub answer: Option<Answer>,
}

/// What the name server answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Answer {
    /// The name that was looked up.
    pub asked: String,
    pub addresses: Vec<Entry<Address>>,
    /// When it was asked, in UTC as RFC 3339 has it.
    pub at: String,
}

impl Host {
    /// The recorded answer, unless it is for another name or names no address.
    pub fn answer(&self) -> Option<&Answer> {
        let name = self.name.value()?;
        let counts = |answer: &&Answer| {
            answer.asked.eq_ignore_ascii_case(name.as_str()) && !answer.addresses.is_empty()
        };
        self.answer.as_ref().filter(counts)
    }
}
