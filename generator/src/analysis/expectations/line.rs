//! The words of a line.

use std::ops::Range;

/// A word with its place in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub text: String,
    pub span: Range<usize>,
    /// It stood in quotation marks, and is no keyword.
    pub quoted: bool,
}

impl Word {
    pub fn is(&self, keyword: &str) -> bool {
        !self.quoted && self.text.eq_ignore_ascii_case(keyword)
    }
}

/// The words of a line up to its comment; `start`: where the line begins in the file. A quotation mark that
/// is not closed takes the rest of the line.
pub fn words(line: &str, start: usize) -> Vec<Word> {
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(found) = line[at..].find(|c: char| !c.is_whitespace()) {
        let from = at + found;
        let rest = &line[from..];
        let (text, length, quoted) = match rest.as_bytes()[0] {
            b'#' => break,
            b'"' => {
                let inner = &rest[1..];
                let end = inner.find('"').unwrap_or(inner.len());
                (&inner[..end], (end + 2).min(rest.len()), true)
            }
            _ => {
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                (&rest[..end], end, false)
            }
        };
        words.push(Word {
            text: text.to_owned(),
            span: start + from..start + from + length,
            quoted,
        });
        at = from + length;
    }
    words
}

/// Lines with where each begins.
pub fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let begin = start;
        start += line.len();
        (begin, line.trim_end_matches(['\n', '\r']))
    })
}
