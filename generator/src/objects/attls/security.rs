//! Security levels: *how protected*.

use crate::policy::table::suites::Protocol;

use super::super::settings::{Setting, Settings};
use super::super::{Entry, ObjectName};

/// A reusable, named set of protocol versions, cipher suites and their settings.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct SecurityLevel {
    pub name: Entry<ObjectName>,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "String::is_empty"))]
    pub description: String,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub tags: Vec<String>,
    /// Comes with Gatehouse: can be copied, not changed or deleted.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "std::ops::Not::not"))]
    pub supplied: bool,
    /// Off: the traffic stays in the clear (`TTLSEnabled Off`), and nothing else here counts.
    pub protect: bool,
    /// The dated preset it started from.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub preset: Option<PresetUse>,
    pub versions: Versions,
    pub suites: Suites,
    pub client_authentication: ClientAuthentication,
    /// Written also when there are none: where a text leaves them out, they are those of a new level.
    pub settings: Settings,
}

impl Default for SecurityLevel {
    /// TLS 1.3 and 1.2 with forward secrecy, and the key share groups that TLS 1.3 needs.
    fn default() -> Self {
        Self {
            name: Entry::default(),
            description: String::new(),
            tags: Vec::new(),
            supplied: false,
            protect: true,
            preset: None,
            versions: Versions {
                tls12: true,
                tls13: true,
                ..Versions::NONE
            },
            suites: Suites::List(
                ["1302", "1301", "1303", "C02C", "C030", "C02B", "C02F"]
                    .map(str::to_owned)
                    .to_vec(),
            ),
            client_authentication: ClientAuthentication::Off,
            settings: [
                "ClientECurves",
                "ClientKeyShareGroups",
                "ServerKeyShareGroups",
            ]
            .map(|list| {
                (
                    format!("TTLSSignatureParms.{list}"),
                    Setting::Many(GROUPS.map(str::to_owned).to_vec()),
                )
            })
            .into(),
        }
    }
}

const GROUPS: [&str; 4] = ["0023", "0024", "0025", "0029"];

/// The dated preset that a level started from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(deny_unknown_fields)
)]
pub struct PresetUse {
    pub name: String,
    /// `2026-06`.
    pub date: String,
    /// It stays as it is: a newer preset of this name is not proposed.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "std::ops::Not::not")
    )]
    pub pinned: bool,
}

/// The protocol versions that are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Versions {
    pub sslv2: bool,
    pub sslv3: bool,
    pub tls10: bool,
    pub tls11: bool,
    pub tls12: bool,
    pub tls13: bool,
}

impl Versions {
    pub const NONE: Self = Self {
        sslv2: false,
        sslv3: false,
        tls10: false,
        tls11: false,
        tls12: false,
        tls13: false,
    };

    /// The field names of the switches, the newest version first.
    pub const FIELDS: [&str; 6] = ["tls13", "tls12", "tls11", "tls10", "sslv3", "sslv2"];

    /// The switch with this field name.
    pub fn switch(&mut self, field: &str) -> Option<&mut bool> {
        Some(match field {
            "sslv2" => &mut self.sslv2,
            "sslv3" => &mut self.sslv3,
            "tls10" => &mut self.tls10,
            "tls11" => &mut self.tls11,
            "tls12" => &mut self.tls12,
            "tls13" => &mut self.tls13,
            _ => return None,
        })
    }

    /// The versions that are on, oldest first.
    pub fn protocols(&self) -> Vec<Protocol> {
        let on = [
            self.sslv2, self.sslv3, self.tls10, self.tls11, self.tls12, self.tls13,
        ];
        let all = Protocol::ALL.into_iter().zip(on);
        all.filter(|(_, on)| *on)
            .map(|(version, _)| version)
            .collect()
    }
}

impl Default for Versions {
    fn default() -> Self {
        Self::NONE
    }
}

/// Where the cipher suites come from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case")
)]
pub enum Suites {
    /// Nothing is written; System SSL of the release decides.
    SystemDefaults,
    /// In order of preference, as 4-hex codes (1 character for SSL V2); names and other spellings
    /// are accepted and kept until they are understood.
    List(Vec<String>),
}

/// Whether the client must show a certificate: `ClientAuthType`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case")
)]
pub enum ClientAuthentication {
    #[default]
    Off,
    PassThru,
    Full,
    Required,
    SafCheck,
}

impl ClientAuthentication {
    /// The word of `ClientAuthType`; `None` when it is off.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::Off => None,
            Self::PassThru => Some("PassThru"),
            Self::Full => Some("Full"),
            Self::Required => Some("Required"),
            Self::SafCheck => Some("SAFCheck"),
        }
    }
}

#[cfg(all(test, feature = "serde"))]
mod tests {
    use super::*;

    #[test]
    fn a_level_without_settings_stays_without() {
        let level = SecurityLevel {
            name: "PLAIN".into(),
            settings: Settings::new(),
            ..SecurityLevel::default()
        };
        let text = serde_json::to_string(&level).unwrap_or_default();
        assert_eq!(serde_json::from_str(&text).ok(), Some(level));
    }
}
