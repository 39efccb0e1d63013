//! Statements in the making, compared by what they would write.

use std::collections::HashMap;
use std::sync::Arc;

use crate::policy::model::{BuildError, Builder, Statement, Tag};
use crate::policy::table::StatementDef;

use super::Origin;
use super::names::Namer;

/// Where lines come from, each known by its tag.
#[derive(Default)]
pub(super) struct Origins(Vec<Arc<Origin>>);

impl Origins {
    pub fn tag(&mut self, origin: Origin) -> Tag {
        if self.0.last().is_none_or(|last| **last != origin) {
            self.0.push(Arc::new(origin));
        }
        // A policy file has far fewer lines than a u32 counts.
        Tag(self.0.len() as u32)
    }

    pub fn of(&self, tag: Tag) -> Option<&Arc<Origin>> {
        (tag.0 as usize)
            .checked_sub(1)
            .and_then(|at| self.0.get(at))
    }
}

/// The body of a statement that has no name yet.
#[derive(Clone)]
pub(super) struct Block {
    pub def: &'static StatementDef,
    items: Vec<Item>,
    /// The first field that put something in.
    pub tag: Tag,
}

#[derive(Clone)]
enum Item {
    Line {
        keyword: &'static str,
        value: String,
        tag: Tag,
    },
    Block(Block),
}

impl Block {
    pub fn new(def: &'static StatementDef) -> Self {
        Self {
            def,
            items: Vec::new(),
            tag: Tag::NONE,
        }
    }

    pub fn line(&mut self, keyword: &'static str, value: impl Into<String>, tag: Tag) {
        if self.tag == Tag::NONE {
            self.tag = tag;
        }
        self.items.push(Item::Line {
            keyword,
            value: value.into(),
            tag,
        });
    }

    pub fn block(&mut self, inner: Self) {
        if self.tag == Tag::NONE {
            self.tag = inner.tag;
        }
        self.items.push(Item::Block(inner));
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// What it writes, as a key: equal keys write equal lines.
    pub fn content(&self) -> String {
        let mut key = String::new();
        self.add_content(&mut key);
        key
    }

    fn add_content(&self, key: &mut String) {
        for item in &self.items {
            match item {
                Item::Line { keyword, value, .. } => {
                    key.push_str(keyword);
                    key.push(' ');
                    key.push_str(value);
                    key.push('\n');
                }
                Item::Block(inner) => {
                    key.push_str(inner.def.name);
                    key.push_str("{\n");
                    inner.add_content(key);
                    key.push_str("}\n");
                }
            }
        }
    }

    /// The statement with this name; without one, a block inside another.
    pub fn finish(self, name: Option<&str>) -> Result<Statement, BuildError> {
        self.builder(name).finish()
    }

    pub fn builder(self, name: Option<&str>) -> Builder {
        let mut builder = match name {
            Some(name) => Statement::new(self.def, name),
            None => Statement::unnamed(self.def),
        };
        builder = builder.tag(self.tag).room_for(self.items.len());
        for item in self.items {
            builder = match item {
                Item::Line {
                    keyword,
                    value,
                    tag,
                } => builder.attribute(keyword, value, tag),
                Item::Block(inner) => builder.block(inner.builder(None)),
            };
        }
        builder
    }
}

/// The statements of one kind that rules share: equal content is written once.
#[derive(Default)]
pub(super) struct Shared {
    names: HashMap<String, String>,
    pub statements: Vec<Statement>,
}

impl Shared {
    /// The name of the statement with this content; a new one is named and kept.
    pub fn name_of(
        &mut self,
        block: Block,
        namer: &mut Namer,
        parts: &NameParts,
    ) -> Result<String, BuildError> {
        let content = block.content();
        if let Some(name) = self.names.get(&content) {
            return Ok(name.clone());
        }
        let (name, full) = namer.name(self.statements.len() + 1, parts);
        let mut statement = block.finish(Some(&name))?;
        if let Some(comment) = full.and_then(|full| crate::policy::model::Comment::new(&full).ok())
        {
            statement.comments.push(comment);
        }
        self.statements.push(statement);
        self.names.insert(content, name.clone());
        Ok(name)
    }
}

/// What a helper statement is named after.
pub(super) struct NameParts<'a> {
    /// `gAct`, `eAct` …
    pub kind: &'static str,
    /// Names of objects that its content comes from.
    pub objects: &'a [&'a str],
    /// The one that the compatible layout names; it numbers all.
    pub compatible: Option<&'a str>,
}
