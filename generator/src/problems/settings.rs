//! Settings: known rows, legal values, known to the release.

use std::collections::BTreeSet;

use crate::objects::fields::{self, SettingsPlace};
use crate::objects::{Object, ObjectId, Setting, Settings};
use crate::policy::Release;
use crate::policy::table::{AttributeDef, Certainty, Required};

use super::{Checker, at, edit, fix};

super::pages::pages! {
    UNKNOWN = "GH015" "unknown-parameter" Error {
        "`{key}` is no parameter that can stand here",
        help: "remove it",
        why: "The Policy Agent refuses the whole policy of a stack for one unknown attribute."
    }
    BAD_VALUE = "GH016" "value-not-allowed" Error {
        "{label}: `{value}` is not allowed: {reason}",
        help: "choose an allowed value, or empty the field for the default",
        why: "The Policy Agent refuses the whole policy of a stack for one wrong value."
    }
    DOUBTFUL_VALUE = "GH017" "value-perhaps-not-allowed" Warning {
        "{label}: `{value}` is perhaps not allowed: {reason}",
        help: "try it on a test system first",
        why: "The bound is general knowledge; no manual that we have confirms it."
    }
    NEWER = "GH018" "newer-than-the-release" Error {
        "{label} needs z/OS {since}, and image `{image}` has {release}",
        help: "empty the field, or use another security level for this image",
        why: "An older Policy Agent does not know the attribute and refuses the whole policy of the stack."
    }
    PERHAPS_NEWER = "GH019" "perhaps-newer-than-the-release" Warning {
        "{label} came with z/OS {since} as far as we know, and image `{image}` has {release}",
        help: "try it on a test system first",
        why: "An older Policy Agent does not know the attribute and refuses the whole policy of the stack. The release is general knowledge."
    }
    COMPANION = "GH014" "companion-missing" Warning {
        "{label} is {value}, and {companion} is not set",
        help: "set {companion}, or empty {label}",
        why: "The syntax of the statement asks for both together."
    }
}

pub(super) fn check(checker: &mut Checker<'_>, id: &ObjectId, object: &Object) {
    let all = fields::settings_of(object);
    if all.iter().all(|(_, _, settings)| settings.is_empty()) {
        return;
    }
    let newer = |key: &String| {
        let since = fields::row(key).map(|(_, attribute)| attribute.since);
        since.is_some_and(|since| checker.oldest.is_some_and(|oldest| oldest < since))
    };
    // Most settings are known to every image, and who uses the object then does not matter.
    let releases = if all
        .iter()
        .any(|(_, _, settings)| settings.keys().any(newer))
    {
        releases(checker, id)
    } else {
        BTreeSet::new()
    };
    for (place, path, settings) in all {
        for (key, setting) in settings {
            one(checker, id, place, &path, key, setting, &releases);
        }
        companions(checker, id, &path, settings);
    }
}

/// The releases of the images that use an object, each with an image's name.
fn releases(checker: &Checker<'_>, id: &ObjectId) -> BTreeSet<(Release, String)> {
    let users = checker.references.where_used(id);
    checker
        .references
        .with_needs(users.iter().chain([id]))
        .into_iter()
        .filter_map(|owner| match checker.configuration.get(owner) {
            Some(Object::Image(image)) => Some((image.release, image.name.to_string())),
            _ => None,
        })
        .collect()
}

fn one(
    checker: &mut Checker<'_>,
    id: &ObjectId,
    place: SettingsPlace,
    path: &str,
    key: &str,
    setting: &Setting,
    releases: &BTreeSet<(Release, String)>,
) {
    let field = format!("{path}/{key}");
    let known = fields::row(key).filter(|_| fields::is_allowed(place, key));
    let Some((_, attribute)) = known else {
        let remove = fix("remove it", vec![edit(id, field.clone(), None)]);
        checker.add(at(&UNKNOWN, id, field).fact("key", key).fix(remove));
        return;
    };
    for value in setting
        .values()
        .iter()
        .filter(|value| !value.trim().is_empty())
    {
        if let Err(error) = attribute.check(value.trim()) {
            let page = if attribute.is_doubtful(&error) {
                &DOUBTFUL_VALUE
            } else {
                &BAD_VALUE
            };
            let finding = at(page, id, field.clone())
                .fact("label", attribute.label)
                .fact("value", value)
                .fact("reason", &error);
            let clear = fix("empty the field", vec![edit(id, field.clone(), None)]);
            checker.add(finding.fix(clear));
        }
    }
    for (release, image) in releases
        .iter()
        .filter(|(release, _)| *release < attribute.since)
    {
        let page = if attribute.existence == Certainty::Confirmed {
            &NEWER
        } else {
            &PERHAPS_NEWER
        };
        let clear = fix("empty the field", vec![edit(id, field.clone(), None)]);
        checker.add(
            at(page, id, field.clone())
                .fact("label", attribute.label)
                .fact("since", attribute.since)
                .fact("image", image)
                .fact("release", release)
                .fix(clear),
        );
    }
}

/// Values that the syntax wants together: a fragment length, the lists of server name indication.
fn companions(checker: &mut Checker<'_>, id: &ObjectId, path: &str, settings: &Settings) {
    for (key, setting) in settings {
        let Some((statement, attribute)) = fields::row(key) else {
            continue;
        };
        let asked = setting
            .values()
            .iter()
            .any(|value| !value.trim().eq_ignore_ascii_case("Off") && !value.trim().is_empty());
        if !asked {
            continue;
        }
        let needs_it = |other: &&AttributeDef| matches!(other.required, Required::IfAsked(name) if name == attribute.name);
        for companion in statement.attributes.iter().filter(needs_it) {
            let companion_key = format!("{}.{}", statement.name, companion.name);
            if !settings.contains_key(&companion_key) {
                checker.add(
                    at(&COMPANION, id, format!("{path}/{key}"))
                        .fact("label", attribute.label)
                        .fact("value", setting.values().join(" "))
                        .fact("companion", companion.label),
                );
            }
        }
    }
}
