//! Every call of the generator, in one place.

use std::collections::BTreeMap;
use std::sync::Arc;

use generator::finding::{Finding, Fix, Place, Severity};
use generator::objects::{
    Configuration, Endpoint, FieldPath, Kind, MapUse, Mapping, Object, ObjectId, Suites,
};
use serde_json::Value;

/// All findings of a configuration, by object.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    pub all: Vec<Arc<Finding>>,
    by_object: BTreeMap<ObjectId, Vec<usize>>,
}

impl Findings {
    fn new(found: Vec<Finding>) -> Self {
        let mut by_object: BTreeMap<ObjectId, Vec<usize>> = BTreeMap::new();
        for (number, finding) in found.iter().enumerate() {
            if let Place::Field { object, .. } = &finding.place {
                by_object.entry(object.clone()).or_default().push(number);
            }
        }
        Self { all: found.into_iter().map(Arc::new).collect(), by_object }
    }

    /// The findings of an object.
    pub fn of(&self, object: &ObjectId) -> impl Iterator<Item = &Arc<Finding>> {
        let numbers = self.by_object.get(object).map_or(&[][..], Vec::as_slice);
        numbers.iter().filter_map(|number| self.all.get(*number))
    }

    /// The findings at a field, or inside of it.
    pub fn at(&self, object: &ObjectId, field: &str) -> Vec<Arc<Finding>> {
        self.of(object).filter(|finding| matches!(&finding.place, Place::Field { field: at, .. } if at.0 == field)).cloned().collect()
    }

    pub fn count(&self, severity: Severity) -> usize {
        self.all.iter().filter(|finding| finding.page.severity == severity).count()
    }

    /// How many findings an object has, and the worst of them.
    pub fn worst(&self, object: &ObjectId) -> Option<(usize, Severity)> {
        let worst = self.of(object).map(|finding| finding.page.severity).max()?;
        Some((self.of(object).count(), worst))
    }
}

pub fn findings(_configuration: &Configuration) -> Findings {
    Findings::new(Vec::new())
}

/// Which object and field wrote a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineOrigin {
    pub object: ObjectId,
    pub field: FieldPath,
}

/// A file as it will be written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct File {
    pub path: String,
    pub text: String,
    pub origins: Vec<Option<LineOrigin>>,
}

/// The files of a stack.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Files {
    pub policy: File,
    pub image: File,
    pub main: File,
}

/// The files of a stack; `None` when there is no such stack.
pub fn compile(_configuration: &Configuration, _stack: &ObjectId) -> Option<Files> {
    None
}

/// "traffic descriptor MQ", for a sentence.
pub fn called(object: &Object) -> String {
    let name = object.name();
    match name.as_str() {
        "" => format!("the unnamed {}", object.kind().singular()),
        name => format!("{} {name}", object.kind().singular()),
    }
}

/// A name as it is shown: an empty one says so.
pub fn shown_name(object: &Object) -> String {
    match object.name() {
        name if name.is_empty() => "(no name)".to_owned(),
        name => name,
    }
}

/// A name of the kind that no object has yet.
pub fn free_name(configuration: &Configuration, kind: Kind, wish: &str) -> String {
    let taken = |name: &str| {
        configuration.objects.values().any(|object| object.kind() == kind && object.name().eq_ignore_ascii_case(name))
    };
    if !taken(wish) {
        return wish.to_owned();
    }
    (2..).map(|number| format!("{wish}_{number}")).find(|name| !taken(name)).unwrap_or_default()
}

/// What an object holds, in a few words: for lists, pickers and search.
pub fn contents(configuration: &Configuration, object: &Object) -> String {
    match object {
        Object::AddressGroup(group) => {
            let mut parts: Vec<String> = group.addresses.iter().map(ToString::to_string).collect();
            parts.extend(group.groups.iter().map(|id| name_of(configuration, id)));
            parts.join(", ")
        }
        Object::TrafficDescriptor(traffic) => traffic.rows.iter().map(row_words).collect::<Vec<_>>().join(", "),
        Object::SecurityLevel(level) => level_words(level),
        Object::RequirementMap(map) => mappings_words(configuration, &map.mappings),
        Object::Group(group) => group.description.clone(),
        Object::Image(image) => image.keyring.to_string(),
        Object::Stack(stack) => stack.image.as_ref().map(|id| name_of(configuration, id)).unwrap_or_default(),
        Object::Rule(rule) => format!(
            "{} to {}, {}",
            endpoint_words(configuration, &rule.local),
            endpoint_words(configuration, &rule.remote),
            match &rule.map {
                MapUse::Shared(id) => name_of(configuration, id),
                MapUse::Own(mappings) => mappings_words(configuration, mappings),
            }
        ),
    }
}

fn row_words(row: &generator::objects::TrafficRow) -> String {
    let (local, remote) = (row.local_port.to_string(), row.remote_port.to_string());
    let ports = match (local.as_str(), remote.as_str()) {
        ("All", "All") => "all ports".to_owned(),
        (local, "All") => local.to_owned(),
        ("All", remote) => format!("to {remote}"),
        (local, remote) => format!("{local} to {remote}"),
    };
    match row.jobname.to_string().as_str() {
        "*" => ports,
        job => format!("{ports} {job}"),
    }
}

/// "TLS 1.3, TLS 1.2".
pub fn level_words(level: &generator::objects::SecurityLevel) -> String {
    if !level.protect {
        return "in the clear".to_owned();
    }
    let versions = &level.versions;
    let names = [
        (versions.tls13, "TLS 1.3"),
        (versions.tls12, "TLS 1.2"),
        (versions.tls11, "TLS 1.1"),
        (versions.tls10, "TLS 1.0"),
        (versions.sslv3, "SSL 3"),
        (versions.sslv2, "SSL 2"),
    ];
    let on: Vec<&str> = names.iter().filter(|(on, _)| *on).map(|(_, name)| *name).collect();
    let suites = match &level.suites {
        Suites::SystemDefaults => "System SSL suites".to_owned(),
        Suites::List(list) => crate::words::count(list.len(), "suite", "suites"),
    };
    if on.is_empty() { "no version on".to_owned() } else { format!("{}, {suites}", on.join(", ")) }
}

pub fn mappings_words(configuration: &Configuration, mappings: &[Mapping]) -> String {
    let word = |id: &Option<ObjectId>| id.as_ref().map_or_else(|| "?".to_owned(), |id| name_of(configuration, id));
    mappings.iter().map(|m| format!("{} → {}", word(&m.traffic), word(&m.level))).collect::<Vec<_>>().join(", ")
}

pub fn endpoint_words(configuration: &Configuration, endpoint: &Endpoint) -> String {
    match endpoint {
        Endpoint::Address(address) => match address.to_string().as_str() {
            "All" => "all addresses".to_owned(),
            text => text.to_owned(),
        },
        Endpoint::Group(id) => name_of(configuration, id),
    }
}

pub fn name_of(configuration: &Configuration, id: &ObjectId) -> String {
    configuration.get(id).map_or_else(|| "(deleted)".to_owned(), shown_name)
}

/// The mappings that count for a rule.
pub fn mappings_of<'a>(configuration: &'a Configuration, map: &'a MapUse) -> &'a [Mapping] {
    match map {
        MapUse::Own(mappings) => mappings,
        MapUse::Shared(id) => match configuration.get(id) {
            Some(Object::RequirementMap(map)) => &map.mappings,
            _ => &[],
        },
    }
}

/// What an object refers to.
pub fn references(object: &Object) -> Vec<ObjectId> {
    let of_mappings = |mappings: &[Mapping]| -> Vec<ObjectId> {
        mappings.iter().flat_map(|m| m.traffic.iter().chain(&m.level)).cloned().collect()
    };
    match object {
        Object::AddressGroup(group) => group.groups.clone(),
        Object::TrafficDescriptor(_) | Object::SecurityLevel(_) | Object::Group(_) => Vec::new(),
        Object::RequirementMap(map) => of_mappings(&map.mappings),
        Object::Image(image) => image.group.iter().cloned().collect(),
        Object::Stack(stack) => stack.image.iter().cloned().collect(),
        Object::Rule(rule) => {
            let mut ids: Vec<ObjectId> = rule.owner.iter().cloned().collect();
            for endpoint in [&rule.local, &rule.remote] {
                if let Endpoint::Group(id) = endpoint {
                    ids.push(id.clone());
                }
            }
            match &rule.map {
                MapUse::Shared(id) => ids.push(id.clone()),
                MapUse::Own(mappings) => ids.extend(of_mappings(mappings)),
            }
            ids
        }
    }
}

/// Who refers to each object, directly.
pub fn used_by(configuration: &Configuration) -> BTreeMap<ObjectId, Vec<ObjectId>> {
    let mut users: BTreeMap<ObjectId, Vec<ObjectId>> = BTreeMap::new();
    for (id, object) in &configuration.objects {
        let mut used = references(object);
        used.sort();
        used.dedup();
        for target in used {
            users.entry(target).or_default().push(id.clone());
        }
    }
    users
}

/// Applies a fix: one step over all objects that it touches.
pub fn apply_fix(workspace: crate::workspace::Workspace, fix: &Fix) {
    let mut changes: BTreeMap<ObjectId, Option<Object>> = BTreeMap::new();
    for edit in &fix.edits {
        let now = changes.get(&edit.object).cloned().unwrap_or_else(|| workspace.config.with_untracked(|config| config.get(&edit.object).cloned()));
        let Some(object) = now else { continue };
        let value = edit.value.as_deref().and_then(|text| serde_json::from_str(text).ok());
        if let Ok(object) = with_field(&object, &edit.field.0, value) {
            changes.insert(edit.object.clone(), Some(object));
        }
    }
    workspace.edit(fix.title.clone(), changes);
}

/// Sets a field of an object's JSON; `None` removes it. `Err` when the result is no such object.
pub fn with_field(object: &Object, field: &str, value: Option<Value>) -> Result<Object, String> {
    let mut json = serde_json::to_value(object).map_err(|error| error.to_string())?;
    place(&mut json, field, value).ok_or_else(|| format!("there is no field {field}"))?;
    serde_json::from_value(json).map_err(|error| error.to_string())
}

fn place(root: &mut Value, field: &str, value: Option<Value>) -> Option<()> {
    let parts: Vec<&str> = field.split('/').collect();
    let (last, before) = parts.split_last()?;
    let mut at = root;
    for part in before {
        at = match at {
            Value::Object(map) => map.entry((*part).to_owned()).or_insert_with(|| Value::Object(serde_json::Map::new())),
            Value::Array(items) => items.get_mut(part.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    match (at, value) {
        (Value::Object(map), Some(value)) => drop(map.insert((*last).to_owned(), value)),
        (Value::Object(map), None) => drop(map.remove(*last)),
        (Value::Array(items), Some(value)) => {
            let index = last.parse::<usize>().ok()?;
            if index == items.len() {
                items.push(value);
            } else {
                *items.get_mut(index)? = value;
            }
        }
        (Value::Array(items), None) => {
            let index = last.parse::<usize>().ok().filter(|index| *index < items.len())?;
            items.remove(index);
        }
        _ => return None,
    }
    Some(())
}

/// The words of a field: NCA's, PAGENT's, one sentence, and what holds when it is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FieldWords {
    pub label: &'static str,
    pub pagent: &'static str,
    pub help: &'static str,
    pub default: &'static str,
}

const fn words(label: &'static str, pagent: &'static str, help: &'static str, default: &'static str) -> FieldWords {
    FieldWords { label, pagent, help, default }
}

/// The words of a field, by its path with `*` for row numbers.
pub fn field_words(kind: Kind, path: &str) -> FieldWords {
    let pattern: Vec<&str> = path.split('/').map(|part| if part.bytes().all(|b| b.is_ascii_digit()) { "*" } else { part }).collect();
    match (kind, pattern.join("/").as_str()) {
        (_, "name") => words("Name", "", "", ""),
        (_, "description") => words("Description", "", "", ""),
        (Kind::AddressGroup, "addresses/*") => words("Address", "IpAddr", "One address, a prefix (10.1.0.0/16) or a range (10.1.1.2-10.1.1.9).", ""),
        (Kind::TrafficDescriptor, "rows/*/local_port") => words("Local port", "LocalPortRange", "A port, a range (1415-1420), Ephemeral, or empty for all.", "All"),
        (Kind::TrafficDescriptor, "rows/*/remote_port") => words("Remote port", "RemotePortRange", "A port, a range, Ephemeral, or empty for all.", "All"),
        (Kind::TrafficDescriptor, "rows/*/direction") => words("Connect direction", "Direction", "Which end opens the connection.", "Either"),
        (Kind::TrafficDescriptor, "rows/*/jobname") => words("Job name", "Jobname", "The job that owns the socket; a trailing * stands for any ending.", "*"),
        (Kind::TrafficDescriptor, "rows/*/userid") => words("User ID", "Userid", "The user of the job; a trailing * stands for any ending.", "*"),
        (Kind::TrafficDescriptor, "rows/*/role") => words("Handshake role", "HandshakeRole", "Which end of the handshake AT-TLS plays.", "follows the direction"),
        (Kind::TrafficDescriptor, "rows/*/keyring") => words("Key ring", "Keyring", "Empty for the key ring of the stack or image.", "the stack's or image's"),
        (Kind::TrafficDescriptor, "rows/*/keyring_stash_file") => words("Stash file", "KeyringStashFile", "Only for a key database.", ""),
        (Kind::TrafficDescriptor, "rows/*/certificate_label") => words("Certificate label", "CertificateLabel", "Empty for the ring's default certificate.", "the ring's default"),
        (Kind::TrafficDescriptor, "rows/*/application_controlled") => words("Application controlled", "ApplicationControlled", "The application starts and stops the protection itself.", "off"),
        (Kind::TrafficDescriptor, "rows/*/secondary_map") => words("Secondary map", "SecondaryMap", "For FTP: data connections find this rule through the control connection.", "off"),
        (Kind::SecurityLevel, "protect") => words("Protect with TLS", "TTLSEnabled", "Off: the traffic stays in the clear.", "on"),
        (Kind::SecurityLevel, "versions/tls13") => words("TLS 1.3", "TLSv1.3", "", "Off"),
        (Kind::SecurityLevel, "versions/tls12") => words("TLS 1.2", "TLSv1.2", "", ""),
        (Kind::SecurityLevel, "versions/tls11") => words("TLS 1.1", "TLSv1.1", "", ""),
        (Kind::SecurityLevel, "versions/tls10") => words("TLS 1.0", "TLSv1", "", ""),
        (Kind::SecurityLevel, "versions/sslv3") => words("SSL 3", "SSLv3", "", "Off"),
        (Kind::SecurityLevel, "versions/sslv2") => words("SSL 2", "SSLv2", "", "Off"),
        (Kind::SecurityLevel, "suites") => words("Cipher suites", "V3CipherSuites", "In order of preference.", ""),
        (Kind::SecurityLevel, "client_authentication") => words("Client authentication", "ClientAuthType", "Whether the client must show a certificate.", "off"),
        (Kind::Image, "group") => words("z/OS group", "", "", ""),
        (Kind::Image, "release") => words("z/OS release", "", "Decides which parameters may be written and what their defaults are.", ""),
        (Kind::Image, "keyring") => words("Key ring", "Keyring", "owner/ring, a key database or *TOKEN*/name; for all traffic of the image that names none itself.", ""),
        (Kind::Image, "keyring_stash_file") => words("Stash file", "KeyringStashFile", "Only for a key database.", ""),
        (Kind::Image, "syslog_facility") => words("Syslog facility", "SyslogFacility", "", "Daemon"),
        (Kind::Stack, "image") => words("System image", "", "", ""),
        (Kind::Stack, "enabled") => words("AT-TLS on this stack", "", "Off: the policy file holds no rules.", "on"),
        (Kind::Stack, "trace") => words("Trace", "Trace", "For rules that set none.", "2"),
        (Kind::Stack, "trace_clear_text") => words("Clear text in data trace", "CtraceClearText", "", "Off"),
        (Kind::Stack, "keyring") => words("Key ring", "Keyring", "Empty for the image's.", "the image's"),
        (Kind::Stack, "layout") => words("Layout of the policy file", "", "", "compact"),
        (Kind::Stack, "write_defaults") => words("Write values that equal their default", "", "", "off"),
        (Kind::Stack, "files/main") => words("Main file", "", "", "/etc/pagent.conf"),
        (Kind::Stack, "files/image") => words("Image file", "TcpImage", "", ""),
        (Kind::Stack, "files/policy") => words("Policy file", "TTLSConfig", "", ""),
        (Kind::Rule, "local") => words("Local addresses", "LocalAddr", "", "all"),
        (Kind::Rule, "remote") => words("Remote addresses", "RemoteAddr", "", "all"),
        (Kind::Rule, "enabled") => words("On", "", "A rule that is off is not written.", "on"),
        (Kind::Rule, "trace") => words("Trace", "Trace", "", "the stack's"),
        (Kind::Rule, "trace_clear_text") => words("Clear text in data trace", "CtraceClearText", "", "the stack's"),
        _ => FieldWords::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use generator::objects::TrafficDescriptor;
    use serde_json::json;

    #[test]
    fn a_field_is_set_and_cleared_by_its_path() {
        let object = Object::TrafficDescriptor(TrafficDescriptor { rows: vec![Default::default()], ..Default::default() });
        let set = with_field(&object, "rows/0/settings/X.Y", Some(json!("On"))).unwrap();
        assert_eq!(with_field(&set, "rows/0/settings/X.Y", None).unwrap(), object);
        assert_ne!(set, object);
        let longer = with_field(&object, "rows/1", Some(json!({"local_port": "1414"}))).unwrap();
        assert_eq!(contents(&Configuration::default(), &longer), "all ports, 1414");
        assert!(with_field(&object, "rows/7/local_port", Some(json!("1"))).is_err());
        assert!(with_field(&object, "colour", Some(json!("red"))).is_err());
    }
}
