//! Changing single fields of an object: what a fix, a script or a table of values does.

use serde_json::{Map, Value};
use thiserror::Error;

use super::{FieldPath, Object};
use crate::finding::FieldEdit;

/// Why the edits do not fit the object.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EditError {
    #[error("there is no field `{0}`")]
    NoField(FieldPath),
    #[error("the new value of `{field}` is no JSON: {reason}")]
    NoJson { field: FieldPath, reason: String },
    #[error("the object cannot be so: {0}")]
    Unfit(String),
}

/// The object with all edits, in order, or the reason why one does not fit.
///
/// A key that is missing is made; the row one past the end is appended; `None` removes a key or row.
pub fn apply(object: &Object, edits: &[FieldEdit]) -> Result<Object, EditError> {
    let unfit = |error: serde_json::Error| EditError::Unfit(error.to_string());
    let mut json = serde_json::to_value(object).map_err(unfit)?;
    for edit in edits {
        let value = edit
            .value
            .as_deref()
            .map(serde_json::from_str::<Value>)
            .transpose()
            .map_err(|error| EditError::NoJson {
                field: edit.field.clone(),
                reason: error.to_string(),
            })?;
        let path: Vec<&str> = edit.field.0.split('/').collect();
        if path == ["kind"] || path == [""] {
            return Err(EditError::NoField(edit.field.clone()));
        }
        set(&mut json, &path, value).ok_or_else(|| EditError::NoField(edit.field.clone()))?;
    }
    serde_json::from_value(json).map_err(unfit)
}

/// `None` where the path leads nowhere.
fn set(place: &mut Value, path: &[&str], value: Option<Value>) -> Option<()> {
    let (key, rest) = path.split_first()?;
    match place {
        Value::Object(map) => set_key(map, key, rest, value),
        Value::Array(rows) => set_row(rows, key.parse().ok()?, rest, value),
        _ => None,
    }
}

fn set_key(
    map: &mut Map<String, Value>,
    key: &str,
    rest: &[&str],
    value: Option<Value>,
) -> Option<()> {
    match (rest, value) {
        ([], Some(value)) => {
            map.insert(key.to_owned(), value);
            Some(())
        }
        ([], None) => {
            map.remove(key);
            Some(())
        }
        // What is not there is clear already.
        (_, None) if !map.contains_key(key) => Some(()),
        (_, value) => {
            let inner = map.entry(key).or_insert_with(|| empty(rest));
            set(inner, rest, value)
        }
    }
}

fn set_row(rows: &mut Vec<Value>, at: usize, rest: &[&str], value: Option<Value>) -> Option<()> {
    match (rest, value) {
        ([], Some(value)) if at == rows.len() => rows.push(value),
        ([], Some(value)) => *rows.get_mut(at)? = value,
        ([], None) if at < rows.len() => {
            rows.remove(at);
        }
        ([], None) => return None,
        (_, Some(value)) if at == rows.len() => {
            let mut row = empty(rest);
            set(&mut row, rest, Some(value))?;
            rows.push(row);
        }
        (_, value) => return set(rows.get_mut(at)?, rest, value),
    }
    Some(())
}

/// What a missing key holds when a path leads on: a list when it leads to a first row.
fn empty(rest: &[&str]) -> Value {
    match rest {
        ["0", ..] => Value::Array(Vec::new()),
        _ => Value::Object(Map::new()),
    }
}

#[cfg(test)]
mod tests;
