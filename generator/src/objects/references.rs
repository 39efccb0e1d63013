//! Which objects refer to which, in both directions.

use std::collections::{BTreeMap, HashSet};

use super::{Configuration, Endpoint, FieldPath, Kind, MapUse, Mapping, Object, ObjectId};

/// A field of one object that names another object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    pub field: FieldPath,
    pub target: ObjectId,
    /// The kinds that may stand there.
    pub expected: &'static [Kind],
}

/// The references that an object holds, in the order of its fields.
pub fn references(object: &Object) -> Vec<Reference> {
    let to = |field: String, target: &ObjectId, expected| Reference {
        field: field.into(),
        target: target.clone(),
        expected,
    };
    match object {
        Object::AddressGroup(group) => group
            .groups
            .iter()
            .enumerate()
            .map(|(at, id)| to(format!("groups/{at}"), id, &[Kind::AddressGroup]))
            .collect(),
        Object::RequirementMap(map) => mappings("mappings", &map.mappings),
        Object::Image(image) => image
            .group
            .iter()
            .map(|id| to("group".into(), id, &[Kind::Group]))
            .collect(),
        Object::Stack(stack) => stack
            .image
            .iter()
            .map(|id| to("image".into(), id, &[Kind::Image]))
            .collect(),
        Object::Rule(rule) => {
            let mut found: Vec<_> = rule
                .owner
                .iter()
                .map(|id| to("owner".into(), id, &[Kind::Stack, Kind::Image, Kind::Group]))
                .collect();
            for (end, field) in [(&rule.local, "local"), (&rule.remote, "remote")] {
                if let Endpoint::Group(id) = end {
                    found.push(to(format!("{field}/group"), id, &[Kind::AddressGroup]));
                }
            }
            match &rule.map {
                MapUse::Shared(id) => {
                    found.push(to("map/shared".into(), id, &[Kind::RequirementMap]))
                }
                MapUse::Own(own) => found.extend(mappings("map/own", own)),
            }
            found
        }
        Object::TrafficDescriptor(_) | Object::SecurityLevel(_) | Object::Group(_) => Vec::new(),
    }
}

fn mappings(path: &str, mappings: &[Mapping]) -> Vec<Reference> {
    let mut found = Vec::new();
    for (at, mapping) in mappings.iter().enumerate() {
        let parts = [
            (
                "traffic",
                &mapping.traffic,
                &[Kind::TrafficDescriptor] as &'static [Kind],
            ),
            ("level", &mapping.level, &[Kind::SecurityLevel]),
        ];
        for (part, target, expected) in parts {
            if let Some(id) = target {
                found.push(Reference {
                    field: format!("{path}/{at}/{part}").into(),
                    target: id.clone(),
                    expected,
                });
            }
        }
    }
    found
}

/// All references of a configuration, ready to be asked in both directions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    from: BTreeMap<ObjectId, Vec<Reference>>,
    to: BTreeMap<ObjectId, Vec<(ObjectId, FieldPath)>>,
}

impl References {
    pub fn of(configuration: &Configuration) -> Self {
        let mut all = Self::default();
        for (id, object) in &configuration.objects {
            let found = references(object);
            for reference in &found {
                all.to
                    .entry(reference.target.clone())
                    .or_default()
                    .push((id.clone(), reference.field.clone()));
            }
            if !found.is_empty() {
                all.from.insert(id.clone(), found);
            }
        }
        all
    }

    /// What this object refers to itself.
    pub fn used_by(&self, id: &ObjectId) -> &[Reference] {
        self.from.get(id).map_or(&[], Vec::as_slice)
    }

    /// The objects, each with its field, that refer to this one.
    pub fn users_of(&self, id: &ObjectId) -> &[(ObjectId, FieldPath)] {
        self.to.get(id).map_or(&[], Vec::as_slice)
    }

    /// Everything that refers to this object, directly or through others, nearest first.
    pub fn where_used(&self, id: &ObjectId) -> Vec<ObjectId> {
        reached(id, |id| self.users_of(id).iter().map(|(user, _)| user))
    }

    /// Everything that this object refers to, directly or through others, nearest first.
    pub fn needs(&self, id: &ObjectId) -> Vec<ObjectId> {
        reached(id, |id| self.targets_of(id))
    }

    /// These objects and everything that they refer to, directly or through others, each once.
    pub fn with_needs<'a>(
        &'a self,
        ids: impl IntoIterator<Item = &'a ObjectId>,
    ) -> Vec<&'a ObjectId> {
        reach(ids, |id| self.targets_of(id))
    }

    fn targets_of<'a>(&'a self, id: &ObjectId) -> impl Iterator<Item = &'a ObjectId> + use<'a> {
        self.used_by(id).iter().map(|reference| &reference.target)
    }
}

/// What can be reached from one object, without itself.
fn reached<'a, I: Iterator<Item = &'a ObjectId>>(
    start: &'a ObjectId,
    next: impl Fn(&'a ObjectId) -> I,
) -> Vec<ObjectId> {
    reach([start], next).into_iter().skip(1).cloned().collect()
}

/// The objects to start from and what can be reached from them, each once, nearest first.
fn reach<'a, I: Iterator<Item = &'a ObjectId>>(
    start: impl IntoIterator<Item = &'a ObjectId>,
    next: impl Fn(&'a ObjectId) -> I,
) -> Vec<&'a ObjectId> {
    let mut seen = HashSet::new();
    let mut found: Vec<_> = start.into_iter().filter(|id| seen.insert(*id)).collect();
    let mut at = 0;
    while let Some(&id) = found.get(at) {
        found.extend(next(id).filter(|id| seen.insert(*id)));
        at += 1;
    }
    found
}
