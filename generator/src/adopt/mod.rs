//! Policy to objects: what a Policy Agent file says, as what an administrator edits.
//!
//! Every rule comes back as a connectivity rule in the same place of the search order; equal
//! definitions become one reusable object, also with those that the configuration has already;
//! comments become descriptions. What has no object form is kept as text of the stack's files, and
//! the report says what became of each statement. Compiling the result gives a policy that treats
//! every connection as the one that was read.
//!
//! Expects a policy without errors: what cannot be understood is left out, by name.

mod conditions;
mod connectivity;
mod files;
mod known;
mod names;
mod parameters;
pub mod proof;
mod report;
mod rules;
mod stack;
#[cfg(test)]
mod tests;

use crate::objects::{Configuration, Object, ObjectId, SystemName};
use crate::policy::{Files, Release, ResolvedStack};

pub use files::of_other;
pub use report::{Entry, What};

/// Where the objects go.
#[derive(Clone, Debug)]
pub enum Target {
    /// A stack of the configuration: its own rules are replaced.
    Stack(ObjectId),
    /// A new stack on an image of the configuration.
    NewStack { name: SystemName, image: ObjectId },
    /// A new stack on a new image.
    NewImage {
        name: SystemName,
        image: SystemName,
        release: Release,
    },
}

/// What came of a policy.
#[derive(Clone, Debug)]
pub struct Adoption {
    /// The stack that has the rules now.
    pub stack: ObjectId,
    /// Objects to put, and those to remove; in an order in which each refers to earlier ones.
    pub changes: Vec<(ObjectId, Option<Object>)>,
    pub report: Vec<Entry>,
}

impl Adoption {
    /// The configuration with the changes.
    pub fn apply(&self, configuration: &Configuration) -> Configuration {
        let mut configuration = configuration.clone();
        for (id, object) in &self.changes {
            match object {
                Some(object) => {
                    configuration.objects.insert(id.clone(), object.clone());
                }
                None => {
                    configuration.objects.remove(id);
                }
            }
        }
        configuration
    }
}

/// Turns the policy of a stack into objects of a configuration.
///
/// `files` gives the main and image files again, for what else stands in them; `main` is the path of
/// the main file, and absent for a policy that was read alone. `new_id` makes an id that no object has.
pub fn adopt(
    resolved: &ResolvedStack,
    main: Option<&str>,
    files: &dyn Files,
    base: &Configuration,
    target: &Target,
    new_id: &mut dyn FnMut() -> ObjectId,
) -> Adoption {
    stack::adopt(resolved, main, files, base, target, new_id)
}
