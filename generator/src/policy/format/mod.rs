//! The layout of a text as people like to read it: what stands where, and nothing of what it says.
//!
//! Changes blanks, ends of lines and the case of keywords. A line that is not understood stays as it
//! is, and so does a whole text whose meaning rests on its layout.

mod roles;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::ops::Range;

use super::lower::{Lowered, lower};
use super::syntax::{BYTE_ORDER_MARK, Node, NodeKind, Tree, parse};
use roles::{Role, Roles};

/// Columns that a block moves its content to the right.
const INDENT: usize = 2;

/// Bytes of a text, and what stands there instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub span: Range<usize>,
    pub text: String,
}

/// A text that was laid out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Formatted {
    pub text: Vec<u8>,
    /// The numbers, from 1, of the lines that are not understood and stayed as they are.
    pub kept: Vec<usize>,
    /// Nothing was changed, because the text would mean something else in another layout: braces are
    /// missing, and its indentation tells where blocks end.
    pub refused: bool,
}

/// Lays out a text. Lines end with a line feed.
///
/// The result reads as the same policy, holds every byte that is no blank, and is laid out itself.
pub fn format(source: &[u8]) -> Formatted {
    let laid_out = checked(source, "\n");
    Formatted {
        text: applied(source, &laid_out.edits),
        kept: laid_out.kept,
        refused: laid_out.refused,
    }
}

/// The changes that lay out a text, from first to last, none where another one is. Lines end as
/// `newline` says. `None`: the text has to stay as it is, as [`Formatted::refused`] says.
pub fn edits(source: &[u8], newline: &str) -> Option<Vec<Edit>> {
    let laid_out = checked(source, newline);
    (!laid_out.refused).then_some(laid_out.edits)
}

/// A text with changes made. They are in order, and none overlaps another.
pub fn applied(source: &[u8], edits: &[Edit]) -> Vec<u8> {
    let (mut text, mut at) = (Vec::with_capacity(source.len()), 0);
    for edit in edits {
        text.extend_from_slice(source.get(at..edit.span.start).unwrap_or_default());
        text.extend_from_slice(edit.text.as_bytes());
        at = edit.span.end;
    }
    text.extend_from_slice(source.get(at..).unwrap_or_default());
    text
}

struct LaidOut {
    edits: Vec<Edit>,
    kept: Vec<usize>,
    refused: bool,
}

/// The changes, if they keep the meaning and there is nothing to change after them.
fn checked(source: &[u8], newline: &str) -> LaidOut {
    let (laid_out, before) = lay_out(source, newline);
    if laid_out.edits.is_empty() {
        return laid_out;
    }
    let (again, after) = lay_out(&applied(source, &laid_out.edits), newline);
    match after.policy == before.policy && again.edits.is_empty() {
        true => laid_out,
        false => LaidOut {
            edits: Vec::new(),
            kept: laid_out.kept,
            refused: true,
        },
    }
}

fn lay_out(source: &[u8], newline: &str) -> (LaidOut, Lowered) {
    let tree = parse(source);
    let lowered = lower(&tree, "");
    let nodes: Vec<_> = tree.nodes().collect();
    let roles = Roles::of(&tree, &nodes, &lowered);
    let mut layout = Layout {
        columns: HashMap::new(),
        ends_blank: lowered.policy.statements.is_empty() && tree.ends_blank(),
        tree: &tree,
        nodes: &nodes,
        roles,
        newline,
        depth: 0,
        edits: Vec::new(),
    };
    layout.run();
    let laid_out = LaidOut {
        edits: layout.edits,
        kept: layout.roles.kept(),
        refused: false,
    };
    (laid_out, lowered)
}

struct Layout<'a> {
    tree: &'a Tree<'a>,
    nodes: &'a [Node],
    roles: Roles,
    newline: &'a str,
    /// For each block, the width of its longest keyword that has a value.
    columns: HashMap<usize, usize>,
    /// The empty line at the end parts comments that stand alone from a footer.
    ends_blank: bool,
    /// Blocks that are open.
    depth: usize,
    edits: Vec<Edit>,
}

impl<'a> Layout<'a> {
    fn run(&mut self) {
        let tree = self.tree;
        let nodes = self.nodes;
        for (at, node) in nodes.iter().enumerate() {
            if let Some(Role::Attribute { block, .. }) = self.roles.role(at)
                && !self.is_kept(node)
                && let [keyword, _, ..] = &tree.words(node.span.clone()).collect::<Vec<_>>()[..]
            {
                let width = self.columns.entry(*block).or_default();
                *width = keyword.len().max(*width);
            }
        }
        for (at, node) in nodes.iter().enumerate() {
            if node.kind == NodeKind::Close && self.roles.role(at).is_some() {
                self.depth = self.depth.saturating_sub(1);
            }
            self.before(at, node);
            if !self.is_kept(node) {
                self.inside(at, node);
            }
            if node.kind == NodeKind::Open && self.roles.role(at).is_some() {
                self.depth += 1;
            }
        }
        self.end();
    }

    fn is_kept(&self, node: &Node) -> bool {
        self.roles.keeps_line(node.line)
    }

    /// What stands between a node and the one before it.
    fn before(&mut self, at: usize, node: &Node) {
        let above = at.checked_sub(1).map(|above| &self.nodes[above]);
        let start = above.map_or_else(|| self.text_start(), |above| self.end_of(above));
        let gap = start..node.span.start;
        let is = &self.tree.source()[gap.clone()];
        let same_line = above.is_some_and(|above| above.line == node.line);
        if (same_line && self.is_kept(node)) || !is.iter().all(is_blank) {
            return;
        }
        let mut text = String::new();
        match above {
            Some(_) if same_line && node.kind == NodeKind::Comment => {
                let blanks = is.iter().all(|byte| *byte == b' ');
                text.push_str(&" ".repeat(if blanks { is.len() } else { 1 }));
            }
            Some(above) => {
                text.push_str(&self.behind(above, is));
                text.push_str(self.newline);
                if self.is_parted(at, node) {
                    text.push_str(self.newline);
                }
                text.push_str(&self.indent(node, is));
            }
            None => text = self.indent(node, is),
        }
        self.edit(gap, text);
    }

    /// An empty line stands above the node.
    fn is_parted(&self, at: usize, node: &Node) -> bool {
        let opens = node.kind == NodeKind::Open && !self.is_kept(node);
        (node.blank_above && !opens) || self.roles.begins_apart(at)
    }

    /// What stands inside a node.
    fn inside(&mut self, at: usize, node: &Node) {
        if node.kind == NodeKind::Comment {
            return;
        }
        let (spelled, width) = match self.roles.role(at) {
            Some(Role::Attribute { spelled, block }) => {
                (*spelled, self.columns.get(block).copied().unwrap_or(0))
            }
            Some(Role::Statement { spelled, .. }) => (*spelled, 0),
            Some(Role::Brace) | None => return,
        };
        let mut words = self.tree.words(node.span.clone());
        let Some(keyword) = words.next() else { return };
        let blanks = (width + 1).saturating_sub(keyword.len()).max(1);
        let gap = words.next().map(|value| keyword.end..value.start);
        self.edit(keyword, spelled.to_owned());
        if let Some(gap) = gap {
            self.edit(gap, " ".repeat(blanks));
        }
    }

    /// What follows the last node.
    fn end(&mut self) {
        let last = self.nodes.last();
        let start = last.map_or_else(|| self.text_start(), |last| self.end_of(last));
        let gap = start..self.tree.source().len();
        let is = &self.tree.source()[gap.clone()];
        if !is.iter().all(is_blank) {
            return;
        }
        let text = match last {
            Some(last) => {
                let lines = if self.ends_blank { 2 } else { 1 };
                self.behind(last, is) + &self.newline.repeat(lines)
            }
            None => String::new(),
        };
        self.edit(gap, text);
    }

    /// Where the text begins, behind a byte order mark.
    fn text_start(&self) -> usize {
        match self.tree.source().starts_with(BYTE_ORDER_MARK) {
            true => BYTE_ORDER_MARK.len(),
            false => 0,
        }
    }

    /// Where a node ends, blanks at the end of a comment left out.
    fn end_of(&self, node: &Node) -> usize {
        let span = node.span.clone();
        if node.kind != NodeKind::Comment || self.is_kept(node) {
            return span.end;
        }
        let text = &self.tree.source()[span.clone()];
        span.start + text.trim_ascii_end().len()
    }

    /// The blanks at the end of a line that stays as it is; `gap` follows its last node.
    fn behind(&self, node: &Node, gap: &[u8]) -> String {
        match self.is_kept(node) {
            true => blanks(gap.iter()),
            false => String::new(),
        }
    }

    /// The blanks before a node; `gap` ends at it.
    fn indent(&self, node: &Node, gap: &[u8]) -> String {
        if self.is_kept(node) {
            return blanks(gap.iter().rev()).chars().rev().collect();
        }
        " ".repeat(self.depth * INDENT)
    }

    fn edit(&mut self, span: Range<usize>, text: String) {
        let is = &self.tree.source()[span.clone()];
        if *is == *text.as_bytes() {
            return;
        }
        let same = is
            .iter()
            .zip(text.as_bytes())
            .take_while(|(is, new)| is == new);
        let mut front = same.count();
        // The two bytes that end a line stay together.
        if is[..front].ends_with(b"\r") {
            front -= 1;
        }
        let behind = is[front..]
            .iter()
            .rev()
            .zip(text.as_bytes()[front..].iter().rev());
        let blanks = behind.take_while(|(is, new)| is == new && matches!(is, b' ' | b'\t'));
        let back = blanks.count();
        self.edits.push(Edit {
            span: span.start + front..span.end - back,
            text: text[front..text.len() - back].to_owned(),
        });
    }
}

/// What may go. A form feed or a byte order mark stays.
fn is_blank(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Blanks and tabs up to the end of the line.
fn blanks<'b>(bytes: impl Iterator<Item = &'b u8>) -> String {
    let blanks = bytes.take_while(|byte| matches!(byte, b' ' | b'\t'));
    blanks.map(|byte| char::from(*byte)).collect()
}
