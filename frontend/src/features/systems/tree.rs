//! The lines of the table of systems.

use std::collections::BTreeSet;
use std::str::FromStr;

use generator::finding::Severity;
use generator::objects::{Configuration, Kind, Object, ObjectId, ObjectName, SystemName};
use leptos::prelude::{Callback, WithUntracked};

use crate::api::install::StackState;
use crate::core::{self, Findings};
use crate::filter::Facts;
use crate::installed::OnTarget;
use crate::paths;
use crate::ui::Item;
use crate::workspace::Workspace;

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
    pub closed: bool,
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
        let node = self.node(id, object, level);
        let fits = fits || self.fits(&node);
        let mut lines = vec![Line::Node(node)];
        // A closed one is looked into for what is asked for, too.
        if !self.closed.contains(id) || !fits {
            lines.extend(self.below(id, object.kind(), level, fits));
        }
        match fits || lines.len() > 1 {
            true => lines,
            false => Vec::new(),
        }
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

    fn fits(&self, node: &Node) -> bool {
        let drift = matches!(node.on_target, Some(OnTarget::Drifted(_)));
        let marks = [("finding", node.findings.is_some()), ("changed", drift)];
        Facts::new(&[&node.name, &node.description, &node.keyring], &marks).fit(self.filter)
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
            closed: self.closed.contains(id),
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

/// What can be done with a group, image or stack.
pub fn actions(
    workspace: Workspace,
    id: &ObjectId,
    kind: Kind,
    navigate: impl Fn(&str, leptos_router::NavigateOptions) + Clone + Send + Sync + 'static,
) -> Vec<Item> {
    let settings = {
        let (id, navigate) = (id.clone(), navigate);
        Callback::new(move |()| {
            navigate(
                &paths::object(&workspace.name(), kind, &id),
                Default::default(),
            )
        })
    };
    let users = workspace
        .config
        .with_untracked(|config| core::used_by(config).remove(id).unwrap_or_default().len());
    let delete = match users {
        0 => {
            let id = id.clone();
            Item::Act(
                "Delete".to_owned(),
                Callback::new(move |()| workspace.delete(std::slice::from_ref(&id))),
            )
        }
        users => Item::Blocked(
            "Delete".to_owned(),
            format!(
                "It holds {}.",
                crate::words::count(users, "object", "objects")
            ),
        ),
    };
    vec![Item::Act("Settings".to_owned(), settings), delete]
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
                    Line::Node(node) => format!("{}{}", " ".repeat(node.level), node.name),
                    Line::Add(..) => "+".to_owned(),
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(shown(&[], ""), ["G", " I", "  S", "LOST"]);
        assert_eq!(shown(&["g"], ""), ["G", "LOST"]);
        for (filter, expected) in [
            ("i", &["G", " I", "  S"][..]),
            ("s s", &["G", " I", "  S", "LOST"]),
            ("lost", &["LOST"]),
            ("finding", &[]),
        ] {
            assert_eq!(shown(&["g"], filter), expected, "{filter}");
        }
    }
}
