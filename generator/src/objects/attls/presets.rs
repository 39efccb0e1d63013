//! A security level beside the preset that it started from: which fields are as the preset says,
//! which are not, and what a newer preset would change.
//!
//! A level holds all of its values. That a preset is newer in a newer Gatehouse never changes a
//! level by itself; it is told as a finding, unless the level is pinned.
//!
//! Client authentication is left out: no preset says who must show a certificate.

use super::super::fields::{self, SettingsPlace};
use super::super::library::preset;
use super::super::summary;
use super::super::{Kind, SecurityLevel, Suites, Versions};
use crate::policy::Release;
use crate::policy::table::lists::{CodeList, suite_of};
use crate::policy::table::{AttributeDef, Kind as ValueKind};

/// What a field of a level says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// Nothing is written, and AT-TLS applies its default.
    NotSet,
    /// What the preset says.
    AsPreset,
    /// A value of its own.
    Own,
}

const SUITES: &str = "suites";

/// The paths of the fields that a level may share with its preset, in the order of its page.
fn paths() -> impl Iterator<Item = String> {
    let versions = Versions::FIELDS.iter();
    let versions = versions.map(|version| format!("versions/{version}"));
    let settings = fields::settings(SettingsPlace::SecurityLevel).iter();
    let settings =
        settings.flat_map(|group| group.keys.iter().map(|key| format!("settings/{key}")));
    versions.chain([SUITES.to_owned()]).chain(settings)
}

/// A field of a level beside its preset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub path: String,
    pub stand: Stand,
    /// It says something else than the preset; without one, than AT-TLS does by itself.
    pub differs: bool,
    /// The preset has a value for it.
    pub in_preset: bool,
}

/// Every field of a level beside its preset. Without one, beside the defaults of this release.
pub fn held(level: &SecurityLevel, preset: Option<&SecurityLevel>, release: Release) -> Vec<Held> {
    let field = |path: String| {
        let own = values(level, &path);
        let theirs = preset.and_then(|preset| values(preset, &path));
        let expected = match preset {
            Some(_) => theirs.clone(),
            None => by_itself(&path, release),
        };
        Held {
            stand: match &own {
                None => Stand::NotSet,
                Some(_) if own == theirs => Stand::AsPreset,
                Some(_) => Stand::Own,
            },
            differs: own != expected,
            in_preset: theirs.is_some(),
            path,
        }
    };
    paths().map(field).collect()
}

/// Whether a level says something else than a preset, in whatever spelling.
pub fn differs(level: &SecurityLevel, preset: &SecurityLevel) -> bool {
    let same = |path: String| values(level, &path) == values(preset, &path);
    level.protect != preset.protect || !paths().all(same)
}

/// What a level says that leaves everything to AT-TLS.
fn by_itself(path: &str, release: Release) -> Option<Vec<String>> {
    path.starts_with("versions/").then(|| {
        let default = row(path).and_then(|row| row.default_in(release));
        vec![default.unwrap_or("Off").to_owned()]
    })
}

/// Gives a field of a level the value of the preset, or none where that has none.
pub fn take(level: &mut SecurityLevel, preset: &SecurityLevel, path: &str) {
    let mut theirs = preset.versions;
    match path.split_once('/') {
        Some(("settings", key)) => match preset.settings.get(key) {
            Some(setting) => drop(level.settings.insert(key.to_owned(), setting.clone())),
            None => drop(level.settings.remove(key)),
        },
        Some(("versions", name)) => {
            if let (Some(own), Some(theirs)) = (level.versions.switch(name), theirs.switch(name)) {
                *own = *theirs;
            }
        }
        _ if path == SUITES => level.suites = preset.suites.clone(),
        _ => {}
    }
}

/// The level with the values of a preset as it is supplied now; its name, its words, its client
/// authentication and whether it is pinned stay. `None` when no preset has this name.
pub fn with_preset(level: &SecurityLevel, name: &str) -> Option<SecurityLevel> {
    let mut preset = preset(name)?;
    if let (Some(new), Some(old)) = (&mut preset.preset, &level.preset) {
        new.pinned = old.pinned;
    }
    Some(SecurityLevel {
        protect: preset.protect,
        versions: preset.versions,
        suites: preset.suites,
        settings: preset.settings,
        preset: preset.preset,
        ..level.clone()
    })
}

/// The fields of a preset that hold something, as label and value.
pub fn says(preset: &SecurityLevel) -> Vec<(&'static str, String)> {
    let versions = ("Protocol versions", summary::protection(preset));
    let fields = paths().filter(|path| !path.starts_with("versions/"));
    let field = |path: String| {
        let values = values(preset, &path).filter(|_| preset.protect)?;
        let label = match row(&path) {
            Some(row) if path != SUITES => row.label,
            _ => "Cipher suites",
        };
        let list = list_of(&path);
        let name = |value: String| match list.and_then(|list| list.code(&value)) {
            Some(code) => format!("{} {}", code.code, code.name),
            None => value,
        };
        let values: Vec<_> = values.into_iter().map(name).collect();
        Some((label, values.join(", ")))
    };
    [versions]
        .into_iter()
        .chain(fields.filter_map(field))
        .collect()
}

/// The value of a field, spelled in one way; `None` when it is not set.
fn values(level: &SecurityLevel, path: &str) -> Option<Vec<String>> {
    let mut versions = level.versions;
    match path.split_once('/') {
        Some(("settings", key)) => {
            let setting = level.settings.get(key)?;
            let row = row(path);
            let spelled = |value: &String| spelled(row, value.trim());
            let values: Vec<_> = setting.values().iter().flat_map(spelled).collect();
            (!values.is_empty()).then_some(values)
        }
        Some(("versions", name)) => {
            let on = *versions.switch(name)?;
            Some(vec![if on { "On" } else { "Off" }.to_owned()])
        }
        _ => match &level.suites {
            Suites::SystemDefaults => None,
            Suites::List(list) => {
                let code = |text: &String| match suite_of(text) {
                    Some(suite) => suite.code.to_owned(),
                    None => text.clone(),
                };
                Some(list.iter().map(code).collect())
            }
        },
    }
}

fn spelled(row: Option<&'static AttributeDef>, value: &str) -> Vec<String> {
    match row {
        _ if value.is_empty() => Vec::new(),
        Some(row) => match CodeList::of(row) {
            Some(list) => list.split(value),
            None if matches!(row.kind, ValueKind::Flag | ValueKind::Enum(_)) => {
                let word = row.canonical(value);
                vec![word.map_or_else(|| value.to_owned(), |word| word.into_owned())]
            }
            None => vec![value.to_owned()],
        },
        None => vec![value.to_owned()],
    }
}

fn list_of(path: &str) -> Option<CodeList> {
    match path {
        SUITES => Some(CodeList::Suites),
        _ => row(path).and_then(CodeList::of),
    }
}

/// The row of the table behind a field.
fn row(path: &str) -> Option<&'static AttributeDef> {
    let key = match path.strip_prefix("settings/") {
        Some(key) => key,
        None => {
            fields::fields(Kind::SecurityLevel)
                .find(|field| field.path == path)?
                .parameter?
        }
    };
    fields::row(key).map(|(_, row)| row)
}

#[cfg(test)]
mod tests {
    use super::super::super::library::presets;
    use super::super::super::{ClientAuthentication, Setting};
    use super::*;

    const CURVES: &str = "settings/TTLSSignatureParms.ClientECurves";
    const RENEGOTIATION: &str = "settings/TTLSEnvironmentAdvancedParms.Renegotiation";

    fn gold() -> SecurityLevel {
        preset("AT-TLS__Gold").unwrap_or_default()
    }

    fn set(level: &mut SecurityLevel, path: &str, value: Setting) {
        let key = path.trim_start_matches("settings/").to_owned();
        level.settings.insert(key, value);
    }

    fn differing(level: &SecurityLevel, preset: Option<&SecurityLevel>) -> Vec<String> {
        let fields = held(level, preset, Release::V3R1).into_iter();
        let fields = fields.filter(|held| held.differs);
        fields.map(|held| held.path).collect()
    }

    fn stand(level: &SecurityLevel, path: &str) -> Stand {
        let fields = held(level, Some(&gold()), Release::V3R1);
        let found = fields.iter().find(|held| held.path == path);
        found.map_or(Stand::NotSet, |held| held.stand)
    }

    #[test]
    fn a_field_is_not_set_or_as_the_preset_or_of_its_own() {
        let gold = gold();
        let mut level = gold.clone();
        assert_eq!(stand(&level, CURVES), Stand::AsPreset);
        assert_eq!(stand(&level, RENEGOTIATION), Stand::NotSet);
        assert_eq!(differing(&level, Some(&gold)), Vec::<String>::new());
        set(&mut level, RENEGOTIATION, Setting::One("All".to_owned()));
        set(
            &mut level,
            CURVES,
            Setting::One("0024002300250029".to_owned()),
        );
        level.versions.tls12 = false;
        assert_eq!(stand(&level, RENEGOTIATION), Stand::Own);
        assert_eq!(stand(&level, CURVES), Stand::Own, "order is meaning");
        assert_eq!(
            differing(&level, Some(&gold)),
            ["versions/tls12", CURVES, RENEGOTIATION]
        );
        for path in ["versions/tls12", CURVES, RENEGOTIATION] {
            take(&mut level, &gold, path);
        }
        assert_eq!(level, gold);
    }

    #[test]
    fn another_spelling_is_the_same_value() {
        let gold = gold();
        let mut level = gold.clone();
        set(
            &mut level,
            CURVES,
            Setting::One("0023002400250029".to_owned()),
        );
        level.suites = Suites::List(
            [
                "1302",
                "1301",
                "TLS_CHACHA20_POLY1305_SHA256",
                "C02C",
                "C030",
                "C02B",
                "C02F",
            ]
            .map(str::to_owned)
            .to_vec(),
        );
        level.client_authentication = ClientAuthentication::Required;
        assert_eq!(differing(&level, Some(&gold)), Vec::<String>::new());
        assert!(!differs(&level, &gold));
        level.protect = false;
        assert!(differs(&level, &gold));
    }

    #[test]
    fn without_a_preset_what_is_set_differs_and_the_versions_follow_the_release() {
        let level = SecurityLevel {
            suites: Suites::SystemDefaults,
            settings: Default::default(),
            ..SecurityLevel::default()
        };
        // TLS 1.0 and 1.1 are on by themselves until 3.2.
        let versions = ["tls13", "tls12", "tls11", "tls10"].map(|name| format!("versions/{name}"));
        assert_eq!(differing(&level, None), versions);
        let newer = held(&level, None, Release::V3R2);
        assert!(
            newer
                .iter()
                .any(|held| held.path == "versions/tls12" && !held.differs)
        );
        assert!(differing(&gold(), None).contains(&CURVES.to_owned()));
    }

    #[test]
    fn a_level_takes_all_of_a_preset_and_keeps_what_is_its_own() {
        let own = SecurityLevel {
            name: "GOLD".into(),
            tags: vec!["pci".to_owned()],
            ..SecurityLevel::default()
        };
        for name in presets() {
            let level = with_preset(&own, name).unwrap_or_default();
            assert_eq!(
                (level.name.to_string().as_str(), level.tags.len()),
                ("GOLD", 1)
            );
            assert_eq!(
                differing(&level, preset(name).as_ref()),
                Vec::<String>::new(),
                "{name}"
            );
        }
        assert_eq!(with_preset(&own, "AT-TLS__Tin"), None);
    }

    #[test]
    fn a_preset_says_its_values_with_their_names() {
        let says = says(&gold());
        assert_eq!(
            says[0],
            ("Protocol versions", "TLS 1.3, TLS 1.2".to_owned())
        );
        assert!(says[1].1.starts_with("1302 TLS_AES_256_GCM_SHA384, 1301 "));
        assert_eq!(says[2].0, "Client curves");
        assert_eq!(
            says[2].1,
            "0023 secp256r1, 0024 secp384r1, 0025 secp521r1, 0029 x25519"
        );
        let clear = preset("AT-TLS__No_Protection").unwrap_or_default();
        assert_eq!(
            super::says(&clear),
            [("Protocol versions", "in the clear".to_owned())]
        );
    }
}
