//! What moves and bulk actions make of a configuration. Pure.

use generator::objects::{Configuration, MapUse, Object, ObjectId, OrderKey, Rule};

/// New bodies, by id; `None` deletes.
pub type Changes = Vec<(ObjectId, Option<Object>)>;

/// What can be done with several rules at once.
#[derive(Clone, Debug, PartialEq)]
pub enum Bulk {
    Turn(bool),
    /// Before all others, or after them.
    MoveToEnd {
        top: bool,
    },
    /// Before this one of the same owner.
    MoveBefore(Option<ObjectId>),
    /// Every mapping of the rules' own gets this level.
    Level(Option<ObjectId>),
    /// `None`: the stack's.
    Trace(Option<u8>),
    Delete,
}

impl Bulk {
    /// "turn off 3 rules".
    pub fn words(&self, count: usize) -> String {
        let rules = crate::words::count(count, "rule", "rules");
        match self {
            Self::Turn(true) => format!("turn on {rules}"),
            Self::Turn(false) => format!("turn off {rules}"),
            Self::MoveToEnd { top: true } => format!("move {rules} to the top"),
            Self::MoveToEnd { top: false } => format!("move {rules} to the bottom"),
            Self::MoveBefore(_) => format!("move {rules} before another one"),
            Self::Level(_) => format!("change the level of {rules}"),
            Self::Trace(_) => format!("change the trace of {rules}"),
            Self::Delete => format!("delete {rules}"),
        }
    }
}

fn rule<'a>(config: &'a Configuration, id: &ObjectId) -> Option<&'a Rule> {
    match config.get(id) {
        Some(Object::Rule(rule)) => Some(rule),
        _ => None,
    }
}

/// The changes of an action on these rules; rules that it does not concern are left out.
pub fn bulk(config: &Configuration, ids: &[ObjectId], action: &Bulk) -> Changes {
    match action {
        Bulk::MoveToEnd { top } => return to_end(config, ids, *top),
        Bulk::MoveBefore(target) => return before(config, ids, target.as_ref()),
        _ => {}
    }
    let changed = |id: &ObjectId| {
        let before = rule(config, id)?;
        let mut rule = before.clone();
        match action {
            Bulk::Turn(on) => rule.enabled = *on,
            Bulk::Trace(trace) => rule.trace = *trace,
            Bulk::Level(level) => {
                if let MapUse::Own(mappings) = &mut rule.map {
                    for mapping in mappings {
                        mapping.level.clone_from(level);
                    }
                }
            }
            Bulk::Delete => return Some((id.clone(), None)),
            Bulk::MoveToEnd { .. } | Bulk::MoveBefore(_) => return None,
        }
        (rule != *before).then(|| (id.clone(), Some(Object::Rule(rule))))
    };
    ids.iter().filter_map(changed).collect()
}

/// Moves the rules to where `place` says among the others of their owner, in the order that they
/// have.
fn together<'a>(
    config: &'a Configuration,
    owner: Option<ObjectId>,
    is_moving: impl Fn(&ObjectId) -> bool,
    place: impl Fn(&[(&'a ObjectId, &'a Rule)]) -> usize,
) -> Changes {
    let Some(owner) = owner else {
        return Vec::new();
    };
    let all = config.rules_owned_by(&owner).into_iter();
    let (moving, mut wanted): (Vec<_>, Vec<_>) = all.partition(|(id, _)| is_moving(id));
    let place = place(&wanted);
    wanted.splice(place..place, moving);
    reorder(&wanted)
}

fn owner_of(config: &Configuration, id: &ObjectId) -> Option<ObjectId> {
    rule(config, id)?.owner.clone()
}

/// Before or after all others.
fn to_end(config: &Configuration, ids: &[ObjectId], top: bool) -> Changes {
    let owner = ids.iter().find_map(|id| owner_of(config, id));
    let place = |others: &[_]| if top { 0 } else { others.len() };
    together(config, owner, |id| ids.contains(id), place)
}

/// Before another one, which stays where it is.
fn before(config: &Configuration, ids: &[ObjectId], target: Option<&ObjectId>) -> Changes {
    let Some(target) = target else {
        return Vec::new();
    };
    let is_moving = |id: &ObjectId| id != target && ids.contains(id);
    let place = |others: &[(&ObjectId, &Rule)]| {
        let place = others.iter().position(|(id, _)| *id == target);
        place.unwrap_or(others.len())
    };
    together(config, owner_of(config, target), is_moving, place)
}

/// Moves a rule to the place of another one of the same owner.
pub fn moved(config: &Configuration, this: &ObjectId, other: &ObjectId) -> Changes {
    let owner = owner_of(config, this);
    let Some(owner) = owner.filter(|own| owner_of(config, other).as_ref() == Some(own)) else {
        return Vec::new();
    };
    let mut rules = config.rules_owned_by(&owner);
    let place = |id: &ObjectId| rules.iter().position(|(at, _)| *at == id);
    let (Some(from), Some(to)) = (place(this), place(other)) else {
        return Vec::new();
    };
    let moving = rules.remove(from);
    rules.insert(to, moving);
    reorder(&rules)
}

/// The fewest new order keys that give the rules this order.
fn reorder(wanted: &[(&ObjectId, &Rule)]) -> Changes {
    let mut changes = Changes::new();
    let mut last: Option<OrderKey> = None;
    for (at, (id, rule)) in wanted.iter().enumerate() {
        let follows = last.as_ref().is_none_or(|last| rule.order > *last);
        // A key that is past what follows stays only if what follows need not come before it.
        let next = wanted[at + 1..]
            .iter()
            .map(|(_, rule)| &rule.order)
            .find(|order| last.as_ref().is_none_or(|last| *order > last));
        let before_next = at + 1 == wanted.len() || next.is_none_or(|next| rule.order < *next);
        let order = if follows && before_next {
            rule.order.clone()
        } else {
            OrderKey::between(last.as_ref(), next)
        };
        if order != rule.order {
            changes.push((
                (*id).clone(),
                Some(Object::Rule(Rule {
                    order: order.clone(),
                    ..(*rule).clone()
                })),
            ));
        }
        last = Some(order);
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use generator::objects::Mapping;

    fn id(text: &str) -> ObjectId {
        ObjectId(text.to_owned())
    }

    /// Rules named a, b, c … on one stack; their order keys as given.
    fn config(orders: &[&str]) -> Configuration {
        let rules = orders.iter().zip('a'..).map(|(order, name)| {
            let name = name.to_string();
            let rule = Rule {
                name: name.as_str().into(),
                owner: Some(id("s")),
                order: order.parse().unwrap(),
                ..Rule::default()
            };
            (id(&name), Object::Rule(rule))
        });
        rules.collect()
    }

    fn after(mut config: Configuration, changes: Changes) -> String {
        for (id, object) in changes {
            match object {
                Some(object) => config.objects.insert(id, object),
                None => config.objects.remove(&id),
            };
        }
        config
            .rules_owned_by(&id("s"))
            .iter()
            .map(|(id, _)| id.0.as_str())
            .collect()
    }

    #[test]
    fn a_moved_rule_takes_the_place_of_the_other_and_few_keys_change() {
        let before = config(&["b", "c", "d", "e"]);
        for (this, other, expected) in [
            ("a", "c", "bcad"),
            ("d", "a", "dabc"),
            ("b", "c", "acbd"),
            ("c", "b", "acbd"),
            ("a", "d", "bcda"),
        ] {
            let changes = moved(&before, &id(this), &id(other));
            assert_eq!(changes.len(), 1, "{this} to {other}");
            assert_eq!(
                after(before.clone(), changes),
                expected,
                "{this} to {other}"
            );
        }
    }

    #[test]
    fn rules_with_equal_keys_can_be_moved() {
        let before = config(&["", "", "", ""]);
        for (this, other, expected) in [("a", "c", "bcad"), ("d", "a", "dabc"), ("c", "b", "acbd")]
        {
            assert_eq!(
                after(before.clone(), moved(&before, &id(this), &id(other))),
                expected,
                "{this} to {other}"
            );
        }
    }

    #[test]
    fn chosen_rules_go_to_the_top_or_bottom_in_their_order() {
        let before = config(&["b", "c", "d", "e", "f"]);
        let chosen = [id("d"), id("b")];
        let to = |top| {
            after(
                before.clone(),
                bulk(&before, &chosen, &Bulk::MoveToEnd { top }),
            )
        };
        assert_eq!(to(true), "bdace");
        assert_eq!(to(false), "acebd");
    }

    #[test]
    fn chosen_rules_go_before_another_one_in_their_order() {
        let config = config(&["b", "c", "d", "e", "f"]);
        for (chosen, target, expected) in [
            ("eb", "c", "abecd"),
            ("a", "e", "bcdae"),
            ("ae", "e", "bcdae"),
            ("c", "a", "cabde"),
        ] {
            let chosen: Vec<_> = chosen.chars().map(|name| id(&name.to_string())).collect();
            let changes = bulk(&config, &chosen, &Bulk::MoveBefore(Some(id(target))));
            assert_eq!(after(config.clone(), changes), expected, "before {target}");
        }
    }

    #[test]
    fn a_level_is_changed_in_mappings_of_the_rules_own_only() {
        let mut config = config(&["b", "c"]);
        if let Some(Object::Rule(rule)) = config.objects.get_mut(&id("a")) {
            rule.map = MapUse::Own(vec![Mapping {
                traffic: None,
                level: Some(id("old")),
            }]);
        }
        if let Some(Object::Rule(rule)) = config.objects.get_mut(&id("b")) {
            rule.map = MapUse::Shared(id("map"));
        }
        let changes = bulk(&config, &[id("a"), id("b")], &Bulk::Level(Some(id("new"))));
        assert_eq!(changes.len(), 1);
        assert_eq!(
            bulk(&config, &[id("a")], &Bulk::Turn(true)),
            [],
            "it is on already"
        );
    }
}
