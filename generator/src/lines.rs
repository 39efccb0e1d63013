//! From bytes of a file to lines and columns.

use std::ops::Range;

/// A place as people and editors count: both from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// Bytes before, in and behind a place that an excerpt holds.
const LONGEST: usize = 400;

/// The lines of a file.
pub struct Lines {
    bytes: Vec<u8>,
    starts: Vec<usize>,
}

impl Lines {
    pub fn of(bytes: Vec<u8>) -> Self {
        let mut starts = vec![0];
        let mut at = 0;
        while at < bytes.len() {
            at += match &bytes[at..] {
                [b'\r', b'\n', ..] => 2,
                _ => 1,
            };
            if matches!(bytes[at - 1], b'\n' | b'\r') {
                starts.push(at);
            }
        }
        Self { bytes, starts }
    }

    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.bytes.len());
        let line = self.line_of(offset);
        let before = String::from_utf8_lossy(&self.bytes[self.starts[line]..offset]);
        Position {
            line: line + 1,
            column: before.chars().count() + 1,
        }
    }

    /// The lines of a place as text, and the place in that text. Of what is too long for a screen, what
    /// stands around the beginning of the place.
    pub fn excerpt(&self, span: &Range<usize>) -> (String, Range<usize>) {
        let start = span.start.min(self.bytes.len());
        let end = span.end.clamp(start, self.bytes.len()).min(start + LONGEST);
        let first = self.starts[self.line_of(start)];
        let last = self.line_of(end.max(start + 1).min(self.bytes.len().max(1)) - 1);
        let stop = self.starts.get(last + 1).copied();
        let stop = stop.unwrap_or(self.bytes.len()).min(end + LONGEST);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let mut excerpt = text(&self.bytes[first.max(start.saturating_sub(LONGEST))..start]);
        let from = excerpt.len();
        excerpt.push_str(&text(&self.bytes[start..end]));
        let to = excerpt.len();
        excerpt.push_str(text(&self.bytes[end..stop]).trim_end_matches(['\n', '\r']));
        (excerpt, from..to)
    }

    /// The bytes of a line, counted from 0, without what ends it; the last one when there are not so many.
    pub fn line(&self, line: usize) -> Range<usize> {
        let line = line.min(self.starts.len() - 1);
        let end = self.starts.get(line + 1).copied();
        let span = self.starts[line]..end.unwrap_or(self.bytes.len());
        let text = &self.bytes[span.clone()];
        let ending = match end {
            Some(_) if text.ends_with(b"\r\n") => 2,
            Some(_) => 1,
            None => 0,
        };
        span.start..span.end - ending
    }

    /// How many lines there are; at least one.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The line of an offset, counted from 0.
    pub fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset).max(1) - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_the_policy_language_ends_them() {
        let lines = Lines::of(b"one\r\ntwo\rthr\xffee\n".to_vec());
        let at = |offset| {
            let found = lines.position(offset);
            (found.line, found.column)
        };
        assert_eq!(
            [at(0), at(4), at(5), at(9)],
            [(1, 1), (1, 5), (2, 1), (3, 1)]
        );
        assert_eq!(at(13), (3, 5), "a byte that is no text is one column");
        assert_eq!(at(99), (4, 1));
    }

    #[test]
    fn an_excerpt_holds_whole_lines() {
        let lines = Lines::of(b"one two\r\nthr\xffee four\nfive".to_vec());
        let cut = |span: Range<usize>| {
            let (text, place) = lines.excerpt(&span);
            (text[place].to_owned(), text)
        };
        assert_eq!(cut(4..7), ("two".to_owned(), "one two".to_owned()));
        assert_eq!(
            cut(13..15),
            ("ee".to_owned(), "thr\u{fffd}ee four".to_owned())
        );
        assert_eq!(cut(4..12).1, "one two\r\nthr\u{fffd}ee four");
        assert_eq!(cut(99..120), (String::new(), "five".to_owned()));
        assert_eq!(
            Lines::of(b"".to_vec()).excerpt(&(0..0)),
            (String::new(), 0..0)
        );
    }
}
