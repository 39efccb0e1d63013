//! What an editor sets: `release`, `map` and `root`, as the flags of `gatehouse check` are.

use std::path::{Path, PathBuf};

use generator::policy::Release;
use serde_json::Value;

use crate::disk::Mapping;

#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub release: Release,
    pub mappings: Vec<Mapping>,
    pub root: Option<PathBuf>,
}

impl Settings {
    /// Takes what is set, alone or below `gatehouse`; what is not set stays. Answers what cannot be
    /// taken, in words. Paths begin at `folder`.
    pub fn take(&mut self, value: &Value, folder: &Path) -> Vec<String> {
        let value = value.get("gatehouse").unwrap_or(value);
        let mut wrong = Vec::new();
        match value.get("release") {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) => match text.parse() {
                Ok(release) => self.release = release,
                Err(error) => wrong.push(format!("`release`: {error}")),
            },
            Some(_) => wrong.push("`release` is a text such as \"3.1\"".to_owned()),
        }
        match value.get("root") {
            None => {}
            Some(Value::Null) => self.root = None,
            Some(Value::String(text)) if text.is_empty() => self.root = None,
            Some(Value::String(text)) => self.root = Some(folder.join(text)),
            Some(_) => wrong.push("`root` is the path of a directory".to_owned()),
        }
        match value.get("map") {
            None => {}
            Some(Value::Null) => self.mappings.clear(),
            Some(map) => match mappings(map, folder) {
                Some(mappings) => self.mappings = mappings,
                None => wrong.push(
                    "`map` names a file for each name: { \"//'A.B(C)'\": \"c.policy\" }".to_owned(),
                ),
            },
        }
        wrong
    }
}

/// An object of names and files, or the texts that `--map` takes.
fn mappings(value: &Value, folder: &Path) -> Option<Vec<Mapping>> {
    let mapping = |name: &str, file: &str| {
        let both = !name.is_empty() && !file.is_empty();
        both.then(|| Mapping::new(name, folder.join(file)))
    };
    match value {
        Value::Object(map) => map
            .iter()
            .map(|(name, file)| mapping(name, file.as_str()?))
            .collect(),
        Value::Array(texts) => {
            let split = texts.iter().map(|text| text.as_str()?.split_once('='));
            split
                .map(|pair| pair.and_then(|(name, file)| mapping(name, file)))
                .collect()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn settings_are_taken_and_what_is_none_is_said() {
        let mut settings = Settings::default();
        let folder = Path::new("/work");
        let all =
            json!({ "gatehouse": { "release": "2.5", "root": "mvsa", "map": { "//X": "x" } } });
        assert!(settings.take(&all, folder).is_empty());
        assert_eq!(settings.release, Release::V2R5);
        assert_eq!(settings.root.as_deref(), Some(Path::new("/work/mvsa")));
        assert_eq!(settings.mappings.len(), 1);
        let wrong = settings.take(
            &json!({ "release": "9.9", "root": 1, "map": ["x"] }),
            folder,
        );
        assert_eq!(wrong.len(), 3, "{wrong:?}");
        assert_eq!(settings.release, Release::V2R5, "what was set stays");
        assert!(
            settings
                .take(&json!({ "root": null, "map": ["//Y=y"] }), folder)
                .is_empty()
        );
        assert_eq!(settings.root, None);
        assert!(settings.take(&Value::Null, folder).is_empty());
    }
}
