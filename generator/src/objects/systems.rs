//! Where: z/OS groups, system images and TCP/IP stacks.

use std::collections::BTreeMap;

use crate::policy::Release;

use super::refresh::RefreshOptions;
use super::values::{FileName, Keyring};
use super::variables::Variables;
use super::{Entry, Object, ObjectId, ObjectName, SystemName};

/// A z/OS group: images that are installed together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Group {
    pub name: Entry<ObjectName>,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "String::is_empty"))]
    pub description: String,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub tags: Vec<String>,
    /// What `${NAME}` stands for here and below; see `variables`.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "BTreeMap::is_empty"))]
    pub variables: Variables,
    /// Policy tests of the stacks here and below, one expectation on a line; see `analysis::expectations`.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "String::is_empty"))]
    pub tests: String,
}

/// A z/OS system image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Image {
    pub name: Entry<SystemName>,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "String::is_empty"))]
    pub description: String,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub tags: Vec<String>,
    /// The z/OS group it belongs to.
    pub group: Option<ObjectId>,
    /// Decides which parameters may be written and what their defaults are.
    #[cfg_attr(feature = "serde", serde(with = "super::by_text"))]
    pub release: Release,
    /// The key ring of all AT-TLS traffic of the image that names none itself.
    pub keyring: Entry<Keyring>,
    /// The stash file, when the key ring is a key database.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "is_empty_entry"))]
    pub keyring_stash_file: Entry<FileName>,
    /// Written to every group action of the image.
    pub syslog_facility: SyslogFacility,
    /// What `${NAME}` stands for here and below; see `variables`.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "BTreeMap::is_empty"))]
    pub variables: Variables,
    /// Policy tests of the stacks here and below, one expectation on a line; see `analysis::expectations`.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "String::is_empty"))]
    pub tests: String,
    /// Answers to the questions of the set-up page; see `setup::questions`.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "BTreeMap::is_empty"))]
    pub setup: BTreeMap<String, String>,
}

/// `TTLSGroupAdvancedParms SyslogFacility`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum SyslogFacility {
    #[default]
    Daemon,
    Auth,
}

/// A TCP/IP stack and what is written for it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Stack {
    /// The stack's job name.
    pub name: Entry<SystemName>,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "String::is_empty"))]
    pub description: String,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub tags: Vec<String>,
    /// The system image it runs on.
    pub image: Option<ObjectId>,
    /// Off: the stack's policy file holds no rules.
    pub enabled: bool,
    /// Sum of trace bits, 0 to 255; rules that set none use it.
    pub trace: u8,
    pub trace_clear_text: bool,
    /// Overrides the image's key ring; empty for the image's.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "is_empty_entry"))]
    pub keyring: Entry<Keyring>,
    /// The stash file, when the stack's own key ring is a key database.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "is_empty_entry"))]
    pub keyring_stash_file: Entry<FileName>,
    pub layout: Layout,
    /// Write values that equal their default, too.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "std::ops::Not::not"))]
    pub write_defaults: bool,
    pub files: StackFiles,
    /// What `${NAME}` stands for here; see `variables`.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "BTreeMap::is_empty"))]
    pub variables: Variables,
    /// Policy tests of this stack, one expectation on a line; see `analysis::expectations`.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "String::is_empty"))]
    pub tests: String,
    /// Answers to the questions of the set-up page.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "BTreeMap::is_empty"))]
    pub setup: BTreeMap<String, String>,
}

impl Default for Stack {
    fn default() -> Self {
        Self {
            name: Entry::default(),
            description: String::new(),
            tags: Vec::new(),
            image: None,
            enabled: true,
            trace: 2,
            trace_clear_text: false,
            keyring: Entry::default(),
            keyring_stash_file: Entry::default(),
            layout: Layout::default(),
            write_defaults: false,
            files: StackFiles::default(),
            variables: Variables::new(),
            tests: String::new(),
            setup: BTreeMap::new(),
        }
    }
}

/// How a policy file is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "lowercase")
)]
pub enum Layout {
    /// Each value once, at the highest level where it holds.
    #[default]
    Compact,
    /// As the Network Configuration Assistant writes.
    Compatible,
}

/// The names of a stack's files as PAGENT sees them; empty ones follow from the stack's name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct StackFiles {
    /// Default `/etc/pagent.conf`; stacks of one image may share it.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "is_empty_entry"))]
    pub main: Entry<FileName>,
    /// Default `/etc/pagent.<stack>.conf`.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "is_empty_entry"))]
    pub image: Entry<FileName>,
    /// Default `/etc/pagent.<stack>.ttls`.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "is_empty_entry"))]
    pub policy: Entry<FileName>,
    /// After the path of the image file in `TcpImage`; default `FLUSH PURGE 1800`.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "is_empty_entry"))]
    pub image_options: Entry<RefreshOptions>,
    /// After the path of the policy file in `TTLSConfig`; default `FLUSH PURGE`.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "is_empty_entry"))]
    pub policy_options: Entry<RefreshOptions>,
    /// Further statements of each file, of other technologies or of the Policy Agent itself: written
    /// as they are.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "String::is_empty"))]
    pub main_more: String,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "String::is_empty"))]
    pub image_more: String,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "String::is_empty"))]
    pub policy_more: String,
}

/// The policy tests that an object keeps for the stacks below it; `None`: objects of its kind keep none.
pub fn tests_of(object: &Object) -> Option<&str> {
    match object {
        Object::Group(group) => Some(&group.tests),
        Object::Image(image) => Some(&image.tests),
        Object::Stack(stack) => Some(&stack.tests),
        Object::AddressGroup(_)
        | Object::TrafficDescriptor(_)
        | Object::SecurityLevel(_)
        | Object::RequirementMap(_)
        | Object::Rule(_) => None,
    }
}

#[cfg(feature = "serde")]
fn is_empty_entry<T: std::fmt::Display>(entry: &Entry<T>) -> bool {
    entry.to_string().is_empty()
}
