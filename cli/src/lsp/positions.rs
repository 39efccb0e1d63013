//! From bytes of a text to the positions that editors count, and back.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use lsp_types::{Position, PositionEncodingKind};

use generator::lines::Lines;

/// What a column counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    #[default]
    Utf16,
}

impl Encoding {
    /// The one that costs nothing, if the editor offers it.
    pub fn of(offered: &[PositionEncodingKind]) -> Self {
        match offered.contains(&PositionEncodingKind::UTF8) {
            true => Self::Utf8,
            false => Self::Utf16,
        }
    }

    pub fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
        }
    }

    fn units(self, letter: char) -> u32 {
        let units = match self {
            Self::Utf8 => letter.len_utf8(),
            Self::Utf16 => letter.len_utf16(),
        };
        // At most 4.
        u32::try_from(units).unwrap_or(1)
    }
}

/// Bytes of a line after which it is noted how many columns they are.
const STEP: usize = 512;

/// Offsets on one line, and the columns before them.
type Marks = Rc<Vec<(usize, u32)>>;

/// A text as an editor shows it.
#[derive(Clone)]
pub struct Sheet {
    pub lines: Rc<Lines>,
    pub encoding: Encoding,
    /// Bytes at the beginning that the editor does not show: the byte order mark of a file.
    hidden: usize,
    /// Of the long line that was asked about last.
    marks: Rc<RefCell<Option<(usize, Marks)>>>,
}

impl Sheet {
    pub fn new(lines: Rc<Lines>, encoding: Encoding, hidden: usize) -> Self {
        let marks = Rc::default();
        Self {
            lines,
            encoding,
            hidden,
            marks,
        }
    }

    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.lines.bytes().len());
        let line = self.lines.line_of(offset);
        let marks = self.marks(line);
        let before = marks.partition_point(|(at, _)| *at <= offset);
        let (from, mut character) = marks[before.max(1) - 1];
        let to = marks
            .get(before.max(1))
            .map_or(self.lines.line(line).end, |mark| mark.0);
        self.walk(from..to, |at, units| {
            let before = at < offset;
            character += if before { units } else { 0 };
            before
        });
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        Position { line, character }
    }

    pub fn range(&self, span: &Range<usize>) -> lsp_types::Range {
        lsp_types::Range {
            start: self.position(span.start),
            end: self.position(span.end),
        }
    }

    /// The byte of a position; of one behind the end of its line, that end.
    pub fn offset(&self, position: Position) -> usize {
        let line = usize::try_from(position.line).unwrap_or(usize::MAX);
        if line >= self.lines.count() {
            return self.lines.bytes().len();
        }
        let marks = self.marks(line);
        let before = marks.partition_point(|(_, character)| *character <= position.character);
        let (from, columns) = marks[before.max(1) - 1];
        let mut left = position.character.saturating_sub(columns);
        let mut offset = self.lines.line(line).end;
        let to = marks.get(before.max(1)).map_or(offset, |mark| mark.0);
        self.walk(from..to, |at, units| {
            if left < units {
                offset = at;
                return false;
            }
            left -= units;
            true
        });
        offset
    }

    pub fn span(&self, range: lsp_types::Range) -> Range<usize> {
        let start = self.offset(range.start);
        start..self.offset(range.end).max(start)
    }

    /// At least the beginning of the line.
    fn marks(&self, line: usize) -> Marks {
        let span = self.lines.line(line);
        let start = span.start.max(self.hidden.min(span.end));
        let mut marks = vec![(start, 0)];
        if span.len() <= STEP {
            return Rc::new(marks);
        }
        if let Some((known, marks)) = &*self.marks.borrow()
            && *known == line
        {
            return marks.clone();
        }
        let (mut last, mut columns) = (start, 0);
        self.walk(start..span.end, |at, units| {
            if at - last >= STEP {
                marks.push((at, columns));
                last = at;
            }
            columns += units;
            true
        });
        let marks = Rc::new(marks);
        *self.marks.borrow_mut() = Some((line, marks.clone()));
        marks
    }

    /// Calls `f` with the offset and the units of each of these letters, until it has enough.
    fn walk(&self, letters: Range<usize>, mut f: impl FnMut(usize, u32) -> bool) {
        let mut at = letters.start;
        // An editor shows one letter for bytes that are none.
        for chunk in self.lines.bytes()[letters].utf8_chunks() {
            let lost = chunk.invalid().len();
            let lost = (lost > 0).then_some((char::REPLACEMENT_CHARACTER, lost));
            let valid = chunk.valid().chars();
            let valid = valid.map(|letter| (letter, letter.len_utf8()));
            for (letter, bytes) in valid.chain(lost) {
                if !f(at, self.encoding.units(letter)) {
                    return;
                }
                at += bytes;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(bytes: &[u8], encoding: Encoding, hidden: usize) -> Sheet {
        Sheet::new(Rc::new(Lines::of(bytes.to_vec())), encoding, hidden)
    }

    /// A long line costs once, and is counted as a short one is.
    #[test]
    fn a_long_line_is_counted_as_a_short_one() {
        let text = "a\u{1F600}\u{e9}".repeat(20_000);
        let sheet = sheet(text.as_bytes(), Encoding::Utf16, 0);
        for (at, letter) in (0..20_000).step_by(17).map(|at| (at, at * 7)) {
            let position = Position::new(0, at * 4 + 1);
            let offset = usize::try_from(letter + 1).unwrap_or_default();
            assert_eq!(sheet.position(offset), position);
            assert_eq!(sheet.offset(position), offset);
        }
        let end = Position::new(0, 80_000);
        assert_eq!(sheet.position(text.len()), end);
    }

    #[test]
    fn columns_count_what_the_editor_counts() {
        let text = "a\u{e9}\u{1F600}b\r\nx\rlast".as_bytes();
        for (encoding, columns) in [
            (Encoding::Utf16, [0, 1, 2, 4, 5]),
            (Encoding::Utf8, [0, 1, 3, 7, 8]),
        ] {
            let sheet = sheet(text, encoding, 0);
            for (offset, column) in [0, 1, 3, 7, 8].into_iter().zip(columns) {
                let position = Position::new(0, column);
                assert_eq!(sheet.position(offset), position);
                assert_eq!(sheet.offset(position), offset);
            }
            assert_eq!(sheet.position(10), Position::new(1, 0));
            assert_eq!(sheet.position(99), Position::new(2, 4));
            assert_eq!(sheet.offset(Position::new(0, 99)), 8);
            assert_eq!(sheet.offset(Position::new(9, 0)), text.len());
        }
        let half = sheet(text, Encoding::Utf16, 0).offset(Position::new(0, 3));
        assert_eq!(half, 3, "inside a letter its beginning counts");
    }

    #[test]
    fn lost_bytes_are_a_letter_and_a_mark_is_none() {
        let sheet = sheet(b"\xEF\xBB\xBFa\xffb\nc", Encoding::Utf16, 3);
        assert_eq!(sheet.position(0), Position::new(0, 0));
        assert_eq!(sheet.position(5), Position::new(0, 2));
        assert_eq!(sheet.offset(Position::new(0, 1)), 4);
        assert_eq!(sheet.offset(Position::new(0, 3)), 6);
        assert_eq!(sheet.offset(Position::new(1, 1)), 8);
    }
}
