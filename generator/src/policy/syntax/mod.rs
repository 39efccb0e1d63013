//! Text as lines, comments and braces, with every byte kept.
//!
//! Knows punctuation only, no keyword. Takes any bytes: time grows with their number and with nothing
//! else, no memory is needed, and `tree.text()` is what was read.

mod lexer;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;

pub use lexer::{BYTE_ORDER_MARK, Token, TokenKind, Tokens};

/// A text as tokens, and as the lines and braces that they make up. Both are cut from the text when they
/// are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Tree<'s> {
    source: &'s [u8],
    /// The same, if all of it is UTF-8.
    text: Option<&'s str>,
}

/// What a [`Node`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NodeKind {
    /// Words side by side, up to the end of the line, a comment or a brace.
    Line,
    /// From `#` to the end of the line.
    Comment,
    /// `{`
    Open,
    /// `}`
    Close,
}

/// A piece of the text that means something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    pub kind: NodeKind,
    /// Its bytes as offsets.
    pub span: Range<usize>,
    /// The words that it begins with.
    pub words: Words,
    /// Number of the line, from 1.
    pub line: usize,
    /// Bytes before it on its line; a byte order mark at the start of the file is none.
    pub column: usize,
    /// The first thing on its line.
    pub starts_line: bool,
    /// At least one empty line stands above it.
    pub blank_above: bool,
    /// Opening braces before it.
    pub opened: usize,
}

/// The first words of a line, as offsets; of another node the node itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    pub first: Range<usize>,
    pub second: Option<Range<usize>>,
    /// Where a third begins.
    pub third: Option<usize>,
}

/// Reads any bytes.
pub fn parse(source: &[u8]) -> Tree<'_> {
    Tree {
        source,
        text: str::from_utf8(source).ok(),
    }
}

impl<'s> Tree<'s> {
    /// The bytes that were read, put together from the tokens.
    pub fn text(&self) -> Vec<u8> {
        let mut text = Vec::with_capacity(self.source.len());
        for token in self.tokens() {
            text.extend_from_slice(&self.source[token.start..token.end]);
        }
        text
    }

    pub fn nodes(&self) -> Nodes<'s> {
        Nodes {
            tokens: self.tokens(),
            next: None,
            line: 1,
            // The columns of the first line count from behind a byte order mark.
            line_start: match self.source.starts_with(BYTE_ORDER_MARK) {
                true => BYTE_ORDER_MARK.len(),
                false => 0,
            },
            starts_line: true,
            empty_lines: 0,
            opened: 0,
        }
    }

    pub fn tokens(&self) -> Tokens<'s> {
        lexer::tokens(self.source, 0)
    }

    /// The words of a line or of a part of one, given and returned as offsets.
    pub fn words(&self, line: Range<usize>) -> impl Iterator<Item = Range<usize>> + use<'s> {
        let source = self.source.get(..line.end).unwrap_or(self.source);
        lexer::tokens(source, line.start)
            .filter(|token| token.kind == TokenKind::Word)
            .map(|token| token.start..token.end)
    }

    /// The bytes that were read.
    pub fn source(&self) -> &'s [u8] {
        self.source
    }

    /// Where the line of an offset begins.
    pub fn line_start(&self, offset: usize) -> usize {
        let before = &self.source[..offset.min(self.source.len())];
        let ends_line = |at: &usize| match before[*at] {
            b'\n' => true,
            b'\r' => self.source.get(at + 1) != Some(&b'\n'),
            _ => false,
        };
        (0..before.len())
            .rev()
            .find(ends_line)
            .map_or(0, |at| at + 1)
    }

    /// The text at an offset; bytes that are no UTF-8 become U+FFFD.
    pub fn str(&self, span: Range<usize>) -> Cow<'s, str> {
        match self.text.and_then(|text| text.get(span.clone())) {
            Some(text) => Cow::Borrowed(text),
            None => String::from_utf8_lossy(self.source.get(span).unwrap_or_default()),
        }
    }

    /// For each opening brace, whether a closing one belongs to it.
    pub fn closed(&self) -> Vec<bool> {
        let (mut closed, mut open) = (Vec::new(), Vec::new());
        for token in self.tokens() {
            match token.kind {
                TokenKind::Open => {
                    open.push(closed.len());
                    closed.push(false);
                }
                TokenKind::Close => {
                    if let Some(at) = open.pop() {
                        closed[at] = true;
                    }
                }
                _ => {}
            }
        }
        closed
    }

    /// Whether an empty line ends the text.
    pub fn ends_blank(&self) -> bool {
        let newlines = self.tokens().fold(0, |before, token| match token.kind {
            TokenKind::Newline => before + 1,
            TokenKind::Blank => before,
            _ => 0,
        });
        newlines > 1
    }
}

/// Groups tokens into nodes.
#[derive(Clone, Debug)]
pub struct Nodes<'s> {
    tokens: Tokens<'s>,
    /// The token that ended the last node.
    next: Option<Token>,
    line: usize,
    line_start: usize,
    starts_line: bool,
    empty_lines: usize,
    opened: usize,
}

impl Iterator for Nodes<'_> {
    type Item = Node;

    fn next(&mut self) -> Option<Node> {
        loop {
            let token = self.next.take().or_else(|| self.tokens.next())?;
            let kind = match token.kind {
                TokenKind::Blank => continue,
                TokenKind::Newline => {
                    self.line += 1;
                    self.line_start = token.end;
                    self.empty_lines += usize::from(self.starts_line);
                    self.starts_line = true;
                    continue;
                }
                TokenKind::Word => NodeKind::Line,
                TokenKind::Comment => NodeKind::Comment,
                TokenKind::Open => NodeKind::Open,
                TokenKind::Close => NodeKind::Close,
            };
            let mut words = Words {
                first: token.start..token.end,
                second: None,
                third: None,
            };
            let end = match kind {
                NodeKind::Line => self.line_end(token.end, &mut words),
                NodeKind::Comment | NodeKind::Open | NodeKind::Close => token.end,
            };
            let node = Node {
                kind,
                span: token.start..end,
                words,
                line: self.line,
                column: token.start - self.line_start,
                starts_line: std::mem::take(&mut self.starts_line),
                blank_above: std::mem::take(&mut self.empty_lines) > 0,
                opened: self.opened,
            };
            self.opened += usize::from(kind == NodeKind::Open);
            return Some(node);
        }
    }
}

impl Nodes<'_> {
    /// The end of the last word that stands side by side with this one.
    fn line_end(&mut self, mut end: usize, words: &mut Words) -> usize {
        for token in self.tokens.by_ref() {
            match token.kind {
                TokenKind::Word => {
                    end = token.end;
                    match (&words.second, words.third) {
                        (None, _) => words.second = Some(token.start..token.end),
                        (Some(_), None) => words.third = Some(token.start),
                        (Some(_), Some(_)) => {}
                    }
                }
                TokenKind::Blank => {}
                _ => {
                    self.next = Some(token);
                    break;
                }
            }
        }
        end
    }
}
