//! What each piece of a text is for its layout, and which lines are left alone.

use std::collections::HashMap;
use std::ops::Range;

use crate::finding::{Finding, Place};
use crate::policy::lower::{self, Lowered};
use crate::policy::model::{Body, Item, Keyword, Statement, is_unprintable};
use crate::policy::origins::{Origin, Origins};
use crate::policy::syntax::{BYTE_ORDER_MARK, Node, NodeKind, TokenKind, Tree};

/// What a node is, where the table knows it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Role {
    /// The line that begins a statement.
    Statement {
        spelled: &'static str,
        has_block: bool,
    },
    Attribute {
        spelled: &'static str,
        /// Where the keyword of the block around stands.
        block: usize,
    },
    /// A brace of a known statement.
    Brace,
}

/// The roles of all nodes of a text.
pub(super) struct Roles {
    /// By node.
    roles: Vec<Option<Role>>,
    /// By number of the line, from 1: it stays as it is.
    kept: Vec<bool>,
    // INVARIANT: in order.
    /// The nodes above which an empty line is missing.
    apart: Vec<usize>,
}

impl Roles {
    pub fn of(tree: &Tree<'_>, nodes: &[Node], lowered: &Lowered) -> Self {
        let mut known = Known {
            tree,
            origins: &lowered.origins,
            lines: HashMap::new(),
            unknown: Vec::new(),
        };
        let broken = broken(&lowered.findings);
        for statement in &lowered.policy.statements {
            known.top(statement, &broken);
        }
        let mut roles = Self {
            roles: known.roles(nodes),
            kept: unreadable(tree),
            apart: Vec::new(),
        };
        roles.keep_unknown(nodes, &known.unknown);
        roles.find_apart(nodes);
        roles
    }

    pub fn role(&self, node: usize) -> Option<&Role> {
        self.roles.get(node)?.as_ref()
    }

    pub fn keeps_line(&self, line: usize) -> bool {
        self.kept.get(line).copied().unwrap_or(true)
    }

    pub fn begins_apart(&self, node: usize) -> bool {
        self.apart.binary_search(&node).is_ok()
    }

    /// The numbers of the lines that stay as they are.
    pub fn kept(&self) -> Vec<usize> {
        let kept = self.kept.iter().enumerate();
        kept.filter_map(|(line, kept)| kept.then_some(line))
            .collect()
    }

    /// Nothing moves on a line with something that is not known, nor in what is unknown as a whole.
    fn keep_unknown(&mut self, nodes: &[Node], unknown: &[Range<usize>]) {
        let mut unknown = unknown.iter().peekable();
        for (node, role) in nodes.iter().zip(&self.roles) {
            let start = node.span.start;
            while unknown.next_if(|range| range.end <= start).is_some() {}
            let inside = unknown.peek().is_some_and(|range| range.start <= start);
            let known = role.is_some() || node.kind == NodeKind::Comment;
            if let Some(kept) = self.kept.get_mut(node.line) {
                *kept |= inside || !known;
            }
        }
    }

    /// An empty line parts statements that have blocks from what stands above and below.
    fn find_apart(&mut self, nodes: &[Node]) {
        // The end of the statement above: its node, and whether it has a block.
        let mut above: Option<(usize, bool)> = None;
        let mut depth = 0_usize;
        for at in 0..nodes.len() {
            match self.role(at).copied() {
                Some(Role::Statement { has_block, .. }) if depth == 0 => {
                    let end = above.filter(|(_, had_block)| has_block || *had_block);
                    self.apart
                        .extend(end.and_then(|(end, _)| missing(nodes, end, at)));
                    above = (!has_block).then_some((at, false));
                }
                Some(Role::Brace) if nodes[at].kind == NodeKind::Open => depth += 1,
                Some(Role::Brace) => {
                    depth = depth.saturating_sub(1);
                    above = (depth == 0).then_some((at, true));
                }
                None if depth == 0 && nodes[at].kind != NodeKind::Comment => above = None,
                Some(_) | None => {}
            }
        }
    }
}

/// The node above which an empty line is missing between the end of a statement and the next one:
/// the first of the comments that stand above that.
fn missing(nodes: &[Node], end: usize, next: usize) -> Option<usize> {
    let between = (end + 1..=next).filter(|at| {
        let node = &nodes[*at];
        node.starts_line || node.kind != NodeKind::Comment
    });
    let between: Vec<_> = between.collect();
    let parted = between.iter().any(|at| nodes[*at].blank_above);
    between.first().copied().filter(|_| !parted)
}

/// Finds what the table knows.
struct Known<'a> {
    tree: &'a Tree<'a>,
    origins: &'a Origins,
    /// By where the keyword stands.
    lines: HashMap<usize, Role>,
    /// What is not known, or has braces missing, as a whole.
    unknown: Vec<Range<usize>>,
}

impl Known<'_> {
    fn top(&mut self, statement: &Statement, broken: &[usize]) {
        let Some(origin) = self.origins.of(statement.tag) else {
            return;
        };
        let first = broken.partition_point(|at| *at < origin.keyword.start);
        match broken.get(first).is_some_and(|at| *at <= origin.end) {
            true => self.unknown.push(whole(&origin)),
            false => self.statement(statement),
        }
    }

    fn statement(&mut self, statement: &Statement) {
        let Some(origin) = self.origins.of(statement.tag) else {
            return;
        };
        let has_block = matches!(statement.body, Body::Block { .. });
        let spelled = match &statement.keyword {
            Keyword::Block(def) => Some(def.name),
            Keyword::Line(def) if !has_block => {
                let word = self.tree.str(origin.keyword.clone());
                let mut names = std::iter::once(&def.name).chain(def.synonyms);
                names.find(|name| name.eq_ignore_ascii_case(&word)).copied()
            }
            Keyword::Line(_) | Keyword::Unknown(_) => None,
        };
        let Some(spelled) = spelled else {
            self.unknown.push(whole(&origin));
            return;
        };
        let block = origin.keyword.start;
        let role = Role::Statement { spelled, has_block };
        self.lines.insert(block, role);
        for item in statement.items() {
            match item {
                Item::Block(inner) => self.statement(inner),
                Item::Attribute(attribute) => {
                    let origin = self.origins.of(attribute.tag);
                    if let (Some(row), Some(origin)) = (attribute.def(), origin) {
                        let spelled = row.name;
                        let role = Role::Attribute { spelled, block };
                        self.lines.insert(origin.keyword.start, role);
                    }
                }
            }
        }
    }

    /// The role of each node.
    fn roles(&self, nodes: &[Node]) -> Vec<Option<Role>> {
        let partners = partners(nodes);
        let mut roles = vec![None; nodes.len()];
        let mut opens = false;
        for (at, node) in nodes.iter().enumerate() {
            match node.kind {
                NodeKind::Line => {
                    let start = node.span.start;
                    roles[at] = self.lines.get(&start).copied();
                    opens = matches!(
                        roles[at],
                        Some(Role::Statement {
                            has_block: true,
                            ..
                        })
                    );
                }
                NodeKind::Open => {
                    if let (true, Some(close)) = (opens, partners[at]) {
                        roles[at] = Some(Role::Brace);
                        roles[close] = Some(Role::Brace);
                    }
                    opens = false;
                }
                NodeKind::Close => opens = false,
                NodeKind::Comment => {}
            }
        }
        roles
    }
}

/// For each opening brace the one that closes it.
fn partners(nodes: &[Node]) -> Vec<Option<usize>> {
    let mut partners = vec![None; nodes.len()];
    let mut open = Vec::new();
    for (at, node) in nodes.iter().enumerate() {
        match node.kind {
            NodeKind::Open => open.push(at),
            NodeKind::Close => {
                if let Some(opening) = open.pop() {
                    partners[opening] = Some(at);
                }
            }
            NodeKind::Line | NodeKind::Comment => {}
        }
    }
    partners
}

fn whole(origin: &Origin) -> Range<usize> {
    origin.keyword.start..origin.end
}

/// Where braces are missing or too many, in order.
fn broken(findings: &[Finding]) -> Vec<usize> {
    let about_blocks = findings
        .iter()
        .filter(|finding| lower::is_about_blocks(finding));
    let mut places: Vec<_> = about_blocks
        .filter_map(|finding| match &finding.place {
            Place::Text { start, .. } => Some(*start),
            Place::Field { .. } => None,
        })
        .collect();
    places.sort_unstable();
    places
}

/// The lines with bytes that are no text, by number from 1.
fn unreadable(tree: &Tree<'_>) -> Vec<bool> {
    let source = tree.source();
    let mark = source.starts_with(BYTE_ORDER_MARK);
    let mut start = if mark { BYTE_ORDER_MARK.len() } else { 0 };
    let mut lines = vec![false];
    for token in tree.tokens() {
        if token.kind == TokenKind::Newline {
            lines.push(!is_readable(&source[start..token.start]));
            start = token.end;
        }
    }
    lines.push(!is_readable(&source[start..]));
    lines
}

fn is_readable(line: &[u8]) -> bool {
    std::str::from_utf8(line)
        .is_ok_and(|line| !line.chars().any(|c| is_unprintable(c) && c != '\t'))
}
