//! Every call of the generator, in one place.

use std::collections::BTreeMap;
use std::sync::Arc;

use generator::compile::{self, Compiled, Header};
use generator::finding::{FieldEdit, Finding, Fix, Place, Severity};
use generator::objects::references::References;
use generator::objects::summary;
pub use generator::objects::summary::{
    endpoint as endpoint_words, level as level_words, name_of, shown_name,
};
use generator::objects::{
    Configuration, Kind, MapUse, Mapping, Object, ObjectId, TrafficRow, edit, fields, references,
};
use generator::problems;
use generator::sort;
use leptos::prelude::WithUntracked;
use serde_json::Value;

use crate::workspace::{Changes, Workspace};

/// All findings of a configuration, by object.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    pub all: Vec<Arc<Finding>>,
    by_object: BTreeMap<ObjectId, Vec<usize>>,
}

impl Findings {
    fn new(found: Vec<Finding>) -> Self {
        let mut by_object: BTreeMap<ObjectId, Vec<usize>> = BTreeMap::new();
        for (number, finding) in found.iter().enumerate() {
            if let Place::Field { object, .. } = &finding.place {
                by_object.entry(object.clone()).or_default().push(number);
            }
        }
        Self {
            all: found.into_iter().map(Arc::new).collect(),
            by_object,
        }
    }

    /// The findings of an object.
    pub fn of(&self, object: &ObjectId) -> impl Iterator<Item = &Arc<Finding>> {
        let numbers = self.by_object.get(object).map_or(&[][..], Vec::as_slice);
        numbers.iter().filter_map(|number| self.all.get(*number))
    }

    /// The findings at a field; `deep`: also those inside of it.
    pub fn at(&self, object: &ObjectId, field: &str, deep: bool) -> Vec<Arc<Finding>> {
        let here = |finding: &&Arc<Finding>| match &finding.place {
            Place::Field { field: at, .. } => {
                at.0 == field
                    || deep
                        && at
                            .0
                            .strip_prefix(field)
                            .is_some_and(|rest| rest.starts_with('/'))
            }
            Place::Text { .. } => false,
        };
        self.of(object).filter(here).cloned().collect()
    }

    /// The worst finding at exactly this field.
    pub fn worst_at(&self, object: &ObjectId, field: &str) -> Option<Severity> {
        let here = |finding: &&Arc<Finding>| matches!(&finding.place, Place::Field { field: at, .. } if at.0 == field);
        self.of(object)
            .filter(here)
            .map(|finding| finding.page.severity)
            .max()
    }

    pub fn count(&self, severity: Severity) -> usize {
        self.all
            .iter()
            .filter(|finding| finding.page.severity == severity)
            .count()
    }

    /// How many findings an object has, and the worst of them.
    pub fn worst(&self, object: &ObjectId) -> Option<(usize, Severity)> {
        self.worst_of([object])
    }

    /// The same of several objects together.
    pub fn worst_of<'a>(
        &self,
        objects: impl IntoIterator<Item = &'a ObjectId>,
    ) -> Option<(usize, Severity)> {
        let objects = objects.into_iter().flat_map(|object| self.of(object));
        let each = objects.map(|finding| (1, finding.page.severity));
        each.reduce(|a, b| (a.0 + b.0, a.1.max(b.1)))
    }
}

pub fn findings(configuration: &Configuration) -> Findings {
    Findings::new(problems::problems(configuration))
}

/// The files of a stack; `None` when there is no such stack.
pub fn compile(configuration: &Configuration, stack: &ObjectId) -> Option<Compiled> {
    compile::compile(configuration, stack, &Header::default())
}

/// "traffic descriptor MQ", for a sentence.
pub fn called(object: &Object) -> String {
    let name = object.name();
    match name.as_str() {
        "" => format!("the unnamed {}", object.kind().singular()),
        name => format!("{} {name}", object.kind().singular()),
    }
}

/// A name of the kind that no object has yet.
pub fn free_name(configuration: &Configuration, kind: Kind, wish: &str) -> String {
    let taken = |name: &str| {
        configuration
            .objects
            .values()
            .any(|object| object.kind() == kind && object.name().eq_ignore_ascii_case(name))
    };
    if !taken(wish) {
        return wish.to_owned();
    }
    (2..)
        .map(|number| format!("{wish}_{number}"))
        .find(|name| !taken(name))
        .unwrap_or_default()
}

/// What an object holds, in a few words: for lists, pickers and search.
pub fn contents(configuration: &Configuration, object: &Object) -> String {
    match object {
        Object::AddressGroup(group) => {
            let mut parts: Vec<String> = group.addresses.iter().map(ToString::to_string).collect();
            parts.extend(group.hosts.iter().map(|host| host.name.to_string()));
            parts.extend(group.groups.iter().map(|id| name_of(configuration, id)));
            parts.join(", ")
        }
        Object::TrafficDescriptor(traffic) => traffic
            .rows
            .iter()
            .map(row_words)
            .collect::<Vec<_>>()
            .join(", "),
        Object::SecurityLevel(level) => level_words(level),
        Object::RequirementMap(map) => mappings_words(configuration, &map.mappings),
        Object::Group(group) => group.description.clone(),
        Object::Image(image) => image.keyring.to_string(),
        Object::Stack(stack) => stack
            .image
            .as_ref()
            .map(|id| name_of(configuration, id))
            .unwrap_or_default(),
        Object::Rule(rule) => format!(
            "{} to {}, {}",
            endpoint_words(configuration, &rule.local),
            endpoint_words(configuration, &rule.remote),
            match &rule.map {
                MapUse::Shared(id) => name_of(configuration, id),
                MapUse::Own(mappings) => mappings_words(configuration, mappings),
            }
        ),
    }
}

/// The lowest and highest port of each field of a traffic descriptor that names some.
pub fn ports_of(object: &Object) -> Vec<(u16, u16)> {
    let Object::TrafficDescriptor(traffic) = object else {
        return Vec::new();
    };
    traffic.rows.iter().flat_map(ports_of_row).collect()
}

/// The same of one row.
pub fn ports_of_row(row: &TrafficRow) -> impl Iterator<Item = (u16, u16)> {
    let ports = [&row.local_port, &row.remote_port].into_iter();
    ports.filter_map(|ports| ports.value()?.bounds())
}

/// The names of the objects that an object refers to.
pub fn names_used(configuration: &Configuration, object: &Object) -> Vec<String> {
    let references = references::references(object).into_iter();
    references
        .map(|reference| name_of(configuration, &reference.target))
        .collect()
}

fn row_words(row: &TrafficRow) -> String {
    let ports = match summary::ports(&row.local_port.to_string(), &row.remote_port.to_string()) {
        ports if ports == "all" => "all ports".to_owned(),
        ports => ports,
    };
    match row.jobname.to_string().as_str() {
        "*" => ports,
        job => format!("{ports} {job}"),
    }
}

pub fn mappings_words(configuration: &Configuration, mappings: &[Mapping]) -> String {
    let word = |id: &Option<ObjectId>| {
        id.as_ref()
            .map_or_else(|| "?".to_owned(), |id| name_of(configuration, id))
    };
    mappings
        .iter()
        .map(|m| format!("{} → {}", word(&m.traffic), word(&m.level)))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The mappings that count for a rule.
pub fn mappings_of<'a>(configuration: &'a Configuration, map: &'a MapUse) -> &'a [Mapping] {
    match map {
        MapUse::Own(mappings) => mappings,
        MapUse::Shared(id) => match configuration.get(id) {
            Some(Object::RequirementMap(map)) => &map.mappings,
            _ => &[],
        },
    }
}

/// Who refers to each object, directly.
pub fn used_by(configuration: &Configuration) -> BTreeMap<ObjectId, Vec<ObjectId>> {
    let mut users: BTreeMap<ObjectId, Vec<ObjectId>> = BTreeMap::new();
    for (id, object) in &configuration.objects {
        for reference in references::references(object) {
            let of_target = users.entry(reference.target).or_default();
            if of_target.last() != Some(id) {
                of_target.push(id.clone());
            }
        }
    }
    users
}

/// How many objects refer to this one, directly.
pub fn users_of(configuration: &Configuration, id: &ObjectId) -> usize {
    let refers = |object: &&Object| {
        let mut references = references::references(object).into_iter();
        references.any(|reference| reference.target == *id)
    };
    configuration.objects.values().filter(refers).count()
}

/// All that refer to an object refer to another one, and it is gone.
pub fn replaced(
    configuration: &Configuration,
    references: &References,
    id: &ObjectId,
    other: &ObjectId,
) -> Changes {
    let mut changes = sort::map([(id.clone(), None)]);
    for (user, field) in references.users_of(id) {
        let to = Some(Value::String(other.0.clone()));
        let now = match changes.get(user) {
            Some(changed) => changed.as_ref(),
            None => configuration.get(user),
        };
        // `None`: it refers to itself, and goes, too.
        if let Some(Ok(with)) = now.map(|object| with_field(object, &field.0, to)) {
            changes.insert(user.clone(), Some(with));
        }
    }
    changes
}

/// Applies a fix: one step over all objects that it touches.
pub fn apply_fix(workspace: Workspace, fix: &Fix) {
    let mut changes = Changes::new();
    for edit in &fix.edits {
        if changes.contains_key(&edit.object) {
            continue;
        }
        let edits: Vec<FieldEdit> = fix
            .edits
            .iter()
            .filter(|other| other.object == edit.object)
            .cloned()
            .collect();
        let object = workspace
            .config
            .with_untracked(|config| config.get(&edit.object).cloned());
        // A fix that no longer fits the object was offered for an older text of it.
        if let Some(Ok(object)) = object.map(|object| edit::apply(&object, &edits)) {
            changes.insert(edit.object.clone(), Some(object));
        }
    }
    if !changes.is_empty() {
        workspace.edit(fix.title.clone(), changes);
    }
}

/// Sets a field of an object; `None` removes it. `Err` when the result is no such object.
pub fn with_field(object: &Object, field: &str, value: Option<Value>) -> Result<Object, String> {
    let edit = FieldEdit {
        object: ObjectId(String::new()),
        field: field.into(),
        value: value.map(|value| value.to_string()),
    };
    edit::apply(object, &[edit]).map_err(|error| error.to_string())
}

/// The words of a field: NCA's, PAGENT's, and what holds when it is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FieldWords {
    pub label: &'static str,
    pub pagent: &'static str,
    pub default: &'static str,
}

/// The words of a field, by its path.
pub fn field_words(kind: Kind, path: &str) -> FieldWords {
    let words = fields::field(kind, path).map(|field| FieldWords {
        label: field.label,
        pagent: field.word().unwrap_or_default(),
        default: field.default,
    });
    words.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use generator::objects::TrafficDescriptor;
    use serde_json::json;

    #[test]
    fn a_field_is_set_and_cleared_by_its_path() {
        let object = Object::TrafficDescriptor(TrafficDescriptor {
            rows: vec![Default::default()],
            ..Default::default()
        });
        let set = with_field(&object, "rows/0/settings/X.Y", Some(json!("On"))).unwrap();
        assert_eq!(
            with_field(&set, "rows/0/settings/X.Y", None).unwrap(),
            object
        );
        assert_ne!(set, object);
        let longer = with_field(&object, "rows/1", Some(json!({"local_port": "1414"}))).unwrap();
        assert_eq!(
            contents(&Configuration::default(), &longer),
            "all ports, 1414"
        );
        assert!(with_field(&object, "rows/7/local_port", Some(json!("1"))).is_err());
        assert!(with_field(&object, "colour", Some(json!("red"))).is_err());
    }
}
