//! The lines of the table of systems.

use std::collections::BTreeSet;
use std::str::FromStr;

use generator::finding::Severity;
use generator::objects::{Configuration, Kind, Object, ObjectId, ObjectName, SystemName};

use crate::api::install::StackState;
use crate::core::{self, Findings};
use crate::filter::Facts;
use crate::installed::OnTarget;

/// One object in the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub id: ObjectId,
    pub kind: Kind,
    pub level: usize,
    pub name: String,
    pub description: String,
    pub keyring: String,
    pub rules: Option<usize>,
    pub findings: Option<(usize, Severity)>,
    /// Of a stack, as soon as it is known.
    pub on_target: Option<OnTarget>,
    /// Whether what is below is shown; `None` where closing would change nothing.
    pub open: Option<bool>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    Node(Node),
    /// A row to type in: below what, and how deep.
    Add(Option<ObjectId>, usize),
}

impl Line {
    /// Changes with what the line shows, so that a changed line is drawn anew.
    pub fn key(line: &Self) -> String {
        match line {
            Self::Node(node) => format!("{node:?}"),
            Self::Add(below, level) => format!("add {below:?} {level}"),
        }
    }
}

/// What the table is made of.
pub struct Shown<'a> {
    pub config: &'a Configuration,
    pub findings: &'a Findings,
    /// Below these, nothing is shown.
    pub closed: &'a BTreeSet<ObjectId>,
    /// What is on the targets, where that is known.
    pub on_targets: Option<&'a [StackState]>,
    /// In small letters.
    pub filter: &'a str,
    pub adding: Option<&'a Option<ObjectId>>,
}

/// The open lines, from the top. What a filter finds is shown with what is above it and below it.
pub fn lines(shown: &Shown<'_>) -> Vec<Line> {
    let config = shown.config;
    let mut lines = Vec::new();
    let all_fit = shown.filter.is_empty();
    for (id, object) in config.of_kind(Kind::Group) {
        lines.extend(shown.branch(id, object, 0, all_fit));
    }
    // What belongs to nothing must not vanish.
    let is_lost = |object: &Object| parent(object).is_none_or(|above| config.get(above).is_none());
    for kind in [Kind::Image, Kind::Stack] {
        let lost = config.of_kind(kind).into_iter();
        for (id, object) in lost.filter(|(_, object)| is_lost(object)) {
            lines.extend(shown.branch(id, object, 0, all_fit));
        }
    }
    if shown.adding == Some(&None) {
        lines.push(Line::Add(None, 0));
    }
    lines
}

fn parent(object: &Object) -> Option<&ObjectId> {
    match object {
        Object::Image(image) => image.group.as_ref(),
        Object::Stack(stack) => stack.image.as_ref(),
        _ => None,
    }
}

impl Shown<'_> {
    /// The lines of an object and of what is below it; none where nothing of it fits the filter.
    /// `fits`: something above does.
    fn branch(&self, id: &ObjectId, object: &Object, level: usize, fits: bool) -> Vec<Line> {
        let mut node = self.node(id, object, level);
        let fits = fits || self.fits(&node, object.tags());
        let closed = self.closed.contains(id);
        // A closed one is looked into for what is asked for, too.
        let below = match closed && self.filter.is_empty() {
            true => Vec::new(),
            false => self.below(id, object.kind(), level, fits && !closed),
        };
        if !fits && below.is_empty() {
            return Vec::new();
        }
        // What the filter found below stays.
        let held = !below.is_empty() && (closed || !fits);
        node.open = (node.kind != Kind::Stack && !held).then_some(!closed);
        [Line::Node(node)].into_iter().chain(below).collect()
    }

    fn below(&self, id: &ObjectId, kind: Kind, level: usize, fits: bool) -> Vec<Line> {
        let child = match kind {
            Kind::Group => Kind::Image,
            Kind::Image => Kind::Stack,
            _ => return Vec::new(),
        };
        let all = self.config.of_kind(child).into_iter();
        let own = all.filter(|(_, object)| parent(object) == Some(id));
        let mut lines: Vec<Line> = own
            .flat_map(|(below, object)| self.branch(below, object, level + 1, fits))
            .collect();
        if self.adding.is_some_and(|below| below.as_ref() == Some(id)) {
            let level = if child == Kind::Image { 1 } else { 2 };
            lines.push(Line::Add(Some(id.clone()), level));
        }
        lines
    }

    fn fits(&self, node: &Node, tags: &[String]) -> bool {
        let drift = matches!(node.on_target, Some(OnTarget::Drifted(_)));
        let marks = [("finding", node.findings.is_some()), ("changed", drift)];
        let shown = [&node.name, &node.description, &node.keyring];
        Facts::new(&shown.map(String::as_str), tags, &marks).fit(self.filter)
    }

    fn node(&self, id: &ObjectId, object: &Object, level: usize) -> Node {
        let keyring = match object {
            Object::Image(image) => image.keyring.to_string(),
            Object::Stack(stack) => stack.keyring.to_string(),
            _ => String::new(),
        };
        let is_stack = object.kind() == Kind::Stack;
        let rules = match is_stack {
            true => self.config.rules_of(id),
            false => self.config.rules_owned_by(id),
        };
        let with_rules = rules.iter().map(|(rule, _)| *rule).chain([id]);
        let on_target = |all| OnTarget::of(all, id);
        Node {
            id: id.clone(),
            kind: object.kind(),
            level,
            name: core::shown_name(object),
            description: object.description().to_owned(),
            keyring,
            rules: is_stack.then_some(rules.len()),
            findings: self.findings.worst_of(with_rules),
            on_target: self.on_targets.filter(|_| is_stack).map(on_target),
            open: None,
        }
    }
}

/// Why a name is none; empty text is not complained about while it is typed.
pub fn name_error(level: usize, text: &str) -> Option<String> {
    let text = text.trim();
    if level == 0 {
        ObjectName::from_str(text)
            .err()
            .map(|error| error.to_string())
    } else {
        SystemName::from_str(text)
            .err()
            .map(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use generator::objects::{Group, Image, Stack};

    #[test]
    fn a_stack_whose_image_is_gone_is_still_listed_and_a_filter_shows_what_is_above() {
        let id = |text: &str| ObjectId(text.to_owned());
        let config: Configuration = [
            (
                id("g"),
                Group {
                    name: "G".into(),
                    ..Group::default()
                }
                .into(),
            ),
            (
                id("i"),
                Image {
                    name: "I".into(),
                    group: Some(id("g")),
                    ..Image::default()
                }
                .into(),
            ),
            (
                id("s"),
                Stack {
                    name: "S".into(),
                    image: Some(id("i")),
                    tags: vec!["PAY".to_owned()],
                    ..Stack::default()
                }
                .into(),
            ),
            (
                id("lost"),
                Stack {
                    name: "LOST".into(),
                    image: Some(id("gone")),
                    ..Stack::default()
                }
                .into(),
            ),
        ]
        .into_iter()
        .collect();
        let shown = |closed: &[&str], filter| {
            let lines = lines(&Shown {
                config: &config,
                findings: &Findings::default(),
                closed: &closed.iter().map(|text| id(text)).collect(),
                on_targets: None,
                filter,
                adding: None,
            });
            lines
                .iter()
                .map(|line| match line {
                    Line::Node(node) => {
                        let mark = node.open.map_or("", |open| if open { "-" } else { "+" });
                        format!("{}{}{mark}", " ".repeat(node.level), node.name)
                    }
                    Line::Add(..) => "to type in".to_owned(),
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(shown(&[], ""), ["G-", " I-", "  S", "LOST"]);
        assert_eq!(shown(&["g"], ""), ["G+", "LOST"]);
        // What the filter itself holds open has no mark to close it.
        for (closed, filter, expected) in [
            ("g", "i", &["G", " I-", "  S"][..]),
            ("g", "s s", &["G", " I", "  S", "LOST"]),
            ("g", "tag:pay", &["G", " I", "  S"]),
            ("g", "lost", &["LOST"]),
            ("g", "finding", &[]),
            ("g", "g", &["G+"]),
            ("i", "g", &["G-", " I+"]),
            ("i", "i", &["G", " I+"]),
        ] {
            assert_eq!(shown(&[closed], filter), expected, "{closed} {filter}");
        }
    }
}
