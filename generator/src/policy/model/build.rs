//! Statements made by a chain of calls.

use thiserror::Error;

use super::text::{Comment, Name, TextError, Value};
use super::{Attribute, Body, Item, Keyword, Statement, Tag};
use crate::policy::table::StatementDef;

/// A statement in the making. The first mistake is kept and [`finish`](Self::finish) returns it.
#[derive(Debug)]
pub struct Builder {
    statement: Statement,
    def: &'static StatementDef,
    items: Vec<Item>,
    error: Option<BuildError>,
}

/// Why a statement cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{statement} {name}: {keyword}: {cause}")]
pub struct BuildError {
    pub statement: &'static str,
    /// The name of the statement as it was given; empty when it was given none.
    pub name: String,
    /// The attribute, or what else of the statement is wrong.
    pub keyword: String,
    /// Where the wrong text comes from.
    pub tag: Tag,
    pub cause: Cause,
}

/// What is wrong with a part of a statement.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Cause {
    #[error(transparent)]
    Text(#[from] TextError),
    #[error("the statement has no such attribute")]
    UnknownAttribute,
    #[error("the block cannot stand in this statement")]
    NotInline,
}

impl Builder {
    pub(super) fn new(def: &'static StatementDef, name: Option<&str>) -> Self {
        let mut builder = Self {
            statement: Statement {
                keyword: Keyword::Block(def),
                name: None,
                comments: Vec::new(),
                body: Body::Line(Vec::new()),
                tag: Tag::NONE,
            },
            def,
            items: Vec::new(),
            error: None,
        };
        if let Some(text) = name {
            match Name::new(text) {
                Ok(name) => builder.statement.name = Some(name),
                Err(error) => builder.fail(text, "name", Tag::NONE, error),
            }
        }
        builder
    }

    /// Sets where the statement comes from.
    #[must_use]
    pub fn tag(mut self, tag: Tag) -> Self {
        self.statement.tag = tag;
        if let Some(error) = &mut self.error
            && error.tag == Tag::NONE
        {
            error.tag = tag;
        }
        self
    }

    /// Makes room for this many more attributes and blocks.
    #[must_use]
    pub fn room_for(mut self, items: usize) -> Self {
        self.items.reserve(items);
        self
    }

    /// Adds a comment line above the statement.
    #[must_use]
    pub fn comment(mut self, text: &str) -> Self {
        match Comment::new(text) {
            Ok(comment) => self.statement.comments.push(comment),
            Err(error) => self.fail_here("comment", self.statement.tag, error),
        }
        self
    }

    /// Adds an attribute.
    #[must_use]
    pub fn attribute(mut self, keyword: &str, value: impl Into<String>, tag: Tag) -> Self {
        let Some(def) = self.def.attribute(keyword) else {
            self.fail_here(keyword, tag, Cause::UnknownAttribute);
            return self;
        };
        match Value::new(value).and_then(|value| Attribute::new(def, value)) {
            Ok(mut attribute) => {
                attribute.tag = tag;
                self.items.push(Item::Attribute(attribute));
            }
            Err(error) => self.fail_here(keyword, tag, error),
        }
        self
    }

    /// Adds an attribute if there is a value.
    #[must_use]
    pub fn optional(self, keyword: &str, value: Option<&str>, tag: Tag) -> Self {
        match value {
            Some(value) => self.attribute(keyword, value, tag),
            None => self,
        }
    }

    /// Adds a block.
    #[must_use]
    pub fn block(mut self, inner: Self) -> Self {
        if !inner.def.is_inline_in(self.def) {
            self.fail_here(inner.def.name, inner.statement.tag, Cause::NotInline);
            return self;
        }
        match inner.finish() {
            Ok(statement) => self.items.push(Item::Block(Box::new(statement))),
            Err(error) => self.error = self.error.or(Some(error)),
        }
        self
    }

    /// The statement, or the first thing that was wrong with it.
    pub fn finish(self) -> Result<Statement, BuildError> {
        match self.error {
            Some(error) => Err(error),
            None => Ok(Statement {
                body: Body::Block {
                    items: self.items,
                    trailing: Vec::new(),
                },
                ..self.statement
            }),
        }
    }

    fn fail_here(&mut self, keyword: &str, tag: Tag, cause: impl Into<Cause>) {
        let name = self.statement.name.as_ref().map_or("", Name::as_str);
        let name = name.to_owned();
        self.fail(&name, keyword, tag, cause);
    }

    fn fail(&mut self, name: &str, keyword: &str, tag: Tag, cause: impl Into<Cause>) {
        if self.error.is_none() {
            self.error = Some(BuildError {
                statement: self.def.name,
                name: name.to_owned(),
                keyword: keyword.to_owned(),
                tag,
                cause: cause.into(),
            });
        }
    }
}
