//! All objects of one revision.

use std::collections::BTreeMap;

use crate::policy::Release;

use super::{Kind, MapUse, Mapping, Object, ObjectId, OrderKey, Rule, Stack};

/// All objects of one revision, by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(transparent)
)]
pub struct Configuration {
    pub objects: BTreeMap<ObjectId, Object>,
}

impl Configuration {
    pub fn get(&self, id: &ObjectId) -> Option<&Object> {
        self.objects.get(id)
    }

    /// The objects of a kind, by name; names that are equal by id.
    pub fn of_kind(&self, kind: Kind) -> Vec<(&ObjectId, &Object)> {
        let mut found: Vec<_> = self
            .objects
            .iter()
            .filter(|(_, object)| object.kind() == kind)
            .collect();
        crate::sort::by_key(&mut found, |(id, object)| (object.name(), (*id).clone()));
        found
    }

    /// The oldest release of an image; `None` without images.
    pub fn oldest_release(&self) -> Option<Release> {
        let releases = self.objects.values().filter_map(|object| match object {
            Object::Image(image) => Some(image.release),
            _ => None,
        });
        releases.min()
    }

    /// The rules that count on a stack, in search order: its own, then its image's, then its group's.
    pub fn rules_of(&self, stack: &ObjectId) -> Vec<(&ObjectId, &Rule)> {
        self.owners_of(stack)
            .iter()
            .flat_map(|owner| self.rules_owned_by(owner))
            .collect()
    }

    /// The rules that belong to this stack, image or group itself, in order.
    pub fn rules_owned_by(&self, owner: &ObjectId) -> Vec<(&ObjectId, &Rule)> {
        let mut rules: Vec<_> = self
            .objects
            .iter()
            .filter_map(|(id, object)| match object {
                Object::Rule(rule) if rule.owner.as_ref() == Some(owner) => {
                    Some((rule.order.as_str(), id, rule))
                }
                _ => None,
            })
            .collect();
        crate::sort::by(
            &mut rules,
            |(order, id, rule), (other_order, other_id, other)| {
                let by_name = || rule.name.to_string().cmp(&other.name.to_string());
                let by_order = order.cmp(other_order);
                by_order.then_with(by_name).then_with(|| id.cmp(other_id))
            },
        );
        rules.into_iter().map(|(_, id, rule)| (id, rule)).collect()
    }

    /// The order of a rule behind all that this stack, image or group has.
    pub fn next_order(&self, owner: &ObjectId) -> OrderKey {
        let last = self.rules_owned_by(owner).pop();
        OrderKey::between(last.map(|(_, rule)| &rule.order), None)
    }

    /// The mappings of a rule, its own or those of its requirement map; none where the map is missing.
    pub fn mappings_of<'a>(&'a self, rule: &'a Rule) -> &'a [Mapping] {
        match &rule.map {
            MapUse::Own(own) => own,
            MapUse::Shared(id) => match self.get(id) {
                Some(Object::RequirementMap(map)) => &map.mappings,
                _ => &[],
            },
        }
    }

    /// The stack itself, its image and its group, as far as they exist.
    pub fn owners_of(&self, stack: &ObjectId) -> Vec<ObjectId> {
        let mut owners = vec![stack.clone()];
        let Some(Object::Stack(Stack {
            image: Some(image), ..
        })) = self.get(stack)
        else {
            return owners;
        };
        owners.push(image.clone());
        if let Some(Object::Image(image)) = self.get(image) {
            owners.extend(image.group.clone());
        }
        owners
    }
}

impl FromIterator<(ObjectId, Object)> for Configuration {
    fn from_iter<I: IntoIterator<Item = (ObjectId, Object)>>(objects: I) -> Self {
        Self {
            objects: crate::sort::map(objects),
        }
    }
}
