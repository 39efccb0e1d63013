//! Names: legal, and each once.

use std::collections::BTreeMap;

use crate::objects::{Object, ObjectId, values::NameError};

use super::{Checker, at, set};

super::pages::pages! {
    BAD_NAME = "GH001" "no-valid-name" Error {
        "`{name}` is no name: {reason}",
        help: "use {rule}",
        why: "Names end up in statement names, file names and listings. A blank would end the name there, and `~` separates the parts of generated names."
    }
    SAME_NAME = "GH002" "names-collide" Error {
        "{kind} `{name}` has the same name as another one",
        help: "give one of them another name; upper and lower case do not tell names apart",
        why: "In lists, searches and generated statement names the two could not be told apart."
    }
}

const OBJECT_RULE: &str = "1 to 64 letters, digits or `_ - . @ # $`, not starting with `#`";
const SYSTEM_RULE: &str = "1 to 8 letters, digits or `@ # $`, not starting with a digit";

pub(super) fn check(checker: &mut Checker<'_>, id: &ObjectId, object: &Object) {
    let (error, rule, max): (Option<NameError>, _, _) = match object {
        Object::Image(image) => (image.name.error(), SYSTEM_RULE, 8),
        Object::Stack(stack) => (stack.name.error(), SYSTEM_RULE, 8),
        Object::AddressGroup(body) => (body.name.error(), OBJECT_RULE, 64),
        Object::TrafficDescriptor(body) => (body.name.error(), OBJECT_RULE, 64),
        Object::SecurityLevel(body) => (body.name.error(), OBJECT_RULE, 64),
        Object::RequirementMap(body) => (body.name.error(), OBJECT_RULE, 64),
        Object::Group(body) => (body.name.error(), OBJECT_RULE, 64),
        Object::Rule(body) => (body.name.error(), OBJECT_RULE, 64),
    };
    let Some(error) = error else { return };
    let name = object.name();
    let mut finding = at(&BAD_NAME, id, "name")
        .fact("name", &name)
        .fact("reason", error)
        .fact("rule", rule);
    if let Some(better) = legal(&name, max) {
        finding = finding.fix(set(format!("write `{better}`"), id, "name", &better));
    }
    checker.add(finding);
}

/// The nearest legal name, if something is left of the text.
fn legal(name: &str, max: usize) -> Option<String> {
    let system = max == 8;
    let keep = |c: char| match c {
        c if c.is_ascii_alphanumeric() || "@#$".contains(c) => Some(c),
        '_' | '-' | '.' if !system => Some(c),
        ' ' | '~' | '/' if !system => Some('_'),
        _ => None,
    };
    let kept: String = name.trim().chars().filter_map(keep).collect();
    let start =
        kept.trim_start_matches(|c: char| c == '#' && !system || system && c.is_ascii_digit());
    let better: String = start.chars().take(max).collect();
    (!better.is_empty()).then(|| {
        if system {
            better.to_ascii_uppercase()
        } else {
            better
        }
    })
}

/// Two objects of a kind with one name; images, stacks and rules only beside each other.
pub(super) fn collisions(checker: &mut Checker<'_>) {
    let mut seen: BTreeMap<_, Vec<&ObjectId>> = BTreeMap::new();
    for (id, object) in &checker.configuration.objects {
        let scope = match object {
            Object::Stack(stack) => stack.image.as_ref(),
            Object::Rule(rule) => rule.owner.as_ref(),
            _ => None,
        };
        seen.entry((object.kind(), scope, object.name().to_lowercase()))
            .or_default()
            .push(id);
    }
    let mut findings = Vec::new();
    for ((kind, _, name), ids) in &seen {
        if ids.len() < 2 || name.is_empty() {
            continue;
        }
        for id in ids {
            let Some(object) = checker
                .configuration
                .get(id)
                .filter(|object| !object.supplied())
            else {
                continue;
            };
            let others = ids.iter().filter(|other| *other != id);
            let mut finding = at(&SAME_NAME, id, "name")
                .fact("kind", kind.singular())
                .fact("name", object.name());
            for other in others {
                finding = finding.related(
                    crate::finding::Place::Field {
                        object: (*other).clone(),
                        field: "name".into(),
                    },
                    "the other one",
                );
            }
            findings.push(finding);
        }
    }
    checker.findings.extend(findings);
}
