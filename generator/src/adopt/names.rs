//! What the names of statements say of the objects behind them.
//!
//! Gatehouse and the Network Configuration Assistant name actions after objects: `eAct~MQ~GOLD12`,
//! `eAct1~MQ`, and rules after theirs with a number, `MQ_IN~2`. Other names are names of rules and
//! actions, from which objects get theirs.

use crate::compile::names::shorten;
use crate::objects::{Layout, ObjectName};
use crate::policy::Statement;

/// What Gatehouse's and NCA's names of actions begin with.
const KINDS: [&str; 12] = [
    "gAct", "eAct", "cAct", "eAdv", "cAdv", "gAdv", "keyR", "cipher", "sigParms", "gskAdv", "addr",
    "timeCond",
];

/// The name of an action, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parts<'n> {
    /// The compatible layout numbers its statements.
    pub numbered: bool,
    /// The objects that it is named after, and perhaps a number that told it from others.
    pub objects: Vec<&'n str>,
}

impl<'n> Parts<'n> {
    pub fn of(name: &'n str) -> Option<Self> {
        let mut pieces = name.split('~');
        let first = pieces.next()?;
        let digits = first.trim_start_matches(|c: char| !c.is_ascii_digit());
        let kind = first.strip_suffix(digits)?;
        let numbered = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        (KINDS.contains(&kind) && (numbered || digits.is_empty())).then(|| Self {
            numbered,
            objects: pieces.collect(),
        })
    }

    /// The layout that gives such names.
    pub fn layout(&self) -> Layout {
        match self.numbered {
            true => Layout::Compatible,
            false => Layout::Compact,
        }
    }
}

/// The name of a statement; of one that was shortened the whole, which stands in a comment above it.
pub(super) fn full_name(statement: &Statement) -> &str {
    let name = statement.name_str().unwrap_or_default();
    let comments = statement.comments.iter().map(|comment| comment.as_str());
    let mut whole = comments.filter(|text| text.len() > name.len() && shorten(text) == name);
    whole.next().unwrap_or(name)
}

/// `MQ_IN~2` is the second row of MQ_IN.
pub(super) fn numbered(name: &str) -> (&str, Option<usize>) {
    let parts = name.rsplit_once('~');
    let number = parts.and_then(|(stem, digits)| Some((stem, digits.parse().ok()?)));
    match number {
        Some((stem, number)) if number > 0 && is_legal(stem) => (stem, Some(number)),
        _ => (name, None),
    }
}

fn is_legal(text: &str) -> bool {
    text.parse::<ObjectName>().is_ok()
}

/// A legal name of an object as close to this text as can be.
pub(super) fn legal(text: &str) -> String {
    let legal = |c: char| match c {
        c if c.is_ascii_alphanumeric() || "_-.@#$".contains(c) => c,
        _ => '_',
    };
    let name: String = text
        .trim()
        .trim_start_matches('#')
        .chars()
        .map(legal)
        .take(ObjectName::MAX)
        .collect();
    match name.is_empty() {
        true => "imported".to_owned(),
        false => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_actions_fall_into_their_objects() {
        let parts = |name| Parts::of(name).map(|parts| (parts.numbered, parts.objects));
        assert_eq!(parts("eAct~MQ~GOLD12"), Some((false, vec!["MQ", "GOLD12"])));
        assert_eq!(
            parts("cipher3~AT-TLS__Gold"),
            Some((true, vec!["AT-TLS__Gold"]))
        );
        assert_eq!(parts("gAct~On"), Some((false, vec!["On"])));
        for foreign in ["ServerEnvironment", "eAction~MQ", "eAct1x~MQ", "~", ""] {
            assert_eq!(parts(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn rules_are_numbered_at_their_end() {
        assert_eq!(numbered("MQ_IN~2"), ("MQ_IN", Some(2)));
        for whole in ["MQ_IN", "MQ~x", "a~b~2", "~2", "MQ~0"] {
            assert_eq!(numbered(whole), (whole, None), "{whole}");
        }
    }

    #[test]
    fn any_text_makes_a_legal_name() {
        for (text, expected) in [
            ("Zowe Server", "Zowe_Server"),
            ("a~b", "a_b"),
            ("##", "imported"),
            ("Größe", "Gr__e"),
        ] {
            assert_eq!(legal(text), expected);
            assert!(is_legal(&legal(text)));
        }
        assert!(is_legal(&legal(&"x".repeat(100))));
    }
}
