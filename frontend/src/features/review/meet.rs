//! My changes against what others saved meanwhile: which merge, and which need a decision.
//!
//! The server does the same when it saves; here it is shown before.

use generator::objects::merge::{Merge, merge, merge_by};
use generator::objects::{Configuration, FieldPath, Kind, Object, ObjectId};
use serde_json::Value;

use crate::api::draft::DraftChange;
use crate::api::store::ObjectVersion;
use crate::workspace::Head;

/// Both sides of an object that cannot be merged.
#[derive(Clone, Debug, PartialEq)]
pub struct Clash {
    pub id: ObjectId,
    pub kind: Kind,
    pub name: String,
    /// Who saved the other side, and as which revision.
    pub author: String,
    pub revision: i64,
    pub base: Option<Object>,
    /// Absent where I deleted it.
    pub mine: Option<Object>,
    /// Absent where it was deleted.
    pub theirs: Option<Object>,
}

/// How a change of my draft stands to the newest revision.
#[derive(Clone, Debug, PartialEq)]
pub enum Stand {
    /// Nobody changed the object since.
    Plain,
    /// Somebody did, elsewhere in the object: what will be saved, and whose revision it goes with.
    Merged {
        object: Box<Object>,
        author: String,
        revision: i64,
    },
    Clash(Box<Clash>),
    /// The object's history is needed first.
    Open,
}

/// True when the newest revision has another body than the one the change was made on.
pub fn is_stale(change: &DraftChange, head: &Head) -> bool {
    match (change.base, head.since.get(&change.id)) {
        (Some(base), Some(since)) => *since > base,
        // Deleted meanwhile.
        (Some(_), None) => true,
        // New on both sides.
        (None, Some(_)) => true,
        (None, None) => false,
    }
}

pub fn stand(change: &DraftChange, head: &Head, versions: Option<&[ObjectVersion]>) -> Stand {
    if !is_stale(change, head) {
        return Stand::Plain;
    }
    let Some(versions) = versions else {
        return Stand::Open;
    };
    let theirs = head.objects.get(&change.id).cloned();
    let (author, revision) = versions
        .first()
        .map(|version| (version.author.clone(), version.revision))
        .unwrap_or_default();
    if change.body == theirs {
        return Stand::Plain;
    }
    let base = change.base.and_then(|base| {
        versions
            .iter()
            .find(|version| version.revision <= base)?
            .body
            .clone()
    });
    if let (Some(base), Some(mine), Some(theirs)) = (&base, &change.body, &theirs) {
        let Merge { merged, conflicts } = merge(base, mine, theirs);
        if conflicts.is_empty() {
            return Stand::Merged {
                object: Box::new(merged),
                author,
                revision,
            };
        }
    }
    let named = change.body.as_ref().or(theirs.as_ref()).or(base.as_ref());
    let (kind, name) = named.map_or((Kind::Group, String::new()), |object| {
        (object.kind(), object.name())
    });
    Stand::Clash(Box::new(Clash {
        id: change.id.clone(),
        kind,
        name,
        author,
        revision,
        base,
        mine: change.body.clone(),
        theirs,
    }))
}

/// One field that both sides changed.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldClash {
    pub field: FieldPath,
    pub base: Option<Value>,
    pub mine: Option<Value>,
    pub theirs: Option<Value>,
}

/// The fields to decide; empty where the objects can only be taken as a whole.
pub fn fields(clash: &Clash) -> Vec<FieldClash> {
    let mut fields: Vec<FieldClash> = Vec::new();
    let found = merged(clash, &mut |field| {
        let mine = field.mine.clone();
        fields.push(field);
        mine
    });
    // What was asked for and yet is not what the merge stands on cannot be decided one by one.
    match found {
        Some(merge)
            if merge
                .conflicts
                .iter()
                .all(|path| fields.iter().any(|field| field.field == *path)) =>
        {
            fields
        }
        _ => Vec::new(),
    }
}

/// The object with a decision for each field.
pub fn settled(clash: &Clash, decide: impl Fn(&FieldPath) -> Option<Value>) -> Option<Object> {
    merged(clash, &mut |field| decide(&field.field)).map(|merge| merge.merged)
}

fn merged(clash: &Clash, choose: &mut dyn FnMut(FieldClash) -> Option<Value>) -> Option<Merge> {
    let (base, mine, theirs) = (
        clash.base.as_ref()?,
        clash.mine.as_ref()?,
        clash.theirs.as_ref()?,
    );
    Some(merge_by(base, mine, theirs, &mut |found| {
        choose(FieldClash {
            field: found.field.clone(),
            base: found.base.cloned(),
            mine: found.mine.cloned(),
            theirs: found.theirs.cloned(),
        })
    }))
}

/// A value for reading: references by name, lists with one item per line.
pub fn shown(value: Option<&Value>, config: &Configuration) -> String {
    match value {
        None | Some(Value::Null) => "(nothing)".to_owned(),
        Some(Value::Bool(true)) => "on".to_owned(),
        Some(Value::Bool(false)) => "off".to_owned(),
        Some(Value::String(text)) if text.is_empty() => "(empty)".to_owned(),
        Some(Value::String(text)) => match config.get(&ObjectId(text.clone())) {
            Some(object) => crate::core::shown_name(object),
            None => text.clone(),
        },
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Array(items)) if items.is_empty() => "(empty list)".to_owned(),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| shown(Some(item), config))
            .collect::<Vec<_>>()
            .join("\n"),
        Some(Value::Object(map)) => {
            let parts = map
                .iter()
                .filter(|(_, value)| **value != Value::String(String::new()));
            parts
                .map(|(key, value)| {
                    format!("{}: {}", key.replace('_', " "), shown(Some(value), config))
                })
                .collect::<Vec<_>>()
                .join(", ")
        }
    }
}

/// What was typed, as a value like the two that are there; `None` where typing does not fit.
pub fn typed(text: &str, like: &FieldClash) -> Option<Value> {
    match like.mine.as_ref().or(like.theirs.as_ref())? {
        Value::String(_) => Some(Value::String(text.to_owned())),
        Value::Number(_) => text.trim().parse::<i64>().ok().map(Value::from),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            Some(Value::Array(
                lines.map(|line| Value::String(line.to_owned())).collect(),
            ))
        }
        Value::Array(_) | Value::Object(_) | Value::Bool(_) | Value::Null => None,
    }
}

/// Whether a value can be typed: texts, numbers and lists of texts, but not references.
pub fn can_type(clash: &FieldClash, config: &Configuration) -> bool {
    let is_reference = |value: &Option<Value>| matches!(value, Some(Value::String(text)) if config.get(&ObjectId(text.clone())).is_some());
    !is_reference(&clash.mine) && !is_reference(&clash.theirs) && typed("1", clash).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use generator::objects::{Entry, SecurityLevel, TrafficDescriptor, TrafficRow};
    use std::sync::Arc;

    fn level(description: &str, tls11: bool) -> Object {
        let mut level = SecurityLevel {
            name: "GOLD".into(),
            description: description.into(),
            ..SecurityLevel::default()
        };
        level.versions.tls11 = tls11;
        level.into()
    }

    fn version(revision: i64, body: Option<Object>) -> ObjectVersion {
        ObjectVersion {
            revision,
            author: "ben".into(),
            at: String::new(),
            comment: String::new(),
            body,
        }
    }

    fn id() -> ObjectId {
        ObjectId("x".into())
    }

    fn head(theirs: Option<Object>, since: i64) -> Head {
        let mut head = Head {
            revision: 9,
            ..Head::default()
        };
        if let Some(object) = theirs {
            head.objects = Arc::new([(id(), object)].into_iter().collect());
            head.since.insert(id(), since);
        }
        head
    }

    fn change(base: Option<i64>, body: Option<Object>) -> DraftChange {
        DraftChange {
            id: id(),
            etag: String::new(),
            base,
            body,
        }
    }

    #[test]
    fn a_change_on_the_newest_body_is_plain() {
        let change = change(Some(5), Some(level("mine", false)));
        assert_eq!(
            stand(&change, &head(Some(level("old", false)), 4), None),
            Stand::Plain
        );
    }

    #[test]
    fn a_newer_body_asks_for_the_history_first() {
        let change = change(Some(5), Some(level("mine", false)));
        assert_eq!(
            stand(&change, &head(Some(level("old", true)), 7), None),
            Stand::Open
        );
    }

    #[test]
    fn different_fields_merge_and_the_same_field_clashes() {
        let change = change(Some(5), Some(level("mine", false)));
        let old = || version(4, Some(level("old", false)));
        let versions = [version(7, Some(level("old", true))), old()];
        let found = stand(&change, &head(Some(level("old", true)), 7), Some(&versions));
        assert_eq!(
            found,
            Stand::Merged {
                object: Box::new(level("mine", true)),
                author: "ben".into(),
                revision: 7
            }
        );
        let versions = [version(7, Some(level("theirs", true))), old()];
        let Stand::Clash(clash) = stand(
            &change,
            &head(Some(level("theirs", true)), 7),
            Some(&versions),
        ) else {
            panic!("no clash")
        };
        let fields = fields(&clash);
        assert_eq!(fields.len(), 1);
        assert_eq!(fields[0].field, FieldPath("description".into()));
        assert_eq!(fields[0].base, Some("old".into()));
        let both = settled(&clash, |_| Some("typed".into()));
        assert_eq!(both, Some(level("typed", true)), "their other change stays");
    }

    #[test]
    fn a_deletion_meets_a_change() {
        let versions = [version(7, None), version(4, Some(level("old", false)))];
        let mine = change(Some(5), Some(level("mine", false)));
        let Stand::Clash(clash) = stand(&mine, &head(None, 0), Some(&versions)) else {
            panic!("no clash")
        };
        assert_eq!(
            (clash.theirs.clone(), clash.name.as_str(), clash.revision),
            (None, "GOLD", 7)
        );
        assert!(fields(&clash).is_empty(), "as a whole only");
        let both = change(Some(5), None);
        assert_eq!(stand(&both, &head(None, 0), Some(&versions)), Stand::Plain);
    }

    #[test]
    fn typed_text_becomes_a_value_like_the_others() {
        let like = |value: Value| FieldClash {
            field: FieldPath::default(),
            base: None,
            mine: Some(value),
            theirs: None,
        };
        assert_eq!(typed("a b", &like("x".into())), Some("a b".into()));
        assert_eq!(typed(" 12 ", &like(3.into())), Some(12.into()));
        assert_eq!(typed("twelve", &like(3.into())), None);
        assert_eq!(
            typed("a\n\n b ", &like(serde_json::json!(["x"]))),
            Some(serde_json::json!(["a", "b"]))
        );
        assert_eq!(typed("on", &like(true.into())), None);
    }

    #[test]
    fn values_are_shown_as_a_person_reads_them() {
        let row = TrafficRow {
            local_port: Entry::read("1414"),
            ..TrafficRow::default()
        };
        let traffic = TrafficDescriptor {
            name: "MQ".into(),
            rows: vec![row],
            ..TrafficDescriptor::default()
        };
        let config: Configuration = [(id(), traffic.into())].into_iter().collect();
        assert_eq!(shown(Some(&"x".into()), &config), "MQ");
        assert_eq!(shown(Some(&true.into()), &config), "on");
        assert_eq!(
            shown(Some(&serde_json::json!(["1303", "1302"])), &config),
            "1303\n1302"
        );
        assert_eq!(shown(None, &config), "(nothing)");
    }
}
