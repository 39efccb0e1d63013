//! The lines of the table of systems.

use std::collections::BTreeSet;
use std::str::FromStr;

use generator::finding::Severity;
use generator::objects::{Configuration, Kind, Object, ObjectId, ObjectName, SystemName};
use leptos::prelude::{Callback, WithUntracked};

use crate::core::{self, Findings};
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
    pub drift: bool,
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

/// The open lines, from the top.
pub fn lines(
    config: &Configuration,
    findings: &Findings,
    closed: &BTreeSet<ObjectId>,
    drifted: &[ObjectId],
    adding: Option<&Option<ObjectId>>,
) -> Vec<Line> {
    let mut walk = Walk {
        config,
        findings,
        closed,
        drifted,
        adding,
        lines: Vec::new(),
    };
    for (id, object) in config.of_kind(Kind::Group) {
        walk.node(id, object, 0);
    }
    // What belongs to nothing must not vanish.
    for (id, object) in config.of_kind(Kind::Image) {
        if parent(object).is_none_or(|group| config.get(group).is_none()) {
            walk.node(id, object, 0);
        }
    }
    for (id, object) in config.of_kind(Kind::Stack) {
        if parent(object).is_none_or(|image| config.get(image).is_none()) {
            walk.node(id, object, 0);
        }
    }
    if adding == Some(&None) {
        walk.lines.push(Line::Add(None, 0));
    }
    walk.lines
}

fn parent(object: &Object) -> Option<&ObjectId> {
    match object {
        Object::Image(image) => image.group.as_ref(),
        Object::Stack(stack) => stack.image.as_ref(),
        _ => None,
    }
}

struct Walk<'a> {
    config: &'a Configuration,
    findings: &'a Findings,
    closed: &'a BTreeSet<ObjectId>,
    drifted: &'a [ObjectId],
    adding: Option<&'a Option<ObjectId>>,
    lines: Vec<Line>,
}

impl Walk<'_> {
    /// The findings of an object; of a stack, with those of the rules that count on it.
    fn worst(&self, id: &ObjectId, kind: Kind) -> Option<(usize, Severity)> {
        let rules = match kind {
            Kind::Stack => self.config.rules_of(id),
            Kind::Image | Kind::Group => self.config.rules_owned_by(id),
            _ => Vec::new(),
        };
        let all = rules.iter().map(|(rule, _)| *rule).chain([id]);
        all.filter_map(|id| self.findings.worst(id))
            .reduce(|a, b| (a.0 + b.0, a.1.max(b.1)))
    }

    fn node(&mut self, id: &ObjectId, object: &Object, level: usize) {
        let closed = self.closed.contains(id);
        let keyring = match object {
            Object::Image(image) => image.keyring.to_string(),
            Object::Stack(stack) => stack.keyring.to_string(),
            _ => String::new(),
        };
        self.lines.push(Line::Node(Node {
            id: id.clone(),
            kind: object.kind(),
            level,
            name: core::shown_name(object),
            description: object.description().to_owned(),
            keyring,
            rules: (object.kind() == Kind::Stack).then(|| self.config.rules_of(id).len()),
            findings: self.worst(id, object.kind()),
            drift: self.drifted.contains(id),
            closed,
        }));
        if closed {
            return;
        }
        let child = match object.kind() {
            Kind::Group => Kind::Image,
            Kind::Image => Kind::Stack,
            _ => return,
        };
        for (below, object) in self.config.of_kind(child) {
            if parent(object) == Some(id) {
                self.node(below, object, level + 1);
            }
        }
        if self.adding.is_some_and(|below| below.as_ref() == Some(id)) {
            let level = if child == Kind::Image { 1 } else { 2 };
            self.lines.push(Line::Add(Some(id.clone()), level));
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
    fn a_stack_whose_image_is_gone_is_still_listed() {
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
        let shown = |closed: &[&str]| {
            let closed = closed.iter().map(|text| id(text)).collect();
            let lines = lines(&config, &Findings::default(), &closed, &[], None);
            lines
                .iter()
                .map(|line| match line {
                    Line::Node(node) => format!("{}{}", " ".repeat(node.level), node.name),
                    Line::Add(..) => "+".to_owned(),
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(shown(&[]), ["G", " I", "  S", "LOST"]);
        assert_eq!(shown(&["g"]), ["G", "LOST"]);
    }
}
