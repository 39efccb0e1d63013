//! Further statements of a file: text of a stack that is written as it is.

use crate::policy::model::{Body, Item, Policy, Statement, Tag};
use crate::policy::{lower, parse};

/// What a text holds.
#[derive(Default)]
pub(super) struct More {
    pub statements: Vec<Statement>,
    /// What stands below the statements, and no statement.
    pub rest: Policy,
}

impl More {
    /// Reads a text; everything in it comes from where this tag says.
    pub fn read(text: &str, tag: Tag) -> Self {
        let mut policy = lower(&parse(text.as_bytes()), "").policy;
        for statement in &mut policy.statements {
            tagged(statement, tag);
        }
        let mut header = std::mem::take(&mut policy.header);
        match policy.statements.first_mut() {
            Some(first) => {
                header.append(&mut first.comments);
                first.comments = header;
            }
            None => {
                header.append(&mut policy.footer);
                policy.footer = header;
            }
        }
        Self {
            statements: std::mem::take(&mut policy.statements),
            rest: policy,
        }
    }
}

fn tagged(statement: &mut Statement, tag: Tag) {
    statement.tag = tag;
    if let Body::Block { items, .. } = &mut statement.body {
        for item in items {
            match item {
                Item::Attribute(attribute) => attribute.tag = tag,
                // The reader bounds the nesting.
                Item::Block(block) => tagged(block, tag),
            }
        }
    }
}
