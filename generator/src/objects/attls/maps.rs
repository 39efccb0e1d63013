//! Requirement maps: *ports to protection*.

use super::super::{Entry, ObjectId, ObjectName};

/// A reusable, named, ordered list of mappings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct RequirementMap {
    pub name: Entry<ObjectName>,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "String::is_empty"))]
    pub description: String,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub tags: Vec<String>,
    pub mappings: Vec<Mapping>,
}

/// This traffic gets this protection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Mapping {
    /// A traffic descriptor; `None` until it is chosen.
    pub traffic: Option<ObjectId>,
    /// A security level; `None` until it is chosen.
    pub level: Option<ObjectId>,
}
