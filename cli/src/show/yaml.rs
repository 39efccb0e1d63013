//! JSON values as YAML blocks.
//!
//! Texts are quoted as in JSON, which every reader of YAML 1.2 takes as it is meant: nothing in a policy can
//! become a number, a word of YAML or another structure.

use serde_json::Value;

pub fn render(value: &Value) -> String {
    let mut text = String::new();
    block(&mut text, value, 0);
    text
}

/// One value on lines of its own.
fn block(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                out.push_str(&" ".repeat(indent));
                out.push_str(key);
                out.push(':');
                after(out, value, indent + 2);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                let mut text = String::new();
                block(&mut text, item, indent + 2);
                // The first line begins behind the dash.
                out.push_str(&" ".repeat(indent));
                out.push_str("- ");
                out.push_str(text.trim_start_matches(' '));
            }
        }
        scalar => {
            out.push_str(&" ".repeat(indent));
            out.push_str(&scalar.to_string());
            out.push('\n');
        }
    }
}

/// What follows a key: on its line, or below it.
fn after(out: &mut String, value: &Value, indent: usize) {
    let is_block = match value {
        Value::Object(map) => !map.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    };
    if is_block {
        out.push('\n');
        block(out, value, indent);
    } else {
        out.push_str(&format!(" {value}\n"));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_are_quoted_and_lists_are_indented() {
        let value = json!({
            "a": [{ "b": "On", "c": [] }, "x: y\n# z"],
            "d": null,
            "e": { "f": 1, "g": [[1, 2]] },
        });
        let expected = "\
a:
  - b: \"On\"
    c: []
  - \"x: y\\n# z\"
d: null
e:
  f: 1
  g:
    - - 1
      - 2
";
        assert_eq!(render(&value), expected);
    }
}
