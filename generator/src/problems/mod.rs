//! Findings about a configuration: what can be seen without a target.
//!
//! One file per subject; each check stands beside its page. What compiled text alone can show is
//! said by `policy` and `check` and carried back to fields through the origins of its lines.

mod addresses;
mod names;
mod pages;
mod references;
mod rules;
mod security;
mod settings;
mod systems;
#[cfg(test)]
mod tests;
mod traffic;
mod variables;

use crate::finding::{FieldEdit, Finding, Fix, Page, Place};
use crate::objects::references::References;
use crate::objects::variables::Resolved;
use crate::objects::{Configuration, FieldPath, Object, ObjectId};
use crate::policy::Release;

pub use pages::all_pages;

/// Everything that is wrong with a configuration, or worth knowing, by object and field.
pub fn problems(configuration: &Configuration) -> Vec<Finding> {
    let mut checker = Checker {
        configuration,
        references: References::of(configuration),
        oldest: configuration.oldest_release(),
        findings: Vec::new(),
    };
    for (id, object) in &configuration.objects {
        checker.object(id, object);
    }
    variables::per_stack(&mut checker, &Resolved::of(configuration));
    names::collisions(&mut checker);
    systems::shared_files(&mut checker);
    rules::per_stack(&mut checker);
    checker.leave_out_unused_supplies();
    crate::sort::by(&mut checker.findings, |a, b| {
        place_key(a).cmp(&place_key(b))
    });
    checker.findings
}

fn place_key(finding: &Finding) -> (&str, &str, &str) {
    match &finding.place {
        Place::Field { object, field } => (&object.0, &field.0, finding.page.code),
        Place::Text { file, .. } => (file, "", finding.page.code),
    }
}

/// The findings so far, and what the checks look things up in.
struct Checker<'a> {
    configuration: &'a Configuration,
    references: References,
    /// The oldest release of an image.
    oldest: Option<Release>,
    findings: Vec<Finding>,
}

impl Checker<'_> {
    fn object(&mut self, id: &ObjectId, object: &Object) {
        names::check(self, id, object);
        variables::names(self, id, object);
        references::check(self, id, object);
        settings::check(self, id, object);
        match object {
            Object::AddressGroup(group) => addresses::check(self, id, group),
            Object::TrafficDescriptor(traffic) => traffic::check(self, id, traffic),
            Object::SecurityLevel(level) => security::check(self, id, level),
            Object::RequirementMap(map) => rules::mappings(self, id, "mappings", &map.mappings),
            Object::Group(_) => {}
            Object::Image(image) => systems::image(self, id, image),
            Object::Stack(stack) => systems::stack(self, id, stack),
            Object::Rule(rule) => rules::check(self, id, rule),
        }
    }

    /// What comes with Gatehouse and is not used concerns nobody.
    fn leave_out_unused_supplies(&mut self) {
        let (configuration, references) = (self.configuration, &self.references);
        self.findings.retain(|finding| match &finding.place {
            Place::Field { object, .. } => {
                let supplied = configuration.get(object).is_some_and(Object::supplied);
                !supplied || !references.users_of(object).is_empty()
            }
            Place::Text { .. } => true,
        });
    }

    fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
    }
}

/// A finding at a field.
fn at(page: &'static Page, id: &ObjectId, field: impl Into<FieldPath>) -> Finding {
    Finding::new(
        page,
        Place::Field {
            object: id.clone(),
            field: field.into(),
        },
    )
}

/// A fix that gives one field a new text.
fn set(title: impl Into<String>, id: &ObjectId, field: impl Into<FieldPath>, text: &str) -> Fix {
    fix(title, vec![edit(id, field, Some(json_text(text)))])
}

fn fix(title: impl Into<String>, edits: Vec<FieldEdit>) -> Fix {
    Fix {
        title: title.into(),
        edits,
    }
}

/// A new value as JSON text, or `None` to remove it.
fn edit(id: &ObjectId, field: impl Into<FieldPath>, value: Option<String>) -> FieldEdit {
    FieldEdit {
        object: id.clone(),
        field: field.into(),
        value,
    }
}

/// A text as JSON.
fn json_text(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            c if c.is_control() => json.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => json.push(c),
        }
    }
    json.push('"');
    json
}

/// A list of texts as JSON.
fn json_list<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let items: Vec<_> = texts.into_iter().map(json_text).collect();
    format!("[{}]", items.join(","))
}
