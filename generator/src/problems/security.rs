//! Security levels: whether versions, suites, groups and curves can shake hands at all.
//!
//! System SSL reports these mistakes at the first handshake, by a number.

use crate::finding::{FieldEdit, Finding};
use crate::objects::attls::presets;
use crate::objects::library::LEVELS_DATE;
use crate::objects::{ObjectId, SecurityLevel, Setting, Suites, Versions, fields};
use crate::policy::table::lists::{CodeList, suite_of};
use crate::policy::table::suites::{CipherSuite, Fips, Protocol};

use super::{Checker, at, edit, fix, json_list, json_text};

super::pages::pages! {
    NO_VERSION = "GH050" "no-protocol-version" Error {
        "no protocol version is on",
        help: "switch TLS V1.2 or V1.3 on, or switch the protection off",
        why: "Every handshake would fail with return code 402."
    }
    NO_TLS13_SUITE = "GH051" "tls13-without-suite" Error {
        "TLS V1.3 is on and no TLS 1.3 cipher suite is chosen (return code 519, or 402)",
        help: "add 1302, 1301 and 1303, or switch TLS V1.3 off",
        why: "TLS 1.3 has cipher suites of its own, and the default list of System SSL holds none of them."
    }
    NO_GROUPS = "GH052" "tls13-without-key-share-groups" Error {
        "TLS V1.3 is on and no key share groups are named (return code 515)",
        help: "name client and server key share groups",
        why: "In TLS 1.3 both ends send a key share in their first message, from the groups named here."
    }
    NO_COMMON_GROUP = "GH053" "curves-and-groups-apart" Error {
        "no client key share group ({groups}) is among the client's curves ({curves}) (return code 517)",
        help: "add the groups to the curves",
        why: "A client may only send a key share for a group that it also offers as a curve."
    }
    NO_SUITE = "GH054" "no-suite-fits" Error {
        "no chosen cipher suite works with any protocol version that is on (return code 402)",
        help: "choose suites for the versions that are on",
        why: "Client and server have nothing to agree on, so every handshake fails."
    }
    VERSION_UNUSED = "GH055" "version-without-suite" Warning {
        "{version} is on, and no chosen cipher suite works with it",
        help: "switch it off, or add a suite for it",
        why: "The version can never be negotiated; it only looks as if it could."
    }
    SUITE_UNUSED = "GH056" "suite-without-version" Warning {
        "{name} works only with {protocols}, which is off",
        help: "remove it, or switch the version on",
        why: "The suite can never be negotiated; it only looks as if it could."
    }
    UNKNOWN_SUITE = "GH057" "unknown-suite" Error {
        "`{text}` is no cipher suite",
        help: "choose one from the list, by its name or its 4-hex code",
        why: "The Policy Agent refuses the whole policy for an unknown suite."
    }
    SAME_SUITE = "GH058" "suite-repeated" Warning {
        "{name} is chosen twice",
        help: "remove the second one",
        why: "The first place counts."
    }
    WEAK = "GH059" "weak-protection" Warning {
        "{what}",
        help: "keep it for partners that can do nothing better, and set an end date",
        why: "Auditors ask for it, and attackers look for it: with old versions and suites, recorded traffic may be read or changed."
    }
    SUITE_SPELLING = "GH060" "suite-spelling" Info {
        "`{text}` is {name}",
        help: "write the 4-hex code `{code}`",
        why: "Two-character codes, four-character codes and names are three spellings of one suite. In the policy file Gatehouse writes names, which stand for all of them."
    }
    NOT_FIPS = "GH061" "not-in-fips-mode" Warning {
        "FIPS 140 is {level}, and {what} cannot be used with it",
        help: "remove it",
        why: "In FIPS mode System SSL passes over what is not approved; FIPS mode also needs ICSF."
    }
    SUITE_B = "GH062" "suite-b-replaces-lists" Warning {
        "Suite B profile {profile} replaces suites, curves and signatures, and covers TLS V1.2 only",
        help: "switch the profile off, or empty the lists and leave only TLS V1.2 on",
        why: "What is coded beside a profile does not count, as far as we know."
    }
    ANY_CURVE = "GH063" "any-curve-and-others" Error {
        "`Any` stands beside other curves",
        help: "leave only `Any`, or only the others",
        why: "The syntax of ClientECurves excludes it, and the Policy Agent refuses the whole policy."
    }
    NEWER_PRESET = "GH064" "newer-preset" Info {
        "`{name}` of {date} is supplied now, and says something else than this level, which started from that of {own}",
        help: "take it over as a whole, or pin the level to what it has",
        why: "Presets follow what is known about protocols and suites. A newer one changes no level by itself, since that would change installed policies in silence."
    }
}

const TLS13_SUITES: [&str; 3] = ["1302", "1301", "1303"];
const GROUPS: [&str; 4] = ["0023", "0024", "0025", "0029"];
const CURVES: &str = "settings/TTLSSignatureParms.ClientECurves";
const CLIENT_GROUPS: &str = "settings/TTLSSignatureParms.ClientKeyShareGroups";
const SERVER_GROUPS: &str = "settings/TTLSSignatureParms.ServerKeyShareGroups";

pub(super) fn check(checker: &mut Checker<'_>, id: &ObjectId, level: &SecurityLevel) {
    newer_preset(checker, id, level);
    if !level.protect {
        return;
    }
    let on = protocols(level.versions);
    if on.is_empty() {
        checker.add(at(&NO_VERSION, id, "versions"));
    }
    if let Suites::List(texts) = &level.suites {
        list(checker, id, texts, &on);
    }
    tls13(checker, id, level);
    curves(checker, id, level);
    weak(checker, id, level);
    fips(checker, id, level);
    if let Some(profile) = value(level, "TTLSEnvironmentAction.SuiteBProfile")
        .filter(|profile| !profile.eq_ignore_ascii_case("Off"))
    {
        checker.add(
            at(&SUITE_B, id, "settings/TTLSEnvironmentAction.SuiteBProfile")
                .fact("profile", profile),
        );
    }
}

/// A supplied level cannot be changed, and is as the preset of its day.
fn newer_preset(checker: &mut Checker<'_>, id: &ObjectId, level: &SecurityLevel) {
    let used = level
        .preset
        .as_ref()
        .filter(|used| !level.supplied && !used.pinned && used.date.as_str() < LEVELS_DATE);
    let Some((used, newest)) =
        used.and_then(|used| Some((used, presets::with_preset(level, &used.name)?)))
    else {
        return;
    };
    if !presets::differs(level, &newest) {
        return;
    }
    let finding = at(&NEWER_PRESET, id, "preset")
        .fact("name", &used.name)
        .fact("date", LEVELS_DATE)
        .fact("own", &used.date);
    let title = format!("take over `{}` of {LEVELS_DATE}", used.name);
    checker.add(finding.fix(fix(title, whole(id, &newest))));
}

/// The edits that give a level what a preset says.
fn whole(id: &ObjectId, newest: &SecurityLevel) -> Vec<FieldEdit> {
    let texts = |texts: &[String]| json_list(texts.iter().map(String::as_str));
    let version = |version: &&str| {
        let on = newest
            .versions
            .clone()
            .switch(version)
            .is_some_and(|on| *on);
        edit(id, format!("versions/{version}"), Some(on.to_string()))
    };
    let mut edits: Vec<_> = Versions::FIELDS.iter().map(version).collect();
    edits.push(edit(id, "protect", Some(newest.protect.to_string())));
    let suites = match &newest.suites {
        Suites::SystemDefaults => json_text("system-defaults"),
        Suites::List(list) => format!("{{\"list\":{}}}", texts(list)),
    };
    edits.push(edit(id, "suites", Some(suites)));
    let settings: Vec<_> = newest
        .settings
        .iter()
        .map(|(key, setting)| {
            let value = match setting {
                Setting::One(value) => json_text(value),
                Setting::Many(values) => texts(values),
            };
            format!("{}:{value}", json_text(key))
        })
        .collect();
    edits.push(edit(
        id,
        "settings",
        Some(format!("{{{}}}", settings.join(","))),
    ));
    if let Some(used) = &newest.preset {
        let (name, date) = (json_text(&used.name), json_text(&used.date));
        edits.push(edit(
            id,
            "preset",
            Some(format!("{{\"name\":{name},\"date\":{date}}}")),
        ));
    }
    edits
}

/// The versions that are on, with the field and the word of each.
fn protocols(versions: Versions) -> Vec<(Protocol, &'static str, &'static str)> {
    [
        (versions.sslv2, Protocol::SslV2, "sslv2", "SSL V2"),
        (versions.sslv3, Protocol::SslV3, "sslv3", "SSL V3"),
        (versions.tls10, Protocol::Tls10, "tls10", "TLS V1.0"),
        (versions.tls11, Protocol::Tls11, "tls11", "TLS V1.1"),
        (versions.tls12, Protocol::Tls12, "tls12", "TLS V1.2"),
        (versions.tls13, Protocol::Tls13, "tls13", "TLS V1.3"),
    ]
    .into_iter()
    .filter(|(on, ..)| *on)
    .map(|(_, protocol, field, word)| (protocol, field, word))
    .collect()
}

/// The single value of a setting.
fn value<'l>(level: &'l SecurityLevel, key: &str) -> Option<&'l str> {
    level
        .settings
        .get(key)
        .and_then(|setting| setting.values().first())
        .map(|value| value.trim())
}

/// The codes of a list of curves or groups, whatever way they are split into lines.
fn codes(level: &SecurityLevel, field: &str) -> Option<Vec<String>> {
    let key = field.strip_prefix("settings/")?;
    let list = CodeList::of(fields::row(key)?.1)?;
    let lines = level.settings.get(key)?.values().iter();
    let codes: Vec<_> = lines.flat_map(|line| list.split(line)).collect();
    (!codes.is_empty()).then_some(codes)
}

fn list(
    checker: &mut Checker<'_>,
    id: &ObjectId,
    texts: &[String],
    on: &[(Protocol, &'static str, &'static str)],
) {
    let mut chosen: Vec<&CipherSuite> = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        let field = format!("suites/list/{number}");
        let Some(suite) = suite_of(text) else {
            let remove = fix("remove it", vec![edit(id, field.clone(), None)]);
            checker.add(at(&UNKNOWN_SUITE, id, field).fact("text", text).fix(remove));
            continue;
        };
        if !text.eq_ignore_ascii_case(suite.code) {
            let edits = vec![edit(id, field.clone(), Some(json_text(suite.code)))];
            let spell = fix(format!("write `{}`", suite.code), edits);
            let finding = at(&SUITE_SPELLING, id, field.clone())
                .fact("text", text)
                .fact("name", suite.name)
                .fact("code", suite.code);
            checker.add(finding.fix(spell));
        }
        if chosen.iter().any(|other| other.code == suite.code) {
            let remove = fix("remove it", vec![edit(id, field.clone(), None)]);
            checker.add(
                at(&SAME_SUITE, id, field)
                    .fact("name", suite.name)
                    .fix(remove),
            );
            continue;
        }
        chosen.push(suite);
        if !on.is_empty() && !on.iter().any(|(protocol, ..)| suite.works_with(*protocol)) {
            let remove = fix("remove it", vec![edit(id, field.clone(), None)]);
            let only: Vec<_> = suite.protocols.iter().map(ToString::to_string).collect();
            checker.add(
                at(&SUITE_UNUSED, id, field)
                    .fact("name", suite.name)
                    .fact("protocols", only.join(", "))
                    .fix(remove),
            );
        }
    }
    let works = |protocol: Protocol| chosen.iter().any(|suite| suite.works_with(protocol));
    if !on.is_empty() && !on.iter().any(|(protocol, ..)| works(*protocol)) {
        checker.add(at(&NO_SUITE, id, "suites").fix(add_suites(id, texts, on)));
    } else {
        for (protocol, field, word) in on
            .iter()
            .filter(|(protocol, ..)| *protocol != Protocol::Tls13 && !works(*protocol))
        {
            let _ = protocol;
            let field = format!("versions/{field}");
            let off = fix(
                format!("switch {word} off"),
                vec![edit(id, field.clone(), Some("false".to_owned()))],
            );
            checker.add(
                at(&VERSION_UNUSED, id, field)
                    .fact("version", word)
                    .fix(off),
            );
        }
    }
}

/// Suites of the supplied levels for the versions that are on, in front of what is chosen.
fn add_suites(
    id: &ObjectId,
    texts: &[String],
    on: &[(Protocol, &'static str, &'static str)],
) -> crate::finding::Fix {
    let good = [
        "1302", "1301", "1303", "C02C", "C030", "C02B", "C02F", "C014", "C013", "0035", "002F",
    ];
    let fits = |code: &&str| {
        suite_of(code)
            .is_some_and(|suite| on.iter().any(|(protocol, ..)| suite.works_with(*protocol)))
    };
    let strong: Vec<&str> = good.into_iter().filter(fits).take(4).collect();
    let all: Vec<&str> = strong
        .iter()
        .copied()
        .chain(texts.iter().map(String::as_str))
        .collect();
    fix(
        format!("add {}", strong.join(", ")),
        vec![edit(id, "suites/list", Some(json_list(all)))],
    )
}

fn tls13(checker: &mut Checker<'_>, id: &ObjectId, level: &SecurityLevel) {
    if !level.versions.tls13 {
        return;
    }
    let (texts, listed): (&[String], bool) = match &level.suites {
        Suites::List(texts) => (texts, true),
        Suites::SystemDefaults => (&[], false),
    };
    let has = texts
        .iter()
        .filter_map(|text| suite_of(text))
        .any(|suite| suite.works_with(Protocol::Tls13));
    let others = level.versions
        != Versions {
            tls13: true,
            ..Versions::NONE
        };
    // With TLS 1.3 as the only version, an empty or unfit list is already reported as such.
    if !has && (others || !listed) {
        let all = TLS13_SUITES
            .into_iter()
            .chain(texts.iter().map(String::as_str));
        let edits = vec![edit(
            id,
            "suites",
            Some(format!("{{\"list\":{}}}", json_list(all))),
        )];
        checker.add(at(&NO_TLS13_SUITE, id, "suites").fix(fix("add 1302, 1301, 1303", edits)));
    }
    if codes(level, CLIENT_GROUPS).is_none() && codes(level, SERVER_GROUPS).is_none() {
        let mut edits = vec![
            edit(id, CLIENT_GROUPS, Some(json_list(GROUPS))),
            edit(id, SERVER_GROUPS, Some(json_list(GROUPS))),
        ];
        if codes(level, CURVES).is_none() {
            edits.push(edit(id, CURVES, Some(json_list(GROUPS))));
        }
        checker.add(
            at(&NO_GROUPS, id, CLIENT_GROUPS)
                .fix(fix(format!("name {}", GROUPS.join(", ")), edits)),
        );
    }
}

fn curves(checker: &mut Checker<'_>, id: &ObjectId, level: &SecurityLevel) {
    let Some(curves) = codes(level, CURVES) else {
        return;
    };
    let any = |code: &String| code.eq_ignore_ascii_case("Any");
    if curves.iter().any(any) {
        if curves.len() > 1 {
            let only = fix(
                "leave only `Any`",
                vec![edit(id, CURVES, Some(json_list(["Any"])))],
            );
            checker.add(at(&ANY_CURVE, id, CURVES).fix(only));
        }
        return;
    }
    let Some(groups) = codes(level, CLIENT_GROUPS).filter(|_| level.versions.tls13) else {
        return;
    };
    if !groups.iter().any(|group| curves.contains(group)) {
        let all: Vec<&str> = curves.iter().chain(&groups).map(String::as_str).collect();
        let add = fix(
            "add the groups to the curves",
            vec![edit(id, CURVES, Some(json_list(all)))],
        );
        let finding = at(&NO_COMMON_GROUP, id, CLIENT_GROUPS)
            .fact("groups", groups.join(" "))
            .fact("curves", curves.join(" "));
        checker.add(finding.fix(add));
    }
}

fn weak(checker: &mut Checker<'_>, id: &ObjectId, level: &SecurityLevel) {
    let old: Vec<_> = protocols(level.versions)
        .into_iter()
        .filter(|(protocol, ..)| *protocol < Protocol::Tls12)
        .collect();
    if let Some((_, field, _)) = old.first() {
        let words: Vec<_> = old.iter().map(|(_, _, word)| *word).collect();
        let verb = if words.len() == 1 { "is" } else { "are" };
        checker.add(
            at(&WEAK, id, format!("versions/{field}"))
                .fact("what", format!("{} {verb} on", words.join(", "))),
        );
    }
    let Suites::List(texts) = &level.suites else {
        return;
    };
    for (number, text) in texts.iter().enumerate() {
        let Some(suite) = suite_of(text).filter(|suite| is_weak(suite)) else {
            continue;
        };
        let what = format!("{} is broken or gives no encryption", suite.name);
        checker.add(at(&WEAK, id, format!("suites/list/{number}")).fact("what", what));
    }
}

/// No encryption, no authentication, export strength, RC4, RC2, DES or triple DES.
fn is_weak(suite: &CipherSuite) -> bool {
    suite.bits < 112
        || suite.authentication == "none"
        || ["RC4", "RC2", "DES", "3DES", "NULL"]
            .iter()
            .any(|old| suite.cipher.starts_with(old))
}

fn fips(checker: &mut Checker<'_>, id: &ObjectId, level: &SecurityLevel) {
    let Some(word) =
        value(level, "TTLSGroupAction.FIPS140").filter(|word| !word.eq_ignore_ascii_case("Off"))
    else {
        return;
    };
    let finding = |field: String, what: &str| -> Finding {
        at(&NOT_FIPS, id, field)
            .fact("level", word)
            .fact("what", what)
    };
    if let Suites::List(texts) = &level.suites {
        for (number, text) in texts.iter().enumerate() {
            if let Some(suite) = suite_of(text).filter(|suite| suite.fips == Fips::No) {
                let field = format!("suites/list/{number}");
                let remove = fix("remove it", vec![edit(id, field.clone(), None)]);
                checker.add(finding(field, suite.name).fix(remove));
            }
        }
    }
    for field in [CURVES, CLIENT_GROUPS, SERVER_GROUPS] {
        for code in codes(level, field).unwrap_or_default() {
            if ["0029", "0030"].contains(&code.as_str()) {
                let left = codes(level, field).unwrap_or_default();
                let left: Vec<_> = left
                    .iter()
                    .map(String::as_str)
                    .filter(|other| !["0029", "0030"].contains(other))
                    .collect();
                let remove = fix(
                    "remove x25519 and x448",
                    vec![edit(id, field, Some(json_list(left)))],
                );
                checker.add(
                    finding(
                        field.to_owned(),
                        if code == "0029" { "x25519" } else { "x448" },
                    )
                    .fix(remove),
                );
                break;
            }
        }
    }
}
