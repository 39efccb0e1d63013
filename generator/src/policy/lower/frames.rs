//! The blocks that are open while a file is read.

use std::ops::Range;

use crate::policy::model::{
    Body, Comment, Keyword, Statement, Tag, Word, is_plain, is_unprintable,
};
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
    /// Which opening brace of the text begins it; `None`: none does.
    pub brace: Option<usize>,
}

/// A line of which it is not known yet whether a block follows.
pub(super) struct Held {
    /// The keyword.
    pub first: Range<usize>,
    pub second: Option<Range<usize>>,
    /// From the third word to the end of the last.
    pub rest: Option<Range<usize>>,
    pub column: usize,
    pub line: usize,
    pub comments: Vec<Comment>,
}

impl Frame {
    pub fn new(statement: Statement, column: usize, brace: Option<usize>) -> Self {
        Self {
            statement,
            column,
            indented: false,
            stray: false,
            brace,
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
            brace: None,
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
    /// From the second word to the end of the last.
    pub fn after_keyword(&self) -> Option<Range<usize>> {
        let second = self.second.as_ref()?;
        let last = self.rest.as_ref().unwrap_or(second);
        Some(second.start..last.end)
    }

    /// From the first word to the end of the last.
    pub fn all(&self) -> Range<usize> {
        let after = self.after_keyword();
        self.first.start..after.map_or(self.first.end, |after| after.end)
    }
}

/// Whether nothing in a line of a file had to be replaced.
pub(super) fn is_printable(text: &str) -> bool {
    if is_plain(text) {
        return true;
    }
    let blank = |c: char| matches!(c, '\t' | '\u{b}' | '\u{c}' | '\u{feff}');
    !text
        .chars()
        .any(|c| c == '\u{fffd}' || (is_unprintable(c) && !blank(c)))
}
