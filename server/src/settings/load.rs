//! Where settings come from: flags over environment over file over defaults.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::{ROWS, Row, Settings};

/// The flags that were given, by name.
pub type Flags = BTreeMap<String, Vec<String>>;

/// The flag and the variable that name the file of settings.
const CONFIG: &str = "config";
const CONFIG_VARIABLE: &str = "GATEHOUSE_CONFIG";
/// Read when it is there and no other file is named.
const CONFIG_IN_DATA: &str = "gatehouse.toml";

/// Where a value was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Flag(String),
    Environment(String),
    File(PathBuf),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => write!(f, "the flag --{name}"),
            Self::Environment(name) => write!(f, "the environment variable {name}"),
            Self::File(path) => write!(f, "the file {}", path.display()),
        }
    }
}

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("the setting `{name}` is {value:?} (from {origin}); it must be {expected}")]
    Value {
        name: &'static str,
        value: String,
        origin: Origin,
        expected: String,
    },
    #[error("there is no setting `{name}` (from {origin})")]
    Unknown { name: String, origin: Origin },
    #[error("the file of settings {path:?} (from {origin}) cannot be read: {source}")]
    Read {
        path: PathBuf,
        origin: Origin,
        source: std::io::Error,
    },
    #[error("the file of settings {path:?} is not TOML: {source}")]
    Toml {
        path: PathBuf,
        source: Box<toml::de::Error>,
    },
    #[error("`tls-certificate` and `tls-key` need each other; `{missing}` is missing")]
    HalfTls { missing: &'static str },
    #[error("there is no directory for the data: set `data`, by --data or GATEHOUSE_DATA")]
    NoData,
}

/// Puts the settings together. `variable` reads the environment.
pub fn load(
    flags: &Flags,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Settings, LoadError> {
    let mut settings = Settings {
        data: default_data(&variable).unwrap_or_default(),
        ..Settings::default()
    };
    let file = file(flags, &variable, &settings.data)?;
    for row in ROWS {
        if let Some((values, origin)) = find(row, flags, &variable, file.as_ref()) {
            (row.set)(&mut settings, &values).map_err(|expected| LoadError::Value {
                name: row.name,
                value: values.join(", "),
                origin,
                expected,
            })?;
        }
    }
    if settings.data.as_os_str().is_empty() {
        return Err(LoadError::NoData);
    }
    if let Some(tls) = &settings.tls {
        let missing = [(&tls.certificate, "tls-certificate"), (&tls.key, "tls-key")];
        if let Some((_, missing)) = missing.into_iter().find(|(p, _)| p.as_os_str().is_empty()) {
            return Err(LoadError::HalfTls { missing });
        }
    }
    Ok(settings)
}

fn default_data(variable: &impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let set = |name| variable(name).filter(|value| Path::new(value).is_absolute());
    set("XDG_DATA_HOME")
        .map(PathBuf::from)
        .or_else(|| set("HOME").map(|home| Path::new(&home).join(".local/share")))
        .map(|base| base.join("gatehouse"))
}

/// The values of one setting from where they count most.
fn find(
    row: &Row,
    flags: &Flags,
    variable: &impl Fn(&str) -> Option<String>,
    file: Option<&(PathBuf, Table)>,
) -> Option<(Vec<String>, Origin)> {
    if let Some(values) = flags.get(row.name) {
        return Some((values.clone(), Origin::Flag(row.name.to_owned())));
    }
    let name = row.variable();
    if let Some(value) = variable(&name).filter(|value| !value.is_empty()) {
        let values = if row.many {
            value.split(LIST_SEPARATOR).map(str::to_owned).collect()
        } else {
            vec![value]
        };
        return Some((values, Origin::Environment(name)));
    }
    let (path, table) = file?;
    let values = match table.get(row.name)? {
        Value::Array(items) if row.many => items.iter().map(text).collect(),
        value => vec![text(value)],
    };
    Some((values, Origin::File(path.clone())))
}

/// Between the values of a list in the environment. A colon would cut IPv6 addresses.
const LIST_SEPARATOR: char = ',';

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Boolean(switch) => switch.to_string(),
        // No setting has a value of these types, and every row refuses this.
        Value::Float(_) | Value::Datetime(_) | Value::Array(_) | Value::Table(_) => String::new(),
    }
}

/// The file of settings, when there is one.
fn file(
    flags: &Flags,
    variable: &impl Fn(&str) -> Option<String>,
    default_data: &Path,
) -> Result<Option<(PathBuf, Table)>, LoadError> {
    let named = match flags.get(CONFIG).and_then(|values| values.last()) {
        Some(path) => Some((PathBuf::from(path), Origin::Flag(CONFIG.to_owned()))),
        None => variable(CONFIG_VARIABLE)
            .filter(|value| !value.is_empty())
            .map(|path| {
                (
                    PathBuf::from(path),
                    Origin::Environment(CONFIG_VARIABLE.to_owned()),
                )
            }),
    };
    let (path, origin) = match named {
        Some(named) => named,
        None => {
            let data = flags
                .get("data")
                .and_then(|values| values.last().cloned())
                .or_else(|| variable("GATEHOUSE_DATA").filter(|value| !value.is_empty()))
                .map_or_else(|| default_data.to_owned(), PathBuf::from);
            let path = data.join(CONFIG_IN_DATA);
            if !path.is_file() {
                return Ok(None);
            }
            (path.clone(), Origin::File(path))
        }
    };
    let content = std::fs::read_to_string(&path).map_err(|source| LoadError::Read {
        path: path.clone(),
        origin,
        source,
    })?;
    let table: Table = content.parse().map_err(|source| LoadError::Toml {
        path: path.clone(),
        source: Box::new(source),
    })?;
    match table
        .keys()
        .find(|key| !ROWS.iter().any(|r| r.name == *key))
    {
        Some(key) => Err(LoadError::Unknown {
            name: key.clone(),
            origin: Origin::File(path),
        }),
        None => Ok(Some((path, table))),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn flags(pairs: &[(&str, &str)]) -> Flags {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()]))
            .collect()
    }

    fn environment<'a>(pairs: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        |name| {
            let found = pairs.iter().find(|(n, _)| *n == name);
            found.map(|(_, value)| (*value).to_owned())
        }
    }

    fn error(flag_pairs: &[(&str, &str)], variables: &[(&str, &str)]) -> String {
        load(&flags(flag_pairs), environment(variables))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn flags_beat_the_environment_which_beats_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().to_str().unwrap();
        let file = "listen = \"127.0.0.1:1\"\nsession-idle = \"5m\"\nlog-level = \"warn\"\n\
                    install-root = [\"/a\", \"/b\"]\nmax-connections = 7\n";
        std::fs::write(dir.path().join("gatehouse.toml"), file).unwrap();
        let settings = load(
            &flags(&[("listen", "127.0.0.1:3")]),
            environment(&[
                ("GATEHOUSE_DATA", data),
                ("GATEHOUSE_LISTEN", "127.0.0.1:2"),
                ("GATEHOUSE_SESSION_IDLE", "2h"),
            ]),
        )
        .unwrap();
        assert_eq!(settings.data, dir.path());
        assert_eq!(settings.listen.port(), 3);
        assert_eq!(settings.session_idle.as_secs(), 7200);
        assert_eq!(settings.log_level, "warn");
        assert_eq!(settings.install_roots, [Path::new("/a"), Path::new("/b")]);
        assert_eq!(settings.limits.connections, 7);
        assert_eq!(settings.session_absolute.as_secs(), 12 * 60 * 60);
    }

    #[test]
    fn a_list_in_the_environment_has_commas() {
        let variables = [
            ("HOME", "/home/anna"),
            ("GATEHOUSE_TRUSTED_PROXY", "::1,192.0.2.1"),
        ];
        let settings = load(&Flags::new(), environment(&variables)).unwrap();
        assert_eq!(settings.trusted_proxies.len(), 2);
        let data = Path::new("/home/anna/.local/share/gatehouse");
        assert_eq!(settings.data, data);
    }

    #[test]
    fn a_wrong_value_names_setting_value_and_origin() {
        let home = ("HOME", "/home/anna");
        insta::assert_snapshot!(error(&[("listen", "8070")], &[home]), @r#"the setting `listen` is "8070" (from the flag --listen); it must be an address and a port, such as 127.0.0.1:8070 or [::1]:8070"#);
        insta::assert_snapshot!(error(&[], &[home, ("GATEHOUSE_SESSION_IDLE", "soon")]), @r#"the setting `session-idle` is "soon" (from the environment variable GATEHOUSE_SESSION_IDLE); it must be a time, such as 30s, 15m or 12h"#);
        insta::assert_snapshot!(error(&[("tls-key", "/k.pem")], &[home]), @"`tls-certificate` and `tls-key` need each other; `tls-certificate` is missing");
        insta::assert_snapshot!(error(&[("install-root", "etc")], &[home]), @r#"the setting `install-root` is "etc" (from the flag --install-root); it must be a path that begins with `/`"#);
        insta::assert_snapshot!(error(&[("log-level", "loud=very")], &[home]), @r#"the setting `log-level` is "loud=very" (from the flag --log-level); it must be a level, such as info, or levels by part, such as server=debug,info"#);
        insta::assert_snapshot!(error(&[], &[]), @"there is no directory for the data: set `data`, by --data or GATEHOUSE_DATA");
    }

    #[test]
    fn an_unknown_key_of_the_file_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("g.toml");
        std::fs::write(&path, "listn = 1\n").unwrap();
        let words = error(&[("config", path.to_str().unwrap()), ("data", "/d")], &[]);
        assert!(words.starts_with("there is no setting `listn` (from the file "));
    }

    #[test]
    fn every_row_has_its_own_name_and_help() {
        for (at, row) in ROWS.iter().enumerate() {
            assert!(!row.help.is_empty(), "{}", row.name);
            assert!(ROWS[..at].iter().all(|other| other.name != row.name));
        }
    }
}
