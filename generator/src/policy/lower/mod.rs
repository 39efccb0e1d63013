//! From a tree to a policy.
//!
//! Takes every text: what cannot be understood becomes a finding, and reading goes on at the next
//! statement. What keywords and values mean is left to the checks; here only the shape of the text is
//! judged.

mod frames;
mod pages;
#[cfg(test)]
mod tests;

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
pub fn lower(tree: &Tree, file: &str) -> Lowered {
    let mut origins = Origins::default();
    let (policy, findings) = lower_into(tree, file, &mut origins);
    Lowered {
        policy,
        origins,
        findings,
    }
}

/// Reads one of several files whose parts share a table of origins.
pub fn lower_into(tree: &Tree, file: &str, origins: &mut Origins) -> (Policy, Vec<Finding>) {
    origins.begin_file(file);
    let mut reader = Reader::new(tree, origins);
    for node in tree.nodes() {
        reader.node(node);
    }
    reader.end();
    (reader.policy, reader.findings)
}

/// The blocks that are open at an offset, outermost first, with what stands in them before it. What
/// stands on the line of the offset is not looked at.
pub fn open_at(tree: &Tree, offset: usize) -> Vec<Statement> {
    let mut origins = Origins::default();
    origins.begin_file("");
    let mut reader = Reader::new(tree, &mut origins);
    let line = tree.line_start(offset);
    for node in tree.nodes() {
        if tree.span(node).start >= line {
            break;
        }
        reader.node(node);
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
    tree: &'a Tree,
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
    /// Behind the last thing that was put into the policy.
    done: usize,
}

impl<'a> Reader<'a> {
    fn new(tree: &'a Tree, origins: &'a mut Origins) -> Self {
        Self {
            tree,
            origins,
            policy: Policy::default(),
            findings: Vec::new(),
            frames: Vec::new(),
            held: None,
            pending: Vec::new(),
            skipped: 0,
            done: 0,
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
        let text = self.str(self.tree.span(node));
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

    fn line(&mut self, node: &Node) {
        self.part_header(node);
        self.flush(Some(node));
        let words: Vec<_> = self.tree.words(node).collect();
        self.held = Some(Held {
            words,
            column: node.column,
            line: node.line,
            comments: std::mem::take(&mut self.pending),
        });
    }

    fn open(&mut self, node: &Node) {
        if self.skipped > 0 || self.frames.len() >= MAX_DEPTH {
            if self.skipped == 0 {
                self.report(&pages::TOO_DEEP, self.tree.span(node));
                self.flush(None);
            }
            self.skipped += 1;
            return;
        }
        match self.held.take() {
            Some(mut held) => {
                held.comments.append(&mut self.pending);
                self.begin(held);
                self.done = self.tree.span(node).end;
                if let Some(frame) = self.frames.last_mut() {
                    frame.is_closed = node.partner.is_some();
                }
            }
            None => {
                self.report(&pages::STRAY_OPEN, self.tree.span(node));
                // Of two opening braces and one closing one, this is the one too many.
                if self.frames.last().is_none_or(|around| around.is_closed) {
                    self.frames.push(Frame::stray());
                }
            }
        }
    }

    fn close(&mut self, node: &Node) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        self.flush(None);
        self.done = self.tree.span(node).end;
        if self.frames.is_empty() {
            self.report(&pages::STRAY_CLOSE, self.tree.span(node));
        } else {
            self.pop();
        }
    }

    /// Opens the block of a line.
    fn begin(&mut self, held: Held) {
        let keyword = self.keyword(&held);
        self.close_forgotten(&keyword, &held);
        let name_span = held.words.get(1).cloned();
        let name = name_span.clone().map(|span| Name::read(&self.str(span)));
        if let Some(rest) = held.words_from(2) {
            self.trailing(&held, rest);
        }
        self.note(held.column);
        let statement = self.statement(held.comments, keyword, name, &held.words, held.line);
        self.frames.push(Frame::new(statement, held.column));
    }

    fn statement(
        &mut self,
        comments: Vec<Comment>,
        keyword: Keyword,
        name: Option<Name>,
        words: &[Range<usize>],
        line: usize,
    ) -> Statement {
        Statement {
            keyword,
            name,
            comments,
            body: Body::Block {
                items: Vec::new(),
                trailing: Vec::new(),
            },
            tag: self.tag(words, line, words.get(1).cloned()),
        }
    }

    /// A statement that cannot stand in the open block shows that a closing brace is missing.
    fn close_forgotten(&mut self, keyword: &Keyword, held: &Held) {
        let Keyword::Block(def) = keyword else { return };
        let keep = frames::blocks_to_keep(&self.frames, def, held.column, held.words.len() > 1);
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
            .map_or(0..0, |origin| origin.keyword.clone());
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
        if let Body::Block { trailing, .. } = &mut frame.statement.body {
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
        if let Some(def) = self.block_without_brace(&held) {
            let inside = next.is_some_and(|next| self.begins_attribute_of(next, def));
            let span = held.words[0].clone();
            self.report(&pages::MISSING_OPEN, span);
            self.begin(held);
            if !inside {
                // The comments read meanwhile belong to what comes next.
                let pending = std::mem::take(&mut self.pending);
                self.pop();
                self.pending = pending;
            }
            return;
        }
        match self.around() {
            Some(around) => {
                let def = around.def();
                self.attribute(held, def);
            }
            None => self.one_line_statement(held),
        }
    }

    /// The statement that a line without a brace begins.
    fn block_without_brace(&self, held: &Held) -> Option<&'static StatementDef> {
        let word = self.str(held.words[0].clone());
        let def = statement(&word)?;
        match self.around() {
            None => Some(def),
            Some(around) => {
                let row = around.def()?.attribute(&word)?;
                matches!(row.kind, Kind::Inline(_)).then_some(def)
            }
        }
    }

    fn begins_attribute_of(&self, line: &Node, def: &StatementDef) -> bool {
        self.tree.words(line).next().is_some_and(|word| {
            let word = self.str(word);
            let own = self.around().and_then(Statement::def);
            def.attribute(&word).is_some() && own.is_none_or(|own| own.attribute(&word).is_none())
        })
    }

    fn one_line_statement(&mut self, held: Held) {
        let keyword = self.keyword(&held);
        let words = held.words[1..]
            .iter()
            .map(|span| Word::read(&self.str(span.clone())));
        let statement = Statement {
            keyword,
            name: None,
            body: Body::Line(words.collect()),
            comments: held.comments,
            tag: self.tag(&held.words, held.line, frames::joined(&held.words[1..])),
        };
        self.policy.statements.push(statement);
    }

    fn note(&mut self, column: usize) {
        if let Some(frame) = self.frames.last_mut() {
            frame.note(column);
        }
    }

    fn attribute(&mut self, held: Held, around: Option<&'static StatementDef>) {
        self.note(held.column);
        let word = self.str(held.words[0].clone());
        let def = around.and_then(|around| around.attribute(&word));
        let (value, rest) = match def {
            Some(def) => self.split_value(&held, def),
            None => (frames::joined(&held.words[1..]), None),
        };
        if let Some(rest) = rest {
            self.trailing(&held, rest);
        }
        let text = value
            .clone()
            .map_or_else(Value::default, |span| self.value(&held, def, span));
        let mut attribute = match def {
            // The value was cut to what the kind takes, so it fits.
            Some(def) => Attribute::new(def, text.clone())
                .unwrap_or_else(|_| Attribute::unknown(Word::read(&word), text)),
            None => Attribute::unknown(Word::read(&word), text),
        };
        attribute.comments = held.comments;
        attribute.tag = self.tag(&held.words, held.line, value);
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
            return (held.words_from(1), None);
        }
        let number = |at: usize| {
            let word = held.words.get(at).cloned().map(|span| self.str(span));
            word.is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit()))
        };
        let pair = matches!(def.kind, Kind::Ports { .. }) && number(1) && number(2);
        let end = if pair { 3 } else { 2 };
        let value = held.words.get(1..held.words.len().min(end));
        (value.and_then(frames::joined), held.words_from(end))
    }

    /// The text of a value. Two ports may stand any number of blanks apart.
    fn value(&self, held: &Held, def: Option<&AttributeDef>, span: Range<usize>) -> Value {
        match def.map(|def| def.kind) {
            Some(Kind::Ports { .. }) => {
                let words = held.words[1..].iter().filter(|word| word.end <= span.end);
                let words: Vec<_> = words.map(|word| self.str(word.clone())).collect();
                Value::read(&words.join(" "))
            }
            _ => Value::read(&self.str(span)),
        }
    }

    fn trailing(&mut self, held: &Held, rest: Range<usize>) {
        let keyword = self.str(held.words[0].clone());
        let around = self.around().and_then(Statement::def);
        let row = around.and_then(|around| around.attribute(&keyword));
        let text = match row {
            Some(row) if row.secret => "********".to_owned(),
            _ => self.str(rest.clone()),
        };
        let finding = Finding::new(&pages::TEXT_AFTER_VALUE, self.origins.here(rest))
            .fact("keyword", keyword)
            .fact("text", text);
        self.findings.push(finding);
    }

    fn keyword(&self, held: &Held) -> Keyword {
        Keyword::from_word(Word::read(&self.str(held.words[0].clone())))
    }

    fn tag(&mut self, words: &[Range<usize>], line: usize, value: Option<Range<usize>>) -> Tag {
        if let Some(all) = frames::joined(words)
            && !frames::is_printable(&self.str(all.clone()))
        {
            let keyword = self.str(words[0].clone());
            let finding = Finding::new(&pages::NOT_TEXT, self.origins.here(all));
            self.findings.push(finding.fact("keyword", keyword));
        }
        let keyword = words[0].clone();
        let value = value.unwrap_or_else(|| keyword.clone());
        let end = words.last().map_or(keyword.end, |last| last.end);
        self.done = end;
        self.origins.add(line, keyword, value, end)
    }

    fn report(&mut self, page: &'static crate::finding::Page, span: Range<usize>) {
        let finding =
            Finding::new(page, self.origins.here(span.clone())).fact("text", self.str(span));
        self.findings.push(finding);
    }

    fn str(&self, span: Range<usize>) -> String {
        self.tree.str(span).into_owned()
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
