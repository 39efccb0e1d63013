//! From a tree to a policy.
//!
//! Takes every text: what cannot be understood becomes a finding, and reading goes on at the next
//! statement. What keywords and values mean is left to the checks; here only the shape of the text is
//! judged.

mod frames;
mod pages;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;

use super::model::{
    Attribute, Body, Comment, Item, Keyword, Name, Policy, Statement, Tag, Value, Word,
};
use super::origins::Origins;
use super::syntax::{Node, NodeKind, Tree};
use super::table::{AttributeDef, Kind, StatementDef, statement};
use crate::finding::Finding;
use frames::{Frame, Held};

pub use pages::{PAGES, is_about_blocks};

/// The deepest nesting that the language has is three; what lies deeper than this is not read.
const MAX_DEPTH: usize = 8;

/// A policy, where its parts stand, and what is wrong with the shape of the text.
#[derive(Clone, Debug, Default)]
pub struct Lowered {
    pub policy: Policy,
    pub origins: Origins,
    pub findings: Vec<Finding>,
}

/// Reads one file. `file` is its name in findings.
pub fn lower(tree: &Tree<'_>, file: &str) -> Lowered {
    let mut origins = Origins::default();
    let (policy, findings) = lower_into(tree, file, &mut origins);
    Lowered {
        policy,
        origins,
        findings,
    }
}

/// Reads one of several files whose parts share a table of origins.
pub fn lower_into(tree: &Tree<'_>, file: &str, origins: &mut Origins) -> (Policy, Vec<Finding>) {
    origins.begin_file(file);
    let mut reader = Reader::new(tree, origins);
    for node in tree.nodes() {
        reader.node(&node);
    }
    reader.end();
    (reader.policy, reader.findings)
}

/// The blocks that are open at an offset, outermost first, with what stands in them before it. What
/// stands on the line of the offset is not looked at.
pub fn open_at(tree: &Tree<'_>, offset: usize) -> Vec<Statement> {
    let mut origins = Origins::default();
    origins.begin_file("");
    let mut reader = Reader::new(tree, &mut origins);
    let line = tree.line_start(offset);
    for node in tree.nodes() {
        if node.span.start >= line {
            break;
        }
        reader.node(&node);
    }
    reader.flush(None);
    let frames = reader.frames.into_iter();
    frames
        .filter(|frame| !frame.is_stray())
        .map(|frame| frame.statement)
        .collect()
}

/// Reads the nodes one after the other.
struct Reader<'a> {
    tree: &'a Tree<'a>,
    origins: &'a mut Origins,
    policy: Policy,
    findings: Vec<Finding>,
    /// The blocks that are open, outermost first.
    frames: Vec<Frame>,
    /// The last line, until it is known whether a block follows.
    held: Option<Held>,
    /// Comments that belong to what comes next.
    pending: Vec<Comment>,
    /// Open blocks that lie too deep to be read.
    skipped: usize,
    /// For each opening brace, whether one closes it; looked up when the first one is one too many.
    closed: Option<Vec<bool>>,
    /// Behind the last thing that was put into the policy.
    done: usize,
    /// The last brace was one too many, and reported.
    stray: bool,
    /// Room for the items of the next block.
    room: Vec<Item>,
}

impl<'a> Reader<'a> {
    fn new(tree: &'a Tree<'a>, origins: &'a mut Origins) -> Self {
        Self {
            tree,
            origins,
            policy: Policy::default(),
            findings: Vec::new(),
            frames: Vec::new(),
            held: None,
            pending: Vec::new(),
            skipped: 0,
            closed: None,
            done: 0,
            stray: false,
            room: Vec::new(),
        }
    }

    fn node(&mut self, node: &Node) {
        match node.kind {
            NodeKind::Comment => self.comment(node),
            NodeKind::Line if self.skipped > 0 => {}
            NodeKind::Line => self.line(node),
            NodeKind::Open => self.open(node),
            NodeKind::Close => self.close(node),
        }
    }

    fn comment(&mut self, node: &Node) {
        let text = self.str(node.span.clone());
        let comment = Comment::read(&text);
        if node.starts_line {
            self.part_header(node);
            self.pending.push(comment);
        } else if let Some(held) = &mut self.held {
            held.comments.push(comment);
        } else {
            self.pending.push(comment);
        }
    }

    /// Comments at the top with an empty line below are the header.
    fn part_header(&mut self, node: &Node) {
        let top = self.policy.statements.is_empty() && self.frames.is_empty();
        if top && self.held.is_none() && node.blank_above {
            self.policy.header.append(&mut self.pending);
        }
    }

    /// Reports a brace too many; of several side by side the first.
    fn report_stray(&mut self, page: &'static crate::finding::Page, node: &Node) {
        if !std::mem::replace(&mut self.stray, true) {
            self.report(page, node.span.clone());
        }
    }

    fn line(&mut self, node: &Node) {
        self.stray = false;
        self.part_header(node);
        self.flush(Some(node));
        let words = node.words.clone();
        self.held = Some(Held {
            first: words.first,
            second: words.second,
            rest: words.third.map(|third| third..node.span.end),
            column: node.column,
            line: node.line,
            comments: std::mem::take(&mut self.pending),
        });
    }

    fn open(&mut self, node: &Node) {
        if self.skipped > 0 || self.frames.len() >= MAX_DEPTH {
            if self.skipped == 0 {
                self.report(&pages::TOO_DEEP, node.span.clone());
                self.flush(None);
            }
            self.skipped += 1;
            return;
        }
        match self.held.take() {
            Some(mut held) => {
                held.comments.append(&mut self.pending);
                self.begin(held, Some(node.opened));
                self.done = node.span.end;
            }
            None => {
                self.report_stray(&pages::STRAY_OPEN, node);
                // Of two opening braces and one closing one, this is the one too many.
                if self.is_closed() {
                    self.frames.push(Frame::stray());
                }
            }
        }
    }

    /// As braces are paired in the text, one closes the innermost block, or there is none.
    fn is_closed(&mut self) -> bool {
        let Some(brace) = self.frames.last().and_then(|around| around.brace) else {
            return true;
        };
        let closed = self.closed.get_or_insert_with(|| self.tree.closed());
        closed.get(brace).copied().unwrap_or(true)
    }

    fn close(&mut self, node: &Node) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        self.flush(None);
        self.done = node.span.end;
        if self.frames.is_empty() {
            self.report_stray(&pages::STRAY_CLOSE, node);
        } else {
            self.pop();
        }
    }

    /// Opens the block of a line.
    fn begin(&mut self, held: Held, brace: Option<usize>) {
        let keyword = self.keyword(&held);
        self.close_forgotten(&keyword, &held);
        let name = held.second.clone();
        let name = name.map(|span| Name::read(&self.str(span)));
        if let Some(rest) = held.rest.clone() {
            self.trailing(&held, None, rest);
        }
        self.note(held.column);
        let tag = self.tag(&held, held.second.clone());
        let statement = Statement {
            keyword,
            name,
            comments: held.comments,
            body: Body::Block {
                items: std::mem::take(&mut self.room),
                trailing: Vec::new(),
            },
            tag,
        };
        self.frames.push(Frame::new(statement, held.column, brace));
    }

    /// A statement that cannot stand in the open block shows that a closing brace is missing.
    fn close_forgotten(&mut self, keyword: &Keyword, held: &Held) {
        let Keyword::Block(def) = keyword else { return };
        let keep = frames::blocks_to_keep(&self.frames, def, held.column, held.second.is_some());
        if keep < self.frames.len() {
            self.report_open_block(keep);
            while self.frames.len() > keep {
                self.pop();
            }
        }
    }

    /// Reports that the block at this depth has no closing brace.
    fn report_open_block(&mut self, depth: usize) {
        let Some(frame) = self.frames[depth..].iter().find(|frame| !frame.is_stray()) else {
            return;
        };
        let keyword = frame.statement.keyword.as_str().to_owned();
        let name = frame.statement.name_str().unwrap_or("").to_owned();
        let span = self
            .origins
            .of(frame.statement.tag)
            .map_or(0..0, |origin| origin.keyword);
        let finding = Finding::new(&pages::MISSING_CLOSE, self.origins.here(span))
            .fact("statement", format!("{keyword} {name}").trim_end());
        self.findings.push(finding);
    }

    /// Ends the innermost block.
    fn pop(&mut self) {
        let Some(mut frame) = self.frames.pop() else {
            return;
        };
        if frame.is_stray() {
            return;
        }
        if let Body::Block { items, trailing } = &mut frame.statement.body {
            // As much memory as they need, and the room that they were gathered in for the next.
            let mut exact = Vec::with_capacity(items.len());
            exact.append(items);
            self.room = std::mem::replace(items, exact);
            trailing.append(&mut self.pending);
        }
        self.origins.close(frame.statement.tag, self.done);
        self.add_statement(frame.statement);
    }

    fn add_statement(&mut self, statement: Statement) {
        match self.block_items() {
            Some(items) => items.push(Item::Block(Box::new(statement))),
            None => self.policy.statements.push(statement),
        }
    }

    fn block_items(&mut self) -> Option<&mut Vec<Item>> {
        self.frames
            .iter_mut()
            .rev()
            .find(|frame| !frame.is_stray())
            .and_then(|frame| match &mut frame.statement.body {
                Body::Block { items, .. } => Some(items),
                Body::Line(_) => None,
            })
    }

    /// The statement in whose block the next line stands.
    fn around(&self) -> Option<&Statement> {
        let frame = self.frames.iter().rev().find(|frame| !frame.is_stray())?;
        Some(&frame.statement)
    }

    /// Ends the held line: no block follows. `next` is the line that does.
    fn flush(&mut self, next: Option<&Node>) {
        let Some(held) = self.held.take() else { return };
        let word = self.str(held.first.clone());
        let Some(around) = self.around().map(Statement::def) else {
            return match statement(&word) {
                Some(def) => self.begin_without_brace(held, def, next),
                None => self.one_line_statement(held),
            };
        };
        let row = around.and_then(|around| around.attribute(&word));
        let block = row.filter(|row| matches!(row.kind, Kind::Inline(_)));
        match block.and_then(|_| statement(&word)) {
            Some(def) => self.begin_without_brace(held, def, next),
            None => self.attribute(held, &word, row),
        }
    }

    /// Begins the statement of a line that no brace follows.
    fn begin_without_brace(&mut self, held: Held, def: &StatementDef, next: Option<&Node>) {
        let inside = next.is_some_and(|next| self.begins_attribute_of(next, def));
        self.report(&pages::MISSING_OPEN, held.first.clone());
        self.begin(held, None);
        if !inside {
            // The comments read meanwhile belong to what comes next.
            let pending = std::mem::take(&mut self.pending);
            self.pop();
            self.pending = pending;
        }
    }

    fn begins_attribute_of(&self, line: &Node, def: &StatementDef) -> bool {
        let word = self.str(line.words.first.clone());
        let own = self.around().and_then(Statement::def);
        line.kind == NodeKind::Line
            && def.attribute(&word).is_some()
            && own.is_none_or(|own| own.attribute(&word).is_none())
    }

    fn one_line_statement(&mut self, held: Held) {
        let keyword = self.keyword(&held);
        let parameters = held.after_keyword();
        let words = parameters
            .iter()
            .flat_map(|span| self.tree.words(span.clone()));
        let words = words.map(|span| Word::read(&self.str(span)));
        let body = Body::Line(words.collect());
        let tag = self.tag(&held, parameters);
        self.policy.statements.push(Statement {
            keyword,
            name: None,
            body,
            comments: held.comments,
            tag,
        });
    }

    fn note(&mut self, column: usize) {
        if let Some(frame) = self.frames.last_mut() {
            frame.note(column);
        }
    }

    fn attribute(&mut self, held: Held, word: &str, def: Option<&'static AttributeDef>) {
        self.note(held.column);
        let (value, rest) = match def {
            Some(def) => self.split_value(&held, def),
            None => (held.after_keyword(), None),
        };
        if let Some(rest) = rest {
            self.trailing(&held, def, rest);
        }
        let text = value
            .clone()
            .map_or_else(Value::default, |span| self.value(def, span));
        let mut attribute = Attribute::read(def, word, text);
        attribute.tag = self.tag(&held, value);
        attribute.comments = held.comments;
        if let Some(items) = self.block_items() {
            items.push(Item::Attribute(attribute));
        }
    }

    /// The value of an attribute, and the text after it that the Policy Agent ignores.
    fn split_value(
        &self,
        held: &Held,
        def: &AttributeDef,
    ) -> (Option<Range<usize>>, Option<Range<usize>>) {
        if def.kind.takes_rest_of_line() {
            return (held.after_keyword(), None);
        }
        if let (Kind::Ports { .. }, Some(first), Some(rest)) = (def.kind, &held.second, &held.rest)
        {
            let mut words = self.tree.words(rest.clone());
            let number = |span: &Range<usize>| {
                let word = self.str(span.clone());
                word.bytes().all(|byte| byte.is_ascii_digit())
            };
            let second = words.next().filter(|word| number(word) && number(first));
            if let Some(second) = second {
                let after = words.next().map(|third| third.start..rest.end);
                return (Some(first.start..second.end), after);
            }
        }
        (held.second.clone(), held.rest.clone())
    }

    /// The text of a value. Two ports may stand any number of blanks apart.
    fn value(&self, def: Option<&AttributeDef>, span: Range<usize>) -> Value {
        match def.map(|def| def.kind) {
            Some(Kind::Ports { .. }) if self.tree.words(span.clone()).nth(1).is_some() => {
                let words = self.tree.words(span);
                let words: Vec<_> = words.map(|word| self.str(word)).collect();
                Value::read(&words.join(" "))
            }
            _ => Value::read(&self.str(span)),
        }
    }

    /// Reports text behind a value, or behind the name of a statement.
    fn trailing(&mut self, held: &Held, row: Option<&AttributeDef>, rest: Range<usize>) {
        let keyword = self.str(held.first.clone());
        let text = match row {
            Some(row) if row.secret => Cow::Borrowed("********"),
            _ => self.str(rest.clone()),
        };
        let finding = Finding::new(&pages::TEXT_AFTER_VALUE, self.origins.here(rest))
            .fact("keyword", keyword)
            .fact("text", text);
        self.findings.push(finding);
    }

    fn keyword(&self, held: &Held) -> Keyword {
        Keyword::read(&self.str(held.first.clone()))
    }

    fn tag(&mut self, held: &Held, value: Option<Range<usize>>) -> Tag {
        let all = held.all();
        if !frames::is_printable(&self.str(all.clone())) {
            let keyword = self.str(held.first.clone());
            let finding = Finding::new(&pages::NOT_TEXT, self.origins.here(all));
            self.findings.push(finding.fact("keyword", keyword));
        }
        let keyword = held.first.clone();
        let value = value.unwrap_or_else(|| keyword.clone());
        let end = held.all().end;
        self.done = end;
        self.origins.add(held.line, keyword, value, end)
    }

    fn report(&mut self, page: &'static crate::finding::Page, span: Range<usize>) {
        let finding =
            Finding::new(page, self.origins.here(span.clone())).fact("text", self.str(span));
        self.findings.push(finding);
    }

    fn str(&self, span: Range<usize>) -> Cow<'a, str> {
        self.tree.str(span)
    }

    fn end(&mut self) {
        self.flush(None);
        if !self.frames.is_empty() {
            self.report_open_block(0);
            while !self.frames.is_empty() {
                self.pop();
            }
        }
        if self.policy.statements.is_empty() && self.tree.ends_blank() {
            self.policy.header.append(&mut self.pending);
        }
        self.policy.footer.append(&mut self.pending);
    }
}
