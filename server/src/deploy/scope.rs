//! Which findings are about a stack.

use std::collections::BTreeSet;

use api::finding::Finding;
use generator::finding::{self, Place};
use generator::objects::references::References;
use generator::objects::{Configuration, ObjectId};

/// The objects that a stack's files are made of.
fn objects_of(
    configuration: &Configuration,
    references: &References,
    stack: &ObjectId,
) -> BTreeSet<ObjectId> {
    let mut objects: BTreeSet<_> = configuration.owners_of(stack).into_iter().collect();
    for (id, rule) in configuration.rules_of(stack) {
        if rule.enabled {
            objects.insert(id.clone());
            objects.extend(references.needs(id));
        }
    }
    objects
}

/// The findings about the objects of a stack, as the API has them.
pub(super) fn findings_of(
    configuration: &Configuration,
    references: &References,
    findings: &[finding::Finding],
    stack: &ObjectId,
) -> Vec<Finding> {
    let found = about(configuration, references, findings, stack);
    found.into_iter().map(Finding::from).collect()
}

/// The findings about the objects of a stack.
pub(super) fn about<'a>(
    configuration: &Configuration,
    references: &References,
    findings: &'a [finding::Finding],
    stack: &ObjectId,
) -> Vec<&'a finding::Finding> {
    let objects = objects_of(configuration, references, stack);
    let concerns = |finding: &&finding::Finding| match &finding.place {
        Place::Field { object, .. } => objects.contains(object),
        Place::Text { .. } => true,
    };
    findings.iter().filter(concerns).collect()
}
