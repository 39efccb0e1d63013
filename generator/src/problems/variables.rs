//! Variables: those that stand in fields, and those that places give.

use std::collections::BTreeSet;

use crate::finding::{Finding, Place};
use crate::objects::variables::{Resolved, Scope, Use, is_name, uses, variables_of};
use crate::objects::{Object, ObjectId};

use super::{Checker, at};

super::pages::pages! {
    NO_VALUE = "GH090" "variable-without-value" Error {
        "`{variable}` has no value on stack {stack}",
        help: "give it one on the stack, its image or its z/OS group",
        why: "A rule with this field cannot be written for the stack."
    }
    BAD_NAME = "GH091" "variable-name" Error {
        "`{variable}` cannot be the name of a variable",
        help: "write a capital letter, then capital letters, digits and `_`, 32 characters at most",
        why: "Such a name is found in no field, and its value is never used."
    }
}

/// The names of variables that an image, a stack or a group gives.
pub(super) fn names(checker: &mut Checker<'_>, id: &ObjectId, object: &Object) {
    let given = variables_of(object).into_iter().flatten();
    for (name, _) in given.filter(|(name, _)| !is_name(name)) {
        let field = format!("variables/{name}");
        checker.add(at(&BAD_NAME, id, field).fact("variable", name));
    }
}

/// Puts what is wrong on each stack in the place of what was said of fields with variables.
pub(super) fn per_stack(checker: &mut Checker<'_>, resolved: &Resolved<'_>) {
    let configuration = checker.configuration;
    let all: Vec<(&ObjectId, Vec<Use>)> = configuration
        .objects
        .iter()
        .map(|(id, object)| (id, uses(object)))
        .filter(|(_, uses)| !uses.is_empty())
        .collect();
    if all.is_empty() {
        return;
    }
    let fields = crate::sort::set(
        all.iter()
            .flat_map(|(id, uses)| uses.iter().map(|one| (*id, one.field.0.as_str()))),
    );
    let has_variable = |finding: &Finding| match &finding.place {
        Place::Field { object, field } => fields.contains(&(object, field.0.as_str())),
        Place::Text { .. } => false,
    };
    checker.findings.retain(|finding| !has_variable(finding));

    // A checker of its own, so that what it finds can be looked through.
    let mut alone = Checker {
        configuration,
        references: std::mem::take(&mut checker.references),
        oldest: checker.oldest,
        findings: Vec::new(),
    };
    for (stack, resolved) in &resolved.stacks {
        let rules = configuration.rules_of(stack);
        let enabled = rules.into_iter().filter(|(_, rule)| rule.enabled);
        let used = enabled.map(|(id, _)| id).chain([*stack]);
        let used = crate::sort::set(alone.references.with_needs(used));
        let scope = Scope::of(configuration, stack);
        let used: Vec<_> = all.iter().filter(|(id, _)| used.contains(id)).collect();
        for (id, uses) in used {
            let found = on_stack(&mut alone, id, uses, resolved.get(id), &scope, stack);
            checker.findings.extend(found);
        }
    }
    checker.references = alone.references;
}

/// What is wrong with an object's fields with variables on one stack.
fn on_stack(
    alone: &mut Checker<'_>,
    id: &ObjectId,
    uses: &[Use],
    object: Option<&Object>,
    scope: &Scope<'_>,
    stack: &ObjectId,
) -> Vec<Finding> {
    let name = alone
        .configuration
        .get(stack)
        .map(Object::name)
        .unwrap_or_default();
    let mut found = Vec::new();
    let mut whole = BTreeSet::new();
    for one in uses {
        let mut missing = one.names.iter().filter(|name| scope.get(name).is_none());
        match missing.next() {
            Some(variable) => found.push(
                at(&NO_VALUE, id, one.field.clone())
                    .fact("variable", format!("${{{variable}}}"))
                    .fact("stack", &name),
            ),
            None => drop(whole.insert(one.field.0.as_str())),
        }
    }
    let Some(object) = object else { return found };
    alone.object(id, object);
    for mut finding in alone.findings.drain(..) {
        let Place::Field { field, .. } = &finding.place else {
            continue;
        };
        if !whole.contains(field.0.as_str()) {
            continue;
        }
        // A fix would put the value of one stack in the place of the variable.
        finding.fix = None;
        let place = Place::Field {
            object: stack.clone(),
            field: "variables".into(),
        };
        found.push(finding.related(place, format!("as stack {name} has it")));
    }
    found
}
