//! Rule × mapping × row: what a stack's rules come to.

use crate::objects::{
    Configuration, Entry, MapUse, Mapping, Object, ObjectId, Rule, SecurityLevel,
    TrafficDescriptor, TrafficRow,
};

use super::{Origin, Place, RowOf, Unwritten};

/// One traffic row with its protection, on its way to a `TTLSRule`.
pub(super) struct Expanded<'a> {
    pub rule_id: &'a ObjectId,
    pub rule: &'a Rule,
    pub rule_name: &'a str,
    /// Counts the rows of this rule, from 1.
    pub number: usize,
    pub traffic_id: &'a ObjectId,
    pub traffic: &'a TrafficDescriptor,
    pub row_number: usize,
    pub row: &'a TrafficRow,
    pub level_id: &'a ObjectId,
    pub level: &'a SecurityLevel,
}

impl Expanded<'_> {
    pub fn row_of(&self) -> RowOf {
        RowOf {
            rule: self.rule_id.clone(),
            traffic: self.traffic_id.clone(),
            row: self.row_number,
            level: self.level_id.clone(),
        }
    }

    pub fn rule_field(&self, field: &str) -> Origin {
        Origin {
            object: self.rule_id.clone(),
            field: field.into(),
        }
    }

    pub fn row_field(&self, field: &str) -> Origin {
        Origin {
            object: self.traffic_id.clone(),
            field: format!("rows/{}/{field}", self.row_number).into(),
        }
    }

    pub fn level_field(&self, field: &str) -> Origin {
        Origin {
            object: self.level_id.clone(),
            field: field.into(),
        }
    }
}

/// A row that can be written, or why it cannot.
pub(super) type Expansion<'a> = Result<Expanded<'a>, Unwritten>;

/// Everything that the stack's rules come to, in search order. Rules that are off are absent.
pub(super) fn expand<'a>(
    configuration: &'a Configuration,
    place: &Place<'_>,
) -> Vec<Expansion<'a>> {
    let mut all = Vec::new();
    if !place.stack.enabled {
        return all;
    }
    for (id, rule) in configuration.rules_of(place.stack_id) {
        if rule.enabled {
            expand_rule(configuration, id, rule, &mut all);
        }
    }
    all
}

fn expand_rule<'a>(
    configuration: &'a Configuration,
    id: &'a ObjectId,
    rule: &'a Rule,
    all: &mut Vec<Expansion<'a>>,
) {
    let unwritten = |object: &ObjectId, field: String, reason: String| Unwritten {
        origin: Origin {
            object: object.clone(),
            field: field.into(),
        },
        reason: format!("rule {}: {reason}", rule.name),
    };
    let Entry::Value(name) = &rule.name else {
        all.push(Err(unwritten(
            id,
            "name".into(),
            "its name is no name".into(),
        )));
        return;
    };
    let (owner, path, mappings): (_, _, &'a [Mapping]) = match &rule.map {
        MapUse::Own(own) => (id, "map/own", own),
        MapUse::Shared(map_id) => match configuration.get(map_id) {
            Some(Object::RequirementMap(map)) => (map_id, "mappings", &map.mappings),
            _ => {
                all.push(Err(unwritten(
                    id,
                    "map/shared".into(),
                    "its requirement map does not exist".into(),
                )));
                return;
            }
        },
    };
    if mappings.is_empty() {
        all.push(Err(unwritten(
            owner,
            path.into(),
            "no traffic is mapped".into(),
        )));
    }
    let mut number = 0;
    for (at, mapping) in mappings.iter().enumerate() {
        let traffic = mapping
            .traffic
            .as_ref()
            .and_then(|id| match configuration.get(id) {
                Some(Object::TrafficDescriptor(traffic)) => Some((id, traffic)),
                _ => None,
            });
        let level = mapping
            .level
            .as_ref()
            .and_then(|id| match configuration.get(id) {
                Some(Object::SecurityLevel(level)) => Some((id, level)),
                _ => None,
            });
        let Some((traffic_id, traffic)) = traffic else {
            all.push(Err(unwritten(
                owner,
                format!("{path}/{at}/traffic"),
                format!("mapping {} has no traffic descriptor", at + 1),
            )));
            continue;
        };
        let Some((level_id, level)) = level else {
            all.push(Err(unwritten(
                owner,
                format!("{path}/{at}/level"),
                format!("mapping {} has no security level", at + 1),
            )));
            continue;
        };
        for (row_number, row) in traffic.rows.iter().enumerate() {
            number += 1;
            all.push(Ok(Expanded {
                rule_id: id,
                rule,
                rule_name: name.as_str(),
                number,
                traffic_id,
                traffic,
                row_number,
                row,
                level_id,
                level,
            }));
        }
    }
}
