//! What the fields of objects are called in a sentence.

use super::super::Kind;
use crate::policy::table::lists::suite_of;

/// How a field's change is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Long text: only that it changed.
    Text,
    /// Turned on or off.
    Flag,
    /// Changed from this to that.
    Plain,
    /// The same, with the name of another object.
    Reference,
    /// Fields within.
    Map,
    /// Single values.
    Items,
    /// Values with fields.
    Rows,
    /// A list, or a word or reference instead.
    Choice,
}

/// The label of a list of suites.
pub const SUITE: &str = "cipher suite";
/// The label of a list of address groups, which are told by their names.
pub const ADDRESS_GROUP: &str = "address group";
const MAPPING: &str = "mapping";

const FIELDS: &[(&str, &str, Shape)] = &[
    ("address", "address", Shape::Plain),
    ("addresses", "address", Shape::Items),
    ("answer", "answer", Shape::Map),
    ("application_controlled", "application control", Shape::Flag),
    ("asked", "name that was looked up", Shape::Plain),
    ("at", "time of the look-up", Shape::Plain),
    ("certificate_label", "certificate label", Shape::Plain),
    (
        "client_authentication",
        "client authentication",
        Shape::Plain,
    ),
    ("date", "date of the preset", Shape::Plain),
    (
        "days_from_last",
        "day counted from the end of the month",
        Shape::Items,
    ),
    ("days_of_month", "day of the month", Shape::Items),
    ("days_of_week", "day of the week", Shape::Items),
    ("description", "description", Shape::Text),
    ("direction", "direction", Shape::Plain),
    ("effective", "effective times", Shape::Map),
    ("enabled", "", Shape::Flag),
    ("files", "files", Shape::Map),
    ("group", "z/OS group", Shape::Reference),
    ("groups", ADDRESS_GROUP, Shape::Items),
    ("hosts", "host", Shape::Rows),
    ("image", "system image", Shape::Reference),
    ("jobname", "job name", Shape::Plain),
    ("keyring", "key ring", Shape::Plain),
    (
        "keyring_stash_file",
        "stash file of the key ring",
        Shape::Plain,
    ),
    ("layout", "layout", Shape::Plain),
    ("level", "security level", Shape::Reference),
    ("local", "local address", Shape::Plain),
    ("local_port", "local port", Shape::Plain),
    ("main", "main file", Shape::Plain),
    ("map", MAPPING, Shape::Choice),
    ("mappings", MAPPING, Shape::Rows),
    ("months", "month", Shape::Items),
    ("owner", "owner", Shape::Reference),
    ("period", "period", Shape::Plain),
    ("policy", "policy file", Shape::Plain),
    ("preset", "preset", Shape::Plain),
    ("protect", "protection", Shape::Flag),
    ("release", "release", Shape::Plain),
    ("remote", "remote address", Shape::Plain),
    ("remote_port", "remote port", Shape::Plain),
    ("role", "handshake role", Shape::Plain),
    ("rows", "row", Shape::Rows),
    ("secondary_map", "secondary map", Shape::Flag),
    (
        "server_certificate_labels",
        "server certificate label",
        Shape::Items,
    ),
    ("settings", "settings", Shape::Map),
    ("setup", "set-up answers", Shape::Map),
    ("sslv2", "SSL V2", Shape::Flag),
    ("sslv3", "SSL V3", Shape::Flag),
    ("suites", SUITE, Shape::Choice),
    ("supplied", "supplied", Shape::Flag),
    ("syslog_facility", "syslog facility", Shape::Plain),
    ("tags", "tag", Shape::Items),
    ("time_of_day", "time of day", Shape::Plain),
    ("tls10", "TLS 1.0", Shape::Flag),
    ("tls11", "TLS 1.1", Shape::Flag),
    ("tls12", "TLS 1.2", Shape::Flag),
    ("tls13", "TLS 1.3", Shape::Flag),
    ("trace", "trace", Shape::Plain),
    ("trace_clear_text", "trace of clear text", Shape::Flag),
    ("traffic", "traffic descriptor", Shape::Reference),
    ("userid", "user ID", Shape::Plain),
    ("variables", "variables", Shape::Map),
    ("versions", "versions", Shape::Map),
    ("write_defaults", "writing of defaults", Shape::Flag),
];

/// The label and shape of a field; a parameter of the settings is called by its own name.
pub fn field(key: &str) -> (&str, Shape) {
    match FIELDS.iter().find(|(name, ..)| *name == key) {
        Some((_, label, shape)) => (label, *shape),
        None => (key.rsplit('.').next().unwrap_or(key), Shape::Plain),
    }
}

/// What a sentence about an object begins with.
pub fn subject(kind: Kind) -> &'static str {
    match kind {
        Kind::AddressGroup => "Address group",
        Kind::TrafficDescriptor => "Traffic descriptor",
        Kind::SecurityLevel => "Security level",
        Kind::RequirementMap => "Requirement map",
        Kind::Group => "z/OS group",
        Kind::Image => "System image",
        Kind::Stack => "Stack",
        Kind::Rule => "Rule",
    }
}

/// What stands in a choice instead of the list.
pub fn of_own(label: &str) -> &str {
    match label {
        MAPPING => "requirement map",
        _ => "cipher suites",
    }
}

pub fn plural(label: &str) -> String {
    match label {
        "address" => "addresses".to_owned(),
        label => match label.split_once(' ') {
            Some((day @ "day", rest)) => format!("{day}s {rest}"),
            _ => format!("{label}s"),
        },
    }
}

/// A cipher suite as its code and name.
pub fn suite(code: &str) -> String {
    match suite_of(code) {
        Some(suite) => format!("{code} {}", suite.name),
        None => code.to_owned(),
    }
}
