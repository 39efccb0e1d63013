//! Lists in words: what was added, removed, changed in its place, or put in another order.

use serde_json::{Map, Value};

use super::super::merge::partners;
use super::{Differ, words};

impl Differ<'_> {
    pub(super) fn list(&mut self, label: &str, before: &[Value], after: &[Value]) {
        // Lists too long to compare have no partners: every element that is not in both is told.
        let found = partners(before, after).unwrap_or_else(|| vec![None; before.len()]);
        let mut added: Vec<bool> = vec![true; after.len()];
        let mut removed = Vec::new();
        for (old, partner) in before.iter().zip(&found) {
            match partner {
                Some(at) => added[*at] = false,
                None => removed.push(old),
            }
        }
        let mut new: Vec<&Value> = after
            .iter()
            .zip(&added)
            .filter(|(_, added)| **added)
            .map(|(value, _)| value)
            .collect();
        let mut moved = false;
        removed.retain(|old| match new.iter().position(|value| value == old) {
            Some(at) => {
                new.remove(at);
                moved = true;
                false
            }
            None => true,
        });
        for old in removed {
            let text = self.item(label, old);
            self.say(format_args!("{label} {text} removed"));
        }
        for value in new {
            let text = self.item(label, value);
            self.say(format_args!("{label} {text} added"));
        }
        self.changed_rows(label, before, after, &found);
        if moved {
            self.say(format_args!(
                "{} put in another order",
                words::plural(label)
            ));
        }
    }

    fn changed_rows(
        &mut self,
        label: &str,
        before: &[Value],
        after: &[Value],
        found: &[Option<usize>],
    ) {
        for (old, partner) in before.iter().zip(found) {
            let Some(at) = *partner else { continue };
            if let (Value::Object(b), Value::Object(a)) = (old, &after[at])
                && b != a
            {
                let outer = self.place.clone();
                self.place = format!("{outer}{label} {}: ", at + 1);
                self.map(b, a);
                self.place = outer;
            }
        }
    }

    fn item(&self, label: &str, value: &Value) -> String {
        match value {
            Value::String(text) if label == words::SUITE => words::suite(text),
            id if label == words::ADDRESS_GROUP => self.text(&self.reference(id)),
            value => self.text(value),
        }
    }

    /// A row, or another value with fields, by what identifies it.
    pub(super) fn row(&self, map: &Map<String, Value>) -> String {
        let get = |key: &str| map.get(key).map(|value| self.text(value));
        let named = |key: &str| map.get(key).map(|id| self.text(&self.reference(id)));
        if let Some(name) = named("group").or_else(|| named("shared")) {
            return name;
        }
        let or_none = |text: Option<String>| {
            text.filter(|text| !text.is_empty())
                .unwrap_or_else(|| "nothing".into())
        };
        if map.contains_key("traffic") || map.contains_key("level") {
            return format!(
                "{} to {}",
                or_none(named("traffic")),
                or_none(named("level"))
            );
        }
        if map.contains_key("local_port") {
            let mut parts = Vec::new();
            for (key, words) in [("local_port", "local port"), ("remote_port", "remote port")] {
                if let Some(text) = get(key).filter(|text| text != "All") {
                    parts.push(format!("{words} {text}"));
                }
            }
            return match parts.is_empty() {
                true => "for all ports".to_owned(),
                false => format!("for {}", parts.join(" and ")),
            };
        }
        // The preset of a level.
        if let (Some(name), Some(date)) = (get("name"), get("date")) {
            let pinned = map.get("pinned").map_or("", |_| ", pinned");
            return format!("{name} of {date}{pinned}");
        }
        // A host, with the addresses that are recorded for it.
        if let Some(name) = get("name") {
            let answer = map.get("answer").and_then(|answer| answer.get("addresses"));
            return match answer.map(|addresses| self.text(addresses)) {
                Some(addresses) if !addresses.is_empty() => format!("{name} ({addresses})"),
                _ => name,
            };
        }
        let values: Vec<_> = map
            .values()
            .map(|value| self.text(value))
            .filter(|text| !text.is_empty())
            .collect();
        values.join(" ")
    }
}
