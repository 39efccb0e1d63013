//! Objects to policy files, with the origin of every line.
//!
//! Deterministic: the same configuration gives the same bytes, and nothing here asks the time.
//! Variables have the values of the stack. What
//! cannot be written, because a field holds no value yet, is named in a comment where it would
//! stand, and never written in part.

mod actions;
mod attls;
mod block;
mod conditions;
mod expand;
mod files;
pub(crate) mod more;
pub(crate) mod names;
mod parts;
#[cfg(test)]
pub(crate) mod tests;

use std::sync::Arc;

use crate::objects::{Configuration, FieldPath, Object, ObjectId, Stack, variables};

pub(crate) use attls::members;
pub use conditions::{RowConditions, conditions};
pub use files::{Header, content_hash, default_paths};

/// The object and field that a line comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    pub object: ObjectId,
    pub field: FieldPath,
}

/// A file as it would be installed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompiledFile {
    /// As PAGENT names it.
    pub path: String,
    pub text: String,
    /// One per line of `text`; `None` for lines that no field wrote.
    pub origins: Vec<Option<Arc<Origin>>>,
}

/// One row of one mapping of a connectivity rule: what becomes a `TTLSRule`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowOf {
    /// The connectivity rule.
    pub rule: ObjectId,
    pub traffic: ObjectId,
    /// The row of the traffic descriptor.
    pub row: usize,
    pub level: ObjectId,
}

/// A rule of the policy file and where it comes from, in search order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompiledRule {
    /// The name of the `TTLSRule`.
    pub name: String,
    pub row: RowOf,
}

/// All files of a stack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compiled {
    pub main: CompiledFile,
    pub image: CompiledFile,
    pub policy: CompiledFile,
    pub rules: Vec<CompiledRule>,
    /// What is not written, and why, in words.
    pub unwritten: Vec<Unwritten>,
}

/// A part of a rule that cannot be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unwritten {
    pub origin: Origin,
    pub reason: String,
}

/// Compiles the files of a stack; `None` when `stack` is no stack of the configuration.
pub fn compile(
    configuration: &Configuration,
    stack: &ObjectId,
    header: &Header,
) -> Option<Compiled> {
    let configuration = &*variables::resolve(configuration, stack);
    let Some(Object::Stack(object)) = configuration.get(stack) else {
        return None;
    };
    let place = Place::of(configuration, stack, object);
    let (policy, rules, unwritten) = attls::policy(configuration, &place);
    Some(Compiled {
        main: files::main(configuration, &place, header),
        image: files::image(&place, header),
        policy: files::policy(&place, header, policy),
        rules,
        unwritten,
    })
}

/// The stack that is compiled and what it stands on.
struct Place<'a> {
    stack_id: &'a ObjectId,
    stack: &'a Stack,
    image: Option<(&'a ObjectId, &'a crate::objects::Image)>,
}

impl<'a> Place<'a> {
    fn of(configuration: &'a Configuration, stack_id: &'a ObjectId, stack: &'a Stack) -> Self {
        let image = stack
            .image
            .as_ref()
            .and_then(|id| match configuration.get(id) {
                Some(Object::Image(image)) => Some((id, image)),
                _ => None,
            });
        Self {
            stack_id,
            stack,
            image,
        }
    }

    fn release(&self) -> crate::policy::Release {
        self.image
            .map(|(_, image)| image.release)
            .unwrap_or_default()
    }

    fn stack_field(&self, field: &str) -> Origin {
        Origin {
            object: self.stack_id.clone(),
            field: field.into(),
        }
    }
}
