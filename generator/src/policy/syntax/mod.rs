//! Text as lines, comments and braces, with every byte kept.
//!
//! Knows punctuation only, no keyword. Takes any bytes: time and memory grow with their number and
//! with nothing else, and `tree.text()` is what was read.

mod lexer;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;

pub use lexer::{BYTE_ORDER_MARK, Token, TokenKind};

/// A text, its tokens, and the lines and braces they make up.
#[derive(Clone, Debug)]
pub struct Tree {
    source: Vec<u8>,
    // INVARIANT: in order and without a gap, so that they cover `source`.
    tokens: Vec<Token>,
    nodes: Vec<Node>,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    pub kind: NodeKind,
    /// Indices of its first token and of the one after its last.
    tokens: (usize, usize),
    /// The brace that belongs to this one.
    pub partner: Option<usize>,
    /// Number of the line, from 1.
    pub line: usize,
    /// Bytes before it on its line; a byte order mark at the start of the file is none.
    pub column: usize,
    /// The first thing on its line.
    pub starts_line: bool,
    /// At least one empty line stands above it.
    pub blank_above: bool,
}

/// Reads any bytes.
pub fn parse(source: &[u8]) -> Tree {
    let tokens = lexer::tokens(source);
    let mark = match source.starts_with(lexer::BYTE_ORDER_MARK) {
        true => lexer::BYTE_ORDER_MARK.len(),
        false => 0,
    };
    let nodes = nodes(&tokens, mark);
    Tree {
        source: source.to_vec(),
        tokens,
        nodes,
    }
}

impl Tree {
    /// The bytes that were read, put together from the tokens.
    pub fn text(&self) -> Vec<u8> {
        let mut text = Vec::with_capacity(self.source.len());
        for token in &self.tokens {
            text.extend_from_slice(&self.source[token.start..token.end]);
        }
        text
    }

    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// The bytes of a node as offsets.
    pub fn span(&self, node: &Node) -> Range<usize> {
        let (first, end) = node.tokens;
        self.tokens[first].start..self.tokens[end - 1].end
    }

    /// The words of a line as offsets.
    pub fn words(&self, node: &Node) -> impl Iterator<Item = Range<usize>> {
        let (first, end) = node.tokens;
        self.tokens[first..end]
            .iter()
            .filter(|token| token.kind == TokenKind::Word)
            .map(|token| token.start..token.end)
    }

    /// The bytes that were read.
    pub fn source(&self) -> &[u8] {
        &self.source
    }

    /// Where the line of an offset begins.
    pub fn line_start(&self, offset: usize) -> usize {
        let before = self.tokens.partition_point(|token| token.start < offset);
        let mut before = self.tokens[..before].iter().rev();
        before
            .find(|token| token.kind == TokenKind::Newline && token.end <= offset)
            .map_or(0, |newline| newline.end)
    }

    /// The text at an offset; bytes that are no UTF-8 become U+FFFD.
    pub fn str(&self, span: Range<usize>) -> Cow<'_, str> {
        String::from_utf8_lossy(self.source.get(span).unwrap_or_default())
    }

    /// Whether an empty line ends the text.
    pub fn ends_blank(&self) -> bool {
        let last = self.nodes.last().map_or(0, |node| node.tokens.1);
        let newlines = self.tokens[last..]
            .iter()
            .filter(|token| token.kind == TokenKind::Newline)
            .count();
        newlines > 1
    }
}

/// Groups tokens into nodes and joins the braces that belong together. The columns of the first line
/// count from `line_start`, behind a byte order mark.
fn nodes(tokens: &[Token], mut line_start: usize) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::new();
    let mut open = Vec::new();
    let (mut line, mut starts_line, mut empty_lines) = (1, true, 0_usize);
    for (index, token) in tokens.iter().enumerate() {
        let kind = match token.kind {
            TokenKind::Blank => continue,
            TokenKind::Newline => {
                line += 1;
                line_start = token.end;
                empty_lines += usize::from(starts_line);
                starts_line = true;
                continue;
            }
            TokenKind::Word => NodeKind::Line,
            TokenKind::Comment => NodeKind::Comment,
            TokenKind::Open => NodeKind::Open,
            TokenKind::Close => NodeKind::Close,
        };
        if let (NodeKind::Line, Some(last)) = (kind, nodes.last_mut())
            && last.kind == NodeKind::Line
            && last.line == line
        {
            last.tokens.1 = index + 1;
            continue;
        }
        let partner = match kind {
            NodeKind::Open => {
                open.push(nodes.len());
                None
            }
            NodeKind::Close => open.pop(),
            NodeKind::Line | NodeKind::Comment => None,
        };
        if let Some(partner) = partner {
            nodes[partner].partner = Some(nodes.len());
        }
        nodes.push(Node {
            kind,
            tokens: (index, index + 1),
            partner,
            line,
            column: token.start - line_start,
            starts_line,
            blank_above: empty_lines > 0,
        });
        starts_line = false;
        empty_lines = 0;
    }
    nodes
}
