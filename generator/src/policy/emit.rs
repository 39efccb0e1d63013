//! A policy as text.
//!
//! One layout: keyword in column 1, what follows it from column 35, braces alone on their lines, two
//! columns more for each block. Reading the text gives an equal policy.

use super::model::{Attribute, Body, Comment, Item, Policy, Statement, Tag};

/// Columns before a name or value.
const VALUE_COLUMN: usize = 34;
/// Columns that a block moves its content to the right.
const INDENT: usize = 2;

/// A text, and where each of its lines comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Emitted {
    /// Each line ends with a line feed.
    pub text: String,
    /// One tag per line.
    pub lines: Vec<Tag>,
}

/// Writes a policy.
pub fn emit(policy: &Policy) -> Emitted {
    let mut out = Emitted::default();
    out.comments(&policy.header, 0, Tag::NONE);
    let bare = policy.header.is_empty() && policy.statements.is_empty();
    // The empty line parts the header from what follows, and a footer that stands alone from a header.
    if !policy.header.is_empty() || (bare && !policy.footer.is_empty()) {
        out.line(0, "", Tag::NONE);
    }
    for statement in &policy.statements {
        out.statement(statement, 0);
    }
    out.comments(&policy.footer, 0, Tag::NONE);
    out
}

impl Emitted {
    fn statement(&mut self, statement: &Statement, indent: usize) {
        let tag = statement.tag;
        self.comments(&statement.comments, indent, tag);
        let keyword = statement.keyword.as_str();
        match &statement.body {
            Body::Line(words) => {
                let words: Vec<_> = words.iter().map(|word| word.as_str()).collect();
                let words = [&[keyword], words.as_slice()].concat().join(" ");
                self.line(indent, &words, tag);
            }
            Body::Block { items, trailing } => {
                self.pair(indent, keyword, statement.name_str().unwrap_or(""), tag);
                self.line(indent, "{", tag);
                for item in items {
                    match item {
                        Item::Attribute(attribute) => self.attribute(attribute, indent + INDENT),
                        Item::Block(block) => self.statement(block, indent + INDENT),
                    }
                }
                self.comments(trailing, indent + INDENT, tag);
                self.line(indent, "}", tag);
            }
        }
    }

    fn attribute(&mut self, attribute: &Attribute, indent: usize) {
        self.comments(&attribute.comments, indent, attribute.tag);
        self.pair(indent, attribute.name(), attribute.value(), attribute.tag);
    }

    fn comments(&mut self, comments: &[Comment], indent: usize, tag: Tag) {
        for comment in comments {
            let line = format!("## {comment}");
            self.line(indent, line.trim_end_matches(' '), tag);
        }
    }

    /// A keyword, and what belongs to it in its column.
    fn pair(&mut self, indent: usize, keyword: &str, value: &str, tag: Tag) {
        if value.is_empty() {
            self.line(indent, keyword, tag);
        } else {
            let width = VALUE_COLUMN.saturating_sub(indent + 1);
            self.line(indent, &format!("{keyword:<width$} {value}"), tag);
        }
    }

    fn line(&mut self, indent: usize, text: &str, tag: Tag) {
        self.text.extend(std::iter::repeat_n(' ', indent));
        self.text.push_str(text);
        self.text.push('\n');
        self.lines.push(tag);
    }
}
