//! References: to something, of the right kind, without circles; and what nobody uses.

use crate::objects::{Kind, Object, ObjectId};

use super::{Checker, at, edit, fix};

super::pages::pages! {
    DANGLING = "GH010" "reference-to-nothing" Error {
        "{field} names an object that does not exist",
        help: "choose another one, or restore the deleted object from the history",
        why: "What refers to nothing cannot be written; the rule would be missing from the policy file."
    }
    WRONG_KIND = "GH011" "reference-to-another-kind" Error {
        "{field} names {kind} `{name}`, which cannot stand here",
        help: "choose an object of the right kind",
        why: "What refers to the wrong kind cannot be written; the rule would be missing from the policy file."
    }
    CIRCLE = "GH012" "group-contains-itself" Error {
        "address group `{name}` contains itself",
        help: "remove one of the inner groups",
        why: "A circle of groups has no members that could be written."
    }
    UNUSED = "GH013" "nobody-uses-it" Info {
        "nothing uses this {kind}",
        help: "use it in a rule, or delete it",
        why: "What nobody uses is written nowhere. It does no harm."
    }
}

pub(super) fn check(checker: &mut Checker<'_>, id: &ObjectId, object: &Object) {
    let mut findings = Vec::new();
    for reference in checker.references.used_by(id) {
        let label = || crate::objects::fields::label(object.kind(), &reference.field.0);
        match checker.configuration.get(&reference.target) {
            None => {
                let mut finding = at(&DANGLING, id, reference.field.clone()).fact("field", label());
                // Only references in lists and optional fields can be taken out.
                if reference.field.0.starts_with("groups/") {
                    let edits = vec![edit(id, reference.field.clone(), None)];
                    finding = finding.fix(fix("take it out", edits));
                }
                findings.push(finding);
            }
            Some(target) if !reference.expected.contains(&target.kind()) => findings.push(
                at(&WRONG_KIND, id, reference.field.clone())
                    .fact("field", label())
                    .fact("kind", target.kind().singular())
                    .fact("name", target.name()),
            ),
            Some(_) => {}
        }
    }
    if object.kind() == Kind::AddressGroup && contains_itself(checker, id) {
        findings.push(at(&CIRCLE, id, "groups").fact("name", object.name()));
    }
    let reusable = matches!(
        object.kind(),
        Kind::AddressGroup | Kind::TrafficDescriptor | Kind::SecurityLevel | Kind::RequirementMap
    );
    if reusable && !object.supplied() && checker.references.users_of(id).is_empty() {
        findings.push(at(&UNUSED, id, "name").fact("kind", object.kind().singular()));
    }
    checker.findings.extend(findings);
}

fn contains_itself(checker: &Checker<'_>, id: &ObjectId) -> bool {
    let inner = checker.references.needs(id);
    inner.iter().chain([id]).any(|group| {
        checker
            .references
            .used_by(group)
            .iter()
            .any(|reference| &reference.target == id)
    })
}
