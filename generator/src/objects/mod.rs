//! What the administrator edits: addresses, traffic, security levels, maps, systems, rules.
//!
//! Objects refer to each other by id, so a rename breaks nothing. A [`Configuration`] is all objects
//! of one revision; everything said about it is a pure function.

pub mod addresses;
pub mod attls;
mod configuration;
#[cfg(feature = "serde")]
pub mod diff;
#[cfg(feature = "serde")]
pub mod edit;
mod entry;
pub mod fields;
pub mod library;
#[cfg(feature = "serde")]
pub mod merge;
mod order;
pub mod paste;
pub mod references;
mod refresh;
pub mod settings;
pub mod summary;
pub mod systems;
pub mod values;
pub mod variables;

use std::fmt;

pub use addresses::{AddressGroup, Answer, Host};
pub use attls::maps::{Mapping, RequirementMap};
pub use attls::rules::{EffectiveTimes, Endpoint, MapUse, Rule};
pub use attls::security::{ClientAuthentication, PresetUse, SecurityLevel, Suites, Versions};
pub use attls::traffic::{Direction, HandshakeRole, TrafficDescriptor, TrafficRow};
pub use configuration::Configuration;
pub use entry::Entry;
pub use order::OrderKey;
pub use refresh::{RefreshError, RefreshOptions};
pub use settings::{Setting, Settings};
pub use systems::{Group, Image, Layout, Stack, StackFiles, SyslogFacility};
pub use values::{ObjectName, SystemName};

/// The identity of an object within its store; never shown, never changed by a rename.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(transparent)
)]
pub struct ObjectId(pub String);

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The place of a value inside an object's JSON: names and row numbers joined by `/`,
/// `rows/0/local_port`, `settings/TTLSEnvironmentAdvancedParms.Renegotiation`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(transparent)
)]
pub struct FieldPath(pub String);

impl From<&str> for FieldPath {
    fn from(path: &str) -> Self {
        Self(path.to_owned())
    }
}

impl From<String> for FieldPath {
    fn from(path: String) -> Self {
        Self(path)
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! kinds {
    ($($variant:ident($body:ty), $word:literal, $singular:literal, $plural:literal;)*) => {
        /// Anything that has an id, a name, a history and a lock.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(tag = "kind", rename_all = "kebab-case"))]
        pub enum Object {
            $($variant($body),)*
        }

        /// The kinds of objects.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
        pub enum Kind {
            $($variant,)*
        }

        impl Kind {
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// As in JSON, addresses and exports: `traffic-descriptor`.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// For a sentence: "traffic descriptor".
            pub fn singular(self) -> &'static str {
                match self { $(Self::$variant => $singular,)* }
            }

            /// For a heading: "Traffic Descriptors".
            pub fn plural(self) -> &'static str {
                match self { $(Self::$variant => $plural,)* }
            }

            /// The kind with this word.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.word() == word)
            }
        }

        impl Object {
            pub fn kind(&self) -> Kind {
                match self { $(Self::$variant(_) => Kind::$variant,)* }
            }

            /// The name as it stands in its field, also when it is no valid name yet.
            pub fn name(&self) -> String {
                match self { $(Self::$variant(body) => body.name.to_string(),)* }
            }

            pub fn description(&self) -> &str {
                match self { $(Self::$variant(body) => &body.description,)* }
            }

            pub fn tags(&self) -> &[String] {
                match self { $(Self::$variant(body) => &body.tags,)* }
            }
        }

        $(impl From<$body> for Object {
            fn from(body: $body) -> Self {
                Self::$variant(body)
            }
        })*
    };
}

kinds! {
    AddressGroup(AddressGroup), "address-group", "address group", "Address Groups";
    TrafficDescriptor(TrafficDescriptor), "traffic-descriptor", "traffic descriptor", "Traffic Descriptors";
    SecurityLevel(SecurityLevel), "security-level", "security level", "Security Levels";
    RequirementMap(RequirementMap), "requirement-map", "requirement map", "Requirement Maps";
    Group(Group), "group", "z/OS group", "z/OS Groups";
    Image(Image), "image", "system image", "System Images";
    Stack(Stack), "stack", "TCP/IP stack", "TCP/IP Stacks";
    Rule(Rule), "rule", "connectivity rule", "Connectivity Rules";
}

/// Whether a tag is this word, or one of its words is; in any case.
pub fn has_tag(tags: &[String], word: &str) -> bool {
    let word = word.to_lowercase();
    let is = |text: &str| text.to_lowercase() == word;
    let mut tags = tags.iter();
    tags.any(|tag| is(tag) || tag.split_whitespace().any(is))
}

impl Object {
    /// True for objects that come with Gatehouse and stay as they are.
    pub fn supplied(&self) -> bool {
        match self {
            Self::AddressGroup(body) => body.supplied,
            Self::TrafficDescriptor(body) => body.supplied,
            Self::SecurityLevel(body) => body.supplied,
            Self::RequirementMap(_)
            | Self::Group(_)
            | Self::Image(_)
            | Self::Stack(_)
            | Self::Rule(_) => false,
        }
    }
}

/// Values that stand in JSON as the text that `Display` and `FromStr` agree on.
#[cfg(feature = "serde")]
mod by_text {
    use std::borrow::Cow;
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<T: Display, S: Serializer>(
        value: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
    where
        T: FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        Cow::<str>::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_found_by_its_tags_and_their_words() {
        let level = Object::from(SecurityLevel {
            tags: ["PCI scope", "payroll", "Ämter"]
                .map(str::to_owned)
                .to_vec(),
            ..SecurityLevel::default()
        });
        for (word, expected) in [
            ("payroll", true),
            ("Pci", true),
            ("pci scope", true),
            ("ämter", true),
            ("ÄMTER", true),
            ("pay", false),
            ("", false),
        ] {
            assert_eq!(has_tag(level.tags(), word), expected, "{word}");
        }
    }
}
