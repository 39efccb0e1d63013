//! The blocks that are open while a file is read.

use std::ops::Range;

use crate::policy::model::{Body, Comment, Keyword, Statement, Tag, Word, is_unprintable};
use crate::policy::table::StatementDef;

/// A block that is open.
pub(super) struct Frame {
    pub statement: Statement,
    /// Where its keyword stands on its line.
    column: usize,
    /// Something in it begins further to the right than the keyword.
    indented: bool,
    /// A brace without a statement: what stands in it belongs to the block around.
    stray: bool,
    /// As braces are paired in the text, one closes it.
    pub is_closed: bool,
}

/// A line of which it is not known yet whether a block follows.
pub(super) struct Held {
    // INVARIANT: at least one.
    pub words: Vec<Range<usize>>,
    pub column: usize,
    pub line: usize,
    pub comments: Vec<Comment>,
}

impl Frame {
    pub fn new(statement: Statement, column: usize) -> Self {
        Self {
            statement,
            column,
            indented: false,
            stray: false,
            is_closed: true,
        }
    }

    pub fn stray() -> Self {
        Self {
            statement: Statement {
                keyword: Keyword::Unknown(Word::read("{")),
                name: None,
                comments: Vec::new(),
                body: Body::Line(Vec::new()),
                tag: Tag::NONE,
            },
            column: 0,
            indented: false,
            stray: true,
            is_closed: true,
        }
    }

    pub fn is_stray(&self) -> bool {
        self.stray
    }

    fn takes(&self, def: &StatementDef) -> bool {
        match self.statement.def() {
            Some(around) => def.is_inline_in(around),
            // Nobody knows what an unknown statement takes; some statements are never in a block.
            None => !self.stray && !def.inline_in.is_empty(),
        }
    }

    /// Notes that something begins at this column of the block.
    pub fn note(&mut self, column: usize) {
        self.indented |= column > self.column;
    }

    /// Whether what begins at this column stands outside, by its indentation.
    fn is_left_of(&self, column: usize) -> bool {
        self.indented && column <= self.column
    }
}

/// How many of the open blocks stay open when this statement begins at this column.
///
/// A statement that could stand in the block is taken out of it by its indentation only if it has a name,
/// as a statement outside must have.
pub(super) fn blocks_to_keep(
    frames: &[Frame],
    def: &StatementDef,
    column: usize,
    named: bool,
) -> usize {
    let fits = |frame: &Frame| frame.takes(def) && !(named && frame.is_left_of(column));
    let outside = def.inline_in.is_empty() || frames.iter().all(|frame| column <= frame.column);
    let keep = match frames.iter().rposition(fits) {
        Some(at) => at + 1,
        None if outside => 0,
        // Indented, but not for this block: it stands in the wrong one.
        None => frames.len(),
    };
    let stray = frames[keep..].iter().take_while(|frame| frame.stray);
    keep + stray.count()
}

impl Held {
    /// From the word at this index to the last.
    pub fn words_from(&self, index: usize) -> Option<Range<usize>> {
        self.words.get(index..).and_then(joined)
    }
}

/// From the first to the last.
pub(super) fn joined(words: &[Range<usize>]) -> Option<Range<usize>> {
    Some(words.first()?.start..words.last()?.end)
}

/// Whether nothing in a line of a file had to be replaced.
pub(super) fn is_printable(text: &str) -> bool {
    let blank = |c: char| matches!(c, '\t' | '\u{b}' | '\u{c}' | '\u{feff}');
    !text
        .chars()
        .any(|c| c == '\u{fffd}' || (is_unprintable(c) && !blank(c)))
}
