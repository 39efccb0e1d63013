//! Further statements of a file: text of a stack that is written as it is.
//!
//! Looks at its lines and braces only: what other technologies may write, they know.

use crate::policy::emit::Emitted;
use crate::policy::model::Tag;

/// Writes the lines of a text; what no line can hold is shown as `?`.
pub(super) fn add(emitted: &mut Emitted, text: &str, tag: Tag) {
    for line in text.trim_end().lines() {
        let safe = |c: char| if c.is_control() && c != '\t' { '?' } else { c };
        let line: String = line.trim_end().chars().map(safe).collect();
        emitted.raw(&line, tag);
    }
}

/// The keywords of statements that stand in no block, with the numbers of their lines from 1.
pub(crate) fn keywords(text: &str) -> Vec<(usize, &str)> {
    let mut depth = 0_usize;
    let mut keywords = Vec::new();
    for (number, words) in words(text) {
        let first = words.first().copied();
        if let Some(first) = first.filter(|first| depth == 0 && !is_brace(first)) {
            keywords.push((number, first));
        }
        for word in words {
            match word {
                "{" => depth += 1,
                "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
    }
    keywords
}

/// The line of a brace that no other one belongs to.
pub(crate) fn lone_brace(text: &str) -> Option<usize> {
    let mut open = Vec::new();
    for (number, words) in words(text) {
        for word in words {
            match word {
                "{" => open.push(number),
                "}" if open.pop().is_none() => return Some(number),
                _ => {}
            }
        }
    }
    open.pop()
}

fn is_brace(word: &str) -> bool {
    matches!(word, "{" | "}")
}

/// The words of each line that stand before a comment.
fn words(text: &str) -> impl Iterator<Item = (usize, Vec<&str>)> {
    text.lines().enumerate().map(|(at, line)| {
        let words = line.split_whitespace();
        let said = words.take_while(|word| !word.starts_with('#'));
        (at + 1, said.collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_and_braces_are_found_by_their_lines() {
        let text =
            "# ours\nLogLevel 511\nIpFilterPolicy a # {\n{\n  Inner\n  {\n  }\n}\n\nCodepage x\n";
        assert_eq!(
            keywords(text),
            [(2, "LogLevel"), (3, "IpFilterPolicy"), (10, "Codepage")]
        );
        assert_eq!(lone_brace(text), None);
        assert_eq!(lone_brace("A\n{\nB\n"), Some(2));
        assert_eq!(lone_brace("A\n}\n"), Some(2));
        assert_eq!(lone_brace(""), None);
    }
}
