//! Images, stacks and their files.

use std::collections::BTreeMap;

use crate::compile::{default_paths, more};
use crate::objects::values::{FileName, Keyring};
use crate::objects::{Entry, Image, Object, ObjectId, Stack};

use super::{Checker, at, traffic};

super::pages::pages! {
    NO_RING = "GH080" "no-key-ring" Error {
        "rule `{rule}` of stack {stack} has no key ring",
        help: "name the key ring of image `{image}`, as owner/ring",
        why: "An environment without a key ring is refused, and with it the whole policy of the stack."
    }
    NO_IMAGE = "GH081" "stack-without-image" Error {
        "the stack belongs to no system image",
        help: "choose the image",
        why: "The image says which release and which key ring count."
    }
    SAME_FILE = "GH083" "file-written-twice" Error {
        "{role} file `{path}` is also written by stack {other}",
        help: "give each stack files of its own; only the main file is shared",
        why: "The second install would replace what the first one wrote."
    }
    BAD_FILE = "GH082" "file-name-not-usable" Error {
        "{field} file: {reason}",
        help: "write a path such as /etc/pagent.conf, or a data set as //'HLQ.NAME(MEMBER)'",
        why: "The name stands in another file, where a blank or a # would end it."
    }
    STACK_CLEAR_TEXT = "GH084" "clear-text-in-traces-of-a-stack" Warning {
        "traces of every rule of the stack may hold decrypted data",
        help: "switch it off here, and on for the one rule that needs it",
        why: "Packet traces and dumps then hold what TLS was to hide."
    }
    BAD_OPTIONS = "GH085" "refresh-not-usable" Error {
        "refresh of the {role} file: {reason}",
        help: "write FLUSH or NOFLUSH, PURGE or NOPURGE, and for the image file a number of seconds",
        why: "The words stand behind the path of the file; the Policy Agent does not say what is wrong with them."
    }
    FURTHER = "GH086" "further-statements-without-brace" Error {
        "further statements of the {role} file, line {line}: a brace without the other one",
        help: "correct the text, or take it out",
        why: "The text is written as it is. A mistake in it can make the Policy Agent refuse the whole file."
    }
    FURTHER_RULE = "GH087" "rule-among-further-statements" Error {
        "further statements of the {role} file, line {line}: `{rule}` belongs elsewhere",
        help: "make a connectivity rule of it, for instance by importing the text; `TcpImage` and `TTLSConfig` are written by Gatehouse",
        why: "What stands there is not seen by the list of rules, by the search order and by what is said of covered rules."
    }
}

pub(super) fn image(checker: &mut Checker<'_>, id: &ObjectId, image: &Image) {
    ring(checker, id, &image.keyring, &image.keyring_stash_file);
}

/// The key ring of an image or a stack.
fn ring(
    checker: &mut Checker<'_>,
    id: &ObjectId,
    keyring: &Entry<Keyring>,
    stash: &Entry<FileName>,
) {
    traffic::keyring(checker, id, "", keyring);
    let field = "keyring_stash_file".to_owned();
    traffic::text(checker, id, field, "Stash file", stash);
    traffic::stash(checker, id, "", keyring, &stash.to_string());
}

pub(super) fn stack(checker: &mut Checker<'_>, id: &ObjectId, stack: &Stack) {
    ring(checker, id, &stack.keyring, &stack.keyring_stash_file);
    for (role, entry) in [
        ("main", &stack.files.main),
        ("image", &stack.files.image),
        ("policy", &stack.files.policy),
    ] {
        if let Some(error) = entry.error() {
            checker.add(
                at(&BAD_FILE, id, format!("files/{role}"))
                    .fact("field", role)
                    .fact("reason", error),
            );
        }
    }
    refresh(checker, id, stack);
    further(checker, id, stack);
    if stack.trace_clear_text {
        checker.add(at(&STACK_CLEAR_TEXT, id, "trace_clear_text"));
    }
    let Some(image_id) = &stack.image else {
        checker.add(at(&NO_IMAGE, id, "image"));
        return;
    };
    if !stack.keyring.to_string().is_empty() {
        return;
    }
    if let Some(Object::Image(image)) = checker.configuration.get(image_id)
        && image.keyring.to_string().is_empty()
        && let Some(rule) = first_rule_without_ring(checker, id)
    {
        let finding = at(&NO_RING, image_id, "keyring")
            .fact("rule", rule)
            .fact("stack", &stack.name)
            .fact("image", &image.name);
        checker.add(finding);
    }
}

/// The words after the paths of image and policy file.
fn refresh(checker: &mut Checker<'_>, id: &ObjectId, stack: &Stack) {
    let files = &stack.files;
    for (role, options, takes_seconds) in [
        ("image", &files.image_options, true),
        ("policy", &files.policy_options, false),
    ] {
        let seconds = options.value().and_then(|options| options.seconds);
        let reason = match (options.error(), seconds) {
            (Some(error), _) => error.to_string(),
            (None, Some(seconds)) if !takes_seconds => {
                format!("`{seconds}` belongs to the image file")
            }
            (None, _) => continue,
        };
        let finding = at(&BAD_OPTIONS, id, format!("files/{role}_options"));
        checker.add(finding.fact("role", role).fact("reason", reason));
    }
}

/// Text that is written as it is.
fn further(checker: &mut Checker<'_>, id: &ObjectId, stack: &Stack) {
    let files = &stack.files;
    for (role, text) in [
        ("main", &files.main_more),
        ("image", &files.image_more),
        ("policy", &files.policy_more),
    ] {
        let field = format!("files/{role}_more");
        if let Some(line) = more::lone_brace(text) {
            let found = at(&FURTHER, id, field.clone()).fact("role", role);
            checker.add(found.fact("line", line));
        }
        for (line, keyword) in more::keywords(text) {
            let is_ours = [
                "TTLSRule",
                "TcpImage",
                "PEPInstance",
                "TTLSConfig",
                "CommonTTLSConfig",
            ];
            if is_ours.iter().any(|own| own.eq_ignore_ascii_case(keyword)) {
                let found = at(&FURTHER_RULE, id, field.clone()).fact("role", role);
                checker.add(found.fact("line", line).fact("rule", keyword));
            }
        }
    }
}

/// The name of a rule that protects traffic and whose row names no ring.
fn first_rule_without_ring(checker: &Checker<'_>, stack: &ObjectId) -> Option<String> {
    let rules = checker.configuration.rules_of(stack);
    let needs = |(_, rule): &&(&ObjectId, &crate::objects::Rule)| {
        rule.enabled
            && checker
                .configuration
                .mappings_of(rule)
                .iter()
                .any(|mapping| {
                    let level = mapping
                        .level
                        .as_ref()
                        .and_then(|id| checker.configuration.get(id));
                    let traffic = mapping
                        .traffic
                        .as_ref()
                        .and_then(|id| checker.configuration.get(id));
                    match (traffic, level) {
                        (
                            Some(Object::TrafficDescriptor(traffic)),
                            Some(Object::SecurityLevel(level)),
                        ) => {
                            level.protect
                                && traffic
                                    .rows
                                    .iter()
                                    .any(|row| row.keyring.to_string().is_empty())
                        }
                        _ => false,
                    }
                })
    };
    rules
        .iter()
        .find(needs)
        .map(|(_, rule)| rule.name.to_string())
}

/// Files that two stacks of an image would write.
pub(super) fn shared_files(checker: &mut Checker<'_>) {
    let mut seen: BTreeMap<(Option<&ObjectId>, String), (&ObjectId, &Stack)> = BTreeMap::new();
    let mut findings = Vec::new();
    for (id, object) in &checker.configuration.objects {
        let Object::Stack(stack) = object else {
            continue;
        };
        let typed = [&stack.files.image, &stack.files.policy];
        for ((entry, default), role) in typed
            .into_iter()
            .zip(&default_paths(stack)[1..])
            .zip(["image", "policy"])
        {
            let text = entry.to_string();
            let path = if text.is_empty() {
                default.clone()
            } else {
                text
            };
            match seen.get(&(stack.image.as_ref(), path.clone())) {
                Some((_, other)) if stack.image.is_some() => findings.push(
                    at(&SAME_FILE, id, format!("files/{role}"))
                        .fact("role", role)
                        .fact("path", path)
                        .fact("other", &other.name),
                ),
                _ => {
                    seen.insert((stack.image.as_ref(), path), (id, stack));
                }
            }
        }
    }
    checker.findings.extend(findings);
}
