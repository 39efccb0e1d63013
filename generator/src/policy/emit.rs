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
    for statement in &policy.statements {
        out.push(statement);
    }
    out.end(&policy.footer);
    if policy.header.is_empty() {
        out
    } else {
        out.under(&policy.header)
    }
}

impl Emitted {
    /// Adds a statement of the file.
    pub(crate) fn push(&mut self, statement: &Statement) {
        self.statement(statement, 0);
    }

    /// Adds a line as it is.
    pub(crate) fn raw(&mut self, line: &str, tag: Tag) {
        self.line(0, line, tag);
    }

    /// Adds comment lines at the end of the file.
    pub(crate) fn end(&mut self, footer: &[Comment]) {
        // The empty line parts comments that stand alone from a header.
        if self.text.is_empty() && !footer.is_empty() {
            self.line(0, "", Tag::NONE);
        }
        self.comments(footer, 0, Tag::NONE);
    }

    /// Puts header lines above what was written, and an empty line between.
    pub(crate) fn under(self, header: &[Comment]) -> Self {
        let mut whole = Self::default();
        whole.text.reserve(self.text.len() + 1024);
        whole.lines.reserve(self.lines.len() + header.len() + 1);
        whole.comments(header, 0, Tag::NONE);
        if !self.text.starts_with('\n') {
            whole.line(0, "", Tag::NONE);
        }
        whole.text.push_str(&self.text);
        whole.lines.extend(self.lines);
        whole
    }

    fn statement(&mut self, statement: &Statement, indent: usize) {
        let tag = statement.tag;
        self.comments(&statement.comments, indent, tag);
        let keyword = statement.keyword.as_str();
        match &statement.body {
            Body::Line(words) => {
                self.begin(indent, tag);
                self.text.push_str(keyword);
                for word in words {
                    self.text.push(' ');
                    self.text.push_str(word.as_str());
                }
                self.text.push('\n');
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
        self.begin(indent, tag);
        self.text.push_str(keyword);
        if !value.is_empty() {
            let width = VALUE_COLUMN.saturating_sub(indent + 1);
            self.blanks(width.saturating_sub(keyword.chars().count()) + 1);
            self.text.push_str(value);
        }
        self.text.push('\n');
    }

    fn line(&mut self, indent: usize, text: &str, tag: Tag) {
        self.begin(indent, tag);
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn begin(&mut self, indent: usize, tag: Tag) {
        self.lines.push(tag);
        self.blanks(indent);
    }

    fn blanks(&mut self, mut count: usize) {
        const BLANKS: &str = "                                        ";
        while count > 0 {
            let some = count.min(BLANKS.len());
            self.text.push_str(&BLANKS[..some]);
            count -= some;
        }
    }
}
