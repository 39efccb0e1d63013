//! What changed between two configurations, in a person's words.
//!
//! One sentence per change. Objects are called by their names and never by their ids. Works on the
//! objects' JSON with the words of [`words`]; a field that has no word yet is called by its key.

mod list;
mod words;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Configuration, Kind, Object, ObjectId, OrderKey};
use words::Shape;

/// One object that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectChange {
    pub id: ObjectId,
    pub kind: Kind,
    /// Its name now; the last one of a deleted object.
    pub name: String,
    /// Whole sentences without a period, at least one.
    pub words: Vec<String>,
}

/// The objects that differ, by kind, name and id.
pub fn diff(before: &Configuration, after: &Configuration) -> Vec<ObjectChange> {
    let ids = crate::sort::set(before.objects.keys().chain(after.objects.keys()));
    let mut places = None;
    let mut changes: Vec<_> = ids
        .into_iter()
        .filter_map(|id| {
            let (old, new) = (before.get(id), after.get(id));
            if old == new {
                return None;
            }
            let object = new.or(old)?;
            let mut differ = Differ {
                before,
                after,
                place: String::new(),
                words: Vec::new(),
            };
            let subject = format!("{} {}", words::subject(object.kind()), shown_name(object));
            let sentences = match (old, new) {
                (Some(old), Some(new)) => {
                    differ.object(id, old, new, &mut places);
                    let words = differ.words.into_iter();
                    words.map(|words| format!("{subject}: {words}")).collect()
                }
                (None, _) => vec![format!("{subject} added")],
                (_, None) => vec![format!("{subject} deleted")],
            };
            Some(ObjectChange {
                id: id.clone(),
                kind: object.kind(),
                name: object.name(),
                words: sentences,
            })
        })
        .collect();
    crate::sort::by(&mut changes, |a, b| {
        (a.kind, &a.name, &a.id).cmp(&(b.kind, &b.name, &b.id))
    });
    changes
}

fn shown_name(object: &Object) -> String {
    match object.name() {
        name if name.is_empty() => "without a name".to_owned(),
        name => name,
    }
}

/// The rule before each rule of the same owner; `None` before the first.
type Places = BTreeMap<ObjectId, Option<String>>;

struct Differ<'a> {
    before: &'a Configuration,
    after: &'a Configuration,
    /// Which part of the object the words are about: `row 2: `.
    place: String,
    words: Vec<String>,
}

impl Differ<'_> {
    fn say(&mut self, words: impl std::fmt::Display) {
        self.words.push(format!("{}{words}", self.place));
    }

    fn object(&mut self, id: &ObjectId, old: &Object, new: &Object, places: &mut Option<Places>) {
        let json = |object| match serde_json::to_value(object) {
            Ok(Value::Object(map)) => map,
            _ => Map::new(),
        };
        let (mut b, mut a) = (json(old), json(new));
        if old.kind() != new.kind() {
            self.say(format_args!("is a {} now", new.kind().singular()));
            return;
        }
        if old.name() != new.name() {
            let (from, to) = (shown_name(old), shown_name(new));
            self.say(format_args!("renamed from {from} to {to}"));
        }
        let moved = b.remove("order") != a.remove("order");
        if b.get("owner") == a.get("owner") && moved {
            let places = places.get_or_insert_with(|| places_of(self.after));
            match places.get(id) {
                Some(Some(name)) => self.say(format_args!("moved after {name}")),
                _ => self.say("moved to the first place"),
            }
        }
        b.remove("name");
        a.remove("name");
        self.map(&b, &a);
        if self.words.is_empty() {
            self.say("changed");
        }
    }

    fn map(&mut self, before: &Map<String, Value>, after: &Map<String, Value>) {
        let keys = crate::sort::set(before.keys().chain(after.keys()));
        for key in keys {
            let (b, a) = (before.get(key), after.get(key));
            if b != a {
                self.field(key, b, a);
            }
        }
    }

    fn field(&mut self, key: &str, before: Option<&Value>, after: Option<&Value>) {
        let (label, shape) = words::field(key);
        match shape {
            Shape::Text => self.say(format_args!("{label} changed")),
            Shape::Flag => {
                let on = after.and_then(Value::as_bool).unwrap_or(false);
                let words = format!("{label} turned {}", if on { "on" } else { "off" });
                self.say(words.trim_start());
            }
            Shape::Plain => self.plain(label, before, after),
            Shape::Reference => {
                let named = |value: Option<&Value>| value.map(|value| self.reference(value));
                let (b, a) = (named(before), named(after));
                self.plain(label, b.as_ref(), a.as_ref());
            }
            Shape::Map => {
                let empty = Map::new();
                let map = |value: Option<&Value>| value.and_then(Value::as_object).cloned();
                let (b, a) = (map(before), map(after));
                self.map(b.as_ref().unwrap_or(&empty), a.as_ref().unwrap_or(&empty));
            }
            Shape::Items | Shape::Rows => self.list(label, items(before), items(after)),
            Shape::Choice => self.choice(label, before, after),
        }
    }

    fn plain(&mut self, label: &str, before: Option<&Value>, after: Option<&Value>) {
        let shown = |value: Option<&Value>| {
            value
                .map(|value| self.text(value))
                .filter(|text| !text.is_empty())
        };
        let words = match (shown(before), shown(after)) {
            (Some(b), Some(a)) => format!("{label} changed from {b} to {a}"),
            (None, Some(a)) => format!("{label} set to {a}"),
            (Some(b), None) => format!("{label} {b} removed"),
            (None, None) => format!("{label} changed"),
        };
        self.say(words);
    }

    /// A list, or a word that stands for one: the suites of a level, the map of a rule.
    fn choice(&mut self, label: &str, before: Option<&Value>, after: Option<&Value>) {
        let (b, a) = (inner_list(before), inner_list(after));
        match (b, a) {
            (Some(b), Some(a)) => self.list(label, b, a),
            (_, Some(a)) => {
                let noun = words::of_own(label);
                self.plain(
                    noun,
                    before.filter(|value| inner_list(Some(value)).is_none()),
                    None,
                );
                self.list(label, &[], a);
            }
            (_, None) => {
                let noun = words::of_own(label);
                self.plain(noun, before.filter(|_| b.is_none()), after);
            }
        }
    }

    /// A value in words.
    fn text(&self, value: &Value) -> String {
        match value {
            Value::Null => String::new(),
            Value::Bool(true) => "on".to_owned(),
            Value::Bool(false) => "off".to_owned(),
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.clone(),
            Value::Array(all) => {
                let all: Vec<_> = all.iter().map(|value| self.text(value)).collect();
                all.join(", ")
            }
            Value::Object(map) => self.row(map),
        }
    }

    /// The name of the object that an id refers to, as it is now or was last.
    fn reference(&self, id: &Value) -> Value {
        let Value::String(text) = id else {
            return id.clone();
        };
        let id = ObjectId(text.clone());
        let object = self.after.get(&id).or_else(|| self.before.get(&id));
        Value::String(object.map_or_else(|| "an object that is gone".to_owned(), shown_name))
    }
}

fn items(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The list in `{"list": […]}` or `{"own": […]}`.
fn inner_list(value: Option<&Value>) -> Option<&[Value]> {
    let map = value?.as_object()?;
    let list = map.get("list").or_else(|| map.get("own"))?;
    list.as_array().map(Vec::as_slice)
}

fn places_of(configuration: &Configuration) -> Places {
    let mut owners: BTreeMap<&ObjectId, Vec<(&OrderKey, String, &ObjectId)>> = BTreeMap::new();
    for (id, object) in &configuration.objects {
        if let Object::Rule(rule) = object
            && let Some(owner) = &rule.owner
        {
            let place = (&rule.order, shown_name(object), id);
            owners.entry(owner).or_default().push(place);
        }
    }
    let mut places = Places::new();
    for mut rules in owners.into_values() {
        crate::sort::by(&mut rules, Ord::cmp);
        let mut previous = None;
        for (_, name, id) in rules {
            places.insert(id.clone(), previous.replace(name));
        }
    }
    places
}

#[cfg(test)]
mod tests;
